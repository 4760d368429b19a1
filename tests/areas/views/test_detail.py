"""The page of one area."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from areas.models import HousingArea
from tests.factories.areas import (
    AreaListFactory,
    AreaListingFactory,
    AreaMembershipFactory,
    DevelopmentPlanFactory,
    HousingAreaFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]


@pytest.fixture
def _today() -> Any:
    with time_machine.travel(datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def reader(client: Client, applicant: Actor) -> Client:
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


def text_of(client: Client, area: HousingArea) -> str:
    """The page as somebody hears it read."""
    response = client.get(area.get_absolute_url())
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_an_area_that_does_not_exist_is_not_found(reader: Client) -> None:
    assert reader.get("/areas/findes-ikke/").status_code == 404


def test_signing_in_comes_first(client: Client) -> None:
    assert client.get(HousingAreaFactory.create().get_absolute_url()).status_code == 302


def test_a_bare_area_says_what_would_stand_there(reader: Client) -> None:
    text = text_of(reader, HousingAreaFactory.create())

    assert "Her står områdets status år for år, når en liste er indlæst." in text
    assert "Ingen er registreret." in text
    assert "Der er ikke registreret en udviklingsplan for området." in text


def test_the_page_says_what_the_area_is_and_why(reader: Client) -> None:
    listing = AreaListingFactory.create(conversion_area=True)

    text = text_of(reader, listing.area)

    assert "Omdannelsesområde: Området står på listen af 1. december 2023. Almenboligloven § 61 a, stk. 4; R28" in text
    assert "Prioriteres efter § 61 a Ja (listen af 1. december 2023)" in text
    assert "Nyere lister findes ikke i portalen: 2024, 2025." in text


def test_the_timeline_tells_unknown_from_no_and_from_a_list_that_is_missing(reader: Client) -> None:
    listing = AreaListingFactory.create(area_list__year=2021, note="only the term is certain")
    AreaListingFactory.create(area_list__year=2017, is_exposed=None)
    AreaListFactory.create(year=2023)
    AreaListingFactory.create(area_list__year=2023)

    text = text_of(reader, listing.area)

    assert "2023 Ukendt: listen er ikke komplet" in text
    assert "2022 Listen findes ikke i portalen" in text
    assert "2021 Parallelsamfund Udsat boligområde parallelsamfund Nævnt i en kilde only the term is certain" in text
    assert "2017 Ikke på listen" in text
    assert "2025 Listen findes ikke i portalen" in text
    assert "2026 Listen" not in text


def test_sources_are_links_to_the_web_and_nothing_else(reader: Client) -> None:
    listing = AreaListingFactory.create(sources="https://example.org/a javascript:alert(1) http://example.com/b?c=d&e")

    html = reader.get(listing.area.get_absolute_url()).content.decode()

    assert 'href="https://example.org/a"' in html
    assert 'href="http://example.com/b?c=d&amp;e"' in html
    assert "javascript:alert" not in html


def test_departments_of_today_are_shown_and_demo_is_said(reader: Client) -> None:
    here = AreaMembershipFactory.create(department__name="Nordgården", department__is_demo=True)
    AreaMembershipFactory.create(area=here.area, department__name="Forhen", valid_to=datetime.date(2026, 11, 21))

    text = text_of(reader, here.area)

    assert f"{here.department.number} Nordgården Opdigtet {here.department.organisation} 150 12.500 320 1. januar 2026" in text
    assert "Forhen" not in text


def test_a_development_plan_is_shown(reader: Client) -> None:
    plan = DevelopmentPlanFactory.create()

    text = text_of(reader, plan.area)

    assert "Godkendt af ministeren, gælder fra 1. juni 2019. Ministerens brev" in text
    assert "Området er bundet af en udviklingsplan fra 1. juni 2019." in text


def test_years_are_written_without_a_thousands_separator(reader: Client) -> None:
    area = AreaListingFactory.create().area

    assert "2.023" not in text_of(reader, area)
    assert "2.023" not in reader.get("/areas/").content.decode()


def test_the_page_runs_as_many_queries_for_two_departments_as_for_two_hundred(reader: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            reader.get(area.get_absolute_url())
        return len(captured)

    area = AreaListingFactory.create().area
    AreaMembershipFactory.create_batch(2, area=area)
    for year in (2019, 2021):
        AreaListingFactory.create(area=area, area_list__year=year)
    few = queries()
    AreaMembershipFactory.create_batch(198, area=area)
    for year in range(2010, 2018):
        AreaListingFactory.create(area=area, area_list__year=year)

    assert queries() == few <= 16
