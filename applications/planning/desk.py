"""What is planned with on a day: the cases in line, and what this year and the next have left.

As many queries for two cases as for two hundred.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.utils import timezone

from applications import facts
from applications.models import Application, Recommendation
from applications.planning.cases import IN_LINE, STAGES, AmountSource, CaseFacts, YearSource
from applications.planning.priority import Priorities
from applications.rules import fitting
from applications.rules.fitting import ZERO
from applications.rules.forecast import Stage, decided_on
from ledger.kinds import RENT_MONEY, FrameKind
from ledger.models import FrameYear, Reservation
from ledger.positions import Position


@dataclass(frozen=True)
class Desk:
    """All that is planned with on a day: the cases in line, and what this year and the next have left."""

    on: datetime.date
    cases: tuple[CaseFacts, ...]
    years: tuple[fitting.Year, ...]
    # Of what the years have left, reserved for cases that are not in line; not to be planned with.
    elsewhere: Mapping[int, Decimal]

    @cached_property
    def by_number(self) -> Mapping[int, CaseFacts]:
        """The cases by number."""
        return {case.number: case for case in self.cases}

    def snapshot(self) -> dict[str, Any]:
        """What a scenario remembers of the cases."""
        return {str(case.number): case.as_json() for case in self.cases}


def desk(*, on: datetime.date) -> Desk:
    """Read what is planned with on the day."""
    applications = list(read(IN_LINE))
    reservations = Reservations.read()
    years, elsewhere = years_left(applications, reservations, on=on)
    priorities = Priorities.read(applications, on=on)
    cases = tuple(_facts_of(case, reservations, years, on=on, priorities=priorities) for case in applications)
    return Desk(on, cases, years, elsewhere)


def read(states: Collection[str]) -> models.QuerySet[Application]:
    """Cases in these states with all that amount, year and place are read from."""
    since = {"application": models.OuterRef("pk"), "recommended_at__gte": models.OuterRef("state_since")}
    latest = Recommendation.objects.filter(**since).order_by("-pk")
    return (
        Application.objects.filter(state__in=states)
        .select_related("area", "municipality", "organisation", "plan")
        .prefetch_related("funding_lines", "rent_supports", "application_departments")
        .annotate(
            recommended_year=models.Subquery(latest.values("frame_year")[:1]),
            recommended_social=models.Subquery(latest.values("social_amount")[:1]),
            recommended_rent=models.Subquery(latest.values("rent_amount")[:1]),
        )
        .order_by("case_number")
    )


def positions_on(on: datetime.date) -> dict[int, Position]:
    """This year and the next of the ordinary frame, as far as they are open: the extra frame has no new money (R15)."""
    years = FrameYear.objects.of(FrameKind.ORDINARY).with_reserved().select_related("period")
    wanted = years.filter(year__in=(on.year, on.year + 1), closed_on__isnull=True)
    return {row.year: row.position for row in wanted}


def years_left(
    applications: Iterable[Application], reservations: Reservations, *, on: datetime.date
) -> tuple[tuple[fitting.Year, ...], dict[int, Decimal]]:
    """What this year and the next have left for these cases, and what of it is reserved for others."""
    elsewhere, rent_elsewhere = reservations.outside({str(case.case_number) for case in applications})
    years = tuple(
        year_of(position, elsewhere.get(year, ZERO), rent_elsewhere.get(year, ZERO))
        for year, position in sorted(positions_on(on).items())
    )
    return years, elsewhere


def year_of(position: Position, elsewhere: Decimal, rent_elsewhere: Decimal) -> fitting.Year:
    """What the rules ask of a year."""
    return fitting.Year(
        year=position.year,
        free=max(ZERO, position.available - elsewhere),
        rent_free=max(ZERO, position.rent_ceiling - position.rent_committed - rent_elsewhere),
        # As ledger.positions.Position.carriable: a year's own money, less what of it has gone on already.
        own=position.ceiling - (position.carried_out - position.carried_out_by_decision),
    )


@dataclass(frozen=True)
class Reservations:
    """What is reserved, by case."""

    rows: Sequence[Reservation]

    @classmethod
    def read(cls) -> Reservations:
        return cls(list(Reservation.objects.filter(frame_year__kind=FrameKind.ORDINARY).select_related("frame_year")))

    @cached_property
    def by_case(self) -> dict[str, list[Reservation]]:
        found: dict[str, list[Reservation]] = {}
        for row in self.rows:
            found.setdefault(row.case_reference, []).append(row)
        return found

    def outside(self, numbers: Collection[str]) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
        """What is reserved each year for other cases than these: in all, and for rent."""
        total: dict[int, Decimal] = {}
        rent: dict[int, Decimal] = {}
        for row in self.rows:
            if row.case_reference not in numbers:
                year = row.frame_year.year
                total[year] = total.get(year, ZERO) + row.amount
                if row.money in RENT_MONEY:
                    rent[year] = rent.get(year, ZERO) + row.amount
        return total, rent


def _facts_of(
    case: Application,
    reservations: Reservations,
    years: Sequence[fitting.Year],
    *,
    on: datetime.date,
    priorities: Priorities,
) -> CaseFacts:
    stage = stage_of(case)
    social, rent, source, known_year = amount_of(case, reservations)
    decision_on = decided_on(timezone.localdate(case.state_since), stage, on=on)
    year, year_source = _year_of(known_year, source, decision_on, years, on=on, has_rent=rent > 0)
    priority, listed_on = priorities.of(case)
    return CaseFacts(
        application=case,
        stage=stage,
        social=social,
        rent=rent,
        amount_source=source,
        year=year,
        year_source=year_source,
        received_on=timezone.localdate(case.submitted_at or case.created_at),
        priority=priority,
        listed_on=listed_on,
    )


def stage_of(case: Application) -> Stage:
    """How far the case has come, as the forecast sees it."""
    stage = STAGES[case.state]
    is_recommended = case.__dict__["recommended_year"] is not None
    return Stage.RECOMMENDED if stage is Stage.PLAN_SUBMITTED and is_recommended else stage


def amount_of(case: Application, reservations: Reservations) -> tuple[Decimal, Decimal, AmountSource, int | None]:
    """For the social effort and for rent, where that comes from, and the year it names: the first that there is.

    What is recommended comes before what is reserved, as in the ledger's outlook (applications/waiting.py): it is later, and
    it is what the commitment is given on.
    """
    recommended = case.__dict__
    if (year := recommended["recommended_year"]) is not None:
        return recommended["recommended_social"], recommended["recommended_rent"], AmountSource.RECOMMENDED, year
    if held := reservations.by_case.get(str(case.case_number)):
        rent = sum((row.amount for row in held if row.money in RENT_MONEY), start=ZERO)
        social = sum((row.amount for row in held if row.money not in RENT_MONEY), start=ZERO)
        return social, rent, AmountSource.RESERVED, max(row.frame_year.year for row in held)
    return facts.of_budget(case).fund, facts.rent_asked(case), AmountSource.ASKED, None


def _year_of(
    known: int | None,
    source: AmountSource,
    decision_on: datetime.date,
    years: Sequence[fitting.Year],
    *,
    on: datetime.date,
    has_rent: bool,
) -> tuple[int, YearSource]:
    """The year of the recommendation or the reservation, else the one in which the case is expected to be decided.

    Nothing is planned for a year that is over, nor beyond the following one. Where the following year has no rent part (G4)
    a case with rent support is expected this year, the last one that can take it.
    """
    last = years[-1] if years else None
    if known is not None:
        return max(known, on.year), YearSource(source.value)
    year = min(decision_on.year, last.year) if last else on.year
    if has_rent and last is not None and year == last.year > on.year and not last.rent_free:
        return on.year, YearSource.RENT
    return max(year, on.year), YearSource.EXPECTED
