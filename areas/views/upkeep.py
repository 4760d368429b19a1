"""Upkeep of departments, organisations and development plans by the fund; everybody else reads (403 here)."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts import transitions as accounts
from accounts.actors import Actor
from accounts.middleware import PortalRequest
from accounts.transitions import ORGANISATION_FIELDS, change_organisation
from areas import history, transitions
from areas.models import AreaMembership, ConnectedDepartment, Department, DevelopmentPlan, HousingArea
from areas.permissions import may
from areas.upkeep_forms import (
    ConnectionForm,
    DepartmentForm,
    EndForm,
    NewDepartmentForm,
    OrganisationForm,
    OrganisationMergerForm,
    OrganisationNameForm,
    PlacementForm,
    PlanForm,
    ResidentsForm,
)
from areas.views.organisations import registered
from lbf_portal.lib.forms import PortalForm, apply_violations
from lbf_portal.lib.refusals import NotAllowed, Refused
from lbf_portal.lib.rows import Outdated, fingerprint

View = Callable[..., HttpResponse]


@dataclasses.dataclass(frozen=True)
class Page:
    """What a page of upkeep is called, what it is about, where it leads back to, and what was saved when it goes well."""

    heading: str
    about: str
    back: str
    saved: str
    lead: str = ""


@dataclasses.dataclass(frozen=True)
class Row:
    """The row that a form corrects, and which fields it shows: what nobody may change unseen."""

    row: models.Model
    fields: Sequence[str]

    def stored(self, form: PortalForm) -> list[tuple[str, str]]:
        """What stands there now, in the words of the form."""
        return [(str(form.fields[name].label), history.shown(self.row, name)) for name in self.fields if name in form.fields]


def upkeep(view: View) -> View:
    """The page is the fund's: whoever may read the registers only is told so."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @functools.wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.actor, "register"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def ask(
    request: PortalRequest,
    page: Page,
    form: PortalForm,
    save: Callable[..., object],
    *,
    corrects: Row | None = None,
    shows: str = "",
) -> HttpResponse:
    """Show the form, or save it and lead back; a refusal shows the form again with everything typed.

    `save` takes what the form asks for, `by`, and `seen` when it corrects a row. `shows` is what the form carries along instead
    where a row's fingerprint would not do.
    """
    seen = request.POST.get("seen", "") if request.method == "POST" else _seen(corrects) or shows
    stored: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            save(**form.cleaned_data, by=request.actor, **({"seen": seen} if corrects else {}))
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except Outdated as refusal:
            apply_violations(form, refusal.violations)
            stored, seen = corrects.stored(form) if corrects else [], _seen(corrects)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, page.saved)
            return redirect(page.back)
    return render(request, "areas/upkeep.html", {"page": page, "form": form, "seen": seen, "stored": stored})


def _seen(corrects: Row | None) -> str:
    return fingerprint(corrects.row, corrects.fields) if corrects else ""


# Departments


@upkeep
def register_department(request: PortalRequest) -> HttpResponse:
    """A new department, of the organisation that the address names if it names one."""
    form = NewDepartmentForm(request.POST or None, initial={"organisation": request.GET.get("organisation")})
    page = Page(
        heading=gettext("Registrer en afdeling"),
        about="",
        back=reverse("areas:departments"),
        saved=gettext("Afdelingen er registreret."),
        lead=gettext("En boligorganisations afdeling, eller ungdoms- og ældreboliger hos en anden ejer (R56)."),
    )
    return ask(request, page, form, transitions.register_department)


@upkeep
def change_department(request: PortalRequest, department: int) -> HttpResponse:
    """What the register says of a department."""
    found = _department(department)
    page = _of_department(found, gettext("Ret oplysninger om afdelingen"), gettext("Afdelingen er rettet."))
    form = DepartmentForm(request.POST or None, initial={name: getattr(found, name) for name in DepartmentForm.base_fields})
    save = functools.partial(transitions.change_department, found)
    return ask(request, page, form, save, corrects=Row(found, transitions.DEPARTMENT_FIELDS))


