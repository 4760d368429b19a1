"""A mail is a row in the transaction that causes it, and is sent once."""

from __future__ import annotations

import datetime
import smtplib
import threading
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import tasks, transitions
from accounts.actors import Actor
from accounts.models import OutgoingMail, User
from tests.factories.accounts import UserFactory
from tests.mail import html_of, mails_to, path_in

pytestmark = pytest.mark.django_db

AGAIN_AFTER_MINUTES = [2, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60, 48 * 60]
START = datetime.datetime(2026, 11, 22, 9, 0, tzinfo=datetime.UTC)


class FailingBackend(BaseEmailBackend):
    """A mail server that is down."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise smtplib.SMTPServerDisconnected(f"no answer, {len(email_messages)} waiting")


class DyingBackend(BaseEmailBackend):
    """A worker that is killed while it talks to the mail server: no handler of errors runs any more."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise SystemExit(f"killed with {len(email_messages)} in hand")


class SlowBackend(BaseEmailBackend):
    """A mail server that answers when the test says so."""

    asked = threading.Event()
    may_answer = threading.Event()
    sent: list[EmailMessage] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.asked.set()
        assert self.may_answer.wait(timeout=30)
        self.sent.extend(email_messages)
        return len(email_messages)


def queue(user: User, key: str = "a", event: str = "password_set", path: str = "/profile/") -> OutgoingMail:
    transitions.queue_mail(event, key=key, to=user, context={"path": path})
    return OutgoingMail.objects.get(key=f"{event}:{key}:{user.pk}")


@pytest.fixture
def waiting(db: None) -> OutgoingMail:
    """A mail whose task was lost."""
    return queue(UserFactory.create())


