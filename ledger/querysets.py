"""Reading the ledger. Other apps reach these through the models' managers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self, TypedDict

from django.apps import apps
from django.db import models
from django.db.models import DecimalField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from accounts.actors import Actor
from ledger.kinds import RENT_MONEY, EntryKind, FrameKind, Money, Reuse
from ledger.permissions import Act, may
from ledger.positions import ZERO, Place, Position
from ledger.states import State

if TYPE_CHECKING:
    from ledger.models import (
        Allocation,
        Entry,
        FrameCheck,
        FrameDay,
        FrameFinding,
        FrameYear,
        FrameYearEvent,
        GrantPeriod,
        Proposal,
        ReleaseRule,
        Reservation,
    )


class Sums(TypedDict):
    """What a year's entries add up to."""

    committed: Decimal
    rent_committed: Decimal
    carried_in: Decimal
    carried_out: Decimal
    carried_out_by_decision: Decimal
    withheld: Decimal


NOTHING: Sums = {
    "committed": ZERO,
    "rent_committed": ZERO,
    "carried_in": ZERO,
    "carried_out": ZERO,
    "carried_out_by_decision": ZERO,
    "withheld": ZERO,
}
TOTALS = tuple(NOTHING)
AMOUNT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=16, decimal_places=2)


def end_of(day: datetime.date) -> datetime.datetime:
    """The first instant after the day, in Danish time."""
    return timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min))


def _sum(which: Q, field: str = "amount") -> Coalesce:
    return Coalesce(Sum(field, filter=which), Value(ZERO), output_field=AMOUNT)


# A case's number, and what it holds of social, rent and vacancy money.
Held = tuple[str, Decimal, Decimal, Decimal]


def _held(rows: Iterable[Mapping[str, Any]], case: str) -> list[Held]:
    """The rows as plain values, without those that hold nothing."""
    held = ((row[case], row["sum_SOCIAL"], row["sum_RENT"], row["sum_VACANCY"]) for row in rows)
    return [one for one in held if any(one[1:])]


class GrantPeriodQuerySet(models.QuerySet["GrantPeriod"]):
    """The periods, oldest first."""

    def historic(self) -> Self:
        """Periods whose frames are information only (domain.md 2.2)."""
        return self.filter(frame="")


class ReleaseRuleQuerySet(models.QuerySet["ReleaseRule"]):
    """The dated rules for money that comes back."""

    def rule_on(self, period_id: int, day: datetime.date) -> Reuse:
        """What the period says on the day; our reading where it says nothing."""
        rows = self.filter(period_id=period_id, valid_from__lte=day).order_by("-valid_from", "-pk")
        rule = rows.values_list("rule", flat=True).first()
        return Reuse(rule) if rule else Reuse.SAME_YEAR_OR_CARRY_OVER


class FrameYearQuerySet(models.QuerySet["FrameYear"]):
    """The years' frames."""

    def of(self, frame: FrameKind) -> Self:
        """The years of one frame; the two are never mixed (C4)."""
        return self.filter(kind=frame)

    def with_reserved(self) -> Self:
        """With what is reserved in each year, so that `position` asks nothing more."""
        reservations = apps.get_model("ledger", "Reservation").objects
        rows = reservations.filter(frame_year=OuterRef("pk")).order_by().values("frame_year").annotate(total=_sum(Q()))
        rent = rows.filter(money__in=RENT_MONEY)
        return self.annotate(
            reserved=Coalesce(Subquery(rows.values("total")), Value(ZERO), output_field=AMOUNT),
            rent_reserved=Coalesce(Subquery(rent.values("total")), Value(ZERO), output_field=AMOUNT),
        )

    def numbered(self, year: int, frame: FrameKind = FrameKind.ORDINARY) -> FrameYear:
        """The frame of the calendar year.

        Errors: FrameYear.DoesNotExist.
        """
        return self.select_related("period").get(year=year, kind=frame)

    def positions(self) -> list[Position]:
        """Where every year of every frame stands by its running totals, oldest first: one query."""
        years = self.with_reserved().select_related("period").order_by("year", "-kind")
        return [frame_year.position for frame_year in years]

    def position(self, year: int, frame: FrameKind = FrameKind.ORDINARY) -> Position:
        """Where the year stands by its running totals.

        Errors: FrameYear.DoesNotExist.
        """
        return self.with_reserved().numbered(year, frame).position


