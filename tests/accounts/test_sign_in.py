"""Signing in and out, and choosing whom to act for."""

from __future__ import annotations

import datetime
import threading

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import transitions
from accounts.actors import Actor
from accounts.models import AccountEvent, Organisation, User
from accounts.roles import Role
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "et langt kodeord"
WRONG = "E-mail eller adgangskode er forkert."
TOO_MANY = "Der er forsøgt for mange gange. Vent 15 minutter"


def sign_in(client: Client, email: str, password: str = PASSWORD, **data: str) -> str:
    """Try to sign in; the page that answers, or the address it leads to."""
    response = client.post(reverse("accounts:sign_in"), {"email": email, "password": password, **data})
    return response["Location"] if response.status_code == 302 else response.content.decode()


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def events(name: str) -> list[AccountEvent]:
    return list(AccountEvent.objects.filter(event=name))


def test_everything_but_the_public_pages_asks_for_a_sign_in_and_comes_back(client: Client) -> None:
    response = client.get(reverse("accounts:profile"))

    assert response["Location"] == f"{reverse('accounts:sign_in')}?next={reverse('accounts:profile')}"
    page = client.get(response["Location"]).content.decode()
    assert f'name="next" value="{reverse("accounts:profile")}"' in page


def test_a_person_signs_in_and_lands_where_they_wanted(client: Client, applicant: Actor) -> None:
    assert sign_in(client, "Ansoeger@Example.org", next="/profile/?a=1") == "/profile/?a=1"

    assert is_signed_in(client)
    [event] = events("account:signed_in")
    assert (event.user, event.subject) == (applicant.user, applicant.user)


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", "", "\\\\example.org"])
def test_a_next_that_leads_elsewhere_is_not_followed(client: Client, applicant: Actor, elsewhere: str) -> None:
    assert sign_in(client, "ansoeger@example.org", next=elsewhere) == reverse("start")


def test_whoever_is_signed_in_needs_not_sign_in_again(client: Client, applicant: Actor) -> None:
    assert applicant.user is not None
    client.force_login(applicant.user)

    assert client.get(reverse("accounts:sign_in"), {"next": "/profile/"})["Location"] == "/profile/"


def test_the_session_gets_a_new_key_at_sign_in(client: Client, applicant: Actor) -> None:
    session = client.session
    session["planted"] = "by somebody who waits"
    session.save()
    key = session.session_key

    sign_in(client, "ansoeger@example.org")

    assert client.session.session_key != key


