"""Upkeep of the registers: departments, where they lie, plans, and what becomes of areas."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.transitions import ORGANISATION_FIELDS, change_organisation
from areas import transitions
from areas.models import (
    Answer,
    AreaChange,
    AreaChangeKind,
    AreaEvent,
    AreaMembership,
    ConnectedDepartment,
    Department,
    HousingArea,
    PlanApproval,
    ResidentCount,
    Status,
    current_area,
    listings_of,
    residents_in,
    standing_of,
    successions,
)
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from lbf_portal.lib.rows import Outdated, fingerprint
from tests.factories.accounts import OrganisationFactory
from tests.factories.areas import (
    AreaListFactory,
    AreaListingFactory,
    AreaMembershipFactory,
    DepartmentFactory,
    DevelopmentPlanFactory,
    HousingAreaFactory,
    MunicipalityFactory,
    ResidentCountFactory,
)

pytestmark = pytest.mark.django_db

Day = datetime.date
MERGED_ON = Day(2022, 1, 1)


def periods(rows: Any) -> list[tuple[str, str, str | None]]:
    return [
        (row.area.name, row.valid_from.isoformat(), row.valid_to.isoformat() if row.valid_to else None)
        for row in rows.select_related("area").order_by("valid_from", "area__sort_key")
    ]


def refused(code: str) -> Any:
    """Expects a refusal of this code, and no other."""
    return pytest.raises(RuleBroken, check=lambda error: [violation.code for violation in error.violations] == [code])


# Two at the same moment


def test_whoever_meets_the_constraint_in_the_database_gets_its_sentence(
    case_officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the check found free a moment ago is taken when the row is written."""
    plan = DevelopmentPlanFactory.create()
    monkeypatch.setattr("lbf_portal.lib.rows._require_constraints", lambda _row: None)

    with pytest.raises(RuleBroken, match="Området har allerede en udviklingsplan i denne periode"):
        transitions.register_development_plan(
            plan.area, starts_on=Day(2025, 1, 1), approval=PlanApproval.APPROVED, source="Brev", by=case_officer
        )


# Departments


def test_a_department_is_corrected_and_keeps_what_it_was_with_who_did_it(case_officer: Actor) -> None:
    department = DepartmentFactory.create(name="Søndervang", dwellings=150)

    transitions.change_department(department, name="Søndervangen", youth_dwellings=20, by=case_officer)

    department.refresh_from_db()
    assert (department.name, department.youth_dwellings, department.dwellings) == ("Søndervangen", 20, 150)
    event = AreaEvent.objects.get()
    assert (event.event, event.data) == ("department:changed", {"fields": ["name", "youth_dwellings"]})
    versions = department.versions.order_by("pgh_id")  # type: ignore[attr-defined]  # given by pghistory
    assert [version.name for version in versions] == ["Søndervang", "Søndervangen"]
    assert case_officer.user is not None
    assert versions[1].pgh_context.metadata["user"] == case_officer.user.pk


def test_saving_what_stands_there_changes_nothing_and_leaves_no_event(case_officer: Actor) -> None:
    department = DepartmentFactory.create()

    transitions.change_department(department, name=department.name, by=case_officer)

    assert not AreaEvent.objects.exists()


