"""Where the marks of charts stand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from areas.charts import BOTTOM, CHART_WIDTH, TOP, Point, Step, band, chart, step_of, steps
from areas.rules.criteria import Met
from areas.rules.standing import CATEGORIES, Answer, Status, YearAnswers


def year(number: int, *statuses: Status, rest: Answer = Answer.NO, is_held: bool = True) -> YearAnswers:
    answers = {status: Answer.YES if status in statuses else rest for status in CATEGORIES}
    return YearAnswers(year=number, statuses=answers, is_held=is_held)


def test_the_band_reads_from_the_left_with_a_letter_a_year() -> None:
    drawn = band(
        [
            year(2023, Status.CONVERSION_AREA, Status.PARALLEL_SOCIETY, Status.EXPOSED),
            year(2022, rest=Answer.UNKNOWN, is_held=False),
            year(2021, rest=Answer.UNKNOWN),
            year(2020),
            year(2019, Status.EXPOSED),
        ]
    )

    assert [(one.short_year, one.letter, one.kind) for one in drawn.years] == [
        ("19", "U", "exposed"),
        ("20", "–", "none"),
        ("21", "?", "unknown"),
        ("22", "", "not-held"),
        ("23", "O", "conversion-area"),
    ]
    assert [one.left for one in drawn.years] == [0, 20, 40, 60, 80]
    assert drawn.width == 100


def point(number: int, value: str | None, limit: str | None = "40", answer: Met = Met.MET) -> Point:
    return Point(number, None if value is None else Decimal(value), None if limit is None else Decimal(limit), answer)


def test_columns_stand_on_the_ground_and_show_which_side_of_the_limit_they_are() -> None:
    drawn = chart([point(2023, "80"), point(2021, "20"), point(2019, None)])
    unknown, low, high = drawn.columns

    assert unknown.top is None
    assert unknown.limit_at == low.limit_at == high.limit_at
    assert low.top is not None
    assert high.top is not None
    assert high.limit_at is not None
    assert high.top < high.limit_at < low.top
    assert high.top + high.height == BOTTOM
    assert low.label_at < low.top


def test_a_label_is_kept_clear_of_the_limit() -> None:
    (one,) = chart([point(2023, "38")]).columns

    assert one.limit_at is not None
    assert one.label_at < one.limit_at


def test_the_latest_years_are_drawn() -> None:
    drawn = chart([point(number, "10") for number in range(2010, 2024)])

    assert [column.point.year for column in drawn.columns] == list(range(2016, 2024))


@pytest.mark.parametrize("points", [[], [point(2023, None)], [point(2023, None, None)]])
def test_without_a_value_nothing_is_drawn(points: list[Point]) -> None:
    assert chart(points).columns == ()


def test_a_value_of_nothing_lies_on_the_ground() -> None:
    (one,) = chart([point(2023, "0", None)]).columns

    assert one.top == BOTTOM
    assert one.height == 0


NUMBERS = st.none() | st.integers(0, 100_000_000).map(lambda thousandths: Decimal(thousandths) / 1000)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12))
def test_everything_stays_within_the_drawing(numbers: list[tuple[Decimal | None, Decimal | None]]) -> None:
    drawn = chart([Point(2010 + place, value, limit, Met.UNKNOWN) for place, (value, limit) in enumerate(numbers)])

    for column in drawn.columns:
        assert 0 <= column.slot_left < column.slot_right <= CHART_WIDTH
        assert column.label_at >= TOP - 18
        assert all(TOP <= height <= BOTTOM for height in (column.top, column.limit_at) if height is not None)


def test_few_values_have_a_step_each() -> None:
    assert steps([0, 3, 1, 1, 2]) == (Step("A", 1, 1), Step("B", 2, 2), Step("C", 3, 3))
    assert steps([]) == steps([0, 0]) == ()


@given(st.lists(st.integers(0, 50_000)))
def test_every_value_above_nothing_has_one_step_and_higher_values_higher_ones(values: list[int]) -> None:
    classes = steps(values)
    letters = [step.letter for value in sorted(values) if (step := step_of(value, classes))]

    assert len(classes) <= 5
    assert len(letters) == sum(value > 0 for value in values)
    assert letters == sorted(letters)


def test_nothing_and_what_is_not_known_have_no_step() -> None:
    assert step_of(0, steps([1, 2])) is None
    assert step_of(None, steps([1, 2])) is None
