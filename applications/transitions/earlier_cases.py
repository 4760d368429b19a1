"""Bringing in earlier cases that were prequalified before there was a portal: all rows of a file, or none."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind
from applications import states
from applications.imports.prequalified import EarlierCase, EarlierCases
from applications.models import Application, ApplicationDepartment, FundingLine, ImportedCase
from applications.rules.cofinancing import Source
from areas.imports import RowRefused
from areas.models import Department, HousingArea
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import NotAllowed, Violation
from lbf_portal.lib.words import gettext_noop

# Any number that nothing else uses: imports of cases wait for each other.
IMPORT_LOCK = 610_005
CONNECTED = "Afdelingen er med efter det tidligere sagssystem."
NOON = datetime.time(12)


@dataclass
class Imported:
    """What came of a file: the portal's number for each reference, and which rows were refused and why (in Danish)."""

    rows: int = 0
    imported: list[tuple[str, int | None]] = field(default_factory=list)
    already: list[tuple[str, int]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    """A row with what it names."""

    row: EarlierCase
    organisation: Organisation
    area: HousingArea
    departments: Sequence[Department]


def import_prequalified(file: EarlierCases, *, by: Actor, at: datetime.datetime, dry_run: bool = False) -> Imported:
    """Bring in every case of the file that is not there yet; one refused row, and none comes in. A dry run only reads.

    Errors: NotAllowed for anybody but the portal's own command.
    """
    if not by.is_system:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Tidligere sager lægges ind af portalen."), "")])
    result = Imported(rows=len(file.rows) + len(file.refused))
    result.refused = [(refusal.row, refusal.message) for refusal in file.refused]
    with transaction.atomic():
        if not dry_run:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
        found = _find_all(file, result)
        result.refused.sort()
        if result.refused:
            return result
        for one in found:
            result.imported.append((one.row.reference, None if dry_run else _create(one, file.name, by=by, at=at).case_number))
    return result


def _find_all(file: EarlierCases, result: Imported) -> list[_Found]:
    held = {one.reference: one for one in ImportedCase.objects.select_related("application")}
    registers = _Registers()
    found = []
    for row in file.rows:
        try:
            if row.reference in held:
                result.already.append((row.reference, _same(row, held[row.reference]).case_number))
            else:
                found.append(registers.find(row))
        except RowRefused as why:
            result.refused.append((row.row, why.text % why.params))
    return found


def _same(row: EarlierCase, known: ImportedCase) -> Application:
    """The case of the reference. Errors: RowRefused when the row says something else than the one it came from."""
    if known.sha256 != row.sha256:
        text = gettext_noop("Nummeret »%(reference)s« er lagt ind før med andre oplysninger, som sag %(case)s.")
        raise RowRefused(text, reference=row.reference, case=known.application.case_number)
    return known.application


class _Registers:
    """Organisations, areas and departments, read once."""

    def __init__(self) -> None:
        # Those that stand come last: where one took over the name or number of one merged into it, it is the one that is meant.
        every = Organisation.objects.filter(kind=OrganisationKind.HOUSING)
        housing = sorted(every, key=lambda one: (one.succeeded_by_id is None, one.pk))
        self.by_cvr = {organisation.cvr_number: organisation for organisation in housing if organisation.cvr_number}
        self.by_name = {organisation.name.casefold(): organisation for organisation in housing}
        self.areas = {area.key: area for area in HousingArea.objects.select_related("municipality")}
        self.departments: dict[int, dict[str, Department]] = {}
        for department in Department.objects.filter(organisation__in=housing).prefetch_related("memberships"):
            self.departments.setdefault(department.organisation_id, {})[department.number] = department

    def find(self, row: EarlierCase) -> _Found:
        """What the row names. Errors: RowRefused."""
        organisation = self._organisation(row)
        area = self.areas.get(row.area_key)
        if area is None:
            raise RowRefused(gettext_noop("Boligområdet »%(value)s« er ukendt."), value=row.area_key)
        if area.municipality.code != row.municipality_code:
            text = gettext_noop("Boligområdet %(area)s ligger i kommune %(found)s, ikke i %(said)s.")
            raise RowRefused(text, area=area.name, found=area.municipality.code, said=row.municipality_code)
        own = self.departments.get(organisation.pk, {})
        if unknown := [number for number in row.departments if number not in own]:
            text = gettext_noop("%(organisation)s har ingen afdeling %(value)s.")
            raise RowRefused(text, organisation=organisation.name, value=unknown[0])
        return _Found(row, organisation, area, [own[number] for number in row.departments])

    def _organisation(self, row: EarlierCase) -> Organisation:
        """By its number; where the file has none, by its name."""
        if row.organisation_cvr:
            organisation = self.by_cvr.get(row.organisation_cvr)
        else:
            organisation = self.by_name.get(row.organisation_name.casefold())
        if organisation is None:
            said = row.organisation_cvr or row.organisation_name
            raise RowRefused(gettext_noop("Boligorganisationen »%(value)s« er ukendt."), value=said)
        if organisation.succeeded_by_id is not None:
            raise RowRefused(
                gettext_noop("Boligorganisationen »%(value)s« er lagt sammen med en anden."), value=organisation.name
            )
        return organisation


def _create(found: _Found, file_name: str, *, by: Actor, at: datetime.datetime) -> Application:
    row = found.row
    prequalified_at = _noon(row.prequalified_on)
    application = Application.objects.create(
        title=row.title,
        organisation=found.organisation,
        municipality=found.area.municipality,
        area=found.area,
        rule_set=row.rule_set,
        total_budget=row.total_budget,
        created_at=at,
        state_since=prequalified_at,
    )
    ApplicationDepartment.objects.bulk_create(
        ApplicationDepartment(
            application=application,
            department=department,
            is_connected=not (in_area := _lies_in(department, found.area)),
            connection_reason="" if in_area else CONNECTED,
        )
        for department in found.departments
    )
    if row.expected_amount is not None:
        FundingLine.objects.create(application=application, source=Source.FUND, amount=row.expected_amount)
    ImportedCase.objects.create(
        application=application,
        reference=row.reference,
        prequalified_on=row.prequalified_on,
        effort_areas=list(row.effort_areas),
        expected_amount=row.expected_amount,
        file_name=file_name[-200:],
        row=row.row,
        sha256=row.sha256,
        imported_at=at,
    )
    with moving(application, states.IMPORT, by=by, at=at) as move:
        application.submitted_at = _noon(row.submitted_on)
        move.save("submitted_at").tell(
            reference=row.reference, prequalified_on=row.prequalified_on.isoformat(), rule_set=row.rule_set, file=file_name
        )
    # It has been prequalified since the day it was, not since it came in.
    Application.objects.filter(pk=application.pk).update(state_since=prequalified_at)
    return application


def _lies_in(department: Department, area: HousingArea) -> bool:
    return any(membership.area_id == area.pk for membership in department.memberships.all())


def _noon(day: datetime.date) -> datetime.datetime:
    """A day of which only the date is known."""
    return timezone.make_aware(datetime.datetime.combine(day, NOON))
