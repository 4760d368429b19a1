"""The planner: which cases fit into what is left of the frame, and the forecast of its use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from applications import charts, permissions, planning
from applications.forms.planner import AssumptionsForm, LineFilterForm
from applications.models import Scenario
from applications.planning import Planned, Row
from applications.rules.forecast import STAGE_NAMES, MonthForecast, StageForecast
from areas.models import Answer
from lbf_portal.lib.tables import Column, Format, export, export_format, page_of

LATEST = 5
ANSWERS = {Answer.YES: _("Ja"), Answer.NO: _("Nej"), Answer.UNKNOWN: _("Ukendt")}

SORTS: dict[str, Callable[[Row], Any]] = {
    "place": lambda row: row.place,
    "number": lambda row: row.number,
    "received": lambda row: row.case.received_on,
    "amount": lambda row: row.total,
    "year": lambda row: row.year,
}

COLUMNS: list[Column[Row]] = [
    Column(_("Plads"), lambda row: row.place),
    Column(_("Sagsnummer"), lambda row: row.number),
    Column(_("Indsats"), lambda row: row.case.application.title),
    Column(_("Boligområde"), lambda row: row.case.application.area.name),
    Column(_("Kommune"), lambda row: row.case.application.municipality.name),
    Column(_("Boligorganisation"), lambda row: row.case.application.organisation.name),
    Column(_("Fortrin efter § 61 a"), lambda row: ANSWERS[row.case.priority]),
    Column(_("Efter listen af"), lambda row: row.case.listed_on),
    Column(_("Modtaget"), lambda row: row.case.received_on),
    Column(_("Status"), lambda row: row.case.application.get_state_display()),
    Column(_("Til den boligsociale indsats"), lambda row: row.social),
    Column(_("Til huslejestøtte"), lambda row: row.rent),
    Column(_("I alt"), lambda row: row.total),
    Column(_("Beløbet er"), lambda row: str(row.amount_is)),
    Column(_("Ventet år"), lambda row: row.year),
    Column(_("Året er"), lambda row: capfirst(str(row.year_is))),
    Column(_("Andel året efter i procent"), lambda row: None if row.later_share is None else row.later_share * 100),
    Column(_("Plads i rammen for"), lambda row: row.placement.year),
    Column(_("Hvorfor ikke"), lambda row: gettext(row.why_not) if row.why_not else ""),
    Column(_("Mangler"), lambda row: row.placement.lacking or None),
    Column(_("Løbende sum"), lambda row: row.running),
]
COLUMNS_OF_SCENARIO: list[Column[Row]] = [
    *COLUMNS,
    Column(_("Flyttet"), lambda row: row.is_moved),
    Column(_("Sat i scenariet"), lambda row: row.own is not None),
    Column(_("Begrundelse"), lambda row: row.own.reason if row.own else ""),
]


def for_planners(request: PortalRequest) -> None:
    """Refuse everybody outside the fund: what is tried out says nothing about anybody's case.

    Errors: PermissionDenied.
    """
    if not permissions.may_plan(request.actor):
        raise PermissionDenied


@dataclass(frozen=True)
class Line:
    """The line as a page shows it: narrowed and sorted as the address asks for."""

    form: LineFilterForm
    rows: Sequence[Row]
    wanted: Format | None


def line_of(request: PortalRequest, planned: Planned) -> Line:
    """What the address asks for. Errors: Http404 for a file that is not offered."""
    form = LineFilterForm(request.GET)
    return Line(form, _sorted(request, form.narrow(planned.rows)), export_format(request))


def _sorted(request: PortalRequest, rows: Iterable[Row]) -> list[Row]:
    wanted = request.GET.get("sort", "place")
    key = SORTS.get(wanted.removeprefix("-"), SORTS["place"])
    # The place parts equals, whichever way the list is turned.
    return sorted(sorted(rows, key=SORTS["place"]), key=key, reverse=wanted.startswith("-"))


@require_safe
def plan(request: PortalRequest) -> HttpResponseBase:
    """The waiting and prequalified cases in their order, as they are, against this year and the next."""
    for_planners(request)
    desk = planning.desk(on=request.today)
    planned = planning.planned(desk)
    line = line_of(request, planned)
    if line.wanted:
        return export(line.rows, COLUMNS, line.wanted, name=gettext("Planlægning"))
    scenarios = Scenario.objects.visible_to(request.actor).filter(is_put_away=False).with_names()
    context = {
        "form": line.form,
        "is_filtered": line.form.is_filtering,
        "page_obj": page_of(request, line.rows),  # type: ignore[type-var]  # rows, not models
        "planned": planned,
        "desk": desk,
        "elsewhere": sum(desk.elsewhere.values()),
        "scenarios": scenarios[:LATEST],
    }
    return render(request, "applications/planner.html", context)


# The forecast


@dataclass(frozen=True)
class StageRow:
    """A stage with the fields in which its assumptions stand."""

    forecast: StageForecast
    name: str
    probability: forms.BoundField
    months: forms.BoundField


MONTHS: list[Column[MonthForecast]] = [
    Column(_("Måned"), lambda one: one.month),
    Column(_("Lavt"), lambda one: one.due.low),
    Column(_("Ventet"), lambda one: one.due.expected),
    Column(_("Højt"), lambda one: one.due.high),
    Column(_("Lavt i alt"), lambda one: one.so_far.low),
    Column(_("Ventet i alt"), lambda one: one.so_far.expected),
    Column(_("Højt i alt"), lambda one: one.so_far.high),
    Column(_("Fri i rammerne"), lambda one: one.room),
]


@require_safe
def forecast(request: PortalRequest) -> HttpResponseBase:
    """The frame's use by stage, year and month, with assumptions that the reader may change in the address."""
    for_planners(request)
    form = AssumptionsForm(request.GET)
    outlook = planning.outlook(on=request.today, assumed=form.assumed())
    answer = outlook.answer
    wanted = export_format(request)
    if wanted and not form.errors:
        return export(answer.months, MONTHS, wanted, name=gettext("Prognose"))
    stages = [StageRow(line, gettext(STAGE_NAMES[line.stage]), *form.fields_of(line.stage)) for line in answer.stages]
    context = {
        "form": form,
        "answer": answer,
        "stages": stages,
        "hidden_drafts": outlook.hidden_drafts,
        "chart": charts.chart(answer.months),
        "last_month": answer.months[-1].month if answer.months else None,
        "year": request.today.year,
    }
    return render(request, "applications/planner_forecast.html", context)
