"""Why a row, or a file as a whole, cannot be used."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


class RowRefused(Exception):
    """A row cannot be used; carries the Danish sentence (a message id) and what fills it."""

    def __init__(self, text: str, **params: object) -> None:
        self.text = text
        self.params = {key: str(value) for key, value in params.items()}
        super().__init__(text)


@dataclasses.dataclass(frozen=True)
class Refusal:
    """A refused row: its number as a spreadsheet shows it (the header is row 1), why, and what stood in its cells."""

    file: str
    row: int
    text: str
    params: Mapping[str, str]
    cells: tuple[str, ...] = ()

    def sentence(self, translate: Callable[[str], str]) -> str:
        """Return the reason in the reader's language."""
        return translate(self.text) % self.params

    @property
    def message(self) -> str:
        """The reason in Danish."""
        return self.sentence(gettext_noop)


def unreadable(name: str, text: str, **params: object) -> RuleBroken:
    """Refuse a file as a whole, with a sentence that begins "Filen %(file)s"."""
    filled = {key: str(value) for key, value in params.items()}
    return RuleBroken([Violation("file_unreadable", text, "", field="file", params={"file": name, **filled})])
