"""Pages of the frames, for people of the fund."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from ledger.forms import EntryFilterForm
from ledger.kinds import FrameKind
from ledger.models import Entry, FrameYear, FrameYearEvent
from ledger.permissions import Act, may
from ledger.positions import Position
from ledger.querysets import EntryQuerySet

YEAR_ORDERS = {name: [name] for name in ("year", "committed", "rent_committed", "carried_in", "carried_out")}
ENTRY_ORDERS = {
    "at": ["at"],
    "decided_on": ["decided_on"],
    "case": ["allocation__case_reference"],
    "kind": ["kind"],
    "money": ["money"],
    "amount": ["amount"],
}


@dataclasses.dataclass(frozen=True)
class YearRow:
    """A year of the list: its row and where it stands."""

    frame_year: FrameYear
    position: Position


@require_safe
def frames(request: PortalRequest) -> HttpResponseBase:
    """All years: what each has, what is committed, what is left; the running year on top."""
    _for_the_fund(request)
    years = ordered_by(
        request, FrameYear.objects.of(FrameKind.ORDINARY).with_reserved().select_related("period"), YEAR_ORDERS, default="-year"
    )
    rows = [YearRow(frame_year, frame_year.position) for frame_year in years]
    if wanted := export_format(request):
        return export(rows, YEARS, wanted, name=gettext("Årlige rammer"))
    current = next((row for row in rows if row.frame_year.year == request.today.year), None)
    return render(request, "ledger/frames.html", {"rows": rows, "current": current})


@require_safe
def frame_year(request: PortalRequest, year: int) -> HttpResponseBase:
    """One year: where it stands, what happened to its frame, and its entries."""
    _for_the_fund(request)
    shown = get_object_or_404(FrameYear.objects.with_reserved().select_related("period"), year=year, kind=FrameKind.ORDINARY)
    form = EntryFilterForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    entries = _chosen(Entry.objects.filter(frame_year=shown).with_names(), chosen)
    entries = ordered_by(request, entries, ENTRY_ORDERS, default="-at")
    if wanted := export_format(request):
        return export(entries.iterator(chunk_size=500), ENTRIES, wanted, name=gettext("Posteringer %(year)s") % {"year": year})
    context = {
        "frame_year": shown,
        "position": shown.position,
        "form": form,
        "is_filtered": any(chosen.values()),
        "page_obj": page_of(request, entries),
        "events": [_told(event) for event in shown.events.select_related("user").order_by("-pk")],
    }
    return render(request, "ledger/frame_year.html", context)


def _for_the_fund(request: PortalRequest) -> None:
    """Refuse everybody else: who is signed in may know that the page exists, the bookkeeping is the fund's own."""
    if not may(request.actor, Act.SEE):
        raise PermissionDenied


def _chosen(entries: EntryQuerySet, chosen: dict[str, Any]) -> EntryQuerySet:
    """The entries that the filter leaves."""
    lookups = {
        "q": "allocation__case_reference__startswith",
        "kind": "kind",
        "money": "money",
        "since": "decided_on__gte",
        "until": "decided_on__lte",
    }
    return entries.filter(**{lookups[name]: value for name, value in chosen.items() if value})


def _told(event: FrameYearEvent) -> dict[str, Any]:
    """The event as the timeline shows it."""
    return {"what": event.told, "who": event.user or event.get_role_display(), "at": event.at, "why": event.reason}


YEARS: list[Column[YearRow]] = [
    Column(_("År"), lambda row: row.frame_year.year),
    Column(_("Bevillingsperiode"), lambda row: row.frame_year.period.name),
    Column(_("Grundbeløb"), lambda row: row.position.base),
    Column(_("Reguleret beløb"), lambda row: row.position.regulated),
    Column(_("Overført fra året før"), lambda row: row.position.carried_in),
    Column(_("Overført til året efter"), lambda row: row.position.carried_out),
    Column(_("Givne tilsagn"), lambda row: row.position.committed),
    Column(_("Tilbage"), lambda row: row.position.available),
    Column(_("Lejedelens loft"), lambda row: row.position.rent_ceiling),
    Column(_("Heraf tilsagn til husleje"), lambda row: row.position.rent_committed),
    Column(_("Tilbage til husleje"), lambda row: row.position.rent_available),
    Column(_("Lukket"), lambda row: row.frame_year.closed_on),
]

ENTRIES: list[Column[Entry]] = [
    Column(_("Nummer"), lambda entry: entry.pk),
    Column(_("Bogført"), lambda entry: entry.at),
    Column(_("Besluttet"), lambda entry: entry.decided_on),
    Column(_("Sag"), lambda entry: entry.case_reference),
    Column(_("Art"), lambda entry: entry.get_kind_display()),
    Column(_("Formål"), lambda entry: entry.money_label),
    Column(_("Beløb"), lambda entry: entry.amount),
    Column(_("Af"), lambda entry: str(entry.by or entry.get_role_display())),
    Column(_("Rolle"), lambda entry: entry.get_role_display()),
    Column(_("Hjemmel"), lambda entry: entry.legal_basis),
    Column(_("Begrundelse"), lambda entry: entry.reason),
    Column(_("Tilbagefører nummer"), lambda entry: entry.reverses_id),
]
