"""Which mails a person gets, when, and the calendar's address."""

from __future__ import annotations

import datetime
import hashlib
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import clock, transitions
from accounts.actors import Actor
from accounts.models import AccountEvent, CalendarFeed, DigestEntry, MailFrequency, NotificationChoice, OutgoingMail, User
from accounts.transitions import Importance
from tests.mail import html_of, mails_to

pytestmark = pytest.mark.django_db

MAILS = reverse("accounts:mails")
CONTEXT = {"case_number": "204001", "area": "Bakkeparken", "municipality": "Aarhus", "path": "/cases/204001/"}


@pytest.fixture
def person(applicant: Actor) -> User:
    assert applicant.user is not None
    return applicant.user


def choose(person: User, actor: Actor, frequency: MailFrequency, *, only_when_i_act: bool = False) -> User:
    transitions.choose_mails(person, frequency=frequency, only_when_i_act=only_when_i_act, by=actor)
    return User.objects.select_related("notification_choice").get(pk=person.pk)


def queue(person: User, importance: Importance, key: str = "1") -> None:
    transitions.queue_mail("put_on_waiting_list", key=key, to=person, context=CONTEXT, importance=importance)


def at(written: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("Europe/Copenhagen"))


# Choices


def test_who_chose_nothing_gets_everything_at_once(person: User) -> None:
    for number, importance in enumerate(Importance):
        queue(person, importance, str(number))
    assert OutgoingMail.objects.filter(to_user=person).count() == 3


@pytest.mark.parametrize(
    ("frequency", "only_when_i_act", "at_once", "gathered"),
    [
        (MailFrequency.AT_ONCE, False, ["MUST", "ACT", "TELL"], []),
        (MailFrequency.AT_ONCE, True, ["MUST", "ACT"], []),
        (MailFrequency.DAILY, False, ["MUST"], ["ACT", "TELL"]),
        (MailFrequency.DAILY, True, ["MUST"], ["ACT"]),
    ],
)
def test_what_must_reach_them_does_and_the_rest_is_theirs_to_choose(
    person: User, applicant: Actor, frequency: MailFrequency, *, only_when_i_act: bool, at_once: list[str], gathered: list[str]
) -> None:
    chosen = choose(person, applicant, frequency, only_when_i_act=only_when_i_act)
    for importance in Importance:
        queue(chosen, importance, importance.name)

    assert {mail.key.split(":")[1] for mail in OutgoingMail.objects.filter(to_user=person)} == set(at_once)
    assert {entry.key.split(":")[1] for entry in DigestEntry.objects.all()} == set(gathered)


def test_the_page_keeps_the_choice_and_leaves_one_event(client: Client, person: User) -> None:
    client.force_login(person)
    for _ in range(2):
        answer = client.post(MAILS, {"frequency": "DAILY", "only_when_i_act": "on"}, follow=True)
        assert "Dine valg er gemt." in answer.content.decode()

    choice = NotificationChoice.objects.get(user=person)
    assert (choice.frequency, choice.only_when_i_act) == ("DAILY", True)
    [event] = AccountEvent.objects.filter(event="account:mails_chosen")
    assert event.data == {"frequency": "DAILY", "only_when_i_act": True}


def test_a_choice_that_does_not_exist_is_told_beside_the_field(client: Client, person: User) -> None:
    client.force_login(person)
    answer = client.post(MAILS, {"frequency": "NEVER"})
    assert answer.status_code == 200
    assert answer.context["form"].errors["frequency"]
    assert not NotificationChoice.objects.exists()


