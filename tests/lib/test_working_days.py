"""Danish working days: what counts, and what the calendar of a year looks like."""

from __future__ import annotations

import datetime

import pytest

from lbf_portal.lib.working_days import add_working_days, is_working_day, last_working_day, next_working_day

day = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2026-11-21", "Saturday"),
        ("2026-11-22", "Sunday"),
        ("2026-01-01", "New Year's Day"),
        ("2026-04-02", "Maundy Thursday"),
        ("2026-04-03", "Good Friday"),
        ("2026-04-06", "Easter Monday"),
        ("2026-05-14", "Ascension Day"),
        ("2026-05-25", "Whit Monday"),
        ("2026-06-05", "Constitution Day, a Friday"),
        ("2026-12-24", "Christmas Eve"),
        ("2026-12-25", "Christmas Day"),
        ("2028-12-26", "the day after Christmas Day, a Tuesday"),
        ("2026-12-31", "New Year's Eve"),
        ("2023-05-05", "Great Prayer Day, while there was one"),
    ],
)
def test_days_off(written: str, why: str) -> None:
    assert not is_working_day(day(written)), why


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2026-11-23", "a Monday"),
        ("2024-04-26", "Great Prayer Day is none since 2024"),
        ("2026-05-01", "the first of May"),
        ("2026-05-15", "the Friday after Ascension Day: banks close, authorities do not"),
        ("2026-12-23", "the day before Christmas Eve"),
        ("2026-12-30", "between the holidays"),
    ],
)
def test_working_days(written: str, why: str) -> None:
    assert is_working_day(day(written)), why


def test_a_deadline_moves_over_christmas_and_the_weekend_to_monday() -> None:
    # 2026: Thursday 24, Friday 25, Saturday 26, Sunday 27.
    assert next_working_day(day("2026-12-24")) == day("2026-12-28")
    assert next_working_day(day("2026-12-23")) == day("2026-12-23")


def test_a_reminder_moves_back_over_easter() -> None:
    assert last_working_day(day("2026-04-06")) == day("2026-04-01")
    assert last_working_day(day("2026-04-01")) == day("2026-04-01")


def test_working_days_are_counted_from_the_day_after() -> None:
    assert add_working_days(day("2026-11-20"), 1) == day("2026-11-23")
    assert add_working_days(day("2026-11-21"), 1) == day("2026-11-23")
    assert add_working_days(day("2026-12-22"), 5) == day("2027-01-04")
    assert add_working_days(day("2026-11-20"), 0) == day("2026-11-20")


def test_fewer_than_none_are_refused() -> None:
    with pytest.raises(ValueError, match="-1 working days"):
        add_working_days(day("2026-11-20"), -1)
