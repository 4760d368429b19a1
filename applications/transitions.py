"""What people do to a case: one verb a function. The only writer of the app's tables.

Every function takes `by` (who acts) and `at` (when), opens its own transaction, locks the case, asks the rules, writes
rows and event together, and queues what follows on commit.

Errors, everywhere: NotAllowed, IllegalMove, RuleBroken (lbf_portal.lib.refusals), and for sections Outdated.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organisation, User
from applications import eligibility, facts, notifications, permissions, sections, signals, states, tasks
from applications.models import (
    Agreement,
    Application,
    ApplicationDepartment,
    BoardSeat,
    ComprehensivePlan,
    Decision,
    FundingLine,
    IndicatorDefinition,
    Outcome,
    PartyHearing,
    PlanGoal,
    Recommendation,
    RentSupport,
    Signature,
)
from applications.rules import agreement, board, cofinancing, commitment, plan, prequalification, reasons, refusal, rent_support
from applications.rules import recommendation as recommendation_rule
from applications.rules.rule_sets import TERMS, RuleSet, rule_set_on
from areas.models import Department, HousingArea
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger import posting
from ledger.kinds import Money

LEGAL_BASIS = "Almenboligloven § 91 a, stk. 1"
LEGAL_BASIS_RENT = "Almenboligloven § 91 a, stk. 2"


class Outdated(Refused):
    """Somebody else saved the section in between; both versions must be shown."""


def _day(at: datetime.datetime) -> datetime.date:
    return timezone.localdate(at)


def _require(actor: Actor, act: str, application: Application, *, on: datetime.date) -> None:
    if not permissions.may(actor, act, application, on=on):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])


@contextlib.contextmanager
def _locked(application: Application, act: str, *, by: Actor, at: datetime.datetime) -> Iterator[None]:
    """The row locked and re-read, the right checked: for acts that are no move."""
    with transaction.atomic():
        application.refresh_from_db(from_queryset=Application.objects.select_for_update(of=("self",)))
        _require(by, act, application, on=_day(at))
        yield


# The application and its sections


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
            rule_set=rule_set_on(_day(at)),
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


@contextlib.contextmanager
def _editing(application: Application, section: str, *, by: Actor, at: datetime.datetime, seen: str | None) -> Iterator[None]:
    """One section saved: locked, allowed, in time, on top of what the writer had seen; before and after in the event."""
    with _locked(application, "edit_plan" if section in sections.OF_PLAN else "edit", by=by, at=at):
        if not sections.is_open(application, section):
            raise IllegalMove(
                [Violation("section_closed", gettext_noop("Sagen kan ikke rettes, som den står nu. Se sagens status."), "")]
            )
        roles = application.roles_of(by, on=_day(at))
        before = sections.values(application, section)
        if seen is not None and seen != sections.sha256(before):
            raise Outdated(
                [
                    Violation(
                        "outdated",
                        gettext_noop(
                            "En anden har gemt her, mens du skrev. Begge udgaver vises: "
                            "ret din, og gem igen, eller behold den andens."
                        ),
                        "",
                    )
                ]
            )
        yield
        application.refresh_from_db()
        after = sections.values(application, section)
        if sections.canonical(before) == sections.canonical(after):
            return
        data: dict[str, object] = {"section": section}
        if section not in sections.WITH_PERSONAL_DATA:
            data |= {"before": json.loads(sections.canonical(before)), "after": json.loads(sections.canonical(after))}
        application.record("application:section_saved", by=by, at=at, roles=roles, data=data)


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
    with _editing(application, "basics", by=by, at=at, seen=seen):
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
    with _editing(application, "departments", by=by, at=at, seen=seen):
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
    with _editing(application, "challenges", by=by, at=at, seen=seen):
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
    with _editing(application, "budget", by=by, at=at, seen=seen):
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
    with _editing(application, "rent", by=by, at=at, seen=seen):
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
    return [
        *prequalification.check(facts.of_prequalification(application, on=on)),
        *rent_support.check(facts.of_rent_support(application)),
    ]


def submit(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Submit the application (R61-R66, C10); the receipt and its letter follow."""
    with moving(application, states.SUBMIT, by=by, at=at) as move:
        move.require(check_application(application, on=_day(at)))
        application.submitted_at = at
        move.save("submitted_at").tell(**eligibility.in_law(application, on=_day(at)).as_json())
        notifications.application_received(application)
        move.then(_make_letter)


# The fund's work up to prequalification


