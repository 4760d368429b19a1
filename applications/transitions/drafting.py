"""The application: begun, written section by section, submitted."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import prefetch_related_objects

from accounts.actors import Actor
from accounts.models import Organisation
from applications import attachments, eligibility, facts, notifications, permissions, sections, states, submission
from applications.models import (
    KEY_FIGURES,
    Application,
    ApplicationDepartment,
    AttachmentVersion,
    DepartmentFigures,
    FundingLine,
    ProblemFigure,
    RentSupport,
    Submission,
)
from applications.querysets import CONTENTS
from applications.rules import cofinancing, documents, prequalification, rent_support
from applications.rules.rule_sets import rule_set_on
from applications.transitions.attachments import listed, unchanged_since
from applications.transitions.collaboration import end_accesses_of
from applications.transitions.common import day_of, make_letter
from applications.transitions.saving import Outdated, editing, set_and_save
from areas.models import Department, HousingArea
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


@dataclass(frozen=True)
class DepartmentChoice:
    """A department that takes part; a connected one with its reason (R52)."""

    department: Department
    is_connected: bool = False
    connection_reason: str = ""
    correction: str = ""


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
        # A merger locks it, too: no case begins for an organisation that is just being merged away.
        if Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk).succeeded_by_id is not None:
            raise NotAllowed([_merged_away(organisation)])
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
    is_autosave: bool = False,
) -> None:
    """Name of the effort, housing organisations taking part beside the lead, and when it shall begin.

    Whoever was let in by an organisation that takes part no longer leaves the case with it.

    Errors: as `editing`; NotAllowed when somebody who acts by a mandate, or was let in, changes who takes part: they could make
    their own organisation a party; RuleBroken for an organisation that was merged away.
    """
    with transaction.atomic():
        # Before the case, as a merger does.
        named = {organisation.pk for organisation in participants}
        rows = list(Organisation.objects.select_for_update(no_key=True).filter(pk__in=named).order_by("pk")) if named else []
        with editing(application, "basics", by=by, at=at, seen=seen, is_autosave=is_autosave):
            application.title = title.strip()
            application.expected_start_on = expected_start_on
            application.save(update_fields=["title", "expected_start_on"])
            _save_participants(application, {row for row in rows if row != application.organisation}, by=by, at=at)


def _save_participants(application: Application, wanted: set[Organisation], *, by: Actor, at: datetime.datetime) -> None:
    before = set(application.participants.all())
    if before == wanted:
        return
    if not permissions.may_name_parties(by, application):
        text = gettext_noop("Kun boligorganisationens egne ansøgere kan ændre, hvem der deltager.")
        raise NotAllowed([Violation("participants", text, "")])
    for merged in sorted(wanted - before, key=lambda one: one.pk):
        if merged.succeeded_by_id is not None:
            raise RuleBroken([_merged_away(merged)])
    application.participants.set(wanted)
    end_accesses_of(application, before - wanted, by=by, at=at)


def _merged_away(organisation: Organisation) -> Violation:
    text = gettext_noop("%(organisation)s er lagt sammen med en anden.")
    return Violation("merged_away", text, "", params={"organisation": organisation.name})


def save_departments(
    application: Application,
    choices: Sequence[DepartmentChoice],
    *,
    by: Actor,
    at: datetime.datetime,
    is_confirmed: bool = False,
    shown: Mapping[int, str] | None = None,
    seen: str | None = None,
    is_autosave: bool = False,
) -> None:
    """Departments of the area and those connected to it.

    When the applicant confirms their master data (R63), what the register says of each on that day is kept with it. What was
    confirmed before and is the same keeps its day. `shown` are the hashes of what the page showed, by department: a register
    that says something else by now was not seen, and is not confirmed.
    """
    with editing(application, "departments", by=by, at=at, seen=seen, is_autosave=is_autosave):
        before = {row.department_id: row for row in application.application_departments.all()}
        said = _master_data(choices, shown, on=day_of(at)) if is_confirmed else {}
        application.application_departments.all().delete()
        ApplicationDepartment.objects.bulk_create(
            ApplicationDepartment(
                application=application,
                department=choice.department,
                is_connected=choice.is_connected,
                connection_reason=choice.connection_reason.strip(),
                correction=choice.correction.strip(),
                master_data=said.get(choice.department.pk),
                master_data_on=_confirmed_on(said.get(choice.department.pk), before.get(choice.department.pk), day_of(at)),
            )
            for choice in choices
        )


def _master_data(
    choices: Sequence[DepartmentChoice], shown: Mapping[int, str] | None, *, on: datetime.date
) -> dict[int, sections.Values]:
    chosen = [choice.department.pk for choice in choices]
    departments = Department.objects.with_residents(on).select_related("organisation").filter(pk__in=chosen)
    said = {department.pk: sections.master_data(department) for department in departments}
    return {key: values for key, values in said.items() if shown is None or shown.get(key) == sections.sha256(values)}


def _confirmed_on(
    said: sections.Values | None, before: ApplicationDepartment | None, today: datetime.date
) -> datetime.date | None:
    if said is None:
        return None
    return before.master_data_on if before is not None and before.master_data == said else today


@dataclass(frozen=True)
class FigureChoice:
    """The figure that shows a problem (R5)."""

    problem: str
    value: Decimal | None
    unit: str = ""
    year: int | None = None
    source: str = ""


def save_challenges(
    application: Application,
    *,
    problem_types: Sequence[str],
    challenges: str,
    coordination: str,
    by: Actor,
    at: datetime.datetime,
    figures: Sequence[FigureChoice] = (),
    seen: str | None = None,
    is_autosave: bool = False,
) -> None:
    """The significant problems (R4, R5), each with its figure (C14), and how the effort is coordinated with others (R44)."""
    with editing(application, "challenges", by=by, at=at, seen=seen, is_autosave=is_autosave):
        application.problem_types = list(problem_types)
        application.challenges = challenges.strip()
        application.coordination = coordination.strip()
        application.save(update_fields=["problem_types", "challenges", "coordination"])
        application.problem_figures.all().delete()
        ProblemFigure.objects.bulk_create(
            ProblemFigure(
                application=application,
                problem=figure.problem,
                value=figure.value,
                unit=figure.unit.strip(),
                year=figure.year,
                source=figure.source.strip(),
            )
            # A figure that comes twice for a problem is the last of the two.
            for figure in {one.problem: one for one in figures if one.problem in problem_types}.values()
        )


@dataclass(frozen=True)
class KeyFiguresChoice:
    """Key figures of a department of the case (R64), by column; or why they are not there (C10)."""

    department: Department
    year: int | None = None
    shares: Mapping[str, Decimal | None] = dataclasses.field(default_factory=dict)
    absence: str = ""


def save_figures(
    application: Application,
    choices: Sequence[KeyFiguresChoice],
    *,
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
    is_autosave: bool = False,
) -> None:
    """Key figures department by department. Those of a department that left the case are kept: it may come back."""
    with editing(application, "figures", by=by, at=at, seen=seen, is_autosave=is_autosave):
        in_case = application.application_departments.values("department")
        application.department_figures.filter(department__in=in_case).delete()
        application.department_figures.filter(department__in=[choice.department for choice in choices]).delete()
        DepartmentFigures.objects.bulk_create(
            DepartmentFigures(
                application=application,
                department=choice.department,
                year=choice.year,
                absence=choice.absence.strip(),
                **{name: choice.shares.get(name) for name in KEY_FIGURES},
            )
            for choice in choices
        )


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
    is_autosave: bool = False,
) -> None:
    """What the effort costs and who pays (R65, R75). A draft may be saved before it adds up; submitting asks the rule.

    What the fund accepted as local (Q5) is the fund's tick and survives only on lines that did not change. So a page that saves
    by itself never saves such a line changed: what is half typed would take the tick away for good.
    """
    with editing(application, "budget", by=by, at=at, seen=seen, is_autosave=is_autosave):
        accepted = Counter(_as_accepted(line) for line in application.funding_lines.filter(accepted_as_local=True))
        if is_autosave and accepted - Counter(map(_as_accepted, lines)):
            raise RuleBroken([_accepted_line_changed()])
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
                accepted_as_local=_is_left_of(accepted, _as_accepted(line)),
            )
            for line in lines
        )


_Line = tuple[str, str, Decimal, str]


def _as_accepted(line: FundingLine | FundingChoice) -> _Line:
    """All that the fund looked at: with one of them another, it is another contribution."""
    return str(line.source), str(line.kind), line.amount, line.note.strip()


def _is_left_of(accepted: Counter[_Line], line: _Line) -> bool:
    """Take the line's tick; a second line like it has none."""
    accepted[line] -= 1
    return accepted[line] >= 0


