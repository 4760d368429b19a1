"""The fund keeps the registers: forms, refusals beside their fields, nothing lost, nothing overwritten unseen."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Organisation
from areas import transitions
from areas.models import (
    AreaChange,
    AreaMembership,
    ConnectedDepartment,
    Department,
    DevelopmentPlan,
    HousingArea,
    ResidentCount,
)
from tests.factories.accounts import OrganisationFactory
from tests.factories.areas import (
    AreaListingFactory,
    AreaMembershipFactory,
    ConnectedDepartmentFactory,
    DepartmentFactory,
    DevelopmentPlanFactory,
    HousingAreaFactory,
    MunicipalityFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client, case_officer: Actor) -> Client:
    """Somebody of the fund."""
    assert case_officer.user is not None
    client.force_login(case_officer.user)
    return client


def date(name: str, text: str) -> dict[str, str]:
    """A date as the form's three fields."""
    year, month, day = text.split("-")
    return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}


def seen_in(client: Client, address: str) -> str:
    """What the form carries along."""
    found = re.search(r'name="seen" value="([^"]+)"', client.get(address).content.decode())
    assert found
    return found[1]


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# Departments


def facts(**changes: Any) -> dict[str, Any]:
    municipality = MunicipalityFactory.create(aarhus=True)
    values = {
        "number": "7",
        "name": "Nordgården",
        "municipality": municipality.pk,
        "owner_kind": "DEPARTMENT",
        "postcode": "8210",
        "dwellings": "1.250",
        "floor_area_m2": "12.500,5",
    }
    return {**values, **changes}


def test_a_department_is_registered(officer: Client, housing: Organisation) -> None:
    response = officer.post(reverse("areas:register_department"), facts(organisation=housing.pk), follow=True)

    assert "Afdelingen er registreret." in text_of(response)
    department = Department.objects.get()
    assert (department.organisation, department.dwellings, str(department.floor_area_m2)) == (housing, 1250, "12500.50")


def test_the_organisation_of_the_address_is_chosen(officer: Client, housing: Organisation) -> None:
    html = officer.get(reverse("areas:register_department"), {"organisation": housing.pk}).content.decode()

    assert f'<option value="{housing.pk}" selected>' in html


def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_lost(officer: Client, housing: Organisation) -> None:
    DepartmentFactory.create(organisation=housing, number="7")

    wrong_shape = officer.post(reverse("areas:register_department"), facts(organisation=housing.pk, dwellings="mange", name=""))
    taken = officer.post(reverse("areas:register_department"), facts(organisation=housing.pk, addresses="Rosenvej 1"))

    assert wrong_shape.context["form"].errors.keys() == {"dwellings", "name"}
    assert 'value="mange"' in wrong_shape.content.decode()
    assert "Boligorganisationen har allerede en afdeling med dette nummer." in text_of(taken)
    assert 'value="Rosenvej 1"' in taken.content.decode()
    assert Department.objects.count() == 1


def test_too_many_dwellings_of_a_kind_are_a_sentence(officer: Client, housing: Organisation) -> None:
    response = officer.post(
        reverse("areas:register_department"), facts(organisation=housing.pk, dwellings="10", family_dwellings="11")
    )

    assert "Der er flere boliger af de enkelte slags end boliger i alt." in text_of(response)


def test_a_department_is_corrected(officer: Client) -> None:
    department = DepartmentFactory.create()
    address = reverse("areas:change_department", args=[department.pk])

    response = officer.post(address, facts(name="Sydgården", seen=seen_in(officer, address)))

    assert response["Location"] == department.get_absolute_url()
    department.refresh_from_db()
    assert (department.name, department.dwellings) == ("Sydgården", 1250)


def test_whoever_saves_second_sees_both_versions_and_chooses(officer: Client, case_officer: Actor) -> None:
    department = DepartmentFactory.create(name="Gården")
    address = reverse("areas:change_department", args=[department.pk])
    seen = seen_in(officer, address)
    transitions.change_department(department, name="Den andens", by=case_officer)

    response = officer.post(address, facts(name="Min", seen=seen))

    assert "Gemt af en anden i mellemtiden" in text_of(response)
    assert "Den andens" in text_of(response)
    assert 'value="Min"' in response.content.decode()
    department.refresh_from_db()
    assert department.name == "Den andens"

    officer.post(address, facts(name="Min", seen=response.context["seen"]))
    department.refresh_from_db()
    assert department.name == "Min"


