"""Who has access to a case: the list, invitations, changed and ended accesses, and the applicant's contact person."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.middleware import PortalRequest
from accounts.models import Membership, User
from accounts.roles import Role
from applications import permissions
from applications.forms.collaboration import AccessForm, ContactForm, InviteForm, PeopleFilterForm
from applications.models import Application, Collaborator, GuestKind
from applications.models.collaborators import GuestStanding
from applications.transitions import collaboration
from applications.views.finding import find, require
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused
from lbf_portal.lib.tables import Column, export, export_format, page_of
from lbf_portal.lib.telling import told

BADGES = {
    GuestStanding.INVITED: "info",
    GuestStanding.LINK_EXPIRED: "warning",
    GuestStanding.TO_BEGIN: "info",
    GuestStanding.HOLDS: "success",
    GuestStanding.OVER: "",
}


@dataclass(frozen=True)
class Line:
    """An access as the list shows it."""

    guest: Collaborator
    standing: GuestStanding
    can_change: bool
    can_end: bool

    @property
    def badge(self) -> str:
        return BADGES[self.standing]


ORDERS: dict[str, Callable[[Line], object]] = {
    "name": lambda line: sort_key(line.guest.name),
    "kind": lambda line: line.guest.kind,
    "right": lambda line: line.guest.right,
    "invited": lambda line: line.guest.invited_at,
    "standing": lambda line: sort_key(str(line.standing.label)),
}
EXPORT: list[Column[Line]] = [
    Column(_("Navn"), lambda line: line.guest.name),
    Column(_("E-mail"), lambda line: line.guest.email),
    Column(_("Som"), lambda line: line.guest.get_kind_display()),
    Column(_("Ret"), lambda line: line.guest.get_right_display()),
    Column(_("Inviteret af"), lambda line: str(line.guest.invited_by)),
    Column(_("For"), lambda line: str(line.guest.organisation)),
    Column(_("Inviteret"), lambda line: line.guest.invited_at),
    Column(_("Taget imod"), lambda line: line.guest.accepted_at),
    Column(_("Fra"), lambda line: line.guest.valid_from),
    Column(_("Til og med"), lambda line: line.guest.valid_to),
    Column(_("Ophørt"), lambda line: line.guest.ended_at),
    Column(_("Status"), lambda line: str(line.standing.label)),
]


@require_safe
def people(request: PortalRequest, case_number: int) -> HttpResponseBase:
    """Who has access: through an organisation, and by invitation with who invited, when, and which right."""
    application = find(request, case_number)
    require(request, "view_people", application)
    form = PeopleFilterForm(request.GET)
    guests = application.collaborators.select_related("organisation", "invited_by", "user").order_by("-pk")
    for guest in guests:
        guest.application = application
    lines = lines_of(form.narrow(list(guests), on=request.today, at=timezone.now()), request.actor, on=request.today)
    wanted_order = request.GET.get("sort", "-invited")
    key = ORDERS.get(wanted_order.removeprefix("-"), ORDERS["invited"])
    lines.sort(key=key, reverse=wanted_order.startswith("-"))  # type: ignore[arg-type]  # each key compares with itself
    if wanted := export_format(request):
        return export(lines, EXPORT, wanted, name=gettext("Adgang til sag %(number)s") % {"number": application.case_number})
    page = page_of(request, lines)  # type: ignore[type-var]  # lines, not models
    context = {
        "application": application,
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page,
        "lines": page.object_list,
        "members": _members(application, request.actor, on=request.today),
        "can_invite": permissions.may_let_in(request.actor, application),
        "can_change_contact": permissions.may(request.actor, "change_contact", application, on=request.today),
        "is_contact_gone": collaboration.is_contact_gone(application, on=request.today),
    }
    return render(request, "applications/people.html", context)


def lines_of(guests: list[Collaborator], actor: Actor, *, on: datetime.date) -> list[Line]:
    """One line an access."""
    at = timezone.now()
    shown = []
    for guest in guests:
        standing = guest.standing(on=on, at=at)
        is_over = standing is GuestStanding.OVER and guest.ended_at is not None
        can_change = not is_over and collaboration.may_change(actor, guest)
        shown.append(Line(guest, standing, can_change, can_end=not is_over and collaboration.may_end(actor, guest)))
    return shown


def _members(application: Application, actor: Actor, *, on: datetime.date) -> list[tuple[str, list[str]]]:
    """Whose people have access anyway; by name for one's own organisation only."""
    parties = application.housing_organisations()
    if application.is_known_to_municipality:
        parties = [*parties, application.municipality.organisation]
    roles = {Role.APPLICANT, Role.HOUSING_SIGNATORY, Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY}
    own: dict[str, None] = {}
    if actor.organisation is not None and actor.mandate is None:
        held = Membership.objects.current(on).filter(organisation=actor.organisation, role__in=roles, user__is_active=True)
        own = dict.fromkeys(held.order_by("user__name").values_list("user__name", flat=True))
    return [(str(party), list(own) if party.pk in actor.organisation_ids else []) for party in parties]


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PortalRequest, case_number: int) -> HttpResponse:
    """Invite somebody by mail."""
    application = find(request, case_number)
    require_let_in(request, application)
    kinds = kinds_open_to(request, application)
    form = InviteForm(request.POST if request.method == "POST" else None, kinds=kinds)
    if form.is_valid():
        try:
            guest = collaboration.invite(application, **form.cleaned_data, by=request.actor, at=timezone.now())
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except IllegalMove as refusal:
            messages.error(request, told(refusal))
            return redirect("applications:people", case_number=case_number)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            text = gettext("Invitationen er sendt til %(email)s. Linket virker i 14 dage.")
            messages.success(request, text % {"email": guest.email})
            return redirect("applications:people", case_number=case_number)
    return render(request, "applications/invite.html", {"application": application, "form": form})


