"""The pages as Chromium shows them: wide and at 390 px, filled, empty and with a filter that finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from ledger.kinds import Money
from tests.browser import inspect
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate, release

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(live_server: LiveServer, page: Page, client: Client, finance_officer: Actor) -> Callable[[str], Page]:
    """Opens an address as the finance officer."""
    assert finance_officer.user is not None
    client.force_login(finance_officer.user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    def open_page(address: str) -> Page:
        page.goto(live_server.url + address)
        return page

    return open_page


@pytest.fixture
def ledger(finance_officer: Actor, director: Actor) -> None:
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)
    commit(300 * MILLION, year=2025, by=director)
    carry_over(80 * MILLION, from_year=2025, by=finance_officer)
    close(2025, by=finance_officer)
    for number in range(60):
        commit(2 * MILLION, case_reference=f"{100100 + number}", by=director, reason="Beboernes tryghed og børnenes skolegang")
    commit(200 * MILLION, money=Money.RENT, case_reference="100200", by=director)
    commit(35 * MILLION, case_reference="100201", by=director)
    release(MILLION, case_reference="100201")


def test_the_frames_read_well_everywhere(visit: Callable[[str], Page], ledger: None) -> None:
    inspect(visit(reverse("ledger:frames")), "ledger frames")


def test_no_frames_read_well_everywhere(visit: Callable[[str], Page], db: None) -> None:
    inspect(visit(reverse("ledger:frames")), "ledger frames empty")


def test_a_year_reads_well_everywhere(visit: Callable[[str], Page], ledger: None, finance_officer: Actor) -> None:
    inspect(visit(reverse("ledger:frame_year", args=[2026])), "ledger year")

    regulate(395 * MILLION, 250 * MILLION, by=finance_officer)
    inspect(visit(reverse("ledger:frame_year", args=[2026]) + "?q=9&since_day=31&since_month=2"), "ledger year nothing found")


def test_entries_are_sorted_and_paged_without_losing_the_filter(visit: Callable[[str], Page], ledger: None) -> None:
    page = visit(reverse("ledger:frame_year", args=[2026]) + "?money=SOCIAL")

    page.get_by_role("link", name="Beløb").click()
    page.get_by_role("link", name="Næste").click()

    assert page.locator("tbody tr").count() == 12
    assert page.locator("tbody tr").last.inner_text().count("35.000.000 kr.") == 1
    assert page.get_by_label("Formål").input_value() == "SOCIAL"
