"""Departments, their residents and where they lie, held against the register (R30, R32, R56)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any, ClassVar

from django.db import models

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas.imports import ReadFile, RowRefused
from areas.imports.departments import DepartmentRow
from areas.models import AreaMembership, Department, HousingArea, OwnerKind, ResidentCount, RowOutcome
from areas.transitions.importing.areas_held import AreasHeld
from areas.transitions.importing.changes import Changes, Values
from areas.transitions.importing.compared import Compared
from areas.transitions.importing.organisations_held import OrganisationsHeld
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.words import gettext_noop

KINDS_OF_DWELLINGS = ("family_dwellings", "youth_dwellings", "elderly_dwellings")


class DepartmentComparison:
    """Holds rows of departments against what is held. What is empty in the file is not known, and changes nothing."""

    order: ClassVar[tuple[type[models.Model], ...]] = (Department, ResidentCount, AreaMembership)

    def __init__(self, file: ReadFile) -> None:
        self.changes = Changes()
        self.areas = AreasHeld(self.changes)
        self.organisations = OrganisationsHeld([OrganisationKind.HOUSING])
        numbers = {row.number for row in file.rows if isinstance(row, DepartmentRow)}
        departments = Department.objects.filter(number__in=numbers).select_related("municipality")
        self.departments = {(held.organisation_id, held.number): held for held in departments}
        pks = [held.pk for held in self.departments.values()]
        self.counts = {(held.department_id, held.counted_on): held for held in ResidentCount.objects.filter(department__in=pks)}
        self.memberships: dict[int, list[AreaMembership]] = defaultdict(list)
        for held in AreaMembership.objects.filter(department__in=pks).select_related("area"):
            self.memberships[held.department_id].append(held)
        self.seen: set[tuple[int, str]] = set()

    def compare(self, row: DepartmentRow) -> Compared:
        """Hold a row against what is held. Errors: RowRefused."""
        organisation = self._organisation(row)
        if (organisation.pk, row.number) in self.seen:
            raise RowRefused(gettext_noop("Afdelingen står allerede tidligere i filen."))
        municipality = self.areas.municipality(row.municipality_code)
        known: dict[str, Any] = {
            "addresses": row.addresses,
            "postcode": row.postcode,
            "owner_kind": row.owner_kind,
            "floor_area_m2": row.floor_area_m2,
            **row.dwellings,
        }
        values = {
            "name": row.name,
            "sort_key": sort_key(row.name),
            "municipality": municipality,
            **{name: value for name, value in known.items() if value not in {None, ""}},
        }
        held = self.departments.get((organisation.pk, row.number))
        _refuse_impossible_dwellings(values, held)
        area = self._area(row)
        membership = self._membership(row, held, area)
        self.seen.add((organisation.pk, row.number))
        if held is None:
            values.setdefault("owner_kind", OwnerKind.DEPARTMENT)
            department = Department(organisation=organisation, number=row.number, **values)
            made = self.changes.make(department, *(name for name in values if name != "sort_key"))
            more = {**self._count(row, department)[1], **self._place(row, department, area, membership)}
            return Compared(RowOutcome.CREATED, {}, {**made, **more})
        difference = self.changes.change(held, values)
        return Compared.of(difference, self._count(row, held), ({}, self._place(row, held, area, membership)))

    def _organisation(self, row: DepartmentRow) -> Organisation:
        organisation = self.organisations.find(
            OrganisationKind.HOUSING, lbf_number=row.lbf_number, cvr_number=row.cvr_number, name=row.organisation_name
        )
        if organisation is None:
            said = row.organisation_name or row.lbf_number or row.cvr_number
            raise RowRefused(gettext_noop("Boligorganisationen »%(value)s« er ukendt."), value=said)
        return organisation

    def _area(self, row: DepartmentRow) -> HousingArea | None:
        if not row.area_key:
            return None
        area = self.areas.get(row.area_key)
        if area is None:
            raise RowRefused(gettext_noop("Boligområdet »%(value)s« er ukendt."), value=row.area_key)
        # Where a department lies has no end in a file, so the area must stand today and tomorrow.
        key = self.areas.key_on(row.area_key, datetime.date.max)
        if key != row.area_key:
            raise RowRefused(
                gettext_noop("Boligområdet »%(value)s« er lagt sammen med »%(key)s«. Skriv det i stedet."),
                value=row.area_key,
                key=key,
            )
        return area

    def _membership(self, row: DepartmentRow, held: Department | None, area: HousingArea | None) -> AreaMembership | None:
        """The membership that already says so; one that says otherwise refuses the row, for somebody must end it first."""
        if held is None or area is None or row.in_area_from is None:
            return None
        for membership in self.memberships[held.pk]:
            ends = membership.valid_to or datetime.date.max
            if membership.area_id == area.pk and membership.valid_from <= row.in_area_from <= ends:
                return membership
            if ends >= row.in_area_from:
                raise RowRefused(
                    gettext_noop("Afdelingen ligger i %(area)s fra den %(day)s. Ret det først på afdelingens side."),
                    area=membership.area,
                    day=membership.valid_from,
                )
        return None

    def _count(self, row: DepartmentRow, department: Department) -> tuple[Values, Values]:
        if row.residents is None or row.residents_on is None:
            return {}, {}
        held = self.counts.get((department.pk, row.residents_on))
        if held is not None:
            return self.changes.change(held, {"residents": row.residents})
        count = ResidentCount(department=department, counted_on=row.residents_on, residents=row.residents)
        return {}, self.changes.make(count, "counted_on", "residents")

    def _place(
        self, row: DepartmentRow, department: Department, area: HousingArea | None, membership: AreaMembership | None
    ) -> Values:
        if area is None or row.in_area_from is None or membership is not None:
            return {}
        placed = AreaMembership(department=department, area=area, valid_from=row.in_area_from)
        return self.changes.make(placed, "area", "valid_from")


def _refuse_impossible_dwellings(values: dict[str, Any], held: Department | None) -> None:
    def known(name: str) -> int | None:
        value: int | None = values.get(name, getattr(held, name, None))
        return value

    total = known("dwellings")
    if total is not None and sum(known(name) or 0 for name in KINDS_OF_DWELLINGS) > total:
        raise RowRefused(gettext_noop("Der er flere boliger af de enkelte slags end boliger i alt."))
