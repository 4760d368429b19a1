"""What a case is expected to take of a year's frame: held with prequalification, changed with a reason, ended with the case.

The amounts stand in the ledger, which keeps every version with who made it; the case's event says the same and why.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accounts.actors import SYSTEM, Actor
from applications import facts, states
from applications.models import Application
from applications.rules import reservation
from applications.transitions.common import day_of, locked
from lbf_portal.lib.refusals import IllegalMove, RuleBroken, Violation, blocking
from lbf_portal.lib.words import gettext_noop
from ledger import posting
from ledger.kinds import Money

NOTE_LENGTH = 500


@dataclass(frozen=True)
class Expected:
    """What a case is expected to take of a year. Nothing at all ends the reservation."""

    year: int
    social: Decimal
    rent: Decimal

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.social + self.rent

    def as_data(self) -> dict[str, object]:
        """For the event."""
        return {"year": self.year, "social": str(self.social), "rent": str(self.rent)}


def check_reservation(application: Application, expected: Expected, *, on: datetime.date) -> list[Violation]:
    """What forbids the reservation, and where it goes beyond what the year's outlook leaves (R2, R8)."""
    if not expected.total:
        return []
    asked = facts.of_reservation(application, year=expected.year, social=expected.social, rent=expected.rent, on=on)
    return reservation.check(asked)


def change_reservation(application: Application, expected: Expected, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Expect another amount or year of a case that is prequalified and not decided; nothing at all ends the reservation."""
    with locked(application, "reserve", by=by, at=at):
        if application.state not in states.AFTER_PREQUALIFICATION:
            text = gettext_noop("Der kan kun reserveres i rammen, fra sagen er prækvalificeret, til den er afgjort.")
            raise IllegalMove([Violation("not_for_reservation", text, "")])
        if not reason.strip():
            raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
        hold(application, expected, by=by, at=at, reason=reason)


def hold(application: Application, expected: Expected, *, by: Actor, at: datetime.datetime, reason: str = "") -> None:
    """Reserve in the transaction of the caller, who has locked the case and asked for the right.

    Errors: RuleBroken when the year is over, closed or without a frame, or an amount is below nothing.
    """
    if forbidden := blocking(check_reservation(application, expected, on=day_of(at))):
        raise RuleBroken(forbidden)
    before = facts.reserved(application)
    if before == (expected.year, expected.social, expected.rent) or (before is None and not expected.total):
        return
    case_reference = str(application.case_number)
    for money, amount in ((Money.SOCIAL, expected.social), (Money.RENT, expected.rent)):
        if amount:
            posting.reserve(
                expected.year,
                case_reference=case_reference,
                money=money,
                amount=amount,
                on=day_of(at),
                by=by,
                note=reason.strip()[:NOTE_LENGTH],
            )
        else:
            posting.unreserve(case_reference, by=by, money=money)
    data = expected.as_data() if expected.total else {}
    if before:
        data["before"] = Expected(*before).as_data()
    application.record(
        "application:reserved" if expected.total else "application:unreserved", by=by, at=at, reason=reason, data=data
    )


def end_reservation(application: Application, *, at: datetime.datetime) -> None:
    """Nothing more is expected of a case that has ended: the portal's own act, for who ends it may be the applicant."""
    before = facts.reserved(application)
    if before is not None:
        posting.unreserve(str(application.case_number), by=SYSTEM)
        application.record("application:unreserved", by=SYSTEM, at=at, data={"before": Expected(*before).as_data()})
