"""Twenty letters for the worker, all at once. Called inside the portal (`Portal.run`)."""

from __future__ import annotations

from unittest import mock

from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User, actor_for, organisations_of
from applications import tasks
from applications.models import ApplicationEvent
from tests.factories.applications import CaseCast, make_submitted


def submit(count: int) -> None:
    """Submitted applications whose receipts nobody has asked for yet."""
    on = timezone.localdate()

    def actor(name: str) -> Actor:
        user = User.objects.get(email=f"{name}@lbf.example")
        return actor_for(user, organisations_of(user, on=on)[0], on=on)

    cast = CaseCast(*(actor(name) for name in ("ansoeger", "kommune", "sagsbehandler", "direktion", "oekonomi")))
    with mock.patch.object(tasks, "queue_letter"):
        for _ in range(count):
            make_submitted(cast)


def queue() -> None:
    """Ask for all missing letters in one breath."""
    for pk in ApplicationEvent.objects.filter(event="application:submitted", documents=None).values_list("pk", flat=True):
        tasks.queue_letter(pk)
