"""The catalogue of indicators."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from accounts.actors import Actor
from applications.models import IndicatorDefinition
from lbf_portal.lib.refusals import NotAllowed, Violation
from lbf_portal.lib.words import gettext_noop

INDICATORS = Path(__file__).parents[1] / "data" / "indicators.csv"


def load_indicators(*, by: Actor) -> int:
    """Enter the catalogue of indicators from the file (domain.md 5.2), and return how many rows it has.

    Run again it refreshes names and units; whether the fund has confirmed an indicator is kept.
    """
    if not by.is_system:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kataloget over indikatorer indlæses af portalen."), "")])
    with INDICATORS.open(encoding="utf-8", newline="") as file, transaction.atomic():
        rows = list(csv.DictReader(file))
        for row in rows:
            is_confirmed = row.pop("is_confirmed") == "yes"
            IndicatorDefinition.objects.update_or_create(
                code=row.pop("code"), defaults=row, create_defaults={**row, "is_confirmed": is_confirmed}
            )
    return len(rows)
