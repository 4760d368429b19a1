"""The commitment *(tilsagn)*: is there room in the frame, does the budget hold, have two people looked.

Basis: Almenboligloven § 91 a, stk. 1 and 2, as worded since act no. 1561 of 18 December 2018: the yearly frame and the
ceiling for rent in it. Rule numbers and certainty (domain.md, 2.1, 4.4, 10):
- R2, R6, R8: frame, carry-over, rent ceiling [SOURCE]; C1, C2, C3: sums of a year against both, the vacancy rent inside the rent
  ceiling [INFERRED]; the fund's split of the frame, 140 mio. for social efforts, is a soft one: C2 [INFERRED]
- G2, G4: only into a year whose frame is open; years after 2026 need a frame of their own [INFERRED]
- C11 on the budget, and the amount granted against the amount in it [INFERRED]
- four eyes and reasons: see `four_eyes` and `reasons`
C1 and C2 are advice here: the figures were read without a lock, and the ledger, which locks the year's row, refuses in the end.
The frames differ by year, not by rule set, and stand in the ledger.
"""

import dataclasses
import enum
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from applications.rules import cofinancing, four_eyes, reasons
from applications.rules.rule_sets import RuleSet, cite
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

ACT = "Almenboligloven § 91 a, stk. 1 og 2"


class Purpose(enum.StrEnum):
    """What the frame is charged for; the last two count against the rent ceiling (C2, C3)."""

    SOCIAL = "SOCIAL"
    RENT = "RENT"
    VACANCY = "VACANCY"


RENT_PURPOSES = frozenset({Purpose.RENT, Purpose.VACANCY})


@dataclasses.dataclass(frozen=True)
class Grant:
    """One amount of the commitment."""

    purpose: Purpose
    amount: Decimal


@dataclasses.dataclass(frozen=True)
class Frame:
    """A year's frame as it stands: ceilings with what was carried in, and what is committed already."""

    year: int
    is_open: bool
    ceiling: Decimal
    committed: Decimal
    rent_ceiling: Decimal
    rent_committed: Decimal

    @property
    def remaining(self) -> Decimal:
        return self.ceiling - self.committed

    @property
    def rent_remaining(self) -> Decimal:
        """What rent may still take: neither ceiling may be exceeded."""
        return min(self.rent_ceiling - self.rent_committed, self.remaining)


@dataclasses.dataclass(frozen=True)
class Facts:
    """`frame` is None when the year has no row in the ledger. The users are keys, as text."""

    rule_set: RuleSet
    decided_on: date
    year: int
    frame: Frame | None
    grants: tuple[Grant, ...]
    budget: cofinancing.Facts
    recommended_by: str
    decided_by: str
    reasons: str

    def granted(self, *purposes: Purpose) -> Decimal:
        return sum((grant.amount for grant in self.grants if grant.purpose in purposes), start=Decimal(0))


def check(facts: Facts) -> list[Violation]:
    """Return what forbids the commitment, and what the decider should know about the frame."""
    return [
        *_amounts(facts),
        *_against_budget(facts),
        *cofinancing.check(facts.budget),
        *_year(facts),
        *_room(facts),
        *four_eyes.check(four_eyes.Facts(facts.recommended_by, facts.decided_by)),
        *reasons.check(reasons.Facts(facts.reasons)),
    ]


def _amounts(facts: Facts) -> Iterator[Violation]:
    if not facts.grants or any(grant.amount <= 0 for grant in facts.grants):
        yield Violation(
            "amount_not_positive",
            gettext_noop("Tilsagnet skal være på mere end 0 kr. Skriv beløbet, eller fjern linjen."),
            cite(facts.rule_set, act=ACT, numbers="R2"),
            field="amount",
        )


