"""Three of five, for the lists of 2013-17 (domain.md, 3.2)."""

from __future__ import annotations

import pytest

from areas.rules.classification import Verdict, classify
from areas.rules.criteria import Measure, Met, Values
from areas.rules.standing import Status
from tests.areas.rules.figures import NOTHING_KNOWN, criteria, values

MET, NOT_MET = Met.MET, Met.NOT_MET
LABOUR, CONVICTED, SCHOOL, INCOME, NON_WESTERN, RESIDENTS = Measure


@pytest.mark.parametrize(
    ("found", "measure", "expected"),
    [
        pytest.param(values(labour="40"), LABOUR, NOT_MET, id="labour 40 is not met"),
        pytest.param(values(labour="40.01"), LABOUR, MET, id="labour 40.01 is met"),
        pytest.param(values(convicted="2.70"), CONVICTED, NOT_MET, id="convicted 2.70 is not met"),
        pytest.param(values(convicted="2.71", limit=None), CONVICTED, MET, id="convicted 2.71 is met, limit or not"),
        pytest.param(values(school="50"), SCHOOL, NOT_MET, id="school 50 is not met"),
        pytest.param(values(school="50.01"), SCHOOL, MET, id="school 50.01 is met"),
        pytest.param(values(income="55"), INCOME, NOT_MET, id="income 55 is not met"),
        pytest.param(values(income="54.99"), INCOME, MET, id="income 54.99 is met"),
        pytest.param(values(non_western="50"), NON_WESTERN, NOT_MET, id="non-western 50 is not met"),
        pytest.param(values(non_western="50.01"), NON_WESTERN, MET, id="non-western 50.01 is met"),
        pytest.param(values(residents=999), RESIDENTS, NOT_MET, id="999 residents are too few"),
    ],
)
def test_a_criterion_at_its_limit(found: Values, measure: Measure, expected: Met) -> None:
    assert criteria(found, year=2017)[measure] is expected


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (values(labour="41", convicted="2.8"), Verdict.NOT_LISTED),
        (values(labour="41", convicted="2.8", school="51"), Verdict.PARALLEL_SOCIETY),
        (values(labour="41", school="51", income="54", non_western="0"), Verdict.PARALLEL_SOCIETY),
        (values(labour="41", convicted="2.8", school=None), Verdict.UNDETERMINED),
        (values(labour="41", convicted=None, school=None, income="60", non_western="10"), Verdict.UNDETERMINED),
        (values(labour="41", convicted="2.8", school="51", residents=999), Verdict.NOT_LISTED),
    ],
)
@pytest.mark.parametrize("year", [2013, 2015, 2017])
def test_three_of_five_make_a_ghetto_area(found: Values, verdict: Verdict, year: int) -> None:
    assert classify(found, year=year).status is verdict


def test_the_same_values_are_judged_by_the_wording_of_their_list() -> None:
    found = values(labour="41", convicted="0", school="51", non_western="51")

    assert classify(found, year=2017).status is Verdict.PARALLEL_SOCIETY
    assert classify(found, year=2018).status is Verdict.NOT_LISTED


def test_the_law_of_the_time_knew_neither_exposed_nor_prevention_areas() -> None:
    found = classify(values(labour="41", school="51", income="54"), year=2017)

    assert [finding.status for finding in found.findings] == [Status.PARALLEL_SOCIETY]
    assert found.prevention_rows == ()


@pytest.mark.parametrize("year", [2010, 2012])
def test_before_2013_nothing_is_computed_for_the_limits_were_not_found(year: int) -> None:
    found = classify(values(labour="90", convicted="9", non_western="90"), year=year)

    assert found.status is Verdict.UNDETERMINED
    assert set(found.criteria.values()) == {Met.UNKNOWN}
    assert found.agrees_with("ghettoområde") is None
    assert found.deciding == ()
    assert [reason.message for reason in found.reasons] == [
        f"Kan ikke afgøres: Grænserne for listen fra {year} er ikke fundet i kilderne."
    ]


def test_of_an_area_nothing_is_known_of_nothing_is_said() -> None:
    assert classify(NOTHING_KNOWN, year=2017).status is classify(NOTHING_KNOWN, year=2026).status is Verdict.UNDETERMINED
