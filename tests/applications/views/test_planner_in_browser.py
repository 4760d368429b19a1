"""The planner as Chromium shows it: wide and at 390 px, filled, empty and with errors; a scenario made without scripts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from applications import transitions
from applications.models import Application, Scenario
from tests.applications.lines import REASON, give_priority, make_scenario, set_case, waiting
from tests.browser import inspect
from tests.factories import applications as cases
from tests.factories.applications import AT, MIO, CaseCast
from tests.ledger.acts import commit, reserve

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_the_day")]
LIKELY = "?probability_WAITING_LIST=60&months_WAITING_LIST=2"
Visit = Callable[[Page, str], Page]


@pytest.fixture
def visit(live_server: LiveServer, client: Client, case_cast: CaseCast) -> Visit:
    """Opens an address as the case officer."""
    assert case_cast.case_officer.user is not None
    client.force_login(case_cast.case_officer.user)
    session = client.cookies["sessionid"].value

    def open_page(page: Page, address: str) -> Page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return open_page


@pytest.fixture
def line(case_cast: CaseCast) -> list[Application]:
    """Cases of all sorts: with priority, reserved, recommended, too large; with long words."""
    cases.make_frame(case_cast, 2026, total=60 * MIO, rent=20 * MIO)
    cases.make_frame(case_cast, 2027, total=Decimal(0), rent=Decimal(0))
    commit(14 * MIO)
    listed = cases.make_area(case_cast, key="gellerup", name="Gellerupparken og Toveshøj ved Ringvejsstationsområdet")
    give_priority(listed)
    made = [*waiting(case_cast, 7, Decimal("11.25"), area=listed, days_ago=5), *waiting(case_cast, 9, 14, 3, 12, days_ago=40)]
    cases.make_recommended(case_cast, title="Helhedsplan for Bakkeparkens boligsociale fællesskabsudviklingsindsats")
    reserve(8 * MIO, case_reference=str(made[2].case_number), on=AT.date())
    return made


@pytest.fixture
def scenario(case_cast: CaseCast, line: list[Application]) -> Scenario:
    """With a moved case, an amount and instalments of its own; and a case that was withdrawn since."""
    officer = case_cast.case_officer
    made = make_scenario(officer, "To rater til den store")
    set_case(made, line[3], by=officer, social_amount=10 * MIO, year=2026, later_share=Decimal("0.4"), place=1, reason=REASON)
    set_case(made, line[4], by=case_cast.director, social_amount=2 * MIO, reason="Kun første etape")
    transitions.withdraw(line[5], by=case_cast.applicant, at=AT, reason="Vi venter et år.")
    reserve(7 * MIO, case_reference=str(line[4].case_number), on=AT.date())
    return made


def test_the_line_and_the_forecast(page: Page, visit: Visit, line: list[Application]) -> None:
    visit(page, "/planner/")
    inspect(page, "planner")
    visit(page, "/planner/?q=findes-ikke")
    inspect(page, "planner nothing found")
    visit(page, f"/planner/forecast/{LIKELY}")
    page.locator("summary").first.click()
    inspect(page, "planner forecast")


def test_empty_pages(page: Page, visit: Visit) -> None:
    for address in ("", "forecast/", "scenarios/", "scenarios/new/", "compare/"):
        visit(page, f"/planner/{address}")
        inspect(page, f"planner empty {address}")


def test_a_scenario_and_its_comparison(page: Page, visit: Visit, scenario: Scenario, line: list[Application]) -> None:
    for name, address in (
        ("scenario", scenario.get_absolute_url()),
        ("scenarios", "/planner/scenarios/"),
        ("settings", f"/planner/scenarios/{scenario.pk}/settings/"),
        ("case", f"/planner/scenarios/{scenario.pk}/cases/{line[3].case_number}/"),
        ("compare", f"/planner/compare/?scenario=0&scenario={scenario.pk}"),
    ):
        visit(page, address)
        inspect(page, f"planner {name}")


def test_what_is_wrong_stands_at_the_field(page: Page, visit: Visit, scenario: Scenario, line: list[Application]) -> None:
    visit(page, f"/planner/scenarios/{scenario.pk}/cases/{line[0].case_number}/")
    page.get_by_label("Plads i rækken").fill("1")
    page.get_by_label("Til huslejestøtte").fill("mange")
    page.get_by_role("button", name="Gem i scenariet").click()
    assert "Der er problemer" in page.inner_text("main")
    inspect(page, "planner case with errors")
    visit(page, "/planner/forecast/?probability_PLAN=200&months_PLAN=x")
    inspect(page, "planner forecast with errors")
    visit(page, "/planner/compare/?scenario=0")
    inspect(page, "planner compare with errors")


def test_a_scenario_is_made_and_changed_without_scripts(
    new_page: Callable[..., Page], visit: Visit, line: list[Application]
) -> None:
    page = visit(new_page(scripts=False), "/planner/")
    page.get_by_role("link", name="Nyt scenarie").click()
    page.get_by_label("Navn").fill("Uden scripts")
    page.get_by_role("button", name="Lav scenariet").click()
    page.get_by_role("link", name=f"Ret sag {line[3].case_number}").click()
    page.get_by_label("Plads i rækken").fill("2")
    page.get_by_role("textbox", name="Begrundelse").fill(REASON)
    page.get_by_role("button", name="Gem i scenariet").click()

    assert "Gemt i scenariet." in page.inner_text("main")
    assert page.locator(f"#case-{line[3].case_number} td").first.inner_text() == "2"
    assert "Flyttet" in page.inner_text(f"#case-{line[3].case_number}")
