"""Pages of accounts: sign-in and -out, the organisation acted for, profile, passwords."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import kept, transitions
from accounts.forms import ChangePasswordForm, ForgottenPasswordForm, MailsForm, NewPasswordForm, ProfileForm, SignInForm
from accounts.middleware import ACTING_FOR, PortalRequest, acting_as
from accounts.models import CalendarFeed, Membership, NotificationChoice, User
from accounts.signing_in import sign_in_as, with_language
from lbf_portal.lib.forms import apply_violations

RESET_TOKEN = "new_password_token"  # noqa: S105 - the name of a session key


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password; afterwards the page that was asked for."""
    if request.user.is_authenticated:
        return redirect(next_address(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = transitions.authenticate_person(**form.cleaned_data)
        except transitions.SignInRefused as refusal:
            apply_violations(form, refusal.violations)
        else:
            return sign_in_as(request, user, to=next_address(request))
    return render(request, "accounts/sign_in.html", {"form": form, "next": next_address(request)})


@require_POST
def sign_out(request: PortalRequest) -> HttpResponse:
    """End the session."""
    transitions.record_signed_out(request.user)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_not_required
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Where a person lands after signing out."""
    return render(request, "accounts/signed_out.html")


@require_POST
def act_as(request: PortalRequest) -> HttpResponse:
    """Act for another organisation from now on, one's own or by mandate, and stay on the page.

    Anything else than what the switcher offers answers 403, known or not.
    """
    chosen = request.POST.get("organisation", "")
    choice = next((choice for choice in request.actor_choices if choice.key == chosen), None)
    if choice is None:
        raise PermissionDenied
    request.session[ACTING_FOR] = choice.key
    transitions.act_for(acting_as(request.user, choice, on=request.today))
    messages.success(request, gettext("Du handler nu som %(organisation)s.") % {"organisation": choice.organisation})
    return redirect(next_address(request))


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PortalRequest) -> HttpResponse:
    """Name, language, and which roles one has where, from when to when."""
    # A copy: the header shows the person as they are, not as they are being typed.
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        transitions.change_profile(user, **form.cleaned_data, by=request.actor)
        with translation.override(user.language):
            messages.success(request, gettext("Dine oplysninger er gemt."))
        return with_language(redirect("accounts:profile"), user)
    memberships = (
        Membership.objects.filter(user=user).select_related("organisation").order_by("organisation__sort_key", "valid_from", "pk")
    )
    return render(request, "accounts/profile.html", {"form": form, "memberships": memberships})


@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: PortalRequest) -> HttpResponse:
    """Which mails one wants, and when; the address of one's calendar."""
    choice = NotificationChoice.objects.filter(user=request.user).first() or NotificationChoice(user=request.user)
    form = MailsForm(request.POST or None, instance=choice)
    if request.method == "POST" and form.is_valid():
        transitions.choose_mails(request.user, **form.cleaned_data, by=request.actor)
        messages.success(request, gettext("Dine valg er gemt."))
        return redirect("accounts:mails")
    return _mails_page(request, form)


@never_cache
@require_POST
def open_calendar(request: PortalRequest) -> HttpResponse:
    """A new secret address. It is shown on this answer and never again: only its hash is kept, so no redirect could carry it."""
    token = transitions.open_calendar_feed(request.user, by=request.actor, at=timezone.now())
    choice = NotificationChoice.objects.filter(user=request.user).first() or NotificationChoice(user=request.user)
    return _mails_page(request, MailsForm(instance=choice), token=token)


@require_POST
def close_calendar(request: PortalRequest) -> HttpResponse:
    """The address holds no longer."""
    transitions.close_calendar_feed(request.user, by=request.actor, at=timezone.now())
    messages.success(request, gettext("Adressen er lukket. Din kalender kan ikke længere hente dine frister."))
    return redirect("accounts:mails")


def _mails_page(request: PortalRequest, form: MailsForm, *, token: str = "") -> HttpResponse:
    feed = CalendarFeed.objects.holding().filter(user=request.user).first()
    context = {"form": form, "feed": feed, "token": token, "portal_address": settings.PORTAL_ADDRESS.rstrip("/")}
    return render(request, "accounts/mails.html", context)


@sensitive_post_parameters("present_password", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: PortalRequest) -> HttpResponse:
    """A new password, knowing the present one; other sessions end, this one goes on."""
    user = User.objects.get(pk=request.user.pk)
    form = ChangePasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        transitions.set_password(user, form.cleaned_data["password"])
        update_session_auth_hash(request, user)
        messages.success(request, gettext("Din adgangskode er skiftet."))
        return redirect("accounts:profile")
    return render(request, "accounts/change_password.html", {"form": form})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password. The answer is the same whether or not the address is known."""
    form = ForgottenPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        transitions.request_password_reset(form.cleaned_data["email"])
        return redirect("accounts:reset_mail_sent")
    return render(request, "accounts/forgotten_password.html", {"form": form})


@login_not_required
@require_safe
def reset_mail_sent(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return render(request, "accounts/reset_mail_sent.html", {"hours": settings.PASSWORD_RESET_TIMEOUT // 3600})


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch")
class NewPassword(View):
    """A new password by the link in a mail.

    The token is moved from the address to the session at once, so that it stands neither in the browser's history of
    the page with the form nor in the Referer of what the page fetches.
    """

    IN_SESSION = "set"

    def get(self, request: HttpRequest, user_key: str, token: str) -> HttpResponse:
        """Show the form, or say that the link no longer works."""
        user = _person_of(user_key)
        if token != self.IN_SESSION and default_token_generator.check_token(user, token):
            request.session[RESET_TOKEN] = token
            return redirect("accounts:new_password", user_key=user_key, token=self.IN_SESSION)
        if user is None or not self._holds_token(request, user, token):
            return render(request, "accounts/link_used.html")
        return render(request, "accounts/new_password.html", {"form": NewPasswordForm(user)})

    def post(self, request: HttpRequest, user_key: str, token: str) -> HttpResponse:
        """Set the password; the link is spent by that."""
        user = _person_of(user_key)
        if user is None or not self._holds_token(request, user, token):
            return render(request, "accounts/link_used.html")
        form = NewPasswordForm(user, request.POST)
        if not form.is_valid():
            return render(request, "accounts/new_password.html", {"form": form})
        transitions.set_password(user, form.cleaned_data["password"])
        del request.session[RESET_TOKEN]
        messages.success(request, gettext("Din nye adgangskode er gemt. Log ind med den her."))
        return redirect(settings.LOGIN_URL)

    def _holds_token(self, request: HttpRequest, user: User, token: str) -> bool:
        return token == self.IN_SESSION and default_token_generator.check_token(user, request.session.get(RESET_TOKEN))


def next_address(request: HttpRequest) -> str:
    """Where `next` leads, if that is on this portal; else the start page."""
    address = request.POST.get("next", request.GET.get("next", ""))
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return address
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _person_of(user_key: str) -> User | None:
    try:
        return User.objects.filter(pk=int(urlsafe_base64_decode(user_key)), is_active=True).first()
    except (ValueError, OverflowError):
        return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kept_post(request: PortalRequest) -> HttpResponse:
    """What was typed before the session expired: shown, and sent on by the person; POST here drops it."""
    found = kept.kept(request)
    if found is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if request.method == "POST":
        kept.forget(request)
        messages.success(request, gettext("Det, du havde skrevet, er kasseret."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/kept.html", {"kept": found})
