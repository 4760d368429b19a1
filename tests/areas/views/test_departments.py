"""The list of departments, and the page of one."""

from __future__ import annotations

import csv
import datetime
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from areas import transitions
from areas.models import Department
from tests.factories.accounts import UserFactory
from tests.factories.areas import (
    AreaListingFactory,
    AreaMembershipFactory,
    ConnectedDepartmentFactory,
    DepartmentFactory,
    MunicipalityFactory,
    ResidentCountFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, applicant: Actor) -> Client:
    """Somebody signed in who is not the fund."""
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


def get(client: Client, **query: Any) -> Any:
    return client.get(reverse("areas:departments"), query)


def names(response: Any) -> list[str]:
    return [department.name for department in response.context["page_obj"]]


def text_of(client: Client, department: Department) -> str:
    """The page as somebody hears it read."""
    response = client.get(department.get_absolute_url())
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# The list


def test_somebody_without_an_organisation_reads_the_list_too(client: Client) -> None:
    client.force_login(UserFactory.create())
    DepartmentFactory.create()

    assert len(names(get(client))) == 1


def test_an_empty_register_says_what_would_stand_there(reader: Client) -> None:
    assert "Her står boligorganisationernes afdelinger." in get(reader).content.decode()


def test_filters_and_order_stand_in_the_address(reader: Client) -> None:
    odense = MunicipalityFactory.create(code="0461", name="Odense")
    DepartmentFactory.create(name="Åkanden", number="A-9", dwellings=10, addresses="Rosenvej 1-9", postcode="8210")
    DepartmentFactory.create(name="Birken", municipality=odense, dwellings=30, owner_kind="ELDERLY_MUNICIPAL", residents=None)
    AreaMembershipFactory.create(department__name="Cedertræet", area__name="Vollsmose", department__organisation__name="Zenit")

    assert names(get(reader)) == ["Birken", "Cedertræet", "Åkanden"]
    assert names(get(reader, q="aakanden")) == ["Åkanden"]
    assert names(get(reader, q="rosenvej")) == names(get(reader, q="8210")) == names(get(reader, q="A-9")) == ["Åkanden"]
    assert names(get(reader, q="zenit")) == ["Cedertræet"]
    assert names(get(reader, municipality="0461")) == ["Birken"]
    assert names(get(reader, owner_kind="ELDERLY_MUNICIPAL")) == ["Birken"]
    assert names(get(reader, placed="yes")) == ["Cedertræet"]
    assert names(get(reader, placed="no")) == ["Birken", "Åkanden"]
    assert names(get(reader, sort="-dwellings")) == ["Cedertræet", "Birken", "Åkanden"]
    assert names(get(reader, sort="area"))[0] == "Cedertræet"
    assert names(get(reader, sort="-residents"))[-1] == "Birken"
    assert "Vælg færre filtre" in get(reader, q="findes ikke").content.decode()


@pytest.mark.parametrize("query", [{"municipality": "9999"}, {"owner_kind": "SLOT"}, {"q": "x" * 101}])
def test_a_value_that_does_not_exist_is_told_and_ignored(reader: Client, query: dict[str, str]) -> None:
    DepartmentFactory.create()

    response = get(reader, **query)

    assert len(names(response)) == 1
    assert "Der er problemer" in response.content.decode()


def test_fifty_departments_stand_on_a_page_and_a_page_beyond_the_last_is_not_found(reader: Client) -> None:
    DepartmentFactory.create_batch(51, organisation=DepartmentFactory.create().organisation)

    assert (len(names(get(reader))), len(names(get(reader, page=2)))) == (50, 2)
    assert get(reader, page=3).status_code == 404


