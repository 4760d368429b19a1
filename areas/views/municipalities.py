"""Municipalities with what lies in them, for every signed-in person."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from areas.filters import MunicipalityFilterForm
from areas.models import Department, HousingArea, Municipality, standings
from areas.views.organisations import registered
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of

ORDERS = {
    "name": ["sort_key"],
    "code": ["code"],
    "region": ["region_name", "sort_key"],
    "areas": ["area_count", "sort_key"],
    "organisations": ["organisation_count", "sort_key"],
    "departments": ["department_count", "sort_key"],
}


def _counted() -> QuerySet[Municipality]:
    """Municipalities with `area_count`, `organisation_count` and `department_count`, each counted for itself."""
    organisations = registered().filter(municipality_code=OuterRef("code"))
    return Municipality.objects.annotate(
        area_count=_count(HousingArea.objects.filter(municipality=OuterRef("pk")), "municipality"),
        organisation_count=_count(organisations.order_by(), "municipality_code"),
        department_count=_count(Department.objects.filter(municipality=OuterRef("pk")), "municipality"),
    )


def _count(rows: Any, by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(number=Count("pk", distinct=True)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@require_safe
def municipality_list(request: PortalRequest) -> HttpResponseBase:
    """The municipalities, and how much the register holds of each."""
    regions = Municipality.objects.order_by("region_name").values_list("region_code", "region_name").distinct()
    form = MunicipalityFilterForm(request.GET, regions=regions)
    form.is_valid()
    chosen = form.cleaned_data
    municipalities = _counted()
    if text := chosen.get("q"):
        municipalities = municipalities.filter(sort_key__contains=sort_key(text))
    if region := chosen.get("region"):
        municipalities = municipalities.filter(region_code=region)
    municipalities = ordered_by(request, municipalities, ORDERS, default="name")
    if wanted := export_format(request):
        return export(municipalities.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Kommuner"))
    context = {"form": form, "is_filtered": any(chosen.values()), "page_obj": page_of(request, municipalities)}
    return render(request, "areas/municipalities.html", context)


@require_safe
def municipality_detail(request: PortalRequest, code: str) -> HttpResponseBase:
    """One municipality: its areas with what they are today, its organisations; its departments stand in their own list."""
    municipality = get_object_or_404(_counted(), code=code)
    areas = list(HousingArea.objects.visible_to(request.actor).filter(municipality=municipality))
    standing = standings(areas, on=request.today)
    context = {
        "municipality": municipality,
        "areas": [(area, standing[area.pk]) for area in areas],
        "organisations": registered().filter(municipality_code=code).order_by("sort_key"),
    }
    return render(request, "areas/municipality.html", context)


EXPORT: list[Column[Any]] = [
    Column(_("Kommunekode"), lambda municipality: municipality.code),
    Column(_("Kommune"), lambda municipality: municipality.name),
    Column(_("Regionskode"), lambda municipality: municipality.region_code),
    Column(_("Region"), lambda municipality: municipality.region_name),
    Column(_("Boligområder"), lambda municipality: municipality.area_count),
    Column(_("Boligorganisationer"), lambda municipality: municipality.organisation_count),
    Column(_("Afdelinger"), lambda municipality: municipality.department_count),
]
