"""Who may, and what is left behind: shared by all transitions of areas."""

from __future__ import annotations

from typing import Any

from accounts.actors import Actor
from areas.models import AreaEvent, Department, HousingArea
from areas.permissions import ACTS, may
from lbf_portal.lib.refusals import NotAllowed, Violation
from lbf_portal.lib.words import gettext_noop


def require(by: Actor, act: str) -> None:
    """Refuse everybody whom the table of acts does not name.

    Errors: NotAllowed.
    """
    if not may(by, act):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kun Landsbyggefonden kan ændre registrene."), "")])


def record(
    event: str,
    *,
    by: Actor,
    act: str,
    department: Department | None = None,
    area: HousingArea | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Leave an event in the transaction of the act."""
    AreaEvent.objects.create(
        event=event,
        user=by.user,
        organisation=by.organisation,
        role=min(by.roles & ACTS[act]),
        area=area,
        department=department,
        data=data or {},
    )