@pytest.mark.parametrize(
    ("email", "password"),
    [("ansoeger@example.org", "gættet"), ("ukendt@example.org", PASSWORD), ("ansoeger@example.org", PASSWORD + " ")],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(
    client: Client, applicant: Actor, email: str, password: str
) -> None:
    page = sign_in(client, email, password)

    assert page.count(WRONG) == 1
    assert f'value="{email}"' in page
    assert password not in page
    assert not is_signed_in(client)


def test_an_inactive_person_gets_the_sentence_of_a_wrong_password(client: Client) -> None:
    UserFactory.create(email="fratraadt@example.org", is_active=False)

    assert WRONG in sign_in(client, "fratraadt@example.org")
    assert not is_signed_in(client)


def test_empty_fields_are_named(client: Client) -> None:
    page = sign_in(client, "", "")

    assert "Udfyld feltet: E-mail" in page
    assert "Udfyld feltet: Adgangskode" in page
    assert events(transitions.SIGN_IN_TRIED) == []


@pytest.mark.parametrize("email", ["ansoeger@example.org", "ukendt@example.org"])
def test_after_ten_tries_the_answer_is_no_for_a_quarter_whether_or_not_the_address_is_known(
    client: Client, applicant: Actor, email: str
) -> None:
    start = datetime.datetime(2026, 11, 22, 9, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False):
        for _ in range(transitions.SIGN_IN_TRIES):
            assert WRONG in sign_in(client, email, "forkert")
        assert TOO_MANY in sign_in(client, email.upper(), PASSWORD)

    with time_machine.travel(start + transitions.SIGN_IN_WINDOW, tick=False):
        page = sign_in(client, email)

    assert page == reverse("start") if email == "ansoeger@example.org" else WRONG in page


def test_the_tries_of_one_address_are_not_counted_for_another(client: Client, applicant: Actor, colleague: Actor) -> None:
    for _ in range(transitions.SIGN_IN_TRIES):
        sign_in(client, "ansoeger@example.org", "forkert")

    assert sign_in(client, "kollega@example.org") == reverse("start")


def test_a_sign_in_begins_the_count_anew(client: Client, applicant: Actor) -> None:
    for _ in range(transitions.SIGN_IN_TRIES - 1):
        sign_in(client, "ansoeger@example.org", "forkert")
    sign_in(client, "ansoeger@example.org")
    client.logout()

    assert WRONG in sign_in(client, "ansoeger@example.org", "forkert")


def test_events_of_tries_hold_no_address(client: Client) -> None:
    sign_in(client, "ukendt@example.org", "forkert")

    [event] = events(transitions.SIGN_IN_TRIED)
    assert "ukendt" not in str(event.data)
    assert (event.user, event.subject, event.role) == (None, None, Role.SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_tries_made_at_the_same_moment_count_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(transitions.sign_in, "authenticate", lambda **credentials: looked_at.append(credentials["password"]))
    ready = threading.Barrier(16)

    def guess(number: int) -> None:
        ready.wait()
        with pytest.raises(transitions.SignInRefused):
            transitions.authenticate_person("ansoeger@example.org", f"gæt {number}")
        connection.close()

    guesses = [threading.Thread(target=guess, args=(number,)) for number in range(16)]
    for thread in guesses:
        thread.start()
    for thread in guesses:
        thread.join()

    assert len(looked_at) <= transitions.SIGN_IN_TRIES
    assert len(events(transitions.SIGN_IN_TRIED)) >= transitions.SIGN_IN_TRIES


def test_the_language_of_the_person_is_chosen_at_sign_in(client: Client, applicant: Actor) -> None:
    User.objects.update(language="en")

    sign_in(client, "ansoeger@example.org")

    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en">' in client.get(reverse("accounts:profile")).content.decode()


def test_signing_out_ends_the_session_and_says_so(client: Client, applicant: Actor) -> None:
    sign_in(client, "ansoeger@example.org")

    response = client.post(reverse("accounts:sign_out"), follow=True)

    assert "Du er logget af" in response.content.decode()
    assert not is_signed_in(client)
    assert [event.user for event in events("account:signed_out")] == [applicant.user]


def test_a_link_cannot_sign_anybody_out(client: Client, applicant: Actor) -> None:
    sign_in(client, "ansoeger@example.org")

    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert is_signed_in(client)


def test_a_person_acts_for_another_of_their_organisations(
    client: Client, applicant: Actor, other_housing: Organisation, today: datetime.date
) -> None:
    assert applicant.user is not None
    MembershipFactory.create(user=applicant.user, organisation=other_housing, role=Role.APPLICANT)
    client.force_login(applicant.user)

    response = client.post(reverse("accounts:act_as"), {"organisation": other_housing.pk, "next": "/profile/"}, follow=True)

    assert response.redirect_chain == [("/profile/", 302)]
    assert response.wsgi_request.actor.organisation == other_housing  # type: ignore[attr-defined]  # PortalRequest
    assert "Du handler nu som Boligforeningen Udenfor." in response.content.decode()
    [event] = events("account:acted_for")
    assert (event.user, event.organisation, event.role) == (applicant.user, other_housing, Role.APPLICANT)


@pytest.mark.parametrize("chosen", ["other", "0", "", "x"])
def test_nobody_acts_for_an_organisation_of_others(
    client: Client, applicant: Actor, other_housing: Organisation, chosen: str
) -> None:
    assert applicant.user is not None
    client.force_login(applicant.user)

    response = client.post(reverse("accounts:act_as"), {"organisation": other_housing.pk if chosen == "other" else chosen})

    assert response.status_code == 403
    assert events("account:acted_for") == []


def test_nobody_acts_for_an_organisation_they_have_left(client: Client, applicant: Actor, other_housing: Organisation) -> None:
    assert applicant.user is not None
    MembershipFactory.create(user=applicant.user, organisation=other_housing, valid_to=datetime.date(2020, 1, 1))
    client.force_login(applicant.user)

    assert client.post(reverse("accounts:act_as"), {"organisation": other_housing.pk}).status_code == 403