@upkeep
def record_residents(request: PortalRequest, department: int) -> HttpResponse:
    """A count of residents; with `?on=2026-01-01` the one of that day is corrected."""
    found = _department(department)
    day = _day(request.GET.get("on"))
    counted = found.resident_counts.filter(counted_on=day).first() if day else None
    initial: dict[str, Any] = {"counted_on": counted.counted_on, "residents": counted.residents} if counted else {}
    if not counted:
        initial = {"counted_on": datetime.date(request.today.year, 1, 1)}
    page = _of_department(found, gettext("Registrer beboertal"), gettext("Beboertallet er gemt."))

    def save(*, counted_on: datetime.date, residents: int, by: Actor) -> None:
        # The number that the page showed for the day, which a form of another day did not show.
        shown = request.POST.get("seen", "")
        seen = int(shown) if shown.isdecimal() and counted_on == day else None
        transitions.record_residents(found, counted_on=counted_on, residents=residents, by=by, seen=seen)

    form = ResidentsForm(request.POST or None, initial=initial)
    return ask(request, page, form, save, shows=str(counted.residents) if counted else "")


@upkeep
def place_department(request: PortalRequest, department: int) -> HttpResponse:
    """Where the department lies from a day on; where it lay until then, it lies to the day before."""
    found = _department(department)
    areas = HousingArea.objects.not_merged_away(on=request.today).filter(municipality=found.municipality)
    page = _of_department(found, gettext("Læg afdelingen i et boligområde"), gettext("Afdelingen er lagt i området."))
    current = found.memberships.current(request.today).select_related("area").first()
    if current:
        lead = gettext("Afdelingen ligger i %(area)s. Flyttes den, ligger den der til og med dagen før.")
        page = dataclasses.replace(page, lead=lead % {"area": current.area.name})
    form = PlacementForm(request.POST or None, areas=areas)
    return ask(request, page, form, functools.partial(transitions.move_department, found))


@upkeep
def connect_department(request: PortalRequest, department: int) -> HttpResponse:
    """An area that the department is connected to without lying in it (R52)."""
    found = _department(department)
    page = _of_department(found, gettext("Knyt afdelingen til et boligområde"), gettext("Afdelingen er knyttet til området."))
    lead = gettext("En afdeling uden for området kan få støtte sammen med det, når den er i tilknytning hertil (R52).")
    form = ConnectionForm(request.POST or None, areas=HousingArea.objects.not_merged_away(on=request.today).order_by("sort_key"))
    save = functools.partial(transitions.connect_department, found)
    return ask(request, dataclasses.replace(page, lead=lead), form, save)


@upkeep
def end_placement(request: PortalRequest, membership: int) -> HttpResponse:
    """The last day in an area."""
    found = get_object_or_404(AreaMembership.objects.select_related("department", "area"), pk=membership)
    saved = gettext("Placeringen er afsluttet.")
    return _end(request, found, gettext("Afslut placeringen i %(area)s"), saved, transitions.end_placement)


@upkeep
def end_connection(request: PortalRequest, connection: int) -> HttpResponse:
    """The last day of a connection."""
    found = get_object_or_404(ConnectedDepartment.objects.select_related("department", "area"), pk=connection)
    saved = gettext("Tilknytningen er afsluttet.")
    return _end(request, found, gettext("Afslut tilknytningen til %(area)s"), saved, transitions.end_connection)


def _end(
    request: PortalRequest, row: AreaMembership | ConnectedDepartment, heading: str, saved: str, end: Callable[..., None]
) -> HttpResponse:
    page = _of_department(row.department, heading % {"area": row.area.name}, saved)
    form = EndForm(request.POST or None, initial={"valid_to": row.valid_to or request.today})
    return ask(request, page, form, functools.partial(end, row), corrects=Row(row, transitions.PERIOD_FIELDS))


def _department(pk: int) -> Department:
    return get_object_or_404(Department.objects.select_related("organisation", "municipality"), pk=pk)


def _of_department(department: Department, heading: str, saved: str) -> Page:
    return Page(heading, f"{department}, {department.organisation}", department.get_absolute_url(), saved)


