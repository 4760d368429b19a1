"""Count the ledger anew from its entries and compare with what the running totals say (C1-C3, C6)."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from lbf_portal.lib.danish import kroner
from ledger.kinds import CARRY_OVER, EntryKind, FrameEventKind
from ledger.models import Allocation, Entry, FrameYear, FrameYearEvent
from ledger.positions import ZERO, Position
from ledger.querysets import AMOUNT, Sums

NOTHING: Sums = {"committed": ZERO, "rent_committed": ZERO, "carried_in": ZERO, "carried_out": ZERO}
COUNTED = ("regulated", "regulated_rent", "carried_in", "carried_out", "committed", "rent_committed")


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that does not add up."""

    code: str
    year: int
    text: str


@dataclasses.dataclass(frozen=True)
class Report:
    """The outcome of a check."""

    positions: list[Position]
    findings: list[Finding]

    @property
    def is_ok(self) -> bool:
        """True when all adds up."""
        return not self.findings


def check(*, year: int | None = None, as_of: datetime.date | None = None) -> Report:
    """Check one year or all.

    With `as_of` the entries posted by the end of that day are counted; the running totals speak of now, so they are
    compared only without it.
    """
    positions = [position for position in recounted(as_of=as_of) if year in (None, position.year)]
    findings = [finding for position in positions for finding in _against_ceilings(position)]
    if as_of is None:
        running = {position.year: position for position in FrameYear.objects.positions()}
        findings += [finding for position in positions for finding in _against_totals(position, running[position.year])]
        findings += [finding for finding in (*_allocations(), *_carry_overs()) if year in (None, finding.year)]
    return Report(positions, findings)


def recounted(*, as_of: datetime.date | None = None) -> list[Position]:
    """Every year counted anew from entries and regulations: those posted by the end of the day `as_of`, or all.

    Base amounts are the act's and hold on every day.
    """
    years = FrameYear.objects.select_related("period").order_by("year")
    entries = Entry.objects.all()
    regulations = FrameYearEvent.objects.filter(event=FrameEventKind.REGULATED)
    if as_of is not None:
        entries, regulations = entries.posted_by(as_of), regulations.happened_by(as_of)
    sums, latest = entries.sums_by_year(), regulations.latest_by_year()
    return [_counted(frame_year, sums.get(frame_year.pk, NOTHING), latest.get(frame_year.pk)) for frame_year in years]


def _counted(frame_year: FrameYear, sums: Sums, regulation: FrameYearEvent | None) -> Position:
    return Position(
        year=frame_year.year,
        period=frame_year.period.code,
        base=frame_year.base_total,
        regulated=regulation.total if regulation else None,
        base_rent=frame_year.base_rent,
        regulated_rent=regulation.rent if regulation else None,
        **sums,
    )


def _against_ceilings(position: Position) -> Iterator[Finding]:
    if position.is_overspent:
        text = f"Rammen er overskredet med {kroner(-position.available)}"
        yield Finding("frame_overspent", position.year, text)
    if position.is_rent_overspent:
        text = f"Lejedelen er overskredet med {kroner(position.rent_committed - position.rent_ceiling)}"
        yield Finding("frame_rent_overspent", position.year, text)


def _against_totals(counted: Position, running: Position) -> Iterator[Finding]:
    for name in COUNTED:
        should_be: Decimal | None = getattr(counted, name)
        stands: Decimal | None = getattr(running, name)
        if should_be != stands:
            yield Finding(f"{name}_differs", counted.year, f"{name}: posteringerne giver {should_be}, årets række siger {stands}")


def _allocations() -> Iterator[Finding]:
    """What each case holds must be the sum of its entries."""
    sums = Entry.objects.filter(allocation=OuterRef("pk")).order_by().values("allocation").annotate(total=Sum("amount"))
    counted = Coalesce(Subquery(sums.values("total")), Value(ZERO), output_field=AMOUNT)
    miscounted = Allocation.objects.annotate(counted=counted).exclude(held=F("counted"))
    for case, year, held, total in miscounted.values_list("case_reference", "frame_year__year", "held", "counted"):
        text = f"Sag {case}: posteringerne giver {total}, sagens række siger {held}"
        yield Finding("allocation_differs", year, text)


def _carry_overs() -> Iterator[Finding]:
    """Out and in are one act: two entries, equal amounts, the following year (C6)."""
    year_out = Sum("frame_year__year", filter=Q(kind=EntryKind.CARRY_OUT))
    year_in = Sum("frame_year__year", filter=Q(kind=EntryKind.CARRY_IN))
    pairs = (
        Entry.objects.filter(kind__in=CARRY_OVER)
        .order_by()
        .values("pair")
        .annotate(entries=Count("pk"), total=Sum("amount"), year_out=year_out, year_in=year_in)
        .exclude(entries=2, total=0, year_in=F("year_out") + 1)
    )
    for pair in pairs:
        text = f"Overførsel {pair['pair']}: de to posteringer svarer ikke til hinanden"
        yield Finding("carry_over_unequal", pair["year_out"] or pair["year_in"], text)
