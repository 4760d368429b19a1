"""Puts the actor on every signed-in request: the person, and the organisation chosen in the header."""

import datetime
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.actors import Actor
from accounts.models import ActingChoice, User, actor_for, choices_of

ACTING_FOR = "acting_for"


class PortalRequest(HttpRequest):
    """A signed-in request as views see it."""

    user: User
    actor: Actor
    actor_choices: list[ActingChoice]
    today: datetime.date


class ActorMiddleware:
    """Sets `request.actor`, `request.actor_choices` and `request.today`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ours = cast("PortalRequest", request)
        ours.today = timezone.localdate()
        # Lazy, so that /health and static files ask the database for nothing.
        ours.actor_choices = cast("list[ActingChoice]", SimpleLazyObject(lambda: _choices(ours)))
        ours.actor = cast("Actor", SimpleLazyObject(lambda: _actor(ours)))
        return self.get_response(request)


def _person(request: PortalRequest) -> User | None:
    """Whoever is signed in."""
    user: object = request.user
    return user if isinstance(user, User) else None


def _choices(request: PortalRequest) -> list[ActingChoice]:
    """Whom the person can act for; nobody signed in has none."""
    person = _person(request)
    return choices_of(person, on=request.today) if person else []


def _actor(request: PortalRequest) -> Actor | None:
    """The actor of the request: for the organisation chosen in the header, else for the first one.

    Whoever acted by a mandate, or for an organisation, that no longer lets them acts for the first one again.
    """
    person = _person(request)
    if person is None:
        return None
    choices = list(request.actor_choices)
    chosen = str(request.session.get(ACTING_FOR, ""))
    choice = next((choice for choice in choices if choice.key == chosen), choices[0] if choices else None)
    return acting_as(person, choice, on=request.today)


def acting_as(person: User, choice: ActingChoice | None, *, on: datetime.date) -> Actor:
    """The actor of a choice that was offered just now, so a mandate is not asked for again."""
    if choice is not None and choice.mandate is not None:
        return Actor(person, choice.organisation, frozenset({choice.mandate.role}), choice.mandate)
    return actor_for(person, choice.organisation if choice else None, on=on)
