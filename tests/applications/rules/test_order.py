"""Priority first, then the date; a moved case stands on its place (R53, R68, U7)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.order import Case, Facts, Move, by_rule, check, in_order
from tests.applications.rules.answers import blocks, the

DAY = date(2026, 5, 4)
REASON = "Planen skal begynde sammen med byfornyelsen."


def case(number: int, day: date = DAY, *, has_priority: bool = False) -> Case:
    return Case(number, day, has_priority)


def numbers(*cases: Case, moves: tuple[Move, ...] = ()) -> list[int]:
    return [one.number for one in in_order(Facts(cases, moves))]


def test_an_area_of_section_61_a_comes_before_an_older_case() -> None:
    assert numbers(case(1, DAY), case(2, DAY + timedelta(days=900), has_priority=True)) == [2, 1]


def test_inside_each_group_the_day_of_receipt_decides() -> None:
    early, late = DAY, DAY + timedelta(days=1)

    assert numbers(case(1, late), case(2, early), case(3, late, has_priority=True), case(4, early, has_priority=True)) == [
        4,
        3,
        2,
        1,
    ]


def test_the_number_parts_two_of_the_same_day() -> None:
    assert numbers(case(2), case(1)) == [1, 2]


def test_the_order_does_not_depend_on_the_order_they_are_given_in() -> None:
    cases = [case(number, DAY + timedelta(days=number % 3), has_priority=number % 2 == 0) for number in range(9)]

    assert numbers(*cases) == numbers(*reversed(cases))


@pytest.mark.parametrize(("place", "expected"), [(1, [3, 1, 2, 4]), (2, [1, 3, 2, 4]), (3, [1, 2, 3, 4]), (4, [1, 2, 4, 3])])
def test_a_moved_case_stands_on_its_place(place: int, expected: list[int]) -> None:
    cases = tuple(case(number, DAY + timedelta(days=number)) for number in (1, 2, 3, 4))

    assert numbers(*cases, moves=(Move(3, place, REASON),)) == expected


def test_a_place_beyond_the_end_is_the_last_one() -> None:
    assert numbers(case(1), case(2), case(3), moves=(Move(1, 9, REASON),)) == [2, 3, 1]


def test_two_that_want_one_place_stand_behind_each_other() -> None:
    assert numbers(case(1), case(2), case(3), moves=(Move(3, 1, REASON), Move(2, 1, REASON))) == [2, 3, 1]


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        (Move(1, 1, REASON), []),
        (Move(1, 2, REASON), []),
        (Move(1, 0, REASON), ["place_outside_line"]),
        (Move(1, 3, REASON), ["place_outside_line"]),
        (Move(1, 2, " "), ["move_without_reason"]),
        (Move(1, 3, ""), ["move_without_reason", "place_outside_line"]),
    ],
)
def test_a_move_has_a_reason_and_a_place_in_the_line(move: Move, expected: list[str]) -> None:
    assert blocks(check(Facts((case(1), case(2)), (move,)))) == expected


def test_a_place_is_taken_once() -> None:
    found = check(Facts((case(1), case(2), case(3)), (Move(1, 2, REASON), Move(3, 2, REASON))))

    assert [violation.code for violation in found] == ["place_taken", "place_taken"]
    assert the("place_taken", found[:1]).message == (
        "En anden sag er allerede flyttet til plads 2. Vælg en anden plads til sag 1."
    )


lines = st.lists(
    st.tuples(st.integers(0, 3), st.booleans()).map(lambda drawn: (DAY + timedelta(days=drawn[0]), drawn[1])),
    min_size=1,
    max_size=12,
).map(lambda drawn: tuple(Case(number, day, priority) for number, (day, priority) in enumerate(drawn, start=100)))


@given(lines, st.data())
def test_a_move_changes_only_what_lies_between(cases: tuple[Case, ...], data: st.DataObject) -> None:
    others = data.draw(
        st.dictionaries(st.sampled_from(cases).map(lambda one: one.number), st.integers(1, len(cases)), max_size=3)
    )
    moves = tuple(Move(number, place, REASON) for place, number in {place: number for number, place in others.items()}.items())
    free = [one.number for one in cases if one.number not in {move.number for move in moves}]
    places = sorted(set(range(1, len(cases) + 1)) - {move.place for move in moves})
    if not free:
        return
    moved, place = data.draw(st.sampled_from(free)), data.draw(st.sampled_from(places))
    before = in_order(Facts(cases, moves))
    after = in_order(Facts(cases, (*moves, Move(moved, place, REASON))))

    stood = next(index for index, one in enumerate(before) if one.number == moved)
    low, high = sorted((stood, place - 1))
    assert after[place - 1].number == moved
    assert after[:low] == before[:low]
    assert after[high + 1 :] == before[high + 1 :]
    assert sorted(one.number for one in after) == sorted(one.number for one in cases)


@given(lines)
def test_nobody_without_priority_stands_before_somebody_with_it(cases: tuple[Case, ...]) -> None:
    line = by_rule(cases)

    assert line == in_order(Facts(cases))
    assert [one.has_priority for one in line] == sorted((one.has_priority for one in line), reverse=True)
