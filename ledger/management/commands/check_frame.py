"""`check_frame`: count the frames anew from their entries, and ask the cases; 0 when all adds up, 1 with findings.

It prints and keeps nothing; what is kept is made by the clock and by the page (`ledger/keeping.py`).
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lbf_portal.lib.danish import kroner
from ledger import checking
from ledger.kinds import FrameKind
from ledger.models import FrameYear
from ledger.positions import Position


class Command(BaseCommand):
    """Print the years and what does not add up."""

    help = "Count the frames anew from their entries; compare with the running totals, the rules, the cases and their letters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, help="only this year")
        parser.add_argument("--as-of", type=datetime.date.fromisoformat, metavar="DATE", help="as the ledger stood that evening")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *, year: int | None, as_of: datetime.date | None, json: bool, **_options: Any) -> None:
        if year is not None and not FrameYear.objects.filter(year=year).exists():
            raise CommandError(f"Der er ingen ramme for {year}.", returncode=2)
        if as_of is not None and as_of > timezone.localdate():
            raise CommandError(f"Ingen ved, hvordan rammen står den {as_of}: dagen er ikke kommet.", returncode=2)
        report = checking.check_with_cases(at=timezone.now(), year=year, as_of=as_of)
        self.stdout.write(_for_machines(report) if json else _for_people(report))
        if not report.is_ok:
            raise SystemExit(1)


def _for_machines(report: checking.Report) -> str:
    findings = [
        {
            "code": finding.code,
            "year": finding.year,
            "frame": finding.frame,
            "case": finding.case,
            "text": finding.text,
            "entries": finding.entries,
        }
        for finding in report.findings
    ]
    years = [_year(position) for position in report.positions]
    return json.dumps({"ok": report.is_ok, "years": years, "findings": findings}, ensure_ascii=False, indent=1)


def _year(position: Position) -> dict[str, int | str | None]:
    """The contract of issue 4: amounts as strings with two decimals. Two frames of one year differ in their `period`."""
    return {
        "year": position.year,
        "period": position.period,
        "base": _exact(position.base),
        "regulated": None if position.regulated is None else _exact(position.regulated),
        "carried_in": _exact(position.carried_in),
        "carried_out": _exact(position.carried_out),
        "ceiling": _exact(position.ceiling),
        "committed": _exact(position.committed),
        "rent_ceiling": _exact(position.rent_ceiling),
        "rent_committed": _exact(position.rent_committed),
        "reserved": _exact(position.reserved),
        "available": _exact(position.available),
    }


def _exact(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _name(position: Position) -> str:
    """The year, and its period where it is not the ordinary frame."""
    return str(position.year) if position.frame == FrameKind.ORDINARY else f"{position.year} ({position.period})"


def _for_people(report: checking.Report) -> str:
    lines = [
        f"{_name(position)}: {kroner(position.committed)} af {kroner(position.disposable)}, heraf husleje "
        f"{kroner(position.rent_committed)} af {kroner(position.rent_ceiling)}; tilbage {kroner(position.available)}"
        for position in report.positions
    ]
    lines += [f"{finding.year}: {finding.text} ({finding.code})" for finding in report.findings]
    return "\n".join([*lines, "Alt stemmer." if report.is_ok else f"{len(report.findings)} fund."])
