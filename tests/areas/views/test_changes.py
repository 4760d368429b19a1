"""What changed between two lists."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from areas.models import HousingArea
from areas.rules.movement import Movement
from tests.factories.areas import (
    AreaChangeFactory,
    AreaListFactory,
    AreaListingFactory,
    HousingAreaFactory,
    MunicipalityFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, applicant: Actor) -> Client:
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


def get(client: Client, **query: Any) -> Any:
    return client.get(reverse("areas:changes"), {name.removeprefix("year_"): value for name, value in query.items()})


def movements(response: Any) -> dict[str, Movement]:
    return {row.area.name: row.movement for row in response.context["rows"]}


def lists(*years: int, **counts: int) -> None:
    """Lists with published numbers: every status that is not given was given to no area. Each names one that is not on it."""
    beside = HousingAreaFactory.create(name="Nævnt ved siden af")
    for year in years:
        published = {"exposed": 0, "parallel_society": 0, "conversion_area": 0, "prevention_area": 0} | counts
        numbers = {f"{status}_count": number for status, number in published.items()}
        AreaListFactory.create(year=year, count_sources="x", **numbers)
        listed(beside, year, not_listed=True)


def listed(area: HousingArea, year: int, **flags: Any) -> None:
    AreaListingFactory.create(area=area, area_list__year=year, **flags)


def test_areas_that_came_in_left_and_moved_are_told_apart(reader: Client) -> None:
    lists(2021, exposed=3, parallel_society=2, conversion_area=1)
    lists(2022, exposed=3, parallel_society=2, conversion_area=1)
    new, gone, up, down = (HousingAreaFactory.create(name=name) for name in ("Ny", "Væk", "Op", "Ned"))
    listed(gone, 2021, exposed_only=True)
    listed(up, 2021)
    listed(down, 2021, conversion_area=True)
    listed(new, 2022, exposed_only=True)
    listed(up, 2022, conversion_area=True)
    listed(down, 2022)

    response = get(reader)

    assert movements(response) == {"Ny": Movement.IN, "Op": Movement.UP, "Ned": Movement.DOWN, "Væk": Movement.OUT}
    assert [row.area.name for row in response.context["rows"]] == ["Ny", "Op", "Ned", "Væk"]
    assert dict(response.context["counts"]) == dict.fromkeys((Movement.IN, Movement.UP, Movement.DOWN, Movement.OUT), 1)


def test_what_an_incomplete_list_does_not_say_is_unknown(reader: Client) -> None:
    lists(2021, exposed=1, parallel_society=1)
    lists(2022, exposed=9, parallel_society=1)
    was, known = HousingAreaFactory.create(name="Forhen"), HousingAreaFactory.create(name="Fortsat")
    listed(was, 2021)
    listed(known, 2022)

    found = movements(get(reader))
    assert (found["Forhen"], found["Fortsat"]) == (Movement.DOWN_OR_OUT, Movement.IN)
    assert movements(get(reader, year_from=2021, year_to=2022, movement="out")) == {}


def test_the_two_latest_published_lists_are_compared_until_others_are_chosen(reader: Client) -> None:
    area = HousingAreaFactory.create()
    for year in (2017, 2019, 2021, 2099):
        listed(area, year)

    def years(**query: Any) -> tuple[int, int]:
        context = get(reader, **query).context
        return context["before"].year, context["after"].year

    assert years() == (2019, 2021)
    assert years(year_from=2017) == (2017, 2021)
    assert years(year_to=2019) == (2017, 2019)
    assert years(year_from=2017, year_to=2019) == (2017, 2019)


def test_lists_that_are_missing_in_between_and_a_new_law_are_told(reader: Client) -> None:
    area = HousingAreaFactory.create()
    for year in (2017, 2019, 2021):
        listed(area, year)

    assert "Portalen har ikke listerne imellem: 2020." in get(reader).content.decode()
    assert "Loven blev ændret" not in get(reader).content.decode()
    assert "Loven blev ændret med listen af 1. december 2018" in get(reader, year_from=2017, year_to=2019).content.decode()


@pytest.mark.parametrize("query", [{"year_from": 2021, "year_to": 2019}, {"year_from": 2021, "year_to": 2021}])
def test_a_list_is_compared_with_an_older_one(reader: Client, query: dict[str, int]) -> None:
    area = HousingAreaFactory.create()
    for year in (2019, 2021):
        listed(area, year)

    response = get(reader, **query)

    assert "Vælg en liste, der er ældre end den, du sammenligner med." in response.content.decode()
    assert response.status_code == 200


@pytest.mark.parametrize("query", [{}, {"year_to": 2019}])
def test_without_two_lists_the_page_says_what_would_stand_there(reader: Client, query: dict[str, int]) -> None:
    listed(HousingAreaFactory.create(), 2019)

    assert "Portalen skal have to lister for at sammenligne." in get(reader, **query).content.decode()


def test_prevention_areas_are_compared_when_asked_for(reader: Client) -> None:
    lists(2021, exposed=1, prevention_area=0)
    lists(2022, exposed=0, prevention_area=1)
    area = HousingAreaFactory.create(name="Skovparken")
    listed(area, 2021, exposed_only=True)
    listed(area, 2022, not_listed=True, is_prevention_area=True)

    assert movements(get(reader)) == {"Skovparken": Movement.OUT}
    assert movements(get(reader, scope="all")) == {"Skovparken": Movement.DOWN}


def test_an_area_that_took_another_in_has_moved_by_neither_being_counted_twice(reader: Client) -> None:
    lists(2021, exposed=1, parallel_society=1)
    lists(2023, exposed=1, parallel_society=1)
    merger = AreaChangeFactory.create(area__name="Trigeparken", predecessor__name="Nordparken")
    assert merger.predecessor is not None
    listed(merger.predecessor, 2021)
    listed(merger.area, 2023)

    assert movements(get(reader)) == {"Trigeparken": Movement.SAME}


def test_an_area_named_without_any_status_is_left_out(reader: Client) -> None:
    lists(2021, exposed=1)
    lists(2022, exposed=1)
    listed(HousingAreaFactory.create(name="Blandt"), 2021, exposed_only=True)
    listed(HousingAreaFactory.create(name="Blandt igen"), 2022, exposed_only=True)
    listed(HousingAreaFactory.create(name="Nævnt"), 2022, not_listed=True)

    assert set(movements(get(reader))) == {"Blandt", "Blandt igen"}


def test_filters_orders_and_pages_stand_in_the_address(reader: Client) -> None:
    lists(2021)
    lists(2022, exposed=61)
    odense = MunicipalityFactory.create(code="0461", name="Odense", region_code="1083", region_name="Region Syddanmark")
    listed(HousingAreaFactory.create(name="Vollsmose", municipality=odense), 2022, exposed_only=True)
    for number in range(60):
        listed(HousingAreaFactory.create(name=f"Området {number:02}"), 2022, exposed_only=True)

    assert list(movements(get(reader, municipality="0461"))) == ["Vollsmose"]
    assert list(movements(get(reader, region="1083"))) == ["Vollsmose"]
    assert next(iter(movements(get(reader, sort="-name")))) == "Vollsmose"
    assert next(iter(movements(get(reader, sort="municipality")))) == "Vollsmose"
    assert next(iter(movements(get(reader, sort="nonsense")))) == "Området 00"
    assert len(movements(get(reader, page=2))) == 11
    assert get(reader, page=3).status_code == 404
    assert "Vælg færre filtre" in get(reader, movement="out").content.decode()


def test_the_changes_can_be_fetched_with_their_filters(reader: Client) -> None:
    lists(2021)
    lists(2022, exposed=1)
    listed(HousingAreaFactory.create(name="=Ny", key="ny"), 2022, exposed_only=True)

    response = get(reader, movement="in", _export="csv")

    (row,) = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";")
    assert row == {
        "Nøgle": "ny",
        "Boligområde": "'=Ny",
        "Kommunekode": "0751",
        "Kommune": "Aarhus",
        "Region": "Region Midtjylland",
        "Fra listen": "2021",
        "Status før": "Ikke på listen",
        "Til listen": "2022",
        "Status efter ændringen": "Udsat boligområde",
        "Ændring": "Ind",
    }
    assert get(reader, _export="xlsx").status_code == 200
    assert get(reader, _export="pdf").status_code == 404


def test_two_areas_ask_as_often_as_two_hundred(reader: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert get(reader).status_code == 200
        return len(captured)

    def more(number: int) -> None:
        for _turn in range(number):
            area = HousingAreaFactory.create()
            listed(area, 2021)
            listed(area, 2022)

    more(2)
    AreaChangeFactory.create()
    few = queries()
    more(198)
    AreaChangeFactory.create_batch(10)

    assert queries() == few <= 18
