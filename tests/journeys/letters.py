"""Twenty letters for the worker, all at once. Called inside the portal (`Portal.run`)."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Organisation, User, actor_for, organisations_of
from applications import tasks
from applications.models import ApplicationEvent
from tests.factories.applications import CaseCast, make_submitted


def submit(count: int) -> None:
    """Submitted applications whose receipts nobody has asked for yet."""
    on = timezone.localdate()

    def actor(email: str) -> object:
        user = User.objects.get(email=email)
        organisation: Organisation = organisations_of(user, on=on)[0]
        return actor_for(user, organisation, on=on)

    names = ("ansoeger", "kommune", "sagsbehandler", "direktion", "oekonomi")
    cast = CaseCast(*(actor(f"{name}@lbf.example") for name in names))  # type: ignore[arg-type]  # five actors
    queue, tasks.queue_letter = tasks.queue_letter, lambda _event_pk: None
    try:
        for _ in range(count):
            make_submitted(cast)
    finally:
        tasks.queue_letter = queue


def queue() -> None:
    """Ask for all missing letters in one breath."""
    for pk in ApplicationEvent.objects.filter(event="application:submitted", documents=None).values_list("pk", flat=True):
        tasks.queue_letter(pk)
