"""The facts of the registers put to § 91 a: where departments lie on a day, what is connected, who is counted."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from areas.models import Answer, ConnectedDepartment, Place, Problem, StatedConnection, departments_on, eligibility_of
from tests.factories.areas import (
    AreaListingFactory,
    AreaMembershipFactory,
    DepartmentFactory,
    DevelopmentPlanFactory,
    HousingAreaFactory,
    MunicipalityFactory,
    ResidentCountFactory,
)

pytestmark = pytest.mark.django_db

ON = datetime.date(2024, 6, 1)


def test_priority_follows_the_list_that_was_published_by_the_day() -> None:
    inside = AreaMembershipFactory.create()
    AreaListingFactory.create(area=inside.area, area_list__year=2023)

    asked = [inside.department]
    before = eligibility_of(asked, on=datetime.date(2023, 11, 30), problems=[Problem.VIOLENCE])
    after = eligibility_of(asked, on=datetime.date(2023, 12, 1), problems=[Problem.VIOLENCE])

    assert (before.priority.answer, after.priority.answer) == (Answer.UNKNOWN, Answer.YES)
    assert after.list_published_on == datetime.date(2023, 12, 1)
    assert before.is_eligible is after.is_eligible is Answer.YES


def test_a_membership_holds_from_day_to_day() -> None:
    department = DepartmentFactory.create()
    AreaMembershipFactory.create(department=department, valid_from=datetime.date(2020, 1, 1), valid_to=ON)

    last = eligibility_of([department], on=ON).departments[0]
    after = eligibility_of([department], on=ON + datetime.timedelta(days=1)).departments[0]

    assert (last.place, after.place) == (Place.IN_AREA, Place.OUTSIDE)


def test_the_register_connects_and_what_an_application_states_goes_before_it() -> None:
    inside = AreaMembershipFactory.create()
    outside = DepartmentFactory.create(organisation=inside.department.organisation)
    ConnectedDepartment.objects.create(
        department=outside, area=inside.area, valid_from=datetime.date(2020, 1, 1), reason="Den samme skole"
    )
    both = [inside.department, outside]

    registered = {one.key: one for one in eligibility_of(both, on=ON).departments}[str(outside.pk)]
    stated = eligibility_of(both, on=ON, connections={outside.pk: StatedConnection(inside.area, "Den samme klub")})
    told = {one.key: one for one in stated.departments}[str(outside.pk)]

    assert (registered.place, registered.connection_reason) == (Place.CONNECTED, "Den samme skole")
    assert told.connection_reason == "Den samme klub"


def test_of_several_connections_the_one_to_an_area_of_the_effort_counts() -> None:
    inside = AreaMembershipFactory.create()
    outside = DepartmentFactory.create()
    for area, reason in ((inside.area, "nær"), (HousingAreaFactory.create(), "fjern")):
        ConnectedDepartment.objects.create(department=outside, area=area, valid_from=datetime.date(2020, 1, 1), reason=reason)

    found = eligibility_of([inside.department, outside], on=ON)

    assert {one.connection_reason for one in found.departments} == {"", "nær"}


def test_residents_are_those_of_the_latest_count_up_to_the_day() -> None:
    department = DepartmentFactory.create(residents=None)
    ResidentCountFactory.create(department=department, counted_on=datetime.date(2024, 1, 1), residents=200)
    ResidentCountFactory.create(department=department, counted_on=datetime.date(2025, 1, 1), residents=300)

    assert eligibility_of([department], on=ON).residents.counted == 200
    assert eligibility_of([department], on=datetime.date(2023, 1, 1)).residents.without_count == 1


def test_two_municipalities_and_a_development_plan_are_seen() -> None:
    inside = AreaMembershipFactory.create()
    elsewhere = AreaMembershipFactory.create(department__municipality=MunicipalityFactory.create(name="Odense", code="0461"))
    DevelopmentPlanFactory.create(area=inside.area)

    found = eligibility_of([inside.department, elsewhere.department], on=ON, problems=[Problem.WEAR])

    assert found.is_eligible is Answer.UNKNOWN
    assert found.development_plan.answer is Answer.YES


def test_some_of_the_departments_can_be_asked_about_alone() -> None:
    inside, outside = AreaMembershipFactory.create().department, DepartmentFactory.create()
    registered = departments_on([inside, outside], on=ON)

    assert registered.eligibility(problems=[Problem.OTHER]).is_eligible is Answer.NO
    assert registered.eligibility([inside.pk], problems=[Problem.OTHER]).is_eligible is Answer.YES


def test_two_hundred_departments_take_as_many_queries_as_two() -> None:
    listing = AreaListingFactory.create()
    departments = [AreaMembershipFactory.create(area=listing.area).department for _ in range(2)]
    with CaptureQueriesContext(connection) as few:
        eligibility_of(departments, on=ON)
    departments += [AreaMembershipFactory.create().department for _ in range(198)]
    with CaptureQueriesContext(connection) as many:
        assert len(eligibility_of(departments, on=ON).departments) == 200

    assert len(many) == len(few) <= 9
