"""The machine of a running effort, and that the database holds it against everybody."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from applications.models import Application
from lbf_portal.lib.moves import Move, moving
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused
from monitoring import states, transitions
from monitoring.models import Effort, EffortEvent
from monitoring.states import State
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

guards = importlib.import_module("monitoring.migrations.0002_guards")


def test_the_database_lets_exactly_the_table_of_moves_through() -> None:
    assert set(guards.PAIRS) == states.pairs()


def test_every_state_but_the_last_has_a_way_out_and_all_are_reached() -> None:
    reached = {target for _source, target in states.pairs()} | {State.PENDING}
    left = {source for source, _target in states.pairs()}
    assert reached == set(State)
    assert left == set(State) - {State.CLOSED}


def test_a_move_starts_only_where_the_table_says(pending: Effort) -> None:
    for state in State:
        as_if_in(pending, state)
        for move in states.MOVES:
            if state not in move.sources:
                assert_refused(pending, move, move.by, IllegalMove)


def test_a_move_is_made_only_by_the_roles_of_the_table(pending: Effort) -> None:
    for move in states.MOVES:
        as_if_in(pending, State(min(move.sources)))
        for role in set(Role) - move.by:
            assert_refused(pending, move, {role}, NotAllowed)


def assert_refused(effort: Effort, move: Move, roles: Iterable[str], error: type[Refused]) -> None:
    """The move does not even begin."""
    actor = Actor(user=None, organisation=None, roles=frozenset(Role(role) for role in roles))
    with pytest.raises(error), moving(effort, move, by=actor, at=AT, reason="Prøve"):
        pytest.fail(f"{move.name} began in {effort.state} for {roles}")


def as_if_in(effort: Effort, state: State) -> None:
    """Put the row in a state, past the portal and its guards: as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE")
        cursor.execute("ALTER TABLE monitoring_effort DISABLE TRIGGER USER")
        cursor.execute("UPDATE monitoring_effort SET state = %s WHERE id = %s", [state, effort.pk])
        cursor.execute("ALTER TABLE monitoring_effort ENABLE TRIGGER USER")
        cursor.execute("SET ROLE lbf_portal_app")


# What the database refuses by itself


def refused(*statements: str) -> str:
    """The name of the constraint that stops the statements, at the latest when the transaction ends."""
    with pytest.raises(IntegrityError) as caught:
        run(*statements)
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.diag.constraint_name or ""


def run(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*statements, "SET CONSTRAINTS ALL IMMEDIATE"):
            cursor.execute(statement)


def test_a_state_is_not_jumped_to(pending: Effort) -> None:
    assert refused("UPDATE monitoring_effort SET state = 'CLOSED'") == "monitoring_effort_legal_move"


def test_a_state_does_not_change_without_an_event(pending: Effort) -> None:
    assert refused("UPDATE monitoring_effort SET state = 'ACTIVE'") == "monitoring_effort_state_has_event"


def test_an_effort_begins_waiting(case_cast: CaseCast) -> None:
    case = cases.make_plan_submitted(case_cast)
    insert = (
        "INSERT INTO monitoring_effort (application_id, state, state_since, starts_on, ends_on, agreed_ends_on) "
        f"VALUES ('{case.pk}', 'ACTIVE', now(), '2027-01-01', '2030-12-31', '2030-12-31')"
    )
    assert refused(insert) == "monitoring_effort_legal_move"


def test_there_is_no_effort_without_a_commitment(case_cast: CaseCast) -> None:
    case = cases.make_plan_submitted(case_cast)
    with pytest.raises(IntegrityError, match="has no commitment"):
        open_at_once(case)


def open_at_once(case: Application) -> None:
    """Open an effort and let the database look before the test ends."""
    with transaction.atomic():
        transitions.open_effort(case, by=SYSTEM, at=AT)
        run()


def test_an_effort_ends_as_agreed_unless_the_fund_extended_it(pending: Effort) -> None:
    later = "UPDATE monitoring_effort SET ends_on = '2031-06-30'"
    assert refused(later) == "effort_ends_as_agreed_unless_extended"


@pytest.mark.parametrize("statement", ["UPDATE monitoring_effortevent SET reason = 'x'", "DELETE FROM monitoring_effortevent"])
def test_events_are_written_once(pending: Effort, statement: str) -> None:
    assert EffortEvent.objects.exists()
    with pytest.raises((IntegrityError, ProgrammingError)):
        run(statement)
