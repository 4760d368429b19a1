"""Cases of an organisation that was merged into another."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organisation
from applications.models import Agreement, Application


def hand_over(before: Organisation, after: Organisation, *, by: Actor, at: datetime.datetime) -> None:
    """Open cases are the successor's; each keeps an event.

    What is decided or ended keeps the party, and the name, it was decided for. A case whose agreement stands keeps the
    party that the agreement names, until it is recalled or decided: the successor signs for it, as its successor.
    """
    with transaction.atomic():
        # Locked first and judged then: a move that was under way is through when we have the lock.
        taking_part = Application.participants.through.objects.filter(organisation=before)
        takes_part = Q(organisation=before) | Q(pk__in=taking_part.values("application_id"))
        locked = Application.objects.select_for_update(of=("self",)).filter(takes_part).open().order_by("pk")
        pks = [application.pk for application in locked]
        bound = Agreement.objects.standing().filter(application__in=pks).values("application_id")
        for application in Application.objects.filter(pk__in=pks).filter(takes_part).open().exclude(pk__in=bound).order_by("pk"):
            _succeed(application, before, after, by=by, at=at)


def catch_up(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Nothing binds the case to parties of before any more: it goes on with whoever came after them. The case is locked."""
    for party in application.housing_organisations():
        if party.succeeded_by is not None:
            _succeed(application, party, party.succeeded_by, by=by, at=at)


def _succeed(application: Application, before: Organisation, after: Organisation, *, by: Actor, at: datetime.datetime) -> None:
    was_lead = application.organisation_id == before.pk
    application.participants.remove(before)
    if was_lead:
        application.organisation = after
        application.save(update_fields=["organisation"])
        application.participants.remove(after)
    elif application.organisation_id != after.pk:
        application.participants.add(after)
    seats = application.board_seats.filter(organisation=before)
    moved = sorted(seats.values_list("pk", flat=True))
    seats.update(organisation=after)
    _forget(application)
    name = before.name_on(timezone.localdate(at))
    data = {"from": before.pk, "to": after.pk, "was_lead": was_lead, "name": name, "seats": moved}
    application.record("application:party_succeeded", by=by, at=at, roles=by.roles, data=data)


def _forget(application: Application) -> None:
    """What was read of the parties before."""
    application.__dict__.pop("party_ids", None)
    read = application.__dict__.get("_prefetched_objects_cache", {})
    for name in ("participants", "board_seats"):
        read.pop(name, None)