class FrameDayQuerySet(models.QuerySet["FrameDay"]):
    """What each day moved."""

    def sums_by_year(self, until: datetime.date | None = None) -> dict[int, Sums]:
        """What the days up to and with `until` moved, by the year's id."""
        days = self if until is None else self.filter(day__lte=until)
        rows = days.order_by().values("frame_year_id").annotate(**{f"sum_{name}": Sum(name) for name in TOTALS})
        return {row["frame_year_id"]: _sums(row) for row in rows}


class FrameYearEventQuerySet(models.QuerySet["FrameYearEvent"]):
    """What happened to the frames themselves."""

    def happened_by(self, day: datetime.date) -> Self:
        """What was done to the frames before the day was over."""
        return self.filter(at__lt=end_of(day))

    def latest_by_year(self) -> dict[int, FrameYearEvent]:
        """The latest of these events for each year, by the year's id."""
        return {event.frame_year_id: event for event in self.order_by("frame_year_id", "-pk").distinct("frame_year_id")}


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """What cases hold."""

    def place_of(self, case_reference: str) -> Place | None:
        """What the case holds of the frame, in the latest year in which it holds anything; None while it holds nothing.

        Where it holds money of both frames in that year, the ordinary frame is meant.
        """
        held = self.filter(case_reference=case_reference, held__gt=0)
        years = apps.get_model("ledger", "FrameYear").objects.with_reserved().select_related("period")
        of_case = Q(allocations__in=held)
        frame_year = (
            years.filter(of_case)
            .annotate(
                social=Sum("allocations__held", filter=of_case & Q(allocations__money=Money.SOCIAL), default=ZERO),
                rent=Sum("allocations__held", filter=of_case & Q(allocations__money__in=RENT_MONEY), default=ZERO),
                is_ordinary=Q(kind=FrameKind.ORDINARY),
            )
            .order_by("-year", "-is_ordinary")
            .first()
        )
        if frame_year is None:
            return None
        held_of_case = frame_year.__dict__
        return Place(year=frame_year.year, social=held_of_case["social"], rent=held_of_case["rent"], frame=frame_year.position)

    def held_by_case(self) -> list[Held]:
        """What each case holds now: its number, and social, rent and vacancy money; cases that hold nothing are left out."""
        rows = (
            self.order_by().values("case_reference").annotate(**{f"sum_{money}": _sum(Q(money=money), "held") for money in Money})
        )
        return _held(rows, "case_reference")

    def held_by(self, case_reference: str, *, year: int, money: Money) -> Decimal:
        """What the case holds of the year's ordinary frame, of this money; nothing of nothing."""
        rows = self.filter(case_reference=case_reference, money=money, frame_year__year=year, frame_year__kind=FrameKind.ORDINARY)
        held: Decimal = rows.aggregate(total=Sum("held", default=ZERO))["total"]
        return held


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, which nobody changes."""

    def posted_by(self, day: datetime.date) -> Self:
        """What was posted before the day was over, whatever day it was decided: what the ledger said that evening."""
        return self.filter(at__lt=end_of(day))

    def of_case(self, case_reference: str) -> Self:
        """Everything posted for the case, oldest first."""
        return self.filter(allocation__case_reference=case_reference).order_by("pk").with_names()

    def held_by_case(self) -> list[Held]:
        """What these entries leave each case with, as `AllocationQuerySet.held_by_case` tells it."""
        of_cases = self.filter(allocation__isnull=False).order_by().values("allocation__case_reference")
        rows = of_cases.annotate(**{f"sum_{money}": _sum(Q(money=money)) for money in Money})
        return _held(rows, "allocation__case_reference")

    def with_names(self) -> Self:
        """With all that a list shows, in one query."""
        return self.select_related("frame_year", "allocation", "by", "seconded_by", "organisation", "reverses").with_arrival()

    def with_arrival(self) -> Self:
        """With the year in which the carry-overs of the entry's act end."""
        arrivals = self.model.objects.filter(act=OuterRef("act"), act__isnull=False, kind=EntryKind.CARRY_IN)
        years = arrivals.order_by("-frame_year__year").values("frame_year__year")
        return self.annotate(act_arrives_in=Subquery(years[:1]))

    def sums_by_day(self) -> dict[tuple[int, datetime.date], Sums]:
        """What the entries of each day (in Danish time) add up to, by the year's id and the day."""
        counts = Q(allocation__isnull=False, is_withheld=False)
        out = Q(kind=EntryKind.CARRY_OUT)
        rows = (
            self.order_by()
            .values("frame_year_id", day=TruncDate("at"))
            .annotate(
                sum_committed=_sum(counts),
                sum_rent_committed=_sum(counts & Q(money__in=RENT_MONEY)),
                sum_carried_in=_sum(Q(kind=EntryKind.CARRY_IN)),
                sum_carried_out=-_sum(out),
                sum_carried_out_by_decision=-_sum(out & ~Q(decision="")),
                sum_withheld=-_sum(Q(is_withheld=True)),
            )
        )
        return {(row["frame_year_id"], row["day"]): _sums(row) for row in rows}


