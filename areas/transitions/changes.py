"""What becomes of areas between lists: another name, two made one, a part of its own, more parcels (R31).

Nothing is deleted: an area that is merged away stays in the register with its history, and what holds from the day of the change
on goes to the area that stands. What a change would do is known before it is done (`…Effects`), by the same code.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Q
from django.utils.text import slugify

from accounts.actors import Actor
from areas.models import (
    AreaChange,
    AreaChangeKind,
    AreaListing,
    AreaMembership,
    ConnectedDepartment,
    Department,
    DevelopmentPlan,
    HousingArea,
    Municipality,
    successions,
)
from areas.transitions.upkeep import one_at_a_time, upkeep
from lbf_portal.lib.danish import long_date, sort_key
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.rows import save
from lbf_portal.lib.words import gettext_noop

BASIS = "Almenboligloven § 61 a, stk. 3; R31"
ONE_DAY = datetime.timedelta(days=1)
_PLAIN_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})

Period = TypeVar("Period", AreaMembership, ConnectedDepartment)


@dataclasses.dataclass(frozen=True)
class MergerEffects:
    """What goes over to the area that stands: lists of these years, placements, connections, plans."""

    list_years: Sequence[int]
    memberships: Sequence[AreaMembership]
    connections: Sequence[ConnectedDepartment]
    plans: Sequence[DevelopmentPlan]


def effects_of_merger(area: HousingArea, *, changed_on: datetime.date) -> MergerEffects:
    """What a merger of the area into another would move, read from the register."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gte=changed_on)
    return MergerEffects(
        sorted(
            AreaListing.objects.filter(area=area, area_list__published_on__lt=changed_on).values_list(
                "area_list__year", flat=True
            )
        ),
        list(AreaMembership.objects.filter(lasting, area=area).select_related("department")),
        list(ConnectedDepartment.objects.filter(lasting, area=area).select_related("department")),
        list(DevelopmentPlan.objects.filter(area=area, starts_on__lt=changed_on)),
    )


def rename_area(area: HousingArea, *, name: str, changed_on: datetime.date, by: Actor, note: str = "") -> AreaChange:
    """Give the area another name from a day on; the former stays with the change, and with the lists that bear it.

    Errors: NotAllowed; RuleBroken when it bears the name already.
    """
    change = AreaChange(area=area, kind=AreaChangeKind.RENAMED, changed_on=changed_on, note=note)
    with upkeep("area:renamed", by=by, area=area) as told:
        area.refresh_from_db(from_queryset=HousingArea.objects.select_for_update(of=("self",)))
        if area.name == name:
            text = gettext_noop("Området hedder det allerede.")
            raise RuleBroken([Violation("same_name", text, "", field="name")])
        change.former_name, area.name = area.name, name
        area.sort_key = sort_key(name)
        save(area)
        save(change)
        told["former_name"] = change.former_name
    return change


def merge_areas(area: HousingArea, into: HousingArea, *, changed_on: datetime.date, by: Actor, note: str = "") -> AreaChange:
    """The area goes into another from a day on: departments, connections and later lists go with it, its history counts there.

    Errors: NotAllowed; RuleBroken when a list of that day or later names the area, the other was merged away itself, the two
    would follow each other in a ring, or a later change stands in the way.
    """
    change = AreaChange(area=into, kind=AreaChangeKind.MERGED, predecessor=area, changed_on=changed_on, note=note)
    with upkeep("area:merged", by=by, area=area) as told:
        one_at_a_time()
        _require_merger(area, into, changed_on)
        save(change)
        effects = effects_of_merger(area, changed_on=changed_on)
        for membership in effects.memberships:
            _continue(membership, into, changed_on)
        for connection in effects.connections:
            if _is_needed(connection, into, changed_on):
                _continue(connection, into, changed_on)
            else:
                _end(connection, changed_on)
        told |= {"into": into.key, "departments": [membership.department_id for membership in effects.memberships]}
    return change


def split_area(
    area: HousingArea,
    *,
    name: str,
    changed_on: datetime.date,
    approval: str,
    by: Actor,
    departments: Iterable[Department] = (),
    note: str = "",
) -> AreaChange:
    """A part of the area becomes an area of its own, as the minister approved; these departments lie in it from the day on.

    Where the register has an area of that name in the municipality (its first list was taken in already), it is that one.

    Errors: NotAllowed; RuleBroken when a department does not lie in the area, or the part is where the area came from.
    """
    part = HousingArea.objects.filter(sort_key=sort_key(name), municipality=area.municipality).first() or _new_area(
        name, area.municipality
    )
    change = AreaChange(
        area=part, kind=AreaChangeKind.SPLIT, predecessor=area, changed_on=changed_on, approval=approval, note=note
    )
    with upkeep("area:split", by=by, area=area) as told:
        one_at_a_time()
        _require_split(area, part, changed_on)
        if part.pk is None:
            save(part)
        change.area = part
        save(change)
        moved = list(departments)
        lying = {row.department_id: row for row in AreaMembership.objects.current(changed_on).filter(area=area)}
        if any(department.pk not in lying for department in moved):
            text = gettext_noop("En af afdelingerne ligger ikke i området denne dag.")
            raise RuleBroken([Violation("lies_elsewhere", text, BASIS, field="departments")])
        for department in moved:
            _continue(lying[department.pk], part, changed_on)
        told |= {"part": part.key, "departments": [department.pk for department in moved]}
    return change


