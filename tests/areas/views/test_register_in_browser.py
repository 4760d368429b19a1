"""The register's pages and its upkeep in Chromium: accessible, within the window, usable without scripts."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import SYSTEM, Actor
from areas import transitions
from areas.models import AreaMembership, Department, HousingArea
from areas.transitions import load_reference
from tests.browser import inspect
from tests.factories.areas import (
    AreaMembershipFactory,
    ConnectedDepartmentFactory,
    DepartmentFactory,
    DevelopmentPlanFactory,
    ResidentCountFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Page]


@pytest.fixture
def visit(live_server: LiveServer, new_page: Callable[..., Page], client: Client, case_officer: Actor) -> Visit:
    """Opens an address as somebody of the fund, with the public registers loaded."""
    assert case_officer.user is not None
    client.force_login(case_officer.user)
    load_reference(by=SYSTEM)

    def open_page(address: str, *, scripts: bool = True) -> Page:
        page = new_page(scripts=scripts)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return open_page


@pytest.fixture
def department(visit: Visit, case_officer: Actor) -> Department:
    """A department with everything, and a history."""
    area = HousingArea.objects.select_related("municipality").get(key="bispehaven")
    placed = AreaMembershipFactory.create(
        area=area,
        department__name="Nordgården ved Ringvejens og Hasselvangens gamle villakvarter",
        department__addresses="Hasselvangen 1-45 og 2-60",
        department__postcode="8210",
        department__family_dwellings=120,
        department__youth_dwellings=30,
        department__is_demo=True,
    )
    ConnectedDepartmentFactory.create(department=placed.department, area=HousingArea.objects.get(key="gellerupparken-toveshoej"))
    for year in range(2019, 2026):
        ResidentCountFactory.create(department=placed.department, counted_on=datetime.date(year, 1, 1), residents=300 + year % 7)
    transitions.change_department(placed.department, number="47", dwellings=151, by=case_officer)
    DevelopmentPlanFactory.create(area=area)
    department: Department = placed.department
    return department


def test_lists_filled_empty_and_with_errors(visit: Visit, department: Department) -> None:
    for register in ("departments", "organisations", "municipalities"):
        inspect(visit(reverse(f"areas:{register}")), f"register {register}")
    inspect(visit(reverse("areas:departments") + "?q=findes+ikke"), "register departments empty")
    inspect(visit(reverse("areas:organisations") + "?q=" + "x" * 101), "register organisations error")


def test_pages_with_everything_and_with_nothing(visit: Visit, department: Department) -> None:
    inspect(visit(department.get_absolute_url()), "register department")
    inspect(visit(DepartmentFactory.create(residents=None).get_absolute_url()), "register department bare")
    inspect(visit(reverse("areas:organisation", args=[department.organisation_id])), "register organisation")
    inspect(visit(reverse("areas:municipality", args=["0751"])), "register municipality")


def test_forms_of_upkeep_fit_and_are_accessible_also_with_errors(visit: Visit, department: Department) -> None:
    placed = department.memberships.get()
    for name, argument in (
        ("record_residents", department.pk),
        ("connect_department", department.pk),
        ("change_organisation", department.organisation_id),
        ("change_development_plan", placed.area.development_plans.get().pk),
        ("merge", placed.area.key),
    ):
        inspect(visit(reverse(f"areas:{name}", args=[argument])), f"upkeep {name}")

    for name, arguments in (("register_department", []), ("split", [placed.area.key])):
        page = visit(reverse(f"areas:{name}", args=arguments))
        page.locator("main form button[type=submit]").first.click()
        expect(page.get_by_role("alert")).to_be_visible()
        inspect(page, f"upkeep {name} error")


def test_the_fund_corrects_a_department_and_the_colleague_who_saves_second_chooses(visit: Visit, department: Department) -> None:
    second = visit(department.get_absolute_url())
    second.get_by_role("link", name="Ret oplysninger").click()
    first = visit(reverse("areas:change_department", args=[department.pk]), scripts=False)
    first.get_by_label("Boliger i alt").fill("200")
    first.get_by_role("button", name="Gem").click()
    expect(first.get_by_text("Afdelingen er rettet.")).to_be_visible()

    second.get_by_label("Navn", exact=True).fill("Nordgården")
    second.get_by_role("button", name="Gem").click()

    expect(second.get_by_role("heading", name="Gemt af en anden i mellemtiden")).to_be_visible()
    expect(second.get_by_label("Navn", exact=True)).to_have_value("Nordgården")
    inspect(second, "upkeep outdated")
    second.get_by_role("button", name="Gem min udgave").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("47 Nordgården")


def test_the_fund_merges_two_areas_after_it_saw_what_that_does(visit: Visit, department: Department) -> None:
    page = visit(reverse("areas:merge", args=["bispehaven"]))
    page.get_by_label("Lægges sammen med").select_option(label="Skovgårdsparken, Aarhus")
    for part, text in (("Dag", "1"), ("Måned", "6"), ("År", "2026")):
        page.get_by_label(part, exact=True).fill(text)
    page.get_by_role("button", name="Se, hvad det fører til").click()

    expect(page.get_by_role("heading", name="Det sker, når du bekræfter")).to_be_visible()
    inspect(page, "upkeep merge confirm")
    page.get_by_role("button", name="Bekræft").click()

    expect(page.get_by_text("Områderne er lagt sammen.")).to_be_visible()
    lying = AreaMembership.objects.filter(department=department).order_by("valid_from").values_list("area__key", flat=True)
    assert list(lying) == ["bispehaven", "skovgaardsparken"]
