"""The municipality's recommendation (R66): asked for by the applicant, answered by the municipality, and its queue."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import PortalRequest
from accounts.models import Membership
from accounts.roles import Right, Role
from applications import permissions, sections
from applications.forms.moves import reason_form
from applications.forms.municipal import AnswerForm, AskForm, InviteOfMunicipalityForm, QueueFilterForm
from applications.models import Application, GuestKind, MunicipalRecommendation
from applications.recommendation_states import BADGES, RecommendationState
from applications.states import BEFORE_PREQUALIFICATION
from applications.transitions import recommending
from applications.views.finding import find, require
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from lbf_portal.lib.telling import told

ORDERS = {
    "number": ["application__case_number"],
    "title": ["application__title"],
    "area": ["application__area__sort_key"],
    "organisation": ["application__organisation__sort_key"],
    "asked": ["asked_at"],
    "wanted": ["wanted_on"],
    "state": ["state"],
}
EXPORT: list[Column[MunicipalRecommendation]] = [
    Column(_("Sagsnummer"), lambda row: row.application.case_number),
    Column(_("Indsats"), lambda row: row.application.title),
    Column(_("Boligområde"), lambda row: row.application.area.name),
    Column(_("Boligorganisation"), lambda row: str(row.application.organisation)),
    Column(_("Bedt om"), lambda row: timezone.localdate(row.asked_at)),
    Column(_("Ønsket svar"), lambda row: row.wanted_on),
    Column(_("Status"), lambda row: row.get_state_display()),
    Column(_("Besvaret"), lambda row: timezone.localdate(row.answered_at) if row.answered_at else None),
    Column(_("Navn"), lambda row: row.name),
    Column(_("Titel"), lambda row: row.title),
]


@require_safe
def recommendation_list(request: PortalRequest) -> HttpResponseBase:
    """»Afventer vores anbefaling«: what the municipality was asked to recommend, and what it answered."""
    rows = MunicipalRecommendation.objects.of_municipality(request.actor, on=request.today)
    is_of_municipality = request.actor.has(Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY)
    if not is_of_municipality and not rows.exists():
        raise PermissionDenied
    form = QueueFilterForm(request.GET)
    found = form.narrow(rows).select_related("application__area", "application__organisation", "application__municipality")
    found = ordered_by(request, found, ORDERS, default="-asked")
    if wanted := export_format(request):
        return export(found.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Anbefalinger"))
    page = page_of(request, found)
    context = {
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page,
        "lines": [(row, BADGES[RecommendationState(row.state)], recommending.can_be_answered(row)) for row in page],
        "waiting": rows.waiting().count(),
    }
    return render(request, "applications/recommendations.html", context)


def _latest(application: Application) -> MunicipalRecommendation | None:
    """The latest request with its answer, of this very case."""
    rows = application.municipal_recommendations.select_related("asked_by", "answered_by", "organisation").order_by("-pk")
    latest = rows.first()
    if latest is not None:
        latest.application = application
    return latest


@require_safe
def recommendation(request: PortalRequest, case_number: int) -> HttpResponse:
    """What the municipality was asked and answered, what changed since, and what the reader can do about it now."""
    application = find(request, case_number)
    require(request, "view_recommendation", application)
    return _page(request, application)


def _page(request: PortalRequest, application: Application, **more: Any) -> HttpResponse:
    latest = _latest(application)
    roles = permissions.roles_in(request.actor, application, on=request.today)
    may_answer = recommending.answers_for_municipality(request.actor, application, on=request.today)
    may_ask = bool(permissions.ACTS["ask_for_recommendation"] & roles)
    is_standing = latest is not None and latest.state in {RecommendationState.ASKED, RecommendationState.GIVEN}
    changed = recommending.changed_since(latest) if latest else []
    earlier = application.municipal_recommendations.select_related("organisation", "answered_by").order_by("-pk")
    context = {
        "application": application,
        "latest": latest,
        "badge": BADGES[RecommendationState(latest.state)] if latest else "",
        "earlier": [row for row in earlier if latest is not None and row.pk != latest.pk],
        "changed": [sections.NAMES[section] for section in changed],
        "can_answer": latest is not None and may_answer and recommending.can_be_answered(latest),
        "can_take_back": latest is not None
        and may_answer
        and latest.state == RecommendationState.GIVEN
        and recommending.can_take_back(latest),
        "can_call_off": latest is not None and may_ask and latest.state == RecommendationState.ASKED,
        "can_ask": may_ask and not is_standing and application.state in BEFORE_PREQUALIFICATION,
        "can_delegate": may_answer and permissions.may_let_in(request.actor, application),
        "is_fund": request.actor.is_fund,
        **more,
    }
    return render(request, "applications/recommendation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PortalRequest, case_number: int) -> HttpResponse:
    """Ask the municipality; where nobody of it uses the portal yet, somebody is invited along with it."""
    application = find(request, case_number)
    require(request, "ask_for_recommendation", application)
    invites = not _has_people(application, request)
    form_class = InviteOfMunicipalityForm if invites else AskForm
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _ask(request, application, dict(form.cleaned_data), invites=invites)
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except IllegalMove as refusal:
            messages.error(request, told(refusal))
            return redirect("applications:recommendation", case_number=case_number)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Kommunen er bedt om en anbefaling og kan nu læse ansøgningen."))
            return redirect("applications:recommendation", case_number=case_number)
    context = {"application": application, "form": form, "invites": invites}
    return render(request, "applications/recommendation_ask.html", context)


def _has_people(application: Application, request: PortalRequest) -> bool:
    """Whether anybody could answer: people of the municipality, or somebody let in for it who has access or still can take it."""
    roles = permissions.ACTS["answer_recommendation"]
    held = Membership.objects.current(request.today).filter(
        organisation=application.municipality.organisation, role__in=roles, user__is_active=True
    )
    guests = application.collaborators.filter(kind=GuestKind.MUNICIPALITY, right=Right.EDIT)
    return held.exists() or guests.reachable(on=request.today, at=timezone.now()).exists()


def _ask(request: PortalRequest, application: Application, answers: dict[str, Any], *, invites: bool) -> None:
    if invites and not permissions.may_let_in(request.actor, application):
        raise NotAllowed([])
    at = timezone.now()
    asked = {"message": answers["message"], "wanted_on": answers["wanted_on"]}
    if not invites:
        recommending.ask_for_recommendation(application, **asked, by=request.actor, at=at)
        return
    recommending.ask_and_invite(application, **asked, email=answers["email"], name=answers["name"], by=request.actor, at=at)


def _find_to_answer(request: PortalRequest, case_number: int) -> Application:
    """The case, for whoever answers for the municipality. Errors: Http404, PermissionDenied."""
    application = find(request, case_number, contents=True)
    if not recommending.answers_for_municipality(request.actor, application, on=request.today):
        raise PermissionDenied
    return application


def _kept(request: PortalRequest, text: str, stopped: Http404 | PermissionDenied) -> HttpResponse:
    """The request was called off, or the access ended, while somebody wrote: what they typed is theirs to copy.

    Errors: `stopped` when nothing was typed.
    """
    if request.method != "POST" or not text.strip():
        raise stopped
    status = HTTPStatus.NOT_FOUND if isinstance(stopped, Http404) else HTTPStatus.FORBIDDEN
    return render(request, "applications/text_kept.html", {"text": text}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: PortalRequest, case_number: int) -> HttpResponse:
    """The municipality's answer, with the application beside it. What was typed is shown again whatever happened meanwhile."""
    try:
        application = _find_to_answer(request, case_number)
    except (Http404, PermissionDenied) as stopped:
        return _kept(request, request.POST.get("text", ""), stopped)
    asked = _latest(application)
    if asked is None or (request.method != "POST" and not recommending.can_be_answered(asked)):
        messages.info(request, gettext("Der er ikke noget at svare på lige nu."))
        return redirect("applications:recommendation", case_number=case_number)
    stands = recommending.fingerprints(application)
    form = AnswerForm(request.POST if request.method == "POST" else None, name=request.user.name, stands=stands)
    if form.is_valid():
        try:
            recommending.answer(asked, **form.cleaned_data, by=request.actor, at=timezone.now())
        except recommending.Changed as refusal:
            apply_violations(form, refusal.violations)
            form.show_as_it_stands()
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Kommunens svar er givet. Ansøgeren har fået besked."))
            return redirect("applications:recommendation", case_number=case_number)
    context = {"application": application, "asked": asked, "form": form}
    return render(request, "applications/recommendation_answer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: PortalRequest, case_number: int) -> HttpResponse:
    """The municipality takes its recommendation back, with a reason, until it was sent along."""
    try:
        application = _find_to_answer(request, case_number)
    except (Http404, PermissionDenied) as stopped:
        return _kept(request, request.POST.get("reason", ""), stopped)
    given = _latest(application)
    if given is None or (request.method != "POST" and not recommending.can_take_back(given)):
        messages.info(request, gettext("Der er ingen anbefaling, der kan trækkes tilbage."))
        return redirect("applications:recommendation", case_number=case_number)
    form = reason_form(
        request.POST if request.method == "POST" else None,
        question=_("Hvorfor trækker kommunen anbefalingen tilbage?"),
        hint=_("Ansøgeren får besked og kan bede om en ny anbefaling. Den gamle bliver stående med jeres begrundelse."),
    )
    if form.is_valid():
        try:
            recommending.take_back(given, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Anbefalingen er trukket tilbage."))
            return redirect("applications:recommendation", case_number=case_number)
    heading = gettext("Træk anbefalingen tilbage")
    context = {"application": application, "form": form, "heading": heading, "is_grave": True}
    return render(request, "applications/move.html", context)


@require_POST
def call_off(request: PortalRequest, case_number: int) -> HttpResponse:
    """The applicant asks no longer; a draft is theirs alone again."""
    application = find(request, case_number)
    require(request, "ask_for_recommendation", application)
    asked = _latest(application)
    try:
        if asked is not None:
            recommending.call_off(asked, by=request.actor, at=timezone.now())
            messages.success(request, gettext("Ønsket om en anbefaling er aflyst."))
    except Refused as refusal:
        messages.error(request, told(refusal))
    return redirect("applications:recommendation", case_number=case_number)
