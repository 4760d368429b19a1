"""The dossier's vectors for §§ 61 a and 61 b, boundary by boundary (domain.md, 3.1)."""

from __future__ import annotations

import pytest

from areas.rules.classification import Verdict, classify
from areas.rules.criteria import Measure, Met, Values
from areas.rules.standing import Status
from tests.areas.rules.figures import NATIONAL, criteria, prevention, values

MET, NOT_MET, UNKNOWN = Met.MET, Met.NOT_MET, Met.UNKNOWN
LABOUR, CONVICTED, SCHOOL, INCOME, NON_WESTERN, RESIDENTS = Measure


def _ratio(ratio: str) -> Values:
    return values(convicted=str(NATIONAL * type(NATIONAL)(ratio)))


@pytest.mark.parametrize(
    ("found", "measure", "expected"),
    [
        pytest.param(values(labour="40.0"), LABOUR, NOT_MET, id="K1 = 40.0 is not met"),
        pytest.param(values(labour="40.01"), LABOUR, MET, id="K1 = 40.01 is met"),
        pytest.param(_ratio("3.00"), CONVICTED, MET, id="K2 ratio 3.00 is met"),
        pytest.param(_ratio("2.99"), CONVICTED, NOT_MET, id="K2 ratio 2.99 is not met"),
        pytest.param(values(school="60.0"), SCHOOL, NOT_MET, id="K3 = 60.0 is not met"),
        pytest.param(values(school="60.01"), SCHOOL, MET, id="K3 = 60.01 is met"),
        pytest.param(values(income="55.0"), INCOME, NOT_MET, id="K4 = 55.0 is not met"),
        pytest.param(values(income="54.99"), INCOME, MET, id="K4 = 54.99 is met"),
        pytest.param(values(non_western="50.0"), NON_WESTERN, NOT_MET, id="non-western 50.0 is not met"),
        pytest.param(values(non_western="50.01"), NON_WESTERN, MET, id="non-western 50.01 is met"),
        pytest.param(values(residents=999), RESIDENTS, NOT_MET, id="999 residents are too few"),
        pytest.param(values(residents=1000), RESIDENTS, MET, id="1,000 residents are enough"),
    ],
)
def test_a_criterion_of_section_61a_at_its_limit(found: Values, measure: Measure, expected: Met) -> None:
    assert criteria(found)[measure] is expected


@pytest.mark.parametrize(
    ("found", "measure", "expected"),
    [
        pytest.param(values(labour="30.0"), LABOUR, NOT_MET, id="P1 = 30.0 is not met"),
        pytest.param(values(labour="30.01"), LABOUR, MET, id="P1 = 30.01 is met"),
        pytest.param(_ratio("2.99"), CONVICTED, MET, id="P2 at ratio 2.99 is met"),
        pytest.param(_ratio("2.00"), CONVICTED, MET, id="P2 ratio 2.00 is met"),
        pytest.param(_ratio("1.99"), CONVICTED, NOT_MET, id="P2 ratio 1.99 is not met"),
        pytest.param(values(school="60.0"), SCHOOL, NOT_MET, id="P3 = 60.0 is not met"),
        pytest.param(values(school="60.01"), SCHOOL, MET, id="P3 = 60.01 is met"),
        pytest.param(values(income="55.0"), INCOME, MET, id="P4 at 55.0 is met"),
        pytest.param(values(income="65.0"), INCOME, NOT_MET, id="P4 = 65.0 is not met"),
        pytest.param(values(income="64.99"), INCOME, MET, id="P4 = 64.99 is met"),
        pytest.param(values(non_western="30.0"), NON_WESTERN, NOT_MET, id="non-western 30.0 is not met"),
        pytest.param(values(non_western="30.01"), NON_WESTERN, MET, id="non-western 30.01 is met"),
    ],
)
def test_a_criterion_of_section_61b_at_its_limit(found: Values, measure: Measure, expected: Met) -> None:
    assert prevention(classify(found, year=2021))[measure] is expected


def two_met(
    *, non_western: str | None, residents: int | None = 1500, school: str | None = "0", income: str | None = "100"
) -> Values:
    """K1 and K2 are met."""
    return values(labour="40.01", convicted="2.10", school=school, income=income, non_western=non_western, residents=residents)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        pytest.param(two_met(non_western="50.0"), Verdict.EXPOSED, id="K1, K2 and non-western 50.0: exposed only"),
        pytest.param(two_met(non_western="50.01"), Verdict.PARALLEL_SOCIETY, id="K1, K2 and non-western 50.01: parallel"),
        pytest.param(values(labour="40.01", non_western="80"), Verdict.NOT_LISTED, id="one K and non-western 80: not listed"),
        pytest.param(values(non_western="80"), Verdict.NOT_LISTED, id="no K and non-western 80: not listed"),
        pytest.param(two_met(non_western="80", residents=999), Verdict.NOT_LISTED, id="999 residents: no category"),
        pytest.param(two_met(non_western="80", residents=1000), Verdict.PARALLEL_SOCIETY, id="1,000 residents: parallel"),
        pytest.param(two_met(non_western=None), Verdict.UNDETERMINED, id="K1, K2, share unknown: undetermined"),
        pytest.param(values(labour="41", non_western="80", income=None), Verdict.UNDETERMINED, id="one K, one unknown"),
        pytest.param(values(non_western="80", income=None), Verdict.NOT_LISTED, id="no K, one unknown: not listed"),
        pytest.param(two_met(school=None, income=None, non_western="80"), Verdict.PARALLEL_SOCIETY, id="two K are enough"),
        pytest.param(values(labour=None, income="54", school="61", non_western="80"), Verdict.PARALLEL_SOCIETY, id="any two K"),
    ],
)
def test_the_status_under_section_61a(found: Values, verdict: Verdict) -> None:
    assert classify(found, year=2026).status is verdict


def test_too_few_residents_give_no_category_at_all() -> None:
    found = classify(values(labour="90", convicted="9", school="90", income="10", non_western="90", residents=999), year=2026)

    assert {finding.answer for finding in found.findings} == {NOT_MET}
    assert [finding.status for finding in found.findings] == [
        Status.PARALLEL_SOCIETY,
        Status.EXPOSED,
        Status.PREVENTION_AREA,
    ]


def test_an_exposed_area_with_few_non_western_residents_is_no_prevention_area() -> None:
    found = classify(two_met(non_western="30"), year=2026)

    assert found.answer(Status.EXPOSED) is MET
    assert found.answer(Status.PREVENTION_AREA) is NOT_MET


@pytest.mark.parametrize(("year", "expected"), [(2018, UNKNOWN), (2020, UNKNOWN), (2021, MET)])
def test_prevention_areas_exist_since_2021(year: int, expected: Met) -> None:
    assert classify(values(labour="31", income="64", non_western="31"), year=year).answer(Status.PREVENTION_AREA) is expected