def test_the_database_knows_the_choices(person: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationChoice.objects.create(user=person, frequency="NEVER")


# The daily mail


def test_the_daily_mail_leaves_once_at_seven(
    person: User, applicant: Actor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    chosen = choose(person, applicant, MailFrequency.DAILY)
    with time_machine.travel(at("2026-11-23 15:00"), tick=False):
        queue(chosen, Importance.ACT, "1")
        queue(chosen, Importance.ACT, "1")
        queue(chosen, Importance.TELL, "2")
    for moment in ("2026-11-23 23:00", "2026-11-24 06:59", "2026-11-24 07:01", "2026-11-24 08:01", "2026-11-25 07:01"):
        with time_machine.travel(at(moment), tick=False), django_capture_on_commit_callbacks(execute=True):
            clock.send_digests()
        assert len(mails_to(chosen)) == (moment >= "2026-11-24 07")

    [mail] = mails_to(chosen)
    assert mail.subject == "2 nyheder i dine sager"
    assert str(mail.body).count("Sag 204001: ") == 2
    assert html_of(mail).count("/cases/204001/") == 2
    assert not DigestEntry.objects.filter(mail=None).exists()


def test_late_is_one_mail_with_everything_and_the_next_has_only_what_is_new(person: User, applicant: Actor) -> None:
    chosen = choose(person, applicant, MailFrequency.DAILY)
    for number, day in enumerate(("2026-11-23", "2026-11-24", "2026-11-25")):
        with time_machine.travel(at(f"{day} 15:00"), tick=False):
            queue(chosen, Importance.ACT, str(number))
    with time_machine.travel(at("2026-11-25 12:00"), tick=False):
        clock.send_digests()
    with time_machine.travel(at("2026-11-26 12:00"), tick=False):
        clock.send_digests()

    subjects = list(OutgoingMail.objects.filter(event="daily_digest").order_by("queued_at").values_list("subject", flat=True))
    assert subjects == ["2 nyheder i dine sager", "1 nyhed i dine sager"]


def test_what_was_told_daily_is_not_told_again_at_once(person: User, applicant: Actor) -> None:
    queue(choose(person, applicant, MailFrequency.DAILY), Importance.ACT)
    queue(choose(person, applicant, MailFrequency.AT_ONCE), Importance.ACT)
    assert not OutgoingMail.objects.exists()


def test_the_lines_of_somebody_who_has_left_go_with_them(person: User, applicant: Actor) -> None:
    queue(choose(person, applicant, MailFrequency.DAILY), Importance.ACT)
    User.objects.filter(pk=person.pk).update(is_active=False)
    with time_machine.travel(at("2026-11-24 12:00"), tick=False):
        clock.send_digests()
    assert not OutgoingMail.objects.exists()
    assert not DigestEntry.objects.exists()


@pytest.mark.parametrize(("moment", "before"), [("2026-03-29 07:00", "2026-03-29"), ("2026-10-25 06:59", "2026-10-24")])
def test_seven_is_seven_in_denmark_when_clocks_change_too(moment: str, before: str) -> None:
    last = clock.leaves_last(at(moment))
    assert timezone.localtime(last).isoformat().startswith(f"{before}T07:00")


# The calendar's address


def test_the_address_is_shown_once_and_kept_as_a_hash(client: Client, person: User) -> None:
    client.force_login(person)
    answer = client.post(reverse("accounts:open_calendar"))
    token = answer.context["token"]

    assert f"/cases/calendar.ics?key={token}" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    feed = CalendarFeed.objects.get(user=person)
    assert feed.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 43
    again = client.get(MAILS).content.decode()
    assert token not in again
    assert "Luk adressen" in again
    assert token not in str(list(AccountEvent.objects.values_list("data", flat=True)))


def test_a_new_address_closes_the_old_one(person: User, applicant: Actor) -> None:
    old = transitions.open_calendar_feed(person, by=applicant, at=timezone.now())
    new = transitions.open_calendar_feed(person, by=applicant, at=timezone.now())
    assert not CalendarFeed.objects.of_token(old).exists()
    assert CalendarFeed.objects.of_token(new).exists()


def test_closing_twice_leaves_one_event(client: Client, person: User, applicant: Actor) -> None:
    token = transitions.open_calendar_feed(person, by=applicant, at=timezone.now())
    client.force_login(person)
    for _ in range(2):
        client.post(reverse("accounts:close_calendar"))
    assert not CalendarFeed.objects.of_token(token).exists()
    assert AccountEvent.objects.filter(event="account:calendar_closed").count() == 1


def test_nobody_closes_anothers(client: Client, person: User, applicant: Actor, outsider: Actor) -> None:
    token = transitions.open_calendar_feed(person, by=applicant, at=timezone.now())
    assert outsider.user is not None
    client.force_login(outsider.user)
    client.post(reverse("accounts:close_calendar"))
    client.post(reverse("accounts:open_calendar"))
    assert CalendarFeed.objects.of_token(token).exists()


def test_who_is_no_longer_active_has_no_calendar(person: User, applicant: Actor) -> None:
    token = transitions.open_calendar_feed(person, by=applicant, at=timezone.now())
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert not CalendarFeed.objects.of_token(token).exists()


def test_the_database_lets_one_address_hold(person: User) -> None:
    now = timezone.now()
    CalendarFeed.objects.create(user=person, token_hash="a" * 64, made_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(user=person, token_hash="b" * 64, made_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(user=person, token_hash="not a hash", made_at=now, revoked_at=now)
