"""Count the ledger anew from its entries and compare with what the running totals say (C1-C4, C6); ask the cases too."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F, Sum, Value
from django.db.models.functions import Coalesce, TruncDate

from accounts.roles import Role
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.words import gettext_noop
from ledger import checked_entries, frames, history
from ledger.findings import MOST_NAMED, Finding
from ledger.kinds import FrameEventKind, FrameKind
from ledger.models import Allocation, Entry, FrameDay, FrameYear, FrameYearEvent
from ledger.positions import ZERO, Position
from ledger.querysets import AMOUNT, NOTHING, TOTALS, Sums
from ledger.signals import differing_cases

# What is counted anew and compared with the year's row.
COUNTED = {
    "regulated": gettext_noop("Det regulerede beløb: hændelserne giver %(counted)s, årets række siger %(stands)s"),
    "regulated_rent": gettext_noop(
        "Det regulerede beløb til husleje: hændelserne giver %(counted)s, årets række siger %(stands)s"
    ),
    "committed": gettext_noop("Givne tilsagn: posteringerne giver %(counted)s, årets række siger %(stands)s"),
    "rent_committed": gettext_noop("Tilsagn til husleje: posteringerne giver %(counted)s, årets række siger %(stands)s"),
    "carried_in": gettext_noop("Overført fra året før: posteringerne giver %(counted)s, årets række siger %(stands)s"),
    "carried_out": gettext_noop("Overført til året efter: posteringerne giver %(counted)s, årets række siger %(stands)s"),
    "carried_out_by_decision": gettext_noop(
        "Overført efter særskilt beslutning: posteringerne giver %(counted)s, årets række siger %(stands)s"
    ),
    "withheld": gettext_noop("Tilbageholdt: posteringerne giver %(counted)s, årets række siger %(stands)s"),
}
# Of more days than these only the days are named, not their entries.
NAMED_DAYS = 50
# A year of a frame.
Year = tuple[int, FrameKind]
# A year's id and a day.
Day = tuple[int, datetime.date]


@dataclasses.dataclass(frozen=True)
class Report:
    """The outcome of a check."""

    # The years as counted anew, and as their rows say; as of a past day there are no rows to compare with.
    positions: list[Position]
    findings: list[Finding]
    running: list[Position] = dataclasses.field(default_factory=list)

    @property
    def is_ok(self) -> bool:
        """True when all adds up."""
        return not self.findings


def check(*, year: int | None = None, as_of: datetime.date | None = None) -> Report:
    """Check one year or all: the ledger by itself.

    With `as_of` the entries posted by the end of that day are counted; the running totals speak of now, so they are
    compared only without it.
    """
    with _one_moment():
        moved = (Entry.objects.all() if as_of is None else Entry.objects.posted_by(as_of)).sums_by_day()
        counted = history.positions(_by_year(moved), as_of=as_of)
        given = _bases_given()
        positions = [_with_base(position, given) for position in counted if year in (None, position.year)]
        findings = [finding for position in positions for finding in _against_ceilings(position)]
        if as_of is not None:
            return Report(positions, findings)
        stand = {(position.year, position.frame): position for position in FrameYear.objects.positions()}
        running = [stand[position.year, position.frame] for position in positions]
        for position, row in zip(positions, running, strict=True):
            findings += _against_totals(position, row)
        others = (*_years_themselves(given), *_days(moved), *_allocations(), *checked_entries.findings())
        findings += [finding for finding in others if year in (None, finding.year)]
        return Report(positions, findings, running)


def check_with_cases(*, at: datetime.datetime, year: int | None = None, as_of: datetime.date | None = None) -> Report:
    """Check the ledger, and what each case was given against it.

    Cases tell how they stand now, so that as of a past day only the ledger is checked.
    """
    with _one_moment():
        report = check(year=year, as_of=as_of)
        if as_of is not None:
            return report
        of_cases = [finding for finding in differing_cases(at=at) if year in (None, finding.year)]
        return dataclasses.replace(report, findings=[*report.findings, *of_cases])


@contextlib.contextmanager
def _one_moment() -> Iterator[None]:
    """All queries see the ledger as it was when the first one asked.

    Otherwise a commitment given between two of them would look like a difference. Inside a transaction of the caller
    that is for the caller to see to.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _by_year(moved: Mapping[Day, Sums]) -> dict[int, Sums]:
    """The days' sums added up to the years'."""
    years: dict[int, Sums] = {}
    for (frame_year, _), day in moved.items():
        so_far = years.get(frame_year, NOTHING)
        years[frame_year] = Sums(**{name: so_far[name] + day[name] for name in TOTALS})  # type: ignore[literal-required,typeddict-item]  # the names are the fields
    return years


def _against_ceilings(position: Position) -> Iterator[Finding]:
    def found(code: str, wording: str, amount: Decimal) -> Finding:
        return Finding(code, position.year, wording, {"amount": kroner(amount)}, position.frame)

    if position.is_overspent:
        wording = gettext_noop("Rammen er overskredet med %(amount)s")
        yield found("frame_overspent", wording, -position.available)
    if position.is_rent_overspent:
        wording = gettext_noop("Lejedelen er overskredet med %(amount)s")
        yield found("frame_rent_overspent", wording, position.rent_committed - position.rent_ceiling)
    again = position.carried_out - position.carried_out_by_decision - position.ceiling
    if again > ZERO:
        wording = gettext_noop("%(amount)s er overført videre for anden gang uden særskilt beslutning.")
        yield found("carried_again_undecided", wording, again)


