"""What the app does when a lower one sends a signal; connected when the app is ready."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.signals import organisations_merged
from areas import transitions


@receiver(organisations_merged)
def move_departments(predecessor: Organisation, successor: Organisation, by: Actor, **_more: Any) -> None:
    """The predecessor's departments are the successor's."""
    transitions.hand_over_departments(predecessor, successor, by=by)
