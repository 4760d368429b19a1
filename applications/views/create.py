"""Begin an application."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.middleware import PortalRequest
from applications import transitions
from applications.forms.basics import NewApplicationForm
from applications.permissions import may_create
from applications.views.before import address_with
from areas.models import PROBLEM_NAMES, Department, departments_on
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """What one's own departments are in the eyes of the law, then the area and a name.

    `?department=`, `?problem=` (several) and `?area=` choose beforehand; without an area it is the one that most of the
    departments lie in.
    """
    organisation = request.actor.organisation
    if organisation is None or not may_create(request.actor):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    own = Department.objects.acted_for_by(request.actor).select_related("organisation")
    facts = departments_on(own, on=request.today)
    asked = set((data or request.GET).getlist("department"))
    problems = [value for value in request.GET.getlist("problem") if value in PROBLEM_NAMES]
    chosen = [department for department in own if str(department.pk) in asked]
    answer = facts.eligibility([department.pk for department in chosen])
    # The area that most of the chosen departments lie in.
    likeliest = max(answer.areas, key=lambda area: len(area.departments), default=None)
    area_key = request.GET.get("area", "") or (likeliest.key if likeliest else "")
    form = NewApplicationForm(data, on=request.today, own=own, area_key=area_key, departments=chosen, problems=problems)
    if form.is_valid():
        try:
            application = transitions.create_application(
                **form.choices(), organisation=organisation, by=request.actor, at=timezone.now()
            )
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(
                request,
                gettext("Ansøgningen er oprettet som kladde. Den er jeres egen, indtil I indsender den."),
            )
            return redirect("applications:application", case_number=application.case_number)
    all_own = facts.eligibility()
    context = {
        "form": form,
        "organisation": organisation,
        "own": all_own,
        "own_areas": [(area, address_with("before_you_start", area.departments)) for area in all_own.areas],
        "chosen": answer,
        "chosen_areas": [(area, "") for area in answer.areas],
        "choose_url": address_with("before_you_start", answer.departments, problems),
    }
    return render(request, "applications/new.html", context)
