"""What somebody posted after the session had expired: kept until they have signed in again, then shown and sent by them.

Nothing is sent on its own: signing in must not save, sign or decide. Passwords and files are not kept. What was kept lies in
the new session of the same browser, for two hours, and goes with the first use.

It is shown to nobody but the person who typed it. An expired session no longer says whose it was, so a signed cookie names
who signed in last in this browser; when somebody else signs in, what was kept is dropped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

KEY = "kept_post"
LAST_PERSON = "last_person"  # the cookie
SECONDS = 2 * 60 * 60
LARGEST = 500_000  # characters; far above any form of the portal
LARGEST_WITH_FILES = 4 * LARGEST  # bytes
NOT_KEPT = ("csrfmiddlewaretoken", "password")


@dataclass(frozen=True)
class Kept:
    """A post that could not be received: where it was going, and its fields in order."""

    path: str
    fields: list[tuple[str, str]]
    had_files: bool

    @property
    def texts(self) -> list[str]:
        """What somebody wrote in words; choices, dates and numbers go along, but their fields have no name here to show."""
        return [value for _name, value in self.fields if len(value.split()) > 1]


class KeepingLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to the sign-in page, and keeps what they were about to send."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> HttpResponseBase | None:
        """Once the person sends it on, it is no longer kept."""
        is_sent_on = request.method == "POST" and request.session.get(KEY, {}).get("path") == request.path
        if is_sent_on and request.user.is_authenticated:
            forget(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        page = reverse("accounts:kept") if keep(request) else _page_with_the_button(request)
        return redirect_to_login(page, self.get_login_url(view_func), self.get_redirect_field_name(view_func))


def _page_with_the_button(request: HttpRequest) -> str:
    """Where somebody pressed a button that sends nothing typed: its own address may answer to the button alone."""
    referer = urlsplit(request.headers.get("referer", ""))
    page = str(urlunsplit(("", "", referer.path, referer.query, "")))
    if referer.netloc == request.get_host() and url_has_allowed_host_and_scheme(page, None):
        return page
    return str(resolve_url(settings.LOGIN_REDIRECT_URL))


def remember_person(response: HttpResponse, user: User) -> None:
    """Let the browser say whose a post is that comes after the session has expired; it grants nothing."""
    response.set_signed_cookie(
        LAST_PERSON,
        str(user.pk),
        salt=LAST_PERSON,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )


def keep(request: HttpRequest) -> bool:
    """Keep the fields of the post for who typed them; False when there is nothing worth keeping, far too much, or nobody's."""
    if request.content_type == "multipart/form-data" and int(request.headers.get("content-length") or 0) > LARGEST_WITH_FILES:
        return False  # files of somebody who is not signed in are not received
    person = request.get_signed_cookie(LAST_PERSON, default="", salt=LAST_PERSON)
    fields = [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if not any(word in name.lower() for word in NOT_KEPT)
    ]
    if not person or not fields or sum(len(value) for _name, value in fields) > LARGEST:
        return False
    request.session[KEY] = {
        "person": person,
        "path": request.path,
        "fields": fields,
        "files": bool(request.FILES),
        "at": time.time(),
    }
    return True


def kept(request: HttpRequest) -> Kept | None:
    """What was kept in this browser for the person who is signed in, while it is fresh."""
    stored = request.session.get(KEY)
    if not stored or stored["person"] != str(request.user.pk) or time.time() - stored["at"] > SECONDS:
        return None
    return Kept(stored["path"], [(name, value) for name, value in stored["fields"]], stored["files"])


def forget_what_others_typed(request: HttpRequest, user: User) -> None:
    """Drop what was kept for anybody but the person who signs in."""
    if request.session.get(KEY, {}).get("person") != str(user.pk):
        forget(request)


def forget(request: HttpRequest) -> None:
    """Drop it."""
    request.session.pop(KEY, None)
