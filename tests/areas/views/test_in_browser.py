"""The pages in Chromium: accessible, within the window, usable without scripts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import SYSTEM, Actor
from areas.models import HousingArea
from areas.transitions import load_reference
from tests.browser import Watch, assert_accessible, inspect
from tests.factories.areas import (
    AreaChangeFactory,
    AreaMembershipFactory,
    ConnectedDepartmentFactory,
    DevelopmentPlanFactory,
    KeyFiguresFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Page]


@pytest.fixture
def visit(live_server: LiveServer, new_page: Callable[..., Page], client: Client, applicant: Actor) -> Visit:
    """Opens an address as the applicant, with the public registers loaded."""
    assert applicant.user is not None
    client.force_login(applicant.user)
    load_reference(by=SYSTEM)

    def open_page(address: str, *, scripts: bool = True) -> Page:
        page = new_page(scripts=scripts)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return open_page


def test_the_list_filled_empty_and_with_errors(visit: Visit) -> None:
    for name, query in (
        ("list", ""),
        ("list empty", "?q=findes+ikke"),
        ("list error", "?year=1999"),
        ("list 2017", "?year=2017"),
    ):
        inspect(visit(reverse("areas:list") + query), f"areas {name}")


def test_an_area_with_everything_and_one_with_nothing(visit: Visit) -> None:
    area = HousingArea.objects.get(key="vollsmose")
    AreaMembershipFactory.create(area=area, department__is_demo=True)
    DevelopmentPlanFactory.create(area=area)

    inspect(visit(area.get_absolute_url()), "areas detail")
    inspect(visit(HousingArea.objects.get(key="askeroed").get_absolute_url()), "areas detail unknown")


def test_a_merged_area_with_departments_connected_and_figures_that_disagree(visit: Visit) -> None:
    area = HousingArea.objects.get(key="vollsmose")
    KeyFiguresFactory.create(area=area, list_year=2023, non_western_pct=Decimal("12.5"), residents=None)
    ConnectedDepartmentFactory.create(area=area, reason="Børnene går i områdets skole, og afdelingen deler beboerhus med det.")
    AreaChangeFactory.create(area=area, renamed=True, former_name="Vollsmose og omegn")

    page = visit(area.get_absolute_url())

    inspect(page, "areas detail figures")
    page.get_by_text("Vis tallene i en tabel").first.click()
    assert_accessible(page)


def test_changes_filled_empty_and_with_errors(visit: Visit) -> None:
    for name, query in (
        ("changes", ""),
        ("changes before 2018", "?from=2017&to=2019"),
        ("changes empty", "?from=2021&to=2023&municipality=0400"),
        ("changes error", "?from=2023&to=2021"),
    ):
        inspect(visit(reverse("areas:changes") + query), f"areas {name}")


def test_the_map_filled_and_with_errors(visit: Visit) -> None:
    for name, query in (("map", "?year=2021"), ("map residents", "?measure=residents&year=2019"), ("map error", "?year=1999")):
        inspect(visit(reverse("areas:map") + query), f"areas {name}")


def test_somebody_goes_from_the_map_to_a_municipality_by_keyboard_and_without_scripts(visit: Visit) -> None:
    page = visit(reverse("areas:map") + "?year=2021", scripts=False)

    link = page.get_by_role("group", name="Boligområder på listen fra 2021 efter kommune").get_by_role("link", name="Odense:")
    link.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Boligområder")
    expect(page.get_by_label("Kommune", exact=True)).to_have_value("0461")
    expect(page.get_by_label("Liste", exact=True)).to_have_value("2021")
    expect(page.get_by_role("rowheader", name="Vollsmose")).to_be_visible()


def test_somebody_who_does_not_want_the_map_skips_it(visit: Visit) -> None:
    page = visit(reverse("areas:map"))

    skip = page.get_by_role("link", name="Spring kortet over og gå til tabellen")
    skip.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.locator("#municipalities thead a").first).to_be_focused()


def test_somebody_filters_opens_an_area_and_goes_back_without_scripts(visit: Visit) -> None:
    page = visit(reverse("areas:list"), scripts=False)

    page.get_by_label("Liste", exact=True).select_option("2019")
    page.get_by_label("Status på listen").select_option(label="Omdannelsesområde")
    page.get_by_label("Søg efter område eller kommune").fill("århus")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("thead").get_by_role("link", name="Boligområde").click()
    expect(page.locator("tbody tr th").first).to_have_text("Bispehaven")
    page.get_by_role("link", name="Bispehaven").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bispehaven")
    page.get_by_role("navigation", name="Brødkrumme").get_by_role("link", name="Boligområder").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Boligområder")


def test_a_page_that_does_not_exist_is_told(visit: Visit, watch: Watch) -> None:
    watch.expects(404)

    page = visit(reverse("areas:list") + "?page=99")

    expect(page.get_by_role("heading", level=1)).not_to_have_text("Boligområder")
