"""Housing and administration organisations, held against those of the register."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas.imports import ReadFile, RowRefused
from areas.imports.organisations import OrganisationRow
from areas.models import Municipality, RowOutcome
from areas.transitions.importing.changes import Changes
from areas.transitions.importing.compared import Compared
from areas.transitions.importing.organisations_held import OrganisationsHeld
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.words import gettext_noop

KINDS = (OrganisationKind.HOUSING, OrganisationKind.ADMINISTRATION)


class OrganisationComparison:
    """Holds rows of organisations against what is held. What is empty in the file is not known, and changes nothing.

    Another spelling of the name is taken over; another name has a day from which it holds, which a file does not say.
    """

    order: ClassVar[tuple[type[models.Model], ...]] = (Organisation,)

    def __init__(self, file: ReadFile) -> None:  # noqa: ARG002 - all are read: a row may name any of them
        self.changes = Changes()
        self.held = OrganisationsHeld(KINDS)
        self.codes = set(Municipality.objects.values_list("code", flat=True))

    def compare(self, row: OrganisationRow) -> Compared:
        """Hold a row against what is held. Errors: RowRefused."""
        if row.municipality_code and row.municipality_code not in self.codes:
            raise RowRefused(gettext_noop("Kommunekode %(code)s er ukendt."), code=row.municipality_code)
        kind = OrganisationKind.ADMINISTRATION if row.is_administration else OrganisationKind.HOUSING
        organisation = self.held.find(kind, lbf_number=row.lbf_number, cvr_number=row.cvr_number, name=row.name)
        known: dict[str, Any] = {
            "municipality_code": row.municipality_code,
            "lbf_number": row.lbf_number,
            "cvr_number": row.cvr_number,
            "source": row.source,
            "administered_by": self._administrator(row),
        }
        values = {name: value for name, value in known.items() if value}
        if organisation is None:
            organisation = Organisation(kind=kind, name=row.name, sort_key=sort_key(row.name), **values)
            self.held.add(organisation)
            return Compared(RowOutcome.CREATED, {}, self.changes.make(organisation, "name", *values))
        if sort_key(row.name) != organisation.sort_key:
            text = gettext_noop(
                "Organisationen hedder »%(name)s« i registeret. Har den skiftet navn, så registrer det på organisationens side"
                " med den dag, det gælder fra, og indlæs filen igen."
            )
            raise RowRefused(text, name=organisation.name)
        difference = self.changes.change(organisation, {"name": row.name, **values})
        self.held.add(organisation)
        return Compared.of(difference)

    def _administrator(self, row: OrganisationRow) -> Organisation | None:
        said = row.administered_by
        if not said:
            return None
        if row.is_administration:
            raise RowRefused(gettext_noop("En administrationsorganisation administreres ikke af en anden."))
        found = (
            self.held.numbered("cvr_number", said)
            or self.held.numbered("lbf_number", said)
            or self.held.named(OrganisationKind.ADMINISTRATION, said)
        )
        if found is None or found.kind != OrganisationKind.ADMINISTRATION or found.succeeded_by_id is not None:
            raise RowRefused(gettext_noop("Administrationsorganisationen »%(value)s« er ukendt."), value=said)
        if found.pk is None:
            raise RowRefused(
                gettext_noop("Administrationsorganisationen »%(value)s« er ny i denne fil. Indlæs den først i en fil for sig."),
                value=said,
            )
        return found
