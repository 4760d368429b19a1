"""What every change in accounts leaves, and who may make those that are the fund's."""

from __future__ import annotations

from typing import Any

from accounts.actors import Actor
from accounts.models import AccountEvent, User
from accounts.roles import Role
from lbf_portal.lib.refusals import NotAllowed, Violation
from lbf_portal.lib.words import gettext_noop


def as_person(user: User) -> Actor:
    """Before an organisation is chosen a person acts as nobody but themselves."""
    return Actor(user, None, frozenset())


def record(
    event: str, *, by: Actor, subject: User | None = None, data: dict[str, Any] | None = None, role: Role | None = None
) -> AccountEvent:
    """Leave an event, in `role` where the act is of one of the actor's roles."""
    return AccountEvent.objects.create(
        event=event,
        user=by.user,
        organisation=by.organisation,
        role=role or min(by.roles, default=""),
        subject=subject,
        data={**(data or {}), **by.mandated},
    )


def who(by: Actor) -> dict[str, int | None]:
    """Kept beside each version of a row: who made it, for which organisation."""
    return {
        "user": by.user.pk if by.user else None,
        "organisation": by.organisation.pk if by.organisation else None,
    }


def require_fund(by: Actor) -> None:
    if not (by.is_system or (by.is_fund and by.roles)):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kun Landsbyggefonden kan oprette og give rettigheder."), "")])
