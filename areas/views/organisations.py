"""Housing organisations and administration organisations, for every signed-in person: the register is public."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from accounts.models import FormerName, Organisation, Succession
from accounts.permissions import may_see
from accounts.roles import OrganisationKind
from accounts.transitions import MERGING
from areas import history
from areas.filters import REGISTERED_KINDS, OrganisationFilterForm
from areas.models import Department, Municipality
from areas.permissions import may
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of

ORDERS = {
    "name": ["sort_key"],
    "kind": ["kind", "sort_key"],
    "cvr": ["cvr_number"],
    "lbf": ["lbf_number"],
    "municipality": ["municipality_sort_key", "sort_key"],
    "administered_by": ["administered_by__sort_key", "sort_key"],
    "departments": ["department_count", "sort_key"],
}


def registered() -> Any:
    """The organisations of the register with `municipality_name` and `department_count`; the other parties are not in it."""
    municipality = Municipality.objects.filter(code=OuterRef("municipality_code"))
    return (
        Organisation.objects.filter(kind__in=REGISTERED_KINDS)
        .select_related("administered_by")
        .annotate(
            municipality_name=Subquery(municipality.values("name")[:1]),
            municipality_sort_key=Subquery(municipality.values("sort_key")[:1]),
            department_count=Count("departments"),
        )
    )


@require_safe
def organisation_list(request: PortalRequest) -> HttpResponseBase:
    """Organisations with their numbers, their municipality and how many departments they have."""
    codes = Organisation.objects.filter(kind__in=REGISTERED_KINDS).values("municipality_code")
    form = OrganisationFilterForm(request.GET, municipalities=Municipality.objects.filter(code__in=codes))
    form.is_valid()
    chosen = form.cleaned_data
    organisations = registered()
    if text := chosen.get("q"):
        earlier = FormerName.objects.filter(name__icontains=text)
        found = Q(sort_key__contains=sort_key(text)) | Q(cvr_number=text) | Q(lbf_number=text)
        organisations = organisations.filter(found | Q(pk__in=earlier.values("organisation_id")))
    if kind := chosen.get("kind"):
        organisations = organisations.filter(kind=kind)
    if code := chosen.get("municipality"):
        organisations = organisations.filter(municipality_code=code)
    organisations = ordered_by(request, organisations, ORDERS, default="name")
    if wanted := export_format(request):
        return export(organisations.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Boligorganisationer"))
    context = {"form": form, "is_filtered": any(chosen.values()), "page_obj": page_of(request, organisations)}
    return render(request, "areas/organisations.html", context)


@require_safe
def organisation_detail(request: PortalRequest, organisation: int) -> HttpResponseBase:
    """One organisation: its numbers, who administers it, whom it administers, its departments, its history."""
    found = get_object_or_404(registered(), pk=organisation)
    departments = Department.objects.visible_to(request.actor).filter(organisation=found).select_related("municipality")
    context = {
        "organisation": found,
        "municipality": Municipality.objects.filter(code=found.municipality_code).first(),
        "administers": found.administers.order_by("sort_key"),
        "departments": departments.with_area(request.today).with_residents(request.today).order_by("number"),
        "owns_departments": found.kind == OrganisationKind.HOUSING,
        "former_names": found.former_names.all(),
        "succession": Succession.objects.filter(predecessor=found).select_related("successor").first(),
        "merged_in": found.successions.select_related("predecessor"),
        "may_merge": found.kind in MERGING and found.succeeded_by_id is None,
        "may_see_people": may_see(request.actor, found),
        "history": history.of_organisation(found, reader=request.actor),
        "may_register": may(request.actor, "register"),
    }
    return render(request, "areas/organisation.html", context)


EXPORT: list[Column[Any]] = [
    Column(_("Navn"), lambda organisation: organisation.name),
    Column(_("Art"), lambda organisation: organisation.get_kind_display()),
    Column(_("CVR-nummer"), lambda organisation: organisation.cvr_number),
    Column(_("LBF-nummer"), lambda organisation: organisation.lbf_number),
    Column(_("Kommunekode"), lambda organisation: organisation.municipality_code),
    Column(_("Kommune"), lambda organisation: organisation.municipality_name),
    Column(_("Administreres af"), lambda organisation: str(organisation.administered_by or "")),
    Column(_("Afdelinger"), lambda organisation: organisation.department_count),
    Column(_("Kilde"), lambda organisation: organisation.source),
]
