"""Cases of the cast, one fixture a state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from applications.models import Application
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

SignIn = Callable[[Actor], Client]


@pytest.fixture
def empty_draft(case_cast: CaseCast) -> Application:
    return cases.make_empty_draft(case_cast)


@pytest.fixture
def draft(case_cast: CaseCast) -> Application:
    return cases.make_draft(case_cast)


@pytest.fixture
def submitted(case_cast: CaseCast) -> Application:
    return cases.make_submitted(case_cast)


@pytest.fixture
def prequalified(case_cast: CaseCast) -> Application:
    return cases.make_prequalified(case_cast)


@pytest.fixture
def plan_started(case_cast: CaseCast) -> Application:
    return cases.make_plan_started(case_cast)


@pytest.fixture
def plan_ready(case_cast: CaseCast) -> Application:
    return cases.make_plan_ready(case_cast)


@pytest.fixture
def out_for_signature(case_cast: CaseCast) -> Application:
    return cases.make_out_for_signature(case_cast)


@pytest.fixture
def plan_submitted(case_cast: CaseCast) -> Application:
    return cases.make_plan_submitted(case_cast)


@pytest.fixture
def recommended(case_cast: CaseCast) -> Application:
    return cases.make_recommended(case_cast)


@pytest.fixture
def committed(case_cast: CaseCast) -> Application:
    return cases.make_committed(case_cast)


@pytest.fixture
def sign_in() -> SignIn:
    """A browser of its own for each person."""

    def signed_in(actor: Actor) -> Client:
        assert actor.user is not None
        client = Client()
        client.force_login(actor.user)
        return client

    return signed_in


@pytest.fixture
def on_the_day() -> Iterator[None]:
    """The clock stands on the day that factories act on, so that pages and cases agree."""
    with time_machine.travel(cases.AT, tick=False):
        yield