def _accepted_line_changed() -> Violation:
    text = gettext_noop(
        "I har ændret et bidrag, som Landsbyggefonden har godkendt som lokal medfinansiering. "
        "Gem selv, hvis det skal ændres. Så skal det godkendes igen."
    )
    return Violation("accepted_line_changed", text, "")


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
    is_autosave: bool = False,
) -> None:
    """Rent reduction per department (R114-R125); a part of the same case (Q6)."""
    with editing(application, "rent", by=by, at=at, seen=seen, is_autosave=is_autosave):
        application.wants_rent_support = wants_rent_support
        application.save(update_fields=["wants_rent_support"])
        wanted = {line.department.pk: line for line in lines} if wants_rent_support else {}
        application.rent_supports.exclude(department__in=wanted).delete()
        stored = {row.department_id: row for row in application.rent_supports.all()}
        # One by one, and only what changed: the table keeps its history by trigger, and a case has a handful.
        for key, line in wanted.items():
            row = stored.get(key) or RentSupport(application=application, department=line.department)
            set_and_save(
                row,
                amount_per_m2=line.amount_per_m2,
                area_m2=line.area_m2,
                starts_on=line.starts_on,
                ends_on=line.ends_on,
            )


def check_application(
    application: Application, *, on: datetime.date, versions: Sequence[AttachmentVersion] | None = None
) -> list[Violation]:
    """What stands in the way of submitting, and advice (C10, C11, R115); `versions` when what is attached was read already."""
    attached = facts.of_documents(application, attachments.current(application) if versions is None else versions)
    return [
        *prequalification.check(facts.of_prequalification(application, on=on, attached=attached)),
        *rent_support.check(facts.of_rent_support(application)),
        *documents.check(attached),
    ]


