"""Files of criterion values to be judged, not entered (`classify_areas`): the columns of `area_criteria_values.csv`.

Also `criteria_values_before_2018.csv`, which says of each area whether it stood on the list. Sources and municipalities are not
asked for, as they are when figures are entered (key_figures.py). A file with anything that cannot be read is refused as a
whole, with one sentence: half a judgement would only mislead.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

from areas.imports import files
from areas.imports.cells import Cells
from areas.imports.key_figures import ABSENCES, HIGHEST, HUNDRED, ON_LIST, SHARES
from areas.imports.refusals import RowRefused, unreadable
from areas.imports.tables import Record
from areas.rules.classification import NOT_KNOWN, PUBLISHED
from areas.rules.criteria import Measure, Values
from lbf_portal.lib.words import gettext_noop

NEEDED = ("list_year", "area_id", *SHARES)
# What a source says of each criterion; counts where the value is missing.
SAID = {
    Measure.OUTSIDE_LABOUR_MARKET: "met_labour_market",
    Measure.CONVICTED: "met_convicted",
    Measure.BASIC_SCHOOL_ONLY: "met_basic_school",
    Measure.INCOME: "met_income",
    Measure.NON_WESTERN: "met_non_western_50",
}
# Nothing is kept, so values may be as exact as they come.
PLACES = 12


@dataclasses.dataclass(frozen=True)
class CriterionValues:
    """The values of an area for a list year, and the status published for it, in the words of the file."""

    row: int
    year: int
    area_key: str
    values: Values
    published: str


def read_path(path: Path) -> list[CriterionValues]:
    """Read a file, CSV or XLSX.

    Errors: RuleBroken with one sentence.
    """
    table = files.table_of(path.name, files.content_of(path))
    if missing := [column for column in NEEDED if column not in table.header]:
        raise unreadable(path.name, gettext_noop("Filen %(file)s mangler kolonnerne: %(columns)s."), columns=", ".join(missing))
    return [_checked(path.name, table.header, record) for record in table.records]


def _checked(name: str, header: tuple[str, ...], record: Record) -> CriterionValues:
    try:
        if record.trouble is not None:
            raise record.trouble
        return _row(record.number, Cells(dict(zip(header, record.cells, strict=True))))
    except RowRefused as refused:
        text = gettext_noop("Filen %(file)s kan ikke læses. Række %(row)s: %(why)s")
        raise unreadable(name, text, row=record.number, why=refused.text % refused.params) from None


def _row(number: int, cells: Cells) -> CriterionValues:
    said = {measure: cells.flag(column) for measure, column in SAID.items()}
    return CriterionValues(
        row=number,
        year=cells.year(),
        area_key=cells.key("area_id"),
        values=Values(
            **{column: _share(cells, column) for column in (*SHARES, "convicted_limit_pct")},
            residents=None if _is_absent(cells, "residents") else cells.whole("residents"),
            said={measure: flag for measure, flag in said.items() if flag is not None},
        ),
        published=_published(cells),
    )


def _share(cells: Cells, column: str) -> Decimal | None:
    if _is_absent(cells, column):
        return None
    return cells.decimal(column, highest=HIGHEST.get(column, HUNDRED), places=PLACES)


def _is_absent(cells: Cells, column: str) -> bool:
    """Empty, or one of the words for a value that is kept back."""
    return cells[column].lower() in ABSENCES


def _published(cells: Cells) -> str:
    """The published status; a file without one says nothing of it."""
    status = cells["category_published"].lower() or ON_LIST[cells.flag("on_list")]
    if status not in PUBLISHED and status not in NOT_KNOWN:
        raise RowRefused(gettext_noop("category_published »%(value)s« er ukendt."), value=status)
    return status