def kinds_open_to(request: PortalRequest, application: Application) -> list[GuestKind]:
    """Whom the actor can let in: a municipality its own people only."""
    if Role.APPLICANT in permissions.roles_through_organisation(request.actor, application):
        return list(GuestKind)
    return [GuestKind.MUNICIPALITY]


def require_let_in(request: PortalRequest, application: Application) -> None:
    """Stop whoever may see the case but not let others in. Errors: PermissionDenied."""
    if not permissions.may_let_in(request.actor, application):
        raise PermissionDenied


def _find_guest(request: PortalRequest, case_number: int, pk: int) -> Collaborator:
    """An access of this very case that the actor may change, or at least end. Errors: Http404, PermissionDenied."""
    application = find(request, case_number)
    require_let_in(request, application)
    guest = get_object_or_404(application.collaborators.select_related("organisation", "invited_by", "user"), pk=pk)
    guest.application = application
    if not collaboration.may_end(request.actor, guest):
        raise PermissionDenied
    return guest


@require_http_methods(["GET", "HEAD", "POST"])
def access(request: PortalRequest, case_number: int, collaborator: int) -> HttpResponse:
    """One access: change what it lets somebody do and until when, send the link again, or end it."""
    guest = _find_guest(request, case_number, collaborator)
    form = AccessForm(request.POST if request.method == "POST" else None, guest=guest)
    if form.is_valid():
        try:
            collaboration.change_access(guest, **form.cleaned_data, by=request.actor, at=timezone.now())
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except IllegalMove as refusal:
            messages.error(request, told(refusal))
            return redirect("applications:people", case_number=case_number)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Adgangen er gemt."))
            return redirect("applications:people", case_number=case_number)
    (line,) = lines_of([guest], request.actor, on=request.today)
    context = {"application": guest.application, "guest": guest, "line": line, "form": form}
    return render(request, "applications/access.html", context)


@require_POST
def end_access(request: PortalRequest, case_number: int, collaborator: int) -> HttpResponse:
    """End it, from this moment on."""
    guest = _find_guest(request, case_number, collaborator)
    try:
        collaboration.end_access(guest, by=request.actor, at=timezone.now())
    except Refused as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, gettext("%(name)s har ikke længere adgang til sagen.") % {"name": guest.name or guest.email})
    return redirect("applications:people", case_number=case_number)


@require_POST
def send_again(request: PortalRequest, case_number: int, collaborator: int) -> HttpResponse:
    """Mail another link; the earlier one opens nothing from now on."""
    guest = _find_guest(request, case_number, collaborator)
    try:
        collaboration.send_again(guest, by=request.actor, at=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except Refused as refusal:
        messages.error(request, told(refusal))
    else:
        text = gettext("Et nyt link er sendt til %(email)s. Det gamle virker ikke længere.")
        messages.success(request, text % {"email": guest.email})
    return redirect("applications:people", case_number=case_number)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: PortalRequest, case_number: int) -> HttpResponse:
    """Choose who answers for the case at the applicant's, without the fund's help."""
    application = find(request, case_number)
    require(request, "change_contact", application)
    people_of = collaboration.contacts_of(application, on=request.today)
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        people=_named(application, people_of, request.actor, on=request.today),
        chosen=application.contact_person,
    )
    if form.is_valid():
        chosen = next(person for person in people_of if person.pk == form.cleaned_data["contact"])
        try:
            collaboration.change_contact(application, chosen, by=request.actor, at=timezone.now())
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("%(name)s er nu sagens kontaktperson.") % {"name": chosen.name})
            return redirect(application)
    return render(request, "applications/contact.html", {"application": application, "form": form})


def _named(application: Application, people_of: list[User], actor: Actor, *, on: datetime.date) -> list[tuple[int, str]]:
    """Each by name: with the address for one's own colleagues, with their organisation for everybody else."""
    held = Membership.objects.current(on).filter(user__in=people_of, role=Role.APPLICANT)
    members = held.filter(organisation__in=application.housing_organisations()).select_related("organisation")
    houses = {membership.user_id: membership.organisation for membership in members}
    is_own_people = actor.mandate is None and bool(permissions.roles_through_organisation(actor, application))

    def words(person: User) -> str:
        house = houses.get(person.pk)
        if house is None:
            return person.name
        is_colleague = is_own_people and house.pk in actor.organisation_ids
        return f"{person.name} ({person.email})" if is_colleague else f"{person.name}, {house}"

    return [(person.pk, words(person)) for person in people_of]
