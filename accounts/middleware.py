"""Puts the actor on every signed-in request: the person, and the organisation chosen in the header."""

import datetime
from collections.abc import Callable

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
        request.today = timezone.localdate()  # type: ignore[attr-defined]  # PortalRequest, from here on
        # Lazy, so that /health and static files ask the database for nothing.
        request.actor_choices = SimpleLazyObject(lambda: _choices(request))  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _choices(request: HttpRequest) -> list[Organisation]:
    user = request.user
    return organisations_of(user, on=request.today) if isinstance(user, User) else []  # type: ignore[attr-defined]


def _actor(request: HttpRequest) -> Actor | None:
    user = request.user
    if not user.is_authenticated:
        return None
    choices: list[Organisation] = list(request.actor_choices)  # type: ignore[attr-defined]
    chosen = request.session.get(ACTING_FOR)
    organisation = next((choice for choice in choices if choice.pk == chosen), choices[0] if choices else None)
    return actor_for(user, organisation, on=request.today)  # type: ignore[attr-defined]
