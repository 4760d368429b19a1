"""Five lists in a row, counted and never computed (domain.md, 3.1 and 3.2)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from areas.rules.conversion import conversion, window
from areas.rules.standing import Answer, ListFacts, ListingFacts, Status

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
PARALLEL = Status.PARALLEL_SOCIETY


def held(year: int, *, complete: bool = True) -> ListFacts:
    """A list with two parallel societies published, both or one of them held."""
    return ListFacts(year, datetime.date(year, 12, 1), {PARALLEL: 2}, {PARALLEL: 2 if complete else 1})


def lists(*years: int) -> list[ListFacts]:
    return [held(year) for year in years]


def named(years: Iterable[int], *, flag: bool | None = True) -> dict[int, ListingFacts]:
    return {year: ListingFacts({PARALLEL: flag}) for year in years}


@pytest.mark.parametrize(
    ("parallel_in", "year", "expected"),
    [
        pytest.param([2022, 2023, 2024, 2025, 2026], 2026, YES, id="parallel 2022-26: conversion area 2026"),
        pytest.param([2021, 2022, 2024, 2025, 2026], 2026, NO, id="parallel 2021, 22, 24, 25, 26: not 2026, for the gap"),
        pytest.param([2021, 2022, 2023, 2024, 2025], 2026, NO, id="not on the current list: not 2026"),
        pytest.param([2023, 2024, 2025, 2026], 2026, NO, id="four years: not 2026"),
        pytest.param([2014, 2015, 2016, 2017, 2018], 2018, YES, id="ghettoområde 2014-18: conversion area 2018"),
        pytest.param([2016, 2017, 2018, 2019], 2019, NO, id="four years were not enough in 2019 either"),
        pytest.param([2013, 2014, 2015, 2016, 2017], 2017, NO, id="before 2018 no list could carry the status"),
    ],
)
def test_five_lists_in_a_row_including_the_current_one(parallel_in: list[int], year: int, expected: Answer) -> None:
    assert conversion(lists(*range(2010, 2027)), named(parallel_in), year).answer is expected


def test_a_list_that_is_not_held_is_unknown_and_says_which() -> None:
    found = conversion(lists(2022, 2024, 2025, 2026), named(range(2022, 2027)), 2026)

    assert found.answer is UNKNOWN
    assert found.deciding == (2023,)
    assert found.years == {2022: YES, 2023: UNKNOWN, 2024: YES, 2025: YES, 2026: YES}
    assert found.reasons[0].message == (
        "Omdannelsesområde på listen fra 2026: Ukendt, for portalen har ikke hele listen fra 2023."
    )


def test_an_incomplete_list_that_does_not_name_the_area_is_unknown() -> None:
    four = named([2022, 2023, 2025, 2026])
    known = lists(2022, 2023, 2025, 2026)

    assert conversion([*known, held(2024, complete=False)], four, 2026).answer is UNKNOWN
    assert conversion([*known, held(2024)], four, 2026).answer is NO
    assert conversion([*known, held(2024, complete=False)], four | named([2024], flag=False), 2026).answer is NO


def test_one_list_that_says_no_decides_whatever_is_missing() -> None:
    found = conversion(lists(2026), {}, 2026)

    assert found.answer is NO
    assert found.deciding == (2026,)
    assert found.reasons[0].message == ("Omdannelsesområde på listen fra 2026: Nej, for området var ikke parallelsamfund i 2026.")


def test_a_list_before_2018_counts_as_complete() -> None:
    without_numbers = [ListFacts(year, datetime.date(year, 12, 1), {}, {}) for year in range(2014, 2018)]

    assert conversion([*without_numbers, held(2018)], named([2015, 2016, 2017, 2018]), 2018).answer is NO
    assert conversion([*without_numbers, held(2018)], named(range(2014, 2019)), 2018).answer is YES


def test_without_any_list_nothing_is_excluded() -> None:
    assert conversion([], {}, 2030).answer is UNKNOWN


def test_a_yes_names_its_five_lists_and_its_paragraph() -> None:
    found = conversion(lists(*range(2022, 2027)), named(range(2022, 2027)), 2026)

    assert found.deciding == (2022, 2023, 2024, 2025, 2026)
    (reason,) = found.reasons
    assert reason.message == (
        "Omdannelsesområde på listen fra 2026: Ja, for området var parallelsamfund i 2022, 2023, 2024, 2025, 2026."
    )
    assert reason.basis == "Almenboligloven § 61 a, stk. 4; R28"


@pytest.mark.parametrize(("year", "expected"), [(2018, True), (2020, True), (2021, False)])
def test_the_exception_of_2018_to_2020_is_cited(year: int, *, expected: bool) -> None:
    found = conversion(lists(*range(2014, 2022)), named(range(2014, 2022)), year)

    assert any("undtagelsesvis" in reason.message for reason in found.reasons) is expected


def test_before_2018_the_reason_is_that_the_status_did_not_exist() -> None:
    (reason,) = conversion([], {}, 2017).reasons

    assert reason.message == "Omdannelsesområde: Nej, for status findes først fra listen i 2018."


flags = st.dictionaries(st.integers(2014, 2026), st.sampled_from([True, False, None]))
held_years = st.dictionaries(st.integers(2014, 2026), st.booleans())


@given(flags, held_years, st.integers(2018, 2026), st.integers(2014, 2026))
def test_a_list_that_comes_in_later_never_contradicts_what_was_answered(
    said: dict[int, bool | None], complete: dict[int, bool], year: int, missing: int
) -> None:
    listings = {one: ListingFacts({PARALLEL: flag}) for one, flag in said.items()}
    with_it = [held(one, complete=is_complete) for one, is_complete in complete.items()]
    without = [one for one in with_it if one.year != missing]

    before, after = conversion(without, listings, year).answer, conversion(with_it, listings, year).answer
    assert before in {after, UNKNOWN}


@given(flags, held_years, st.integers(2018, 2026))
def test_an_area_on_all_five_lists_is_a_conversion_area_and_no_other(
    said: dict[int, bool | None], complete: dict[int, bool], year: int
) -> None:
    listings = {one: ListingFacts({PARALLEL: flag}) for one, flag in said.items()}
    found = conversion([held(one, complete=is_complete) for one, is_complete in complete.items()], listings, year)

    on_all = all(said.get(one) is True and one in complete for one in window(year))
    assert (found.answer is YES) is on_all
    assert found.deciding
