"""Registering departments and plans."""

from __future__ import annotations

import datetime

import pytest

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from accounts.roles import Role
from areas.models import AreaEvent, Department, PlanApproval, standing_of
from areas.transitions import (
    place_department,
    register_department,
    register_development_plan,
)
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from tests.factories.areas import DepartmentFactory, HousingAreaFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db

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


def test_outside_the_fund_nobody_changes_registers(applicant: Actor, municipality: Actor) -> None:
    department, area = DepartmentFactory.create(), HousingAreaFactory.create()

    for actor in (applicant, municipality):
        with pytest.raises(NotAllowed):
            place_department(department, area, valid_from=datetime.date(2020, 1, 1), by=actor)
        with pytest.raises(NotAllowed):
            register_department(department.organisation, number="9", name="x", municipality=area.municipality, by=actor)
    assert Department.objects.count() == 1
