"""Make a check and keep it: what it compared, what it found, and what became of what earlier ones found.

The only writer of checks and findings. A finding that stands from check to check is one row; finance hears of each once.
"""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Role
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger import checking, notifications
from ledger.findings import Finding
from ledger.kinds import FindingEventKind, FrameKind
from ledger.models import Entry, FrameCheck, FrameFinding, FrameFindingEvent
from ledger.permissions import Act, role_for
from ledger.positions import Position

# Whoever keeps a check waits here for whoever keeps one before; any number that no other lock of the portal has.
ADVISORY_LOCK = 91_000_004
# What of a year is kept, as counted anew and as its row says.
COMPARED = ("base", "regulated", "ceiling", "carried_in", "carried_out", "committed", "rent_ceiling", "rent_committed")


@dataclasses.dataclass(frozen=True)
class ComparedYear:
    """A year of a kept check: what was counted anew, what its row said, and whether nothing at all was found in it."""

    year: int
    frame: FrameKind
    period: str
    counted: dict[str, Decimal | None]
    stands: dict[str, Decimal | None]
    is_ok: bool

    @property
    def has_page(self) -> bool:
        """True for the ordinary frame, whose years have a page of their own."""
        return self.frame == FrameKind.ORDINARY


def run(*, by: Actor, at: datetime.datetime, once_on: datetime.date | None = None) -> FrameCheck:
    """Check everything now and keep the outcome; the check that is kept is returned.

    With `once_on` the portal's own check of that day is made only once. A check that began earlier than one that is kept
    already says nothing new and is not kept: the later one is returned.
    Errors: NotAllowed.
    """
    role = _role(by)
    begun = time.perf_counter_ns()
    report = checking.check_with_cases(at=at)
    entries = Entry.objects.count()
    milliseconds = (time.perf_counter_ns() - begun) // 1_000_000
    with transaction.atomic():
        _wait_for_others()
        if once_on and (made := FrameCheck.objects.of_the_portal(once_on).first()):
            return made
        if (latest := FrameCheck.objects.latest_one()) and latest.at > at:
            return latest
        found = {finding.key: finding for finding in report.findings}
        standing = {row.key: row for row in FrameFinding.objects.standing()}
        check = FrameCheck.objects.create(
            at=at,
            by=by.user,
            role=role,
            organisation=by.organisation,
            milliseconds=milliseconds,
            entries=entries,
            years=_years(report, found.values()),
            found=len(found),
            new=len(found.keys() - standing.keys()),
        )
        _keep(check, found, standing)
        if check.new:
            notifications.check_found(check, on=timezone.localdate(at))
    return check


def note(finding: FrameFinding, *, text: str, by: Actor, at: datetime.datetime) -> None:
    """Write down what is known about a finding; it stays, with who wrote it and when.

    Errors: NotAllowed; RuleBroken when nothing is written.
    """
    role = _role(by)
    if not text.strip():
        raise RuleBroken([Violation("note_missing", gettext_noop("Skriv en bemærkning."), "", field="note")])
    FrameFindingEvent.objects.create(
        finding=finding,
        event=FindingEventKind.NOTED,
        at=at,
        user=by.user,
        organisation=by.organisation,
        role=role,
        reason=text.strip(),
    )


def compared(check: FrameCheck) -> list[ComparedYear]:
    """The years of a check as they were kept."""
    return [
        ComparedYear(
            year=row["year"],
            frame=FrameKind(row["frame"]),
            period=row["period"],
            counted=_amounts(row["counted"]),
            stands=_amounts(row["stands"]),
            is_ok=row["is_ok"],
        )
        for row in check.years
    ]


def _role(by: Actor) -> Role:
    role = role_for(by, Act.CHECK)
    if role is None:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kun økonomi kan kontrollere rammen."), "")])
    return role


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def _keep(check: FrameCheck, found: Mapping[str, Finding], standing: Mapping[str, FrameFinding]) -> None:
    """What is new gets a row; what still stands is seen once more, perhaps with other amounts; the rest is gone."""
    new = FrameFinding.objects.bulk_create(_new(check, finding) for key, finding in found.items() if key not in standing)
    still = [row for key, row in standing.items() if key in found]
    changed = [row for row in still if row.values != dict(found[row.key].values)]
    gone = [row for key, row in standing.items() if key not in found]
    events = [_event(check, row, FindingEventKind.FOUND) for row in new]
    events += [_event(check, row, FindingEventKind.CHANGED, wording=row.wording, values=row.values) for row in changed]
    events += [_event(check, row, FindingEventKind.GONE) for row in gone]
    for row in still:
        finding = found[row.key]
        row.wording, row.values, row.entries = finding.wording, dict(finding.values), list(finding.entries)
        row.last_check = check
    FrameFinding.objects.bulk_update(still, ["wording", "values", "entries", "last_check"], batch_size=500)
    FrameFinding.objects.filter(pk__in=[row.pk for row in gone]).update(gone_check=check)
    FrameFindingEvent.objects.bulk_create(events)


def _new(check: FrameCheck, finding: Finding) -> FrameFinding:
    return FrameFinding(
        key=finding.key,
        code=finding.code,
        year=finding.year,
        frame=finding.frame,
        case_reference=finding.case,
        wording=finding.wording,
        values=dict(finding.values),
        entries=list(finding.entries),
        first_check=check,
        last_check=check,
    )


def _event(check: FrameCheck, row: FrameFinding, kind: FindingEventKind, **data: Any) -> FrameFindingEvent:
    """An event of the check: of whoever had it made."""
    return FrameFindingEvent(
        finding=row,
        event=kind,
        at=check.at,
        user=check.by,
        organisation=check.organisation,
        role=check.role,
        data={"check": check.pk, **data},
    )


def _years(report: checking.Report, found: Iterable[Finding]) -> list[dict[str, Any]]:
    with_findings = {(finding.year, finding.frame) for finding in found}
    return [
        {
            "year": counted.year,
            "frame": counted.frame,
            "period": counted.period,
            "counted": _as_text(counted),
            "stands": _as_text(stands),
            "is_ok": (counted.year, counted.frame) not in with_findings,
        }
        for counted, stands in zip(report.positions, report.running, strict=True)
    ]


def _as_text(position: Position) -> dict[str, str | None]:
    amounts = {name: getattr(position, name) for name in COMPARED}
    return {name: None if amount is None else f"{amount:.2f}" for name, amount in amounts.items()}


def _amounts(kept: Mapping[str, str | None]) -> dict[str, Decimal | None]:
    return {name: None if amount is None else Decimal(amount) for name, amount in kept.items()}