class ReservationQuerySet(models.QuerySet["Reservation"]):
    """What is reserved now."""

    def of_case(self, case_reference: str) -> Self:
        """What the case is expected to take."""
        return self.filter(case_reference=case_reference).select_related("frame_year")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Postings that one person proposed."""

    def waiting(self) -> Self:
        """What nobody has decided yet, oldest first."""
        return self.filter(state=State.WAITING).order_by("proposed_at", "pk").with_names()

    def standing(self) -> Self:
        """What waits or is posted: what is not to be proposed once more."""
        return self.filter(state__in=[State.WAITING, State.APPROVED])

    def awaiting(self, actor: Actor) -> Self:
        """What waits for this person: it may approve them, and has not proposed them itself."""
        if not may(actor, Act.SECOND):
            return self.none()
        return self.waiting().exclude(proposed_by=actor.user)

    def with_names(self) -> Self:
        """With all that a list shows, in one query."""
        return self.select_related("proposed_by", "decided_by", "organisation")


class FrameCheckQuerySet(models.QuerySet["FrameCheck"]):
    """Checks that were made, the latest first."""

    def latest_one(self) -> FrameCheck | None:
        """The latest check of all; None before the first."""
        return self.select_related("by").order_by("-at", "-pk").first()

    def of_the_portal(self, day: datetime.date) -> Self:
        """Those that the portal made by itself on the day."""
        return self.filter(by__isnull=True, at__gte=end_of(day - datetime.timedelta(days=1)), at__lt=end_of(day))


class FrameFindingQuerySet(models.QuerySet["FrameFinding"]):
    """What checks found."""

    def standing(self) -> Self:
        """What the latest check still found."""
        return self.filter(gone_check__isnull=True)

    def gone(self) -> Self:
        """What later checks no longer found."""
        return self.filter(gone_check__isnull=False)

    def with_checks(self) -> Self:
        """With the checks that found it first and last, and the one that no longer did."""
        return self.select_related("first_check", "last_check", "gone_check")


def _sums(row: Mapping[str, Any]) -> Sums:
    """The sums of a row, whose columns could not bear the fields' own names."""
    return Sums(
        committed=row["sum_committed"],
        rent_committed=row["sum_rent_committed"],
        carried_in=row["sum_carried_in"],
        carried_out=row["sum_carried_out"],
        carried_out_by_decision=row["sum_carried_out_by_decision"],
        withheld=row["sum_withheld"],
    )
