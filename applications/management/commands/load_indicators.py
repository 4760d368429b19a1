"""`./portal manage load_indicators`: the catalogue of indicators, from applications/data/indicators.csv."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.actors import SYSTEM
from applications.transitions import load_indicators


class Command(BaseCommand):
    """Loads or refreshes the catalogue; running it again changes nothing."""

    help = "Load the catalogue of indicators."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = load_indicators(by=SYSTEM)
        self.stdout.write(f"{count} indicators stand in the catalogue.")