def _day(text: str | None) -> datetime.date | None:
    """The day that an address names. Errors: Http404 for one that is none."""
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Http404("No such day")
    return day


# Organisations


@upkeep
def edit_organisation(request: PortalRequest, organisation: int) -> HttpResponse:
    """CVR number, LBF number, administration organisation."""
    found = get_object_or_404(registered(), pk=organisation)
    page = Page(
        gettext("Ret oplysninger om organisationen"),
        found.name,
        reverse("areas:organisation", args=[found.pk]),
        gettext("Organisationen er rettet."),
    )
    form = OrganisationForm(
        request.POST or None, organisation=found, initial={name: getattr(found, name) for name in ORGANISATION_FIELDS}
    )

    def save(*, administered_by: Any = None, **values: Any) -> None:
        change_organisation(found, administered_by=administered_by, **values)

    return ask(request, page, form, save, corrects=Row(found, ORGANISATION_FIELDS))


@upkeep
def rename_organisation(request: PortalRequest, organisation: int) -> HttpResponse:
    """Another name from a day on."""
    found = get_object_or_404(registered(), pk=organisation)
    page = Page(
        gettext("Registrer et nyt navn"),
        found.name,
        reverse("areas:organisation", args=[found.pk]),
        gettext("Navnet er registreret."),
        lead=gettext("Sager, der er åbne, viser det nye navn. Det, der er afgjort, beholder det navn, organisationen havde."),
    )
    form = OrganisationNameForm(request.POST or None, initial={"renamed_on": request.today})
    save = functools.partial(accounts.rename_organisation, found, at=timezone.now())
    return ask(request, page, form, save, corrects=Row(found, accounts.NAME_FIELDS))


@upkeep
def merge_organisation(request: PortalRequest, organisation: int) -> HttpResponse:
    """The organisation was merged into another."""
    found = get_object_or_404(registered(), pk=organisation)
    page = Page(
        gettext("Læg organisationen sammen med en anden"),
        found.name,
        reverse("areas:organisation", args=[found.pk]),
        gettext("Sammenlægningen er registreret."),
        lead=gettext(
            "Åbne sager og afdelinger går over til den anden organisation, og dens medarbejdere får adgang til det, der er"
            " afgjort. Det afgjorte beholder parten og navnet. Invitationer og fuldmagter ophører, også de fuldmagter, som den"
            " anden organisation har givet til alle sine sager: dens administrator kan give dem igen."
        ),
    )
    form = OrganisationMergerForm(
        request.POST or None, organisation=found, initial={"effective_on": request.today, "people_follow": True}
    )

    def save(*, is_sure: bool, by: Actor, **values: Any) -> None:  # noqa: ARG001 - the form asks for it, nobody else does
        accounts.merge_organisations(found, **values, by=by, at=timezone.now())

    return ask(request, page, form, save)


# Development plans


@upkeep
def register_plan(request: PortalRequest, key: str) -> HttpResponse:
    """A development plan of an area."""
    area = get_object_or_404(HousingArea, key=key)
    page = _of_plan(area, gettext("Registrer en udviklingsplan"), gettext("Udviklingsplanen er registreret."))
    save = functools.partial(transitions.register_development_plan, area)
    return ask(request, page, PlanForm(request.POST or None), save)


@upkeep
def change_plan(request: PortalRequest, plan: int) -> HttpResponse:
    """Correct a plan, or close it."""
    found = get_object_or_404(DevelopmentPlan.objects.select_related("area"), pk=plan)
    page = _of_plan(found.area, gettext("Ret eller afslut udviklingsplanen"), gettext("Udviklingsplanen er rettet."))
    form = PlanForm(request.POST or None, initial={name: getattr(found, name) for name in transitions.PLAN_FIELDS})
    save = functools.partial(transitions.change_development_plan, found)
    return ask(request, page, form, save, corrects=Row(found, transitions.PLAN_FIELDS))


def _of_plan(area: HousingArea, heading: str, saved: str) -> Page:
    lead = gettext("En udviklingsplan binder området, også når det ikke længere står på en liste (§§ 168 a-168 b; R42).")
    return Page(heading, area.name, area.get_absolute_url(), saved, lead)
