"""The forecast is arithmetic: stages times probabilities, by year and month, and when the frame runs out (R2, R6)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.fitting import Carrying, Year
from applications.rules.forecast import (
    ASSUMED,
    STAGE_NAMES,
    Assumption,
    Case,
    Facts,
    Range,
    Stage,
    check,
    decided_on,
    forecast,
    later,
)
from tests.applications.rules.answers import blocks

MIO = Decimal(1_000_000)
TODAY = date(2026, 11, 22)
NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
YEARS = (Year(2026, 20 * MIO, 10 * MIO, 380 * MIO), Year(2027, Decimal(0), Decimal(0), Decimal(0)))
HALF = {**ASSUMED, Stage.PREQUALIFIED: Assumption(Decimal("0.5"), 2)}


def facts(*cases: Case, committed: Decimal = Decimal(0), years: tuple[Year, ...] = YEARS) -> Facts:
    return Facts(TODAY, years, cases, committed, HALF)


def prequalified(amount: Decimal, since: date = NOVEMBER) -> Case:
    return Case(Stage.PREQUALIFIED, since, amount)


# Amounts


def test_low_expected_and_high_are_what_they_say() -> None:
    recommended = Case(Stage.RECOMMENDED, NOVEMBER, 4 * MIO)

    assert forecast(facts(recommended, prequalified(6 * MIO))).total == Range(4 * MIO, 7 * MIO, 10 * MIO)


def test_a_stage_thought_certain_counts_in_the_low_end() -> None:
    certain = replace(facts(prequalified(6 * MIO)), assumed={**HALF, Stage.PREQUALIFIED: Assumption(Decimal(1), 2)})

    assert forecast(certain).total == Range(6 * MIO, 6 * MIO, 6 * MIO)


def test_a_recommendation_thought_unlikely_counts_for_as_much() -> None:
    doubted = replace(
        facts(Case(Stage.RECOMMENDED, NOVEMBER, 4 * MIO)), assumed={**HALF, Stage.RECOMMENDED: Assumption(Decimal("0.25"), 0)}
    )

    assert forecast(doubted).total == Range(MIO, MIO, 4 * MIO)


def test_every_stage_has_a_line_even_when_it_is_empty() -> None:
    stages = forecast(facts(prequalified(6 * MIO), prequalified(2 * MIO))).stages

    assert [line.stage for line in stages] == list(Stage) == list(STAGE_NAMES) == list(ASSUMED)
    assert [line.count for line in stages if line.stage is Stage.PREQUALIFIED] == [2]
    assert sum(line.count for line in stages) == 2


def test_expected_amounts_are_rounded_to_the_oere() -> None:
    third = replace(facts(prequalified(Decimal("100.01"))), assumed={**HALF, Stage.PREQUALIFIED: Assumption(Decimal("0.335"), 0)})

    assert forecast(third).total.expected == Decimal("33.50")


# Time


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (date(2026, 11, 1), JANUARY),
        (date(2026, 11, 30), JANUARY),
        (date(2026, 10, 31), DECEMBER),
        (date(2026, 9, 30), NOVEMBER),
        (date(2020, 1, 1), NOVEMBER),
    ],
)
def test_a_case_falls_due_so_many_months_after_its_stage_began_and_never_in_the_past(since: date, expected: date) -> None:
    assert decided_on(since, Stage.PREQUALIFIED, on=TODAY, assumed=HALF) == expected


@pytest.mark.parametrize(
    ("months", "expected"), [(0, DECEMBER), (1, JANUARY), (12, date(2027, 12, 1)), (13, date(2028, 1, 1)), (25, date(2029, 1, 1))]
)
def test_months_go_on_over_the_new_year(months: int, expected: date) -> None:
    assert later(DECEMBER, months) == expected


def test_years_say_what_falls_due_in_them_also_beyond_the_frames() -> None:
    late = Case(Stage.DRAFT, date(2026, 11, 1), 10 * MIO)
    years = forecast(facts(prequalified(6 * MIO), late)).years

    assert [(year.year, year.free, year.range.high) for year in years] == [
        (2026, 20 * MIO, Decimal(0)),
        (2027, Decimal(0), 6 * MIO),
        (2028, None, 10 * MIO),
    ]


def test_the_months_run_from_this_one_to_the_end_of_the_following_year() -> None:
    months = forecast(facts(prequalified(6 * MIO))).months

    assert [months[0].month, months[-1].month, len(months)] == [NOVEMBER, date(2027, 12, 1), 14]
    assert [one.so_far.high for one in months[:4]] == [Decimal(0), Decimal(0), 6 * MIO, 6 * MIO]


def test_without_frames_there_are_no_months() -> None:
    answer = forecast(facts(prequalified(6 * MIO), years=()))

    assert answer.months == ()
    assert answer.runs_out.by_pace is None


# When it runs out


@pytest.mark.parametrize(("amount", "expected"), [(20 * MIO, None), (20 * MIO + Decimal("0.01"), JANUARY)])
def test_it_runs_out_in_the_month_that_asks_for_more_than_is_left(amount: Decimal, expected: date | None) -> None:
    assert forecast(facts(prequalified(amount))).runs_out.high == expected


def test_it_lasts_longer_the_less_is_expected() -> None:
    runs_out = forecast(facts(prequalified(30 * MIO))).runs_out

    assert (runs_out.low, runs_out.expected, runs_out.high) == (None, None, JANUARY)


@pytest.mark.parametrize(
    ("committed", "expected"),
    [
        (12 * 5 * MIO, date(2027, 3, 1)),  # 5 mio. a month: November to February use the 20
        (12 * 20 * MIO, DECEMBER),
        (12 * 20 * MIO + 12, NOVEMBER),
        (Decimal(0), None),
        (12 * MIO, None),
    ],
)
def test_the_pace_of_the_last_year_says_when_as_well(committed: Decimal, expected: date | None) -> None:
    assert forecast(facts(committed=committed)).runs_out.by_pace == expected


def test_only_carried_money_is_there_in_the_following_year() -> None:
    kept = replace(facts(prequalified(5 * MIO)), carrying=Carrying.NOTHING)

    assert forecast(kept).runs_out.high == JANUARY
    assert forecast(facts(prequalified(5 * MIO))).runs_out.high is None


def rooms(asked: Facts) -> dict[int, Decimal]:
    return {one.month.year: one.room for one in forecast(asked).months}


def test_the_room_counts_what_is_carried_on_as_running_out_does() -> None:
    inherited = (Year(2026, 20 * MIO, Decimal(0), own=5 * MIO), Year(2027, 3 * MIO, Decimal(0), Decimal(0)))
    now = Case(Stage.RECOMMENDED, date(2026, 10, 1), 4 * MIO)
    asked = facts(now, years=inherited)

    assert rooms(replace(asked, carrying=Carrying.ALL)) == {2026: 20 * MIO, 2027: 23 * MIO}
    assert rooms(asked) == {2026: 20 * MIO, 2027: 12 * MIO}  # 4 used, 5 carried, 3 of its own
    assert rooms(replace(asked, carrying=Carrying.NOTHING)) == {2026: 20 * MIO, 2027: 7 * MIO}


def test_what_is_expected_before_the_first_open_year_waits_for_it() -> None:
    overdue = Case(Stage.RECOMMENDED, date(2026, 10, 1), 4 * MIO)
    answer = forecast(facts(overdue, years=(Year(2027, 3 * MIO, Decimal(0), Decimal(0)),)))

    assert answer.runs_out.low == JANUARY
    assert [(year.year, year.range.low) for year in answer.years] == [(2027, 4 * MIO)]
    assert [(one.so_far.low, one.room) for one in answer.months[:3]] == [(0, 0), (0, 0), (4 * MIO, 3 * MIO)]


# What makes no sense


@pytest.mark.parametrize(
    ("assumption", "expected"),
    [
        (Assumption(Decimal(0), 0), []),
        (Assumption(Decimal(1), 60), []),
        (Assumption(Decimal("1.01"), 60), ["probability_out_of_range"]),
        (Assumption(Decimal("-0.01"), 0), ["probability_out_of_range"]),
        (Assumption(Decimal(1), 61), ["months_out_of_range"]),
        (Assumption(Decimal(1), -1), ["months_out_of_range"]),
    ],
)
def test_assumptions_have_bounds(assumption: Assumption, expected: list[str]) -> None:
    assert blocks(check(replace(facts(), assumed={Stage.PLAN: assumption}))) == expected


def test_our_own_assumptions_are_within_them() -> None:
    assert check(Facts(TODAY, YEARS, (), Decimal(0))) == []


# For any pipeline

pipelines = st.lists(
    st.builds(
        Case,
        st.sampled_from(Stage),
        st.dates(date(2024, 1, 1), TODAY),
        st.integers(0, 5_000_000_000).map(lambda oere: Decimal(oere) / 100),
    ),
    max_size=12,
)


@given(pipelines)
def test_low_is_never_above_expected_nor_expected_above_high(cases: list[Case]) -> None:
    answer = forecast(Facts(TODAY, YEARS, tuple(cases), Decimal(0)))
    ranges = [answer.total, *(line.range for line in answer.stages), *(year.range for year in answer.years)]
    ranges += [one.so_far for one in answer.months]

    assert all(one.low <= one.expected <= one.high for one in ranges)
    assert answer.total.high == sum((case.amount for case in cases), Decimal(0))


@given(pipelines)
def test_stages_years_and_total_add_up(cases: list[Case]) -> None:
    answer = forecast(Facts(TODAY, YEARS, tuple(cases), Decimal(0)))

    assert sum((line.range for line in answer.stages), Range()) == answer.total
    assert sum((year.range for year in answer.years), Range()) == answer.total


certain = st.lists(
    st.builds(
        Case,
        st.just(Stage.RECOMMENDED),
        st.sampled_from([date(2026, 10, 1), date(2026, 12, 1), date(2027, 5, 1)]),
        st.integers(0, 15).map(lambda millions: millions * MIO),
    ),
    max_size=5,
)


@given(certain, st.sampled_from(Carrying), st.integers(0, 20))
def test_it_runs_out_in_the_first_month_whose_room_is_exceeded(cases: list[Case], carrying: Carrying, own: int) -> None:
    years = (Year(2026, 20 * MIO, Decimal(0), own * MIO), Year(2027, 10 * MIO, Decimal(0), 10 * MIO))
    answer = forecast(Facts(TODAY, years, tuple(cases), Decimal(0), carrying=carrying))

    exceeded = (one.month for one in answer.months if one.so_far.expected > one.room)
    assert answer.runs_out.expected == next(exceeded, None)


@given(pipelines, pipelines)
def test_more_cases_never_make_it_last_longer(cases: list[Case], more: list[Case]) -> None:
    never = date(9999, 1, 1)
    few = forecast(Facts(TODAY, YEARS, tuple(cases), Decimal(0))).runs_out
    many = forecast(Facts(TODAY, YEARS, (*cases, *more), Decimal(0))).runs_out

    assert (many.high or never) <= (few.high or never)
    assert (many.expected or never) <= (few.expected or never)
