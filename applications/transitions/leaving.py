"""What somebody had in cases through an organisation that they have left."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.roles import Role
from applications.models import Application, Collaborator
from applications.transitions.collaboration import contacts_of, end_each
from applications.transitions.common import day_of

# Roles by which one works in cases; without them nothing is left of what the organisation let its people into.
WORKING = frozenset({Role.APPLICANT, Role.MUNICIPAL_OFFICER})


def leave(
    organisation: Organisation, user: User, *, taken: Collection[Role], left: Collection[Role], by: Actor, at: datetime.datetime
) -> None:
    """Access to single cases that the organisation gave the person is over, and they are no contact in its open cases.

    The rest is only asked for where the person was removed, or works in cases no longer.
    """
    if left and not WORKING & set(taken):
        return
    ours = {organisation.pk, organisation.succeeded_by_id, *organisation.predecessor_ids} - {None}
    let_in = Collaborator.objects.standing().filter(Q(user=user) | Q(email=user.email), organisation__in=ours)
    contact = Q(contact=user) | Q(contact__isnull=True, created_by=user)
    of_ours = Q(organisation__in=ours) | Q(
        pk__in=Application.participants.through.objects.filter(organisation__in=ours).values("application_id")
    )
    open_contact = Application.objects.open().filter(contact & of_ours).values("pk")
    cases = Application.objects.filter(Q(pk__in=let_in.values("application_id")) | Q(pk__in=open_contact))
    for application in cases.select_for_update(of=("self",)).order_by("pk"):
        end_each(application, let_in.filter(application=application), by=by, at=at)
        if application.contact_person == user:
            _replace_contact(application, user, by=by, at=at)


def _replace_contact(application: Application, user: User, *, by: Actor, at: datetime.datetime) -> None:
    """Whoever began the case, if still there; else the first who can be it. Where nobody can, the case waits for somebody."""
    possible = [person for person in contacts_of(application, on=day_of(at)) if person != user]
    began = application.created_by if application.created_by in possible else None
    chosen = began or next(iter(possible), None)
    if chosen is None:
        return
    application.contact = None if chosen == application.created_by else chosen
    application.save(update_fields=["contact"])
    data = {"contact": chosen.pk, "was": user.pk}
    application.record("application:contact_changed", by=by, at=at, roles=by.roles, data=data)