def _against_totals(counted: Position, running: Position) -> Iterator[Finding]:
    for name, wording in COUNTED.items():
        should_be: Decimal | None = getattr(counted, name)
        stands: Decimal | None = getattr(running, name)
        if should_be != stands:
            values = {"counted": _told(should_be), "stands": _told(stands)}
            yield Finding(f"{name}_differs", counted.year, wording, values, counted.frame)


def _told(amount: Decimal | None) -> str:
    """The amount; a dash where none was typed in."""
    return "–" if amount is None else kroner(amount)


# The act's base amounts by period and year.
Bases = Mapping[tuple[str, int], frames.Base]


def _bases_given() -> Bases:
    """The base amounts that the act gives, for years that the portal itself opened; what people opened is theirs to say."""
    events = FrameYearEvent.objects.filter(event=FrameEventKind.OPENED, role=Role.SYSTEM)
    opened = set(events.values_list("frame_year__period__code", "frame_year__year"))
    given = {(base.period, base.year): base for period in frames.periods() for base in frames.bases(period.code)}
    return {key: base for key, base in given.items() if key in opened}


def _with_base(position: Position, given: Bases) -> Position:
    """The year with the act's base amounts, so that a row that says otherwise stands out in the table."""
    base = given.get((position.period, position.year))
    return dataclasses.replace(position, base=base.total, base_rent=base.rent) if base else position


def _years_themselves(given: Bases) -> Iterator[Finding]:
    """A year has the act's base amounts where the portal opened it (R2, R8), and is closed where an event says so."""
    events = FrameYearEvent.objects.filter(event=FrameEventKind.CLOSED)
    happened = {event.frame_year_id: event for event in events}
    for row in FrameYear.objects.select_related("period").order_by("year", "-kind"):
        base = given.get((row.period.code, row.year))
        if base and (row.base_total, row.base_rent) != (base.total, base.rent):
            wording = gettext_noop(
                "Grundbeløbet: loven giver %(total)s, heraf højst %(rent)s til husleje; årets række siger %(stands)s og"
                " %(stands_rent)s"
            )
            values = {
                "total": kroner(base.total),
                "rent": kroner(base.rent),
                "stands": kroner(row.base_total),
                "stands_rent": kroner(row.base_rent),
            }
            yield Finding("base_differs", row.year, wording, values, FrameKind(row.kind))
        closed = happened.get(row.pk)
        if row.closed_on != (closed.happened_on if closed else None):
            wording = gettext_noop("Årets række og hændelserne er uenige om, hvorvidt og hvornår året er lukket.")
            yield Finding("closing_differs", row.year, wording, {}, FrameKind(row.kind))


def _days(moved: Mapping[Day, Sums]) -> Iterator[Finding]:
    """What each day moved must be the sum of the day's entries."""
    stand: dict[Day, Sums] = {
        (row.frame_year_id, row.day): Sums(**{name: getattr(row, name) for name in TOTALS})  # type: ignore[typeddict-item]  # the names are the fields
        for row in FrameDay.objects.all()
    }
    differing = [key for key in sorted({*moved, *stand}) if moved.get(key, NOTHING) != stand.get(key, NOTHING)]
    years = _years()
    wording = gettext_noop("%(day)s: dagens posteringer giver noget andet end dagens række.")
    for number, (frame_year, day) in enumerate(differing):
        year, frame = years[frame_year]
        entries = _of_day(frame_year, day) if number < NAMED_DAYS else ()
        yield Finding("day_differs", year, wording, {"day": f"{day:%d.%m.%Y}"}, frame, entries, about=day.isoformat())


def _of_day(frame_year: int, day: datetime.date) -> tuple[int, ...]:
    of_day = Entry.objects.filter(frame_year=frame_year).annotate(day=TruncDate("at")).filter(day=day)
    return tuple(of_day.order_by("pk").values_list("pk", flat=True)[:MOST_NAMED])


def _allocations() -> Iterator[Finding]:
    """What each case holds must be the sum of its entries, and never less than nothing."""
    counted = Coalesce(Sum("entries__amount"), Value(ZERO), output_field=AMOUNT)
    differing = Allocation.objects.annotate(counted=counted).exclude(held=F("counted"), counted__gte=ZERO)
    sums = dict(differing.order_by().values_list("pk", "counted"))
    wording = gettext_noop("Sag %(case)s: posteringerne giver %(counted)s, sagens række siger %(stands)s")
    for row in Allocation.objects.filter(pk__in=sums).select_related("frame_year").order_by("pk"):
        values = {"case": row.case_reference, "counted": kroner(sums[row.pk]), "stands": kroner(row.held)}
        entries = tuple(row.entries.order_by("pk").values_list("pk", flat=True)[:MOST_NAMED])
        year, frame = row.frame_year.year, FrameKind(row.frame_year.kind)
        yield Finding("allocation_differs", year, wording, values, frame, entries, row.case_reference, row.money)


def _years() -> dict[int, Year]:
    return {pk: (year, FrameKind(kind)) for pk, year, kind in FrameYear.objects.values_list("pk", "year", "kind")}
