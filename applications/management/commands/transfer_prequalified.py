"""Moves prequalified cases to the next regulation: `transfer_prequalified [--dry-run] [--as-of 2020-01-01] [--json]`.

Its JSON is a contract with scripts: `{"moved": [case_number…], "already": […], "left": [{"case", "reason"}], "failed":
[{"case", "reason"}]}`.
"""

import datetime
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format

from accounts.actors import SYSTEM
from applications.rules.rule_sets import terms_of
from applications.rules.transfer import LATEST, transition_to
from applications.transitions import transfer_runs
from applications.transitions.transfer_runs import Report
from lbf_portal.lib.refusals import Refused

SAYS = {"moved": "Flyttet", "already": "Flyttet før", "left": "Bliver, hvor de er", "failed": "Kunne ikke flyttes"}


class Command(BaseCommand):
    help = (
        "Moves the cases that were prequalified under earlier rules and have no commitment to the regulation of 11 December "
        "2019. Run again it moves nothing; cut off, it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen, change nothing")
        parser.add_argument("--as-of", type=datetime.date.fromisoformat, metavar="DAY", help="as of which day (2020-01-01)")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, dry_run: bool, as_of: datetime.date | None, json: bool, **_options: Any) -> None:
        """Moves, or tells what it would move."""
        transition = transition_to(LATEST)
        day = as_of or transition.day
        today = timezone.localdate()
        try:
            if dry_run:
                report = transfer_runs.foresee(transition, as_of=day, today=today)
            else:
                report = transfer_runs.run(transition, as_of=day, today=today, by=SYSTEM)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if json:
            self.stdout.write(_as_json(report))
            return
        regulation = terms_of(transition.target).regulation
        self.stdout.write(f"{'Prøve, intet er ændret. ' if dry_run else ''}{regulation}, pr. {date_format(day)}.")
        for name, cases in report.lists().items():
            self.stdout.write(f"{SAYS[name]}: {len(cases)}")
            for case in cases:
                self.stdout.write(f"  {case}" if isinstance(case, int) else f"  {case['case']}: {case['reason']}")


def _as_json(report: Report) -> str:
    return json.dumps(report.lists(), ensure_ascii=False)
