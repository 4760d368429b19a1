"""Nothing typed is lost when the session has expired, and nothing is sent without the person."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import kept
from accounts.actors import Actor

pytestmark = pytest.mark.django_db

PROFILE = "/profile/"


def typed_too_late(client: Client, actor: Actor) -> str:
    """The person signs in, opens a form, and sends it an hour later: the browser no longer has the session."""
    assert actor.user is not None
    client.post(reverse("accounts:sign_in"), {"email": actor.user.email, "password": "et langt kodeord"})
    del client.cookies[settings.SESSION_COOKIE_NAME]
    answer = client.post(PROFILE, {"name": "Et langt navn med æøå", "language": "da"})
    assert answer.status_code == 302
    return str(answer["Location"])


def sign_in(client: Client, actor: Actor, address: str) -> None:
    assert actor.user is not None
    answer = client.post(address, {"email": actor.user.email, "password": "et langt kodeord"})
    assert answer["Location"] == reverse("accounts:kept")


def test_what_was_typed_is_found_again_after_signing_in(client: Client, applicant: Actor) -> None:
    sign_in(client, applicant, typed_too_late(client, applicant))

    content = client.get(reverse("accounts:kept")).content.decode()

    assert 'name="name" value="Et langt navn med æøå"' in content
    assert f'action="{PROFILE}"' in content
    assert "<p>Et langt navn med æøå</p>" in content
    assert "<p>da</p>" not in content, "a choice has no name here that anybody would know"
    assert applicant.user is not None
    applicant.user.refresh_from_db()
    assert applicant.user.name != "Et langt navn med æøå", "nothing is sent on its own"


def test_it_can_be_thrown_away(client: Client, applicant: Actor) -> None:
    sign_in(client, applicant, typed_too_late(client, applicant))

    client.post(reverse("accounts:kept"))

    assert client.get(reverse("accounts:kept"))["Location"] == reverse("start")


def test_nobody_else_sees_it_and_it_is_gone_once_they_have_signed_in(
    client: Client, applicant: Actor, case_officer: Actor
) -> None:
    address = typed_too_late(client, applicant)

    sign_in(client, case_officer, address)

    assert client.get(reverse("accounts:kept"))["Location"] == reverse("start")
    assert "æøå" not in str(dict(client.session))
    assert client.post(reverse("accounts:sign_out")).status_code == 302
    sign_in(client, applicant, address)
    assert client.get(reverse("accounts:kept"))["Location"] == reverse("start")


def test_who_comes_to_a_session_in_another_way_does_not_see_it_either(
    client: Client, applicant: Actor, case_officer: Actor
) -> None:
    typed_too_late(client, applicant)
    assert case_officer.user is not None
    client.force_login(case_officer.user)  # keeps what is in the session, and forgets nothing

    assert "æøå" in str(dict(client.session))
    assert client.get(reverse("accounts:kept"))["Location"] == reverse("start")


@pytest.mark.parametrize("cookie", [None, "1", "1:forged"])
def test_what_nobody_can_be_shown_is_not_kept(client: Client, cookie: str | None) -> None:
    if cookie:
        client.cookies[kept.LAST_PERSON] = cookie

    answer = client.post(PROFILE, {"name": "Et langt navn med æøå", "language": "da"})

    assert answer["Location"] == f"{reverse('accounts:sign_in')}?next=/"
    assert "æøå" not in str(dict(client.session))


def test_passwords_are_not_kept(client: Client, applicant: Actor) -> None:
    typed_too_late(client, applicant)
    client.post(reverse("accounts:change_password"), {"present_password": "hemmeligt", "password": "hemmeligt", "note": "x"})

    assert client.session[kept.KEY]["fields"] == [["note", "x"]]


def test_who_has_nothing_kept_is_sent_home(client: Client, applicant: Actor) -> None:
    assert applicant.user is not None
    client.force_login(applicant.user)

    assert client.get(reverse("accounts:kept"))["Location"] == reverse("start")


@pytest.mark.parametrize(
    ("referer", "to"),
    [
        ("http://testserver/cases/200001/?tab=2", "%3Ftab%3D2"),
        ("http://testserver//elsewhere.example/", ""),
        ("http://elsewhere.example/cases/", ""),
        ("", ""),
    ],
)
def test_a_button_pressed_too_late_leads_back_to_its_page_and_does_nothing(client: Client, referer: str, to: str) -> None:
    answer = client.post("/cases/200001/start-assessment/", headers={"referer": referer} if referer else {})

    wanted = f"/cases/200001/{to}" if to else "/"
    assert answer["Location"] == f"{reverse('accounts:sign_in')}?next={wanted}"
