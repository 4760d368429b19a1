"""The link of an invitation into a case: who is new signs up, who is known signs in, and both land on the case.

The secret is in the query, `?key=`, which no log of ours keeps, and is moved from there to the session at once, so that it stands
neither in the browser's history nor in the Referer of what the page fetches.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.models import User
from accounts.signing_in import sign_in_as
from applications.forms.collaboration import SignUpForm
from applications.models import Collaborator, GuestKind
from applications.transitions import collaboration
from applications.transitions.collaboration import LinkDead
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import Refused
from lbf_portal.lib.telling import told

KEY = "case_invitation"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Show what the invitation is to, and take it."""
    at = timezone.now()
    key = request.GET.get("key")
    secret = request.session.get(KEY, "") if key is None else key
    try:
        guest = collaboration.invitation_of(secret, at=at)
    except LinkDead:
        return render(request, "applications/invitation_dead.html")
    here = reverse("applications:invitation")
    if key is not None:
        request.session[KEY] = key
        return redirect(here)
    if isinstance(request.user, User):
        return _accept(request, guest, request.user, secret)
    if User.objects.filter(email=guest.email).exists():
        sign_in_url = f"{reverse('accounts:sign_in')}?{urlencode({'next': here})}"
        return render(request, "applications/invitation.html", {"guest": guest, "sign_in_to_accept": sign_in_url})
    return _sign_up(request, guest, secret)


def _accept(request: HttpRequest, guest: Collaborator, user: User, secret: str) -> HttpResponse:
    """Somebody is signed in: they take it, if it is theirs."""
    is_theirs = user.email == guest.email
    if request.method == "POST" and is_theirs:
        try:
            return _landed(request, collaboration.accept(secret, by=_as_person(user), at=timezone.now()))
        except Refused as refusal:
            messages.error(request, told(refusal))
    return render(request, "applications/invitation.html", {"guest": guest, "is_theirs": is_theirs, "is_signed_in": True})


def _sign_up(request: HttpRequest, guest: Collaborator, secret: str) -> HttpResponse:
    """Nobody is known by the address: a name and a password make them known, and the access is theirs."""
    form = SignUpForm(request.POST if request.method == "POST" else None, guest=guest)
    if form.is_valid():
        try:
            user = collaboration.sign_up_and_accept(secret, **form.cleaned_data, at=timezone.now())
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            landing = _landing(guest)
            request.session.pop(KEY, None)
            messages.success(request, gettext("Velkommen. Du har nu adgang til sagen."))
            return sign_in_as(request, user, to=landing)
    return render(request, "applications/invitation.html", {"guest": guest, "form": form})


def _landed(request: HttpRequest, guest: Collaborator) -> HttpResponse:
    request.session.pop(KEY, None)
    messages.success(request, gettext("Du har nu adgang til sagen."))
    return redirect(_landing(guest))


def _landing(guest: Collaborator) -> str:
    """The case; for the municipality what it was asked, if it was."""
    application = guest.application
    if guest.kind == GuestKind.MUNICIPALITY and application.municipal_recommendations.standing().exists():
        return reverse("applications:recommendation", args=[application.case_number])
    return application.get_absolute_url()


def _as_person(user: User) -> Actor:
    """Whoever takes an invitation does so for nobody but themselves."""
    return Actor(user, None, frozenset())