def test_the_list_can_be_fetched(reader: Client) -> None:
    AreaMembershipFactory.create(department__name="=Nord", department__youth_dwellings=12, area__key="vollsmose")

    response = get(reader, _export="csv")

    (row,) = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";")
    assert (row["Navn"], row["Ungdomsboliger"], row["Boligområdets nøgle"], row["Beboere"], row["Beboere opgjort"]) == (
        "'=Nord",
        "12",
        "vollsmose",
        "320",
        "2026-01-01",
    )
    assert get(reader, _export="xlsx")["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_list_runs_as_many_queries_for_two_departments_as_for_two_hundred(reader: Client) -> None:
    def queries(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = get(reader, **query)
            if response.streaming:
                b"".join(response.streaming_content)
        return len(captured)

    AreaMembershipFactory.create_batch(2)
    queries()  # the first page of a session renews it
    page, file = queries(), queries(_export="csv")
    AreaMembershipFactory.create_batch(198)

    assert queries() == page <= 12
    assert queries(_export="csv") == file


# One department


def test_a_department_that_does_not_exist_is_not_found(reader: Client) -> None:
    assert reader.get("/areas/departments/1/").status_code == 404


def test_a_bare_department_says_what_would_stand_there(reader: Client) -> None:
    department = DepartmentFactory.create(residents=None, dwellings=None, floor_area_m2=None)

    text = text_of(reader, department)

    assert "Afdelingen ligger ikke i et boligområde i registeret." in text
    assert "Der er ikke registreret noget tal." in text
    assert "Boliger i alt –" in text


def test_the_page_says_what_the_department_is_today_and_why(reader: Client) -> None:
    listing = AreaListingFactory.create(conversion_area=True, area__name="Vollsmose")
    placed = AreaMembershipFactory.create(area=listing.area)
    near = ConnectedDepartmentFactory.create(department=placed.department, area__name="Naboparken", reason="Fælles skole")

    text = text_of(reader, placed.department)

    assert "Ligger i Vollsmose : Omdannelsesområde Parallelsamfund Udsat boligområde" in text
    assert "Området er omfattet af § 61 a efter listen af 1. december 2023 og skal prioriteres." in text
    assert "Knyttet til Naboparken" in text
    assert "Naboparken Fælles skole 1. januar 2024" in text
    assert near.area.get_absolute_url() in reader.get(placed.department.get_absolute_url()).content.decode()


def test_residents_stand_year_by_year(reader: Client) -> None:
    department = DepartmentFactory.create()
    ResidentCountFactory.create(department=department, counted_on=datetime.date(2025, 1, 1), residents=1310)

    assert "1. januar 2026 320 1. januar 2025 1.310" in text_of(reader, department)


def test_history_tells_before_after_and_who(client: Client, reader: Client, applicant: Actor, case_officer: Actor) -> None:
    placed = AreaMembershipFactory.create(department__name="Søndervang", area__name="Gamle")
    transitions.change_department(placed.department, name="Søndervangen", owner_kind="ELDERLY_REGIONAL", by=case_officer)
    transitions.end_placement(placed, valid_to=datetime.date(2024, 12, 31), by=case_officer)
    transitions.record_residents(
        placed.department, counted_on=datetime.date(2026, 1, 1), residents=321, seen=320, by=case_officer
    )

    text = text_of(reader, placed.department)

    assert "Navn Søndervang Søndervangen Landsbyggefonden" in text
    assert "Ejer Afdeling i en boligorganisation Ældreboliger, region Landsbyggefonden" in text
    assert "Ligger i Gamle fra 1. januar 2010 Gamle fra 1. januar 2010 til 31. december 2024 Landsbyggefonden" in text
    assert "Beboere 320 den 1. januar 2026 321 den 1. januar 2026 Landsbyggefonden" in text
    assert "Registreret – Søndervang –" in text
    assert "Sagsbehandler" not in text

    assert case_officer.user is not None
    client.force_login(case_officer.user)
    assert "Navn Søndervang Søndervangen Sagsbehandler" in text_of(client, placed.department)


def test_upkeep_is_offered_to_the_fund_only(reader: Client, case_officer: Actor) -> None:
    department = AreaMembershipFactory.create().department
    address = reverse("areas:change_department", args=[department.pk])

    assert address not in reader.get(department.get_absolute_url()).content.decode()
    assert case_officer.user is not None
    reader.force_login(case_officer.user)
    assert address in reader.get(department.get_absolute_url()).content.decode()


def test_the_page_runs_as_many_queries_for_two_years_as_for_two_hundred(reader: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            reader.get(department.get_absolute_url())
        return len(captured)

    department = AreaMembershipFactory.create().department
    ConnectedDepartmentFactory.create_batch(2, department=department)
    queries()  # the first page of a session renews it
    few = queries()
    ConnectedDepartmentFactory.create_batch(98, department=department)
    for year in range(1900, 2000):
        ResidentCountFactory.create(department=department, counted_on=datetime.date(year, 1, 1))

    assert queries() == few <= 25
