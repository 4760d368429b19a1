"""Never more than is free; strict order keeps its two promises; carry-over feeds the following year (R2, R6, R8, U7)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.fitting import Carrying, Case, Facts, Instalment, Obstacle, Passing, Plan, Year, check, plan
from tests.applications.rules.answers import blocks

MIO = Decimal(1_000_000)
THIS, NEXT = 2026, 2027
OERE = Decimal("0.01")


def year(free: int | Decimal, rent: int | Decimal = 0, *, of: int = THIS, own: int | Decimal = 380) -> Year:
    return Year(of, free * MIO, rent * MIO, own * MIO)


def asks(number: int, social: int | Decimal, rent: int | Decimal = 0, *, of: int = THIS) -> Case:
    return Case(number, of, (Instalment(social * MIO, rent * MIO),))


def placed(answer: Plan) -> dict[int, int | None]:
    return {placement.number: placement.year for placement in answer.placements}


def of_2026(*cases: Case, passing: Passing = Passing.STRICT) -> Facts:
    return Facts((year(20, 10),), cases, passing)


# The frame


@pytest.mark.parametrize(
    ("asked", "expected", "lacking"),
    [
        (20 * MIO, THIS, Decimal(0)),
        (20 * MIO + OERE, None, OERE),
        (OERE, THIS, Decimal(0)),
        (21 * MIO, None, MIO),
    ],
)
def test_a_case_fits_to_the_oere(asked: Decimal, expected: int | None, lacking: Decimal) -> None:
    [placement] = plan(of_2026(Case(1, THIS, (Instalment(asked),)))).placements

    assert (placement.year, placement.lacking) == (expected, lacking)
    assert placement.obstacle == (None if expected else Obstacle.FRAME)


@pytest.mark.parametrize(("rent", "expected"), [(10, None), (Decimal("10.00000001"), Obstacle.RENT)])
def test_rent_has_its_own_limit(rent: Decimal, expected: Obstacle | None) -> None:
    [placement] = plan(of_2026(asks(1, 1, rent))).placements

    assert placement.obstacle == expected


def test_what_is_left_is_told_for_the_whole_and_for_rent() -> None:
    [left] = plan(of_2026(asks(1, 5, 4))).years

    assert (left.placed, left.left, left.rent_placed, left.rent_left) == (9 * MIO, 11 * MIO, 4 * MIO, 6 * MIO)


def test_rent_never_has_more_left_than_the_whole() -> None:
    [left] = plan(of_2026(asks(1, 15))).years

    assert (left.left, left.rent_left) == (5 * MIO, 5 * MIO)


def test_the_running_sum_follows_the_line() -> None:
    answer = plan(of_2026(asks(1, 5), asks(2, 7), asks(3, 30)))

    assert [placement.running[THIS] for placement in answer.placements] == [5 * MIO, 12 * MIO, 12 * MIO]


def test_without_a_frame_everybody_waits() -> None:
    [placement] = plan(Facts((), (asks(1, 5),))).placements

    assert placement.obstacle is Obstacle.NO_FRAME


# Who passes


def test_in_strict_order_nobody_passes_the_one_who_waits() -> None:
    answer = plan(of_2026(asks(1, 12), asks(2, 9), asks(3, 1)))

    assert placed(answer) == {1: THIS, 2: None, 3: None}
    assert [placement.obstacle for placement in answer.placements] == [None, Obstacle.FRAME, Obstacle.IN_LINE]


def test_gaps_are_filled_when_the_scenario_says_so() -> None:
    answer = plan(of_2026(asks(1, 12), asks(2, 9), asks(3, 1), passing=Passing.FILL_GAPS))

    assert placed(answer) == {1: THIS, 2: None, 3: THIS}


def test_filling_gaps_breaks_the_promise_that_strict_order_keeps() -> None:
    """Why strict is the default: here somebody gets money because another asks for more."""
    modest, greedy = (of_2026(asks(1, ask), asks(2, 9), passing=Passing.FILL_GAPS) for ask in (12, 21))

    assert placed(plan(modest)) == {1: THIS, 2: None}
    assert placed(plan(greedy)) == {1: None, 2: THIS}


def test_whoever_was_pushed_to_the_next_year_closes_this_one_to_those_behind() -> None:
    facts = Facts((year(10), year(30, of=NEXT)), (asks(1, 12), asks(2, 3)), carrying=Carrying.NOTHING)

    assert placed(plan(facts)) == {1: NEXT, 2: NEXT}


def test_whoever_is_planned_for_the_next_year_keeps_nobody_out_of_this_one() -> None:
    facts = Facts((year(10), year(30, of=NEXT)), (asks(1, 12, of=NEXT), asks(2, 3)), carrying=Carrying.NOTHING)

    assert placed(plan(facts)) == {1: NEXT, 2: THIS}


# Carry-over


@pytest.mark.parametrize(
    ("carrying", "own", "expected"),
    [
        (Carrying.OWN, 380, NEXT),
        (Carrying.OWN, 8, NEXT),
        (Carrying.OWN, 7, None),
        (Carrying.ALL, 7, NEXT),
        (Carrying.NOTHING, 380, None),
    ],
)
def test_what_is_left_this_year_can_be_used_the_next_as_far_as_it_is_carried(
    carrying: Carrying, own: int, expected: int | None
) -> None:
    facts = Facts((year(20, own=own), year(0, of=NEXT, own=0)), (asks(1, 8, of=NEXT),), carrying=carrying)

    assert placed(plan(facts)) == {1: expected}


def test_money_that_is_to_be_carried_is_spoken_for() -> None:
    facts = Facts((year(20), year(0, of=NEXT, own=0)), (asks(1, 15, of=NEXT), asks(2, 6)))

    assert placed(plan(facts)) == {1: NEXT, 2: None}
    assert placed(plan(replace(facts, cases=(asks(1, 15, of=NEXT), asks(2, 5))))) == {1: NEXT, 2: THIS}


def test_the_year_after_the_period_takes_no_rent() -> None:
    facts = Facts((year(20, 10), year(0, of=NEXT, own=0)), (asks(1, 5, 1, of=NEXT),))

    assert plan(facts).placements[0].obstacle is Obstacle.RENT


def test_what_is_carried_is_told() -> None:
    this, following = plan(Facts((year(20), year(3, of=NEXT, own=0)), (asks(1, 5), asks(2, 4, of=NEXT)))).years

    assert (this.left, following.carried, following.left) == (15 * MIO, 15 * MIO, 14 * MIO)


# Instalments


def test_instalments_fit_together_or_not_at_all() -> None:
    parts = (Instalment(6 * MIO), Instalment(6 * MIO, years_later=1))
    facts = Facts((year(6), year(6, of=NEXT)), (Case(1, THIS, parts),), carrying=Carrying.NOTHING)

    assert plan(facts).placements[0].given == {THIS: 6 * MIO, NEXT: 6 * MIO}
    assert placed(plan(replace(facts, years=(year(6), year(5, of=NEXT))))) == {1: None}


def test_instalments_do_not_begin_where_the_last_one_has_no_year() -> None:
    parts = (Instalment(1 * MIO), Instalment(1 * MIO, years_later=1))
    facts = Facts((year(0), year(20, of=NEXT)), (Case(1, THIS, parts), asks(2, 1, of=NEXT)), Passing.FILL_GAPS)

    assert placed(plan(facts)) == {1: None, 2: NEXT}


# What cannot be planned


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (of_2026(asks(1, 1)), []),
        (Facts((year(1), year(1, of=NEXT)), ()), []),
        (Facts((year(1), year(1, of=2028)), ()), ["years_do_not_follow"]),
        (Facts((year(1), year(1, of=NEXT), year(1, of=2028)), ()), ["years_do_not_follow"]),
        (of_2026(asks(1, -1)), ["planned_amount_negative"]),
        (of_2026(asks(1, 1, -1)), ["planned_amount_negative"]),
        (of_2026(Case(1, THIS, (Instalment(MIO, years_later=1),))), []),
        (of_2026(Case(1, THIS, (Instalment(MIO, years_later=2),))), ["instalment_too_late"]),
    ],
)
def test_what_makes_no_sense_is_said(facts: Facts, expected: list[str]) -> None:
    assert blocks(check(facts)) == expected


# For any line

amounts = st.integers(0, 30).map(Decimal)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Case, ...]:
    made = []
    for number in range(draw(st.integers(1, 8))):
        first = Instalment(draw(amounts), draw(st.sampled_from((Decimal(0), Decimal(0), Decimal(3), Decimal(9)))))
        is_split = draw(st.integers(0, 3)) == 0
        second = (Instalment(draw(amounts), years_later=1),) if is_split else ()
        made.append(Case(number, draw(st.sampled_from((THIS, NEXT))), (first, *second)))
    return tuple(made)


@st.composite
def lines(draw: st.DrawFn) -> Facts:
    years = tuple(
        Year(
            of,
            draw(st.integers(0, 40).map(Decimal)),
            draw(st.integers(0, 20).map(Decimal)),
            draw(st.integers(0, 40).map(Decimal)),
        )
        for of in (THIS, NEXT)
    )
    return Facts(years, draw(cases()), draw(st.sampled_from(Passing)), draw(st.sampled_from(Carrying)))


@given(lines())
def test_never_more_is_placed_than_is_free(facts: Facts) -> None:
    answer = plan(facts)
    this, following = answer.years
    money = {of.year: of for of in facts.years}
    given_in = {of: sum((placement.given.get(of, Decimal(0)) for placement in answer.placements), Decimal(0)) for of in money}

    assert given_in == {THIS: this.placed, NEXT: following.placed}
    assert this.placed <= money[THIS].free
    assert this.placed + following.placed <= money[THIS].free + money[NEXT].free
    if facts.carrying is Carrying.NOTHING:
        assert following.placed <= money[NEXT].free
    if facts.carrying is Carrying.OWN:
        assert following.placed <= money[NEXT].free + money[THIS].own
    for left in answer.years:
        assert left.rent_placed <= money[left.year].rent_free
        assert left.left >= 0


@given(lines(), st.data())
def test_in_strict_order_asking_for_more_makes_nobody_earlier(facts: Facts, data: st.DataObject) -> None:
    strict = replace(facts, passing=Passing.STRICT)
    greedy = data.draw(st.integers(0, len(facts.cases) - 1))
    more = data.draw(st.integers(1, 20))
    case = strict.cases[greedy]
    raised = replace(
        case, instalments=(replace(case.instalments[0], social=case.instalments[0].social + more), *case.instalments[1:])
    )
    never = NEXT + 1
    before = {placement.number: placement.year or never for placement in plan(strict).placements}
    cases_now = (*strict.cases[:greedy], raised, *strict.cases[greedy + 1 :])
    after = {placement.number: placement.year or never for placement in plan(replace(strict, cases=cases_now)).placements}

    assert all(after[number] >= before[number] for number in before)


@given(lines())
def test_in_strict_order_those_behind_change_nothing_for_those_before(facts: Facts) -> None:
    strict = replace(facts, passing=Passing.STRICT)
    whole = plan(strict).placements

    for length in range(len(facts.cases)):
        assert plan(replace(strict, cases=facts.cases[:length])).placements == whole[:length]


@given(lines())
def test_nobody_is_given_a_year_before_the_own_one(facts: Facts) -> None:
    wanted = {case.number: case.year for case in facts.cases}

    assert all(placement.year is None or placement.year >= wanted[placement.number] for placement in plan(facts).placements)
