"""Registering departments and plans, and taking in lists."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from accounts.roles import Role
from areas.list_files import CountRow, ListFile, ListingRow, Refusal
from areas.models import AreaEvent, AreaList, AreaListing, Department, HousingArea, PlanApproval, standing_of
from areas.rules.standing import Status
from areas.transitions import (
    import_area_lists,
    place_department,
    register_department,
    register_development_plan,
)
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from tests.factories.areas import DepartmentFactory, HousingAreaFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db

ROW = ListingRow(
    row=2,
    year=2023,
    published_on=datetime.date(2023, 12, 1),
    area_key="bispehaven",
    area_name="Bispehaven",
    municipality_code="0751",
    municipality_name="Aarhus",
    flags={Status.EXPOSED: True, Status.PARALLEL_SOCIETY: True, Status.CONVERSION_AREA: True, Status.PREVENTION_AREA: None},
    official_term="omdannelsesområde",
    evidence="named",
    sources="https://example.org",
    note="",
)
COUNTS = CountRow(2, 2023, ROW.published_on, {Status.EXPOSED: 1}, "https://example.org")


def file(*rows: ListingRow | CountRow, refused: tuple[Refusal, ...] = ()) -> ListFile:
    return ListFile("liste.csv", "0" * 64, rows, refused)


def row(**changes: Any) -> ListingRow:
    return dataclasses.replace(ROW, **changes)


@pytest.fixture
def aarhus(db: None) -> None:
    MunicipalityFactory.create(aarhus=True)
    MunicipalityFactory.create(code="0461", name="Odense")


def outcome(*files: ListFile, dry_run: bool = False) -> tuple[int, int, int, int, list[tuple[int, str]]]:
    result = import_area_lists(files, by=SYSTEM, dry_run=dry_run)
    refused = [(refusal.row, refusal.message) for refusal in result.refused]
    return result.rows, result.created, result.updated, result.unchanged, refused


# Departments


def test_a_department_is_registered_with_an_event(housing: Organisation, case_officer: Actor) -> None:
    department = register_department(
        housing, number="7", name="Ågården", municipality=MunicipalityFactory.create(), by=case_officer
    )

    event = AreaEvent.objects.get()
    assert (event.event, event.department, event.user, event.role) == (
        "department:registered",
        department,
        case_officer.user,
        Role.CASE_OFFICER,
    )
    assert department.sort_key.startswith("}")


def test_a_department_number_is_taken_once(case_officer: Actor) -> None:
    department = DepartmentFactory.create()

    with pytest.raises(RuleBroken, match="Boligorganisationen har allerede en afdeling med dette nummer"):
        register_department(
            department.organisation,
            number=department.number,
            name="En anden",
            municipality=department.municipality,
            by=case_officer,
        )
    assert AreaEvent.objects.count() == 0


def test_only_housing_organisations_own_departments(fund: Organisation) -> None:
    with pytest.raises(RuleBroken, match="hører til en boligorganisation"):
        register_department(fund, number="7", name="x", municipality=MunicipalityFactory.create(), by=SYSTEM)


def test_impossible_figures_are_refused_beside_their_field(housing: Organisation) -> None:
    with pytest.raises(RuleBroken) as refused:
        register_department(
            housing, number="7", name="x" * 200, municipality=MunicipalityFactory.create(), dwellings=-1, by=SYSTEM
        )
    assert {violation.field for violation in refused.value.violations} == {"name", "dwellings"}


def test_a_department_is_placed_in_one_area_at_a_time(case_officer: Actor) -> None:
    department, area = DepartmentFactory.create(), HousingAreaFactory.create()
    place_department(department, area, valid_from=datetime.date(2020, 1, 1), by=case_officer)

    with pytest.raises(RuleBroken, match="Afdelingen ligger allerede i et område i denne periode"):
        place_department(department, HousingAreaFactory.create(), valid_from=datetime.date(2024, 1, 1), by=case_officer)
    assert [(event.event, event.area) for event in AreaEvent.objects.all()] == [("department:placed", area)]


def test_a_registered_plan_binds_the_area(case_officer: Actor, today: datetime.date) -> None:
    area = HousingAreaFactory.create()
    plan = {"starts_on": datetime.date(2019, 6, 1), "approval": PlanApproval.APPROVED, "source": "Ministerens brev"}

    register_development_plan(area, **plan, by=case_officer)  # type: ignore[arg-type]  # plain values by name

    assert standing_of(area, on=today).has_development_plan == "yes"
    with pytest.raises(RuleBroken, match="har allerede en udviklingsplan"):
        register_development_plan(area, **plan, by=case_officer)  # type: ignore[arg-type]  # as above


def test_outside_the_fund_nobody_changes_registers(applicant: Actor, municipality: Actor, aarhus: None) -> None:
    department, area = DepartmentFactory.create(), HousingAreaFactory.create()

    for actor in (applicant, municipality):
        with pytest.raises(NotAllowed):
            place_department(department, area, valid_from=datetime.date(2020, 1, 1), by=actor)
        with pytest.raises(NotAllowed):
            register_department(department.organisation, number="9", name="x", municipality=area.municipality, by=actor)
        with pytest.raises(NotAllowed):
            import_area_lists([file(ROW)], by=actor)
    assert Department.objects.count() == 1
    assert AreaListing.objects.count() == 0


# Lists


def test_an_import_makes_list_area_and_listing_and_leaves_an_event(aarhus: None, case_officer: Actor) -> None:
    import_area_lists([file(ROW)], by=case_officer)

    listing = AreaListing.objects.get()
    assert (listing.area.name, listing.area.municipality.name, listing.area_list.year) == ("Bispehaven", "Aarhus", 2023)
    assert (listing.is_conversion_area, listing.is_prevention_area) == (True, None)
    event = AreaEvent.objects.get()
    assert (event.event, event.user) == ("area_lists:imported", case_officer.user)
    assert event.data["files"] == [{"name": "liste.csv", "sha256": "0" * 64}]


def test_the_same_file_again_changes_nothing(aarhus: None) -> None:
    assert outcome(file(ROW), file(COUNTS)) == (2, 2, 0, 0, [])
    events = AreaEvent.objects.count()

    assert outcome(file(ROW), file(COUNTS)) == (2, 0, 0, 2, [])
    assert AreaEvent.objects.count() == events


def test_a_changed_row_updates_what_stands_there(aarhus: None) -> None:
    outcome(file(ROW), file(COUNTS))

    changed = row(flags={**ROW.flags, Status.CONVERSION_AREA: False})
    more = dataclasses.replace(COUNTS, counts={Status.EXPOSED: 2})

    assert outcome(file(changed), file(more)) == (2, 0, 2, 0, [])
    assert AreaListing.objects.get().is_conversion_area is False
    assert AreaList.objects.get().exposed_count == 2


def test_a_dry_run_tells_and_changes_nothing(aarhus: None) -> None:
    assert outcome(file(ROW), dry_run=True) == (1, 1, 0, 0, [])
    assert not AreaListing.objects.exists()
    assert not HousingArea.objects.exists()
    assert not AreaEvent.objects.exists()


def test_an_area_bears_the_name_of_its_latest_list_in_whatever_order_they_come(aarhus: None) -> None:
    renamed = row(year=2024, published_on=datetime.date(2024, 12, 1), area_name="Nye Bispehaven")

    assert outcome(file(ROW)) == (1, 1, 0, 0, [])
    assert outcome(file(renamed)) == (1, 1, 0, 0, [])
    assert HousingArea.objects.get().name == "Nye Bispehaven"
    assert outcome(file(ROW)) == (1, 0, 0, 1, [])
    assert HousingArea.objects.get().name == "Nye Bispehaven"
    assert outcome(file(row(year=2024, published_on=datetime.date(2024, 12, 1), area_name="Bispehaven Ny"))) == (1, 0, 1, 0, [])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"municipality_code": "9999"}, "Kommunekode 9999 er ukendt."),
        ({"municipality_name": "Århus"}, "Kommunekode 0751 er Aarhus, men rækken siger Århus."),
        (
            {"published_on": datetime.date(2023, 11, 30)},
            "Listen for 2023 er offentliggjort den 2023-12-01, men rækken siger 2023-11-30.",
        ),
        (
            {
                "municipality_code": "0461",
                "municipality_name": "Odense",
                "year": 2021,
                "published_on": datetime.date(2021, 12, 1),
            },
            "Området ligger i Aarhus efter registeret, men rækken siger Odense.",
        ),
    ],
)
def test_a_row_that_contradicts_the_register_is_refused_and_leaves_nothing(
    aarhus: None, changes: dict[str, Any], reason: str
) -> None:
    outcome(file(ROW))

    assert outcome(file(row(**changes), row(row=3, area_key="gellerup", area_name="Gellerup"))) == (2, 1, 0, 0, [(2, reason)])
    assert sorted(AreaList.objects.values_list("year", flat=True)) == [2023]
    assert sorted(HousingArea.objects.values_list("key", flat=True)) == ["bispehaven", "gellerup"]


def test_a_row_said_twice_is_refused_the_second_time(aarhus: None) -> None:
    twice = file(ROW, row(row=3, note="igen"))

    assert outcome(twice) == (2, 1, 0, 0, [(3, "Rækken gentager række 2: samme år og samme område.")])
    assert AreaListing.objects.get().note == ""


def test_rows_refused_when_read_are_told_in_the_order_of_the_file(aarhus: None) -> None:
    unreadable = Refusal("liste.csv", 3, "area_id mangler.", {})

    assert outcome(file(row(area_key="andet", municipality_code="9999"), row(row=4), refused=(unreadable,))) == (
        3,
        1,
        0,
        0,
        [(2, "Kommunekode 9999 er ukendt."), (3, "area_id mangler.")],
    )


def test_three_hundred_rows_take_few_queries(aarhus: None, django_assert_max_num_queries: Any) -> None:
    few = file(*(row(row=n, area_key=f"omraade-{n}", area_name=f"Området {n}") for n in range(2, 302)))

    with django_assert_max_num_queries(20):
        assert outcome(few) == (300, 300, 0, 0, [])