def _against_budget(facts: Facts) -> Iterator[Violation]:
    granted, budgeted = facts.granted(Purpose.SOCIAL), facts.budget.fund
    params = {"granted": kroner(granted), "budgeted": kroner(budgeted)}
    basis = cite(facts.rule_set, act="Almenboligloven § 91 a, stk. 3", numbers="R11, C11")
    if granted > budgeted:
        yield Violation(
            "more_than_budgeted",
            gettext_noop("Tilsagnet til den boligsociale indsats er %(granted)s Budgettet regner med %(budgeted)s fra fonden."),
            basis,
            field="amount",
            params=params,
            is_confirmed=False,
        )
    if granted < budgeted:
        yield Violation(
            "less_than_budgeted",
            gettext_noop(
                "Tilsagnet til den boligsociale indsats er %(granted)s Budgettet regner med %(budgeted)s fra fonden. "
                "Parten får ikke det fulde beløb og skal lave et nyt budget."
            ),
            basis,
            field="amount",
            params=params,
            is_blocking=False,
            is_confirmed=False,
        )


def _year(facts: Facts) -> Iterator[Violation]:
    basis = cite(facts.rule_set, act=ACT, numbers="R2, R6, G2, G4")
    params = {"year": str(facts.year)}
    if facts.frame is None:
        yield Violation(
            "no_frame_for_year",
            gettext_noop("Der er ingen ramme for %(year)s. Økonomi skal oprette den, før der kan gives tilsagn."),
            basis,
            field="year",
            params=params,
            is_confirmed=False,
        )
    elif not facts.frame.is_open:
        yield Violation(
            "frame_closed",
            gettext_noop("Rammen for %(year)s er lukket. Vælg et år med en åben ramme."),
            basis,
            field="year",
            params=params,
            is_confirmed=False,
        )
    if facts.year < facts.decided_on.year:
        yield Violation(
            "frame_of_earlier_year",
            gettext_noop(
                "Tilsagnet gives i %(decided_in)s og kan ikke tages af rammen for %(year)s. Indstil sagen igen med årets ramme."
            ),
            basis,
            field="year",
            params={**params, "decided_in": str(facts.decided_on.year)},
            is_confirmed=False,
        )
    if facts.year > facts.decided_on.year:
        yield Violation(
            "frame_of_later_year",
            gettext_noop("Tilsagnet gives i %(decided_in)s og kan ikke tages af rammen for %(year)s."),
            basis,
            field="year",
            params=params | {"decided_in": str(facts.decided_on.year)},
            is_confirmed=False,
        )


def _room(facts: Facts) -> Iterator[Violation]:
    if (frame := facts.frame) is None:
        return
    total, rent = facts.granted(*Purpose), facts.granted(*RENT_PURPOSES)
    social = facts.granted(Purpose.SOCIAL)
    if total > frame.remaining:
        yield _advice(
            facts,
            "frame_exceeded",
            gettext_noop("Tilsagnet er på %(amount)s I rammen for %(year)s er der %(remaining)s tilbage."),
            "R2, R6, C1",
            amount=total,
            remaining=frame.remaining,
        )
    if rent > frame.rent_remaining:
        yield _advice(
            facts,
            "rent_ceiling_exceeded",
            gettext_noop("Huslejestøtten er på %(amount)s I rammen for %(year)s er der %(remaining)s tilbage til husleje."),
            "R8, C2, C3",
            amount=rent,
            remaining=frame.rent_remaining,
        )
    social_remaining = frame.remaining - (frame.rent_ceiling - frame.rent_committed)
    if social > max(social_remaining, Decimal(0)) and total <= frame.remaining:
        yield _advice(
            facts,
            "social_split_exceeded",
            gettext_noop(
                "Den boligsociale indsats får %(amount)s Efter fondens fordeling er der %(remaining)s tilbage i %(year)s. "
                "Resten tages af det, der ikke er brugt til husleje."
            ),
            "R8, C2",
            amount=social,
            remaining=max(social_remaining, Decimal(0)),
        )


def _advice(facts: Facts, code: str, text: str, numbers: str, *, amount: Decimal, remaining: Decimal) -> Violation:
    return Violation(
        code,
        text,
        cite(facts.rule_set, act=ACT, numbers=numbers),
        field="amount",
        params={"amount": kroner(amount), "remaining": kroner(remaining), "year": str(facts.year)},
        is_blocking=False,
        is_confirmed=False,
    )
