"""Organisations as they are held, found by LBF number, CVR number or name."""

from __future__ import annotations

from collections.abc import Collection

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas.imports import RowRefused
from lbf_portal.lib.words import gettext_noop


class OrganisationsHeld:
    """Finds an organisation of some kinds by whatever a row gives of it."""

    def __init__(self, kinds: Collection[OrganisationKind]) -> None:
        self._by_number: dict[tuple[str, str], Organisation] = {}
        self._by_name: dict[tuple[str, str], Organisation] = {}
        # Those that stand come last: where one took over a number or a name, it is the one that is meant.
        held = Organisation.objects.filter(kind__in=kinds).select_related("administered_by", "succeeded_by")
        for organisation in sorted(held, key=lambda one: (one.succeeded_by_id is None, one.pk)):
            self.add(organisation)

    def add(self, organisation: Organisation) -> None:
        """Hold one more; an earlier row made it, or gave it a number."""
        for field in ("lbf_number", "cvr_number"):
            if number := getattr(organisation, field):
                self._by_number[field, number] = organisation
        self._by_name[organisation.kind, organisation.name.casefold()] = organisation

    def named(self, kind: OrganisationKind, name: str) -> Organisation | None:
        """The organisation of this kind and name."""
        return self._by_name.get((kind, name.casefold()))

    def numbered(self, field: str, number: str) -> Organisation | None:
        """The organisation with this number."""
        return self._by_number.get((field, number)) if number else None

    def find(self, kind: OrganisationKind, *, lbf_number: str, cvr_number: str, name: str) -> Organisation | None:
        """The one that the numbers and the name point at, or none.

        Errors: RowRefused when they point at different ones, at one of another kind, or at one that was merged away.
        """
        pointed_at = (
            self.numbered("lbf_number", lbf_number),
            self.numbered("cvr_number", cvr_number),
            self.named(kind, name) if name else None,
        )
        found = {id(organisation): organisation for organisation in pointed_at if organisation is not None}
        if len(found) > 1:
            names = ", ".join(sorted(organisation.name for organisation in found.values()))
            raise RowRefused(gettext_noop("Navn og numre peger på forskellige organisationer: %(names)s."), names=names)
        organisation = next(iter(found.values()), None)
        if organisation is not None and organisation.kind != kind:
            raise RowRefused(
                gettext_noop("%(name)s er i registeret, men som en anden slags organisation."), name=organisation.name
            )
        if organisation is not None and organisation.succeeded_by is not None:
            text = gettext_noop("%(name)s er lagt sammen med %(successor)s. Ret rækken, så den nævner den organisation.")
            raise RowRefused(text, name=organisation.name, successor=organisation.succeeded_by.name)
        return organisation
