"""The clock finds letters that a broker or a worker lost."""

from __future__ import annotations

import datetime

import pytest
import time_machine

from applications import clock, tasks
from applications.models import ApplicationEvent, Document, DocumentKind
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Events whose letter was queued by the clock."""
    events: list[int] = []
    monkeypatch.setattr(tasks, "queue_letter", events.append)
    return events


def run_at(moment: datetime.datetime) -> None:
    with time_machine.travel(moment, tick=False):
        clock.render_missing_letters()


@pytest.fixture
def submitted_event(case_cast: CaseCast) -> ApplicationEvent:
    return cases.make_submitted(case_cast).events.get(event="application:submitted")


def test_a_letter_missing_for_more_than_two_minutes_is_queued(submitted_event: ApplicationEvent, queued: list[int]) -> None:
    run_at(AT + datetime.timedelta(minutes=2, seconds=1))
    assert queued == [submitted_event.pk]


def test_the_task_of_the_decision_itself_gets_two_minutes(submitted_event: ApplicationEvent, queued: list[int]) -> None:
    run_at(AT + datetime.timedelta(minutes=2))
    assert queued == []


def test_a_letter_that_is_made_is_left_alone(submitted_event: ApplicationEvent, queued: list[int]) -> None:
    Document.objects.create(
        application=submitted_event.application, event=submitted_event, kind=DocumentKind.RECEIPT, file="x.pdf", sha256="0" * 64
    )
    run_at(AT + datetime.timedelta(hours=1))
    assert queued == []


def test_events_that_call_for_no_letter_are_left_alone(case_cast: CaseCast, queued: list[int]) -> None:
    case = cases.make_information_requested(case_cast)
    run_at(AT + datetime.timedelta(hours=1))
    assert queued == [case.events.get(event="application:submitted").pk]


def test_one_run_takes_no_more_than_a_worker_can_swallow(
    case_cast: CaseCast, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "LETTERS_PER_RUN", 2)
    first, second, _third = (cases.make_submitted(case_cast) for _ in range(3))
    run_at(AT + datetime.timedelta(hours=1))
    assert queued == [case.events.get(event="application:submitted").pk for case in (first, second)]
