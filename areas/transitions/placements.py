"""Where departments lie, and which areas they are connected to."""

from __future__ import annotations

import datetime

from accounts.actors import Actor
from areas.models import AreaMembership, ConnectedDepartment, Department, HousingArea
from areas.transitions.upkeep import require_standing, upkeep
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.rows import lock, save
from lbf_portal.lib.words import gettext_noop

PERIOD_FIELDS = ("area", "valid_from", "valid_to")
ONE_DAY = datetime.timedelta(days=1)


def place_department(
    department: Department,
    area: HousingArea,
    *,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    by: Actor,
) -> AreaMembership:
    """Place a department in an area from a day on, to a day or for as long as nothing else is known.

    Errors: NotAllowed; RuleBroken when the department lies in an area already in that period, or the area was merged away.
    """
    membership = AreaMembership(department=department, area=area, valid_from=valid_from, valid_to=valid_to)
    with upkeep("department:placed", by=by, department=department, area=area):
        require_standing(area, until=valid_to)
        save(membership)
    return membership


def move_department(department: Department, area: HousingArea, *, valid_from: datetime.date, by: Actor) -> AreaMembership:
    """Let the department lie in the area from a day on; where it lay until then, it lies to the day before.

    Errors: NotAllowed; RuleBroken when it lies there already, was placed on that very day, or the area was merged away.
    """
    with upkeep("department:moved", by=by, department=department, area=area) as told:
        # Two at once: one after the other, so that the second meets what the first one did.
        Department.objects.select_for_update().get(pk=department.pk)
        require_standing(area, until=None)
        current = AreaMembership.objects.current(valid_from).filter(department=department).select_related("area").first()
        if current is not None:
            _require_movable(current, area, valid_from)
            current.valid_to = valid_from - ONE_DAY
            save(current)
            told["from"] = current.area.key
        membership = AreaMembership(department=department, area=area, valid_from=valid_from)
        save(membership)
    return membership


def _require_movable(current: AreaMembership, area: HousingArea, valid_from: datetime.date) -> None:
    if current.area == area:
        text = gettext_noop("Afdelingen ligger allerede i området denne dag.")
        raise RuleBroken([Violation("lies_there", text, "R30", field="area")])
    if current.valid_from == valid_from:
        text = gettext_noop("Afdelingen er lagt i %(area)s fra samme dag. Vælg en senere dag.")
        raise RuleBroken([Violation("placed_that_day", text, "R30", field="valid_from", params={"area": current.area.name})])


def end_placement(membership: AreaMembership, *, valid_to: datetime.date, by: Actor, seen: str | None = None) -> None:
    """The department lies in the area to this day, the day included.

    Errors: NotAllowed; Outdated; RuleBroken when it would end before it begins.
    """
    with upkeep("department:placement_ended", by=by, department=membership.department, area=membership.area) as told:
        lock(membership, PERIOD_FIELDS, seen=seen)
        membership.valid_to = valid_to
        told["valid_to"] = valid_to.isoformat()
        require_standing(membership.area, until=valid_to)
        save(membership)


def connect_department(
    department: Department,
    area: HousingArea,
    *,
    valid_from: datetime.date,
    reason: str,
    by: Actor,
    valid_to: datetime.date | None = None,
) -> ConnectedDepartment:
    """Say that a department outside the area is connected to it (i tilknytning hertil, R52), and why.

    Errors: NotAllowed; RuleBroken without a reason, when it is connected already, lies in the area itself, or the area was
    merged away.
    """
    connection = ConnectedDepartment(
        department=department, area=area, valid_from=valid_from, valid_to=valid_to, reason=reason.strip()
    )
    with upkeep("department:connected", by=by, department=department, area=area):
        require_standing(area, until=valid_to)
        if AreaMembership.objects.current(valid_from).filter(department=department, area=area).exists():
            text = gettext_noop("Afdelingen ligger selv i området. Kun en afdeling uden for området kan knyttes til det.")
            raise RuleBroken([Violation("lies_in_the_area", text, "R52", field="area")])
        save(connection)
    return connection


def end_connection(connection: ConnectedDepartment, *, valid_to: datetime.date, by: Actor, seen: str | None = None) -> None:
    """The department is connected to the area to this day, the day included.

    Errors: NotAllowed; Outdated; RuleBroken when it would end before it begins.
    """
    with upkeep("department:connection_ended", by=by, department=connection.department, area=connection.area) as told:
        lock(connection, PERIOD_FIELDS, seen=seen)
        connection.valid_to = valid_to
        told["valid_to"] = valid_to.isoformat()
        require_standing(connection.area, until=valid_to)
        save(connection)
