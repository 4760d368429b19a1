"""What a file holds, before anybody asks what it means."""

from __future__ import annotations

import dataclasses

from areas.imports.refusals import RowRefused

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 100


@dataclasses.dataclass(frozen=True)
class Record:
    """A row as text: its number as a spreadsheet shows it, its cells, and what is wrong with one of them."""

    number: int
    cells: tuple[str, ...]
    trouble: RowRefused | None = None


@dataclasses.dataclass(frozen=True)
class Table:
    """The headings and the rows under them."""

    header: tuple[str, ...]
    records: list[Record]
