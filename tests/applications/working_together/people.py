"""People let into cases, as they let each other in; and the link of the mail."""

from __future__ import annotations

import datetime

from django.core import mail

from accounts.actors import Actor
from accounts.models import OutgoingMail, User
from accounts.roles import Right
from applications.models import Application, Collaborator, GuestKind
from applications.transitions import collaboration
from tests.factories.accounts import UserFactory
from tests.factories.applications import AT


def token_of(guest: Collaborator) -> str:
    """The secret in the latest mail to the person; one that was sent keeps no body in the outbox."""
    row = OutgoingMail.objects.filter(event="case_invitation", to_address=guest.email).latest("queued_at")
    sent = [str(message.body) for message in mail.outbox if message.to == [guest.email]]
    return (row.body or sent[-1]).split("?key=", 1)[1].split()[0]


def invited(
    application: Application,
    by: Actor,
    *,
    email: str = "gaest@example.org",
    kind: GuestKind = GuestKind.ADVISER,
    right: Right = Right.EDIT,
    at: datetime.datetime = AT,
    valid_to: datetime.date | None = None,
) -> Collaborator:
    """Invited, and nothing more."""
    return collaboration.invite(application, kind=kind, right=right, email=email, name="Gæsten", by=by, at=at, valid_to=valid_to)


def let_in(
    application: Application,
    by: Actor,
    *,
    person: Actor | None = None,
    email: str = "gaest@example.org",
    kind: GuestKind = GuestKind.ADVISER,
    right: Right = Right.EDIT,
    valid_to: datetime.date | None = None,
) -> Actor:
    """Invited and accepted; the person acts for nobody, or is one who is there already."""
    user = person.user if person is not None else User.objects.filter(email=email).first() or UserFactory.create(email=email)
    assert user is not None
    guest = invited(application, by, email=user.email, kind=kind, right=right, valid_to=valid_to)
    who = person or Actor(user, None, frozenset())
    collaboration.accept(token_of(guest), by=who, at=AT)
    application.refresh_from_db()
    return who
