"""An organisation's people: who they are, and what its administrator does about them."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import permissions, transitions
from accounts.forms import InvitationForm, InviteForm, PeopleFilterForm, RolesForm
from accounts.middleware import PortalRequest
from accounts.models import Invitation, Membership, Organisation, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import Refused
from lbf_portal.lib.rows import Outdated
from lbf_portal.lib.tables import Column, export, export_format, page_of
from lbf_portal.lib.telling import told

INVITATION_TOKEN = "invitation_token"  # noqa: S105 - the name of a session key


@dataclasses.dataclass(frozen=True)
class Person:
    """A line of the list: a person and what they hold in this organisation."""

    user: User
    memberships: tuple[Membership, ...]
    on: datetime.date

    @property
    def standing(self) -> tuple[Membership, ...]:
        """What holds now or begins later; of whoever has left, what they held."""
        return tuple(one for one in self.memberships if _stands(one, self.on)) or self.memberships

    @property
    def roles(self) -> list[str]:
        """Role names, each once, in the order of the list of roles."""
        held = {one.role for one in self.standing}
        return [str(role.label) for role in Role if role in held]

    @property
    def has_left(self) -> bool:
        """True when nothing holds any more."""
        return not any(_stands(one, self.on) for one in self.memberships)

    @property
    def valid_from(self) -> datetime.date:
        """The first day of any of them."""
        return min(one.valid_from for one in self.standing)

    @property
    def valid_to(self) -> datetime.date | None:
        """The last day of all of them, if there is one."""
        ends = [one.valid_to for one in self.standing]
        return None if None in ends else max(end for end in ends if end is not None)


ORDERS: dict[str, Any] = {
    "name": lambda person: sort_key(person.user.name),
    "email": lambda person: person.user.email,
    "roles": lambda person: person.roles,
    "from": lambda person: person.valid_from,
    "to": lambda person: person.valid_to or datetime.date.max,
}

EXPORT: list[Column[Person]] = [
    Column(_("Navn"), lambda person: person.user.name),
    Column(_("E-mail"), lambda person: person.user.email),
    Column(_("Roller"), lambda person: ", ".join(person.roles)),
    Column(_("Fra"), lambda person: person.valid_from),
    Column(_("Til og med"), lambda person: person.valid_to),
]


# The list


@require_safe
def own_people(request: PortalRequest) -> HttpResponse:
    """The people of the organisation acted for: where the menu leads."""
    if request.actor.organisation is None:
        raise Http404("Acting for no organisation")
    return redirect("accounts:people", organisation=request.actor.organisation.pk)


@require_safe
def people(request: PortalRequest, organisation: int) -> HttpResponseBase:
    """Everybody who acts for the organisation, or did; and who is invited."""
    found = find(request, organisation)
    form = PeopleFilterForm(request.GET, organisation=found)
    form.is_valid()
    chosen = form.cleaned_data
    everybody = _people_of(found, on=request.today)
    listed = [person for person in everybody if _is_wanted(person, chosen)]
    _order(request, listed)
    if wanted := export_format(request):
        return export(listed, EXPORT, wanted, name=gettext("Medarbejdere"))
    may_administer = permissions.may_administer(request.actor, found)
    context = {
        "organisation": found,
        "form": form,
        "is_filtered": any(chosen.values()),
        "page_obj": page_of(request, listed),
        "invitations": list(found.invitations.open().select_related("invited_by")) if may_administer else [],
        "now": timezone.now(),
        "may_administer": may_administer,
        "is_without_administrator": _needs_administrator(found) and not any(_administers(person) for person in everybody),
    }
    return render(request, "accounts/people.html", context)


def _people_of(organisation: Organisation, *, on: datetime.date) -> list[Any]:
    """In one query; an organisation has some hundred people, so they are sorted here, in Danish order."""
    rows = Membership.objects.filter(organisation=organisation).select_related("user").order_by("pk")
    by_user: dict[User, list[Membership]] = {}
    for row in rows:
        by_user.setdefault(row.user, []).append(row)
    return [Person(user, tuple(held), on) for user, held in by_user.items()]


def _is_wanted(person: Person, chosen: dict[str, Any]) -> bool:
    show = chosen.get("show") or "current"
    if show != "all" and person.has_left != (show == "former"):
        return False
    if (role := chosen.get("role")) and role not in {one.role for one in person.standing}:
        return False
    text = sort_key(chosen.get("q") or "")
    return text in sort_key(person.user.name) or text in sort_key(person.user.email)


def _administers(person: Person) -> bool:
    return not person.has_left and Role.ORG_ADMINISTRATOR in {one.role for one in person.standing}


def _needs_administrator(organisation: Organisation) -> bool:
    """The fund's rights are its management's to give, and one that was merged away lets nobody in."""
    possible = ROLES_OF_KIND[OrganisationKind(organisation.kind)]
    return Role.ORG_ADMINISTRATOR in possible and organisation.succeeded_by_id is None


def _order(request: HttpRequest, listed: list[Person]) -> None:
    wanted = request.GET.get("sort", "name")
    key = ORDERS.get(wanted.removeprefix("-"), ORDERS["name"])
    listed.sort(key=lambda person: (sort_key(person.user.name), person.user.pk))
    listed.sort(key=key, reverse=wanted.startswith("-"))


def _stands(membership: Membership, on: datetime.date) -> bool:
    ends = membership.valid_to
    return ends is None or (ends >= on and ends >= membership.valid_from)


# What the administrator does


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PortalRequest, organisation: int) -> HttpResponse:
    """Ask somebody to act for the organisation."""
    found = _to_administer(request, organisation)
    form = InviteForm(request.POST or None, organisation=found, initial={"valid_from": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            transitions.invite(found, **form.cleaned_data, by=request.actor, at=timezone.now())
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Invitationen er sendt til %(name)s.") % {"name": form.cleaned_data["name"]})
            return redirect("accounts:people", organisation=found.pk)
    return render(request, "accounts/invite.html", {"organisation": found, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def member(request: PortalRequest, organisation: int, member: int) -> HttpResponse:
    """The roles of one person."""
    found = _to_administer(request, organisation)
    person = _member(found, member, on=request.today)
    held = sorted({Role(one.role) for one in person.standing})
    shown = transitions.roles_key(held)
    form = RolesForm(request.POST or None, organisation=found, initial={"roles": [role.value for role in held]})
    seen = request.POST.get("seen", shown)
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data["roles"]
        try:
            transitions.change_roles(found, person.user, roles=roles, seen=seen, by=request.actor, at=timezone.now())
        except Outdated as refusal:
            apply_violations(form, refusal.violations)
            person = _member(found, member, on=request.today)
            seen = transitions.roles_key({Role(one.role) for one in person.standing})
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Rollerne er gemt for %(name)s.") % {"name": person.user.name})
            return redirect("accounts:people", organisation=found.pk)
    context = {
        "organisation": found,
        "form": form,
        "person": person,
        "seen": seen,
        "is_oneself": person.user == request.user,
    }
    return render(request, "accounts/member.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PortalRequest, organisation: int, member: int) -> HttpResponse:
    """Ask once more, then end everything the person holds here."""
    found = _to_administer(request, organisation)
    person = _member(found, member, on=request.today)
    if request.method == "POST":
        try:
            transitions.remove(found, person.user, by=request.actor, at=timezone.now())
        except Refused as refusal:
            messages.error(request, told(refusal))
            return redirect("accounts:member", organisation=found.pk, member=member)
        messages.success(request, gettext("%(name)s kan ikke længere handle for organisationen.") % {"name": person.user.name})
        return redirect("accounts:people", organisation=found.pk)
    context = {"organisation": found, "person": person, "is_oneself": person.user == request.user}
    return render(request, "accounts/remove_member.html", context)


@require_POST
def invite_again(request: PortalRequest, organisation: int, invitation: int) -> HttpResponse:
    """Send a new link."""
    found, row = _invitation(request, organisation, invitation)
    try:
        transitions.send_again(row, by=request.actor, at=timezone.now())
    except Refused as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, gettext("Invitationen er sendt igen. Linket i den første mail virker ikke længere."))
    return redirect("accounts:people", organisation=found.pk)


@require_POST
def withdraw_invitation(request: PortalRequest, organisation: int, invitation: int) -> HttpResponse:
    """The link opens nothing any more."""
    found, row = _invitation(request, organisation, invitation)
    try:
        transitions.withdraw(row, by=request.actor, at=timezone.now())
    except Refused as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, gettext("Invitationen er trukket tilbage."))
    return redirect("accounts:people", organisation=found.pk)


def find(request: PortalRequest, pk: int) -> Organisation:
    """The organisation, for its own people and the fund.

    Errors: Http404 for everybody else, whether or not it exists.
    """
    found = Organisation.objects.filter(pk=pk).first()
    if found is None or not permissions.may_see(request.actor, found):
        raise Http404("No such organisation")
    return found


def _to_administer(request: PortalRequest, pk: int) -> Organisation:
    found = find(request, pk)
    if not permissions.may_administer(request.actor, found):
        raise PermissionDenied
    return found


def _member(organisation: Organisation, pk: int, *, on: datetime.date) -> Person:
    rows = Membership.objects.current_or_later(on).filter(organisation=organisation, user=pk).select_related("user")
    held = tuple(rows.order_by("pk"))
    if not held:
        raise Http404("Nobody who is there")
    return Person(held[0].user, held, on)


def _invitation(request: PortalRequest, organisation: int, pk: int) -> tuple[Organisation, Invitation]:
    found = _to_administer(request, organisation)
    return found, get_object_or_404(found.invitations.select_related("organisation"), pk=pk)


# What the invited person does


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch")
class InvitationPage(View):
    """Accept an invitation by the link in its mail.

    The secret is in the query, `?key=`, which no log of ours keeps (as the calendar's), and moves from there to the session at
    once; one that opens nothing leaves nothing behind. Whoever has an account signs in with it and says yes; whoever has none
    gets one here.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what one is invited to, or that the link no longer opens anything."""
        key = request.GET.get("key")
        invitation = self._found(request, key)
        if invitation is None:
            return render(request, "accounts/invitation_closed.html")
        if key is not None:
            request.session[INVITATION_TOKEN] = key
            return redirect("accounts:invitation")
        form = None if _has_account(invitation) else InvitationForm(_as_user(invitation), initial={"name": invitation.name})
        return self._page(request, invitation, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Say yes."""
        invitation = self._found(request)
        if invitation is None:
            return render(request, "accounts/invitation_closed.html")
        if isinstance(request.user, User):
            return self._accept(request, invitation, request.user)
        if _has_account(invitation):
            return redirect(f"{reverse('accounts:sign_in')}?next={request.path}")
        form = InvitationForm(_as_user(invitation), request.POST)
        if form.is_valid():
            try:
                transitions.accept_as_new(invitation, **form.cleaned_data, at=timezone.now())
            except Refused as refusal:
                apply_violations(form, refusal.violations)
            else:
                del request.session[INVITATION_TOKEN]
                messages.success(request, gettext("Du er nu bruger i portalen. Log ind med din e-mail og adgangskode."))
                return redirect("accounts:sign_in")
        return self._page(request, invitation, form)

    def _accept(self, request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
        try:
            transitions.accept(invitation, user=user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, told(refusal))
            return redirect("accounts:invitation")
        del request.session[INVITATION_TOKEN]
        name = {"organisation": invitation.organisation}
        messages.success(request, gettext("Du kan nu handle for %(organisation)s.") % name)
        return redirect("accounts:profile")

    def _found(self, request: HttpRequest, key: str | None = None) -> Invitation | None:
        token = str(request.session.get(INVITATION_TOKEN, "")) if key is None else key
        found = Invitation.objects.of_token(token, at=timezone.now()).select_related("organisation", "invited_by").first()
        return None if found is None or found.organisation.succeeded_by_id is not None else found

    def _page(self, request: HttpRequest, invitation: Invitation, form: InvitationForm | None) -> HttpResponse:
        is_signed_in = isinstance(request.user, User)
        context = {
            "invitation": invitation,
            "form": None if is_signed_in else form,
            "has_account": form is None,
            "is_for_another": is_signed_in and isinstance(request.user, User) and request.user.email != invitation.email,
        }
        return render(request, "accounts/invitation.html", context)


def _has_account(invitation: Invitation) -> bool:
    return User.objects.filter(email=invitation.email).exists()


def _as_user(invitation: Invitation) -> User:
    """Not saved: passwords are held against name and address."""
    return User(email=invitation.email, name=invitation.name)
