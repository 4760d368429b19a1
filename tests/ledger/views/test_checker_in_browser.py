"""The checker's pages as Chromium shows them: before the first check, when all adds up, and with findings."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from lbf_portal.lib.sql import APP_ROLE
from ledger.kinds import Money
from ledger.models import FrameFinding
from tests.browser import inspect
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, commit, regulate

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Page]


@pytest.fixture
def visit(live_server: LiveServer, new_page: Callable[..., Page], client: Client, finance_officer: Actor) -> Visit:
    """Opens an address as the finance officer."""
    assert finance_officer.user is not None
    client.force_login(finance_officer.user)

    def open_page(address: str, *, scripts: bool = True) -> Page:
        page = new_page(scripts=scripts)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return open_page


@pytest.fixture
def years(db: None, finance_officer: Actor) -> None:
    for year in (2024, 2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)
    FrameYearFactory.create(extra=True)
    carry_over(5 * MILLION)
    regulate(395 * MILLION, 250 * MILLION)


def corrupt() -> None:
    """As the database's owner: a year's row, and commitments to cases that are none, one with a very long number."""
    for number in range(60):
        commit(MILLION, case_reference=f"{999100 + number}")
    commit(7 * MILLION, case_reference="W" * 20, money=Money.RENT)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "UPDATE ledger_frameyear SET committed = committed + 1, regulated_total = NULL, regulated_rent = NULL,"
            " regulated_document = '' WHERE year = 2026"
        )
        cursor.execute(f"SET ROLE {APP_ROLE}")


def test_before_the_first_check(visit: Visit) -> None:
    inspect(visit(reverse("ledger:check")), "check empty")
    inspect(visit(reverse("ledger:checks")), "check history empty")


def test_finance_checks_by_keyboard_and_without_scripts_and_all_adds_up(visit: Visit, years: None) -> None:
    page = visit(reverse("ledger:check"), scripts=False)

    page.get_by_role("button", name="Kontrollér nu").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#messages")).to_contain_text("Rammen er kontrolleret. 2 posteringer er talt efter.")
    with_scripts = visit(reverse("ledger:check"))
    inspect(with_scripts, "check ok")
    expect(with_scripts.get_by_text("Stemmer", exact=True)).to_have_count(5)


def test_findings_are_read_noted_on_and_found_in_the_history(visit: Visit, years: None) -> None:
    corrupt()
    page = visit(reverse("ledger:check"))
    page.get_by_role("button", name="Kontrollér nu").click()
    expect(page.get_by_text("64 steder stemmer ikke.")).to_be_visible()
    inspect(page, "check findings")
    inspect(visit(reverse("ledger:check") + "?which=gone&year=x"), "check findings none with an error")
    inspect(visit("/"), "check front page")

    finding = FrameFinding.objects.get(case_reference="W" * 20)
    page = visit(finding.get_absolute_url())
    inspect(page, "check finding")
    page.get_by_role("button", name="Gem bemærkningen").click()
    inspect(page, "check finding note missing")
    page.get_by_role("textbox", name="Bemærkning").fill("Tilsagnet er givet, før portalen blev taget i brug. " * 6 + "x" * 120)
    page.get_by_role("button", name="Gem bemærkningen").click()
    expect(page.locator("#messages")).to_contain_text("Bemærkningen er gemt.")
    inspect(page, "check finding noted")

    inspect(visit(reverse("ledger:checks")), "check history")


def test_an_entry_is_one_click_away(visit: Visit, years: None) -> None:
    entry = commit(MILLION, case_reference="999999")
    page = visit(reverse("ledger:check"))
    page.get_by_role("button", name="Kontrollér nu").click()

    page.get_by_role("link", name=str(entry.pk), exact=True).click()

    expect(page).to_have_url(re.compile(f"/frames/entries/{entry.pk}/$"))
