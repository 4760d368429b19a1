"""The list of areas."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaListFactory, AreaListingFactory, HousingAreaFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, applicant: Actor) -> Client:
    """Somebody signed in; the registers look the same to all."""
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


def get(client: Client, **query: Any) -> Any:
    return client.get(reverse("areas:list"), query)


def names(response: Any) -> list[str]:
    return [row.area.name for row in response.context["rows"]]


def status_of(response: Any, name: str) -> str:
    """The status cell of an area, as text."""
    row = re.search(rf">{name}</a>.*?data-title=\"Status\">(.*?)</td>", response.content.decode(), re.DOTALL)
    assert row
    return " ".join(re.sub(r"<[^>]+>", " ", row[1]).split())


def test_signing_in_comes_first(client: Client) -> None:
    response = get(client)

    assert response.status_code == 302
    assert "next=/areas/" in response["Location"]


def test_somebody_without_an_organisation_reads_the_list_too(client: Client) -> None:
    client.force_login(UserFactory.create())
    AreaListingFactory.create()

    assert len(names(get(client))) == 1


def test_an_empty_register_says_what_would_stand_there(reader: Client) -> None:
    response = get(reader)

    assert response.status_code == 200
    assert "Der er endnu ikke indlæst nogen liste." in response.content.decode()


def test_areas_stand_in_danish_order_with_their_status_on_the_latest_list(reader: Client) -> None:
    AreaListFactory.create(year=2023, exposed_count=9, parallel_society_count=2, conversion_area_count=1, count_sources="x")
    AreaListingFactory.create(area__name="Ålekistevej", conversion_area=True)
    AreaListingFactory.create(area__name="Bispehaven")
    AreaListingFactory.create(area__name="Ærøparken", area_list__year=2021, conversion_area=True)

    response = get(reader)

    assert names(response) == ["Bispehaven", "Ærøparken", "Ålekistevej"]
    assert status_of(response, "Ålekistevej") == "Omdannelsesområde Parallelsamfund Udsat boligområde"
    assert status_of(response, "Bispehaven") == "Parallelsamfund Udsat boligområde"
    assert status_of(response, "Ærøparken") == "Ukendt: listen er ikke komplet"
    assert "1. december 2023" in response.content.decode()


def test_an_area_that_section_61a_is_known_not_to_cover_is_told_apart(reader: Client) -> None:
    AreaListingFactory.create(area__name="Mjølnerparken", not_listed=True)

    assert status_of(get(reader), "Mjølnerparken").startswith("Ikke omfattet af § 61 a. Forebyggelsesområde ukendt")


def test_an_area_that_a_complete_list_does_not_name_is_not_on_it(reader: Client) -> None:
    AreaListingFactory.create(area_list__year=2017, is_exposed=None)
    HousingAreaFactory.create(name="Bispehaven")

    assert status_of(get(reader), "Bispehaven") == "Ikke på listen"


def test_a_list_that_is_not_published_yet_is_not_the_latest(reader: Client) -> None:
    AreaListingFactory.create(area_list__year=2023)
    AreaListingFactory.create(area_list__year=2099)

    assert get(reader).context["used"].year == 2023
    assert get(reader, year=2099).context["used"].year == 2099


def test_filters_stand_in_the_address(reader: Client) -> None:
    odense = MunicipalityFactory.create(code="0461", name="Odense")
    AreaListingFactory.create(area__name="Vollsmose", area__municipality=odense, conversion_area=True)
    AreaListingFactory.create(area__name="Bispehaven", area_list__year=2021, conversion_area=True)
    AreaListingFactory.create(area__name="Gellerup", exposed_only=True)

    assert names(get(reader, q="århus")) == ["Bispehaven", "Gellerup"]
    assert names(get(reader, q="VOLLS")) == ["Vollsmose"]
    assert names(get(reader, municipality="0461")) == ["Vollsmose"]
    assert names(get(reader, status="conversion_area")) == ["Vollsmose"]
    assert names(get(reader, status="conversion_area", year=2021)) == ["Bispehaven"]
    assert names(get(reader, status="exposed", sort="-name")) == ["Vollsmose", "Gellerup"]
    assert names(get(reader, sort="-status")) == ["Vollsmose", "Gellerup", "Bispehaven"]
    assert names(get(reader, sort="-municipality")) == ["Gellerup", "Bispehaven", "Vollsmose"]


def test_a_filter_that_finds_nothing_says_how_to_go_on(reader: Client) -> None:
    AreaListingFactory.create()

    response = get(reader, q="findes ikke")

    assert "Vælg færre filtre" in response.content.decode()


@pytest.mark.parametrize("query", [{"year": "1999"}, {"status": "slum"}, {"municipality": "9999"}, {"q": "x" * 101}])
def test_a_value_that_does_not_exist_is_told_and_ignored(reader: Client, query: dict[str, str]) -> None:
    AreaListingFactory.create()

    response = get(reader, **query)

    assert len(names(response)) == 1
    assert "Der er problemer" in response.content.decode()


def test_fifty_areas_stand_on_a_page_and_a_page_beyond_the_last_is_not_found(reader: Client) -> None:
    HousingAreaFactory.create_batch(51)

    assert len(names(get(reader))) == 50
    assert len(names(get(reader, page=2))) == 1
    assert get(reader, page=3).status_code == 404
    assert get(reader, page="to").status_code == 404


def test_the_list_can_be_fetched_with_its_filters(reader: Client) -> None:
    AreaListingFactory.create(area__name="=Bispehaven", area__key="bispehaven", conversion_area=True)
    AreaListingFactory.create(area__name="Gellerup", exposed_only=True)

    response = get(reader, status="conversion_area", _export="csv")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert row == {
        "Nøgle": "bispehaven",
        "Boligområde": "'=Bispehaven",
        "Kommunekode": "0751",
        "Kommune": "Aarhus",
        "Region": "Region Midtjylland",
        "Liste": "2023",
        "Omdannelsesområde": "Ja",
        "Parallelsamfund": "Ja",
        "Udsat boligområde": "Ja",
        "Forebyggelsesområde": "Ukendt",
        "Datidens betegnelse": "omdannelsesområde",
        "Belæg": "Nævnt i en kilde",
        "Kilder": "https://example.org/liste",
    }
    assert get(reader, _export="xlsx")["Content-Type"].endswith("spreadsheetml.sheet")
    assert get(reader, _export="pdf").status_code == 404


def test_the_list_runs_as_many_queries_for_two_areas_as_for_two_hundred(reader: Client) -> None:
    def queries(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = get(reader, **query)
            if response.streaming:
                b"".join(response.streaming_content)
        return len(captured)

    AreaListingFactory.create_batch(2)
    page, file = queries(), queries(_export="csv")
    AreaListingFactory.create_batch(198, conversion_area=True)

    assert queries() == page <= 12
    assert queries(_export="csv") == file
    assert len(get(reader).content) < 60_000
