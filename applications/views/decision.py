"""Recommendation and decision of a commitment: two people, one frame."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import PortalRequest
from applications import facts, states, transitions
from applications.forms.moves import DecisionForm, RecommendationForm
from applications.views.finding import find, require, require_move
from applications.views.moves import attempt
from applications.views.not_now import asks_in_vain, not_now
from ledger.kinds import FrameKind
from ledger.models import FrameYear


@require_http_methods(["GET", "HEAD", "POST"])
def recommend(request: PortalRequest, case_number: int) -> HttpResponse:
    """The case officer's recommendation: amounts and reasons, with the frame's room beside."""
    application = find(request, case_number)
    require(request, "recommend", application)
    if asks_in_vain(request, application, states.COMMIT.sources):
        return not_now(request, application, gettext("Indstil tilsagn"), starts=states.COMMIT.sources)
    latest = application.recommendations.last()
    # A commitment is charged to the frame of the year it is given in (G2).
    ordinary = FrameYear.objects.of(FrameKind.ORDINARY)
    years = ordinary.filter(year=request.today.year, closed_on__isnull=True).values_list("year", flat=True)
    form = RecommendationForm(
        request.POST if request.method == "POST" else None,
        years=[(year, str(year)) for year in years],
        initial={
            "frame_year": request.today.year,
            "social_amount": latest.social_amount if latest else facts.of_budget(application).fund,
            "rent_amount": latest.rent_amount if latest else facts.rent_total(application),
            "reason": latest.reasons if latest else "",
        },
    )

    def act() -> None:
        transitions.recommend(application, by=request.actor, at=timezone.now(), **form.cleaned_data)

    done = _("Tilsagnet er indstillet. En anden medarbejder skal afgøre sagen.")
    if form.is_valid() and (answer := attempt(request, application, form, act, done)):
        return answer
    context = {
        "application": application,
        "form": form,
        "budget": facts.of_budget(application),
        "rent_total": facts.rent_total(application),
        "frame": facts.frame_of(request.today.year),
        "year": request.today.year,
    }
    return render(request, "applications/recommend.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: PortalRequest, case_number: int) -> HttpResponse:
    """The decision, by somebody who did not recommend it; the frame is charged in the same moment."""
    application = find(request, case_number)
    require_move(request, states.COMMIT, application)
    if asks_in_vain(request, application, states.COMMIT.sources):
        return not_now(request, application, gettext(states.COMMIT.label), starts=states.COMMIT.sources)
    recommendation = application.standing_recommendation
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        initial={"reason": recommendation.reasons if recommendation else ""},
    )

    def act() -> None:
        transitions.commit(application, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])

    done = gettext("Der er givet tilsagn. Beløbet er bundet i rammen, og tilsagnsbrevet dannes og sendes.")
    if form.is_valid() and (answer := attempt(request, application, form, act, done)):
        return answer
    reason = recommendation.reasons if recommendation else ""
    context = {
        "application": application,
        "form": form,
        "recommendation": recommendation,
        "total": recommendation.social_amount + recommendation.rent_amount if recommendation else None,
        "frame": facts.frame_of(recommendation.frame_year) if recommendation else None,
        "budget": facts.of_budget(application),
        "violations": transitions.check_commitment(application, by=request.actor, reason=reason, on=request.today)
        if application.state in states.COMMIT.sources
        else [],
    }
    return render(request, "applications/decide.html", context)
