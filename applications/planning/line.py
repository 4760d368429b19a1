"""The line with its answer, as things are and in a scenario. The rules decide: rules/order.py and rules/fitting.py."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Scenario, ScenarioCase
from applications.planning.cases import CaseFacts
from applications.planning.desk import Desk
from applications.rules import fitting, order
from applications.rules.fitting import OBSTACLE_NAMES, ZERO, Carrying, Instalment, Passing, Placement

OERE = Decimal("0.01")
SET_HERE = _("Sat i scenariet")


@dataclass(frozen=True)
class Row:
    """A case in its place: what it is planned with, and whether it fits."""

    place: int
    case: CaseFacts
    social: Decimal
    rent: Decimal
    year: int
    later_share: Decimal | None
    placement: Placement
    own: ScenarioCase | None = None

    @property
    def number(self) -> int:
        """The case number."""
        return self.case.number

    @property
    def total(self) -> Decimal:
        """What is planned in all."""
        return self.social + self.rent

    @property
    def is_moved(self) -> bool:
        """Whether an officer has given it its place."""
        return self.own is not None and self.own.place is not None

    @property
    def sets_amount(self) -> bool:
        """Whether the scenario has an amount of its own for it."""
        return self.own is not None and (self.own.social_amount is not None or self.own.rent_amount is not None)

    @property
    def sets_year(self) -> bool:
        """Whether the scenario has a year of its own for it."""
        return self.own is not None and self.own.year is not None

    @property
    def amount_is(self) -> str | Promise:
        """Where the amount comes from, in words."""
        return SET_HERE if self.sets_amount else self.case.amount_source.label

    @property
    def year_is(self) -> str | Promise:
        """Where the year comes from, in words."""
        return SET_HERE if self.sets_year else self.case.year_source.label

    @property
    def fits(self) -> bool:
        """Whether there is room for it."""
        return self.placement.fits

    @property
    def is_later_than_expected(self) -> bool:
        """Whether it fits, but in a later year than it is expected in."""
        return self.placement.year is not None and self.placement.year > self.year

    @property
    def why_not(self) -> str:
        """Why it waits (a message id)."""
        return OBSTACLE_NAMES[self.placement.obstacle] if self.placement.obstacle else ""

    @property
    def running(self) -> Decimal:
        """What the line holds so far, in all years."""
        return sum(self.placement.running.values(), start=ZERO)


@dataclass(frozen=True)
class Planned:
    """The line with its answer."""

    rows: tuple[Row, ...]
    years: tuple[fitting.Left, ...]

    @property
    def fitting_count(self) -> int:
        """How many fit."""
        return sum(row.fits for row in self.rows)

    @property
    def waiting_count(self) -> int:
        """How many wait."""
        return len(self.rows) - self.fitting_count

    @property
    def waiting_amount(self) -> Decimal:
        """What those ask for that wait."""
        return sum((row.total for row in self.rows if not row.fits), start=ZERO)

    @property
    def left(self) -> Decimal:
        """What would be left at the end of the last year."""
        return self.years[-1].left if self.years else ZERO


def planned(desk: Desk, scenario: Scenario | None = None, own: Iterable[ScenarioCase] = ()) -> Planned:
    """The cases in their order, each with its answer; with what the scenario sets, if one is given.

    What a scenario sets for a case that is no longer in line counts for nothing.
    """
    set_for = {one.application.case_number: one for one in own if one.application.case_number in desk.by_number}
    moves = tuple(order.Move(number, one.place, one.reason) for number, one in set_for.items() if one.place is not None)
    line = order.in_order(order.Facts(tuple(case.in_line() for case in desk.cases), moves))
    drafts = [
        _drafted(place, desk.by_number[one.number], set_for.get(one.number), on=desk.on)
        for place, one in enumerate(line, start=1)
    ]
    passing = Passing(scenario.passing) if scenario else Passing.STRICT
    carrying = Carrying(scenario.carrying) if scenario else Carrying.OWN
    answer = fitting.plan(fitting.Facts(desk.years, tuple(draft.asked() for draft in drafts), passing, carrying))
    rows = tuple(draft.with_answer(placement) for draft, placement in zip(drafts, answer.placements, strict=True))
    return Planned(rows, answer.years)


@dataclass(frozen=True)
class _Draft:
    """A row before its answer is known."""

    place: int
    case: CaseFacts
    social: Decimal
    rent: Decimal
    year: int
    later_share: Decimal | None
    own: ScenarioCase | None

    def asked(self) -> fitting.Case:
        return fitting.Case(self.case.number, self.year, instalments(self.social, self.rent, self.later_share))

    def with_answer(self, placement: Placement) -> Row:
        return Row(self.place, self.case, self.social, self.rent, self.year, self.later_share, placement, self.own)


def _drafted(place: int, case: CaseFacts, own: ScenarioCase | None, *, on: datetime.date) -> _Draft:
    if own is None:
        return _Draft(place, case, case.social, case.rent, case.year, None, None)
    return _Draft(
        place,
        case,
        social=case.social if own.social_amount is None else own.social_amount,
        rent=case.rent if own.rent_amount is None else own.rent_amount,
        # A year that has gone by since is this year.
        year=case.year if own.year is None else max(own.year, on.year),
        later_share=own.later_share,
        own=own,
    )


def instalments(social: Decimal, rent: Decimal, later_share: Decimal | None) -> tuple[Instalment, ...]:
    """The amount whole, or in two instalments that add up to it to the øre: the second is rounded, the first is the rest."""
    if later_share is None:
        return (Instalment(social, rent),)
    later = [(amount * later_share).quantize(OERE, rounding=ROUND_HALF_UP) for amount in (social, rent)]
    return (Instalment(social - later[0], rent - later[1]), Instalment(later[0], later[1], years_later=1))
