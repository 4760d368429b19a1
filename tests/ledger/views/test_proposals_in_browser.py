"""Four eyes in Chromium: finance proposes, the director approves, the year shows it; wide, at 390 px, without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from ledger import proposals, proposed
from ledger.models import Proposal
from tests.browser import inspect
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, release
from tests.ledger.views.test_proposals import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

As = Callable[..., Page]


@pytest.fixture
def as_(live_server: LiveServer, new_page: Callable[..., Page]) -> As:
    """Opens an address as somebody."""

    def open_page(actor: Actor, address: str, *, scripts: bool = True) -> Page:
        assert actor.user is not None
        client = Client()
        client.force_login(actor.user)
        page = new_page(scripts=scripts)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return open_page


@pytest.fixture(autouse=True)
def years(finance_officer: Actor, director: Actor) -> None:
    """2024 closed; 2025 over, with carried money left; 2026 in use; 2027 for carry-over."""
    for year in (2024, 2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)
    commit(100 * MILLION, year=2024, case_reference="100024")
    carry_over(180 * MILLION, from_year=2024, by=finance_officer, seconded_by=director)
    close(2024, by=finance_officer, seconded_by=director)
    commit(300 * MILLION, year=2025, case_reference="100025")
    release(200 * MILLION, year=2025, case_reference="100025")
    commit(100 * MILLION, case_reference="100026")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_regulation_goes_from_finance_over_the_director_to_the_year(
    *, as_: As, finance_officer: Actor, director: Actor, scripts: bool
) -> None:
    page = as_(finance_officer, reverse("ledger:frame_year", args=[2026]), scripts=scripts)
    page.get_by_role("link", name="Regulér rammen").click()
    page.get_by_label("Reguleret beløb").fill("401.250.000,50")
    page.get_by_label("Heraf højst til husleje").fill("x")
    page.get_by_label("Dokument").fill("Brev fra ministeriet af 2. januar 2026")
    page.get_by_label("Begrundelse").fill("Beløbene er meldt ud.")
    page.get_by_role("button", name="Se, hvad det vil gøre").click()
    expect(page.get_by_role("link", name="Skriv beløbet i kroner")).to_be_visible()
    if scripts:
        inspect(page, "proposal regulation with an error")

    page.get_by_label("Heraf højst til husleje").fill("250000000")
    page.get_by_role("button", name="Se, hvad det vil gøre").click()
    expect(page.get_by_role("heading", name="Hvad det vil gøre")).to_be_visible()
    if scripts:
        inspect(page, "proposal regulation previewed")
    page.get_by_role("button", name="Send til godkendelse").click()
    expect(page.get_by_text("En anden skal tage stilling til den.")).to_be_visible()
    if scripts:
        inspect(page, "proposal of ones own")

    page = as_(director, "/", scripts=scripts)
    page.get_by_role("link", name="Regulér rammen for 2026 til").click()
    if scripts:
        inspect(page, "proposal to be decided")
    page.get_by_role("button", name="Afvis").click()
    expect(page.get_by_role("link", name="Skriv en begrundelse.")).to_be_visible()
    if scripts:
        inspect(page, "proposal rejected without a reason")
    page.get_by_role("button", name="Godkend og bogfør").click()
    expect(page.get_by_text("Forslaget er godkendt, og posteringen er bogført.")).to_be_visible()
    page.get_by_role("link", name="2026", exact=True).click()
    expect(page.get_by_text("401.250.000,50 kr.").first).to_be_visible()
    expect(page.get_by_text("Brev fra ministeriet af 2. januar 2026").first).to_be_visible()


def test_the_lists_and_forms_read_well_everywhere(as_: As, finance_officer: Actor, director: Actor, case_officer: Actor) -> None:
    page = as_(finance_officer, reverse("ledger:proposals"))
    inspect(page, "proposals none")
    inspect(as_(finance_officer, reverse("ledger:choose_proposal")), "proposals choose")
    for kind in ("close", "carry-over", "release", "release-by-carry-over", "open", "set-release-rule"):
        inspect(as_(finance_officer, reverse("ledger:propose", args=[kind]) + "?year=2025"), f"proposal {kind}")
    for amount in range(1, 61):
        proposals.propose(proposed.CarryOver(2026, amount * MILLION), by=finance_officer, at=NOON, reason="Ikke brugt")
    proposals.reject(Proposal.objects.earliest("pk"), by=director, at=NOON, note="Vent")
    refused = proposals.propose(proposed.CarryOver(2026, 300 * MILLION), by=finance_officer, at=NOON, reason="Ikke brugt")
    inspect(as_(director, reverse("ledger:proposals")), "proposals many")
    inspect(as_(director, "/"), "proposals on the front page")
    inspect(as_(director, refused.get_absolute_url()), "proposal that cannot be posted")
    inspect(as_(case_officer, reverse("ledger:proposals") + "?year=2019"), "proposals none found")


def test_the_years_end_is_led_through(as_: As, finance_officer: Actor) -> None:
    page = as_(finance_officer, reverse("ledger:frame_year", args=[2025]))
    page.get_by_role("link", name="Luk året").click()
    expect(page.get_by_text("Der er 460.000.000 kr. tilbage.")).to_be_visible()
    page.get_by_label("Begrundelse").fill("Året er gjort op.")
    page.get_by_role("button", name="Se, hvad det vil gøre").click()
    expect(page.get_by_text("Overført fra året før, 380.000.000 kr.")).to_be_visible()
    inspect(page, "proposal closing previewed")


def test_an_entry_is_reversed_from_its_own_page(as_: As, case_officer: Actor) -> None:
    page = as_(case_officer, reverse("ledger:frame_year", args=[2026]))
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Tilbagefør en postering").click()
    page.get_by_label("Begrundelse").fill("Bogført på den forkerte sag.")
    page.get_by_role("button", name="Se, hvad det vil gøre").click()
    inspect(page, "proposal reversal previewed")
    page.get_by_role("button", name="Send til godkendelse").click()
    expect(page.get_by_text("Forslaget er sendt til godkendelse.")).to_be_visible()
