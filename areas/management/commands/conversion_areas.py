"""Counts conversion areas from the lists held: `conversion_areas --year Y [--json]`."""

import dataclasses
import datetime
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from areas.models import lists_held
from areas.models.conversions import ConversionAreas, conversion_areas
from areas.rules.conversion import FIRST_YEAR, window


class Command(BaseCommand):
    help = (
        "Lists the conversion areas of a year: parallel societies on five consecutive lists including that year's, counted from "
        "the lists held (§ 61 a, stk. 4). An area whose lists are not held, or incomplete, is undetermined."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True, metavar="Y", help="the year of the list")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *, year: int, json: bool, **_options: Any) -> None:
        """Prints keys in order."""
        if not FIRST_YEAR <= year <= datetime.MAXYEAR:
            raise CommandError(f"Skriv et år fra {FIRST_YEAR} og frem; {year} er ikke året for en liste.")
        found = conversion_areas(year)
        self.stdout.write(_as_json(found) if json else _as_text(found))


def _as_json(found: ConversionAreas) -> str:
    return json.dumps(dataclasses.asdict(found), ensure_ascii=False)


def _as_text(found: ConversionAreas) -> str:
    held = {one.year for one in lists_held()}
    here, missing = (
        ", ".join(str(year) for year in window(found.year) if (year in held) is wanted) or "ingen" for wanted in (True, False)
    )
    return "\n".join(
        [
            f"Omdannelsesområder på listen fra {found.year}: {len(found.areas)}",
            *(f"  {key}" for key in found.areas),
            f"Kan ikke afgøres: {len(found.undetermined)}",
            *(f"  {key}" for key in found.undetermined),
            f"De fem lister: Portalen har {here}. Portalen mangler {missing}.",
        ]
    )
