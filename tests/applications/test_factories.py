"""The factories that every other test of cases builds on reach the states they are named after."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from applications.models import Application
from applications.states import State
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

MAKERS: list[tuple[Callable[[CaseCast], Application], State]] = [
    (cases.make_empty_draft, State.DRAFT),
    (cases.make_draft, State.DRAFT),
    (cases.make_submitted, State.SUBMITTED),
    (cases.make_under_assessment, State.UNDER_ASSESSMENT),
    (cases.make_information_requested, State.INFO_REQUESTED),
    (cases.make_prequalified, State.PREQUALIFIED),
    (cases.make_plan_started, State.PLAN_IN_PROGRESS),
    (cases.make_plan_ready, State.PLAN_IN_PROGRESS),
    (cases.make_out_for_signature, State.LOCAL_APPROVAL),
    (cases.make_plan_submitted, State.PLAN_SUBMITTED),
    (cases.make_recommended, State.PLAN_SUBMITTED),
    (cases.make_committed, State.COMMITTED),
]


@pytest.mark.parametrize(("make", "state"), MAKERS, ids=[make.__name__ for make, _state in MAKERS])
def test_a_case_can_be_made_in_the_state(make: Callable[[CaseCast], Application], state: State, case_cast: CaseCast) -> None:
    application = make(case_cast)

    application.refresh_from_db()
    assert application.state == state


def test_a_case_with_rent_support_reaches_the_commitment(case_cast: CaseCast) -> None:
    application = cases.make_committed(case_cast, wants_rent_support=True)

    assert application.decisions.get(outcome="COMMITTED").rent_amount == 90 * 8200 * 4
