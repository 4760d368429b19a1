"""What becomes of areas between lists (R31), entered by the fund: what a change does is shown before it is confirmed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.middleware import PortalRequest
from areas import transitions
from areas.models import Department, HousingArea
from areas.upkeep_forms import EnlargeForm, MergeForm, RenameForm, SplitForm
from areas.views.upkeep import Page, upkeep
from lbf_portal.lib.forms import PortalForm, apply_violations
from lbf_portal.lib.refusals import NotAllowed, Refused

Effects = Callable[[dict[str, Any]], Sequence[str]]


@upkeep
def rename(request: PortalRequest, key: str) -> HttpResponse:
    """Another name."""
    area = _area(key)

    def effects(values: dict[str, Any]) -> Sequence[str]:
        names = {"name": values["name"], "former": area.name, "day": date_format(values["changed_on"])}
        return [
            gettext("Området hedder »%(name)s« i registeret og på nye sager.") % names,
            gettext("»%(former)s« står som tidligere navn til og med dagen før %(day)s.") % names,
            gettext("Nøglen er den samme, så lister, nøgletal, afdelinger og sager følger med."),
        ]

    page = _page(area, gettext("Giv området nyt navn"), gettext("Området har fået nyt navn."))
    return _confirm(request, page, RenameForm(request.POST or None), act=transitions.rename_area, area=area, effects=effects)


@upkeep
def merge(request: PortalRequest, key: str) -> HttpResponse:
    """The area goes into another."""
    area = _area(key)
    others = HousingArea.objects.not_merged_away(on=request.today).filter(municipality=area.municipality).exclude(pk=area.pk)

    def effects(values: dict[str, Any]) -> Sequence[str]:
        return _effects_of_merger(area, values["into"], values)

    page = _page(area, gettext("Læg området sammen med et andet"), gettext("Områderne er lagt sammen."))
    form = MergeForm(request.POST or None, areas=others.order_by("sort_key"))
    return _confirm(request, page, form, act=transitions.merge_areas, area=area, effects=effects)


def _effects_of_merger(area: HousingArea, into: HousingArea, values: dict[str, Any]) -> Sequence[str]:
    found = transitions.effects_of_merger(area, changed_on=values["changed_on"])
    names = {
        "area": area.name,
        "into": into.name,
        "day": date_format(values["changed_on"]),
        "years": ", ".join(str(year) for year in found.list_years),
        "departments": ", ".join(str(row.department) for row in found.memberships),
        "connected": ", ".join(str(row.department) for row in found.connections),
    }
    sentences = {
        gettext("%(area)s bliver stående i registeret med sin historik og viser videre til %(into)s."): True,
        gettext("Nye sager kan ikke oprettes i %(area)s. Sager, der er i gang, følger %(into)s fra %(day)s."): True,
        gettext("Rækker om %(area)s på senere lister kommer til at stå under %(into)s."): True,
        gettext("Lister fra før %(day)s, der nævner %(area)s, tæller også for %(into)s: %(years)s."): found.list_years,
        gettext("Afdelinger, der ligger i %(into)s fra %(day)s: %(departments)s."): found.memberships,
        gettext("Afdelinger, der er knyttet til %(into)s fra %(day)s: %(connected)s."): found.connections,
        gettext("Udviklingsplanen for %(area)s binder også %(into)s."): found.plans,
    }
    return [sentence % names for sentence, applies in sentences.items() if applies]


@upkeep
def split(request: PortalRequest, key: str) -> HttpResponse:
    """A part becomes an area of its own, as the minister approved."""
    area = _area(key)
    departments = Department.objects.in_area(area, on=request.today).order_by("sort_key")

    def effects(values: dict[str, Any]) -> Sequence[str]:
        names = {"part": values["name"], "area": area.name, "day": date_format(values["changed_on"])}
        moved = ", ".join(str(department) for department in values["departments"]) or gettext("ingen")
        return [
            gettext("»%(part)s« er et boligområde for sig fra %(day)s.") % names,
            gettext("Lister fra før %(day)s, der nævner %(area)s, tæller også for »%(part)s«.") % names,
            gettext("En udviklingsplan, der er begyndt før %(day)s, binder begge.") % names,
            gettext("Afdelinger, der ligger i »%(part)s« fra %(day)s: %(moved)s.") % {**names, "moved": moved},
        ]

    page = _page(area, gettext("Udskil en del af området"), gettext("Delen er udskilt."))
    form = SplitForm(request.POST or None, departments=departments)
    return _confirm(request, page, form, act=transitions.split_area, area=area, effects=effects)


@upkeep
def enlarge(request: PortalRequest, key: str) -> HttpResponse:
    """Adjoining parcels are taken in, as the minister approved."""
    area = _area(key)

    def effects(values: dict[str, Any]) -> Sequence[str]:
        return [
            gettext("Det står på %(area)s, at området er udvidet fra %(day)s, og hvor ministeren har godkendt det.")
            % {"area": area.name, "day": date_format(values["changed_on"])},
            gettext("Historikken er uændret. Afdelinger på de nye arealer lægges i området på deres egne sider."),
        ]

    page = _page(area, gettext("Udvid området"), gettext("Udvidelsen er registreret."))
    return _confirm(request, page, EnlargeForm(request.POST or None), act=transitions.enlarge_area, area=area, effects=effects)


def _area(key: str) -> HousingArea:
    return get_object_or_404(HousingArea.objects.select_related("municipality"), key=key)


def _page(area: HousingArea, heading: str, saved: str) -> Page:
    return Page(heading, f"{area.name}, {area.municipality}", area.get_absolute_url(), saved)


def _confirm(
    request: PortalRequest,
    page: Page,
    form: PortalForm,
    *,
    act: Callable[..., object],
    area: HousingArea,
    effects: Effects,
) -> HttpResponse:
    """The form; then what it leads to, rehearsed; then the act. What was typed goes along, and back to the form on request."""
    wants_to_edit = "edit" in request.POST
    if request.method == "POST" and not wants_to_edit and form.is_valid():
        told = effects(form.cleaned_data)
        # The act may change the row in memory, so each try gets one of its own.
        doing = functools.partial(act, _area(area.key), **form.cleaned_data, by=request.actor)
        try:
            if "confirmed" in request.POST:
                doing()
                messages.success(request, page.saved)
                return redirect(page.back)
            transitions.rehearse(doing)
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            posted = [
                (name, value) for name in form.data for value in request.POST.getlist(name) if name != "csrfmiddlewaretoken"
            ]
            return render(request, "areas/upkeep_confirm.html", {"page": page, "effects": told, "posted": posted})
    return render(request, "areas/upkeep.html", {"page": page, "form": form, "is_shown_first": True})


def _posted(request: PortalRequest) -> list[tuple[str, str]]:
    """What was typed, name by name, to go along."""
    return [(name, text) for name, texts in request.POST.lists() for text in texts if name != "csrfmiddlewaretoken"]
