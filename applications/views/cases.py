"""The list of cases that the reader may know of."""

from __future__ import annotations

import datetime

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from accounts.models import read_former_names
from applications import permissions
from applications.forms.filters import CaseFilterForm
from applications.models import Application
from areas.models import Municipality
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of

ORDERS = {
    "number": ["case_number"],
    "title": ["title"],
    "area": ["area__sort_key"],
    "municipality": ["municipality__sort_key"],
    "organisation": ["organisation__sort_key"],
    "state": ["state"],
    "since": ["state_since"],
    "submitted": ["submitted_at"],
}


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return timezone.localdate(moment) if moment else None


EXPORT: list[Column[Application]] = [
    Column(_("Sagsnummer"), lambda case: case.case_number),
    Column(_("Indsats"), lambda case: case.title),
    Column(_("Boligområde"), lambda case: case.area.name),
    Column(_("Kommune"), lambda case: case.municipality.name),
    Column(_("Boligorganisation"), lambda case: case.organisation_name),
    Column(_("Status"), lambda case: case.get_state_display()),
    Column(_("Hvis tur"), lambda case: case.awaits),
    Column(_("Siden"), lambda case: _day(case.state_since)),
    Column(_("Modtaget"), lambda case: _day(case.submitted_at)),
    Column(_("Regelsæt"), lambda case: case.rule_set),
    Column(_("Opdigtet til demo"), lambda case: case.is_demo),
]


@require_safe
def case_list(request: PortalRequest) -> HttpResponseBase:
    """Cases, newest first until somebody sorts otherwise; `?_export=csv|xlsx` gives all that fit the filters."""
    visible = Application.objects.visible_to(request.actor, on=request.today)
    years = range(request.today.year, 2010, -1)
    form = CaseFilterForm(
        request.GET,
        municipalities=Municipality.objects.filter(pk__in=visible.values("municipality_id")),
        years=years,
        is_fund=request.actor.is_fund,
    )
    cases = form.narrow(visible, person=request.actor.user).with_list_relations()
    cases = ordered_by(request, cases, ORDERS, default="-number")
    if wanted := export_format(request):
        cases = cases.prefetch_related("organisation__former_names")
        return export(cases.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Sager"))
    page = page_of(request, cases)
    read_former_names(case.organisation for case in page)
    context = {
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page,
        "cases": page.object_list,
        "may_create": permissions.may_create(request.actor),
        "may_decide": permissions.may_decide(request.actor),
    }
    return render(request, "applications/list.html", context)
