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
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Choose the area and a name; `?area=` chooses it beforehand. What one needs to have ready is said before."""
    organisation = request.actor.organisation
    if organisation is None or not may_create(request.actor):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = NewApplicationForm(data, on=request.today, area_key=request.GET.get("area", ""))
    if form.is_valid():
        try:
            application = transitions.create_application(
                **form.cleaned_data, organisation=organisation, by=request.actor, at=timezone.now()
            )
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(
                request,
                gettext("Ansøgningen er oprettet som kladde. Den er jeres egen, indtil I indsender den."),
            )
            return redirect("applications:application", case_number=application.case_number)
    return render(request, "applications/new.html", {"form": form, "organisation": organisation})
