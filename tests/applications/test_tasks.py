"""A letter is made once and mailed once, however often, late or broken the task runs."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import OutgoingMail
from applications import tasks
from applications.models import Application, ApplicationEvent, Document, DocumentKind
from lbf_portal.lib import pdf
from tests.factories import applications as cases
from tests.factories.applications import CaseCast


@pytest.fixture(autouse=True)
def quick_letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> list[str]:
    """The letter's pages are tested in test_documents; here any bytes will do. Returns what was rendered."""
    settings.MEDIA_ROOT = tmp_path
    rendered: list[str] = []

    def render(template: str, context: dict[str, object]) -> bytes:
        rendered.append(template)
        return b"%PDF-1.7 letter"

    monkeypatch.setattr(pdf, "render", render)
    return rendered


def prequalified_event(case_cast: CaseCast) -> ApplicationEvent:
    return cases.make_prequalified(case_cast).events.get(event="application:prequalified")


def test_the_letter_and_its_mail_come_together(
    case_cast: CaseCast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    event = prequalified_event(case_cast)
    assert not OutgoingMail.objects.filter(event="prequalified").exists()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.make_letter(event.pk)
    assert Document.objects.get(event=event).kind == DocumentKind.PREQUALIFICATION_LETTER
    assert [message.to for message in mail.outbox] == [["ansoeger@example.org"], ["kommune@example.org"]]


def test_run_twice_it_makes_one_letter_and_one_mail(case_cast: CaseCast, quick_letters: list[str]) -> None:
    event = prequalified_event(case_cast)
    tasks.make_letter(event.pk)
    tasks.make_letter(event.pk)
    assert quick_letters == ["pdf/prequalification.html"]
    assert Document.objects.filter(event=event).count() == 1
    assert OutgoingMail.objects.filter(event="prequalified", to_user=case_cast.applicant.user).count() == 1


def test_the_receipt_is_told_by_the_mail_of_the_submission_alone(case_cast: CaseCast) -> None:
    event = cases.make_submitted(case_cast).events.get(event="application:submitted")
    tasks.make_letter(event.pk)
    assert list(OutgoingMail.objects.values_list("event", flat=True)) == ["application_received"]


def test_cut_off_in_the_middle_it_leaves_nothing_and_can_be_run_again(
    case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = prequalified_event(case_cast)

    def killed(event: ApplicationEvent) -> None:
        raise SystemExit

    monkeypatch.setitem(tasks.MAIL_OF_KIND, DocumentKind.PREQUALIFICATION_LETTER, killed)
    with pytest.raises(SystemExit):
        tasks.make_letter(event.pk)
    assert not Document.objects.filter(event=event).exists()

    monkeypatch.undo()
    monkeypatch.setattr(pdf, "render", lambda *_args: b"%PDF-1.7 letter")
    tasks.make_letter(event.pk)
    assert Document.objects.filter(event=event).exists()


def test_a_transition_queues_the_letter_once_it_is_committed(
    case_cast: CaseCast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        case = cases.make_submitted(case_cast)
    assert case.documents.get().kind == DocumentKind.RECEIPT


def test_a_broker_that_is_down_does_not_break_the_request(
    case_cast: CaseCast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    event = prequalified_event(case_cast)

    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.make_letter, "apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.queue_letter(event.pk)
    assert "applications.tasks.make_letter" in caplog.text
    assert not Document.objects.filter(event=event).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_event_make_one_letter(case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "queue_letter", lambda _event_pk: None)  # the transitions' own tasks stay out of it
    event = prequalified_event(case_cast)
    begun, may_finish = threading.Event(), threading.Event()

    def slow(*args: object) -> bytes:
        begun.set()
        assert may_finish.wait(timeout=30)
        return b"%PDF-1.7 letter"

    def first() -> None:
        try:
            tasks.make_letter(event.pk)
        finally:
            connection.close()

    monkeypatch.setattr(pdf, "render", slow)
    worker = threading.Thread(target=first)
    worker.start()
    assert begun.wait(timeout=30)
    tasks.make_letter(event.pk)  # goes away at once instead of waiting or rendering
    assert not Document.objects.filter(event=event).exists()
    may_finish.set()
    worker.join(timeout=30)
    assert Document.objects.filter(event=event).count() == 1
    assert Application.objects.get().documents.count() == 1
