"""The chart of the forecast: everything inside the drawing, from nothing to the highest amount."""

from datetime import date
from decimal import Decimal

import pytest

from applications.charts import BOTTOM, LEFT, TOP, WIDTH, chart
from applications.rules.fitting import Year
from applications.rules.forecast import Case, Facts, Forecast, Stage, forecast

MIO = Decimal(1_000_000)


def answer(free: Decimal, *amounts: Decimal) -> Forecast:
    years = (Year(2026, free, Decimal(0), free), Year(2027, Decimal(0), Decimal(0), Decimal(0)))
    cases = tuple(Case(Stage.PLAN_SUBMITTED, date(2026, 9, 1), amount) for amount in amounts)
    return forecast(Facts(date(2026, 11, 22), years, cases, Decimal(0)))


def points(line: str) -> list[tuple[int, int]]:
    return [(int(across), int(down)) for across, down in (point.split(",") for point in line.split())]


@pytest.mark.parametrize("free", [Decimal("0.01"), 1 * MIO, 46 * MIO, 99 * MIO, 100 * MIO, 101 * MIO, 380 * MIO])
@pytest.mark.parametrize("amount", [Decimal("0.01"), 9 * MIO, 400 * MIO])
def test_every_mark_lies_inside_the_drawing(free: Decimal, amount: Decimal) -> None:
    drawn = chart(answer(free, amount).months)

    assert drawn is not None
    for line in (drawn.range, drawn.expected, drawn.room):
        assert all(LEFT <= across <= WIDTH and TOP <= down <= BOTTOM for across, down in points(line))
    assert drawn.ticks[0].at == BOTTOM
    assert drawn.ticks[-1].at == TOP
    assert 2 <= len(drawn.ticks) <= 6


def test_lines_begin_at_nothing_and_end_at_the_sum() -> None:
    drawn = chart(answer(20 * MIO, 10 * MIO).months)

    assert drawn is not None
    expected = points(drawn.expected)
    assert (expected[0], expected[-1]) == ((LEFT, BOTTOM), (WIDTH, BOTTOM - (BOTTOM - TOP) * 9 // 20))
    assert len(expected) == 15


def test_the_quarters_are_named() -> None:
    drawn = chart(answer(20 * MIO, 10 * MIO).months)

    assert drawn is not None
    assert [mark.month for mark in drawn.months] == [date(2027, month, 1) for month in (1, 4, 7, 10)]


def test_without_amounts_there_is_nothing_to_draw() -> None:
    assert chart(()) is None
    assert chart(answer(Decimal(0)).months) is None
