"""Where the frames stood on a past day: what each day moved, the regulations and reservations of the time (issue 4: as of)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.apps import apps

from ledger.kinds import RENT_MONEY, FrameEventKind, FrameKind
from ledger.models import FrameDay, FrameYear, FrameYearEvent
from ledger.positions import ZERO, Position
from ledger.querysets import NOTHING, Sums, end_of

# What is reserved in a year, and of that for rent.
Reserved = tuple[Decimal, Decimal]


def positions_on(day: datetime.date) -> list[Position]:
    """Every year of every frame as the ledger stood that evening, oldest first; four queries, however many entries.

    Base amounts are the act's and hold on every day.
    """
    return positions(FrameDay.objects.sums_by_year(until=day), as_of=day)


def positions(sums: Mapping[int, Sums], *, as_of: datetime.date | None) -> list[Position]:
    """Every year with these sums, and with the regulations and reservations of the day (or of now)."""
    regulations = FrameYearEvent.objects.filter(event=FrameEventKind.REGULATED)
    if as_of is not None:
        regulations = regulations.happened_by(as_of)
    latest = regulations.latest_by_year()
    years = FrameYear.objects.select_related("period").with_reserved().order_by("year", "-kind")
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
    """What was reserved that evening, from the versions that are kept of every reservation."""
    versions = apps.get_model("ledger", "ReservationVersion").objects
    latest = versions.filter(pgh_created_at__lt=end_of(day)).order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    reserved: dict[int, Reserved] = {}
    for version in latest:
        if version.pgh_label != "delete":
            whole, rent = reserved.get(version.frame_year_id, (ZERO, ZERO))
            is_rent = version.money in RENT_MONEY
            reserved[version.frame_year_id] = (whole + version.amount, rent + version.amount * is_rent)
    return reserved
