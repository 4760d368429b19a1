"""Puts the actor on every signed-in request: the person, and the organisation chosen in the header."""

import datetime
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.actors import Actor
from accounts.models import Organisation, User, actor_for, organisations_of

ACTING_FOR = "acting_for"


class PortalRequest(HttpRequest):
    """A signed-in request as views see it."""

    user: User
    actor: Actor
    actor_choices: list[Organisation]
    today: datetime.date


class ActorMiddleware:
    """Sets `request.actor`, `request.actor_choices` and `request.today`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ours = cast("PortalRequest", request)
        ours.today = timezone.localdate()
        # Lazy, so that /health and static files ask the database for nothing.
        ours.actor_choices = cast("list[Organisation]", SimpleLazyObject(lambda: _choices(ours)))
        ours.actor = cast("Actor", SimpleLazyObject(lambda: _actor(ours)))
        return self.get_response(request)


def _person(request: PortalRequest) -> User | None:
    """Whoever is signed in."""
    user: object = request.user
    return user if isinstance(user, User) else None


def _choices(request: PortalRequest) -> list[Organisation]:
    """Organisations the person can act for; nobody signed in has none."""
    person = _person(request)
    return organisations_of(person, on=request.today) if person else []


def _actor(request: PortalRequest) -> Actor | None:
    """The actor of the request: for the organisation chosen in the header, else for the first one."""
    person = _person(request)
    if person is None:
        return None
    choices = list(request.actor_choices)
    chosen = request.session.get(ACTING_FOR)
    organisation = next((choice for choice in choices if choice.pk == chosen), choices[0] if choices else None)
    return actor_for(person, organisation, on=request.today)