def test_a_form_without_its_fingerprint_overwrites_nothing(officer: Client) -> None:
    department = DepartmentFactory.create(name="Gården")

    officer.post(reverse("areas:change_department", args=[department.pk]), facts(name="Min"))

    department.refresh_from_db()
    assert department.name == "Gården"


# Residents


def test_residents_are_recorded_and_corrected(officer: Client) -> None:
    department = DepartmentFactory.create(residents=None)
    address = reverse("areas:record_residents", args=[department.pk])

    officer.post(address, {**date("counted_on", "2025-01-01"), "residents": "1.310"})
    again = officer.post(address, {**date("counted_on", "2025-01-01"), "residents": "1311"})
    assert "Der står allerede 1310 beboere for denne dag." in text_of(again)
    assert again.context["form"].errors.keys() == {"counted_on"}

    correcting = f"{address}?on=2025-01-01"
    officer.post(correcting, {**date("counted_on", "2025-01-01"), "residents": "1312", "seen": seen_in(officer, correcting)})
    assert ResidentCount.objects.get().residents == 1312


@pytest.mark.parametrize("day", ["2025-02-30", "i går"])
def test_a_day_that_is_none_is_not_found(officer: Client, day: str) -> None:
    address = reverse("areas:record_residents", args=[DepartmentFactory.create().pk])

    assert officer.get(address, {"on": day}).status_code == 404


# Where departments lie


def test_a_department_is_placed_and_moved(officer: Client) -> None:
    department = DepartmentFactory.create()
    first, second = HousingAreaFactory.create(name="Første"), HousingAreaFactory.create(name="Anden")
    elsewhere = HousingAreaFactory.create(name="Langt væk", municipality=MunicipalityFactory.create(code="0461"))
    address = reverse("areas:place_department", args=[department.pk])

    officer.post(address, {"area": first.pk, **date("valid_from", "2020-01-01")})
    page = officer.get(address)
    assert "Afdelingen ligger i Første. Flyttes den, ligger den der til og med dagen før." in text_of(page)
    assert "Langt væk" not in text_of(page)
    officer.post(address, {"area": second.pk, **date("valid_from", "2024-05-01")})
    officer.post(address, {"area": elsewhere.pk, **date("valid_from", "2025-05-01")})

    lying = AreaMembership.objects.order_by("valid_from").values_list("area__name", "valid_to")
    assert list(lying) == [("Første", datetime.date(2024, 4, 30)), ("Anden", None)]


def test_a_placement_and_a_connection_are_ended(officer: Client) -> None:
    placed, connected = AreaMembershipFactory.create(), ConnectedDepartmentFactory.create()

    for name, row in (("end_placement", placed), ("end_connection", connected)):
        address = reverse(f"areas:{name}", args=[row.pk])
        before = officer.post(address, {**date("valid_to", "2009-12-31"), "seen": seen_in(officer, address)})
        assert "Slutdatoen ligger før startdatoen." in text_of(before)
        officer.post(address, {**date("valid_to", "2025-12-31"), "seen": seen_in(officer, address)})

    for model in (AreaMembership, ConnectedDepartment):
        assert model.objects.get(pk__in=[placed.pk, connected.pk]).valid_to == datetime.date(2025, 12, 31)


def test_a_connection_asks_for_a_reason(officer: Client) -> None:
    department, area = DepartmentFactory.create(), HousingAreaFactory.create()
    address = reverse("areas:connect_department", args=[department.pk])
    values = {"area": area.pk, **date("valid_from", "2024-01-01")}

    assert officer.post(address, values).context["form"].errors.keys() == {"reason"}
    officer.post(address, {**values, "reason": "Fælles skole"})

    assert ConnectedDepartment.objects.get().reason == "Fælles skole"


# Development plans


