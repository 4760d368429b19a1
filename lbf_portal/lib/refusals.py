"""Why something is refused: one sentence, its legal basis, and the exceptions that carry both.

A rule returns `Violation`s; a transition raises them as `Refused`; a view shows them as a message or beside a field.
Screen, letter and log thereby cite the same paragraph (style.md 3.3). Pure Python, so that rules need no Django.
"""

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping

from lbf_portal.lib.danish import long_date
from lbf_portal.lib.words import gettext_noop


@dataclasses.dataclass(frozen=True)
class Violation:
    """One thing that stands in the way, or (`is_blocking` false) one thing somebody should look at.

    `text` is a Danish message id with named placeholders, `params` fills them; a day stays a day until it is shown.
    `field` names the fact it is about.
    `is_confirmed` is false where the dossier marks the rule [SOURCE, old] or [INFERRED].
    """

    code: str
    text: str
    basis: str
    field: str = ""
    params: Mapping[str, str | datetime.date] = dataclasses.field(default_factory=dict, hash=False)
    is_blocking: bool = True
    is_confirmed: bool = True

    def sentence(self, translate: Callable[[str], str], show_day: Callable[[datetime.date], str] = long_date) -> str:
        """Return the sentence in the reader's language: `violation.sentence(gettext, date_format)` (lib/telling.py)."""
        shown = {key: show_day(value) if isinstance(value, datetime.date) else value for key, value in self.params.items()}
        return translate(self.text) % shown

    @property
    def message(self) -> str:
        """The sentence in Danish, for letters and events."""
        return self.sentence(gettext_noop)


class Refused(Exception):
    """The portal says no, and why, each sentence once: `raise RuleBroken([violation, …])`."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(_once(violations))
        super().__init__(self.violations)

    def __str__(self) -> str:
        return " ".join(violation.message for violation in self.violations)


class IllegalMove(Refused):
    """The case is not in a state from which this move goes out (somebody else was first, or the page is old)."""


class NotAllowed(Refused):
    """This actor does not hold the role that the act asks for in this case."""


class RuleBroken(Refused):
    """A rule of law, of the regulation or of arithmetic is not met."""


def blocking(violations: Iterable[Violation]) -> list[Violation]:
    """Return what must be put right before the move, in order and each sentence once."""
    return _once(violation for violation in violations if violation.is_blocking)


def advice(violations: Iterable[Violation]) -> list[Violation]:
    """Return what somebody should look at but may decide to accept, in order and each sentence once."""
    return _once(violation for violation in violations if not violation.is_blocking)


def _once(violations: Iterable[Violation]) -> list[Violation]:
    """Drop repetitions: two modules may both ask for the same rule (C11 stands in agreement and commitment)."""
    return list({(violation.code, violation.message): violation for violation in violations}.values())
