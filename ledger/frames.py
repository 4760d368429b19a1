"""The frames of the grant period 2019-2026 as the act gives them, read from `data/annual_frames.csv` (R1, R2, R8, R9)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

SOURCE = Path(__file__).with_name("data") / "annual_frames.csv"
MILLION = Decimal(1_000_000)

CODE = "P2019_26"
NAME = "2019-26-midlerne"
FIRST_YEAR = 2019
LAST_YEAR = 2026

TOTAL, RENT, VACANCY = "annual_frame", "annual_rent_ceiling", "annual_vacancy_rent"


def base_amounts() -> dict[int, dict[str, Decimal]]:
    """Kroner by year and measure. The year after the period has none of its own and lives on carry-over (R6, G4)."""
    amounts = {year: dict.fromkeys((TOTAL, RENT, VACANCY), Decimal(0)) for year in range(FIRST_YEAR, LAST_YEAR + 2)}
    with SOURCE.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            for year in range(int(row["year_from"]), int(row["year_to"]) + 1):
                amounts[year][row["measure"]] = Decimal(row["value"]) * MILLION
    return amounts
