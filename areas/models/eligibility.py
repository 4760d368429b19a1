"""What departments are in the eyes of § 91 a on a day: the facts of the registers, put to areas/rules/section_91a.py."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from areas.models.areas import HousingArea
from areas.models.lists import standings
from areas.models.memberships import AreaMembership, ConnectedDepartment
from areas.models.registers import Department
from areas.rules import section_91a
from areas.rules.eligibility import Eligibility
from areas.rules.section_91a import Problem
from areas.rules.standing import Standing


@dataclass(frozen=True)
class StatedConnection:
    """A connection that an application states; it goes before the one in the register (R52)."""

    area: HousingArea
    reason: str


@dataclass(frozen=True)
class DepartmentsOn:
    """Departments as the registers have them on a day, by primary key: to be asked about together or in part.

    `standings` are those of the areas concerned, by primary key.
    """

    on: datetime.date
    facts: Mapping[int, section_91a.Department]
    standings: Mapping[int, Standing]

    def eligibility(self, keys: Iterable[int] | None = None, *, problems: Iterable[Problem] | None = None) -> Eligibility:
        """The answer for these of the departments, or for all of them.

        `problems` are the significant problems named so far; None when nobody was asked for them.
        """
        asked = set(self.facts if keys is None else keys)
        return section_91a.eligibility(
            section_91a.Facts(
                on=self.on,
                departments=tuple(department for key, department in self.facts.items() if key in asked),
                problems=None if problems is None else frozenset(problems),
            )
        )


def departments_on(
    departments: Iterable[Department],
    *,
    on: datetime.date,
    connections: Mapping[int, StatedConnection] | None = None,
    areas: Iterable[HousingArea] = (),
) -> DepartmentsOn:
    """Where the departments lie on the day and what their areas are, in eight queries for any number of departments.

    `connections` says by primary key of the department what an application states. A department that the register places in
    an area lies there whatever is stated. `areas` are asked about too, whether or not a department lies there.
    """
    keys = [department.pk for department in departments]
    asked = (
        Department.objects.filter(pk__in=keys)
        .with_residents(on)
        .select_related("municipality")
        .order_by("organisation__sort_key", "number")
    )
    placed = AreaMembership.objects.current(on).filter(department__in=keys).select_related("area")
    lies_in = {row.department_id: row.area for row in placed}
    connected = _registered_connections(keys, near=lies_in.values(), on=on) | dict(connections or {})
    concerned = {area.pk: area for area in (*areas, *lies_in.values(), *(one.area for one in connected.values()))}
    standing_of = standings(concerned.values(), on=on)
    known = {key: section_91a.Area(area.key, area.name, standing_of[key]) for key, area in concerned.items()}

    def facts_of(department: Department) -> section_91a.Department:
        area, connection = lies_in.get(department.pk), connected.get(department.pk)
        return section_91a.Department(
            key=str(department.pk),
            name=str(department),
            owner_kind=department.owner_kind,
            municipality=department.municipality.name,
            area=known[area.pk] if area else None,
            connection=section_91a.Connection(known[connection.area.pk], connection.reason) if connection else None,
            residents=department.residents,  # type: ignore[attr-defined]  # with_residents() adds it
        )

    return DepartmentsOn(on, {department.pk: facts_of(department) for department in asked}, standing_of)


def eligibility_of(
    departments: Iterable[Department],
    *,
    on: datetime.date,
    problems: Iterable[Problem] | None = None,
    connections: Mapping[int, StatedConnection] | None = None,
) -> Eligibility:
    """Whether the departments can be supported together on the day, and why (areas/rules/section_91a.py)."""
    return departments_on(departments, on=on, connections=connections).eligibility(problems=problems)


def _registered_connections(
    keys: Iterable[int], *, near: Iterable[HousingArea], on: datetime.date
) -> dict[int, StatedConnection]:
    """The register's connections on the day; of several the one to an area that others of the departments lie in."""
    there = {area.pk for area in near}
    rows = ConnectedDepartment.objects.current(on).filter(department__in=keys).select_related("area").order_by("valid_from", "pk")
    # The last one stays, so the best come last.
    by_use = sorted(rows, key=lambda row: row.area_id in there)
    return {row.department_id: StatedConnection(row.area, row.reason) for row in by_use}
