"""The list of municipalities, and the page of one."""

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
from areas.models import Municipality
from tests.factories.accounts import OrganisationFactory
from tests.factories.areas import AreaListingFactory, DepartmentFactory, HousingAreaFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, applicant: Actor) -> Client:
    """Somebody signed in."""
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


@pytest.fixture
def aarhus(db: None) -> Municipality:
    return MunicipalityFactory.create(aarhus=True)


@pytest.fixture
def odense(db: None) -> Municipality:
    return MunicipalityFactory.create(code="0461", name="Odense", region_code="1083", region_name="Region Syddanmark")


def get(client: Client, **query: Any) -> Any:
    return client.get(reverse("areas:municipalities"), query)


def names(response: Any) -> list[str]:
    return [municipality.name for municipality in response.context["page_obj"]]


def text_of(client: Client, municipality: Municipality) -> str:
    """The page as somebody hears it read."""
    response = client.get(municipality.get_absolute_url())
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_each_thing_is_counted_for_itself(reader: Client, aarhus: Municipality, odense: Municipality) -> None:
    HousingAreaFactory.create_batch(3, municipality=odense)
    owners = OrganisationFactory.create_batch(2, municipality_code="0461")
    for owner in owners:
        DepartmentFactory.create_batch(2, organisation=owner, municipality=odense)

    text = b"".join(get(reader, _export="csv").streaming_content).decode("utf-8-sig")

    rows = {row["Kommune"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert [rows["Odense"][name] for name in ("Boligområder", "Boligorganisationer", "Afdelinger")] == ["3", "2", "4"]
    assert [rows["Aarhus"][name] for name in ("Boligområder", "Boligorganisationer", "Afdelinger")] == ["0", "0", "0"]


def test_filters_and_order_stand_in_the_address(reader: Client, aarhus: Municipality, odense: Municipality) -> None:
    HousingAreaFactory.create(municipality=odense)

    assert names(get(reader)) == ["Odense", "Aarhus"]  # aa is å, and å comes last
    assert names(get(reader, q="århus")) == ["Aarhus"]
    assert names(get(reader, region="1083")) == ["Odense"]
    assert names(get(reader, sort="code")) == ["Odense", "Aarhus"]
    assert names(get(reader, sort="areas")) == ["Aarhus", "Odense"]
    assert "Vælg færre filtre" in get(reader, q="findes ikke").content.decode()
    assert "Der er problemer" in get(reader, region="1").content.decode()
    assert get(reader, page=2).status_code == 404


def test_the_page_shows_areas_with_their_status_and_organisations(reader: Client, aarhus: Municipality) -> None:
    AreaListingFactory.create(area__name="Bispehaven", area__municipality=aarhus)
    OrganisationFactory.create(name="Ejeren", municipality_code="0751")
    DepartmentFactory.create(municipality=aarhus)

    text = text_of(reader, aarhus)

    assert "Bispehaven Parallelsamfund Udsat boligområde" in text
    assert "Ejeren Boligorganisation – 0" in text
    assert "1 afdeling i kommunen" in text


def test_an_empty_municipality_says_what_would_stand_there(reader: Client, odense: Municipality) -> None:
    text = text_of(reader, odense)

    assert "Her står boligområder i kommunen" in text
    assert "Her står boligorganisationer med hjemsted i kommunen" in text
    assert reader.get("/areas/municipalities/9999/").status_code == 404


def test_the_pages_run_as_many_queries_for_two_areas_as_for_two_hundred(reader: Client, aarhus: Municipality) -> None:
    def queries() -> list[int]:
        counted = []
        for address in (reverse("areas:municipalities"), aarhus.get_absolute_url()):
            with CaptureQueriesContext(connection) as captured:
                reader.get(address)
            counted.append(len(captured))
        return counted

    AreaListingFactory.create_batch(2, area__municipality=aarhus)
    queries()  # the first page of a session renews it
    few = queries()
    AreaListingFactory.create_batch(198, area__municipality=aarhus)
    OrganisationFactory.create_batch(98, municipality_code="0751")

    assert queries() == few
    assert max(few) <= 16
