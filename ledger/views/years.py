"""One year of a frame: where it stands, what is ahead of it, what happened to it, and its entries."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from ledger.forms import EntryFilterForm
from ledger.history import Share, Standing, shares
from ledger.kinds import FrameKind
from ledger.models import Entry, FrameYear, FrameYearEvent
from ledger.positions import ZERO
from ledger.querysets import EntryQuerySet
from ledger.signals import waiting
from ledger.views import offers
from ledger.views.standing import as_of, for_the_fund, standing_of, year_pages

ENTRY_ORDERS = {
    "number": ["pk"],
    "at": ["at"],
    "decided_on": ["decided_on"],
    "case": ["allocation__case_reference"],
    "kind": ["kind"],
    "money": ["money"],
    "amount": ["amount"],
}


@dataclasses.dataclass(frozen=True)
class Outlook:
    """What the year is heading for: committed, reserved, and what waits for a decision."""

    standing: Standing
    shares: Sequence[Share]
    # False for a past day: what waited then is not kept.
    knows_waiting: bool

    @property
    def waiting(self) -> Decimal:
        """What cases that are ready to be decided would take beyond what is reserved for them."""
        return sum((share.waiting for share in self.shares), start=ZERO)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.standing.position.outlook(self.waiting)

    @property
    def available(self) -> Decimal:
        """What would be left; negative when not all can be met."""
        return self.standing.position.outlook_available(self.waiting)

    @property
    def holding(self) -> int:
        """Cases that hold something."""
        return sum(1 for share in self.shares if share.held)

    @property
    def reserving(self) -> int:
        """Cases for which something is reserved."""
        return sum(1 for share in self.shares if share.reserved)

    @property
    def awaiting(self) -> int:
        """Cases that would take more once decided."""
        return sum(1 for share in self.shares if share.waiting)


def outlook_of(standing: Standing, *, on: datetime.date | None, today: datetime.date) -> Outlook:
    """The year's cases and what they add up to; what waits is known of today alone, and only an open year can meet it."""
    knows_waiting = on is None and standing.closed_on is None and standing.position.frame == FrameKind.ORDINARY
    ahead = waiting(on=today) if knows_waiting and standing.position.year >= today.year else []
    return Outlook(standing, shares(standing.frame_year, on, waiting=ahead), knows_waiting)


@require_safe
def frame_year(request: PortalRequest, year: int, frame: FrameKind = FrameKind.ORDINARY) -> HttpResponseBase:
    """The year now, or as the ledger stood in the evening of a past day."""
    for_the_fund(request)
    form = EntryFilterForm(request.GET, today=request.today)
    form.is_valid()
    on = form.on_day
    standing = standing_of(year, frame, form)
    context = {
        "year": year,
        "name": FrameYear(year=year, kind=frame).called,
        "form": form,
        "is_filtered": form.is_filtered,
        **as_of(form),
        **year_pages(year, frame, form),
    }
    wanted = export_format(request)
    if standing is None:
        return render(request, "ledger/no_frame_yet.html", context, status=400 if wanted else 200)
    entries = Entry.objects.filter(frame_year=standing.frame_year).with_names()
    events = standing.frame_year.events.select_related("user", "seconded_by")
    if on:
        entries, events = entries.posted_by(on), events.happened_by(on)
    entries = ordered_by(request, _chosen(entries, form.cleaned_data), ENTRY_ORDERS, default="-at")
    if wanted and not form.is_of_no_day:
        return export(entries.iterator(chunk_size=500), ENTRIES, wanted, name=_file_name(standing, on))
    context |= {
        "standing": standing,
        "frame_year": standing.frame_year,
        "position": standing.position,
        "outlook": outlook_of(standing, on=on, today=request.today),
        "narrows": form.narrows,
        "page_obj": page_of(request, entries),
        "events": [_told(event) for event in events.order_by("-pk")],
        "offers": [] if on else offers.of_year(request.actor, standing.frame_year, today=request.today),
    }
    return render(request, "ledger/frame_year.html", context, status=400 if wanted else 200)


def _file_name(standing: Standing, on: datetime.date | None) -> str:
    facts = {"name": standing.frame_year.called, "day": on.isoformat() if on else ""}
    return gettext("%(name)s: posteringerne %(day)s") % facts


def _chosen(entries: EntryQuerySet, chosen: dict[str, Any]) -> EntryQuerySet:
    """The entries that the filter leaves."""
    lookups = {
        "q": "allocation__case_reference__startswith",
        "kind": "kind",
        "money": "money",
        "since": "decided_on__gte",
        "until": "decided_on__lte",
    }
    return entries.filter(**{lookups[name]: value for name, value in chosen.items() if value and name in lookups})


def _told(event: FrameYearEvent) -> dict[str, Any]:
    """The event as the timeline shows it."""
    who = str(event.user or event.get_role_display())
    if event.seconded_by:
        who = gettext("%(who)s, godkendt af %(second)s") % {"who": who, "second": event.seconded_by}
    return {"what": event.told, "who": who, "at": event.at, "why": event.reason}


ENTRIES: list[Column[Entry]] = [
    Column(_("Nummer"), lambda entry: entry.pk),
    Column(_("Bogført"), lambda entry: entry.at),
    Column(_("Besluttet"), lambda entry: entry.decided_on),
    Column(_("Sag"), lambda entry: entry.case_reference),
    Column(_("Art"), lambda entry: entry.get_kind_display()),
    Column(_("Årsag"), lambda entry: entry.get_cause_display()),
    Column(_("Formål"), lambda entry: entry.money_label),
    Column(_("Beløb"), lambda entry: entry.amount),
    Column(_("Tilbageholdt"), lambda entry: entry.is_withheld),
    Column(_("Hvad der skete med pengene"), lambda entry: entry.explanation),
    Column(_("Af"), lambda entry: str(entry.by or entry.get_role_display())),
    Column(_("Rolle"), lambda entry: entry.get_role_display()),
    Column(_("Godkendt af"), lambda entry: str(entry.seconded_by or "")),
    Column(_("Hjemmel"), lambda entry: entry.legal_basis),
    Column(_("Begrundelse"), lambda entry: entry.reason),
    Column(_("Beslutning"), lambda entry: entry.decision),
    Column(_("Tilbagefører nummer"), lambda entry: entry.reverses_id),
]
