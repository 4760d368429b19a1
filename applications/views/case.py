"""The case page: where it stands, whose turn it is, what the reader can do, what is in it and what happened."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.middleware import PortalRequest
from accounts.roles import Role
from applications import eligibility, facts, history, permissions, readable, sections, states
from applications.models import Application
from applications.rules import cofinancing
from applications.states import State
from applications.views.finding import find
from ledger.models import Allocation

# The road as the applicant knows it: name of the step, and the states in which the case stands there.
ROAD = (
    (_("Ansøgning"), frozenset({State.DRAFT})),
    (
        _("Vurdering"),
        frozenset({State.SUBMITTED, State.INFO_REQUESTED, State.UNDER_ASSESSMENT, State.WAITING_LIST, State.HEARING}),
    ),
    (_("Helhedsplan"), frozenset({State.PREQUALIFIED, State.PLAN_IN_PROGRESS})),
    (_("Underskrifter"), frozenset({State.LOCAL_APPROVAL})),
    (_("Afgørelse"), frozenset({State.PLAN_SUBMITTED, State.INFO_REQUESTED_PLAN, State.HEARING_PLAN})),
    (_("Tilsagn"), frozenset({State.COMMITTED})),
)

# What happens now and when, in one sentence; the dossier names the times (R69, R72, Q17).
NEXT = {
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


@dataclass(frozen=True)
class Action:
    """Something the reader can do now: a page to open, or a button to press."""

    label: str
    url: str
    is_post: bool = False
    is_main: bool = False


def _url(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


def actions(application: Application, actor: Actor, *, on: datetime.date) -> list[Action]:
    """What the roles on the day and the state allow, the likeliest first."""
    return list(_actions(application, permissions.roles_in(actor, application, on=on)))


# move -> (address, whether it is one button, whether it is the likeliest thing to do)
MOVE_PAGES = (
    (states.SUBMIT, "application", False, True),
    (states.START_ASSESSMENT, "start_assessment", True, True),
    (states.ANSWER_INFORMATION, "answer_information", False, True),
    (states.PREQUALIFY, "prequalify", False, True),
    (states.START_PLAN, "start_plan", True, True),
    (states.REQUEST_INFORMATION, "request_information", False, False),
    (states.PUT_ON_WAITING_LIST, "waiting_list", False, False),
    (states.OPEN_HEARING, "hearing", False, False),
    (states.RESUME_ASSESSMENT, "resume", False, True),
    (states.REFUSE, "refuse", False, False),
    (states.RECALL_AGREEMENT, "recall_agreement", False, False),
    (states.REQUEST_PLAN_INFORMATION, "return_plan", False, False),
    (states.OPEN_PLAN_HEARING, "hearing", False, False),
    (states.RESUME_PLAN, "resume", False, True),
    (states.COMMIT, "decide", False, True),
    (states.LAPSE, "lapse", False, False),
    (states.WITHDRAW, "withdraw", False, False),
)


def _actions(application: Application, roles: frozenset[Role]) -> Iterator[Action]:
    state = application.state
    if permissions.ACTS["sign"] & roles and state == State.LOCAL_APPROVAL:
        yield Action(gettext("Læs og underskriv aftalen"), _url("agreement", application), is_main=True)
    if permissions.ACTS["edit"] & roles and state == State.INFO_REQUESTED:
        yield Action(gettext("Ret ansøgningen"), _url("application", application), is_main=True)
    if permissions.ACTS["edit_plan"] & roles and application.plan_is_open:
        yield Action(gettext("Skriv helhedsplanen"), _url("plan", application), is_main=True)
    if permissions.ACTS["answer_hearing"] & roles and state in states.IN_HEARING:
        yield Action(gettext("Svar på partshøringen"), _url("answer_hearing", application), is_main=True)
    if permissions.ACTS["recommend"] & roles and state == State.PLAN_SUBMITTED:
        yield Action(gettext("Indstil tilsagn"), _url("recommend", application), is_main=True)
    for move, name, is_post, is_main in MOVE_PAGES:
        if state in move.sources and move.by & roles:
            label = gettext("Udfyld ansøgningen") if move is states.SUBMIT else gettext(move.label)
            yield Action(label, _url(name, application), is_post, is_main)
    if permissions.ACTS["take"] & roles and application.responsible is None and state not in states.ENDED | states.DECIDED:
        yield Action(gettext("Tag sagen"), _url("take", application), is_post=True)


def steps(application: Application) -> list[dict[str, Any]]:
    """The road with where the case stands on it."""
    here = next((index for index, (_name, standing) in enumerate(ROAD) if application.state in standing), None)
    if here is None:
        # Stopped: on the road as far as it came.
        here = 0 if application.submitted_at is None else 4 if hasattr(application, "plan") else 1
    shown = []
    for index, (name, _states) in enumerate(ROAD):
        step: dict[str, Any] = {"name": name, "state": "waiting"}
        if index < here or application.state == State.COMMITTED:
            step["state"] = "done"
        elif index == here:
            is_stopped = application.state in states.ENDED
            step |= {"state": "stopped" if is_stopped else "current", "on": application.state_since, "who": application.awaits}
        shown.append(step)
    return shown


@require_safe
def case(request: PortalRequest, case_number: int) -> HttpResponse:
    """The hub of a case, for everybody who may know of it; each sees what the roles in this case allow."""
    application = find(request, case_number, contents=True)
    roles = permissions.roles_in(request.actor, application, on=request.today)
    budget = facts.of_budget(application)
    can = {act: bool(allowed & roles) for act, allowed in permissions.ACTS.items()}
    plan = getattr(application, "plan", None)
    events = list(application.events.select_related("user", "organisation").order_by("pk")) if can["view_events"] else None
    context = {
        "application": application,
        "can": can,
        "actions": actions(application, request.actor, on=request.today),
        "steps": steps(application),
        "what_next": NEXT[State(application.state)],
        "told": eligibility.over_time(application, today=eligibility.of_case(application, on=request.today), events=events),
        "departments": application.application_departments.all(),
        "budget": budget,
        "local_share": cofinancing.share(budget),
        "rent_total": facts.rent_total(application) if application.wants_rent_support else None,
        "challenges": readable.readable("challenges", sections.values(application, "challenges"), application.rule_set),
        "plan": plan,
        "goal_count": len(plan.goals.all()) if plan else 0,
        "agreement": application.agreements.standing().prefetch_related("signatures").first(),
        "hearings": application.hearings.all() if can["view_events"] else (),
        "decisions": application.decisions.all() if can["view_documents"] else (),
        "documents": application.documents.all() if can["view_documents"] else (),
        "place": Allocation.objects.place_of(str(application.case_number)),
        "events": history.lines(events, request.actor) if events is not None else (),
        "age_in_days": (request.today - timezone.localdate(application.submitted_at)).days if application.submitted_at else None,
    }
    return render(request, "applications/case.html", context)
