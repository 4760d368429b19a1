"""What stands where the form of a move would, when the move is impossible as the case stands."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpResponse
from django.shortcuts import render

from accounts.middleware import PortalRequest
from applications.models import Application
from applications.standing import NEXT
from applications.states import State
from applications.views.case import actions


def asks_in_vain(request: PortalRequest, application: Application, starts: Collection[str]) -> bool:
    """True when somebody opens the page of a move that does not begin where the case stands.

    Who sends the form meets the transition instead: it locks the case, so its answer is the one that holds.
    """
    return request.method != "POST" and application.state not in starts


def not_now(
    request: PortalRequest, application: Application, heading: str, *, starts: Collection[str] = (), why: str = ""
) -> HttpResponse:
    """Where the case stands, in which states the move begins (or `why` it cannot be made), and what can be done instead."""
    context = {
        "application": application,
        "heading": heading,
        "why": why,
        "possible": [state.label for state in State if state in starts],
        "what_next": NEXT[State(application.state)],
        "actions": actions(application, request.actor, on=request.today),
    }
    return render(request, "applications/not_now.html", context)