def test_a_plan_is_registered_closed_and_corrected(officer: Client) -> None:
    area = HousingAreaFactory.create()
    values = {**date("starts_on", "2019-06-01"), "approval": "APPROVED", "source": "Ministerens brev"}

    officer.post(reverse("areas:register_development_plan", args=[area.key]), values)
    again = officer.post(reverse("areas:register_development_plan", args=[area.key]), values)
    assert "Området har allerede en udviklingsplan i denne periode." in text_of(again)

    plan = DevelopmentPlan.objects.get()
    address = reverse("areas:change_development_plan", args=[plan.pk])
    response = officer.post(address, {**values, **date("ends_on", "2029-12-31"), "seen": seen_in(officer, address)})
    assert response["Location"] == area.get_absolute_url()
    plan.refresh_from_db()
    assert plan.ends_on == datetime.date(2029, 12, 31)


def test_a_plan_that_somebody_else_corrected_is_shown_in_plain_words(officer: Client, case_officer: Actor) -> None:
    plan = DevelopmentPlanFactory.create()
    address = reverse("areas:change_development_plan", args=[plan.pk])
    seen = seen_in(officer, address)
    transitions.change_development_plan(plan, source="Et andet brev", by=case_officer)

    response = officer.post(
        address, {**date("starts_on", "2019-06-01"), "approval": "ORDERED", "source": "Mit brev", "seen": seen}
    )

    assert "Gælder fra 1. juni 2019" in text_of(response)
    assert "Status Godkendt af ministeren Kilde Et andet brev" in text_of(response)


# Organisations


def test_an_organisation_is_corrected(officer: Client, housing: Organisation) -> None:
    office = OrganisationFactory.create(name="Kontoret", kind="ADMINISTRATION")
    address = reverse("areas:change_organisation", args=[housing.pk])
    values = {"cvr_number": "1234", "lbf_number": "42", "administered_by": office.pk}

    wrong = officer.post(address, {**values, "seen": seen_in(officer, address)})
    assert "Et CVR-nummer har otte cifre." in text_of(wrong)
    officer.post(address, {**values, "cvr_number": "12345678", "seen": wrong.context["seen"]})

    housing.refresh_from_db()
    assert (housing.cvr_number, housing.lbf_number, housing.administered_by) == ("12345678", "42", office)


def test_an_administration_organisation_is_not_asked_who_administers_it(officer: Client) -> None:
    office = OrganisationFactory.create(kind="ADMINISTRATION")
    address = reverse("areas:change_organisation", args=[office.pk])

    assert "administered_by" not in officer.get(address).context["form"].fields
    officer.post(address, {"cvr_number": "12345678", "lbf_number": "", "seen": seen_in(officer, address)})
    office.refresh_from_db()
    assert office.cvr_number == "12345678"


# What becomes of areas


def test_a_merger_says_what_it_does_before_it_is_confirmed(officer: Client) -> None:
    gone, stands = HousingAreaFactory.create(name="Gone"), HousingAreaFactory.create(name="Stands")
    placed = AreaMembershipFactory.create(area=gone, department__name="Nordgården")
    AreaListingFactory.create(area=gone, area_list__year=2017, is_exposed=None)
    address = reverse("areas:merge", args=[gone.key])
    values = {"into": stands.pk, **date("changed_on", "2022-01-01"), "note": "Brev & bilag"}

    shown = officer.post(address, values)
    assert "Lister fra før 1. januar 2022, der nævner Gone, tæller også for Stands: 2017." in text_of(shown)
    assert f"Afdelinger, der ligger i Stands fra 1. januar 2022: {placed.department.number} Nordgården." in text_of(shown)
    assert "knyttet til Stands" not in text_of(shown)
    assert not AreaChange.objects.exists()

    edited = officer.post(address, {**values, "edit": "1"})
    assert "Brev &amp; bilag" in edited.content.decode()
    response = officer.post(address, {**values, "confirmed": "1"}, follow=True)
    assert "Områderne er lagt sammen." in text_of(response)
    assert AreaChange.objects.get().note == "Brev & bilag"
    assert stands.memberships.get().department == placed.department


