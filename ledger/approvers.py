"""Who may approve what one person proposed: everybody else who holds the right role in the fund (four eyes)."""

from __future__ import annotations

import datetime

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Membership, Organisation, User, actor_for
from accounts.roles import OrganisationKind
from ledger.permissions import ACTS, Act


def besides(proposer: User | None, *, on: datetime.date) -> QuerySet[User]:
    """People who may approve on the day, but the proposer; by name."""
    fund = Organisation.objects.filter(kind=OrganisationKind.FUND)
    seats = Membership.objects.current(on).filter(organisation__in=fund, role__in=ACTS[Act.SECOND])
    people = User.objects.filter(pk__in=seats.values("user_id"), is_active=True)
    return (people.exclude(pk=proposer.pk) if proposer else people).order_by("name", "pk")


def somebody(by: Actor, *, on: datetime.date) -> Actor | None:
    """One of them, for a rehearsal; None when nobody else in the fund may approve."""
    person = besides(by.user, on=on).first()
    return actor_for(person, by.organisation, on=on) if person else None
