"""How every view begins: the case that the actor may know of, and the right to act in it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.middleware import PortalRequest
from applications import permissions
from applications.models import Application
from lbf_portal.lib.moves import Move


def find(request: PortalRequest, case_number: int, *, contents: bool = False) -> Application:
    """The case by its number; with its `contents` for pages that show all that was filled in.

    Errors: Http404 for a case that does not exist and for one the actor may not know of: outsiders cannot tell which.
    """
    cases = Application.objects.visible_to(request.actor, on=request.today).with_case_relations()
    if contents:
        cases = cases.with_contents()
    return get_object_or_404(cases, case_number=case_number)


def require(request: PortalRequest, act: str, application: Application) -> None:
    """Stop whoever may see the case but not do this.

    Errors: PermissionDenied; KeyError for an unknown act.
    """
    if not permissions.may(request.actor, act, application, on=request.today):
        raise PermissionDenied


def may_move(request: PortalRequest, move: Move, application: Application) -> bool:
    """True when one of the actor's roles in this case may make the move; the state is the transition's matter."""
    return bool(move.by & permissions.roles_in(request.actor, application, on=request.today))


def require_move(request: PortalRequest, move: Move, application: Application) -> None:
    """Stop whoever may see the case but not make this move. Errors: PermissionDenied."""
    if not may_move(request, move, application):
        raise PermissionDenied
