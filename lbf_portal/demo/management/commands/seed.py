"""`seed`: fill the demo; again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from applications.models import Application
from lbf_portal.demo import cases_outline
from lbf_portal.demo.seed import seed


class Command(BaseCommand):
    """Fill the demo with reference data, people and cases."""

    help = "Fill the demo: registers, people, and about 200 invented cases of 2019-2026."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is any case")
        parser.add_argument("--cases", type=int, default=cases_outline.CASES, help="how many (%(default)s)")

    def handle(self, *, if_empty: bool, cases: int, **_options: Any) -> None:
        if cases < cases_outline.FEWEST:
            raise CommandError(f"At least {cases_outline.FEWEST} cases are needed to have one in every state.")
        if if_empty and Application.objects.exists():
            self.stdout.write("seed: there are cases already")
            return
        seed(timezone.localdate(), tell=self._tell, cases=cases)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
