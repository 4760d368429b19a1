"""What a prequalified case is expected to take of a year: no commitment, and no ceiling holds it.

Basis: Almenboligloven § 91 a, stk. 1 and 2, as worded since act no. 1561 of 18 December 2018. Rule numbers and certainty
(domain.md, 2.1, 4.3, 10):
- R2, R8: the frame and its rent part [SOURCE]. That a reservation beyond what the outlook leaves is told and not refused is
  ours [INFERRED]: a reservation binds nobody, and the fund may expect that another case comes to nothing.
- G2: a commitment charges the year it is given in, so a reservation in a year that is over or closed would expect what cannot
  come [INFERRED]
The outlook of a year is what is committed, reserved and waiting for a decision; what the case itself has reserved is left out.
The same in every rule set.
"""

import dataclasses
from collections.abc import Iterator
from decimal import Decimal

from lbf_portal.lib.danish import kroner
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

BASIS = "Almenboligloven § 91 a, stk. 1 og 2; R2, R8"
ZERO = Decimal("0.00")


@dataclasses.dataclass(frozen=True)
class Outlook:
    """What the year would have left if all came so that is expected of it; negative when not all can be met."""

    year: int
    is_open: bool
    left: Decimal
    rent_left: Decimal


@dataclasses.dataclass(frozen=True)
class Facts:
    """`outlook` is None when the year has no frame; `this_year` is the year of the act."""

    this_year: int
    year: int
    social: Decimal
    rent: Decimal
    outlook: Outlook | None

    @property
    def total(self) -> Decimal:
        return self.social + self.rent


def check(facts: Facts) -> list[Violation]:
    """Return what forbids the reservation, and what the case officer should know about the year."""
    return [*_amounts(facts), *_year(facts), *_room(facts)]


def _amounts(facts: Facts) -> Iterator[Violation]:
    for field, amount in (("social_amount", facts.social), ("rent_amount", facts.rent)):
        if amount < 0:
            yield Violation(
                "reserved_amount_negative", gettext_noop("Beløbet kan ikke være mindre end 0 kr."), BASIS, field=field
            )


def _year(facts: Facts) -> Iterator[Violation]:
    if facts.outlook is not None and facts.outlook.is_open and facts.year >= facts.this_year:
        return
    yield Violation(
        "reserved_year_not_open",
        gettext_noop("Der er ingen åben ramme for %(year)s. Vælg et år, som sagen kan få tilsagn i."),
        f"{BASIS}, G2",
        field="frame_year",
        params={"year": str(facts.year)},
        is_confirmed=False,
    )


def _room(facts: Facts) -> Iterator[Violation]:
    outlook = facts.outlook
    if outlook is None:
        return
    if facts.total > outlook.left:
        yield _advice(
            "outlook_exceeded",
            gettext_noop(
                "Der reserveres %(amount)s Med givne tilsagn, reservationer og sager, der venter på afgørelse, "
                "er der %(left)s tilbage i %(year)s."
            ),
            facts,
            facts.total,
            outlook.left,
        )
    if facts.rent > max(outlook.rent_left, ZERO) and facts.rent > ZERO:
        yield _advice(
            "rent_outlook_exceeded",
            gettext_noop(
                "Der reserveres %(amount)s til huslejestøtte. Med givne tilsagn, reservationer og sager, der venter på "
                "afgørelse, er der %(left)s tilbage til husleje i %(year)s."
            ),
            facts,
            facts.rent,
            outlook.rent_left,
        )


def _advice(code: str, text: str, facts: Facts, amount: Decimal, left: Decimal) -> Violation:
    """Below nothing there is nothing left; the year's own page says how much is lacking."""
    params = {"amount": kroner(amount), "left": kroner(max(left, ZERO)), "year": str(facts.year)}
    return Violation(code, text, BASIS, field="social_amount", params=params, is_blocking=False, is_confirmed=False)
