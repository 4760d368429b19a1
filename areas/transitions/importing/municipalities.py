"""Municipalities, held against those of the register."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas.imports import ReadFile
from areas.imports.municipalities import MunicipalityRow
from areas.models import Municipality, RowOutcome
from areas.transitions.importing.changes import Changes
from areas.transitions.importing.compared import Compared
from lbf_portal.lib.danish import sort_key


class MunicipalityComparison:
    """Holds rows of municipalities against what is held. A new one gets the organisation it acts through."""

    order: ClassVar[tuple[type[models.Model], ...]] = (Organisation, Municipality)

    def __init__(self, file: ReadFile) -> None:  # noqa: ARG002 - all are read, whatever the file names: there are 98
        self.changes = Changes()
        self.municipalities = {municipality.code: municipality for municipality in Municipality.objects.all()}
        organisations = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY)
        self.organisations = {organisation.municipality_code: organisation for organisation in organisations}

    def compare(self, row: MunicipalityRow) -> Compared:
        """Hold a row against what is held."""
        values = {
            "name": row.name,
            "sort_key": sort_key(row.name),
            "region_code": row.region_code,
            "region_name": row.region_name,
        }
        held = self.municipalities.get(row.code)
        if held is not None:
            return Compared.of(self.changes.change(held, values))
        organisation = self.organisations.get(row.code)
        if organisation is None:
            organisation = Organisation(
                kind=OrganisationKind.MUNICIPALITY,
                name=row.organisation_name,
                sort_key=sort_key(row.organisation_name),
                municipality_code=row.code,
            )
            self.changes.make(organisation)
        municipality = Municipality(code=row.code, organisation=organisation, **values)
        self.municipalities[row.code] = municipality
        return Compared(RowOutcome.CREATED, {}, self.changes.make(municipality, "name", "region_name", "organisation"))
