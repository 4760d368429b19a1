"""Mandates of an organisation: those it gave and those it holds."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from accounts.models import Mandate, Organisation
from accounts.permissions import may_give_mandates, may_see
from accounts.transitions import PRINCIPALS, revoke_mandate
from applications.forms.mandates import MOST_CASES, STATES, CaseSearchForm, MandateFilterForm, MandateForm, RevokeForm
from applications.models import Application
from applications.transitions import mandates as transitions
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of

ORDERS = {
    "principal": ["principal__sort_key"],
    "holder": ["holder__sort_key"],
    "right": ["right"],
    "from": ["valid_from"],
    "to": ["valid_to"],
}
STATE_NAMES = dict(STATES)


def state_of(mandate: Mandate, on: datetime.date) -> str:
    """Where the mandate stands on the day: a key of `STATE_NAMES`."""
    if mandate.revoked_on is not None and mandate.revoked_on <= on:
        return "revoked"
    if mandate.valid_to < on:
        return "over"
    return "coming" if mandate.valid_from > on else "holds"


def _in_state(state: str, on: datetime.date) -> Q:
    revoked = Q(revoked_on__lte=on)
    return {
        "revoked": revoked,
        "over": ~revoked & Q(valid_to__lt=on),
        "coming": ~revoked & Q(valid_from__gt=on),
        "holds": ~revoked & Q(valid_from__lte=on, valid_to__gte=on),
    }[state]


@require_safe
def mandate_list(request: PortalRequest, organisation: int) -> HttpResponseBase:
    """Mandates, given and held; whoever gave them and whoever holds them see the same."""
    found = _find(request, organisation)
    form = MandateFilterForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    rows = Mandate.objects.of(found).select_related("principal", "holder")
    if text := sort_key(chosen.get("q") or ""):
        rows = rows.filter(Q(principal__sort_key__contains=text) | Q(holder__sort_key__contains=text))
    if side := chosen.get("side"):
        rows = rows.filter(**{"principal" if side == "given" else "holder": found})
    if state := chosen.get("state"):
        rows = rows.filter(_in_state(state, request.today))
    rows = ordered_by(request, rows, ORDERS, default="-from")
    if wanted := export_format(request):
        return export(rows.iterator(chunk_size=500), _columns(request.today), wanted, name=gettext("Fuldmagter"))
    page = page_of(request, rows)
    context = {
        "organisation": found,
        "form": form,
        "is_filtered": any(chosen.values()),
        "page_obj": page,
        "lines": [(row, state_of(row, request.today)) for row in page],
        "may_give": may_give_mandates(request.actor, found) and found.kind in PRINCIPALS,
    }
    return render(request, "applications/mandates.html", context)


def _columns(on: datetime.date) -> list[Column[Any]]:
    return [
        Column(_("Fuldmagtsgiver"), lambda mandate: mandate.principal.name),
        Column(_("Fuldmægtig"), lambda mandate: mandate.holder.name),
        Column(_("Omfang"), lambda mandate: mandate.get_right_display()),
        Column(_("Sager"), lambda mandate: mandate.case_count if mandate.is_limited else gettext("Alle")),
        Column(_("Fra"), lambda mandate: mandate.valid_from),
        Column(_("Til og med"), lambda mandate: mandate.valid_to),
        Column(_("Status"), lambda mandate: STATE_NAMES[state_of(mandate, on)]),
        Column(_("Dokumentation"), lambda mandate: mandate.evidence),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: PortalRequest, organisation: int) -> HttpResponse:
    """Let another organisation act for this one."""
    found = _find(request, organisation)
    if not may_give_mandates(request.actor, found) or found.kind not in PRINCIPALS:
        raise PermissionDenied
    ours = Q(organisation__in=request.actor.organisation_ids) | Q(participants__in=request.actor.organisation_ids)
    cases = Application.objects.filter(ours).open().distinct()
    initial = {
        "valid_from": request.today,
        "is_limited": "no",
        "holder": found.administered_by_id,
        "cases": request.GET.getlist("case"),
    }
    search = CaseSearchForm(request.GET)
    text = search.cleaned_data["q"] if search.is_valid() else ""
    form = MandateForm(request.POST or None, principal=found, cases=cases, text=text, initial=initial)
    if request.method == "POST" and form.is_valid():
        terms = {"cases": [], **form.cleaned_data}
        try:
            mandate = transitions.give(found, **terms, by=request.actor, at=timezone.now())
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Fuldmagten er givet til %(holder)s.") % {"holder": mandate.holder})
            return redirect("applications:mandates", organisation=found.pk)
    context = {
        "organisation": found,
        "form": form,
        "search": search,
        "asks_to_search": bool(text) or cases.count() > MOST_CASES,
        "most": MOST_CASES,
    }
    return render(request, "applications/mandate_give.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mandate(request: PortalRequest, organisation: int, mandate: int) -> HttpResponse:
    """One mandate, and the way to end it, for either side."""
    found = _find(request, organisation)
    rows = Mandate.objects.of(found).select_related("principal", "holder", "given_by", "revoked_by")
    row = get_object_or_404(rows, pk=mandate)
    may_revoke = may_give_mandates(request.actor, found)
    if request.method == "POST" and not may_revoke:
        raise PermissionDenied
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoke_mandate(row, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now())
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Fuldmagten er tilbagekaldt og gælder ikke længere."))
            return redirect("applications:mandates", organisation=found.pk)
    state = state_of(row, request.today)
    cases, tells_titles = _cases_of(request, row)
    context = {
        "organisation": found,
        "mandate": row,
        "cases": cases,
        "tells_titles": tells_titles,
        "unsent": row.case_count - len(cases),
        "state": state,
        "state_name": STATE_NAMES[state],
        "form": form if may_revoke and state in {"holds", "coming"} else None,
    }
    return render(request, "applications/mandate.html", context)


def _cases_of(request: PortalRequest, mandate: Mandate) -> tuple[list[Application], bool]:
    """The cases of a limited mandate that the reader may know of, and whether their names may be told, too.

    The principal knows its own. To the fund a draft is nothing yet. At the holder's, who cannot act by the mandate sees numbers.
    """
    cases = Application.objects.filter(pk__in=mandate.case_ids).order_by("case_number") if mandate.is_limited else None
    if cases is None:
        return [], True
    if request.actor.is_fund:
        return list(cases.visible_to(request.actor, on=request.today)), True
    if request.actor.organisation == mandate.principal:
        return list(cases), True
    return list(cases), Mandate.objects.usable_by(request.user, on=request.today).filter(pk=mandate.pk).exists()


def _find(request: PortalRequest, pk: int) -> Organisation:
    """The organisation, for its own people and the fund. Errors: Http404 for everybody else, whether or not it exists."""
    found = Organisation.objects.select_related("administered_by").filter(pk=pk).first()
    if found is None or not may_see(request.actor, found):
        raise Http404("No such organisation")
    return found
