"""Efforts start and close by the calendar."""

from __future__ import annotations

import datetime

import time_machine

from accounts.roles import Role
from monitoring import clock
from monitoring.models import Effort
from monitoring.states import State
from tests.factories import monitoring as efforts
from tests.factories.applications import CaseCast
from tests.factories.monitoring import FIRST_DAY

ONE_DAY = datetime.timedelta(days=1)


def run_at(moment: datetime.datetime) -> None:
    with time_machine.travel(moment, tick=False):
        clock.move_efforts_that_are_due()


def state() -> str:
    return Effort.objects.get().state


def test_an_effort_starts_on_its_first_day_and_not_before(pending: Effort) -> None:
    run_at(FIRST_DAY - ONE_DAY)
    assert state() == State.PENDING
    run_at(FIRST_DAY)
    assert state() == State.ACTIVE
    started = pending.events.last()
    assert started is not None
    assert (started.role, started.at) == (Role.SYSTEM, FIRST_DAY)


def test_a_late_clock_starts_what_it_missed(pending: Effort) -> None:
    run_at(FIRST_DAY + 40 * ONE_DAY)
    assert state() == State.ACTIVE


def test_run_twice_it_moves_once(pending: Effort) -> None:
    run_at(FIRST_DAY)
    run_at(FIRST_DAY)
    assert pending.events.filter(event="effort:started").count() == 1


def test_an_effort_without_a_board_waits_and_does_not_hold_up_the_others(case_cast: CaseCast) -> None:
    without_board = efforts.make_effort(case_cast)
    without_board.application.board_seats.update(valid_to=FIRST_DAY.date() - ONE_DAY)
    ready = efforts.make_effort(case_cast)
    run_at(FIRST_DAY)
    assert Effort.objects.get(pk=without_board.pk).state == State.PENDING
    assert Effort.objects.get(pk=ready.pk).state == State.ACTIVE


def test_an_effort_closes_the_day_after_its_last(active: Effort) -> None:
    run_at(efforts.day_after_end(active) - ONE_DAY)
    assert state() == State.ACTIVE
    run_at(efforts.day_after_end(active))
    assert state() == State.CLOSING
