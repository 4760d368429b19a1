"""What the app does when a lower one sends a signal; connected when the app is ready."""

from __future__ import annotations

import datetime
from typing import Any

from django.dispatch import receiver

from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.roles import Role
from accounts.signals import organisations_merged, roles_taken
from applications.transitions import leaving, succession


@receiver(organisations_merged)
def hand_over_cases(predecessor: Organisation, successor: Organisation, by: Actor, at: datetime.datetime, **_more: Any) -> None:
    """Open cases go on with the successor."""
    succession.hand_over(predecessor, successor, by=by, at=at)


@receiver(roles_taken)
def end_what_came_with_them(
    *,
    organisation: Organisation,
    user: User,
    taken: frozenset[Role],
    left: frozenset[Role],
    by: Actor,
    at: datetime.datetime,
    **_more: Any,
) -> None:
    """Whoever is removed keeps no access to cases that the organisation gave them."""
    leaving.leave(organisation, user, taken=taken, left=left, by=by, at=at)
