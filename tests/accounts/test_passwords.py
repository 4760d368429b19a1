"""New passwords: by mail, and on the profile."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import transitions
from accounts.actors import SYSTEM, Actor
from accounts.models import AccountEvent, OutgoingMail, User
from tests.factories.accounts import UserFactory
from tests.mail import mails_to, path_in

pytestmark = pytest.mark.django_db

OLD = "et langt kodeord"
NEW = "fire gode nye ord"


def ask_for_link(client: Client, email: str) -> str:
    response = client.post(reverse("accounts:forgotten_password"), {"email": email}, follow=True)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def link_for(client: Client, user: User, callbacks: DjangoCaptureOnCommitCallbacks) -> str:
    with callbacks(execute=True):
        ask_for_link(client, user.email)
    return path_in(mails_to(user)[-1])


def can_sign_in(user: User, password: str) -> bool:
    return Client().login(username=user.email, password=password)


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = UserFactory.create()
    link = link_for(client, user, django_capture_on_commit_callbacks)

    form = client.get(link, follow=True)
    assert link not in form.request["PATH_INFO"], "the token must not stand in the address of the page with the form"
    answer = client.post(form.request["PATH_INFO"], {"password": NEW}, follow=True)

    assert "Din nye adgangskode er gemt." in answer.content.decode()
    assert can_sign_in(user, NEW)
    assert not can_sign_in(user, OLD)
    assert "Linket virker ikke længere" in Client().get(link).content.decode()
    assert AccountEvent.objects.filter(event=transitions.PASSWORD_SET, subject=user).count() == 1


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = UserFactory.create()
    UserFactory.create(email="fratraadt@example.org", is_active=False)

    with django_capture_on_commit_callbacks(execute=True):
        answers = {ask_for_link(client, email) for email in (user.email, "ukendt@example.org", "fratraadt@example.org")}

    assert len(answers) == 1
    assert [mail.to_user for mail in OutgoingMail.objects.all()] == [user]


def test_nobody_fills_anothers_inbox(client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    user = UserFactory.create()

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(transitions.RESET_MAILS + 2):
            ask_for_link(client, user.email)

    assert len(mails_to(user)) == transitions.RESET_MAILS


def test_a_link_that_was_changed_opens_nothing(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    link = link_for(client, UserFactory.create(), django_capture_on_commit_callbacks)
    other = UserFactory.create()
    user_key, token = link.strip("/").split("/")[-2:]

    for forged in (
        reverse("accounts:new_password", args=[user_key, token[:-1] + "x"]),
        reverse("accounts:new_password", args=["x" * 40, token]),
        reverse("accounts:new_password", args=["æ", token]),
        reverse("accounts:new_password", args=[user_key, "set"]),
    ):
        assert "Linket virker ikke længere" in client.get(forged, follow=True).content.decode()
        assert "Linket virker ikke længere" in client.post(forged, {"password": NEW}).content.decode()
    assert can_sign_in(other, OLD)


def test_a_link_grows_old(client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    start = datetime.datetime(2026, 11, 22, 9, 0, tzinfo=datetime.UTC)
    user = UserFactory.create()
    with time_machine.travel(start, tick=False):
        link = link_for(client, user, django_capture_on_commit_callbacks)

    with time_machine.travel(start + datetime.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 1), tick=False):
        assert "Linket virker ikke længere" in client.get(link, follow=True).content.decode()


def test_a_link_that_opens_an_account_is_not_kept_once_it_is_sent(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = UserFactory.create()
    link = link_for(client, user, django_capture_on_commit_callbacks)

    assert link.startswith("/password/new/")
    [row] = OutgoingMail.objects.all()
    assert row.sent_at is not None
    assert (row.body, row.body_html) == ("", "")


def test_a_new_person_gets_a_mail_and_chooses_a_password(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        user = transitions.register_user("Ny@Example.org", "Ny Bruger", by=SYSTEM)

    form = client.get(path_in(mails_to(user)[0]), follow=True)
    client.post(form.request["PATH_INFO"], {"password": NEW})

    assert can_sign_in(user, NEW)


def test_the_right_password_works_again_after_a_reset_whatever_somebody_else_tried(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = UserFactory.create()
    for _ in range(transitions.SIGN_IN_TRIES):
        with pytest.raises(transitions.SignInRefused):
            transitions.authenticate_person(user.email, "forkert")
    form = client.get(link_for(client, user, django_capture_on_commit_callbacks), follow=True)
    client.post(form.request["PATH_INFO"], {"password": NEW})

    assert transitions.authenticate_person(user.email, NEW) == user


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"present_password": "forkert", "password": NEW}, "Den nuværende adgangskode er forkert."),
        ({"present_password": OLD, "password": "kort"}, "12 tegn"),
        ({"present_password": OLD, "password": "ansoeger@example.org"}, "e-mail"),
        ({"present_password": OLD, "password": ""}, "Udfyld feltet: Ny adgangskode"),
        ({"password": NEW}, "Udfyld feltet: Nuværende adgangskode"),
    ],
)
def test_a_password_that_is_not_good_enough_is_refused_with_a_sentence(
    client: Client, applicant: Actor, data: dict[str, str], sentence: str
) -> None:
    assert applicant.user is not None
    client.force_login(applicant.user)

    page = client.post(reverse("accounts:change_password"), data).content.decode()

    assert sentence in page
    assert can_sign_in(applicant.user, OLD)


def test_a_changed_password_is_told_by_mail_and_ends_other_sessions(
    client: Client, applicant: Actor, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert applicant.user is not None
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(applicant.user)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("accounts:change_password"), {"present_password": OLD, "password": NEW})

    assert client.get(reverse("accounts:profile")).status_code == 200
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302
    [mail] = mails_to(applicant)
    assert mail.subject == "Din adgangskode er skiftet"
    assert NEW not in str(mail.message())
