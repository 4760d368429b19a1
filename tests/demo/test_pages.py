"""Playing all parts: sign-in by a button, and the mails that were sent."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import transitions
from accounts.models import AccountEvent, User
from lbf_portal.demo import mails
from lbf_portal.demo.mails import SentMail
from lbf_portal.demo.people import PEOPLE, ensure_people
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def people(today: datetime.date) -> dict[str, User]:
    return ensure_people(today)


def sent_mails() -> list[SentMail]:
    return [mails.read(file) for file in mails.mail_files()]


def send(user: User, key: str, callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    with callbacks(execute=True):
        transitions.queue_mail("password_set", key=key, to=user, context={"path": "/profile/"})


@pytest.mark.parametrize("page", ["demo:sign_in", "accounts:sign_in"])
def test_both_sign_in_pages_have_a_button_per_person(client: Client, page: str) -> None:
    content = client.get(reverse(page)).content.decode()

    for person in PEOPLE:
        assert f'name="email" value="{person.email}"' in content


def test_a_button_signs_in_and_another_changes_the_part(client: Client, people: dict[str, User]) -> None:
    response = client.post(reverse("demo:sign_in"), {"email": "ansoeger@lbf.example"})
    assert response["Location"] == reverse("start")
    response = client.post(reverse("demo:sign_in"), {"email": "kommune@lbf.example", "next": "/profile/"}, follow=True)

    assert response.redirect_chain == [("/profile/", 302)]
    assert response.wsgi_request.user == people["kommune@lbf.example"]
    signed_in = AccountEvent.objects.filter(event="account:signed_in").order_by("pk")
    assert [event.user for event in signed_in] == [people["ansoeger@lbf.example"], people["kommune@lbf.example"]]


def test_only_the_demos_people_sign_in_without_a_password(client: Client) -> None:
    other = UserFactory.create()

    assert client.post(reverse("demo:sign_in"), {"email": other.email}).status_code == 403
    assert client.post(reverse("demo:sign_in")).status_code == 403


def test_signing_in_asks_for_the_pages_own_token(people: dict[str, User]) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(reverse("demo:sign_in"), {"email": "ansoeger@lbf.example"}).status_code == 403


def test_a_sent_mail_is_read_with_links_that_work_here(
    client: Client, people: dict[str, User], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    send(people["kommune@lbf.example"], "a", django_capture_on_commit_callbacks)

    listed = client.get(reverse("demo:mails")).content.decode()
    [mail] = sent_mails()
    assert reverse("demo:mail", args=[mail.key]) in listed
    assert "kommune@lbf.example" in listed

    page = client.get(reverse("demo:mail", args=[mail.key])).content.decode()
    assert "DEMO: personer, sager og beløb er opdigtede." in page
    assert 'href="http://testserver/profile/"' in page


def test_the_html_of_a_mail_is_shown_where_it_can_do_nothing(
    client: Client, people: dict[str, User], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    send(people["kommune@lbf.example"], "a", django_capture_on_commit_callbacks)
    [mail] = sent_mails()

    response = client.get(reverse("demo:mail_html", args=[mail.key]))

    assert 'href="http://testserver/profile/"' in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src 'self'" not in policy


def test_mails_stand_newest_first_and_by_recipient(
    client: Client, people: dict[str, User], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for email in ("kommune@lbf.example", "ansoeger@lbf.example", "kommune@lbf.example"):
        send(people[email], f"{len(sent_mails())}", django_capture_on_commit_callbacks)

    assert [mail.to.partition("@")[0] for mail in sent_mails()] == ["kommune", "ansoeger", "kommune"]
    response = client.get(reverse("demo:mails"), {"to": "kommune@lbf.example"})
    assert [mail.to for mail in response.context["mails"]] == ["kommune@lbf.example"] * 2


def test_without_mails_the_page_says_what_would_stand_there(client: Client) -> None:
    assert "Her står de mails, som portalen sender" in client.get(reverse("demo:mails")).content.decode()


@pytest.mark.parametrize("page", ["0", "2", "x"])
def test_a_page_that_is_not_there_is_not_found(client: Client, page: str) -> None:
    assert client.get(reverse("demo:mails"), {"page": page}).status_code == 404


def test_a_mail_that_is_not_there_is_not_found_and_no_other_file_is_read(client: Client) -> None:
    mails.mail_folder().mkdir()
    (mails.mail_folder().parent / "secret.eml").write_text("Subject: secret\n\nsecret")

    for key in ("unknown", "../secret", "..%2Fsecret"):
        assert client.get(f"/demo/mails/{key}/").status_code == 404


def test_half_a_mail_is_not_shown(demo: Settings) -> None:
    mails.mail_folder().mkdir()
    (mails.mail_folder() / "20261122-090000-000000-x.part").write_bytes(b"Subject: hal")

    assert sent_mails() == []


def test_letters_outside_ascii_come_back_whole(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    send(UserFactory.create(name="Åse Øst"), "a", django_capture_on_commit_callbacks)

    [mail] = sent_mails()
    assert mail.subject == "Din adgangskode er skiftet"
    assert "Kære Åse Øst" in mail.text
    assert "Kære Åse Øst" in mail.html
