"""Period (R77, G5), effort areas and goals (R78, R79) of the comprehensive plan, boundary by boundary."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.plan import Direction, Facts, Goal, check, check_goal, last_possible_day
from applications.rules.rule_sets import RuleSet
from tests.applications.rules.answers import advises, blocks, the

GOAL = Goal(
    effort_area="EMPLOYMENT",
    text="Flere i arbejde",
    indicator="EMPLOYMENT_RATE",
    direction=Direction.UP,
    baseline=Decimal("51.2"),
    baseline_on=date(2020, 11, 1),
    target=Decimal("58.0"),
    target_on=date(2024, 12, 31),
)
PLAN = Facts(
    RuleSet.R2019,
    start=date(2021, 1, 1),
    end=date(2024, 12, 31),
    effort_areas=("EMPLOYMENT",),
    goals=(GOAL,),
)


def but(**changes: Any) -> Facts:
    return dataclasses.replace(PLAN, **changes)


def goal(**changes: Any) -> Goal:
    return dataclasses.replace(GOAL, **changes)


def test_a_whole_plan_passes_without_a_word() -> None:
    assert check(PLAN) == []


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2021, 1, 1), date(2024, 12, 31), []),
        (date(2021, 1, 1), date(2025, 1, 1), ["period_too_long"]),
        (date(2021, 7, 15), date(2025, 7, 14), []),
        (date(2021, 7, 15), date(2025, 7, 15), ["period_too_long"]),
        (date(2020, 2, 29), date(2024, 2, 28), []),
        (date(2020, 2, 29), date(2024, 2, 29), ["period_too_long"]),
        (date(2020, 3, 1), date(2024, 2, 29), []),
        (date(2020, 3, 1), date(2024, 3, 1), ["period_too_long"]),
        (date(2021, 3, 1), date(2025, 2, 28), []),
        (date(2096, 2, 29), date(2100, 2, 28), []),
        (date(2096, 2, 29), date(2100, 3, 1), ["period_too_long"]),
        (date(2021, 1, 1), date(2021, 1, 2), []),
        (date(2021, 1, 1), date(2021, 1, 1), ["end_not_after_start"]),
        (date(2021, 1, 2), date(2021, 1, 1), ["end_not_after_start"]),
        (None, date(2021, 1, 1), ["period_missing"]),
        (date(2021, 1, 1), None, ["period_missing"]),
    ],
)
def test_an_effort_lasts_four_years_at_most_and_its_last_day_counts(
    start: date | None, end: date | None, expected: list[str]
) -> None:
    found = check(but(start=start, end=end, goals=(goal(target_on=end),)))
    assert [code for code in blocks(found) if not code.startswith(("goal", "target"))] == expected


@pytest.mark.parametrize(("start", "end", "field"), [(None, date(2024, 12, 31), "start"), (date(2021, 1, 1), None, "end")])
def test_the_date_that_is_missing_is_pointed_at(start: date | None, end: date | None, field: str) -> None:
    assert the("period_missing", check(but(start=start, end=end))).field == field


def test_the_refusal_names_the_last_possible_day() -> None:
    (violation,) = check(but(end=date(2025, 1, 1)))
    assert violation.message == (
        "Indsatsen kan højst vare 4 år. Når den begynder 1. januar 2021, skal den slutte senest 31. december 2024."
    )
    assert violation.basis == "Almenboligloven § 91 a, stk. 3; Regulativ af 11. december 2019; R77, G5"
    assert violation.is_confirmed


def test_the_length_of_older_rule_sets_is_unconfirmed() -> None:
    found = check(Facts(RuleSet.R2015, date(2016, 1, 1), date(2020, 1, 1), (), ()))
    assert not the("period_too_long", found).is_confirmed


@given(st.dates(min_value=date(2011, 1, 1), max_value=date(2200, 1, 1)))
def test_four_years_are_1460_or_1461_days_and_the_next_effort_can_follow_on(start: date) -> None:
    last = last_possible_day(RuleSet.R2019, start)
    assert (last - start).days + 1 in {1460, 1461}
    after = last + timedelta(days=1)
    assert (after.year, after.month) == (
        start.year + 4,
        3 if (start.month, after.day) == (2, 1) and start.day == 29 else start.month,
    )


@pytest.mark.parametrize(
    ("areas", "goals", "expected"),
    [
        ((), (), ["effort_area_missing"]),
        (("EMPLOYMENT",), (), ["effort_area_without_goal"]),
        (("EMPLOYMENT", "COHESION"), (GOAL,), ["effort_area_without_goal"]),
        (("EMPLOYMENT", "COHESION"), (GOAL, goal(effort_area="COHESION")), []),
        (("COHESION",), (GOAL,), ["effort_area_without_goal", "goal_outside_effort_areas"]),
        (("HEALTH",), (goal(effort_area="HEALTH"),), ["effort_area_unknown"]),
        (
            ("EDUCATION", "EMPLOYMENT", "CRIME_PREVENTION", "COHESION"),
            tuple(goal(effort_area=area) for area in ("EDUCATION", "EMPLOYMENT", "CRIME_PREVENTION", "COHESION")),
            [],
        ),
    ],
)
def test_goals_fall_inside_the_chosen_areas_and_every_area_has_one(
    areas: tuple[str, ...], goals: tuple[Goal, ...], expected: list[str]
) -> None:
    assert blocks(check(but(effort_areas=areas, goals=goals))) == expected


def test_an_old_rule_set_keeps_its_own_effort_areas() -> None:
    old = Facts(
        RuleSet.R2011,
        date(2012, 1, 1),
        date(2015, 12, 31),
        ("HEALTH",),
        (goal(effort_area="HEALTH", target_on=date(2015, 1, 1)),),
    )
    assert check(old) == []


@pytest.mark.parametrize(
    ("lack", "field"),
    [
        ({"text": "  "}, "text"),
        ({"indicator": ""}, "indicator"),
        ({"baseline": None}, "baseline"),
        ({"baseline_on": None}, "baseline_on"),
        ({"target": None}, "target"),
        ({"target_on": None}, "target_on"),
    ],
)
def test_a_goal_lacking_a_part_is_told_which(lack: dict[str, Any], field: str) -> None:
    (violation,) = check_goal(goal(**lack), PLAN)
    assert (violation.code, violation.field, violation.is_blocking) == (f"goal_{field}_missing", field, True)


def test_a_baseline_of_zero_is_a_value() -> None:
    assert check(but(goals=(goal(baseline=Decimal(0)),))) == []


@pytest.mark.parametrize(
    ("target_on", "expected"),
    [
        (date(2020, 12, 31), ["target_outside_period"]),
        (date(2021, 1, 1), []),
        (date(2024, 12, 31), []),
        (date(2025, 1, 1), ["target_outside_period"]),
    ],
)
def test_a_target_is_due_inside_the_period(target_on: date, expected: list[str]) -> None:
    assert blocks(check(but(goals=(goal(target_on=target_on),)))) == expected


@pytest.mark.parametrize(
    ("direction", "target", "expected"),
    [
        (Direction.UP, "51.1", ["target_contradicts_direction"]),
        (Direction.UP, "51.2", []),
        (Direction.UP, "51.3", []),
        (Direction.DOWN, "51.3", ["target_contradicts_direction"]),
        (Direction.DOWN, "51.2", []),
        (Direction.DOWN, "51.1", []),
        (None, "0", []),
        (None, "100", []),
    ],
)
def test_a_target_that_points_the_wrong_way_is_a_question(direction: Direction | None, target: str, expected: list[str]) -> None:
    found = check(but(goals=(goal(direction=direction, target=Decimal(target)),)))
    assert (blocks(found), advises(found)) == ([], expected)
    assert all("»Flere i arbejde«" in violation.message for violation in found)