def take(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Make oneself the responsible case officer."""
    with _locked(application, "take", by=by, at=at):
        if application.responsible == by.user:
            return
        application.responsible = by.user
        application.save(update_fields=["responsible"])
        application.record("application:taken", by=by, at=at)


def start_assessment(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Begin the assessment; whoever begins becomes responsible when nobody is."""
    with moving(application, states.START_ASSESSMENT, by=by, at=at) as move:
        if application.responsible is None:
            application.responsible = by.user
            move.save("responsible")


def request_information(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Ask the applicant for more (R71); the application's sections open again."""
    with moving(application, states.REQUEST_INFORMATION, by=by, at=at, reason=reason):
        notifications.information_requested(application)


def answer_information(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Answer the request; what was submitted must still be complete (C10)."""
    with moving(application, states.ANSWER_INFORMATION, by=by, at=at, reason=reason) as move:
        move.require(check_application(application, on=_day(at)))
        notifications.information_answered(application)


def put_on_waiting_list(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Fit, but no room in the frame (U7)."""
    with moving(application, states.PUT_ON_WAITING_LIST, by=by, at=at, reason=reason):
        notifications.put_on_waiting_list(application)


def prequalify(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """The preliminary yes (R67), with reasons; the plan can begin."""
    with moving(application, states.PREQUALIFY, by=by, at=at, reason=reason) as move:
        move.require(reasons.check(reasons.Facts(reason)))
        _decide(application, Outcome.PREQUALIFIED, by=by, at=at, reason=reason)
        move.then(_make_letter)


def open_hearing(application: Application, *, by: Actor, at: datetime.datetime, reason: str, deadline: datetime.date) -> None:
    """Hear the party before an unfavourable decision (R145): the facts, and time to comment."""
    move_ = states.OPEN_PLAN_HEARING if application.state == states.State.PLAN_SUBMITTED else states.OPEN_HEARING
    with moving(application, move_, by=by, at=at, reason=reason) as move:
        if deadline <= _day(at):
            move.require([_deadline_in_the_past()])
        PartyHearing.objects.create(application=application, facts=reason.strip(), sent_on=_day(at), deadline=deadline)
        move.tell(deadline=deadline.isoformat())
        notifications.hearing_opened(application, deadline)


def _deadline_in_the_past() -> Violation:
    text = gettext_noop("Fristen skal ligge efter i dag, så parten kan nå at svare.")
    return Violation("hearing_deadline_too_early", text, "Forvaltningsloven § 19; R145", field="deadline")


def answer_hearing(application: Application, *, by: Actor, at: datetime.datetime, reply: str) -> None:
    """The party's comments on the hearing; the case officer goes on from there."""
    with _locked(application, "answer_hearing", by=by, at=at):
        hearing = application.hearings.filter(replied_on__isnull=True).last()
        if hearing is None or application.state not in states.IN_HEARING:
            text = gettext_noop("Der er ingen åben partshøring at svare på.")
            raise IllegalMove([Violation("no_open_hearing", text, "")])
        if not reply.strip():
            text = gettext_noop("Skriv jeres bemærkninger til høringen.")
            raise RuleBroken([Violation("reply_missing", text, "Forvaltningsloven § 19; R145", field="reply")])
        hearing.reply, hearing.replied_on, hearing.replied_by = reply.strip(), _day(at), by.user
        hearing.save(update_fields=["reply", "replied_on", "replied_by"])
        application.record("application:hearing_answered", by=by, at=at)
        notifications.hearing_answered(application)


def resume(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Take the case out of the hearing and go on with it."""
    move = states.RESUME_PLAN if application.state == states.State.HEARING_PLAN else states.RESUME_ASSESSMENT
    with moving(application, move, by=by, at=at, reason=reason):
        pass


def refuse(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Refuse, after the hearing (R145) and with reasons (R146, R147); the letter follows."""
    with moving(application, states.REFUSE, by=by, at=at, reason=reason) as move:
        move.require(refusal.check(facts.of_refusal(application, on=_day(at), reasons=reason)))
        application.decided_at = at
        move.save("decided_at")
        _decide(application, Outcome.REFUSED, by=by, at=at, reason=reason)
        move.then(_make_letter)


def withdraw(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """The applicant stops."""
    with moving(application, states.WITHDRAW, by=by, at=at, reason=reason):
        _void_standing_agreement(application, at)


def lapse(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """No progress: the fund, or the calendar, ends the case."""
    with moving(application, states.LAPSE, by=by, at=at, reason=reason):
        _void_standing_agreement(application, at)
        notifications.lapsed(application)


# The plan, the board, the agreement


def start_plan(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Begin the comprehensive plan (R73)."""
    with moving(application, states.START_PLAN, by=by, at=at):
        ComprehensivePlan.objects.create(application=application)


def save_plan(
    application: Application,
    *,
    starts_on: datetime.date | None,
    ends_on: datetime.date | None,
    summary: str,
    effort_areas: Sequence[str],
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
) -> None:
    """Period and chosen effort areas. Errors: RuleBroken when the period is longer than the regulation allows (G5)."""
    with _editing(application, "plan", by=by, at=at, seen=seen):
        own = application.plan
        own.starts_on, own.ends_on, own.summary = starts_on, ends_on, summary.strip()
        order = [area.code for area in TERMS[RuleSet(application.rule_set)].effort_areas]
        own.effort_areas = [code for code in order if code in set(effort_areas)]
        if starts_on and ends_on and (blocking := [v for v in plan.check_period(facts.of_plan(application)) if v.is_blocking]):
            raise RuleBroken(blocking)
        own.save(update_fields=["starts_on", "ends_on", "summary", "effort_areas"])


@dataclass(frozen=True)
class GoalChoice:
    """A goal as it is written in the plan."""

    effort_area: str
    indicator: IndicatorDefinition
    sub_goal: str
    responsible_party: str = ""
    baseline_value: Decimal | None = None
    baseline_on: datetime.date | None = None
    target_value: Decimal | None = None
    target_on: datetime.date | None = None


def save_goals(
    application: Application, goals: Sequence[GoalChoice], *, by: Actor, at: datetime.datetime, seen: str | None = None
) -> None:
    """Local sub-goals under the fixed goals (R78, R79). A goal keeps its identity by its indicator, so its history goes on."""
    with _editing(application, "goals", by=by, at=at, seen=seen):
        own = application.plan
        own.goals.exclude(indicator__in=[goal.indicator for goal in goals]).delete()
        for goal in goals:
            PlanGoal.objects.update_or_create(
                plan=own,
                indicator=goal.indicator,
                defaults={
                    "effort_area": goal.effort_area,
                    "sub_goal": goal.sub_goal.strip(),
                    "responsible_party": goal.responsible_party.strip(),
                    "baseline_value": goal.baseline_value,
                    "baseline_on": goal.baseline_on,
                    "target_value": goal.target_value,
                    "target_on": goal.target_on,
                },
            )


@dataclass(frozen=True)
class SeatChoice:
    """A seat as it is registered."""

    kind: str
    name: str
    email: str
    title: str
    organisation: Organisation | None
    other_organisation: str
    is_chair: bool
    valid_from: datetime.date
    valid_to: datetime.date | None = None


def save_board(
    application: Application, seats: Sequence[SeatChoice], *, by: Actor, at: datetime.datetime, seen: str | None = None
) -> None:
    """The local board and its secretariat (R89, R90, R98). A seat is tied to the person who signs in with its e-mail."""
    with _editing(application, "board", by=by, at=at, seen=seen):
        users = {user.email: user for user in User.objects.filter(email__in=[seat.email.lower() for seat in seats if seat.email])}
        application.board_seats.all().delete()
        for seat in seats:
            BoardSeat.objects.create(
                application=application,
                kind=seat.kind,
                name=seat.name.strip(),
                email=seat.email.lower(),
                title=seat.title.strip(),
                organisation=seat.organisation,
                other_organisation="" if seat.organisation else seat.other_organisation.strip(),
                is_chair=seat.is_chair,
                valid_from=seat.valid_from,
                valid_to=seat.valid_to,
                user=users.get(seat.email.lower()),
            )


def check_board(application: Application, *, on: datetime.date) -> list[Violation]:
    """What the local board lacks on the day (R89, R90, R98); the effort asks before it starts."""
    return board.check(facts.of_board(application, on=on))


def check_plan(application: Application, *, on: datetime.date) -> list[Violation]:
    """What stands between the plan and its first signature (C12 without signatures), and advice."""
    return [
        *agreement.check_content(facts.of_agreement(application, on=on)),
        *rent_support.check(facts.of_rent_support(application)),
    ]


def send_for_signature(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Make the agreement from the plan and send it to the parties; its text never changes from here (R80, R85)."""
    with moving(application, states.SEND_FOR_SIGNATURE, by=by, at=at) as move:
        move.require(check_plan(application, on=_day(at)))
        content = sections.agreement_content(application)
        version = Agreement.objects.create(
            application=application,
            number=application.agreements.count() + 1,
            content=content,
            content_hash=sections.sha256(content),
            made_by=_person(by),
            made_at=at,
        )
        move.tell(version=version.number, content_hash=version.content_hash)
        notifications.agreement_ready(application)


def _person(by: Actor) -> User:
    if by.user is None:
        raise NotAllowed([Violation("person_needed", gettext_noop("Det kan kun en person gøre."), "")])
    return by.user


def _void_standing_agreement(application: Application, at: datetime.datetime) -> None:
    for version in application.agreements.standing():
        version.voided_at = at
        version.save(update_fields=["voided_at"])


def recall_agreement(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Take the agreement back to the plan; signatures under this version no longer count."""
    with moving(application, states.RECALL_AGREEMENT, by=by, at=at, reason=reason):
        _void_standing_agreement(application, at)
        notifications.agreement_recalled(application)


def sign(application: Application, *, content_hash: str, title: str, by: Actor, at: datetime.datetime) -> None:
    """Sign the standing version for the organisation acted for (R85); the last signature submits the plan (R74).

    `content_hash` is of the text the signatory had on the screen: another text is not signed.
    """
    with _locked(application, "sign", by=by, at=at):
        person, organisation = _person(by), by.organisation
        version = application.agreements.standing().first()
        if version is None or application.state != states.State.LOCAL_APPROVAL or organisation is None:
            text = gettext_noop("Aftalen er ikke til underskrift nu.")
            raise IllegalMove([Violation("not_for_signature", text, "")])
        if version.content_hash != content_hash:
            text = gettext_noop("Aftalen er ændret, siden du åbnede den. Læs den nye udgave, før du underskriver.")
            raise IllegalMove([Violation("other_version", text, "")])
        if version.signatures.filter(organisation=organisation).exists():
            text = gettext_noop("Aftalen er allerede underskrevet for %(organisation)s.")
            raise IllegalMove([Violation("already_signed", text, "", params={"organisation": organisation.name})])
        role = min(permissions.ACTS["sign"] & permissions.roles_in(by, application, on=_day(at)))
        Signature.objects.create(
            agreement=version,
            organisation=organisation,
            user=person,
            role=role,
            name=person.name,
            title=title.strip(),
            content_hash=content_hash,
            signed_at=at,
        )
        application.record(
            "application:signed",
            by=by,
            at=at,
            roles=frozenset({role}),
            data={"version": version.number, "content_hash": content_hash},
        )
        signed = facts.of_agreement(application, on=_day(at))
        if not agreement.still_to_sign(signed):
            _submit_plan(application, signed, by=by, at=at)


def _submit_plan(application: Application, signed: agreement.Facts, *, by: Actor, at: datetime.datetime) -> None:
    with moving(application, states.SUBMIT_PLAN, by=by, at=at) as move:
        move.require(agreement.check(signed))
        notifications.plan_submitted(application)


# The fund's work up to the commitment


def accept_as_local(application: Application, line: FundingLine, *, accepted: bool, by: Actor, at: datetime.datetime) -> None:
    """Count a contribution in kind or from others as local co-financing, or no longer (Q5)."""
    with _locked(application, "recommend", by=by, at=at):
        if application.state in states.DECIDED | states.ENDED:
            text = gettext_noop("Sagen er afgjort eller afsluttet, og medfinansieringen ligger fast.")
            raise IllegalMove([Violation("case_closed", text, "")])
        line.accepted_as_local = accepted
        line.save(update_fields=["accepted_as_local"])
        application.record("application:accepted_as_local", by=by, at=at, data={"line": str(line), "accepted": accepted})


def return_plan(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Send the plan back with what must be changed; a new version has to be signed."""
    with moving(application, states.REQUEST_PLAN_INFORMATION, by=by, at=at, reason=reason):
        _void_standing_agreement(application, at)
        notifications.plan_returned(application)


def recommend(
    application: Application,
    *,
    frame_year: int,
    social_amount: Decimal,
    rent_amount: Decimal,
    reason: str,
    by: Actor,
    at: datetime.datetime,
) -> Recommendation:
    """Recommend the commitment: amounts, the frame's year, reasons. Another person decides (four eyes)."""
    with _locked(application, "recommend", by=by, at=at):
        if application.state != states.State.PLAN_SUBMITTED:
            text = gettext_noop("Der kan kun indstilles, når helhedsplanen er til afgørelse.")
            raise IllegalMove([Violation("not_for_recommendation", text, "")])
        asked = recommendation_rule.Facts(social_amount, rent_amount, facts.rent_total(application))
        broken = [*reasons.check(reasons.Facts(reason)), *recommendation_rule.check(asked)]
        if broken:
            raise RuleBroken(broken)
        recommendation = Recommendation.objects.create(
            application=application,
            frame_year=frame_year,
            social_amount=social_amount,
            rent_amount=rent_amount,
            reasons=reason.strip(),
            recommended_by=_person(by),
            recommended_at=at,
        )
        application.record(
            "application:recommended",
            by=by,
            at=at,
            reason=reason,
            data={"frame_year": frame_year, "social_amount": str(social_amount), "rent_amount": str(rent_amount)},
        )
        notifications.recommended(application)
    return recommendation


def check_commitment(application: Application, *, by: Actor, reason: str, on: datetime.date) -> list[Violation]:
    """What stands between the recommendation and the commitment, and advice on the frame (C1, C2, C11, C12, four eyes)."""
    recommendation = application.recommendations.last()
    decided_by = str(by.user.pk) if by.user else ""
    return [
        *commitment.check(facts.of_commitment(application, recommendation, decided_by=decided_by, reasons=reason, on=on)),
        *agreement.check(facts.of_agreement(application, on=on)),
        *rent_support.check(facts.of_rent_support(application)),
    ]


def commit(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> Decision:
    """Give the commitment; the frame of the recommended year is charged in the same transaction (G1).

    Errors: RuleBroken with the remaining amount named when the frame, or its rent part, has no room (R2, R8).
    """
    on = _day(at)
    with moving(application, states.COMMIT, by=by, at=at, reason=reason) as move:
        move.require(check_commitment(application, by=by, reason=reason, on=on))
        recommendation = application.recommendations.last()
        assert recommendation is not None  # four_eyes.check has required one
        amounts = {Money.SOCIAL: recommendation.social_amount, Money.RENT: recommendation.rent_amount}
        for money, amount in amounts.items():
            if amount:
                posting.commit(
                    recommendation.frame_year,
                    case_reference=str(application.case_number),
                    money=money,
                    amount=amount,
                    key=f"application:{application.pk}:commit:{money.lower()}",
                    on=on,
                    by=by,
                    legal_basis=LEGAL_BASIS_RENT if money == Money.RENT else LEGAL_BASIS,
                    reason=reason,
                    at=at,
                )
        application.decided_at = at
        move.save("decided_at").tell(
            frame_year=recommendation.frame_year,
            social_amount=str(recommendation.social_amount),
            rent_amount=str(recommendation.rent_amount),
        )
        decision = _decide(application, Outcome.COMMITTED, by=by, at=at, reason=reason, recommendation=recommendation)
        signals.committed.send(sender=Application, application=application, decision=decision, by=by, at=at)
        move.then(_make_letter)
    return decision


def _decide(
    application: Application,
    outcome: Outcome,
    *,
    by: Actor,
    at: datetime.datetime,
    reason: str,
    recommendation: Recommendation | None = None,
) -> Decision:
    return Decision.objects.create(
        application=application,
        outcome=outcome,
        decided_on=_day(at),
        decided_by=_person(by),
        reasons=reason.strip(),
        facts=eligibility.in_law(application, on=_day(at)).as_json(),
        recommendation=recommendation,
        recommended_by=recommendation.recommended_by if recommendation else None,
        frame_year=recommendation.frame_year if recommendation else None,
        social_amount=recommendation.social_amount if recommendation else None,
        rent_amount=recommendation.rent_amount if recommendation else None,
    )


def _make_letter(event: Model) -> None:
    """The letter of the event is made by a worker; a broker that is down only delays it (clock.render_missing_letters)."""
    tasks.queue_letter(event.pk)


# The catalogue of indicators

INDICATORS = Path(__file__).parent / "data" / "indicators.csv"


def load_indicators(*, by: Actor) -> int:
    """Enter the catalogue of indicators from the file (domain.md 5.2), and return how many rows it has.

    Run again it refreshes names and units; whether the fund has confirmed an indicator is kept.
    """
    if not by.is_system:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kataloget over indikatorer indlæses af portalen."), "")])
    with INDICATORS.open(encoding="utf-8", newline="") as file, transaction.atomic():
        rows = list(csv.DictReader(file))
        for row in rows:
            is_confirmed = row.pop("is_confirmed") == "yes"
            IndicatorDefinition.objects.update_or_create(
                code=row.pop("code"), defaults=row, create_defaults={**row, "is_confirmed": is_confirmed}
            )
    return len(rows)
