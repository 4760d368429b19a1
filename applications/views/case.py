"""The case page: where it stands, whose turn it is, what the reader can do, what is in it and what happened."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
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
from applications import attachments, due, eligibility, facts, history, moved, permissions, readable, sections, standing, states
from applications.models import Application, ApplicationEvent, MunicipalRecommendation
from applications.recommendation_states import RecommendationState
from applications.rules import cofinancing
from applications.states import State
from applications.transitions import collaboration, recommending
from applications.views.attached import lines_of
from applications.views.finding import find
from ledger.models import Allocation

# The road as the applicant knows it: name of the step, and the states in which the case stands there.
ROAD = (*((step.name, step.states) for step in standing.ROAD), (_("Tilsagn"), frozenset({State.COMMITTED})))


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
    roles = permissions.roles_in(actor, application, on=on)
    is_asked = bool(permissions.ACTS["answer_recommendation"] & roles) and _is_asked_to_recommend(application)
    answers = is_asked and recommending.answers_for_municipality(actor, application, on=on)
    found = list(_actions(application, roles, answers=answers))
    if permissions.ACTS["extend_prequalification"] & roles and due.expires(application):
        found.append(Action(gettext("Forlæng prækvalifikationen"), _url("extend_prequalification", application)))
    return found


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


def _actions(application: Application, roles: frozenset[Role], *, answers: bool) -> Iterator[Action]:
    state = application.state
    if permissions.ACTS["sign"] & roles and state == State.LOCAL_APPROVAL:
        yield Action(gettext("Læs og underskriv aftalen"), _url("agreement", application), is_main=True)
    if permissions.ACTS["edit"] & roles and state == State.INFO_REQUESTED:
        yield Action(gettext("Ret ansøgningen"), _url("application", application), is_main=True)
    if permissions.ACTS["edit_plan"] & roles and application.plan_is_open:
        yield Action(gettext("Skriv helhedsplanen"), _url("plan", application), is_main=True)
    yield from _actions_of_helpers(application, roles, answers=answers)
    if permissions.ACTS["answer_hearing"] & roles and state in states.IN_HEARING:
        yield Action(gettext("Svar på partshøringen"), _url("answer_hearing", application), is_main=True)
    if permissions.ACTS["recommend"] & roles and state == State.PLAN_SUBMITTED:
        yield Action(gettext("Indstil tilsagn"), _url("recommend", application), is_main=True)
    if permissions.ACTS["reserve"] & roles and state in states.AFTER_PREQUALIFICATION:
        yield Action(gettext("Reservation i rammen"), _url("reservation", application))
    for move, name, is_post, is_main in MOVE_PAGES:
        if state in move.sources and move.by & roles:
            label = gettext("Udfyld ansøgningen") if move is states.SUBMIT else gettext(move.label)
            yield Action(label, _url(name, application), is_post, is_main)
    if permissions.ACTS["take"] & roles and application.responsible is None and state not in states.ENDED | states.DECIDED:
        yield Action(gettext("Tag sagen"), _url("take", application), is_post=True)


def _actions_of_helpers(application: Application, roles: frozenset[Role], *, answers: bool) -> Iterator[Action]:
    """What those can do who prepare the case and do not send it."""
    if answers:
        yield Action(gettext("Skriv kommunens svar"), _url("answer_recommendation", application), is_main=True)
    if permissions.ACTS["edit"] & roles and application.state == State.DRAFT and not states.SUBMIT.by & roles:
        yield Action(gettext("Udfyld ansøgningen"), _url("application", application), is_main=True)


def _is_asked_to_recommend(application: Application) -> bool:
    """Whether the municipality was asked and can answer now."""
    return any(recommending.can_be_answered(asked) for asked in _recommendations(application))


def _recommendations(application: Application) -> list[MunicipalRecommendation]:
    """Read once, however often the page asks."""
    prefetch_related_objects([application], "municipal_recommendations")
    return list(application.municipal_recommendations.all())


def _together(application: Application, actor: Actor, can: dict[str, bool], *, on: datetime.date) -> dict[str, Any]:
    """Who works on the case with whom: the contact person, who was let in, the recommendation, open comments."""
    prefetch_related_objects([application], "collaborators__organisation")
    guests = [guest for guest in application.collaborators.all() if guest.holds_on(on)]
    recommendations = [one for one in _recommendations(application) if one.state != RecommendationState.CALLED_OFF]
    return {
        "guests": len(guests),
        "is_contact_gone": collaboration.is_contact_gone(application, on=on),
        "recommendation": max(recommendations, key=lambda one: one.pk, default=None),
        "open_comments": application.comment_threads.open().count() if can["view_comments"] else 0,
        "can_invite": permissions.may_let_in(actor, application),
    }


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


def _reserved(application: Application, events: list[ApplicationEvent]) -> dict[str, Any] | None:
    """What is reserved for the case, and who reserved it when and why."""
    held = facts.reserved(application)
    made = next((event for event in reversed(events) if event.event == history.RESERVED), None)
    return {"held": held, "made": made} if held else None


@require_safe
def case(request: PortalRequest, case_number: int) -> HttpResponse:
    """The hub of a case, for everybody who may know of it; each sees what the roles in this case allow."""
    application = find(request, case_number, contents=True)
    roles = permissions.roles_in(request.actor, application, on=request.today)
    budget = facts.of_budget(application)
    reader = attachments.reader_of(request.actor, application, on=request.today)
    can = {act: bool(allowed & roles) for act, allowed in permissions.ACTS.items()}
    plan = getattr(application, "plan", None)
    events = list(application.events.select_related("user", "organisation").order_by("pk")) if can["view_events"] else None
    deadlines = due.of_case(application, on=request.today)
    context = {
        "application": application,
        "can": can,
        "actions": actions(application, request.actor, on=request.today),
        "steps": steps(application),
        "what_next": standing.now_and_when(application, deadlines, on=request.today),
        "deadlines": deadlines,
        "told": eligibility.over_time(application, today=eligibility.of_case(application, on=request.today), events=events),
        "departments": application.application_departments.all(),
        "budget": budget,
        "local_share": cofinancing.share(budget),
        "rent_total": facts.rent_asked(application) if application.wants_rent_support else None,
        "challenges": readable.readable("challenges", sections.values(application, "challenges"), application.rule_set),
        "plan": plan,
        "moved": moved.of_case(application),
        "goal_count": len(plan.goals.all()) if plan else 0,
        "agreement": due.standing_agreement(application),
        "hearings": application.hearings.all() if can["view_events"] else (),
        "decisions": application.decisions.all() if can["view_documents"] else (),
        "attachments": list(lines_of(reversed(attachments.current(application)), reader)) if can["view_attachments"] else (),
        "attach_types": reader.types,
        "documents": application.documents.all() if can["view_documents"] else (),
        "together": _together(application, request.actor, can, on=request.today) if can["view_people"] else None,
        "place": Allocation.objects.place_of(str(application.case_number)),
        "reserved": _reserved(application, events) if can["view_assessment"] and events is not None else None,
        "events": history.lines(events, request.actor) if events is not None else (),
        "age_in_days": (request.today - timezone.localdate(application.submitted_at)).days if application.submitted_at else None,
    }
    return render(request, "applications/case.html", context)