def test_a_mail_leaves_when_the_act_is_committed_and_not_before(
    applicant: Actor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert applicant.user is not None
    with django_capture_on_commit_callbacks(execute=True):
        row = queue(applicant.user)
        assert mail.outbox == []

    [message] = mails_to(applicant)
    assert message.subject == "Din adgangskode er skiftet"
    assert path_in(message) == "/profile/"
    assert f'href="{settings.PORTAL_ADDRESS}/profile/"' in html_of(message)
    row.refresh_from_db()
    assert row.sent_at is not None
    assert row.attempts == 1


def test_an_act_that_is_undone_mails_nobody(
    applicant: Actor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert applicant.user is not None
    user = applicant.user

    def act() -> None:
        with transaction.atomic():
            queue(user)
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        act()

    assert mail.outbox == []
    assert not OutgoingMail.objects.exists()


def test_what_is_queued_twice_is_sent_once(
    applicant: Actor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert applicant.user is not None
    with django_capture_on_commit_callbacks(execute=True):
        queue(applicant.user)
        queue(applicant.user)

    assert len(mails_to(applicant)) == 1


def test_the_same_news_goes_to_each_recipient(
    applicant: Actor, colleague: Actor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for actor in (applicant, colleague):
            assert actor.user is not None
            queue(actor.user)

    assert len(mails_to(applicant)) == len(mails_to(colleague)) == 1


def test_a_task_that_runs_twice_sends_once(waiting: OutgoingMail) -> None:
    tasks.send_mail(str(waiting.pk))
    tasks.send_mail(str(waiting.pk))
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        tasks.send_waiting_mails()

    assert len(mail.outbox) == 1


def test_a_task_for_a_mail_that_is_not_there_does_nothing() -> None:
    tasks.send_mail(str(uuid.uuid4()))

    assert mail.outbox == []


def test_people_who_left_get_no_mail() -> None:
    user = UserFactory.create(is_active=False)

    transitions.queue_mail("password_set", key="a", to=user, context={})

    assert not OutgoingMail.objects.exists()


def test_mails_are_in_the_recipients_language() -> None:
    row = queue(UserFactory.create(language="en"))

    assert '<html lang="en">' in row.body_html


def test_names_are_text_in_both_parts() -> None:
    row = queue(UserFactory.create(name="Bo & <b>Børge</b>"))

    assert "Kære Bo & <b>Børge</b>" in row.body
    assert "Kære Bo &amp; &lt;b&gt;Børge&lt;/b&gt;" in row.body_html


@pytest.mark.parametrize("error", [OperationalError("no broker"), OSError(28, "No space left on device")])
def test_a_lost_broker_breaks_nothing_and_loses_nothing(
    applicant: Actor,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(tasks.send_mail, "apply_async", refuse)
    assert applicant.user is not None
    with time_machine.travel(START, tick=False), django_capture_on_commit_callbacks(execute=True):
        queue(applicant.user)
    assert mail.outbox == []

    with time_machine.travel(START + datetime.timedelta(minutes=1), tick=False):
        tasks.send_waiting_mails()
        assert mail.outbox == [], "the task that sends at once still has its turn"
    with time_machine.travel(START + datetime.timedelta(minutes=2), tick=False):
        tasks.send_waiting_mails()
    assert len(mails_to(applicant)) == 1


def test_a_mail_server_that_is_down_is_asked_again_ever_more_rarely(settings: Settings) -> None:
    with time_machine.travel(START, tick=False):
        row = queue(UserFactory.create())
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.accounts.test_outbox.FailingBackend"

    moments = [minutes for again in AGAIN_AFTER_MINUTES for minutes in (again - 1, again, again + 1)]
    tried_at = []
    for minutes in moments:
        with time_machine.travel(START + datetime.timedelta(minutes=minutes), tick=False):
            if OutgoingMail.objects.due(at=timezone.now()).exists():
                tasks.send_waiting_mails()
                tried_at.append(minutes)
    assert tried_at == AGAIN_AFTER_MINUTES

    row.refresh_from_db()
    assert row.sent_at is None
    assert row.attempts == len(tried_at)
    assert row.last_error == "SMTPServerDisconnected: no answer, 1 waiting"
    settings.EMAIL_BACKEND = backend
    tasks.send_mail(str(row.pk))
    row.refresh_from_db()
    assert len(mail.outbox) == 1
    assert row.last_error == ""


def test_a_link_that_opens_an_account_is_kept_until_it_is_sent(settings: Settings) -> None:
    user = UserFactory.create()
    transitions.request_password_reset(user.email)
    row = OutgoingMail.objects.get()
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.accounts.test_outbox.FailingBackend"
    tasks.send_mail(str(row.pk))
    settings.EMAIL_BACKEND = backend
    tasks.send_mail(str(row.pk))

    [message] = mails_to(user)
    assert path_in(message).startswith("/password/new/")


def test_one_mail_that_fails_does_not_keep_the_others(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(START, tick=False):
        first, second = (queue(UserFactory.create()) for _ in range(2))
    OutgoingMail.objects.filter(pk=first.pk).update(to_address="ikke en adresse\nBcc: alle@example.org")

    with time_machine.travel(START + datetime.timedelta(minutes=3), tick=False):
        tasks.send_waiting_mails()

    assert [message.to for message in mail.outbox] == [[second.to_address]]
    first.refresh_from_db()
    assert first.last_error.startswith("BadHeaderError")


def test_a_mail_tried_again_is_known_as_the_same_mail(waiting: OutgoingMail) -> None:
    tasks.send_mail(str(waiting.pk))

    [message] = mail.outbox
    assert message.message()["Message-ID"] == f"<{waiting.pk}@lbf.example>"


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_sending_leaves_the_mail_waiting(settings: Settings) -> None:
    with time_machine.travel(START, tick=False):
        row = OutgoingMail.objects.create(key="a", event="password_set", to_address="a@example.org", subject="A", body="A")
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.accounts.test_outbox.DyingBackend"
    with pytest.raises(SystemExit):
        tasks.send_mail(str(row.pk))
    settings.EMAIL_BACKEND = backend

    row.refresh_from_db()
    assert (row.sent_at, row.attempts) == (None, 0)
    with time_machine.travel(START + datetime.timedelta(minutes=2), tick=False):
        tasks.send_waiting_mails()
    assert len(mail.outbox) == 1


@pytest.fixture
def slow_server(settings: Settings) -> Iterator[type[SlowBackend]]:
    SlowBackend.asked.clear()
    SlowBackend.may_answer.clear()
    SlowBackend.sent.clear()
    settings.EMAIL_BACKEND = "tests.accounts.test_outbox.SlowBackend"
    yield SlowBackend
    SlowBackend.may_answer.set()


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_mail_send_it_once(slow_server: type[SlowBackend]) -> None:
    row = OutgoingMail.objects.create(
        key="a",
        event="password_set",
        to_address="a@example.org",
        subject="A",
        body="A",
        queued_at=timezone.now() - datetime.timedelta(minutes=10),
    )

    def work() -> None:
        tasks.send_mail(str(row.pk))
        connection.close()

    first = threading.Thread(target=work)
    first.start()
    assert slow_server.asked.wait(timeout=30)
    # The first worker is in the middle of it; neither the task nor the periodic one waits for it, or sends.
    tasks.send_mail(str(row.pk))
    tasks.send_waiting_mails()
    slow_server.may_answer.set()
    first.join(timeout=30)

    assert [message.to for message in slow_server.sent] == [["a@example.org"]]


def test_every_mail_has_its_three_files() -> None:
    folders = [folder for folder in (Path(settings.BASE_DIR) / "templates" / "emails").iterdir() if folder.is_dir()]

    assert folders
    for folder in folders:
        assert {file.name for file in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}, folder.name
