"""What every template may ask for, whoever is signed in. Nothing here asks the database before a template does."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from lbf_portal.look.navigation import navigation


def portal(request: HttpRequest) -> dict[str, Any]:
    """`actor`, `actor_choices` and `navigation` of the request; error pages before sign-in have none of them."""
    return {
        **frame(),
        "actor": getattr(request, "actor", None),
        "actor_choices": getattr(request, "actor_choices", ()),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "session_seconds": settings.SESSION_COOKIE_AGE,
    }


def frame() -> dict[str, Any]:
    """What pages need when there is no request to ask: on errors of the server itself."""
    return {
        "demo": _demo() if settings.IS_DEMO else None,
        "support_phone": settings.SUPPORT_PHONE,
        "support_mail": settings.SUPPORT_MAIL,
        "sign_in_url": _address(settings.LOGIN_URL),
    }


def _demo() -> dict[str, str]:
    return {"mails_url": _address("demo:mails"), "roles_url": _address("demo:sign_in")}


def _address(name: str) -> str:
    """The page's address, or nothing while an error page is shown by a portal that cannot resolve it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
