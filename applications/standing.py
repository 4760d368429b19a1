"""»Hvor er min sag«: the steps with dates, how long each takes as a rule, what happens now and when, the place in the line."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import durations, states
from applications.deadlines import Kind
from applications.due import Line
from applications.durations import Typical
from applications.models import Application
from applications.planning.desk import desk
from applications.rules import order
from applications.states import State

# What happens now and when, in one sentence; the dossier names the times (R69, R72, Q17).
NEXT: Mapping[State, Promise] = {
    State.DRAFT: _("Ansøgeren udfylder ansøgningen og indsender den. Der er ingen frist: ansøgninger behandles løbende."),
    State.SUBMITTED: _("Landsbyggefonden begynder vurderingen. Målet er svar inden for 90 dage."),
    State.INFO_REQUESTED: _("Ansøgeren retter ansøgningen og sender de ønskede oplysninger."),
    State.UNDER_ASSESSMENT: _("Landsbyggefonden vurderer ansøgningen. Målet er svar inden for 90 dage fra modtagelsen."),
    State.WAITING_LIST: _("Sagen er egnet, men venter på plads i rammen. Landsbyggefonden skriver, når der er plads."),
    State.HEARING: _("Ansøgeren kan kommentere sagens oplysninger, før Landsbyggefonden går videre."),
    State.REFUSED: _("Sagen er afsluttet med et afslag. I kan søge igen."),
    State.PREQUALIFIED: _("Ansøgeren begynder helhedsplanen. Arbejdet tager typisk 8-14 måneder."),
    State.PLAN_IN_PROGRESS: _("Parterne skriver mål, bestyrelse og samarbejdsaftale. Arbejdet tager typisk 8-14 måneder."),
    State.LOCAL_APPROVAL: _("Hver part læser og underskriver aftalen. Den sidste underskrift sender planen til fonden."),
    State.PLAN_SUBMITTED: _("Landsbyggefonden indstiller og afgør, om der gives tilsagn."),
    State.INFO_REQUESTED_PLAN: _("Ansøgeren retter planen, og parterne underskriver en ny udgave."),
    State.HEARING_PLAN: _("Ansøgeren kan kommentere sagens oplysninger, før Landsbyggefonden afgør sagen."),
    State.COMMITTED: _("Der er givet tilsagn. Indsatsen følges på bestyrelsens overblik."),
    State.WITHDRAWN: _("Ansøgeren har trukket ansøgningen tilbage. Sagen er afsluttet."),
    State.LAPSED: _("Sagen er bortfaldet og afsluttet."),
}
# The same where a day is known: by the state and what is due in it.
WITH_DAY: Mapping[tuple[State, Kind], Promise] = {
    (State.SUBMITTED, Kind.ANSWER): _("Landsbyggefonden begynder vurderingen. Målet er svar senest den %(day)s."),
    (State.UNDER_ASSESSMENT, Kind.ANSWER): _("Landsbyggefonden vurderer ansøgningen. Målet er svar senest den %(day)s."),
    (State.INFO_REQUESTED, Kind.INFORMATION): _(
        "Ansøgeren retter ansøgningen og sender de ønskede oplysninger, helst senest den %(day)s."
    ),
    (State.HEARING, Kind.HEARING): _(
        "Ansøgeren kan kommentere sagens oplysninger til og med den %(day)s. Derefter går Landsbyggefonden videre."
    ),
    (State.HEARING, Kind.ANSWER): _("Høringen er slut, og Landsbyggefonden går videre. Målet er svar senest den %(day)s."),
    (State.PREQUALIFIED, Kind.EXPIRY): _(
        "Ansøgeren begynder helhedsplanen. Den skal være til underskrift senest den %(day)s, ellers bortfalder sagen."
    ),
    (State.PLAN_IN_PROGRESS, Kind.EXPIRY): _(
        "Parterne skriver planen. Den skal være til underskrift senest den %(day)s, ellers bortfalder sagen."
    ),
    (State.PLAN_IN_PROGRESS, Kind.PLAN): _(
        "Parterne skriver mål, bestyrelse og samarbejdsaftale. Indsatsen skal efter planen begynde den %(day)s."
    ),
    (State.LOCAL_APPROVAL, Kind.SIGNATURE): _(
        "Hver part læser og underskriver aftalen. Indsatsen skal efter planen begynde den %(day)s."
    ),
    (State.PLAN_SUBMITTED, Kind.ANSWER): _(
        "Landsbyggefonden indstiller og afgør, om der gives tilsagn. Målet er svar senest den %(day)s."
    ),
    (State.INFO_REQUESTED_PLAN, Kind.INFORMATION): _(
        "Ansøgeren retter planen, helst senest den %(day)s. Derefter underskriver parterne en ny udgave."
    ),
    (State.HEARING_PLAN, Kind.HEARING): _(
        "Ansøgeren kan kommentere sagens oplysninger til og med den %(day)s. Derefter afgør Landsbyggefonden sagen."
    ),
    (State.HEARING_PLAN, Kind.ANSWER): _("Høringen er slut, og Landsbyggefonden afgør sagen. Målet er svar senest den %(day)s."),
}


@dataclass(frozen=True)
class Road:
    """A step of the road: its name, the states in which the case stands there, and the events that begin and end it."""

    name: Promise
    states: frozenset[State]
    begins: tuple[str, ...]
    ends: tuple[str, ...]


CREATED = "application:created"
ROAD = (
    Road(_("Ansøgning"), frozenset({State.DRAFT}), (CREATED,), (states.SUBMIT.event,)),
    Road(
        _("Vurdering"),
        states.BEFORE_PREQUALIFICATION - {State.DRAFT},
        (states.SUBMIT.event,),
        (states.PREQUALIFY.event, states.REFUSE.event),
    ),
    Road(
        _("Helhedsplan"),
        frozenset({State.PREQUALIFIED, State.PLAN_IN_PROGRESS}),
        (states.PREQUALIFY.event, states.IMPORT.event),
        (states.SEND_FOR_SIGNATURE.event,),
    ),
    Road(
        _("Underskrifter"),
        frozenset({State.LOCAL_APPROVAL}),
        (states.SEND_FOR_SIGNATURE.event,),
        (states.SUBMIT_PLAN.event,),
    ),
    Road(
        _("Afgørelse"),
        frozenset({State.PLAN_SUBMITTED, State.INFO_REQUESTED_PLAN, State.HEARING_PLAN}),
        (states.SUBMIT_PLAN.event,),
        (states.COMMIT.event, states.REFUSE.event),
    ),
)
MARKS = frozenset(event for step in ROAD for event in (*step.begins, *step.ends))


@dataclass(frozen=True)
class Step:
    """A step as the reader sees it. A step that began anew shows its latest beginning, and no end before it is over again."""

    name: str
    began_on: datetime.date | None
    ended_on: datetime.date | None
    is_here: bool
    typical: Typical

    @property
    def days(self) -> int | None:
        """How long the step took in this case."""
        return (self.ended_on - self.began_on).days if self.began_on and self.ended_on else None


def steps_of(application: Application, *, on: datetime.date) -> list[Step]:
    """The road of the case: when each step began and ended, and how long it takes as a rule."""
    marks = application.events.filter(event__in=MARKS).order_by("pk").values_list("event", "at")
    latest: dict[str, datetime.datetime] = dict(marks)
    steps = []
    for step in ROAD:
        began = max((latest[event] for event in step.begins if event in latest), default=None)
        ended = max((latest[event] for event in step.ends if event in latest), default=None)
        is_over = began is not None and ended is not None and ended >= began and application.state not in step.states
        steps.append(
            Step(
                name=str(step.name),
                began_on=timezone.localdate(began) if began else None,
                ended_on=timezone.localdate(ended) if ended and is_over else None,
                is_here=application.state in step.states,
                typical=durations.typical(step.begins[0], step.ends, on=on),
            )
        )
    return steps


def now_and_when(application: Application, lines: Iterable[Line], *, on: datetime.date) -> str:
    """What happens now and when; a day that has passed is told as such."""
    state = State(application.state)
    known = [line for line in lines if (state, line.deadline.kind) in WITH_DAY]
    nearest = min(known, key=lambda line: line.deadline.due_on, default=None)
    if nearest is None:
        return str(NEXT[state])
    day = date_format(nearest.deadline.due_on)
    if nearest.deadline.due_on < on:
        return f"{NEXT[state]} {gettext('Fristen var den %(day)s.') % {'day': day}}"
    return str(WITH_DAY[state, nearest.deadline.kind]) % {"day": day}


@dataclass(frozen=True)
class Place:
    """The case's place on the waiting list, counted from one, and how many stand there."""

    number: int
    of: int
    has_priority: bool


def place_of(application: Application, *, on: datetime.date) -> Place | None:
    """The place by the rule: areas of § 61 a first, then by the day of receipt (rules/order.py); None for a case not waiting."""
    if application.state != State.WAITING_LIST:
        return None
    waiting = [case.in_line() for case in desk(on=on).cases if case.application.state == State.WAITING_LIST]
    line: Sequence[order.Case] = order.by_rule(waiting)
    number = next(place for place, case in enumerate(line, start=1) if case.number == application.case_number)
    return Place(number, len(line), line[number - 1].has_priority)
