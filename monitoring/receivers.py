"""What the app does when a lower one sends a signal; connected when the app is ready."""

from __future__ import annotations

import datetime
from typing import Any

from django.dispatch import receiver

from accounts.actors import Actor
from applications.models import Application
from applications.signals import committed
from monitoring import transitions


@receiver(committed)
def open_effort(application: Application, by: Actor, at: datetime.datetime, **_more: Any) -> None:
    """A commitment opens its effort, in the same transaction: both are there, or neither."""
    transitions.open_effort(application, by=by, at=at)
