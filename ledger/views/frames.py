"""All years of the frames: what each has, what is committed, what is reserved, what is left; now or on a past day."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from lbf_portal.lib.tables import Column, export, export_format
from ledger import charts
from ledger.forms import FramesFilterForm
from ledger.history import Standing, standings
from ledger.kinds import FrameKind
from ledger.models import GrantPeriod
from ledger.positions import ZERO, Position
from ledger.views.standing import as_of, for_the_fund, status_of

SORTS: dict[str, Callable[[Position], Any]] = {
    "year": lambda position: position.year,
    "ceiling": lambda position: position.ceiling,
    "carried_in": lambda position: position.carried_in,
    "carried_out": lambda position: position.carried_out,
    "rent_committed": lambda position: position.rent_committed,
    "committed": lambda position: position.committed,
    "reserved": lambda position: position.reserved,
    "available": lambda position: position.available,
}


@dataclasses.dataclass(frozen=True)
class Totals:
    """What the years of a table add up to."""

    positions: Sequence[Position]

    def __getitem__(self, name: str) -> Decimal:
        """For templates: `totals.committed`."""
        if name not in SORTS or name == "year":
            raise KeyError(name)
        return sum((getattr(position, name) for position in self.positions), start=ZERO)


@dataclasses.dataclass(frozen=True)
class Group:
    """The years of one frame; the two are never mixed (C4)."""

    frame: FrameKind
    rows: Sequence[Standing]
    chart: charts.Chart
    historic: charts.Chart

    @property
    def totals(self) -> Totals:
        """What they add up to."""
        return Totals([row.position for row in self.rows])

    @property
    def oldest_first(self) -> list[Position]:
        """For the table of the chart."""
        return sorted((row.position for row in self.rows), key=lambda position: position.year)


@require_safe
def frames(request: PortalRequest) -> HttpResponseBase:
    """All years, the running year on top, the two kinds of frame apart."""
    for_the_fund(request)
    form = FramesFilterForm(request.GET, today=request.today, periods=GrantPeriod.objects.exclude(frame=""))
    form.is_valid()
    on = form.on_day
    known = standings(on)
    rows = _sorted(request, _chosen(known, form))
    wanted = export_format(request)
    if wanted and not form.is_of_no_day:
        name = gettext("Årlige rammer") if on is None else gettext("Årlige rammer %(day)s") % {"day": on.isoformat()}
        return export(rows, columns_on(on or request.today), wanted, name=name)
    day = on or request.today
    historic = [] if form.narrows else [period for period in GrantPeriod.objects.historic() if period.first_year <= day.year]
    context = {
        "form": form,
        "is_filtered": form.is_filtered,
        "narrows": form.narrows,
        "groups": _groups(rows, historic),
        "count": len(rows),
        "current": next((row for row in known if _is_current(row, day)), None) if not form.narrows else None,
        "historic": historic,
        **as_of(form),
    }
    return render(request, "ledger/frames.html", context, status=400 if wanted else 200)


def _chosen(rows: Iterable[Standing], form: FramesFilterForm) -> list[Standing]:
    """The years that the filter leaves."""
    period, frame = form.cleaned_data.get("period"), form.cleaned_data.get("frame")
    return [
        row for row in rows if (not period or row.frame_year.period.code == period) and (not frame or row.position.frame == frame)
    ]


def _sorted(request: PortalRequest, rows: list[Standing]) -> list[Standing]:
    """In the order of `?sort=<name>`, newest first without it; the ordinary frame before the extra one either way."""
    wanted = request.GET.get("sort", "")
    key = SORTS.get(wanted.removeprefix("-"))
    if key is None:
        wanted, key = "-year", SORTS["year"]
    ordered = sorted(rows, key=lambda row: key(row.position), reverse=wanted.startswith("-"))
    return sorted(ordered, key=lambda row: row.position.frame != FrameKind.ORDINARY)


def _groups(rows: Sequence[Standing], historic: Iterable[GrantPeriod]) -> list[Group]:
    """The years by frame, with their charts; the periods before 2019 belong to the ordinary frame's story."""
    groups = []
    for frame in FrameKind:
        of_frame = [row for row in rows if row.position.frame == frame]
        earlier = historic if frame == FrameKind.ORDINARY else ()
        if of_frame:
            groups.append(Group(frame, of_frame, *charts.charts((row.position for row in of_frame), earlier)))
    return groups


def _is_current(row: Standing, day: datetime.date) -> bool:
    return row.position.frame == FrameKind.ORDINARY and row.position.year == day.year


def columns_on(day: datetime.date) -> list[Column[Standing]]:
    """A row of the file says which day it is about."""
    return [*YEARS, Column(_("Opgjort den"), lambda _row: day)]


YEARS: list[Column[Standing]] = [
    Column(_("År"), lambda row: row.position.year),
    Column(_("Ramme"), lambda row: row.position.frame.label),
    Column(_("Bevillingsperiode"), lambda row: row.frame_year.period.name),
    Column(_("Grundbeløb"), lambda row: row.position.base),
    Column(_("Reguleret beløb"), lambda row: row.position.regulated),
    Column(_("Dokument for reguleringen"), lambda row: row.regulation.document if row.regulation else ""),
    Column(_("Gældende beløb"), lambda row: row.position.ceiling),
    Column(_("Overført fra året før"), lambda row: row.position.carried_in),
    Column(_("Overført til året efter"), lambda row: row.position.carried_out),
    Column(_("Til rådighed"), lambda row: row.position.disposable),
    Column(_("Givne tilsagn"), lambda row: row.position.committed),
    Column(_("Heraf tilsagn til boligsocial indsats"), lambda row: row.position.social_committed),
    Column(_("Heraf tilsagn til husleje"), lambda row: row.position.rent_committed),
    Column(_("Heraf tilbageholdt"), lambda row: row.position.withheld),
    Column(_("Tilbage"), lambda row: row.position.available),
    Column(_("Lejedelens loft"), lambda row: row.position.rent_ceiling),
    Column(_("Tilbage til husleje"), lambda row: row.position.rent_available),
    Column(_("Reserveret"), lambda row: row.position.reserved),
    Column(_("Heraf reserveret til husleje"), lambda row: row.position.rent_reserved),
    Column(_("Tilbage ud over reservationer"), lambda row: row.position.outlook_available()),
    Column(_("Status"), status_of),
    Column(_("Lukket"), lambda row: row.closed_on),
]
