"""The kinds of files, told apart by their headings, and how a file of each is read."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from areas.imports import area_lists, departments, files, key_figures, municipalities, organisations
from areas.imports.cells import Cells
from areas.imports.refusals import Refusal, RowRefused, unreadable
from lbf_portal.lib.words import gettext_noop


class Kind(enum.StrEnum):
    """What a file is about."""

    AREA_LIST = "AREA_LIST"
    KEY_FIGURES = "KEY_FIGURES"
    MUNICIPALITIES = "MUNICIPALITIES"
    ORGANISATIONS = "ORGANISATIONS"
    DEPARTMENTS = "DEPARTMENTS"


class Row(Protocol):
    """What every checked row has: its number, what it may say only once, and whom it is about in words."""

    @property
    def row(self) -> int: ...

    @property
    def key(self) -> tuple[object, ...]: ...

    @property
    def subject(self) -> str: ...


@dataclasses.dataclass(frozen=True)
class Shape:
    """A set of columns: which kind it is, the heading that tells, the headings it must have, and how a row is read."""

    kind: Kind
    told_by: str
    needed: tuple[str, ...]
    parse: Callable[[int, Cells], Row]


# The first that fits decides: a file of departments may name areas and organisations too.
SHAPES = (
    Shape(Kind.AREA_LIST, "is_udsat", area_lists.LISTING_COLUMNS, area_lists.listing_row),
    Shape(Kind.AREA_LIST, "udsatte_boligomraader", area_lists.COUNTS_COLUMNS, area_lists.count_row),
    Shape(Kind.KEY_FIGURES, "outside_labour_market_pct", key_figures.COLUMNS, key_figures.figures_row),
    Shape(Kind.DEPARTMENTS, "department_number", departments.COLUMNS, departments.department_row),
    Shape(Kind.AREA_LIST, "area_id", area_lists.AREA_COLUMNS, area_lists.membership_row),
    Shape(Kind.ORGANISATIONS, "organisation_name", organisations.COLUMNS, organisations.organisation_row),
    Shape(Kind.MUNICIPALITIES, "region_code", municipalities.COLUMNS, municipalities.municipality_row),
)


@dataclasses.dataclass(frozen=True)
class ReadFile:
    """A file that could be read: its rows, and those refused for what they say themselves."""

    kind: Kind
    name: str
    content: bytes
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    refused: tuple[Refusal, ...]
    # What stood in the cells of each row, by its number: a row refused later is given back as it came.
    cells: dict[int, tuple[str, ...]]

    @property
    def sha256(self) -> str:
        """The content's fingerprint."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def row_count(self) -> int:
        """Rows in the file, beside the header."""
        return len(self.rows) + len(self.refused)

    def refusal(self, row: int, why: RowRefused) -> Refusal:
        """The refusal of one of its rows."""
        return Refusal(self.name, row, why.text, why.params, self.cells.get(row, ()))


def kind_of(name: str, content: bytes) -> Kind:
    """What the file is about, by its headings alone.

    Errors: RuleBroken when it cannot be used at all.
    """
    return _shape(name, files.header_of(name, content)).kind


def read_path(path: Path) -> ReadFile:
    """Read a file from the disk.

    Errors: RuleBroken with one sentence when the file as a whole cannot be used.
    """
    return read(path.name, files.content_of(path))


def read(name: str, content: bytes, tick: files.Tick | None = None) -> ReadFile:
    """Read a file; `tick` hears how many rows are read.

    Errors: RuleBroken with one sentence when the file as a whole cannot be used.
    """
    table = files.table_of(name, content, tick)
    shape = _shape(name, table.header)
    rows: list[Row] = []
    refused: list[Refusal] = []
    for record in table.records:
        try:
            if record.trouble is not None:
                raise record.trouble
            rows.append(shape.parse(record.number, Cells(dict(zip(table.header, record.cells, strict=True)))))
        except RowRefused as why:
            refused.append(Refusal(name, record.number, why.text, why.params, record.cells))
    cells = {record.number: record.cells for record in table.records}
    return ReadFile(shape.kind, name, content, table.header, tuple(rows), tuple(refused), cells)


def _shape(name: str, header: tuple[str, ...]) -> Shape:
    shape = next((shape for shape in SHAPES if shape.told_by in header), None)
    if shape is None:
        raise unreadable(
            name,
            gettext_noop(
                "Filen %(file)s har ukendte overskrifter. Den skal være en liste over områder, nøgletal, kommuner, "
                "boligorganisationer eller afdelinger."
            ),
        )
    if missing := [column for column in shape.needed if column not in header]:
        raise unreadable(name, gettext_noop("Filen %(file)s mangler kolonnerne: %(columns)s."), columns=", ".join(missing))
    return shape
