"""Where the marks of the chart over the years stand."""

from decimal import Decimal

import pytest

from ledger.charts import BOTTOM, MOST_BEYOND, MOST_YEARS, SLOT, TOP, Chart, charts
from ledger.kinds import FrameKind
from ledger.models import GrantPeriod
from ledger.positions import ZERO, Position
from tests.ledger.acts import MILLION


def position(year: int, **facts: Decimal) -> Position:
    given = {
        "base": 380 * MILLION,
        "base_rent": 240 * MILLION,
        "carried_in": ZERO,
        "carried_out": ZERO,
        "committed": ZERO,
        "rent_committed": ZERO,
        "reserved": ZERO,
        **facts,
    }
    return Position(
        year=year,
        period="P2019_26",
        frame=FrameKind.ORDINARY,
        regulated=None,
        regulated_rent=None,
        carried_out_by_decision=ZERO,
        withheld=ZERO,
        rent_reserved=ZERO,
        **given,
    )


def drawn(*positions: Position) -> Chart:
    return charts(positions, [])[0]


def test_parts_stand_on_each_other_without_gaps_and_end_at_the_line() -> None:
    year = position(2026, committed=200 * MILLION, rent_committed=50 * MILLION, reserved=80 * MILLION)
    [column] = drawn(year).columns

    assert [mark.kind for mark in column.marks] == ["social", "rent", "reserved", "free"]
    assert column.marks[0].top + column.marks[0].height == BOTTOM
    for lower, upper in zip(column.marks, column.marks[1:], strict=False):
        assert upper.top + upper.height == lower.top
    assert column.marks[-1].top == column.limit_at == TOP
    assert column.label == "380"


def test_heights_are_in_proportion() -> None:
    [column] = drawn(position(2026, committed=190 * MILLION)).columns

    assert [(mark.kind, mark.height) for mark in column.marks] == [("social", (BOTTOM - TOP) // 2), ("free", (BOTTOM - TOP) // 2)]


def test_reservations_beyond_what_is_left_reach_over_the_line() -> None:
    [column] = drawn(position(2026, committed=300 * MILLION, reserved=100 * MILLION)).columns

    assert [mark.kind for mark in column.marks] == ["social", "reserved"]
    assert column.top == TOP < column.limit_at
    assert column.label_at < column.top


def test_a_column_far_beyond_every_frame_is_cut_so_that_the_others_can_be_read() -> None:
    chart = drawn(position(2025), position(2026, reserved=100_000 * MILLION))

    assert chart.columns[1].top == TOP
    assert BOTTOM - chart.columns[0].limit_at == int((BOTTOM - TOP) / MOST_BEYOND)
    # A year without money of its own has no line to measure by.
    assert drawn(position(2027, base=ZERO, base_rent=ZERO, reserved=MILLION)).columns[0].top == TOP


def test_a_year_with_nothing_is_a_line_on_the_ground() -> None:
    empty = position(2027, base=ZERO, base_rent=ZERO)

    assert drawn(empty).columns[0].limit_at == BOTTOM
    assert drawn(empty).columns[0].marks == ()
    assert drawn().columns == ()


@pytest.mark.parametrize("order", [(2025, 2026), (2026, 2025)])
def test_the_oldest_year_stands_to_the_left(order: tuple[int, int]) -> None:
    chart = drawn(*map(position, order))

    assert [column.year for column in chart.columns] == [2025, 2026]
    assert chart.columns[0].middle < chart.columns[1].middle < chart.width == 2 * SLOT


def test_only_the_latest_years_are_drawn_so_that_a_phone_shows_them() -> None:
    chart = drawn(*(position(year) for year in range(2000, 2030)))

    assert [column.year for column in chart.columns] == list(range(2030 - MOST_YEARS, 2030))


def test_earlier_periods_are_drawn_year_by_year_on_the_same_scale() -> None:
    period = GrantPeriod(first_year=2011, last_year=2014, annual_total=760 * MILLION, annual_rent=220 * MILLION)
    years, earlier = charts([position(2026)], [period])

    assert [column.year for column in earlier.columns] == [2011, 2012, 2013, 2014]
    assert {tuple(mark.kind for mark in column.marks) for column in earlier.columns} == {("given-social", "given-rent")}
    assert (BOTTOM - years.columns[0].limit_at) * 2 == BOTTOM - earlier.columns[0].limit_at
