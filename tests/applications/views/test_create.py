"""Beginning an application: which areas are offered, and what is made."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from applications.models import Application
from applications.states import State
from areas.models import AreaList, AreaListing, HousingArea
from tests.applications.conftest import SignIn
from tests.applications.views.filling import filled_in
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

NEW = reverse("applications:new")


def put_on_list(area: HousingArea, **flags: bool) -> None:
    """The area stands on the list of 2023."""
    area_list, _ = AreaList.objects.get_or_create(year=2023, published_on=datetime.date(2023, 12, 1))
    AreaListing.objects.create(area_list=area_list, area=area, evidence="named", sources="kilde", **flags)


def groups(response: Any) -> list[tuple[str, list[str]]]:
    """The groups of the area choice, each with its options' texts."""
    found = re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', response.content.decode(), re.DOTALL)
    return [(label, re.findall(r"<option[^>]*>([^<]*)</option>", options)) for label, options in found]


def test_areas_on_the_latest_list_stand_first_with_their_status(sign_in: SignIn, case_cast: CaseCast) -> None:
    cases.make_area(case_cast, key="aaparken", name="Åparken")
    listed = cases.make_area(case_cast, key="oestbyen", name="Østbyen")
    put_on_list(listed, is_exposed=True, is_parallel_society=True)

    offered = groups(sign_in(case_cast.applicant).get(NEW))

    assert offered == [
        ("Aarhus: på listen af 1. december 2023", ["Østbyen (parallelsamfund, udsat boligområde)"]),
        ("Aarhus: andre områder", ["Åparken"]),
    ]


def test_an_applicant_begins_a_draft_for_an_area_that_is_on_no_list(sign_in: SignIn, case_cast: CaseCast) -> None:
    area = cases.make_area(case_cast)

    answer = sign_in(case_cast.applicant).post(NEW, {"area": area.key, "title": "Sammen om Bakkeparken"})

    application = Application.objects.get()
    assert application.state == State.DRAFT
    assert application.organisation == case_cast.housing
    assert application.municipality == area.municipality
    assert application.events.get().event == "application:created"
    assert answer.url == reverse("applications:application", args=[application.case_number])  # type: ignore[attr-defined]  # a redirect


def test_a_link_from_an_area_chooses_it(sign_in: SignIn, case_cast: CaseCast) -> None:
    area = cases.make_area(case_cast)

    page = sign_in(case_cast.applicant).get(NEW, {"area": area.key})

    assert filled_in(page)["area"] == [area.key]


def test_what_is_missing_is_said_and_what_is_typed_is_kept(sign_in: SignIn, case_cast: CaseCast) -> None:
    cases.make_area(case_cast)

    page = sign_in(case_cast.applicant).post(NEW, {"area": "findes-ikke", "title": "Sammen om Bakkeparken"})

    assert filled_in(page)["title"] == ["Sammen om Bakkeparken"]
    assert '<a href="#id_area">Vælg en af mulighederne: Boligområde</a>' in page.content.decode()
    assert not Application.objects.exists()


@pytest.mark.parametrize("somebody", ["municipality", "case_officer", "adviser"])
def test_only_housing_organisations_apply(somebody: str, sign_in: SignIn, request: pytest.FixtureRequest) -> None:
    actor: Actor = request.getfixturevalue(somebody)

    assert sign_in(actor).get(NEW).status_code == 403


def test_whoever_is_not_signed_in_is_asked_to(db: None) -> None:
    assert Client().get(NEW).status_code == 302


def test_sixty_areas_take_no_more_queries_than_two(
    sign_in: SignIn,
    case_cast: CaseCast,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = sign_in(case_cast.applicant)
    for number in range(2):
        put_on_list(cases.make_area(case_cast, key=f"omraade-{number}", name=f"Område {number}"), is_exposed=True)
    with django_assert_max_num_queries(25) as few:
        browser.get(NEW)
    for number in range(2, 60):
        put_on_list(cases.make_area(case_cast, key=f"omraade-{number}", name=f"Område {number}"), is_exposed=True)

    with django_assert_num_queries(len(few.captured_queries)):
        browser.get(NEW)
