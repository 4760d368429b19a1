"""Departments and how many live in them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas.models import Department, Municipality, OwnerKind, ResidentCount
from areas.transitions.upkeep import assign, upkeep
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.rows import lock, save
from lbf_portal.lib.words import gettext_noop

# What a form of a department shows, and so what its fingerprint covers.
DEPARTMENT_FIELDS = (
    "number",
    "name",
    "municipality",
    "owner_kind",
    "addresses",
    "postcode",
    "dwellings",
    "family_dwellings",
    "youth_dwellings",
    "elderly_dwellings",
    "floor_area_m2",
)


def register_department(
    organisation: Organisation,
    *,
    number: str,
    name: str,
    municipality: Municipality,
    by: Actor,
    floor_area_m2: Decimal | None = None,
    dwellings: int | None = None,
    residents: Mapping[datetime.date, int] | None = None,
    owner_kind: OwnerKind = OwnerKind.DEPARTMENT,
    addresses: str = "",
    postcode: str = "",
    family_dwellings: int | None = None,
    youth_dwellings: int | None = None,
    elderly_dwellings: int | None = None,
    is_demo: bool = False,
) -> Department:
    """Enter a department of a housing organisation (R56), with how many lived there on which days if that is known (R32).

    Errors: NotAllowed; RuleBroken when the owner cannot own departments, the number is taken, or a value is impossible.
    """
    department = Department(
        organisation=organisation,
        number=number,
        name=name,
        sort_key=sort_key(name),
        municipality=municipality,
        floor_area_m2=floor_area_m2,
        dwellings=dwellings,
        is_demo=is_demo,
        owner_kind=owner_kind,
        addresses=addresses,
        postcode=postcode,
        family_dwellings=family_dwellings,
        youth_dwellings=youth_dwellings,
        elderly_dwellings=elderly_dwellings,
    )
    with upkeep("department:registered", by=by, department=department):
        # Locked as a merger locks it: no department is entered for an organisation that is just being merged away.
        if Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk).succeeded_by_id is not None:
            text = gettext_noop("%(organisation)s er lagt sammen med en anden.")
            violation = Violation("merged_away", text, "", field="organisation", params={"organisation": organisation.name})
            raise RuleBroken([violation])
        if organisation.kind != OrganisationKind.HOUSING:
            text = gettext_noop("En afdeling hører til en boligorganisation.")
            raise RuleBroken([Violation("owner_is_no_housing_organisation", text, "R56", field="organisation")])
        save(department)
        ResidentCount.objects.bulk_create(
            ResidentCount(department=department, counted_on=day, residents=count) for day, count in (residents or {}).items()
        )
    return department


def change_department(department: Department, *, by: Actor, seen: str | None = None, **values: object) -> None:
    """Correct what the register says of a department; `values` are fields of `DEPARTMENT_FIELDS`.

    Errors: NotAllowed; Outdated; RuleBroken when the number is taken or a value is impossible; KeyError for another field.
    """
    if unknown := values.keys() - set(DEPARTMENT_FIELDS):
        raise KeyError(unknown)
    with upkeep("department:changed", by=by, department=department) as told:
        lock(department, DEPARTMENT_FIELDS, seen=seen)
        told["fields"] = assign(department, values)
        save(department)


def hand_over_departments(before: Organisation, after: Organisation, *, by: Actor) -> None:
    """The departments of an organisation that was merged into another are the other's.

    Errors: NotAllowed; RuleBroken when both have a department of the same number: which is which, a person must say first.
    """
    taken = set(Department.objects.filter(organisation=after).values_list("number", flat=True))
    departments = list(Department.objects.select_for_update().filter(organisation=before).order_by("number"))
    if twice := [department.number for department in departments if department.number in taken]:
        text = gettext_noop("Begge organisationer har en afdeling med nummer %(numbers)s. Giv dem forskellige numre først.")
        numbers = ", ".join(str(number) for number in twice)
        raise RuleBroken([Violation("department_numbers_meet", text, "", field="successor", params={"numbers": numbers})])
    for department in departments:
        with upkeep("department:changed", by=by, department=department) as told:
            told["fields"] = assign(department, {"organisation": after})
            save(department)


def record_residents(
    department: Department, *, counted_on: datetime.date, residents: int, by: Actor, seen: int | None = None
) -> ResidentCount:
    """Enter how many lived in the department on a day (R32), or correct the count of that day.

    `seen` is the count that the person saw for that day and corrects; None for a day without a count.

    Errors: NotAllowed; RuleBroken when the day has another count than the one seen.
    """
    with upkeep("department:residents_recorded", by=by, department=department) as told:
        Department.objects.select_for_update().get(pk=department.pk)
        count = ResidentCount.objects.filter(department=department, counted_on=counted_on).first()
        if (count.residents if count else None) != seen:
            raise RuleBroken([_other_count(count)])
        told |= {"counted_on": counted_on.isoformat(), "residents": residents, "before": seen}
        count = count or ResidentCount(department=department, counted_on=counted_on)
        count.residents = residents
        save(count)
    return count


def _other_count(count: ResidentCount | None) -> Violation:
    if count is None:
        text = gettext_noop("Der står ikke længere noget tal for denne dag. Skriv det forfra.")
        return Violation("no_count", text, "R32", field="counted_on")
    text = gettext_noop("Der står allerede %(residents)s beboere for denne dag. Vælg »Ret« ved tallet, hvis det er forkert.")
    return Violation("count_recorded", text, "R32", field="counted_on", params={"residents": str(count.residents)})
