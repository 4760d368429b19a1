"""What is due in many cases at once: facts are read with the same number of queries however many the cases are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from applications import deadlines, states
from applications.deadlines import Deadline, Hearing
from applications.models import Agreement, Application, ApplicationEvent
from applications.models.transfers import TRANSFER_TAKEN_BACK, TRANSFERRED
from applications.querysets import ApplicationQuerySet
from applications.rules import expiry
from applications.rules.rule_sets import TERMS, Setting
from applications.states import State

EXTENDED = "application:prequalification_extended"
WARNED = "application:expiry_warned"
# The prequalification counts from the latest of these: a case that came under other rules begins anew under them.
COUNTED_FROM = frozenset({states.PREQUALIFY.event, states.IMPORT.event, TRANSFERRED, TRANSFER_TAKEN_BACK})
DATED = COUNTED_FROM | {EXTENDED, WARNED, states.SUBMIT_PLAN.event}
# Nothing is due in a draft (applications are treated as they come, R68), on the waiting list, or once the case is over.
WITHOUT = frozenset({State.DRAFT, State.WAITING_LIST}) | states.ENDED | states.DECIDED
EXPIRING = frozenset({State.PREQUALIFIED, State.PLAN_IN_PROGRESS})
# Where the day on which the plan came in decides what is due.
WITH_PLAN_DAY = frozenset({State.PLAN_SUBMITTED, State.HEARING_PLAN})


@dataclass(frozen=True)
class Line:
    """A deadline with its case, and the unit that must act: never a person."""

    application: Application
    deadline: Deadline
    unit: Organisation | None
    on: datetime.date

    @property
    def unit_name(self) -> str:
        """Whose turn it is."""
        return str(self.unit) if self.unit else gettext("Landsbyggefonden")

    @property
    def days_left(self) -> int:
        """Days until the last day; below zero when it is over."""
        return self.deadline.days_left(self.on)

    @property
    def days_over(self) -> int:
        """Days since the last day; below zero when it is still to come."""
        return -self.days_left

    @property
    def is_overdue(self) -> bool:
        """True when the last day is over."""
        return self.days_left < 0

    def is_for(self, actor: Actor) -> bool:
        """True when this actor is to act: in the unit, in one of the roles, and no colleague has the case."""
        if self.unit is not None:
            own = actor.roles if self.unit.pk in actor.organisation_ids else frozenset()
            return bool(self.deadline.roles & (own | self.application.guest_roles(actor, on=self.on, side=self.unit)))
        if not actor.roles & self.deadline.roles:
            return False
        taken = self.application.responsible_id
        is_mine = taken is None or (actor.user is not None and taken == actor.user.pk)
        return actor.is_fund and (is_mine or (Role.DIRECTOR in actor.roles and Role.DIRECTOR in self.deadline.roles))


def of_cases(cases: ApplicationQuerySet, *, on: datetime.date) -> list[Line]:
    """What is due in the cases, the nearest first. Cases in which nothing can be due are not read."""
    keeping = [rule_set for rule_set, terms in TERMS.items() if not terms.settings[Setting.PREQUALIFICATION_MONTHS].value]
    found = cases.exclude(state__in=WITHOUT).exclude(state=State.PREQUALIFIED, rule_set__in=keeping)
    found = found.select_related("organisation", "municipality__organisation", "area", "responsible", "plan")
    lines = _lines(list(found), on=on)
    return sorted(lines, key=lambda line: (line.deadline.due_on, line.application.case_number, line.deadline.key))


def of_case(application: Application, *, on: datetime.date) -> list[Line]:
    """What is due in one case that was read already, the nearest first."""
    return _lines([application], on=on) if application.state not in WITHOUT else []


def _lines(cases: Sequence[Application], *, on: datetime.date) -> list[Line]:
    _read(cases)
    lines = []
    for application in cases:
        units = {unit.pk: unit for unit in application.parties()}
        for deadline in deadlines.due(facts_of(application, on=on)):
            unit = units[deadline.organisation] if deadline.organisation else None
            lines.append(Line(application, deadline, unit, on))
    return lines


def _read(cases: Sequence[Application]) -> None:
    """Each table once, and only of the cases whose state asks for it: a case page has other things to read."""
    events = ApplicationEvent.objects.filter(event__in=DATED).order_by("pk")
    agreements = Agreement.objects.standing().prefetch_related("signatures")
    prefetch_related_objects(cases, "participants", "collaborators__organisation")
    prefetch_related_objects([case for case in cases if case.state in states.IN_HEARING], "hearings")
    dated = Prefetch("events", queryset=events, to_attr="dated_events")
    prefetch_related_objects([case for case in cases if _needs_events(case)], dated)
    standing = Prefetch("agreements", queryset=agreements, to_attr="standing_agreements")
    prefetch_related_objects([case for case in cases if case.state == State.LOCAL_APPROVAL], standing)


def facts_of(application: Application, *, on: datetime.date) -> deadlines.Facts:
    """What decides what is due; the case comes from `of_cases` or `of_case`, with what they read."""
    events = _dated(application) if _needs_events(application) else []
    hearings = application.hearings.all() if application.state in states.IN_HEARING else ()
    hearing = max(hearings, key=lambda row: row.pk, default=None)
    plan = getattr(application, "plan", None)
    expiring = expiry_facts(application, on=on) if expires(application) else None
    return deadlines.Facts(
        on=on,
        state=application.state,
        state_since=timezone.localdate(application.state_since),
        organisation=application.organisation_id,
        submitted_on=timezone.localdate(application.submitted_at) if application.submitted_at else None,
        plan_submitted_on=_latest(events, {states.SUBMIT_PLAN.event}),
        hearing=Hearing(hearing.sent_on, hearing.deadline, hearing.replied_on is not None) if hearing else None,
        plan_starts_on=plan.starts_on if plan else None,
        unsigned=_unsigned(application) if application.state == State.LOCAL_APPROVAL else (),
        expires_on=expiry.ends_on(expiring) if expiring else None,
        prequalified_on=expiring.counted_from if expiring else None,
    )


def expiry_facts(
    application: Application, *, on: datetime.date, wanted: datetime.date | None = None, anew: bool = False
) -> expiry.Facts:
    """What decides when the prequalification ends; `anew` reads the events again, of a case that was locked."""
    if anew or not hasattr(application, "dated_events"):
        events = list(application.events.filter(event__in=DATED).order_by("pk"))
    else:
        events = _dated(application)
    counted = _latest(events, COUNTED_FROM) or timezone.localdate(application.state_since)
    start = max((position for position, event in enumerate(events) if event.event in COUNTED_FROM | {EXTENDED}), default=-1)
    began = max((position for position, event in enumerate(events) if event.event in COUNTED_FROM), default=-1)
    extensions = [event for event in events[began + 1 :] if event.event == EXTENDED]
    warnings = [event for event in events[start + 1 :] if event.event == WARNED]
    return expiry.Facts(
        on=on,
        months=int(application.terms.settings[Setting.PREQUALIFICATION_MONTHS].value),
        counted_from=counted,
        extended_to=datetime.date.fromisoformat(extensions[-1].data["until"]) if extensions else None,
        warnings=tuple(expiry.Notice(event.data["days"], timezone.localdate(event.at)) for event in warnings),
        wanted=wanted,
    )


def expires(application: Application) -> bool:
    """True when the case is a prequalification without a plan, under rules by which such ones expire."""
    return application.state in EXPIRING and application.terms.settings[Setting.PREQUALIFICATION_MONTHS].value > 0


def _needs_events(application: Application) -> bool:
    """True when a day of the past decides what is due."""
    return application.state in WITH_PLAN_DAY or expires(application)


def _dated(application: Application) -> list[ApplicationEvent]:
    events: list[ApplicationEvent] = application.__dict__["dated_events"]
    return events


def _latest(events: Iterable[ApplicationEvent], names: Iterable[str]) -> datetime.date | None:
    days = [timezone.localdate(event.at) for event in events if event.event in names]
    return days[-1] if days else None


def standing_agreement(application: Application) -> Agreement | None:
    """The agreement that stands, with its signatures; not asked for again where the case comes from `of_case`."""
    read: list[Agreement] | None = application.__dict__.get("standing_agreements")
    if read is None:
        return application.agreements.standing().prefetch_related("signatures").first()
    return read[0] if read else None


def _unsigned(application: Application) -> tuple[int, ...]:
    """Parties whose signature the standing agreement waits for."""
    standing: list[Agreement] = application.__dict__["standing_agreements"]
    signed = {signature.organisation_id for agreement in standing for signature in agreement.signatures.all()}
    return tuple(party.pk for party in application.parties() if party.pk not in signed)