def submit(application: Application, *, by: Actor, at: datetime.datetime, seen: str | None = None) -> None:
    """Submit the application (R61-R66, C10). What is sent is kept as one text with its hash; receipt and letter follow.

    `seen` is the fingerprint of what the sender read (submission.py), where a page was read.

    Errors: Outdated when the application or what is attached is another by now; those of `moving`.
    """
    with transaction.atomic():
        with moving(application, states.SUBMIT, by=by, at=at) as move:
            prefetch_related_objects([application], *CONTENTS)
            sent_along = attachments.current(application)
            content = submission.content_now(application, sent_along)
            if seen is not None and seen != submission.fingerprint(content):
                text = gettext_noop("Ansøgningen er ændret, siden du læste den. Læs den igen, og indsend så.")
                raise Outdated([Violation("outdated", text, "")])
            move.require(check_application(application, on=day_of(at), versions=sent_along))
            move.require(unchanged_since(sent_along))  # reads every file through, so only when nothing else is in the way
            sent = submission.text_of(application, content, by=by, at=at)
            application.submitted_at = at
            move.save("submitted_at").tell(**eligibility.in_law(application, on=day_of(at)).as_json())
            move.tell(attachments=listed(sent_along), content_hash=submission.hash_of(sent))
            notifications.application_received(application)
            move.then(make_letter)
        event = application.events.filter(event=states.SUBMIT.event).latest("pk")
        Submission.objects.create(application=application, event=event, content=sent, content_hash=submission.hash_of(sent))
