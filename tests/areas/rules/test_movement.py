"""How areas move between lists: every direction, and what incomplete lists leave open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from areas.rules.movement import Movement, Scope, movement, possible_ranks
from areas.rules.standing import CATEGORIES, Answer, YearAnswers

ANSWERS = {"+": Answer.YES, "-": Answer.NO, "?": Answer.UNKNOWN}


def said(signs: str, year: int = 2023) -> YearAnswers:
    """Answers in the order conversion area, parallel society, exposed, prevention area."""
    return YearAnswers(year=year, statuses={status: ANSWERS[sign] for status, sign in zip(CATEGORIES, signs, strict=True)})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("----", "--+-", Movement.IN),
        ("----", "+++-", Movement.IN),
        ("--+-", "----", Movement.OUT),
        ("+++-", "----", Movement.OUT),
        ("--+-", "-++-", Movement.UP),
        ("-++-", "+++-", Movement.UP),
        ("+++-", "-++-", Movement.DOWN),
        ("-++-", "--+-", Movement.DOWN),
        ("-++-", "-++-", Movement.SAME),
        ("----", "----", Movement.SAME),
    ],
)
def test_lists_that_are_complete_tell_every_direction(before: str, after: str, expected: Movement) -> None:
    assert movement(said(before), said(after)) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("-++?", "--??", Movement.DOWN_OR_OUT),  # no longer a parallel society; whether exposed, nobody wrote down
        ("--??", "-++?", Movement.IN_OR_UP),
        ("--??", "----", Movement.UNKNOWN),
        ("----", "--??", Movement.UNKNOWN),
        ("--??", "--??", Movement.UNKNOWN),
        ("????", "+++?", Movement.UNKNOWN),  # it may have been one before
        ("-++?", "?++?", Movement.UNKNOWN),  # it may have become a conversion area
        ("?---", "-++-", Movement.IN),  # no conversion area, for it was no parallel society
    ],
)
def test_a_list_that_is_incomplete_leaves_open_what_it_does_not_say(before: str, after: str, expected: Movement) -> None:
    assert movement(said(before), said(after)) is expected


def test_prevention_areas_are_compared_when_asked_for() -> None:
    assert movement(said("--+-"), said("---+")) is Movement.OUT
    assert movement(said("--+-"), said("---+"), Scope.ALL) is Movement.DOWN
    assert movement(said("----"), said("---+"), Scope.ALL) is Movement.IN
    assert movement(said("----"), said("---?"), Scope.ALL) is Movement.UNKNOWN


def test_a_ghetto_area_of_2017_was_on_the_list_although_nothing_was_called_exposed_yet() -> None:
    assert possible_ranks(said("-+--", 2017)) == (2, 2)
    assert possible_ranks(said("-?--", 2017)) == (0, 2)
    assert movement(said("-+--", 2017), said("-++-", 2018)) is Movement.SAME
    assert movement(said("----", 2017), said("--+-", 2018)) is Movement.IN


OPPOSITES = {
    Movement.IN: Movement.OUT,
    Movement.UP: Movement.DOWN,
    Movement.IN_OR_UP: Movement.DOWN_OR_OUT,
    Movement.SAME: Movement.SAME,
    Movement.UNKNOWN: Movement.UNKNOWN,
    Movement.DOWN_OR_OUT: Movement.IN_OR_UP,
    Movement.DOWN: Movement.UP,
    Movement.OUT: Movement.IN,
}
UPWARDS = {Movement.IN, Movement.UP, Movement.IN_OR_UP}
DOWNWARDS = {Movement.OUT, Movement.DOWN, Movement.DOWN_OR_OUT}
SIGNS = st.text(alphabet="+-?", min_size=4, max_size=4)
# What lists can say: a status is there with every status that it implies (domain.md, 3.1).
KNOWN = st.sampled_from(["----", "--+-", "-++-", "+++-", "---+", "--++", "-+++", "++++"])


@given(SIGNS, SIGNS, st.sampled_from(Scope))
def test_read_backwards_a_movement_is_its_opposite(before: str, after: str, scope: Scope) -> None:
    assert movement(said(after), said(before), scope) is OPPOSITES[movement(said(before), said(after), scope)]


@given(KNOWN, KNOWN, st.lists(st.integers(0, 3)))
def test_what_becomes_known_later_never_turns_a_movement_round(before: str, after: str, hidden: list[int]) -> None:
    partly = "".join("?" if place in hidden else sign for place, sign in enumerate(after))
    was, now = movement(said(before), said(partly)), movement(said(before), said(after))

    assert was is Movement.UNKNOWN or was is now or {was, now} <= UPWARDS or {was, now} <= DOWNWARDS
