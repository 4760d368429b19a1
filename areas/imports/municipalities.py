"""Municipalities: columns of `municipalities.csv`."""

from __future__ import annotations

import dataclasses

from areas.imports.cells import Cells

COLUMNS = ("municipality_code", "municipality_name", "region_name", "region_code")

# Three municipalities write their names otherwise than "<name> Kommune".
WRITTEN_OTHERWISE = {
    "0101": "Københavns Kommune",
    "0400": "Bornholms Regionskommune",
    "0820": "Vesthimmerlands Kommune",
}


@dataclasses.dataclass(frozen=True)
class MunicipalityRow:
    """A municipality and its region."""

    row: int
    code: str
    name: str
    region_code: str
    region_name: str

    @property
    def organisation_name(self) -> str:
        """The name it acts and signs under."""
        return WRITTEN_OTHERWISE.get(self.code, f"{self.name} Kommune")

    @property
    def key(self) -> tuple[object, ...]:
        """A file says it once."""
        return (self.code,)

    @property
    def subject(self) -> str:
        """Whom the row is about."""
        return f"{self.code} {self.name}"


def municipality_row(row: int, cells: Cells) -> MunicipalityRow:
    """Read a row."""
    cells = Cells({**{column: cells[column] for column in COLUMNS}, "municipality_code": cells.municipality_code()})
    return MunicipalityRow(
        row=row,
        code=cells.digits("municipality_code", 4),
        name=cells.name("municipality_name", 100),
        region_code=cells.digits("region_code", 4),
        region_name=cells.name("region_name", 100),
    )
