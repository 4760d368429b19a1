"""Where the public registers and lists of areas/data are, and what is in them. Plain Python."""

from __future__ import annotations

from pathlib import Path

from areas import imports
from areas.imports.municipalities import MunicipalityRow
from areas.imports.organisations import OrganisationRow

DATA = Path(__file__).parent / "data"
LIST_FILES = ("ghetto_lists_before_2018.csv", "area_lists.csv", "area_list_counts.csv")


def municipalities() -> list[MunicipalityRow]:
    """The 98 municipalities."""
    rows = imports.read_path(DATA / "municipalities.csv").rows
    return [row for row in rows if isinstance(row, MunicipalityRow)]


def organisations() -> list[OrganisationRow]:
    """Real organisations. A self-owning institution applies like a housing organisation (R56)."""
    rows = imports.read_path(DATA / "housing_organisations.csv").rows
    return [row for row in rows if isinstance(row, OrganisationRow)]
