"""Where the marks of the chart over the years stand: whole numbers for the template to draw, no colours and no words but numbers.

What a mark means can be read without colour: commitments are filled, what is reserved is hatched, what is left is an outline. The
same numbers stand in a table beneath the chart.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Sequence
from decimal import Decimal

from lbf_portal.lib.danish import number
from ledger.models import GrantPeriod
from ledger.positions import ZERO, Position

SLOT, HISTORIC_SLOT, GAP = 40, 30, 5
TOP, BOTTOM = 22, 190
MILLION = Decimal(1_000_000)
# As many columns as a phone shows with their years.
MOST_YEARS = 12
MOST_BEYOND = Decimal("1.25")


@dataclasses.dataclass(frozen=True)
class Part:
    """An amount of a column: what it is, as a style, and how much."""

    kind: str
    amount: Decimal


@dataclasses.dataclass(frozen=True)
class Mark:
    """A part where it is drawn."""

    kind: str
    top: int
    height: int


@dataclasses.dataclass(frozen=True)
class ColumnMark:
    """A year: its parts from the bottom up, and the line of what the year has to give."""

    year: int
    left: int
    width: int
    marks: tuple[Mark, ...]
    label: str
    top: int
    limit_at: int

    @property
    def middle(self) -> int:
        """Where the labels stand."""
        return self.left + self.width // 2

    @property
    def slot_left(self) -> int:
        """Where the line of the year begins."""
        return self.left - GAP + 1

    @property
    def slot_right(self) -> int:
        """Where it ends."""
        return self.left + self.width + GAP - 1

    @property
    def label_at(self) -> int:
        """The baseline of the amount above the column."""
        return min(self.top, self.limit_at) - 5


@dataclasses.dataclass(frozen=True)
class Chart:
    """Columns, oldest first."""

    columns: tuple[ColumnMark, ...]
    slot: int

    bottom = BOTTOM
    height = BOTTOM + 20

    @property
    def width(self) -> int:
        """Of the drawing."""
        return len(self.columns) * self.slot

    @property
    def drawn_width(self) -> int:
        """In pixels, where there is room for it."""
        return self.width * 3 // 2


@dataclasses.dataclass(frozen=True)
class _Year:
    """A year as it is asked for."""

    year: int
    parts: tuple[Part, ...]
    limit: Decimal

    @property
    def height(self) -> Decimal:
        """Of the column."""
        return sum((part.amount for part in self.parts), start=ZERO)


def charts(positions: Iterable[Position], historic: Iterable[GrantPeriod]) -> tuple[Chart, Chart]:
    """The years of a frame, and the years before it that are information only, on one scale so that they can be compared."""
    latest = sorted(positions, key=lambda position: position.year)[-MOST_YEARS:]
    frames = [_of_frame(position) for position in latest]
    earlier = [_of_period(period, year) for period in historic for year in range(period.first_year, period.last_year + 1)]
    tallest = max((one.height for one in (*frames, *earlier)), default=ZERO)
    limit = max((one.limit for one in (*frames, *earlier)), default=ZERO)
    # Reservations have no ceiling: a column that goes far beyond every frame is cut, so that the others can still be read.
    highest = max(limit, min(tallest, limit * MOST_BEYOND)) or tallest
    return _chart(frames, highest, SLOT), _chart(earlier, highest, HISTORIC_SLOT)


def _of_frame(position: Position) -> _Year:
    """Committed, then reserved, then what is left; reservations may reach beyond the line, for no ceiling holds them."""
    parts = (
        Part("social", position.social_committed),
        Part("rent", position.rent_committed),
        Part("reserved", position.reserved),
        Part("free", max(ZERO, position.outlook_available())),
    )
    return _Year(position.year, parts, position.disposable)


def _of_period(period: GrantPeriod, year: int) -> _Year:
    """What the act gave each year, and how much of it rent could take at most (domain.md 2.2)."""
    total, rent = period.annual_total or ZERO, period.annual_rent or ZERO
    return _Year(year, (Part("given-social", total - rent), Part("given-rent", rent)), total)


def _chart(years: Sequence[_Year], highest: Decimal, slot: int) -> Chart:
    return Chart(tuple(_column(one, place * slot, slot, highest) for place, one in enumerate(years)), slot)


def _column(year: _Year, left: int, slot: int, highest: Decimal) -> ColumnMark:
    tops = [_at(sum_so_far, highest) for sum_so_far in itertools.accumulate((part.amount for part in year.parts), initial=ZERO)]
    marks = [
        Mark(part.kind, top, floor - top) for part, floor, top in zip(year.parts, tops, tops[1:], strict=False) if floor > top
    ]
    return ColumnMark(
        year=year.year,
        left=left + GAP,
        width=slot - 2 * GAP,
        marks=tuple(marks),
        label=number((year.limit / MILLION).quantize(Decimal(1))),
        top=tops[-1],
        limit_at=_at(year.limit, highest),
    )


def _at(amount: Decimal, highest: Decimal) -> int:
    """From the top of the drawing; the highest amount, and what is cut, stands just below it, nothing at the bottom."""
    return BOTTOM - int((BOTTOM - TOP) * min(amount, highest) / highest) if highest else BOTTOM
