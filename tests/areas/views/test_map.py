"""The map of municipalities."""

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
from areas.models import AreaListing
from tests.factories.areas import AreaListFactory, AreaListingFactory, KeyFiguresFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db

LARGEST_MAP = 130_000


@pytest.fixture
def reader(client: Client, applicant: Actor) -> Client:
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


def get(client: Client, **query: Any) -> Any:
    return client.get(reverse("areas:map"), query)


def shape_of(response: Any, name: str) -> tuple[str, str]:
    """What the map says of a municipality, and how it is drawn."""
    found = re.search(
        rf'<a href="[^"]*" aria-label="({name}:[^"]*)"><title>\1</title><path class="([^"]+)"', response.content.decode()
    )
    assert found, name
    return found[1], found[2]


def row_of(response: Any, name: str) -> tuple[int, int | None, int]:
    (row,) = (row for row in response.context["rows"] if row.municipality.name == name)
    return row.areas, row.residents, row.without_residents


@pytest.fixture
def odense_and_aarhus() -> None:
    """Three areas in Odense, two of them with a number of residents; one in Aarhus, without."""
    odense = MunicipalityFactory.create(code="0461", name="Odense")
    MunicipalityFactory.create(aarhus=True)
    for residents in (1200, 3400, None):
        listing = AreaListingFactory.create(area__municipality=odense, exposed_only=True)
        KeyFiguresFactory.create(area=listing.area, residents=residents)
    AreaListingFactory.create(conversion_area=True)


@pytest.mark.usefixtures("odense_and_aarhus")
def test_the_map_counts_the_areas_of_a_list(reader: Client) -> None:
    response = get(reader)

    assert row_of(response, "Odense") == (3, 4600, 1)
    assert row_of(response, "Aarhus") == (1, None, 1)
    assert shape_of(response, "Odense") == ("Odense: 3 områder, 4.600 beboere (1 område uden tal)", "map-b")
    assert shape_of(response, "Aarhus") == ("Aarhus: 1 område, Ukendt", "map-a")


@pytest.mark.usefixtures("odense_and_aarhus")
def test_the_map_shows_the_residents_and_what_is_not_known(reader: Client) -> None:
    response = get(reader, measure="residents")

    assert shape_of(response, "Odense")[1] == "map-a"
    assert shape_of(response, "Aarhus")[1] == "map-unknown"


@pytest.mark.usefixtures("odense_and_aarhus")
def test_list_and_status_narrow_the_map_and_its_links(reader: Client) -> None:
    AreaListFactory.create(year=2021)
    AreaListingFactory.create(area_list__year=2021)

    assert row_of(get(reader, status="conversion_area"), "Odense") == (0, 0, 0)
    assert row_of(get(reader, status="conversion_area"), "Aarhus") == (1, None, 1)
    response = get(reader, year=2021, status="exposed")
    assert row_of(response, "Odense") == (0, 0, 0)
    assert 'href="/areas/?municipality=0751&amp;year=2021&amp;status=exposed"' in response.content.decode()


def test_an_area_named_beside_the_list_is_not_counted(reader: Client) -> None:
    AreaListingFactory.create(not_listed=True)

    assert row_of(get(reader), "Aarhus") == (0, 0, 0)


@pytest.mark.usefixtures("odense_and_aarhus")
def test_the_table_beside_it_sorts_by_its_address(reader: Client) -> None:
    MunicipalityFactory.create(code="0400", name="Bornholm")

    def names(**query: str) -> list[str]:
        return [row.municipality.name for row in get(reader, **query).context["rows"]]

    assert names() == ["Odense", "Aarhus", "Bornholm"]
    assert names(sort="name") == ["Bornholm", "Odense", "Aarhus"]
    assert names(sort="areas") == ["Bornholm", "Aarhus", "Odense"]
    assert names(sort="-residents") == ["Odense", "Bornholm", "Aarhus"], "what is not known comes after nothing"
    assert names(sort="nonsense") == names()


@pytest.mark.usefixtures("odense_and_aarhus")
def test_the_numbers_can_be_fetched(reader: Client) -> None:
    response = get(reader, _export="csv", sort="-areas")

    first, second = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";")
    assert first == {
        "Kommunekode": "0461",
        "Kommune": "Odense",
        "Region": "Region Midtjylland",
        "Boligområder": "3",
        "Beboere": "4600",
        "Boligområder uden beboertal": "1",
    }
    assert second["Beboere"] == ""


def test_without_a_list_the_page_says_what_would_stand_there(reader: Client) -> None:
    assert "Her står et kort over" in get(reader).content.decode()


@pytest.mark.parametrize("query", [{"year": "1999"}, {"status": "slum"}, {"measure": "height"}])
def test_a_value_that_does_not_exist_is_told_and_ignored(reader: Client, query: dict[str, str]) -> None:
    AreaListingFactory.create()

    response = get(reader, **query)

    assert "Der er problemer" in response.content.decode()
    assert row_of(response, "Aarhus")[0] == 1


@pytest.mark.usefixtures("reference")
def test_all_98_municipalities_are_drawn_on_a_light_page(reader: Client) -> None:
    for query in ({"year": 2021}, {"year": 2019, "measure": "residents"}):
        response = get(reader, **query)

        assert len(response.context["shapes"]) == 98
        assert response.content.decode().count("<title>") >= 98
        assert len(response.content) < LARGEST_MAP


@pytest.mark.usefixtures("reference")
def test_a_link_leads_to_as_many_areas_as_the_map_says(reader: Client) -> None:
    for row in get(reader, year=2021, status="parallel_society").context["rows"]:
        if row.areas:
            assert reader.get(row.url).context["page_obj"].paginator.count == row.areas


def test_two_areas_ask_as_often_as_two_hundred(reader: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert get(reader).status_code == 200
        return len(captured)

    AreaListingFactory.create_batch(2)
    few = queries()
    AreaListingFactory.create_batch(198)
    for listing in AreaListing.objects.all():
        KeyFiguresFactory.create(area=listing.area)

    assert queries() == few <= 12
