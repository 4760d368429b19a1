"""Small pages without an app, and what is shown when something goes wrong."""

from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from lbf_portal.look.context import frame


@login_not_required
@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 when the portal can ask its database, 503 when it cannot; for load balancers and the workbench."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database is out of reach"}, status=503)
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def session(request: HttpRequest) -> JsonResponse:
    """Whether the session lives, how long, whose it is, and the token its forms need: scripts ask before a late save."""
    if not request.user.is_authenticated:
        return JsonResponse({"is_signed_in": False})
    return JsonResponse(
        {
            "is_signed_in": True,
            "seconds": request.session.get_expiry_age(),
            "token": get_token(request),
            "writer": cast("PortalRequest", request).actor.key,
        }
    )


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that the Danish web accessibility act asks for."""
    return render(request, "pages/accessibility.html")


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it by name
    """`handler400`."""
    return HttpResponse(render_to_string("400.html", frame()), status=400)


def server_error(_request: HttpRequest) -> HttpResponse:
    """`handler500`. Rendered without the request: what broke may be the session or the database."""
    return HttpResponse(render_to_string("500.html", frame()), status=500)


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it by name and logs it
    """`CSRF_FAILURE_VIEW`: mostly a page that was open while its reader signed in again elsewhere."""
    return HttpResponse(render_to_string("403_csrf.html", frame()), status=403)