def test_a_merger_that_is_refused_is_refused_before_it_is_confirmed(officer: Client) -> None:
    listing = AreaListingFactory.create(area_list__year=2023)
    stands = HousingAreaFactory.create()

    response = officer.post(
        reverse("areas:merge", args=[listing.area.key]), {"into": stands.pk, **date("changed_on", "2022-01-01")}
    )

    assert response.context["form"].errors.keys() == {"changed_on"}
    assert "Listen af 1. december 2023 nævner området for sig." in text_of(response)


def test_an_area_that_is_gone_is_offered_nowhere(officer: Client, case_officer: Actor) -> None:
    gone, stands, third = (HousingAreaFactory.create(name=name) for name in ("Gone", "Stands", "Third"))
    transitions.merge_areas(gone, stands, changed_on=datetime.date(2022, 1, 1), by=case_officer)

    for name, arguments in (
        ("place_department", [DepartmentFactory.create().pk]),
        ("connect_department", [DepartmentFactory.create().pk]),
        ("merge", [third.key]),
    ):
        html = officer.get(reverse(f"areas:{name}", args=arguments)).content.decode()
        assert (">Stands, " in html, ">Gone, " in html) == (True, False)


def test_a_part_is_split_off_with_its_departments(officer: Client) -> None:
    placed = AreaMembershipFactory.create(area__name="Ringparken")
    address = reverse("areas:split", args=[placed.area.key])
    values = {
        "name": "Ringparken Øst",
        "approval": "Brev",
        "departments": [placed.department.pk],
        **date("changed_on", "2024-01-01"),
    }

    assert officer.post(address, {**values, "approval": ""}).context["form"].errors.keys() == {"approval"}
    shown = officer.post(address, values)
    assert "Lister fra før 1. januar 2024, der nævner Ringparken, tæller også for »Ringparken Øst«." in text_of(shown)
    assert not HousingArea.objects.filter(name="Ringparken Øst").exists()
    officer.post(address, {**values, "confirmed": "1"})

    assert HousingArea.objects.get(name="Ringparken Øst").memberships.get().department == placed.department


def test_an_area_is_renamed_and_enlarged(officer: Client) -> None:
    area = HousingAreaFactory.create(name="Toveshøj")

    officer.post(
        reverse("areas:rename", args=[area.key]),
        {"name": "Nyt navn", **date("changed_on", "2024-01-01"), "confirmed": "1"},
    )
    officer.post(
        reverse("areas:enlarge", args=[area.key]),
        {"approval": "Brev", **date("changed_on", "2024-01-01"), "confirmed": "1"},
    )

    assert sorted(AreaChange.objects.values_list("kind", "former_name")) == [("ENLARGED", ""), ("RENAMED", "Toveshøj")]
    area.refresh_from_db()
    assert area.name == "Nyt navn"


# Rights


@pytest.mark.parametrize("role", ["applicant", "municipality"])
def test_outside_the_fund_nobody_opens_or_sends_a_form(client: Client, role: str, request: pytest.FixtureRequest) -> None:
    actor = request.getfixturevalue(role)
    client.force_login(actor.user)
    placed = AreaMembershipFactory.create()
    addresses = [
        reverse("areas:register_department"),
        *(
            reverse(f"areas:{name}", args=[placed.department.pk])
            for name in ("change_department", "record_residents", "place_department", "connect_department")
        ),
        reverse("areas:end_placement", args=[placed.pk]),
        reverse("areas:end_connection", args=[ConnectedDepartmentFactory.create().pk]),
        reverse("areas:change_organisation", args=[placed.department.organisation_id]),
        reverse("areas:change_development_plan", args=[DevelopmentPlanFactory.create().pk]),
        *(
            reverse(f"areas:{name}", args=[placed.area.key])
            for name in ("register_development_plan", "rename", "merge", "split", "enlarge")
        ),
    ]

    for address in addresses:
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403), address


def test_what_does_not_exist_is_not_found(officer: Client) -> None:
    for address in ("departments/9/change/", "placements/9/end/", "organisations/9/change/", "findes-ikke/merge/"):
        assert officer.get(f"/areas/{address}").status_code == 404
