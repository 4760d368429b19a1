"""When a prequalification expires: every boundary, and a clock that stood still."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from applications.rules.expiry import Facts, Notice, check, ends_on, has_ended, warning_due

day = datetime.date.fromisoformat
DAY = datetime.timedelta(days=1)
# A Monday, two years after which is a Wednesday.
GIVEN = day("2025-01-13")
END = day("2027-01-13")


def facts(on: datetime.date, *warnings: Notice, months: int = 24, extended_to: datetime.date | None = None) -> Facts:
    return Facts(on, months, GIVEN, extended_to, warnings)


def given(days: int, on: datetime.date | None = None) -> Notice:
    return Notice(days, on or END - days * DAY)


def test_off_it_never_ends() -> None:
    off = facts(day("2099-01-01"), months=0)
    assert (ends_on(off), warning_due(off), has_ended(off)) == (None, None, False)


def test_it_ends_so_many_months_later() -> None:
    assert ends_on(facts(GIVEN)) == END


@pytest.mark.parametrize(
    ("counted_from", "months", "end"),
    [
        ("2026-01-31", 1, "2026-03-02"),  # 28 February is a Saturday
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-30", 3, "2027-03-01"),  # 28 February 2027 is a Sunday
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_months_are_months_of_the_calendar_and_end_on_a_working_day(counted_from: str, months: int, end: str) -> None:
    first = Notice(90, day(counted_from) - 200 * DAY)
    assert ends_on(Facts(day(counted_from), months, day(counted_from), None, (first,))) == day(end)


def test_the_first_warning_comes_ninety_days_before_and_not_a_day_earlier() -> None:
    assert warning_due(facts(END - 91 * DAY)) is None
    assert warning_due(facts(END - 90 * DAY)) == 90
    assert ends_on(facts(END - 90 * DAY)) == END


@pytest.mark.parametrize(("left", "due"), [(31, None), (30, 30), (29, 30), (8, 30), (7, 7), (0, 7)])
def test_after_the_first_each_comes_in_its_time(left: int, due: int | None) -> None:
    assert warning_due(facts(END - left * DAY, given(90))) == due


def test_none_is_given_twice() -> None:
    warned = (given(90), given(30), given(7))
    assert warning_due(facts(END - 20 * DAY, *warned[:2])) is None
    assert warning_due(facts(END - 3 * DAY, *warned)) is None


def test_it_has_ended_the_day_after_the_last_one() -> None:
    warned = (given(90), given(30), given(7))
    assert not has_ended(facts(END, *warned))
    assert has_ended(facts(END + DAY, *warned))


def test_without_the_last_warning_it_has_not_ended_and_the_warning_is_due() -> None:
    late = facts(END + 60 * DAY, given(90), given(30))
    assert not has_ended(late)
    assert warning_due(late) == 7


def test_a_setting_put_on_late_leaves_ninety_days() -> None:
    on = day("2026-11-23")
    old = Facts(on, 24, day("2019-05-01"))
    assert warning_due(old) == 90
    assert ends_on(old) == day("2027-02-22")  # 21 February is a Sunday


def test_a_warning_given_late_moves_the_end_by_as_much() -> None:
    late = given(30, END - 20 * DAY)
    assert ends_on(facts(END - 20 * DAY, given(90), late)) == day("2027-01-25")  # the tenth day later is a Saturday: Monday


def test_an_extension_counts_instead_of_the_months() -> None:
    assert ends_on(facts(day("2026-11-23"), extended_to=day("2027-06-01"))) == day("2027-06-01")


@pytest.mark.parametrize(
    ("wanted", "codes"), [(END, ["extension_is_no_later"]), (END + DAY, []), (None, ["extension_is_no_later"])]
)
def test_an_extension_is_later_than_the_end(wanted: datetime.date | None, codes: list[str]) -> None:
    asked = dataclasses.replace(facts(END - 200 * DAY), wanted=wanted)
    assert [violation.code for violation in check(asked)] == codes


def test_what_does_not_expire_is_not_extended() -> None:
    asked = dataclasses.replace(facts(GIVEN, months=0), wanted=day("2099-01-01"))
    [violation] = check(asked)
    assert (violation.code, violation.is_confirmed) == ("expiry_does_not_apply", False)
