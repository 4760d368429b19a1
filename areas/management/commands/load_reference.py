"""Loads the public registers and lists of areas/data: `load_reference`."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.actors import SYSTEM
from areas.transitions import load_reference


class Command(BaseCommand):
    help = "Loads the fund, municipalities, housing organisations and area lists from areas/data. Safe to run again."

    def handle(self, **_options: Any) -> None:
        """Tells what was new."""
        created = load_reference(by=SYSTEM)
        self.stdout.write(
            "Nye organisationer: {organisations}. Nye kommuner: {municipalities}. Nye rækker i lister: {list_rows}.".format(
                **created
            ),
        )
