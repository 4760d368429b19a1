"""Where the frames stood on a past day: what each day moved, the regulations and reservations of the time (issue 4: as of)."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from django.apps import apps

from ledger.kinds import RENT_MONEY, FrameEventKind, FrameKind
from ledger.models import Entry, FrameDay, FrameYear, FrameYearEvent, Reservation
from ledger.positions import ZERO, Position
from ledger.querysets import NOTHING, FrameYearQuerySet, Sums, end_of
from ledger.signals import Waiting

ORE = Decimal("0.01")
# What is reserved in a year, and of that for rent.
Reserved = tuple[Decimal, Decimal]


@dataclasses.dataclass(frozen=True)
class Standing:
    """A year's frame as it stood: its row, its figures, and the acts that they rest on."""

    frame_year: FrameYear
    position: Position
    # The latest regulation, with its document and the two persons; None while the base amount counts (C5, Q3).
    regulation: FrameYearEvent | None
    # When it was closed, as far as that was posted.
    closed_on: datetime.date | None


class Reserves(Protocol):
    """A reservation as it stands, or a version of it."""

    frame_year_id: int
    case_reference: str
    money: str
    amount: Decimal
    reserved_on: datetime.date
    note: str


def standings(on: datetime.date | None = None) -> list[Standing]:
    """Every year of every frame, oldest first: now, by the running totals, or as the ledger stood in the evening of the day.

    Of a past day, only years of periods that had begun: an act that nobody had passed gave no frame.
    """
    events = FrameYearEvent.objects.select_related("user", "seconded_by")
    happened = events if on is None else events.happened_by(on)
    regulations = happened.filter(event=FrameEventKind.REGULATED).latest_by_year()
    closings = happened.filter(event=FrameEventKind.CLOSED).latest_by_year()
    past = None if on is None else {(position.year, position.frame): position for position in positions_on(on)}
    return [
        Standing(
            frame_year=frame_year,
            position=frame_year.position if past is None else past[frame_year.year, FrameKind(frame_year.kind)],
            regulation=regulations.get(frame_year.pk),
            closed_on=closings[frame_year.pk].happened_on if frame_year.pk in closings else None,
        )
        for frame_year in _years(on)
    ]


def _years(on: datetime.date | None) -> FrameYearQuerySet:
    """All years, oldest first; of a past day those of periods that had begun."""
    years = FrameYear.objects.with_reserved().select_related("period").order_by("year", "-kind")
    return years if on is None else years.filter(period__first_year__lte=on.year)


def reservations(on: datetime.date | None = None) -> Iterable[Reserves]:
    """What is reserved now, or was in the evening of the day, from the versions that are kept of every reservation."""
    if on is None:
        return Reservation.objects.order_by("reserved_on", "pk")
    versions = apps.get_model("ledger", "ReservationVersion").objects
    latest = versions.filter(pgh_created_at__lt=end_of(on)).order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return [version for version in latest if version.pgh_label != "delete"]


@dataclasses.dataclass(frozen=True)
class Share:
    """What one case has of a year: what it holds by kind of money, what is reserved for it, and what waits for a decision."""

    case_reference: str
    social: Decimal = ZERO
    rent: Decimal = ZERO
    vacancy: Decimal = ZERO
    social_reserved: Decimal = ZERO
    rent_reserved: Decimal = ZERO
    # What it would take beyond that, once decided.
    social_waiting: Decimal = ZERO
    rent_waiting: Decimal = ZERO
    reserved_on: datetime.date | None = None
    note: str = ""

    @property
    def held(self) -> Decimal:
        """All it holds."""
        return self.social + self.rent + self.vacancy

    @property
    def reserved(self) -> Decimal:
        """All that is reserved for it."""
        return self.social_reserved + self.rent_reserved

    @property
    def waiting(self) -> Decimal:
        """All that waits for a decision, beyond what is reserved."""
        return self.social_waiting + self.rent_waiting

    def with_reserved(self, reservation: Reserves) -> Share:
        """The share with a reservation added; of several the earliest day and all notes are told."""
        is_rent = reservation.money in RENT_MONEY
        return dataclasses.replace(
            self,
            social_reserved=self.social_reserved + (ZERO if is_rent else reservation.amount),
            rent_reserved=self.rent_reserved + (reservation.amount if is_rent else ZERO),
            reserved_on=min(self.reserved_on or reservation.reserved_on, reservation.reserved_on),
            note=", ".join(dict.fromkeys(filter(None, (self.note, reservation.note)))),
        )

    def with_waiting(self, waiting: Waiting) -> Share:
        """The share with what waits, in whole øre; whoever tells of it has taken off what is reserved for the case already."""
        return dataclasses.replace(self, social_waiting=waiting.social.quantize(ORE), rent_waiting=waiting.rent.quantize(ORE))


