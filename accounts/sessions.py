"""A session ends an hour after the last page (SESSION_COOKIE_AGE).

It is renewed once a minute: to write it with every page would be the most that many pages ask of the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

RENEWED_AT = "renewed_at"
SECONDS_BETWEEN = 60


def renew(request: HttpRequest, **_signal: Any) -> None:
    """From now on."""
    request.session[RENEWED_AT] = _now()


class SessionRenewalMiddleware:
    """Renews the session of whoever is at work."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        is_used = session.accessed and not session.modified and not session.is_empty()
        if is_used and _now() - session.get(RENEWED_AT, 0) >= SECONDS_BETWEEN:
            renew(request)
        return response


def _now() -> int:
    return int(timezone.now().timestamp())
