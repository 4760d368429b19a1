"""Housing and administration organisations: columns of `housing_organisations.csv`.

`administered_by` is optional: the name, LBF number or CVR number of the administration organisation.
"""

from __future__ import annotations

import dataclasses

from areas.imports.cells import Cells
from areas.imports.refusals import RowRefused
from lbf_portal.lib.words import gettext_noop

COLUMNS = ("organisation_name", "organisation_type", "municipality_code", "lbf_number", "cvr_number")
ADMINISTRATION = "administrationsorganisation"
# A self-owning institution applies like a housing organisation (R56).
TYPES = {"boligorganisation", ADMINISTRATION, "selvejende institution"}


@dataclasses.dataclass(frozen=True)
class OrganisationRow:
    """An organisation; the municipality is the one its source names, if any."""

    row: int
    name: str
    is_administration: bool
    municipality_code: str
    lbf_number: str
    cvr_number: str
    administered_by: str
    source: str

    @property
    def key(self) -> tuple[object, ...]:
        """A file says it once."""
        return self.is_administration, self.name.casefold()

    @property
    def subject(self) -> str:
        """Whom the row is about."""
        return self.name


def organisation_row(row: int, cells: Cells) -> OrganisationRow:
    """Read a row."""
    kind = cells.text("organisation_type", 30).lower()
    if kind not in TYPES:
        raise RowRefused(
            gettext_noop(
                "organisation_type »%(value)s« er ukendt. "
                "Skriv boligorganisation, administrationsorganisation eller selvejende institution."
            ),
            value=kind,
        )
    lbf_number = cells.text("lbf_number", 10, required=False)
    if lbf_number and not (lbf_number.isascii() and lbf_number.isdigit()):
        raise RowRefused(gettext_noop("%(column)s »%(value)s« skal være et tal."), column="lbf_number", value=lbf_number)
    source = cells.text("source_url", 500, required=False)
    return OrganisationRow(
        row=row,
        name=cells.name("organisation_name", 200),
        is_administration=kind == ADMINISTRATION,
        municipality_code=cells.municipality_code(required=False),
        lbf_number=lbf_number,
        cvr_number=cells.digits("cvr_number", 8, required=False),
        administered_by=cells.text("administered_by", 200, required=False),
        # Some sources are not on the web; the file keeps what they are.
        source=source if source.startswith(("https://", "http://")) else "",
    )
