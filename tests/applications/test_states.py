"""The table of moves: whole, drawn in the docs, and the same in the database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection

from applications import history, states, transitions
from applications.states import State
from lbf_portal.workbench import states as drawn


def test_every_state_is_reached_and_all_but_the_ends_are_left() -> None:
    reached = {target for _source, target in states.pairs()}
    left = {source for source, _target in states.pairs()}

    assert reached == set(State) - {State.DRAFT}
    assert left == set(State) - states.ENDED - {State.COMMITTED}


def test_in_every_state_it_is_somebodys_turn_until_the_end() -> None:
    turns = [states.AWAITS_FUND, states.AWAITS_APPLICANT, states.AWAITS_PARTIES, states.ENDED | states.DECIDED]

    assert sorted(state for turn in turns for state in turn) == sorted(State)


def test_a_state_is_before_or_after_prequalification_or_final() -> None:
    parts = [states.BEFORE_PREQUALIFICATION, states.AFTER_PREQUALIFICATION, states.ENDED | states.DECIDED]

    assert sorted(state for part in parts for state in part) == sorted(State)


def test_moves_are_told_apart_by_name_and_by_event() -> None:
    assert len({move.name for move in states.MOVES}) == len(states.MOVES)
    assert len({move.event for move in states.MOVES}) == len(states.MOVES)


def test_every_event_of_a_move_has_its_sentence() -> None:
    assert {move.event for move in states.MOVES} <= set(history.SENTENCES)


def test_every_move_is_made_by_some_verb() -> None:
    source = "".join(module.read_text(encoding="utf-8") for module in Path(transitions.__file__).parent.glob("*.py"))
    named = {name for name, value in vars(states).items() if value in states.MOVES and re.search(rf"states\.{name}\b", source)}

    assert {getattr(states, name) for name in named} == set(states.MOVES)


@pytest.mark.django_db
def test_the_database_lets_exactly_these_pairs_through() -> None:
    assert pairs_in_database("applications_application") == states.pairs()


def pairs_in_database(table: str) -> set[tuple[str, str]]:
    """The pairs of the trigger as it stands in the database, whichever migration wrote it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [f"{table}_legal_move"])
        [definition] = cursor.fetchone() or [""]
    return set(re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", definition))


def test_the_picture_in_the_docs_is_of_these_moves() -> None:
    assert drawn.PAGE.read_text(encoding="utf-8") == drawn.page(), "write it anew: python -m lbf_portal.workbench.states"
