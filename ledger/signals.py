"""What the ledger asks the apps above it, which it does not know."""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from django.utils.functional import Promise

from lbf_portal.lib.refusals import Violation
from ledger.findings import Finding
from ledger.proposed import Act

if TYPE_CHECKING:
    from ledger.models import Proposal

# What waits for a decision and would charge the ordinary frame. Sends `on` (the day); a receiver returns a list of `Waiting`.
waiting_asked = Signal()
# What does not agree with the ledger, asked by a check. Sends `at` (the moment); a receiver returns a list of `Finding`.
cases_asked = Signal()
# Whether somebody else is to move the money that a posting by hand would move. Sends `act` and `proposal` (None while it is
# being made); a receiver returns a list of `Claim`.
claims_asked = Signal()


@dataclasses.dataclass(frozen=True)
class Waiting:
    """What a case that is ready to be decided would take of a year, beyond what is reserved for it there."""

    case_reference: str
    year: int
    social: Decimal
    rent: Decimal

    @property
    def total(self) -> Decimal:
        """All it would take."""
        return self.social + self.rent


@dataclasses.dataclass(frozen=True)
class Claim:
    """Why the money is not to be moved this way, and the page where it is."""

    violation: Violation
    url: str
    label: str | Promise


def waiting(*, on: datetime.date) -> list[Waiting]:
    """All that waits on the day, by everybody who knows of such cases."""
    answers: Any = waiting_asked.send(sender=None, on=on)  # typed in the stubs for receivers that answer text
    return [one for _receiver, answer in answers for one in answer]


def differing_cases(*, at: datetime.datetime) -> list[Finding]:
    """All in which cases and ledger differ, by everybody who knows cases."""
    answers: Any = cases_asked.send(sender=None, at=at)  # as above
    return [finding for _receiver, answer in answers for finding in answer]


def claims(act: Act, *, proposal: Proposal | None = None) -> list[Claim]:
    """All that stands in the way of the posting, by everybody who keeps money for a release of their own."""
    answers: Any = claims_asked.send(sender=None, act=act, proposal=proposal)  # as above
    return [claim for _receiver, answer in answers for claim in answer]