def shares(frame_year: FrameYear, on: datetime.date | None = None, *, waiting: Iterable[Waiting] = ()) -> list[Share]:
    """What each case has of the year now, or had in the evening of the day, by case number: two queries.

    A case that has given everything back and expects nothing is left out. `waiting` is what waits for a decision, of any year.
    """
    if on is None:
        held = frame_year.allocations.held_by_case()
    else:
        held = Entry.objects.filter(frame_year=frame_year).posted_by(on).held_by_case()
    shown = {case: Share(case, social=social, rent=rent, vacancy=vacancy) for case, social, rent, vacancy in held}
    for reservation in reservations(on):
        if reservation.frame_year_id == frame_year.pk:
            case = reservation.case_reference
            shown[case] = shown.get(case, Share(case)).with_reserved(reservation)
    for one in waiting:
        if one.year == frame_year.year and frame_year.kind == FrameKind.ORDINARY:
            shown[one.case_reference] = shown.get(one.case_reference, Share(one.case_reference)).with_waiting(one)
    return sorted(shown.values(), key=lambda share: share.case_reference)


def positions_on(day: datetime.date) -> list[Position]:
    """Every year of every frame as the ledger stood that evening, oldest first; four queries, however many entries.

    Base amounts are the act's and hold on every day.
    """
    return positions(FrameDay.objects.sums_by_year(until=day), as_of=day)


def positions(sums: Mapping[int, Sums], *, as_of: datetime.date | None) -> list[Position]:
    """Every year with these sums, and with the regulations and reservations of the day (or of now).

    Of a past day, only years of periods that had begun: an act that nobody had passed gave no frame.
    """
    regulations = FrameYearEvent.objects.filter(event=FrameEventKind.REGULATED)
    if as_of is not None:
        regulations = regulations.happened_by(as_of)
    latest = regulations.latest_by_year()
    years = _years(as_of)
    reserved = None if as_of is None else _reserved_on(as_of)
    return [
        _position(
            frame_year,
            sums.get(frame_year.pk, NOTHING),
            latest.get(frame_year.pk),
            frame_year.reserved_by_part if reserved is None else reserved.get(frame_year.pk, (ZERO, ZERO)),
        )
        for frame_year in years
    ]


def _position(frame_year: FrameYear, sums: Sums, regulation: FrameYearEvent | None, reserved: Reserved) -> Position:
    return Position(
        year=frame_year.year,
        period=frame_year.period.code,
        frame=FrameKind(frame_year.kind),
        base=frame_year.base_total,
        regulated=regulation.total if regulation else None,
        base_rent=frame_year.base_rent,
        regulated_rent=regulation.rent if regulation else None,
        reserved=reserved[0],
        rent_reserved=reserved[1],
        **sums,
    )


def _reserved_on(day: datetime.date) -> dict[int, Reserved]:
    """What was reserved that evening, by the year's id."""
    reserved: dict[int, Reserved] = {}
    for reservation in reservations(day):
        whole, rent = reserved.get(reservation.frame_year_id, (ZERO, ZERO))
        is_rent = reservation.money in RENT_MONEY
        reserved[reservation.frame_year_id] = (whole + reservation.amount, rent + reservation.amount * is_rent)
    return reserved
