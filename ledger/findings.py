"""What a check finds: something that does not add up, in words, with the entries and the case concerned."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from django.utils.translation import gettext

from ledger.kinds import FrameKind

# The code of money that is held for a case which nobody has.
NO_SUCH_CASE = "case_unknown"
# As many entries of one finding are named; whatever moved a whole year is found day by day.
MOST_NAMED = 100


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that does not add up. The wording is a marked message, so that everybody reads it in their language."""

    code: str
    year: int
    wording: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    frame: FrameKind = FrameKind.ORDINARY
    # The numbers of the entries concerned, the first of them where they are many.
    entries: tuple[int, ...] = ()
    case: str = ""
    # What else tells it from other findings of the code: a day, a pair, a kind of money.
    about: str = ""

    @property
    def key(self) -> str:
        """Names the finding from check to check, whatever its amounts are by then."""
        return ":".join((self.code, self.frame, str(self.year), self.case, self.about))

    @property
    def text(self) -> str:
        """The finding as a sentence."""
        return gettext(self.wording) % self.values
