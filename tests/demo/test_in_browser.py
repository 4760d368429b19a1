"""One visitor plays two parts, in Chromium."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts import transitions
from lbf_portal.demo.people import ensure_people
from tests.browser import inspect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_visitor_plays_two_parts_and_follows_a_mail(
    page: Page, demo: Settings, live_server: LiveServer, today: datetime.date
) -> None:
    people = ensure_people(today)
    page.goto(live_server.url + reverse("accounts:sign_in"))
    inspect(page, "demo ordinary sign in")
    page.goto(live_server.url + reverse("demo:mails"))
    inspect(page, "demo mails empty")
    transitions.queue_mail("password_set", key="a", to=people["kommune@lbf.example"], context={"path": "/profile/"})

    page.get_by_role("link", name="Skift rolle").click()
    inspect(page, "demo sign in")
    page.get_by_role("button", name="Ansøger", exact=True).click()
    page.goto(live_server.url + reverse("demo:sign_in") + "?next=" + reverse("demo:mails"))
    page.get_by_role("button", name="Kommune", exact=True).click()
    inspect(page, "demo mails")

    page.get_by_role("link", name="Din adgangskode er skiftet").click()
    inspect(page, "demo mail")
    address = page.url
    page.get_by_role("link", name="Vis mailen, som et mailprogram viser den").click()
    expect(page.get_by_text("DEMO: personer, sager og beløb er opdigtede.")).to_be_visible()
    page.goto(address)
    page.get_by_role("link", name="/profile/").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Min profil")
