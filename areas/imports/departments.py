"""Departments of housing organisations, their residents on a day, and the area they lie in.

The organisation is named by `lbf_number`, `cvr_number` or `organisation_name`, whichever is given; given together they must
name the same. Apart from that, number, name and municipality, every column may be missing or empty: what is empty is not
known, and changes nothing.
"""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal

from areas.imports.cells import Cells
from areas.imports.refusals import RowRefused
from lbf_portal.lib.words import gettext_noop

COLUMNS = ("department_number", "department_name", "municipality_code")
OWNER_KINDS = ("DEPARTMENT", "YOUTH_SELF_OWNING", "ELDERLY_SELF_OWNING", "ELDERLY_MUNICIPAL", "ELDERLY_REGIONAL")
DWELLINGS = ("family_dwellings", "youth_dwellings", "elderly_dwellings", "dwellings")
LARGEST_AREA = Decimal("99999999.99")


@dataclasses.dataclass(frozen=True)
class DepartmentRow:
    """A department as a file gives it; what is empty is not known."""

    row: int
    organisation_name: str
    lbf_number: str
    cvr_number: str
    number: str
    name: str
    municipality_code: str
    addresses: str
    postcode: str
    owner_kind: str
    floor_area_m2: Decimal | None
    dwellings: dict[str, int | None]
    residents: int | None
    residents_on: datetime.date | None
    area_key: str
    in_area_from: datetime.date | None

    @property
    def key(self) -> tuple[object, ...]:
        """A file says it once."""
        return self.lbf_number or self.cvr_number or self.organisation_name.casefold(), self.number

    @property
    def subject(self) -> str:
        """Whom the row is about."""
        return f"{self.organisation_name or self.lbf_number or self.cvr_number}: {self.number} {self.name}"


def department_row(row: int, cells: Cells) -> DepartmentRow:
    """Read a row."""
    owner_kind = cells["owner_kind"].upper()
    if owner_kind and owner_kind not in OWNER_KINDS:
        raise RowRefused(
            gettext_noop("owner_kind »%(value)s« er ukendt. Skriv %(known)s."), value=owner_kind, known=", ".join(OWNER_KINDS)
        )
    read = DepartmentRow(
        row=row,
        organisation_name=cells.text("organisation_name", 200, required=False),
        lbf_number=cells.text("lbf_number", 10, required=False),
        cvr_number=cells.digits("cvr_number", 8, required=False),
        number=cells.text("department_number", 10),
        name=cells.name("department_name", 150),
        municipality_code=cells.municipality_code(),
        addresses=cells.text("addresses", 300, required=False),
        postcode=cells.digits("postcode", 4, required=False),
        owner_kind=owner_kind,
        floor_area_m2=_floor_area(cells),
        dwellings={column: cells.whole(column) for column in DWELLINGS},
        residents=cells.whole("residents"),
        residents_on=cells.day("residents_on", required=False),
        area_key=cells.key("area_id", required=False),
        in_area_from=cells.day("in_area_from", required=False),
    )
    if not (read.organisation_name or read.lbf_number or read.cvr_number):
        raise RowRefused(
            gettext_noop("Rækken nævner ingen boligorganisation: skriv lbf_number, cvr_number eller organisation_name.")
        )
    _together(("residents", read.residents), ("residents_on", read.residents_on))
    _together(("area_id", read.area_key or None), ("in_area_from", read.in_area_from))
    return read


def _floor_area(cells: Cells) -> Decimal | None:
    area = cells.decimal("floor_area_m2", highest=LARGEST_AREA, places=2)
    if area == 0:
        raise RowRefused(gettext_noop("floor_area_m2 skal være større end 0."))
    return area


def _together(*pair: tuple[str, object]) -> None:
    """A number needs its day, and an area the day from which."""
    (first, one), (second, other) = pair
    if (one is None) != (other is None):
        missing, given = (second, first) if other is None else (first, second)
        raise RowRefused(gettext_noop("%(missing)s mangler, når %(given)s er udfyldt."), missing=missing, given=given)
