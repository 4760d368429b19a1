"""Three answers, and rows that say how far a value is from its limit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from areas.rules import criteria as rules
from areas.rules.criteria import Criterion, Measure, Met, Operator, Values, all_of, at_least, size
from areas.rules.section_61a_2018 import K1, K2, K4
from areas.rules.section_61b_2021 import P2, P4
from tests.areas.rules.figures import LIMIT, NOTHING_KNOWN, D, values

MET, NOT_MET, UNKNOWN = Met.MET, Met.NOT_MET, Met.UNKNOWN
answers = st.lists(st.sampled_from(Met), max_size=6)


@pytest.mark.parametrize(
    ("given_answers", "expected"),
    [
        ([MET, MET, NOT_MET, NOT_MET], MET),
        ([MET, MET, UNKNOWN, UNKNOWN], MET),
        ([MET, NOT_MET, NOT_MET, UNKNOWN], UNKNOWN),
        ([MET, NOT_MET, NOT_MET, NOT_MET], NOT_MET),
        ([NOT_MET, NOT_MET, NOT_MET, UNKNOWN], NOT_MET),
        ([UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN], UNKNOWN),
    ],
)
def test_two_of_four_is_decided_by_what_is_known(given_answers: list[Met], expected: Met) -> None:
    assert at_least(2, given_answers) is expected


@given(answers, st.integers(0, 7))
def test_counting_agrees_with_every_way_the_unknown_could_turn_out(given_answers: list[Met], needed: int) -> None:
    met, unknown = given_answers.count(MET), given_answers.count(UNKNOWN)
    outcomes = {met + turned_out >= needed for turned_out in range(unknown + 1)}

    expected = Met.of(outcomes.pop()) if len(outcomes) == 1 else UNKNOWN
    assert at_least(needed, given_answers) is expected


@given(answers)
def test_all_of_them_is_as_many_as_there_are(given_answers: list[Met]) -> None:
    assert all_of(*given_answers) is at_least(len(given_answers), given_answers)


@pytest.mark.parametrize(
    ("criterion", "found", "distance"),
    [
        (K1, values(labour="41.2"), "1.2"),
        (K1, values(labour="40"), "0"),
        (K4, values(income="54.99"), "-0.01"),
        (K2, values(convicted="2.07", limit=D("2.03")), "0.04"),
        (P2, values(convicted="1.40", limit=LIMIT), "0"),
        (P2, values(convicted="1.62", limit=D("2.35")), "0.053"),
        (P4, values(income="70"), "5"),
        (rules.SIZE, values(residents=999), "-1"),
    ],
)
def test_the_distance_is_the_value_less_its_limit(criterion: Criterion, found: Values, distance: str) -> None:
    assert criterion.distance(found) == D(distance)


def test_two_thirds_of_the_printed_limit_are_shown_to_the_thousandth() -> None:
    assert P2.limit_in(values(limit=D("2.35"))) == D("1.567")
    assert K2.limit_in(values(limit=D("2.35"))) == D("2.35")


@pytest.mark.parametrize("criterion", [K1, K2, K4, P2, rules.SIZE], ids=lambda criterion: criterion.basis)
def test_without_a_value_nothing_is_answered(criterion: Criterion) -> None:
    assert criterion.answer(NOTHING_KNOWN) is UNKNOWN
    assert criterion.distance(NOTHING_KNOWN) is None


def test_without_the_limit_of_the_year_convicted_is_unknown() -> None:
    row = K2.row(values(convicted="9", limit=None))

    assert row.answer is UNKNOWN
    assert [reason.message for reason in row.reasons] == ["Dømte: 9 pct. Ukendt, for årets grænse mangler."]


@pytest.mark.parametrize(("said", "expected"), [(True, MET), (False, NOT_MET)])
def test_what_the_source_says_counts_where_the_value_is_missing(*, said: bool, expected: Met) -> None:
    row = K1.row(values(labour=None, said={Measure.OUTSIDE_LABOUR_MARKET: said}))

    assert row.answer is expected
    assert row.is_said
    assert "efter kilden" in row.reasons[0].message


def test_the_value_decides_over_the_source_and_the_contradiction_is_told() -> None:
    row = K1.row(values(labour="41.2", said={Measure.OUTSIDE_LABOUR_MARKET: False}))

    assert row.answer is MET
    assert row.contradicts_source
    assert row.reasons[1].message == (
        "Uden for arbejdsmarked og uddannelse: Kilden siger det modsatte af værdien. Værdien er brugt."
    )


def test_a_source_that_agrees_with_the_value_is_no_contradiction() -> None:
    assert not K1.row(values(labour="41.2", said={Measure.OUTSIDE_LABOUR_MARKET: True})).contradicts_source
    assert not K1.row(values(labour="41.2", said={Measure.INCOME: False})).contradicts_source


@pytest.mark.parametrize(("said", "expected"), [(True, MET), (False, UNKNOWN)])
def test_not_meeting_section_61a_says_nothing_of_the_milder_criterion(*, said: bool, expected: Met) -> None:
    assert P4.answer(values(income=None, said={Measure.INCOME: said})) is expected


def test_a_row_says_value_limit_and_answer_in_danish() -> None:
    (reason,) = K1.row(values(labour="41.2")).reasons

    assert reason.message == "Uden for arbejdsmarked og uddannelse: 41,2 pct. (grænse: mere end 40). Opfyldt."
    assert reason.basis == "Almenboligloven § 61 a, stk. 1, nr. 1; R26, K1"
    (reason,) = K4.row(values(income="55")).reasons[:1]
    assert reason.message == "Indkomst i forhold til regionen: 55 pct. (grænse: mindre end 55). Ikke opfyldt."


def test_a_number_in_a_reason_is_written_in_the_readers_way() -> None:
    (reason,) = K1.row(values(labour="41.2")).reasons

    assert "41.2 pct." in reason.sentence(str, show_number=str)


@pytest.mark.parametrize(
    ("criterion", "found", "expected"),
    [
        (K1, values(labour="40"), True),
        (K1, values(labour="40.000"), True),
        (K1, values(labour="40.1"), False),
        (K2, values(convicted="2.10"), True),
        (P2, values(convicted="1.40"), True),
        (rules.SIZE, values(residents=1000), False),
    ],
)
def test_a_value_on_its_limit_is_marked_as_published(criterion: Criterion, found: Values, *, expected: bool) -> None:
    row = criterion.row(found)

    assert row.is_on_limit is expected
    assert any(reason.basis.endswith("; Q13") for reason in row.reasons) is expected


@pytest.mark.parametrize(("residents", "expected"), [(999, NOT_MET), (1000, MET), (1001, MET), (0, NOT_MET), (None, UNKNOWN)])
def test_an_area_has_at_least_a_thousand_residents(residents: int | None, expected: Met) -> None:
    row = size(values(residents=residents))

    assert row.answer is expected
    assert "R30, R32" in row.basis


def test_residents_are_counted_in_persons() -> None:
    assert size(values(residents=966)).reasons[0].message == (
        "Beboere 1. januar: 966 beboere (grænse: mindst 1.000). Ikke opfyldt."
    )


@given(st.decimals(0, 100, places=6), st.sampled_from(Operator))
def test_an_operator_compares_unrounded(value: Decimal, operator: Operator) -> None:
    criterion = Criterion(Measure.INCOME, operator, "§ 1", limit=D(50))
    expected = {Operator.MORE_THAN: value > 50, Operator.AT_LEAST: value >= 50, Operator.LESS_THAN: value < 50}[operator]

    assert criterion.answer(Values(income_pct_of_region=value)) is Met.of(expected)
