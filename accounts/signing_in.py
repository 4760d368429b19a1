"""A session for somebody who has proved who they are: by a password, or by a link that only they were sent."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts import kept, transitions
from accounts.models import User

SIGN_IN_BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in_as(request: HttpRequest, user: User, *, to: str) -> HttpResponse:
    """Begin a session (with a new key) for a person who has proved who they are, in the person's language."""
    login(request, user, backend=SIGN_IN_BACKEND)
    kept.forget_what_others_typed(request, user)
    transitions.record_signed_in(user)
    response = with_language(HttpResponseRedirect(to), user)
    kept.remember_person(response, user)
    return response


def with_language(response: HttpResponse, user: User) -> HttpResponse:
    """The response, and the person's language for the pages that follow."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response
