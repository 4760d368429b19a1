"""Pages that belong to no app: health, the session's state, the accessibility statement, errors."""