def test_whoever_saves_second_is_told(case_officer: Actor) -> None:
    department = Department.objects.get(pk=DepartmentFactory.create().pk)
    seen = fingerprint(department, transitions.DEPARTMENT_FIELDS)
    transitions.change_department(department, name="Den enes", by=case_officer, seen=seen)

    with pytest.raises(Outdated):
        transitions.change_department(department, name="Den andens", by=case_officer, seen=seen)
    department.refresh_from_db()
    assert department.name == "Den enes"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"dwellings": 10, "family_dwellings": 8, "youth_dwellings": 3}, "flere boliger af de enkelte slags"),
        ({"postcode": "82"}, "Et postnummer har fire cifre"),
        ({"floor_area_m2": 0}, "Arealet skal være større end 0"),
    ],
)
def test_what_the_database_would_refuse_is_a_sentence(case_officer: Actor, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        transitions.change_department(DepartmentFactory.create(), by=case_officer, **values)


def test_a_field_that_is_not_the_forms_is_a_mistake_of_ours(case_officer: Actor) -> None:
    with pytest.raises(KeyError):
        transitions.change_department(DepartmentFactory.create(), by=case_officer, is_demo=False)


# Residents


def test_residents_are_recorded_and_corrected_by_whoever_saw_the_count(case_officer: Actor) -> None:
    department = DepartmentFactory.create(residents=None)
    day = Day(2025, 1, 1)

    transitions.record_residents(department, counted_on=day, residents=310, by=case_officer)
    with refused("count_recorded"):
        transitions.record_residents(department, counted_on=day, residents=311, by=case_officer)
    transitions.record_residents(department, counted_on=day, residents=312, by=case_officer, seen=310)
    with refused("count_recorded"):
        transitions.record_residents(department, counted_on=day, residents=313, by=case_officer, seen=310)
    with refused("no_count"):
        transitions.record_residents(department, counted_on=Day(2024, 1, 1), residents=1, by=case_officer, seen=310)

    assert ResidentCount.objects.get().residents == 312
    assert AreaEvent.objects.count() == 2


def test_an_areas_residents_are_its_departments_of_that_day_counted_that_day(case_officer: Actor) -> None:
    area = HousingAreaFactory.create()
    day = Day(2026, 1, 1)
    assert (residents_in(area, on=day).is_known, residents_in(area, on=day).reaches(1000)) == (False, Answer.UNKNOWN)

    here = AreaMembershipFactory.create(area=area, department__residents__residents=600)
    AreaMembershipFactory.create(area=area, department__residents__residents=399)
    AreaMembershipFactory.create(area=area, department__residents__residents=5000, valid_to=Day(2025, 12, 31))
    AreaMembershipFactory.create(department__residents__residents=7000)
    assert residents_in(area, on=day).total == 999
    assert residents_in(area, on=day).reaches(1000) is Answer.NO

    other = AreaMembershipFactory.create(area=area, department__residents=None).department
    ResidentCountFactory.create(department=other, counted_on=Day(2025, 1, 1), residents=400)
    assert (residents_in(area, on=day).missing, residents_in(area, on=day).reaches(1000)) == (1, Answer.UNKNOWN)

    transitions.record_residents(here.department, counted_on=day, residents=601, seen=600, by=case_officer)
    assert residents_in(area, on=day).reaches(1000) is Answer.YES


# Where departments lie


def test_a_department_that_moves_lies_in_one_area_to_the_day_before(case_officer: Actor) -> None:
    placed = AreaMembershipFactory.create(area__name="Gamle")

    transitions.move_department(
        placed.department, HousingAreaFactory.create(name="Nye"), valid_from=Day(2024, 5, 1), by=case_officer
    )

    assert periods(AreaMembership.objects.all()) == [("Gamle", "2010-01-01", "2024-04-30"), ("Nye", "2024-05-01", None)]
    assert AreaEvent.objects.get().data == {"from": placed.area.key}


def test_a_department_cannot_move_to_where_it_lies_or_on_the_day_it_came(case_officer: Actor) -> None:
    placed = AreaMembershipFactory.create()

    with refused("lies_there"):
        transitions.move_department(placed.department, placed.area, valid_from=Day(2024, 1, 1), by=case_officer)
    with refused("placed_that_day"):
        transitions.move_department(placed.department, HousingAreaFactory.create(), valid_from=placed.valid_from, by=case_officer)
    assert AreaMembership.objects.count() == 1


def test_a_placement_ends_on_a_day_but_not_before_it_began(case_officer: Actor) -> None:
    placed = AreaMembership.objects.get(pk=AreaMembershipFactory.create().pk)
    seen = fingerprint(placed, transitions.PERIOD_FIELDS)

    with pytest.raises(RuleBroken, match="Slutdatoen ligger før startdatoen"):
        transitions.end_placement(placed, valid_to=Day(2009, 12, 31), by=case_officer, seen=seen)
    transitions.end_placement(placed, valid_to=Day(2020, 12, 31), by=case_officer, seen=seen)
    with pytest.raises(Outdated):
        transitions.end_placement(placed, valid_to=Day(2021, 12, 31), by=case_officer, seen=seen)

    assert periods(AreaMembership.objects.all())[0][2] == "2020-12-31"


def test_a_connected_department_lies_outside_and_has_a_reason(case_officer: Actor) -> None:
    department, area = DepartmentFactory.create(), HousingAreaFactory.create()
    start = Day(2024, 1, 1)

    with pytest.raises(RuleBroken):
        transitions.connect_department(department, area, valid_from=start, reason="  ", by=case_officer)
    connected = transitions.connect_department(department, area, valid_from=start, reason="Fælles skole", by=case_officer)
    with pytest.raises(RuleBroken, match="allerede knyttet til området"):
        transitions.connect_department(department, area, valid_from=Day(2025, 1, 1), reason="Igen", by=case_officer)
    inside = AreaMembershipFactory.create(area=area).department
    with refused("lies_in_the_area"):
        transitions.connect_department(inside, area, valid_from=start, reason="Fælles skole", by=case_officer)

    transitions.end_connection(connected, valid_to=Day(2024, 12, 31), by=case_officer)
    assert ConnectedDepartment.objects.get().valid_to == Day(2024, 12, 31)
    assert list(AreaEvent.objects.values_list("event", flat=True)) == ["department:connected", "department:connection_ended"]


# Development plans


def test_a_plan_is_closed_and_corrected(case_officer: Actor) -> None:
    plan = DevelopmentPlanFactory.create()

    transitions.change_development_plan(plan, ends_on=Day(2029, 12, 31), approval=PlanApproval.EXEMPTED, by=case_officer)

    plan.refresh_from_db()
    assert (plan.ends_on, plan.approval) == (Day(2029, 12, 31), PlanApproval.EXEMPTED)
    assert AreaEvent.objects.get().data["fields"] == ["approval", "ends_on"]
    with pytest.raises(RuleBroken, match="Slutdatoen ligger før startdatoen"):
        transitions.change_development_plan(plan, ends_on=Day(2018, 1, 1), by=case_officer)
    with pytest.raises(RuleBroken, match="allerede en udviklingsplan"):
        transitions.register_development_plan(
            plan.area, starts_on=Day(2025, 1, 1), approval=PlanApproval.APPROVED, source="Brev", by=case_officer
        )


# Areas: another name


def test_an_area_with_a_new_name_keeps_the_former_with_the_change(case_officer: Actor) -> None:
    area = HousingAreaFactory.create(name="Toveshøj")

    transitions.rename_area(area, name="Karen Blixens Kvarter", changed_on=Day(2024, 1, 1), by=case_officer)

    area.refresh_from_db()
    assert area.name == "Karen Blixens Kvarter"
    assert AreaChange.objects.get().former_name == "Toveshøj"
    with refused("same_name"):
        transitions.rename_area(area, name="Karen Blixens Kvarter", changed_on=Day(2025, 1, 1), by=case_officer)


# Areas: merged


def merge(area: HousingArea, into: HousingArea, by: Actor, on: Day = MERGED_ON) -> AreaChange:
    return transitions.merge_areas(area, into, changed_on=on, by=by)


def test_a_merged_areas_departments_connections_and_plan_go_with_it(case_officer: Actor, today: Day) -> None:
    gone, stands = HousingAreaFactory.create(name="Gone"), HousingAreaFactory.create(name="Stands")
    lasting = AreaMembershipFactory.create(area=gone).department
    left = AreaMembershipFactory.create(area=gone, valid_to=Day(2015, 1, 1)).department
    later = AreaMembershipFactory.create(area=gone, valid_from=Day(2023, 1, 1)).department
    connected, both = DepartmentFactory.create(), DepartmentFactory.create()
    for department, area in ((connected, gone), (both, gone), (both, stands)):
        transitions.connect_department(department, area, valid_from=Day(2020, 1, 1), reason="Nabo", by=case_officer)
    DevelopmentPlanFactory.create(area=gone)

    merge(gone, stands, case_officer)

    assert periods(lasting.memberships) == [("Gone", "2010-01-01", "2021-12-31"), ("Stands", "2022-01-01", None)]
    assert periods(left.memberships) == [("Gone", "2010-01-01", "2015-01-01")]
    assert periods(later.memberships) == [("Stands", "2023-01-01", None)]
    assert periods(connected.connections) == [("Gone", "2020-01-01", "2021-12-31"), ("Stands", "2022-01-01", None)]
    assert periods(both.connections) == [("Gone", "2020-01-01", "2021-12-31"), ("Stands", "2020-01-01", None)]
    for area in (gone, stands):
        assert standing_of(area, on=today).has_development_plan is Answer.YES
    assert AreaEvent.objects.filter(event="area:merged", area=gone).get().data["into"] == stands.key


def test_history_goes_with_the_place_over_a_chain_of_mergers(case_officer: Actor) -> None:
    first, second, third = (HousingAreaFactory.create(name=name, key=name.lower()) for name in ("A", "B", "C"))
    AreaListingFactory.create(area=first, area_list__year=2016, is_exposed=None)
    AreaListingFactory.create(area=first, area_list__year=2018, conversion_area=True)
    AreaListingFactory.create(area=second, area_list__year=2018)
    AreaListingFactory.create(area=second, area_list__year=2021)

    merge(first, second, case_officer, Day(2020, 1, 1))
    merge(second, third, case_officer, Day(2023, 1, 1))

    assert sorted(listings_of([third])[third.pk]) == [2016, 2018, 2021]
    # B's own listing of 2018 is nearer than A's.
    assert listings_of([third])[third.pk][2018].flags[Status.CONVERSION_AREA] is False
    known = successions()
    assert [known.current_key("a", on=Day(year, 6, 1)) for year in (2019, 2021, 2024)] == ["a", "b", "c"]
    assert current_area("a", on=Day(2023, 1, 1)) == third
    assert current_area("findes-ikke", on=Day(2023, 1, 1)) is None


def test_an_area_that_was_merged_away_is_what_its_successor_is(case_officer: Actor, today: Day) -> None:
    gone, stands = HousingAreaFactory.create(), HousingAreaFactory.create()
    AreaListingFactory.create(area=gone, area_list__year=2017, is_exposed=None)
    merge(gone, stands, case_officer)
    AreaListingFactory.create(area=stands, area_list__year=2023, conversion_area=True)

    assert standing_of(gone, on=today).statuses == standing_of(stands, on=today).statuses
    assert standing_of(gone, on=today).highest is Status.CONVERSION_AREA
    assert standing_of(stands, on=Day(2018, 6, 1)).statuses[Status.PARALLEL_SOCIETY] is Answer.YES


def test_what_two_areas_had_differently_is_unknown_for_the_one_they_became(case_officer: Actor) -> None:
    one, other, both = HousingAreaFactory.create(), HousingAreaFactory.create(), HousingAreaFactory.create()
    AreaListingFactory.create(area=one, area_list__year=2017, is_exposed=None)
    AreaListingFactory.create(area=other, area_list__year=2017, is_exposed=None, is_parallel_society=False)
    AreaListFactory.create(year=2018)

    for area in (one, other):
        merge(area, both, case_officer, Day(2018, 1, 1))

    # The list of 2017 is complete, and still does not say.
    assert standing_of(both, on=Day(2018, 2, 1)).statuses[Status.PARALLEL_SOCIETY] is Answer.UNKNOWN


def test_mergers_that_make_no_sense_are_refused(case_officer: Actor) -> None:
    one, two, three, four = (HousingAreaFactory.create() for _number in range(4))
    merge(one, two, case_officer)

    with pytest.raises(RuleBroken):
        merge(one, three, case_officer, Day(2024, 1, 1))  # merged away already
    with refused("merged_away"):
        merge(three, one, case_officer, Day(2024, 1, 1))  # into what is gone
    merge(two, three, case_officer, Day(2023, 1, 1))
    with refused("merged_in_a_ring"):
        merge(three, one, case_officer, Day(2021, 1, 1))
    with refused("merged_in_a_ring"):
        merge(four, four, case_officer)
    with refused("changed_later"):
        merge(three, four, case_officer, Day(2022, 6, 1))
    AreaListingFactory.create(area=three, area_list__year=2023)
    with pytest.raises(RuleBroken, match=r"Listen af 1\. december 2023 nævner området for sig"):
        merge(three, four, case_officer, Day(2023, 12, 1))
    merge(three, four, case_officer, Day(2023, 12, 2))


def test_the_database_refuses_a_ring_whoever_writes() -> None:
    one, two, three = (HousingAreaFactory.create() for _number in range(3))

    def enter(area: HousingArea, into: HousingArea) -> None:
        AreaChange.objects.create(area=into, predecessor=area, kind=AreaChangeKind.MERGED, changed_on=MERGED_ON)

    enter(one, two)
    enter(two, three)
    with pytest.raises(IntegrityError, match="would go into each other"), transaction.atomic():
        enter(three, one)


def test_nothing_new_is_entered_under_an_area_that_is_gone(case_officer: Actor) -> None:
    gone, stands = HousingAreaFactory.create(name="Gone"), HousingAreaFactory.create(name="Stands")
    merge(gone, stands, case_officer)
    department = DepartmentFactory.create()

    with pytest.raises(RuleBroken, match=r"Gone er lagt sammen med Stands\. Vælg Stands\."):
        transitions.place_department(department, gone, valid_from=Day(2010, 1, 1), by=case_officer)
    with refused("area_merged_away"):
        transitions.connect_department(department, gone, valid_from=Day(2010, 1, 1), reason="Nabo", by=case_officer)
    with refused("area_merged_away"):
        transitions.register_development_plan(
            gone, starts_on=MERGED_ON, approval=PlanApproval.APPROVED, source="Brev", by=case_officer
        )
    transitions.place_department(department, gone, valid_from=Day(2010, 1, 1), valid_to=Day(2021, 12, 31), by=case_officer)


# Areas: split and enlarged


def test_a_part_of_its_own_takes_its_departments_history_and_plan_with_it(case_officer: Actor, today: Day) -> None:
    whole = HousingAreaFactory.create(name="Ringparken", key="ringparken")
    moved, stayed = (AreaMembershipFactory.create(area=whole).department for _number in range(2))
    AreaListingFactory.create(area=whole, area_list__year=2017, is_exposed=None)
    DevelopmentPlanFactory.create(area=whole)

    change = transitions.split_area(
        whole,
        name="Ringparken Øst",
        changed_on=Day(2024, 1, 1),
        approval="Brev af 2. december 2023",
        departments=[moved],
        by=case_officer,
    )

    part = change.area
    assert (part.key, part.municipality) == ("ringparken-oest", whole.municipality)
    assert periods(moved.memberships) == [("Ringparken", "2010-01-01", "2023-12-31"), ("Ringparken Øst", "2024-01-01", None)]
    assert periods(stayed.memberships) == [("Ringparken", "2010-01-01", None)]
    assert 2017 in listings_of([part])[part.pk]
    assert standing_of(part, on=today).has_development_plan is Answer.YES
    assert current_area("ringparken", on=today) == whole


def test_a_split_needs_the_minister_and_its_own_departments(case_officer: Actor) -> None:
    whole = HousingAreaFactory.create()
    elsewhere = AreaMembershipFactory.create().department
    facts: dict[str, Any] = {"name": "Del", "changed_on": Day(2024, 1, 1), "by": case_officer}

    with pytest.raises(RuleBroken, match="Skriv, hvor ministeren har godkendt ændringen"):
        transitions.split_area(whole, approval="", **facts)
    with refused("lies_elsewhere"):
        transitions.split_area(whole, approval="Brev", departments=[elsewhere], **facts)
    assert not HousingArea.objects.filter(name="Del").exists()


def test_an_area_is_not_split_from_itself_or_from_where_it_came(case_officer: Actor) -> None:
    whole = HousingAreaFactory.create(name="Hele")
    facts: dict[str, Any] = {"approval": "Brev", "by": case_officer}
    part = transitions.split_area(whole, name="Del", changed_on=Day(2020, 1, 1), **facts).area

    for area, name in ((whole, "Hele"), (part, "Hele")):
        with refused("split_in_a_ring"):
            transitions.split_area(area, name=name, changed_on=Day(2024, 1, 1), **facts)
    # Brought together again, the part is gone.
    merge(part, whole, case_officer)
    with refused("merged_away"):
        transitions.split_area(whole, name="Del", changed_on=Day(2024, 1, 1), **facts)


def test_a_part_whose_name_is_taken_in_another_municipality_gets_a_key_of_its_own(case_officer: Actor) -> None:
    HousingAreaFactory.create(key="parken", municipality=MunicipalityFactory.create(code="0461", name="Odense"))

    part = transitions.split_area(
        HousingAreaFactory.create(), name="Parken", changed_on=Day(2024, 1, 1), approval="Brev", by=case_officer
    ).area

    assert part.key == "parken-aarhus"


def test_an_enlarged_area_says_who_approved(case_officer: Actor) -> None:
    area = HousingAreaFactory.create()

    with pytest.raises(RuleBroken, match="Skriv, hvor ministeren har godkendt ændringen"):
        transitions.enlarge_area(area, changed_on=Day(2024, 1, 1), approval="", by=case_officer)
    transitions.enlarge_area(area, changed_on=Day(2024, 1, 1), approval="Brev", by=case_officer)
    with pytest.raises(RuleBroken, match="Ændringen er allerede registreret"):
        transitions.enlarge_area(area, changed_on=Day(2024, 1, 1), approval="Brev", by=case_officer)


# Organisations


def test_an_organisations_numbers_and_administrator_are_changed_by_the_fund(case_officer: Actor, applicant: Actor) -> None:
    housing, office = OrganisationFactory.create(), OrganisationFactory.create(kind="ADMINISTRATION")
    values: dict[str, Any] = {"cvr_number": "12345678", "lbf_number": "0153", "administered_by": office}
    seen = fingerprint(housing, ORGANISATION_FIELDS)

    with pytest.raises(NotAllowed):
        change_organisation(housing, **values, by=applicant)
    change_organisation(housing, **values, by=case_officer, seen=seen)
    with pytest.raises(Outdated):
        change_organisation(housing, **values, by=case_officer, seen=seen)
    with pytest.raises(RuleBroken, match="Et CVR-nummer har otte cifre"):
        change_organisation(housing, **{**values, "cvr_number": "123"}, by=case_officer)
    with pytest.raises(RuleBroken, match="Vælg en administrationsorganisation"):
        change_organisation(housing, **{**values, "administered_by": case_officer.organisation}, by=case_officer)
    with pytest.raises(RuleBroken, match="Kun en boligorganisation kan have"):
        change_organisation(office, **{**values, "administered_by": housing}, by=case_officer)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("organisation_cvr_number_has_eight_digits", {"cvr_number": "1234567x"}),
        ("organisation_lbf_number_has_digits_only", {"lbf_number": "A1"}),
    ],
)
def test_the_database_refuses_numbers_that_are_none(constraint: str, values: dict[str, str], db: None) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OrganisationFactory.create(**values)


