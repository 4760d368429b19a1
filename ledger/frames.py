"""Periods and base amounts as the acts give them, read from `data/*.csv` with their sources (R1, R2, R8, R9, R15)."""

from __future__ import annotations

import csv
import dataclasses
import functools
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from ledger.kinds import FrameKind

DATA = Path(__file__).with_name("data")
PERIODS, AMOUNTS = DATA / "grant_periods.csv", DATA / "annual_frames.csv"
MILLION = Decimal(1_000_000)

CODE = "P2019_26"


@dataclasses.dataclass(frozen=True)
class Base:
    """The base amounts of one year of one period. The year after the period has none and lives on carry-over (R6, G4)."""

    period: str
    year: int
    total: Decimal = Decimal(0)
    rent: Decimal = Decimal(0)
    vacancy: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class Period:
    """A grant period as its row of the file gives it; with annual amounts where it is history."""

    code: str
    frame: FrameKind | None
    name: str
    first_year: int
    last_year: int
    annual_total: Decimal | None
    annual_rent: Decimal | None
    legal_basis: str
    note: str
    source: str


# The part of a frame that each measure of the file states.
PARTS = {"annual_frame": "total", "annual_rent_ceiling": "rent", "annual_vacancy_rent": "vacancy"}


def periods() -> list[Period]:
    """Every period, oldest first."""
    with PERIODS.open(encoding="utf-8", newline="") as rows:
        return [
            Period(
                code=row["code"],
                frame=FrameKind(row["frame"]) if row["frame"] else None,
                name=row["name"],
                first_year=int(row["first_year"]),
                last_year=int(row["last_year"]),
                annual_total=_millions(row["annual_total"]),
                annual_rent=_millions(row["annual_rent"]),
                legal_basis=row["legal_basis"],
                note=row["note"],
                source=row["source"],
            )
            for row in csv.DictReader(rows)
        ]


@functools.cache
def name_of(code: str) -> str:
    """The period's name; its code where the file has no such period."""
    return next((period.name for period in periods() if period.code == code), code)


def bases(code: str = CODE) -> list[Base]:
    """The years of a period with their base amounts, and the year after it with none; nothing for a historic period."""
    parts: defaultdict[int, dict[str, Decimal]] = defaultdict(dict)
    with AMOUNTS.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["period"] == code:
                for year in range(int(row["year_from"]), int(row["year_to"]) + 1):
                    parts[year][PARTS[row["measure"]]] = Decimal(row["value"]) * MILLION
    years = [Base(code, year, **amounts) for year, amounts in sorted(parts.items())]
    return [*years, Base(code, years[-1].year + 1)] if years else []


def _millions(text: str) -> Decimal | None:
    return Decimal(text) * MILLION if text else None
