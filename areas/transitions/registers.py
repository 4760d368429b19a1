"""Departments, where they lie, and development plans."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas.models import (
    AreaMembership,
    Department,
    DevelopmentPlan,
    HousingArea,
    Municipality,
    OwnerKind,
    PlanApproval,
    ResidentCount,
)
from areas.transitions.events import record, require
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


def register_department(
    organisation: Organisation,
    *,
    number: str,
    name: str,
    municipality: Municipality,
    by: Actor,
    floor_area_m2: Decimal | None = None,
    dwellings: int | None = None,
    residents: int | None = None,
    residents_on: datetime.date | None = None,
    owner_kind: OwnerKind = OwnerKind.DEPARTMENT,
    addresses: str = "",
    postcode: str = "",
    family_dwellings: int | None = None,
    youth_dwellings: int | None = None,
    elderly_dwellings: int | None = None,
    is_demo: bool = False,
) -> Department:
    """Enter a department of a housing organisation (R56).

    Errors: NotAllowed; RuleBroken when the owner cannot own departments, the number is taken, or a value is impossible.
    """
    require(by, "register")
    if organisation.kind != OrganisationKind.HOUSING:
        text = gettext_noop("En afdeling hører til en boligorganisation.")
        raise RuleBroken([Violation("owner_is_no_housing_organisation", text, "R56", field="organisation")])
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
    with transaction.atomic():
        _save(department, "department:registered", by=by, department=department)
        if residents is not None and residents_on is not None:
            ResidentCount.objects.create(department=department, counted_on=residents_on, residents=residents)
    return department


def place_department(
    department: Department,
    area: HousingArea,
    *,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    by: Actor,
) -> AreaMembership:
    """Place a department in an area from a day on, to a day or for as long as nothing else is known.

    Errors: NotAllowed; RuleBroken when the department lies in an area already in that period.
    """
    require(by, "register")
    membership = AreaMembership(department=department, area=area, valid_from=valid_from, valid_to=valid_to)
    _save(membership, "department:placed", by=by, department=department, area=area)
    return membership


def register_development_plan(
    area: HousingArea,
    *,
    starts_on: datetime.date,
    approval: PlanApproval,
    source: str,
    by: Actor,
    ends_on: datetime.date | None = None,
) -> DevelopmentPlan:
    """Enter a development plan; it binds the area from its start, whatever later lists say (§§ 168 a-168 b; R42).

    Errors: NotAllowed; RuleBroken when the area has a plan already in that period.
    """
    require(by, "register")
    plan = DevelopmentPlan(area=area, starts_on=starts_on, ends_on=ends_on, approval=approval, source=source)
    _save(plan, "development_plan:registered", by=by, area=area)
    return plan


def _save(
    instance: models.Model,
    event: str,
    *,
    by: Actor,
    department: Department | None = None,
    area: HousingArea | None = None,
) -> None:
    """Check the row against its constraints, save it, and leave the event, in one transaction.

    Errors: RuleBroken with the sentence of each constraint that is not met.
    """
    with transaction.atomic():
        try:
            instance.full_clean()
        except ValidationError as error:
            raise RuleBroken(_violations(error)) from None
        instance.save()
        record(event, by=by, act="register", department=department, area=area)


def _violations(error: ValidationError) -> list[Violation]:
    """Django's findings as refusals. Their texts are translated already, so a percent sign in them stands for itself."""
    return [
        Violation("invalid", message.replace("%", "%%"), "", field="" if field == "__all__" else field)
        for field, messages in error.message_dict.items()
        for message in messages
    ]