def test_no_organisation_administers_itself_or_a_fund(fund: Organisation, housing: Organisation) -> None:
    for organisation, administrator, constraint in (
        (housing, housing, "organisation_does_not_administer_itself"),
        (fund, housing, "organisation_administered_is_a_housing_organisation"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Organisation.objects.filter(pk=organisation.pk).update(administered_by=administrator)


# Rights


def test_outside_the_fund_nobody_does_any_of_it(applicant: Actor, municipality: Actor) -> None:
    placed = AreaMembershipFactory.create()
    area, department, day = placed.area, placed.department, Day(2024, 1, 1)
    plan = DevelopmentPlanFactory.create(area=area)
    acts: list[Any] = [
        lambda by: transitions.change_department(department, name="x", by=by),
        lambda by: transitions.record_residents(department, counted_on=day, residents=1, by=by),
        lambda by: transitions.move_department(department, HousingAreaFactory.create(), valid_from=day, by=by),
        lambda by: transitions.end_placement(placed, valid_to=day, by=by),
        lambda by: transitions.connect_department(department, area, valid_from=day, reason="x", by=by),
        lambda by: transitions.change_development_plan(plan, source="x", by=by),
        lambda by: transitions.rename_area(area, name="x", changed_on=day, by=by),
        lambda by: transitions.merge_areas(area, HousingAreaFactory.create(), changed_on=day, by=by),
        lambda by: transitions.split_area(area, name="x", changed_on=day, approval="x", by=by),
        lambda by: transitions.enlarge_area(area, changed_on=day, approval="x", by=by),
    ]

    for act in acts:
        for actor in (applicant, municipality):
            with pytest.raises(NotAllowed):
                act(actor)
    assert not AreaEvent.objects.exists()
    assert AreaChangeKind.MERGED not in AreaChange.objects.values_list("kind", flat=True)
