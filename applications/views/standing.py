"""»Hvor er min sag«."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from applications import due, standing
from applications.durations import FEWEST, LOOKS_BACK
from applications.views.finding import find


@require_safe
def where_is_my_case(request: PortalRequest, case_number: int) -> HttpResponse:
    """Where the case stands, whose turn it is, what comes when, and how long such things take: for everybody in the case."""
    application = find(request, case_number)
    lines = due.of_case(application, on=request.today)
    context = {
        "application": application,
        "lines": lines,
        "now_and_when": standing.now_and_when(application, lines, on=request.today),
        "steps": standing.steps_of(application, on=request.today),
        "place": standing.place_of(application, on=request.today),
        "fewest": FEWEST,
        "years": LOOKS_BACK,
    }
    return render(request, "applications/standing.html", context)
