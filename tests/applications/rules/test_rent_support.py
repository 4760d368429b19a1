"""Rent support (R114-R125, Q6; domain.md, 6): whole months, exact kroner, inside the plan."""

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.rent_support import Facts, Line, check, total_amount, yearly_amount
from applications.rules.rule_sets import RuleSet
from tests.applications.rules.answers import advises, blocks, the

D = Decimal
LINE = Line("Afdeling 1", is_in_case=True, amount_per_m2=D(99), area_m2=D(7500), start=date(2021, 1, 1), end=date(2024, 12, 31))


def line(**changes: Any) -> Line:
    return dataclasses.replace(LINE, **changes)


def facts(*lines: Line) -> Facts:
    return Facts(RuleSet.R2019, lines, plan_start=date(2021, 1, 1), plan_end=date(2024, 12, 31))


@pytest.mark.parametrize(
    ("one", "yearly", "total"),
    [
        (line(), "742500.00", "2970000.00"),
        (line(end=date(2021, 12, 31)), "742500.00", "742500.00"),
        (line(end=date(2021, 1, 31)), "742500.00", "61875.00"),
        (line(start=date(2024, 2, 1), end=date(2024, 2, 29)), "742500.00", "61875.00"),
        (line(start=date(2021, 11, 1), end=date(2022, 2, 28)), "742500.00", "247500.00"),
        (line(amount_per_m2=D("0.01"), area_m2=D("0.5")), "0.01", "0.02"),
        (line(amount_per_m2=D("99.37"), area_m2=D("1234.5"), end=date(2021, 1, 31)), "122672.27", "10222.69"),
        (line(amount_per_m2=D(1), area_m2=D("0.01"), end=date(2023, 12, 31)), "0.01", "0.03"),
    ],
)
def test_amount_per_m2_times_area_by_whole_months_rounded_once(one: Line, yearly: str, total: str) -> None:
    assert (str(yearly_amount(one)), str(total_amount(one))) == (yearly, total)


def test_a_broken_month_has_no_amount() -> None:
    with pytest.raises(ValueError, match="whole months"):
        total_amount(line(end=date(2024, 12, 30)))


@given(
    st.decimals(min_value=D("0.01"), max_value=1000, places=2),
    st.decimals(min_value=D("0.01"), max_value=100000, places=2),
    st.integers(min_value=1, max_value=4),
)
def test_whole_years_are_the_yearly_amount_times_the_years(per_m2: Decimal, area: Decimal, years: int) -> None:
    one = line(amount_per_m2=per_m2, area_m2=area, end=date(2020 + years, 12, 31))
    assert abs(total_amount(one) - yearly_amount(one) * years) <= D("0.005") * (years + 1)


def test_support_inside_the_plan_passes_without_a_word_and_none_asks_nothing() -> None:
    assert check(facts(LINE)) == []
    assert check(facts()) == []


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (line(is_in_case=False), ["department_not_in_case"]),
        (line(amount_per_m2=D(0)), ["amount_per_m2_not_positive"]),
        (line(amount_per_m2=D("-0.01")), ["amount_per_m2_not_positive"]),
        (line(amount_per_m2=D("0.01")), []),
        (line(area_m2=D(0)), ["area_m2_not_positive"]),
        (line(area_m2=D("0.01")), []),
        (line(start=date(2021, 1, 2)), ["support_starts_inside_month"]),
        (line(start=date(2021, 1, 31)), ["support_starts_inside_month"]),
        (line(end=date(2024, 12, 30)), ["support_ends_inside_month"]),
        (line(end=date(2024, 2, 28)), ["support_ends_inside_month"]),
        (line(end=date(2024, 2, 29)), []),
        (line(end=date(2023, 2, 28)), []),
        (line(start=date(2022, 2, 1), end=date(2022, 2, 1)), ["support_ends_before_it_begins"]),
        (line(start=date(2022, 2, 1), end=date(2022, 1, 31)), ["support_ends_before_it_begins"]),
        (line(start=date(2020, 12, 1)), ["support_outside_plan"]),
        (line(end=date(2025, 1, 31)), ["support_outside_plan"]),
    ],
)
def test_what_is_wrong_with_a_line_is_named(one: Line, expected: list[str]) -> None:
    assert blocks(check(facts(one))) == expected


def test_every_flawed_line_is_told_by_its_department() -> None:
    found = check(facts(LINE, line(department="Afdeling 2", area_m2=D(0)), line(department="Afdeling 3", is_in_case=False)))
    assert [violation.params["department"] for violation in found] == ["Afdeling 2", "Afdeling 3"]


@pytest.mark.parametrize(("plan_start", "plan_end"), [(None, None), (date(2021, 1, 1), None), (None, date(2024, 12, 31))])
def test_a_plan_without_a_period_is_not_held_against_the_support_yet(plan_start: date | None, plan_end: date | None) -> None:
    later = line(start=date(2030, 1, 1), end=date(2031, 12, 31))
    assert check(Facts(RuleSet.R2019, (later,), plan_start, plan_end)) == []


@pytest.mark.parametrize(("one", "field"), [(line(start=date(2020, 12, 1)), "start"), (line(end=date(2025, 1, 31)), "end")])
def test_the_date_outside_the_plan_is_pointed_at(one: Line, field: str) -> None:
    assert the("support_outside_plan", check(facts(one))).field == field


@pytest.mark.parametrize(("per_m2", "expected"), [("300", []), ("300.01", ["amount_per_m2_unusually_high"])])
def test_more_than_300_kroner_per_m2_is_a_question(per_m2: str, expected: list[str]) -> None:
    found = check(facts(line(amount_per_m2=D(per_m2))))
    assert (blocks(found), advises(found)) == ([], expected)


def test_the_question_names_amount_and_limit() -> None:
    violation = the("amount_per_m2_unusually_high", check(facts(line(amount_per_m2=D(450)))))
    assert violation.message == ("Støtten til Afdeling 1 er 450 kr. pr. m² om året. Det er usædvanligt at komme over 300 kr.")
    assert not violation.is_confirmed
