"""Departments, for every signed-in person: their master data is public, and nothing here is about persons."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from areas import history
from areas.filters import DepartmentFilterForm
from areas.models import Department, Municipality, standings
from areas.permissions import may
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of

ORDERS = {
    "number": ["number"],
    "name": ["sort_key"],
    "organisation": ["organisation__sort_key", "sort_key"],
    "municipality": ["municipality__sort_key", "sort_key"],
    "area": ["area_sort_key", "sort_key"],
    "dwellings": ["dwellings"],
    "residents": ["residents"],
}


@require_safe
def department_list(request: PortalRequest) -> HttpResponseBase:
    """Departments with where they lie today and how many live there."""
    municipalities = Municipality.objects.filter(departments__isnull=False).distinct()
    form = DepartmentFilterForm(request.GET, municipalities=municipalities)
    form.is_valid()
    chosen = form.cleaned_data
    departments = (
        Department.objects.visible_to(request.actor)
        .select_related("organisation", "municipality")
        .with_area(request.today)
        .with_residents(request.today)
    )
    if text := chosen.get("q"):
        departments = departments.matching(text)
    if code := chosen.get("municipality"):
        departments = departments.filter(municipality__code=code)
    if owner_kind := chosen.get("owner_kind"):
        departments = departments.filter(owner_kind=owner_kind)
    if placed := chosen.get("placed"):
        departments = departments.filter(("area_key__isnull", placed == "no"))
    departments = ordered_by(request, departments, ORDERS, default="name")
    if wanted := export_format(request):
        return export(departments.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Afdelinger"))
    context = {
        "form": form,
        "is_filtered": any(chosen.values()),
        "page_obj": page_of(request, departments),
        "may_register": may(request.actor, "register"),
    }
    return render(request, "areas/departments.html", context)


@require_safe
def department_detail(request: PortalRequest, department: int) -> HttpResponseBase:
    """One department: what it is, who lives there year by year, where it lies and what that makes it today, its history."""
    found = get_object_or_404(
        Department.objects.visible_to(request.actor).select_related("organisation", "municipality"), pk=department
    )
    memberships = list(found.memberships.select_related("area").order_by("-valid_from"))
    connections = list(found.connections.select_related("area").order_by("-valid_from"))
    lies_in = next((row.area for row in memberships if row.holds_on(request.today)), None)
    connected_to = [row.area for row in connections if row.holds_on(request.today)]
    areas = [area for area in (lies_in, *connected_to) if area is not None]
    standing = standings(areas, on=request.today) if areas else {}
    context = {
        "department": found,
        "memberships": memberships,
        "connections": connections,
        "lies_in": lies_in,
        "standing": standing[lies_in.pk] if lies_in else None,
        "reasons": [
            {"text": reason.sentence(gettext, date_format), "basis": reason.basis}
            for reason in (standing[lies_in.pk].reasons if lies_in else ())
        ],
        "connected": [(area, standing[area.pk]) for area in connected_to],
        "counts": found.resident_counts.all(),
        "history": history.of_department(found, reader=request.actor),
        "may_register": may(request.actor, "register"),
    }
    return render(request, "areas/department.html", context)


EXPORT: list[Column[Any]] = [
    Column(_("Boligorganisation"), lambda department: department.organisation.name),
    Column(_("Afdelingsnummer"), lambda department: department.number),
    Column(_("Navn"), lambda department: department.name),
    Column(_("Ejer"), lambda department: department.get_owner_kind_display()),
    Column(_("Kommunekode"), lambda department: department.municipality.code),
    Column(_("Kommune"), lambda department: department.municipality.name),
    Column(_("Boligområdets nøgle"), lambda department: department.area_key),
    Column(_("Boligområde"), lambda department: department.area_name),
    Column(_("Adresser"), lambda department: department.addresses),
    Column(_("Postnummer"), lambda department: department.postcode),
    Column(_("Boliger"), lambda department: department.dwellings),
    Column(_("Familieboliger"), lambda department: department.family_dwellings),
    Column(_("Ungdomsboliger"), lambda department: department.youth_dwellings),
    Column(_("Ældreboliger"), lambda department: department.elderly_dwellings),
    Column(_("Areal i m²"), lambda department: department.floor_area_m2),
    Column(_("Beboere"), lambda department: department.residents),
    Column(_("Beboere opgjort"), lambda department: department.residents_on),
    Column(_("Opdigtet til demo"), lambda department: department.is_demo),
]
