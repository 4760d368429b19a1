"""The application: begun, written section by section, submitted."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organisation
from applications import attachments, eligibility, facts, notifications, permissions, states
from applications.models import Application, ApplicationDepartment, FundingLine, RentSupport
from applications.rules import cofinancing, documents, prequalification, rent_support
from applications.rules.rule_sets import rule_set_on
from applications.transitions.attachments import listed, unchanged_since
from applications.transitions.common import day_of, make_letter
from applications.transitions.saving import editing
from areas.models import Department, HousingArea
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import NotAllowed, Violation
from lbf_portal.lib.words import gettext_noop


@dataclass(frozen=True)
class DepartmentChoice:
    """A department that takes part; a connected one with its reason (R52)."""

    department: Department
    is_connected: bool = False
    connection_reason: str = ""


def create_application(
    *,
    title: str,
    area: HousingArea,
    organisation: Organisation,
    by: Actor,
    at: datetime.datetime,
    departments: Sequence[DepartmentChoice] = (),
    problem_types: Sequence[str] = (),
    is_demo: bool = False,
) -> Application:
    """Start a draft for an area. The rule set is fixed here (G3), the municipality is the area's (Q16).

    What was chosen beforehand is carried along: `departments` are the organisation's own or those it administers, and their
    organisations take part; `problem_types` are the problems named so far (R5).
    """
    if not permissions.may_create(by) or by.organisation != organisation or by.user is None:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Du kan kun søge for den organisation, du handler som."), "")])
    chosen = {choice.department.pk for choice in departments}
    if Department.objects.acted_for_by(by).filter(pk__in=chosen).count() != len(chosen):
        text = gettext_noop("Du kan kun begynde en ansøgning med organisationens egne afdelinger eller dem, den administrerer.")
        raise NotAllowed([Violation("not_own_department", text, "")])
    with transaction.atomic():
        application = Application.objects.create(
            title=title.strip(),
            area=area,
            municipality=area.municipality,
            organisation=organisation,
            rule_set=rule_set_on(day_of(at)),
            created_by=by.user,
            created_at=at,
            state_since=at,
            is_demo=is_demo,
        )
        application.participants.set({choice.department.organisation for choice in departments} - {organisation})
        application.record("application:created", by=by, at=at, state_to=states.State.DRAFT)
        if departments:
            save_departments(application, departments, by=by, at=at)
        if problem_types:
            save_challenges(application, problem_types=problem_types, challenges="", coordination="", by=by, at=at)
    return application


def save_basics(
    application: Application,
    *,
    title: str,
    participants: Sequence[Organisation],
    expected_start_on: datetime.date | None,
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
) -> None:
    """Name of the effort, housing organisations taking part beside the lead, and when it shall begin."""
    with editing(application, "basics", by=by, at=at, seen=seen):
        application.title = title.strip()
        application.expected_start_on = expected_start_on
        application.save(update_fields=["title", "expected_start_on"])
        application.participants.set([organisation for organisation in participants if organisation != application.organisation])


def save_departments(
    application: Application,
    choices: Sequence[DepartmentChoice],
    *,
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
) -> None:
    """Departments of the area and those connected to it."""
    with editing(application, "departments", by=by, at=at, seen=seen):
        application.application_departments.all().delete()
        ApplicationDepartment.objects.bulk_create(
            ApplicationDepartment(
                application=application,
                department=choice.department,
                is_connected=choice.is_connected,
                connection_reason=choice.connection_reason.strip(),
            )
            for choice in choices
        )


def save_challenges(
    application: Application,
    *,
    problem_types: Sequence[str],
    challenges: str,
    coordination: str,
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
) -> None:
    """The significant problems (R4, R5) and how the effort is coordinated with others (R44)."""
    with editing(application, "challenges", by=by, at=at, seen=seen):
        application.problem_types = list(problem_types)
        application.challenges = challenges.strip()
        application.coordination = coordination.strip()
        application.save(update_fields=["problem_types", "challenges", "coordination"])


@dataclass(frozen=True)
class FundingChoice:
    """A contribution to the budget."""

    source: cofinancing.Source
    amount: Decimal
    kind: cofinancing.Kind = cofinancing.Kind.CASH
    note: str = ""


def save_budget(
    application: Application,
    *,
    total_budget: Decimal | None,
    lines: Sequence[FundingChoice],
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
) -> None:
    """What the effort costs and who pays (R65, R75). A draft may be saved before it adds up; submitting asks the rule.

    What the fund accepted as local (Q5) is the fund's tick and survives only on lines that did not change.
    """
    with editing(application, "budget", by=by, at=at, seen=seen):
        accepted = {
            (line.source, line.kind, line.amount, line.note) for line in application.funding_lines.filter(accepted_as_local=True)
        }
        application.total_budget = total_budget
        application.save(update_fields=["total_budget"])
        application.funding_lines.all().delete()
        FundingLine.objects.bulk_create(
            FundingLine(
                application=application,
                source=line.source,
                kind=line.kind,
                amount=line.amount,
                note=line.note.strip(),
                accepted_as_local=(line.source, line.kind, line.amount, line.note.strip()) in accepted,
            )
            for line in lines
        )


@dataclass(frozen=True)
class RentChoice:
    """Rent reduction asked for one department."""

    department: Department
    amount_per_m2: Decimal
    area_m2: Decimal
    starts_on: datetime.date
    ends_on: datetime.date


def save_rent_support(
    application: Application,
    *,
    wants_rent_support: bool,
    lines: Sequence[RentChoice],
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
) -> None:
    """Rent reduction per department (R114-R125); a part of the same case (Q6)."""
    with editing(application, "rent", by=by, at=at, seen=seen):
        application.wants_rent_support = wants_rent_support
        application.save(update_fields=["wants_rent_support"])
        application.rent_supports.all().delete()
        # One by one: the table keeps its history by trigger, and a case has a handful.
        for line in lines if wants_rent_support else ():
            RentSupport.objects.create(
                application=application,
                department=line.department,
                amount_per_m2=line.amount_per_m2,
                area_m2=line.area_m2,
                starts_on=line.starts_on,
                ends_on=line.ends_on,
            )


def check_application(application: Application, *, on: datetime.date) -> list[Violation]:
    """What stands in the way of submitting, and advice (C10, C11, R115)."""
    attached = facts.of_documents(application, attachments.current(application))
    return [
        *prequalification.check(facts.of_prequalification(application, on=on, attached=attached)),
        *rent_support.check(facts.of_rent_support(application)),
        *documents.check(attached),
    ]


def submit(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Submit the application (R61-R66, C10); the receipt and its letter follow."""
    with moving(application, states.SUBMIT, by=by, at=at) as move:
        sent_along = attachments.current(application)
        move.require(check_application(application, on=day_of(at)))
        move.require(unchanged_since(sent_along))  # reads every file through, so only when nothing else is in the way
        application.submitted_at = at
        move.save("submitted_at").tell(**eligibility.in_law(application, on=day_of(at)).as_json())
        move.tell(attachments=listed(sent_along))
        notifications.application_received(application)
        move.then(make_letter)
