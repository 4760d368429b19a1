"""What a higher app may listen to. Sent inside the transaction, so a receiver that fails undoes the move."""

from django.dispatch import Signal

# A commitment was given. Sends `application`, `decision`, `by` (Actor), `at` (datetime).
committed = Signal()
