"""Reading the ledger. Other apps reach these through the models' managers."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db import models
from django.db.models import DecimalField, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from ledger.kinds import RENT_MONEY, EntryKind, Money
from ledger.positions import ZERO, Place, Position

if TYPE_CHECKING:
    from ledger.models import Allocation, Entry, FrameYear, FrameYearEvent


class Sums(TypedDict):
    """What a year's entries add up to."""

    committed: Decimal
    rent_committed: Decimal
    carried_in: Decimal
    carried_out: Decimal


AMOUNT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=16, decimal_places=2)


def end_of(day: datetime.date) -> datetime.datetime:
    """The first instant after the day, in Danish time."""
    return timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min))


def _sum(which: Q) -> Coalesce:
    return Coalesce(Sum("amount", filter=which), Value(ZERO), output_field=AMOUNT)


class FrameYearQuerySet(models.QuerySet["FrameYear"]):
    """The years' frames."""

    def numbered(self, year: int) -> FrameYear:
        """The frame of the calendar year.

        Errors: FrameYear.DoesNotExist.
        """
        return self.select_related("period").get(year=year)

    def positions(self) -> list[Position]:
        """Where every year stands by its running totals, oldest first: one query."""
        return [frame_year.position for frame_year in self.select_related("period").order_by("year")]

    def position(self, year: int) -> Position:
        """Where the year stands by its running totals.

        Errors: FrameYear.DoesNotExist.
        """
        return self.numbered(year).position


class FrameYearEventQuerySet(models.QuerySet["FrameYearEvent"]):
    """What happened to the frames themselves."""

    def happened_by(self, day: datetime.date) -> FrameYearEventQuerySet:
        """What was done to the frames before the day was over."""
        return self.filter(at__lt=end_of(day))

    def latest_by_year(self) -> dict[int, FrameYearEvent]:
        """The latest of these events for each year, by the year's id."""
        return {event.frame_year_id: event for event in self.order_by("frame_year_id", "-pk").distinct("frame_year_id")}


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """What cases hold."""

    def place_of(self, case_reference: str) -> Place | None:
        """What the case holds of the frame, in the latest year in which it holds anything; None while it holds nothing."""
        rows = list(self.filter(case_reference=case_reference, held__gt=0).select_related("frame_year__period"))
        if not rows:
            return None
        frame_year = max((row.frame_year for row in rows), key=lambda candidate: candidate.year)
        held = [(row.money, row.held) for row in rows if row.frame_year_id == frame_year.pk]
        return Place(
            year=frame_year.year,
            social=sum((amount for money, amount in held if money == Money.SOCIAL), ZERO),
            rent=sum((amount for money, amount in held if money in RENT_MONEY), ZERO),
            frame=frame_year.position,
        )


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, which nobody changes."""

    def posted_by(self, day: datetime.date) -> EntryQuerySet:
        """What was posted before the day was over, whatever day it was decided: what the ledger said that evening."""
        return self.filter(at__lt=end_of(day))

    def of_case(self, case_reference: str) -> EntryQuerySet:
        """Everything posted for the case, oldest first."""
        return self.filter(allocation__case_reference=case_reference).order_by("pk").with_names()

    def with_names(self) -> EntryQuerySet:
        """With all that a list shows, in one query."""
        return self.select_related("frame_year", "allocation", "by", "organisation", "reverses")

    def sums_by_year(self) -> dict[int, Sums]:
        """What the entries add up to, by the year's id."""
        rows = (
            self.order_by()
            .values("frame_year_id")
            .annotate(
                committed=_sum(Q(allocation__isnull=False)),
                rent_committed=_sum(Q(money__in=RENT_MONEY)),
                carried_in=_sum(Q(kind=EntryKind.CARRY_IN)),
                carried_out=-_sum(Q(kind=EntryKind.CARRY_OUT)),
            )
        )
        return {
            row["frame_year_id"]: {
                "committed": row["committed"],
                "rent_committed": row["rent_committed"],
                "carried_in": row["carried_in"],
                "carried_out": row["carried_out"],
            }
            for row in rows
        }
