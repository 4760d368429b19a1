"""What the database refuses, whoever writes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from areas.models import AreaListing, AreaMembership, DevelopmentPlan, HousingArea, Status, lists_held
from tests.factories.areas import (
    AreaListFactory,
    AreaListingFactory,
    AreaMembershipFactory,
    DepartmentFactory,
    DevelopmentPlanFactory,
    HousingAreaFactory,
    MunicipalityFactory,
)

pytestmark = pytest.mark.django_db


def day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        (("2020-01-01", "2020-12-31"), ("2021-01-01", None), False),
        (("2020-01-01", "2020-12-31"), ("2020-12-31", None), True),
        (("2020-01-01", None), ("2030-01-01", "2030-01-01"), True),
        (("2020-01-01", None), ("2019-01-01", "2019-12-31"), False),
        (("2020-01-01", None), ("2019-01-01", "2020-01-01"), True),
    ],
)
def test_a_department_lies_in_one_area_at_a_time(
    first: tuple[str, str | None], second: tuple[str, str | None], *, is_refused: bool
) -> None:
    placed = AreaMembershipFactory.create(valid_from=first[0], valid_to=first[1])
    again = AreaMembership(
        department=placed.department, area=HousingAreaFactory.create(), valid_from=second[0], valid_to=second[1]
    )

    if is_refused:
        with pytest.raises(IntegrityError, match="area_membership_one_area_at_a_time"), transaction.atomic():
            again.save()
    else:
        again.save()
    AreaMembershipFactory.create(area=placed.area, valid_from=first[0])  # another department is free to


def test_an_area_has_one_development_plan_at_a_time() -> None:
    plan = DevelopmentPlanFactory.create()

    with pytest.raises(IntegrityError, match="development_plan_one_at_a_time"), transaction.atomic():
        DevelopmentPlanFactory.create(area=plan.area, starts_on=datetime.date(2024, 1, 1))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("area_listing_conversion_area_is_parallel_society", {"is_conversion_area": True, "is_parallel_society": False}),
        ("area_listing_parallel_society_is_exposed", {"is_exposed": False}),
        (
            "area_listing_says_something",
            {"is_exposed": None, "is_parallel_society": None, "is_conversion_area": None, "is_prevention_area": None},
        ),
        ("area_listing_evidence_is_known", {"evidence": "hørt"}),
        ("area_listing_has_a_source", {"sources": ""}),
    ],
)
def test_a_listing_cannot_contradict_the_law_or_itself(constraint: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AreaListingFactory.create(**values)


def test_a_list_says_an_area_once() -> None:
    listing = AreaListingFactory.create()

    with pytest.raises(IntegrityError, match="area_listing_once_per_list"), transaction.atomic():
        AreaListingFactory.create(area=listing.area, area_list=listing.area_list)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("area_list_published_in_its_year", {"published_on": datetime.date(2022, 12, 1)}),
        ("area_list_counts_have_a_source", {"exposed_count": 12}),
    ],
)
def test_a_list_cannot_contradict_itself(constraint: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AreaListFactory.create(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("department_floor_area_is_positive", {"floor_area_m2": 0}),
        ("department_owner_kind_is_known", {"owner_kind": "NOBODY"}),
        ("department_postcode_has_four_digits", {"postcode": "821"}),
        ("department_dwellings_of_each_kind_fit_the_total", {"dwellings": 10, "family_dwellings": 8, "youth_dwellings": 3}),
    ],
)
def test_a_department_has_possible_figures(constraint: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DepartmentFactory.create(**values)


def test_keys_and_codes_have_their_shape() -> None:
    with pytest.raises(IntegrityError, match="housing_area_key_is_a_slug"), transaction.atomic():
        HousingAreaFactory.create(key="Gellerup!")
    with pytest.raises(IntegrityError, match="municipality_code_has_four_digits"), transaction.atomic():
        MunicipalityFactory.create(code="75A1")


@pytest.mark.parametrize("table", ["areas_areaevent", "areas_arealistingversion", "areas_areamembershipversion"])
def test_events_and_history_can_be_neither_changed_nor_deleted(table: str) -> None:
    for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_changed_listing_keeps_what_it_said_before() -> None:
    listing = AreaListingFactory.create()
    AreaListing.objects.filter(pk=listing.pk).update(is_conversion_area=True)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label, is_conversion_area FROM areas_arealistingversion ORDER BY pgh_id")
        assert cursor.fetchall() == [("insert", False), ("update", True)]


def test_areas_are_found_and_stand_in_danish_order() -> None:
    for name in ("Ålekistevej", "Ærøparken", "Aabrinken", "Zenit", "Østerbro"):
        HousingAreaFactory.create(name=name, key=f"omraade-{len(name)}{ord(name[0])}")

    assert [area.name for area in HousingArea.objects.all()] == ["Zenit", "Ærøparken", "Østerbro", "Aabrinken", "Ålekistevej"]
    assert [area.name for area in HousingArea.objects.matching("åb")] == ["Aabrinken"]
    assert [area.name for area in HousingArea.objects.matching("ÆRØ")] == ["Ærøparken"]
    assert HousingArea.objects.matching("århus").count() == 5  # by municipality
    assert not HousingArea.objects.matching("%").exists()


def test_departments_are_in_an_area_from_the_first_day_to_the_last() -> None:
    placed = AreaMembershipFactory.create(valid_from=datetime.date(2020, 1, 1), valid_to=datetime.date(2020, 12, 31))

    found = {
        text: placed.department in type(placed.department).objects.in_area(placed.area, on=datetime.date.fromisoformat(text))
        for text in ("2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01")
    }
    assert list(found.values()) == [False, True, True, False]


def test_a_plan_binds_from_its_start_to_its_end() -> None:
    DevelopmentPlanFactory.create(ends_on=datetime.date(2029, 12, 31))

    bound = [
        DevelopmentPlan.objects.binding(datetime.date.fromisoformat(text)).exists()
        for text in ("2019-05-31", "2019-06-01", "2029-12-31", "2030-01-01")
    ]
    assert bound == [False, True, True, False]


def test_a_list_of_which_only_the_numbers_are_known_is_not_held() -> None:
    AreaListFactory.create(year=2024, exposed_count=12, count_sources="https://example.org")
    AreaListingFactory.create(area_list__year=2023)

    assert [held.year for held in lists_held()] == [2023]


def test_held_counts_count_only_the_flags_that_are_true() -> None:
    AreaListingFactory.create()
    AreaListingFactory.create(conversion_area=True)
    AreaListingFactory.create(exposed_only=True)
    AreaListingFactory.create(not_listed=True)

    (held,) = lists_held()
    assert held.held == {
        Status.CONVERSION_AREA: 1,
        Status.PARALLEL_SOCIETY: 2,
        Status.EXPOSED: 3,
        Status.PREVENTION_AREA: 0,
    }