def enlarge_area(area: HousingArea, *, changed_on: datetime.date, approval: str, by: Actor, note: str = "") -> AreaChange:
    """Adjoining parcels are taken into the area, as the minister approved; departments on them are placed one by one.

    Errors: NotAllowed; RuleBroken without an approval, or when the area was merged away.
    """
    change = AreaChange(area=area, kind=AreaChangeKind.ENLARGED, changed_on=changed_on, approval=approval, note=note)
    with upkeep("area:enlarged", by=by, area=area):
        one_at_a_time()
        _require_not_merged(area, changed_on, field="")
        save(change)
    return change


def _require_merger(area: HousingArea, into: HousingArea, changed_on: datetime.date) -> None:
    _require_not_merged(into, changed_on, field="into")
    if successions().current_id(into.pk, on=datetime.date.max) == area.pk:
        text = gettext_noop("%(into)s går selv op i %(area)s. To områder kan ikke følge efter hinanden.")
        params = {"into": into.name, "area": area.name}
        raise RuleBroken([Violation("merged_in_a_ring", text, BASIS, field="into", params=params)])
    _require_no_later_list(area, changed_on)
    if AreaChange.objects.filter(Q(area=area) | Q(predecessor=area), changed_on__gte=changed_on).exists():
        text = gettext_noop("Der er registreret en ændring af området på denne dag eller senere. Vælg en senere dag.")
        raise RuleBroken([Violation("changed_later", text, BASIS, field="changed_on")])


def _require_split(area: HousingArea, part: HousingArea, changed_on: datetime.date) -> None:
    _require_not_merged(area, changed_on, field="")
    if part.pk is None:
        return
    _require_not_merged(part, datetime.date.max, field="name")
    if part.pk == area.pk or part.pk in {origin.area_id for origin in successions().origins_of(area.pk)}:
        text = gettext_noop("%(area)s kan ikke udskilles af sig selv eller af det område, det selv kom af.")
        raise RuleBroken([Violation("split_in_a_ring", text, BASIS, field="name", params={"area": part.name})])


def _require_not_merged(area: HousingArea, on: datetime.date, *, field: str) -> None:
    merger = AreaChange.objects.filter(kind=AreaChangeKind.MERGED, predecessor=area, changed_on__lte=on).first()
    if merger is not None:
        text = gettext_noop("%(area)s er selv lagt sammen med et andet område den %(day)s.")
        params = {"area": area.name, "day": long_date(merger.changed_on)}
        raise RuleBroken([Violation("merged_away", text, BASIS, field=field, params=params)])


def _require_no_later_list(area: HousingArea, changed_on: datetime.date) -> None:
    """A list that names the area proves that it stood that day."""
    latest = (
        AreaListing.objects.filter(area=area, area_list__published_on__gte=changed_on)
        .order_by("-area_list__published_on")
        .select_related("area_list")
        .first()
    )
    if latest is not None:
        text = gettext_noop("Listen af %(day)s nævner området for sig. Vælg en dag efter den.")
        params = {"day": long_date(latest.area_list.published_on)}
        raise RuleBroken([Violation("named_later", text, BASIS, field="changed_on", params=params)])


def _continue(row: Period, area: HousingArea, changed_on: datetime.date) -> None:
    """The row holds for the other area from the day on; what lay before the day stays as it was."""
    if row.valid_from >= changed_on:
        row.area = area
        save(row)
        return
    valid_to, row.valid_to = row.valid_to, changed_on - ONE_DAY
    save(row)
    row.pk, row._state.adding = None, True  # noqa: SLF001 - Django's documented way to copy a row
    row.area, row.valid_from, row.valid_to = area, changed_on, valid_to
    save(row)


def _end(row: ConnectedDepartment, changed_on: datetime.date) -> None:
    """The row ends the day before; one that had not begun by then never begins."""
    if row.valid_from >= changed_on:
        row.delete()
    else:
        row.valid_to = changed_on - ONE_DAY
        save(row)


def _is_needed(connection: ConnectedDepartment, into: HousingArea, changed_on: datetime.date) -> bool:
    """False for a department that lies in the other area, or is connected to it, in the same time."""
    start = max(connection.valid_from, changed_on)
    same_time = Q(valid_to__isnull=True) | Q(valid_to__gte=start)
    if connection.valid_to is not None:
        same_time &= Q(valid_from__lte=connection.valid_to)
    return not any(
        model.objects.filter(same_time, department=connection.department_id, area=into).exists()
        for model in (AreaMembership, ConnectedDepartment)
    )


def _new_area(name: str, municipality: Municipality) -> HousingArea:
    """An area under a key of its own: its name in plain letters, with the municipality's where that one is taken."""
    plain = slugify(name.lower().translate(_PLAIN_LETTERS))
    taken = HousingArea.objects.filter(key=plain).exists()
    key = slugify(f"{plain} {municipality.name.lower().translate(_PLAIN_LETTERS)}") if taken else plain
    return HousingArea(key=key, name=name, sort_key=sort_key(name), municipality=municipality)
