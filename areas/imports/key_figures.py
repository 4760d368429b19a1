"""Key figures of areas: columns of `area_criteria_values.csv`, and of `criteria_values_before_2018.csv`.

An empty cell means that the value was not found. Two words say more: `diskretioneret` (or `..`), and `ikke offentliggjort`.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from areas.imports.cells import Cells
from areas.imports.refusals import RowRefused
from lbf_portal.lib.words import gettext_noop

COLUMNS = (
    "list_year",
    "area_id",
    "area_name",
    "municipality_name",
    "municipality_code",
    "residents",
    "outside_labour_market_pct",
    "convicted_pct",
    "basic_school_only_pct",
    "income_pct_of_region",
    "non_western_pct",
)
SHARES = COLUMNS[6:]
# The file's word for each statement of its source, and ours.
STATEMENTS = {
    "met_labour_market": "met_outside_labour_market",
    "met_convicted": "met_convicted",
    "met_basic_school": "met_basic_school_only",
    "met_income": "met_income",
    "met_non_western_50": "met_non_western",
}
# Why a value is not there, in the words of the files; the values are those of areas.models.Absence.
NOT_FOUND = "NOT_FOUND"
ABSENCES = {
    "": NOT_FOUND,
    "..": "SUPPRESSED",
    "diskretioneret": "SUPPRESSED",
    "suppressed": "SUPPRESSED",
    "ikke offentliggjort": "NOT_PUBLISHED",
    "not published": "NOT_PUBLISHED",
}
HUNDRED = Decimal(100)
# The mean income of an area can be above the region's.
HIGHEST = {"income_pct_of_region": Decimal(1000)}
PLACES = 3
CATEGORIES = {"omdannelsesområde", "parallelsamfund", "udsat", "forebyggelsesområde", "not_listed", "unknown", ""}
# A file of the time before 2018 says whether the area was on the list of ghettoområder (domain.md, 3.2).
ON_LIST = {True: "parallelsamfund", False: "not_listed", None: ""}


@dataclasses.dataclass(frozen=True)
class FiguresRow:
    """The figures of an area for a list year, as a source gives them."""

    row: int
    year: int
    area_key: str
    area_name: str
    municipality_code: str
    municipality_name: str
    # By the names of areas.models.KeyFigures; a value that is not there has its reason in `absences`.
    values: dict[str, Decimal | int | None]
    absences: dict[str, str]
    statements: dict[str, bool | None]
    convicted_limit_pct: Decimal | None
    category_published: str
    sources: str
    note: str

    @property
    def key(self) -> tuple[object, ...]:
        """A file says it once."""
        return self.year, self.area_key

    @property
    def subject(self) -> str:
        """Whom the row is about."""
        return f"{self.area_name} {self.year}"


def figures_row(row: int, cells: Cells) -> FiguresRow:
    """Read a row."""
    values: dict[str, Decimal | int | None] = {}
    absences: dict[str, str] = {}
    for column in ("residents", *SHARES):
        absence = ABSENCES.get(cells[column].lower())
        absences[column] = absence or ""
        if absence is not None:
            values[column] = None
        elif column == "residents":
            values[column] = cells.whole(column)
        else:
            values[column] = cells.decimal(column, highest=HIGHEST.get(column, HUNDRED), places=PLACES)
    category = cells["category_published"].lower() or ON_LIST[cells.flag("on_list")]
    if category not in CATEGORIES:
        raise RowRefused(gettext_noop("category_published »%(value)s« er ukendt."), value=category)
    sources = cells.text("source_urls", 2000, required=False) or cells.text("source_url", 2000, required=False)
    if not sources:
        raise RowRefused(gettext_noop("%(column)s mangler."), column="source_urls")
    return FiguresRow(
        row=row,
        year=cells.year(),
        area_key=cells.key("area_id"),
        area_name=cells.name("area_name", 150),
        municipality_code=cells.municipality_code(),
        municipality_name=cells.text("municipality_name", 100),
        values=values,
        absences=absences,
        statements={ours: cells.flag(theirs) for theirs, ours in STATEMENTS.items()},
        convicted_limit_pct=cells.decimal("convicted_limit_pct", highest=HUNDRED, places=PLACES),
        category_published=category,
        sources=sources,
        note=cells["note"],
    )
