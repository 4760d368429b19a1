"""Loading the public registers of areas/data."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models, transaction

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind
from areas import imports, reference_files
from areas.models import Municipality
from areas.transitions.events import record, require
from areas.transitions.imports import import_files


def load_reference(*, by: Actor) -> dict[str, int]:
    """Enter the fund, the municipalities, the housing organisations and the lists of areas/data; return what was new.

    Run again it enters nothing twice and changes nothing that was changed in the portal.

    Errors: NotAllowed.
    """
    require(by, "import")
    with transaction.atomic():
        created = {
            "organisations": _load_fund() + _load_municipal_organisations() + _load_housing_organisations(),
            "municipalities": _load_municipalities(),
        }
        if any(created.values()):
            record("reference:loaded", by=by, act="import", data=created)
        lists = [imports.read_path(reference_files.DATA / name) for name in reference_files.LIST_FILES]
        created["list_rows"] = import_files(lists, by=by).created
    return created


def _load_fund() -> int:
    _fund, is_new = Organisation.objects.get_or_create(kind=OrganisationKind.FUND, defaults={"name": "Landsbyggefonden"})
    return int(is_new)


def _load_municipal_organisations() -> int:
    held = set(Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY).values_list("municipality_code", flat=True))
    return _enter(
        Organisation(kind=OrganisationKind.MUNICIPALITY, name=row.organisation_name, municipality_code=row.code)
        for row in reference_files.municipalities()
        if row.code not in held
    )


def _load_municipalities() -> int:
    held = set(Municipality.objects.values_list("code", flat=True))
    organisations = {
        organisation.municipality_code: organisation
        for organisation in Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY)
    }
    return _enter(
        Municipality(
            code=row.code,
            name=row.name,
            region_code=row.region_code,
            region_name=row.region_name,
            organisation=organisations[row.code],
        )
        for row in reference_files.municipalities()
        if row.code not in held
    )


def _load_housing_organisations() -> int:
    held = set(Organisation.objects.values_list("kind", "name"))
    kinds = {True: OrganisationKind.ADMINISTRATION, False: OrganisationKind.HOUSING}
    return _enter(
        Organisation(
            kind=kinds[row.is_administration],
            name=row.name,
            municipality_code=row.municipality_code,
            lbf_number=row.lbf_number,
            cvr_number=row.cvr_number,
            source=row.source,
        )
        for row in reference_files.organisations()
        if (kinds[row.is_administration], row.name) not in held
    )


def _enter(rows: Iterable[models.Model]) -> int:
    """Save one by one, so that each keeps its sort key; return how many."""
    entered = 0
    for row in rows:
        row.save()
        entered += 1
    return entered
