"""A search for CPR numbers that reads as it goes, keeps no text, and stops at a bound."""

from __future__ import annotations

from applications.files import cpr
from applications.files.findings import Finding

# Some two thousand pages of text.
MOST_CHARACTERS = 5_000_000


class Search:
    """Looks through a file's text, piece by piece; a number is never split between two pieces (cell, paragraph, page)."""

    def __init__(self) -> None:
        self.read = 0
        self.count = 0

    @property
    def is_full(self) -> bool:
        """Whether enough was read."""
        return self.read >= MOST_CHARACTERS

    def add(self, text: str) -> None:
        """Look through one piece."""
        if not self.is_full:
            self.read += len(text)
            self.count += cpr.count_in(text)

    def findings(self) -> list[Finding]:
        """What the search came to."""
        found = []
        if self.count:
            found.append(Finding("cpr", {"count": str(self.count)}))
        if self.is_full:
            found.append(Finding("searched_in_part"))
        if not self.read:
            found.append(Finding("not_searchable"))
        return found
