"""Accounts as people meet them, in Chromium: every page wide and narrow, without findings of axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from accounts.models import Organisation, OutgoingMail, User
from accounts.roles import Role
from tests.browser import inspect
from tests.factories.accounts import MembershipFactory
from tests.mail import mails_to, path_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OLD = "et langt kodeord"
NEW = "fire gode nye ord"


@pytest.fixture
def person(applicant: Actor, other_housing: Organisation) -> User:
    """Somebody with two organisations."""
    assert applicant.user is not None
    MembershipFactory.create(user=applicant.user, organisation=other_housing, role=Role.APPLICANT)
    return applicant.user


def sign_in(page: Page, live_server: LiveServer, to: str, password: str = OLD) -> None:
    page.goto(live_server.url + to)
    page.get_by_label("E-mail").fill("ansoeger@example.org")
    page.get_by_label("Adgangskode").fill(password)
    page.get_by_role("main").get_by_role("button", name="Log ind").click()


def test_a_person_signs_in_by_keyboard_after_a_mistake(page: Page, live_server: LiveServer, person: User) -> None:
    page.goto(live_server.url + reverse("accounts:profile"))
    inspect(page, "accounts sign in")
    sign_in(page, live_server, reverse("accounts:profile"), password="forkert")
    expect(page.get_by_text("E-mail eller adgangskode er forkert.")).to_be_visible()
    inspect(page, "accounts sign in with errors")

    page.get_by_label("Adgangskode").fill(OLD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Min profil")
    inspect(page, "accounts profile")


def test_a_person_changes_whom_to_act_for_and_signs_out(page: Page, live_server: LiveServer, person: User) -> None:
    sign_in(page, live_server, reverse("accounts:change_password"))
    page.get_by_role("link", name="Ansoeger").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Min profil")

    page.get_by_label("Du handler som").first.select_option("Boligforeningen Udenfor")
    page.get_by_role("button", name="Skift").first.click()
    expect(page.get_by_text("Du handler nu som Boligforeningen Udenfor.")).to_be_visible()

    page.get_by_role("button", name="Log af").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du er logget af")
    inspect(page, "accounts signed out")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_forgotten_password_is_replaced(
    new_page: Callable[..., Page], live_server: LiveServer, person: User, *, scripts: bool
) -> None:
    page = new_page(scripts=scripts)
    page.goto(live_server.url + reverse("accounts:sign_in"))
    page.get_by_role("link", name="Glemt adgangskode").click()
    page.get_by_label("E-mail").fill("ansoeger@example.org")
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Se efter i din indbakke")

    assert OutgoingMail.objects.get().sent_at is not None
    page.goto(live_server.url + path_in(mails_to(person)[0]))
    page.get_by_label("Ny adgangskode").fill("kort")
    page.get_by_role("button", name="Gem adgangskode").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vælg en ny adgangskode")
    if scripts:
        inspect(page, "accounts new password with errors")
    page.get_by_label("Ny adgangskode").fill(NEW)
    page.get_by_role("button", name="Gem adgangskode").click()
    expect(page.get_by_text("Din nye adgangskode er gemt.")).to_be_visible()

    sign_in(page, live_server, reverse("accounts:change_password"), password=NEW)
    expect(page.get_by_role("heading", level=1)).to_have_text("Skift adgangskode")


@pytest.mark.parametrize("name", ["accounts:forgotten_password", "accounts:reset_mail_sent"])
def test_the_public_pages_are_accessible(page: Page, live_server: LiveServer, name: str) -> None:
    page.goto(live_server.url + reverse(name))

    inspect(page, name)


def test_a_link_that_is_used_says_what_to_do(page: Page, live_server: LiveServer, person: User) -> None:
    page.goto(live_server.url + reverse("accounts:new_password", args=["x", "y"]))

    expect(page.get_by_role("link", name="Bed om et nyt link")).to_be_visible()
    inspect(page, "accounts link used")


def test_the_page_for_a_new_password_is_accessible(page: Page, live_server: LiveServer, person: User) -> None:
    sign_in(page, live_server, reverse("accounts:change_password"))

    inspect(page, "accounts change password")
