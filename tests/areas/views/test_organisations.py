"""The list of organisations, and the page of one."""

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
from accounts.models import Organisation
from accounts.transitions import change_organisation
from tests.factories.accounts import OrganisationFactory
from tests.factories.areas import AreaMembershipFactory, DepartmentFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, applicant: Actor) -> Client:
    """Somebody signed in who is not the fund; of the Boligforeningen Ågården."""
    assert applicant.user is not None
    client.force_login(applicant.user)
    return client


def get(client: Client, **query: Any) -> Any:
    return client.get(reverse("areas:organisations"), query)


def names(response: Any) -> list[str]:
    return [organisation.name for organisation in response.context["page_obj"]]


def text_of(client: Client, organisation: Organisation) -> str:
    """The page as somebody hears it read."""
    response = client.get(reverse("areas:organisation", args=[organisation.pk]))
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_filters_and_order_stand_in_the_address(reader: Client, fund: Organisation) -> None:
    MunicipalityFactory.create(aarhus=True)
    office = OrganisationFactory.create(name="Kontoret", kind="ADMINISTRATION", cvr_number="12345678")
    OrganisationFactory.create(name="Bolig Å", municipality_code="0751", lbf_number="42", administered_by=office)

    assert names(get(reader)) == ["Bolig Å", "Boligforeningen Ågården", "Kontoret"]
    assert names(get(reader, q="bolig aa")) == names(get(reader, q="42")) == ["Bolig Å"]
    assert names(get(reader, q="12345678")) == names(get(reader, kind="ADMINISTRATION")) == ["Kontoret"]
    assert names(get(reader, municipality="0751")) == ["Bolig Å"]
    assert names(get(reader, sort="-name"))[0] == "Kontoret"
    assert names(get(reader, sort="administered_by"))[0] == "Bolig Å"
    assert names(get(reader, sort="-municipality"))[0] == "Bolig Å"
    assert "Vælg færre filtre" in get(reader, q="findes ikke").content.decode()


@pytest.mark.parametrize("query", [{"municipality": "9999"}, {"kind": "FUND"}, {"q": "x" * 101}])
def test_a_value_that_does_not_exist_is_told_and_ignored(reader: Client, query: dict[str, str]) -> None:
    response = get(reader, **query)

    assert names(response) == ["Boligforeningen Ågården"]
    assert "Der er problemer" in response.content.decode()


def test_the_list_can_be_fetched_and_paged(reader: Client, housing: Organisation) -> None:
    DepartmentFactory.create_batch(2, organisation=housing)
    OrganisationFactory.create_batch(50)

    assert (len(names(get(reader))), len(names(get(reader, page=2)))) == (50, 1)
    assert get(reader, page=3).status_code == 404
    text = b"".join(get(reader, q="ågården", _export="csv").streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["Navn"], row["Art"], row["Afdelinger"]) == ("Boligforeningen Ågården", "Boligorganisation", "2")


def test_the_list_runs_as_many_queries_for_two_as_for_two_hundred(reader: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            get(reader)
        return len(captured)

    OrganisationFactory.create()
    queries()  # the first page of a session renews it
    few = queries()
    OrganisationFactory.create_batch(198, administered_by=OrganisationFactory.create(kind="ADMINISTRATION"))

    assert queries() == few <= 12


def test_only_organisations_of_the_register_have_a_page(reader: Client, fund: Organisation) -> None:
    for pk in (fund.pk, 999_999):
        assert reader.get(reverse("areas:organisation", args=[pk])).status_code == 404


def test_the_page_says_who_administers_and_what_it_owns(reader: Client) -> None:
    municipality = MunicipalityFactory.create(aarhus=True)
    office = OrganisationFactory.create(name="Kontoret", kind="ADMINISTRATION")
    owner = OrganisationFactory.create(name="Ejeren", cvr_number="12345678", municipality_code="0751", administered_by=office)
    placed = AreaMembershipFactory.create(
        department__organisation=owner,
        department__name="Nordgården",
        area__name="Vollsmose",
        department__municipality=municipality,
    )

    text = text_of(reader, owner)
    assert "CVR-nummer 12345678 LBF-nummer – Kommune Aarhus Administreres af Kontoret" in text
    assert f"{placed.department.number} Nordgården Aarhus Vollsmose 150 320 1. januar 2026" in text
    assert "Administrerer Ejeren" in text_of(reader, office)
    assert "Her står organisationens afdelinger" not in text_of(reader, office)


def test_history_tells_what_the_numbers_were(reader: Client, housing: Organisation, case_officer: Actor) -> None:
    office = OrganisationFactory.create(name="Kontoret", kind="ADMINISTRATION")
    change_organisation(housing, cvr_number="12345678", lbf_number="", administered_by=office, by=case_officer)

    text = text_of(reader, housing)

    assert "CVR-nummer – 12345678 Landsbyggefonden" in text
    assert "Administreres af – Kontoret Landsbyggefonden" in text


def test_the_page_runs_as_many_queries_for_two_departments_as_for_two_hundred(reader: Client, housing: Organisation) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            reader.get(reverse("areas:organisation", args=[housing.pk]))
        return len(captured)

    AreaMembershipFactory.create_batch(2, department__organisation=housing)
    queries()  # the first page of a session renews it
    few = queries()
    AreaMembershipFactory.create_batch(198, department__organisation=housing)

    assert queries() == few <= 25
