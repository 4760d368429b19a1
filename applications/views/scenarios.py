"""Scenarios of the planner: the list, making and copying, one scenario with its line and history, a case in it, and comparing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import PortalRequest
from applications import planning, scenario_history
from applications.forms.planner import (
    CaseInScenarioForm,
    ChangeScenarioForm,
    CompareForm,
    ScenarioFilterForm,
    ScenarioForm,
    labelled,
)
from applications.models import Scenario, ScenarioCase
from applications.planning import Desk, Planned, Row
from applications.rules import order
from applications.transitions import Outdated, scenarios
from applications.views.finding import find
from applications.views.planner import COLUMNS_OF_SCENARIO, for_planners, line_of
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from lbf_portal.lib.telling import told

ORDERS = {"name": ["name"], "owner": ["owner__name"], "changed": ["changed_at"], "made": ["made_at"]}

EXPORT: list[Column[Scenario]] = [
    Column(_("Navn"), lambda scenario: scenario.name),
    Column(_("Beskrivelse"), lambda scenario: scenario.note),
    Column(_("Ejer"), lambda scenario: str(scenario.owner)),
    Column(_("Delt"), lambda scenario: scenario.is_shared),
    Column(_("Når en sag må vente"), lambda scenario: scenario.get_passing_display()),
    Column(_("Overførsel til året efter"), lambda scenario: scenario.get_carrying_display()),
    Column(_("Lavet"), lambda scenario: scenario.made_at),
    Column(_("Ændret"), lambda scenario: scenario.changed_at),
]
LONGEST_NAME = 100
# Headings of what stands side by side.
PLACE, AMOUNT, ROOM = _("%(name)s: plads"), _("%(name)s: beløb"), _("%(name)s: plads i rammen for")


def find_scenario(request: PortalRequest, pk: int) -> Scenario:
    """A scenario that is shared or the reader's own.

    Errors: PermissionDenied outside the fund; Http404 for one that does not exist and for a colleague's private one.
    """
    for_planners(request)
    return get_object_or_404(Scenario.objects.visible_to(request.actor).with_names(), pk=pk)


def _own(scenario: Scenario) -> list[ScenarioCase]:
    return list(scenario.cases.select_related("application"))


@require_safe
def scenario_list(request: PortalRequest) -> HttpResponseBase:
    """What is shared, and one's own; last changed first."""
    for_planners(request)
    form = ScenarioFilterForm(request.GET)
    found = form.narrow(Scenario.objects.visible_to(request.actor), person=request.actor.user).with_names()
    found = ordered_by(request, found, ORDERS, default="-changed")
    if wanted := export_format(request):
        return export(found.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Scenarier"))
    context = {"form": form, "is_filtered": form.is_filtering, "page_obj": page_of(request, found)}
    return render(request, "applications/planner_scenarios.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Begin a scenario with the cases as they are."""
    for_planners(request)
    form = ScenarioForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            scenario = scenarios.make_scenario(form.settings(), by=request.actor, at=timezone.now())
        except Refused as refused:
            apply_violations(form, refused.violations)
        else:
            messages.success(request, gettext("Scenariet er lavet. Ret beløb, år eller plads i de sager, det handler om."))
            return redirect(scenario)
    return render(request, "applications/planner_scenario_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: PortalRequest, scenario: int) -> HttpResponse:
    """A scenario of one's own with all that this one sets."""
    original = find_scenario(request, scenario)
    name = gettext("Kopi af %(name)s") % {"name": original.name}
    form = ScenarioForm(request.POST if request.method == "POST" else None, scenario=original, name=name[:LONGEST_NAME])
    if form.is_valid():
        try:
            made = scenarios.copy_scenario(original, form.settings(), by=request.actor, at=timezone.now())
        except Refused as refused:
            apply_violations(form, refused.violations)
        else:
            messages.success(request, gettext("Kopien er lavet og er din egen."))
            return redirect(made)
    return render(request, "applications/planner_scenario_form.html", {"form": form, "scenario": original, "is_copy": True})


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PortalRequest, scenario: int) -> HttpResponse:
    """Name, sharing, and how it counts: the owner's."""
    found = find_scenario(request, scenario)
    if not found.is_owned_by(request.actor):
        raise PermissionDenied
    form = ChangeScenarioForm(request.POST if request.method == "POST" else None, scenario=found)
    if form.is_valid():
        try:
            scenarios.change_settings(found, form.settings(), by=request.actor, at=timezone.now())
        except Refused as refused:
            apply_violations(form, refused.violations)
        else:
            messages.success(request, gettext("Scenariet er ændret."))
            return redirect(found)
    return render(request, "applications/planner_scenario_form.html", {"form": form, "scenario": found})


@require_safe
def scenario(request: PortalRequest, scenario: int) -> HttpResponseBase:
    """The line with what the scenario sets, what happened to the cases since, and the scenario's history."""
    found = find_scenario(request, scenario)
    own = _own(found)
    desk = planning.desk(on=request.today)
    planned = planning.planned(desk, found, own)
    line = line_of(request, planned)
    if line.wanted:
        return export(line.rows, COLUMNS_OF_SCENARIO, line.wanted, name=gettext("Scenarie %(name)s") % {"name": found.name})
    as_they_are = planning.planned(desk)
    changes = planning.changes_since(found, desk, own)
    events = found.events.select_related("user", "organisation")
    context = {
        "scenario": found,
        "form": line.form,
        "is_filtered": line.form.is_filtering,
        "page_obj": page_of(request, line.rows),  # type: ignore[type-var]  # rows, not models
        "planned": planned,
        "as_they_are": as_they_are,
        "desk": desk,
        "elsewhere": sum(desk.elsewhere.values()),
        "changes": changes,
        "changes_mark": planning.mark_of(changes),
        "set_count": sum(row.own is not None for row in planned.rows),
        "is_owner": found.is_owned_by(request.actor),
        "events": scenario_history.lines(events),
    }
    return render(request, "applications/planner_scenario.html", context)


@require_POST
def take_note(request: PortalRequest, scenario: int) -> HttpResponse:
    """Whoever plans has seen what happened to the cases since."""
    found = find_scenario(request, scenario)
    try:
        scenarios.take_note(found, by=request.actor, at=timezone.now(), seen=request.POST.get("seen", ""))
    except Outdated as refused:
        messages.error(request, told(refused))
        return redirect(found)
    except Refused as refused:
        messages.error(request, told(refused))
        return redirect("planner:scenarios")
    messages.success(request, gettext("Scenariet går nu ud fra sagerne, som de står i dag."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def case_in_scenario(request: PortalRequest, scenario: int, case_number: int) -> HttpResponse:
    """Another amount, year, instalment or place for one case, in the scenario alone."""
    application = find(request, case_number)
    found = find_scenario(request, scenario)
    desk, own = planning.desk(on=request.today), _own(found)
    facts = desk.by_number.get(case_number)
    if facts is None:
        messages.error(request, gettext("Sag %(number)s er ikke længere i rækken.") % {"number": case_number})
        return redirect(found)
    held = next((one for one in own if one.application_id == application.pk), None)
    before = planning.planned(desk, found, own)
    natural = [one.number for one in order.by_rule(one.in_line() for one in desk.cases)]
    form = CaseInScenarioForm(
        request.POST if request.method == "POST" else None,
        case=facts,
        held=held,
        years=[year.year for year in desk.years],
        line=(natural.index(case_number) + 1, len(natural)),
    )
    colleague = False
    if form.is_valid():
        choice, reason, seen = form.choice(), form.cleaned_data["reason"], form.cleaned_data["seen"]
        try:
            scenarios.set_case(found, application, choice, reason=reason, by=request.actor, at=timezone.now(), seen=seen)
        except Outdated as refused:
            colleague = True
            form.show_again(held)
            form.add_error(None, told(refused))
        except (IllegalMove, NotAllowed) as refused:
            messages.error(request, told(refused))
            return redirect("planner:scenarios")
        except Refused as refused:
            apply_violations(form, refused.violations)
        else:
            messages.success(request, _effect(before, planning.planned(desk, found, _own(found))))
            return redirect(f"{found.get_absolute_url()}#case-{case_number}")
    context = {
        "scenario": found,
        "form": form,
        "case": facts,
        "row": next(row for row in before.rows if row.number == case_number),
        "held": held,
        "is_changed_by_colleague": colleague,
    }
    return render(request, "applications/planner_case.html", context)


def _effect(before: Planned, after: Planned) -> str:
    """What a change did, in a sentence."""
    said = ngettext(
        "Gemt i scenariet. Der er nu plads til %(count)s sag, før til %(earlier)s.",
        "Gemt i scenariet. Der er nu plads til %(count)s sager, før til %(earlier)s.",
        after.fitting_count,
    )
    return said % {"count": after.fitting_count, "earlier": before.fitting_count}


# Side by side


@dataclass(frozen=True)
class Side:
    """One of what is compared."""

    scenario: Scenario | None
    planned: Planned
    # What it is called, with its owner where two are called the same.
    name: str

    @property
    def rows(self) -> Mapping[int, Row]:
        """By case number."""
        return {row.number: row for row in self.planned.rows}


@dataclass(frozen=True)
class Across:
    """One case in all that is compared."""

    case: planning.CaseFacts
    sides: Sequence[tuple[Side, Row]]

    @property
    def rows(self) -> list[Row]:
        """Its row in each."""
        return [row for _side, row in self.sides]

    @property
    def differs(self) -> bool:
        """Whether it fits here and not there, in another year, or with another amount."""
        return len({(row.placement.year, row.total) for row in self.rows}) > 1


@require_safe
def compare(request: PortalRequest) -> HttpResponseBase:
    """Two or three scenarios side by side: which cases fit in which, and what would be left."""
    for_planners(request)
    known = list(Scenario.objects.visible_to(request.actor).filter(is_put_away=False).with_names())
    form = CompareForm(request.GET, scenarios=known)
    chosen = list(form.chosen())
    wanted = export_format(request)
    context: dict[str, object] = {"form": form, "has_scenarios": bool(known)}
    if chosen:
        prefetch_related_objects([one for one in chosen if one], "cases__application")
        desk = planning.desk(on=request.today)
        names = _names(chosen)
        sides = [
            Side(one, planning.planned(desk, one, one.cases.all() if one else ()), name)
            for one, name in zip(chosen, names, strict=True)
        ]
        across = _across(desk, sides)
        only_differences = request.GET.get("rows") == "differences"
        shown = [row for row in across if row.differs] if only_differences else across
        if wanted:
            return export(shown, _columns(sides), wanted, name=gettext("Scenarier sammenlignet"))
        context |= {
            "sides": sides,
            "page_obj": page_of(request, shown),  # type: ignore[type-var]  # rows, not models
            "difference_count": sum(row.differs for row in across),
            "only_differences": only_differences,
            "years": desk.years,
        }
    return render(request, "applications/planner_compare.html", context)


def _names(chosen: Sequence[Scenario | None]) -> list[str]:
    names = [one.name if one else gettext("Sagerne, som de er") for one in chosen]
    return [labelled(one) if one and names.count(name) > 1 else name for one, name in zip(chosen, names, strict=True)]


def _across(desk: Desk, sides: Sequence[Side]) -> list[Across]:
    """Every case, in the order that the regulation gives."""
    by_number = [(side, side.rows) for side in sides]
    return [
        Across(desk.by_number[one.number], [(side, rows[one.number]) for side, rows in by_number])
        for one in order.by_rule(case.in_line() for case in desk.cases)
    ]


def _columns(sides: Sequence[Side]) -> list[Column[Across]]:
    def of(index: int, read: Callable[[Row], object]) -> Callable[[Across], object]:
        return lambda across: read(across.rows[index])

    columns: list[Column[Across]] = [
        Column(_("Sagsnummer"), lambda across: across.case.number),
        Column(_("Indsats"), lambda across: across.case.application.title),
        Column(_("Fortrin efter § 61 a"), lambda across: across.case.has_priority),
        Column(_("Forskel"), lambda across: across.differs),
    ]
    for index, side in enumerate(sides):
        columns += [
            Column(PLACE % {"name": side.name}, of(index, lambda row: row.place)),  # type: ignore[arg-type]  # one row of those across
            Column(AMOUNT % {"name": side.name}, of(index, lambda row: row.total)),  # type: ignore[arg-type]  # one row of those across
            Column(ROOM % {"name": side.name}, of(index, lambda row: row.placement.year)),  # type: ignore[arg-type]  # one row of those across
        ]
    return columns
