"""Count the ledger anew from its entries and compare with what the running totals say (C1-C4, C6)."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce, ExtractYear

from lbf_portal.lib.danish import kroner
from ledger import history
from ledger.kinds import CARRY_OVER, EntryKind, FrameKind, Money
from ledger.models import Allocation, Entry, FrameDay, FrameYear
from ledger.positions import ZERO, Position
from ledger.querysets import AMOUNT, NOTHING, TOTALS, EntryQuerySet, Sums

COUNTED = ("regulated", "regulated_rent", *TOTALS)
# A year of a frame.
Year = tuple[int, FrameKind]
# A year's id and a day.
Day = tuple[int, datetime.date]


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that does not add up, with the numbers of the entries concerned where it is about some."""

    code: str
    year: int
    text: str
    frame: FrameKind = FrameKind.ORDINARY
    entries: tuple[int, ...] = ()


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
    moved = (Entry.objects.all() if as_of is None else Entry.objects.posted_by(as_of)).sums_by_day()
    counted = history.positions(_by_year(moved), as_of=as_of)
    positions = [position for position in counted if year in (None, position.year)]
    findings = [finding for position in positions for finding in _against_ceilings(position)]
    if as_of is None:
        running = {(position.year, position.frame): position for position in FrameYear.objects.positions()}
        findings += [
            finding for position in positions for finding in _against_totals(position, running[position.year, position.frame])
        ]
        others = (*_days(moved), *_allocations(), *_carry_overs(), *_commitments(), *_reversals())
        findings += [finding for finding in others if year in (None, finding.year)]
    return Report(positions, findings)


def recounted(*, as_of: datetime.date | None = None) -> list[Position]:
    """Every year counted anew from entries and regulations: those posted by the end of the day `as_of`, or all."""
    entries = Entry.objects.all() if as_of is None else Entry.objects.posted_by(as_of)
    return history.positions(_by_year(entries.sums_by_day()), as_of=as_of)


def _by_year(moved: Mapping[Day, Sums]) -> dict[int, Sums]:
    """The days' sums added up to the years'."""
    years: dict[int, Sums] = {}
    for (frame_year, _), day in moved.items():
        so_far = years.get(frame_year, NOTHING)
        years[frame_year] = Sums(**{name: so_far[name] + day[name] for name in TOTALS})  # type: ignore[literal-required,typeddict-item]  # the names are the fields
    return years


def _against_ceilings(position: Position) -> Iterator[Finding]:
    if position.is_overspent:
        text = f"Rammen er overskredet med {kroner(-position.available)}"
        yield Finding("frame_overspent", position.year, text, position.frame)
    if position.is_rent_overspent:
        text = f"Lejedelen er overskredet med {kroner(position.rent_committed - position.rent_ceiling)}"
        yield Finding("frame_rent_overspent", position.year, text, position.frame)


def _against_totals(counted: Position, running: Position) -> Iterator[Finding]:
    for name in COUNTED:
        should_be: Decimal | None = getattr(counted, name)
        stands: Decimal | None = getattr(running, name)
        if should_be != stands:
            text = f"{name}: posteringerne giver {should_be}, årets række siger {stands}"
            yield Finding(f"{name}_differs", counted.year, text, counted.frame)


def _days(moved: Mapping[Day, Sums]) -> Iterator[Finding]:
    """What each day moved must be the sum of the day's entries."""
    stand: dict[Day, Sums] = {
        (row.frame_year_id, row.day): Sums(**{name: getattr(row, name) for name in TOTALS})  # type: ignore[typeddict-item]  # the names are the fields
        for row in FrameDay.objects.all()
    }
    years = _years()
    for frame_year, day in sorted({*moved, *stand}):
        if moved.get((frame_year, day), NOTHING) != stand.get((frame_year, day), NOTHING):
            year, frame = years[frame_year]
            text = f"{day:%d.%m.%Y}: posteringerne giver noget andet end dagens række"
            yield Finding("day_differs", year, text, frame)


def _allocations() -> Iterator[Finding]:
    """What each case holds must be the sum of its entries."""
    counted = Coalesce(Sum("entries__amount"), Value(ZERO), output_field=AMOUNT)
    miscounted = Allocation.objects.annotate(counted=counted).exclude(held=F("counted"))
    names = ("case_reference", "frame_year__year", "frame_year__kind", "held", "counted")
    for case, year, frame, held, total in miscounted.values_list(*names):
        text = f"Sag {case}: posteringerne giver {total}, sagens række siger {held}"
        yield Finding("allocation_differs", year, text, FrameKind(frame))


def _carry_overs() -> Iterator[Finding]:
    """Out and in are one act: two entries, equal amounts, the following year of the same frame (C4, C6)."""
    year_out = Sum("frame_year__year", filter=Q(kind=EntryKind.CARRY_OUT))
    year_in = Sum("frame_year__year", filter=Q(kind=EntryKind.CARRY_IN))
    pairs = (
        Entry.objects.filter(kind__in=CARRY_OVER)
        .order_by()
        .values("pair")
        .annotate(
            entries=Count("pk"),
            total=Sum("amount"),
            year_out=year_out,
            year_in=year_in,
            frames=Count("frame_year__kind", distinct=True),
        )
        .exclude(entries=2, total=0, year_in=F("year_out") + 1, frames=1)
    )
    for pair in pairs:
        text = f"Overførsel {pair['pair']}: de to posteringer svarer ikke til hinanden"
        entries = tuple(Entry.objects.filter(pair=pair["pair"]).order_by("pk").values_list("pk", flat=True))
        yield Finding("carry_over_unequal", pair["year_out"] or pair["year_in"], text, entries=entries)


def _commitments() -> Iterator[Finding]:
    """A commitment charges the year of its decision, and of the extra frame rent alone (G2, C4)."""
    elsewhere = ~Q(frame_year__year=ExtractYear("decided_on"))
    mixed = Q(frame_year__kind=FrameKind.EXTRA_RENT) & ~Q(money=Money.RENT)
    text = "Tilsagnet hører ikke til den ramme, det er bogført på"
    yield from _each(Entry.objects.filter(elsewhere | mixed, kind=EntryKind.COMMIT), "commitment_misplaced", text)


def _reversals() -> Iterator[Finding]:
    """A reversal mirrors its original."""
    mirrored = Q(
        amount=-F("reverses__amount"),
        allocation=F("reverses__allocation"),
        is_withheld=F("reverses__is_withheld"),
    )
    text = "Tilbageførslen svarer ikke til den postering, den retter"
    yield from _each(Entry.objects.filter(~mirrored, kind=EntryKind.REVERSAL), "reversal_unequal", text)


def _each(entries: EntryQuerySet, code: str, text: str) -> Iterator[Finding]:
    for entry in entries.select_related("frame_year"):
        year, frame = entry.frame_year.year, FrameKind(entry.frame_year.kind)
        yield Finding(code, year, f"Postering {entry.pk}: {text}", frame, (entry.pk,))


def _years() -> dict[int, Year]:
    return {pk: (year, FrameKind(kind)) for pk, year, kind in FrameYear.objects.values_list("pk", "year", "kind")}
