"""Reading the registers in areas/data: municipalities and housing organisations. Plain Python."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

DATA = Path(__file__).parent / "data"
LIST_FILES = ("ghetto_lists_before_2018.csv", "area_lists.csv", "area_list_counts.csv")

# Three municipalities write their names otherwise than "<name> Kommune".
WRITTEN_OTHERWISE = {
    "0101": "Københavns Kommune",
    "0400": "Bornholms Regionskommune",
    "0820": "Vesthimmerlands Kommune",
}


@dataclasses.dataclass(frozen=True)
class MunicipalityRow:
    """A municipality and its region."""

    code: str
    name: str
    region_code: str
    region_name: str

    @property
    def organisation_name(self) -> str:
        """The name it acts and signs under."""
        return WRITTEN_OTHERWISE.get(self.code, f"{self.name} Kommune")


@dataclasses.dataclass(frozen=True)
class OrganisationRow:
    """A housing or administration organisation; the municipality is the one its source names, if any."""

    name: str
    is_administration: bool
    municipality_code: str
    lbf_number: str
    cvr_number: str
    source: str


def municipalities() -> list[MunicipalityRow]:
    """The 98 municipalities."""
    return [
        MunicipalityRow(row["municipality_code"], row["municipality_name"], row["region_code"], row["region_name"])
        for row in _rows("municipalities.csv")
    ]


def organisations() -> list[OrganisationRow]:
    """Real organisations. A self-owning institution applies like a housing organisation (R56)."""
    return [
        OrganisationRow(
            name=row["organisation_name"],
            is_administration=row["organisation_type"] == "administrationsorganisation",
            municipality_code=row["municipality_code"],
            lbf_number=row["lbf_number"],
            cvr_number=row["cvr_number"],
            # Some sources are not on the web; the file keeps what they are.
            source=row["source_url"] if row["source_url"].startswith("http") else "",
        )
        for row in _rows("housing_organisations.csv")
    ]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
