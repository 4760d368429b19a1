"""Pages of running efforts: the list, the board's dashboard, and the acts that move an effort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from accounts.models import read_former_names
from applications.transitions import check_board
from areas.models import Municipality
from lbf_portal.lib.danish import number
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.moves import Move
from lbf_portal.lib.refusals import IllegalMove, Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from lbf_portal.lib.telling import told
from ledger.models import Allocation
from monitoring import charts, facts, forms, history, permissions, states, transitions
from monitoring.models import Effort, Measurement

Text = str | Promise

ORDERS = {
    "number": ["application__case_number"],
    "title": ["application__title"],
    "area": ["application__area__sort_key"],
    "organisation": ["application__organisation__sort_key"],
    "state": ["state"],
    "start": ["starts_on"],
    "end": ["ends_on"],
}

EXPORT: list[Column[Effort]] = [
    Column(_("Sagsnummer"), lambda effort: effort.application.case_number),
    Column(_("Indsats"), lambda effort: effort.application.title),
    Column(_("Boligområde"), lambda effort: effort.application.area.name),
    Column(_("Kommune"), lambda effort: effort.application.municipality.name),
    Column(_("Boligorganisation"), lambda effort: effort.application.organisation_name),
    Column(_("Status"), lambda effort: effort.get_state_display()),
    Column(_("Start"), lambda effort: effort.starts_on),
    Column(_("Slut"), lambda effort: effort.ends_on),
    Column(_("Aftalt slut"), lambda effort: effort.agreed_ends_on),
    Column(_("Opdigtet til demo"), lambda effort: effort.application.is_demo),
]


@require_safe
def effort_list(request: PortalRequest) -> HttpResponseBase:
    """Efforts, newest case first until somebody sorts otherwise; `?_export=csv|xlsx` gives all that fit the filters."""
    visible = Effort.objects.visible_to(request.actor, on=request.today)
    municipalities = Municipality.objects.filter(pk__in=visible.values("application__municipality_id"))
    form = forms.EffortFilterForm(request.GET, municipalities=municipalities)
    efforts = ordered_by(request, form.narrow(visible).with_list_relations(), ORDERS, default="-number")
    if wanted := export_format(request):
        efforts = efforts.prefetch_related("application__organisation__former_names")
        return export(efforts.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Indsatser"))
    page = page_of(request, efforts)
    read_former_names(effort.application.organisation for effort in page)
    context = {"form": form, "is_filtered": form.is_filtering, "page_obj": page, "efforts": page.object_list}
    return render(request, "monitoring/list.html", context)


def _find(request: PortalRequest, case_number: int) -> Effort:
    """The effort by its case's number.

    Errors: Http404 for one that does not exist and for one the actor may not know of: outsiders cannot tell which.
    """
    efforts = Effort.objects.visible_to(request.actor, on=request.today).with_case_relations()
    return get_object_or_404(efforts, application__case_number=case_number)


# The dashboard


@dataclass(frozen=True)
class GoalPanel:
    """A goal with its chart and its numbers, ready to be shown."""

    standing: facts.GoalStanding
    conclusion: str
    svg: SafeString
    rows: list[list[str]]


@require_safe
def dashboard(request: PortalRequest, case_number: int) -> HttpResponse:
    """Where the effort stands against its targets, its place in the frame, its board, and what comes next."""
    effort = _find(request, case_number)
    if not permissions.may(request.actor, "view", effort, on=request.today):
        raise PermissionDenied
    areas = facts.areas_of(effort)
    # Before the effort begins, the board is the one that will have to stand then (R98).
    board_day = max(request.today, effort.starts_on)
    context = {
        "effort": effort,
        "application": effort.application,
        "areas": _panels(areas),
        "counts": facts.counts(areas),
        "place": Allocation.objects.place_of(str(case_number)),
        "board": facts.board_of(effort, on=board_day),
        "board_lacks": check_board(effort.application, on=board_day),
        "next_dates": facts.next_dates(effort, on=request.today),
        "acts": _offered(request, effort),
        "events": history.lines(effort.events.select_related("user", "organisation"), request.actor),
        "columns": [gettext("Opgjort pr."), gettext("Værdi"), gettext("Kilde"), gettext("Leverance")],
    }
    return render(request, "monitoring/dashboard.html", context)


def _panels(areas: list[facts.AreaStanding]) -> list[tuple[facts.AreaStanding, list[GoalPanel]]]:
    """The areas with their goals; charts that are not kept yet are drawn in one go."""
    specs = [charts.spec_of(standing) for area in areas for standing in area.goals]
    svgs = iter(charts.drawn(specs))
    return [(area, [_panel(standing, next(svgs)) for standing in area.goals]) for area in areas]


def _panel(standing: facts.GoalStanding, svg: str) -> GoalPanel:
    conclusion = _conclusion(standing)
    return GoalPanel(
        standing=standing,
        conclusion=conclusion,
        svg=charts.titled(svg, key=f"goal-{standing.goal.pk}", title=str(standing.goal.indicator), description=conclusion),
        rows=_rows(standing),
    )


def _conclusion(standing: facts.GoalStanding) -> str:
    """The chart in one sentence."""
    goal = standing.goal
    words = {
        "progress": gettext(standing.progress_name),
        "baseline": _shown(goal.baseline_value),
        "target": _shown(goal.target_value),
        "unit": goal.indicator.unit,
    }
    if standing.latest is None:
        return gettext("%(progress)s. Udgangspunktet er %(baseline)s, og målet er %(target)s %(unit)s.") % words
    words |= {"latest": _shown(standing.latest.value), "year": str(standing.latest.data_year)}
    return (
        gettext("%(progress)s: %(latest)s i %(year)s. Udgangspunktet var %(baseline)s, og målet er %(target)s %(unit)s.") % words
    )


def _shown(value: Any) -> str:
    return "–" if value is None else number(value)


def _rows(standing: facts.GoalStanding) -> list[list[str]]:
    goal = standing.goal
    day = date_format(goal.baseline_on) if goal.baseline_on else "–"
    baseline = [day, _shown(goal.baseline_value), gettext("Udgangspunkt i helhedsplanen"), "–"]
    return [baseline, *(_row(measured) for measured in standing.measured)]


def _row(measured: Measurement) -> list[str]:
    hidden = gettext("skjult: %(reason)s") % {"reason": measured.suppressed_reason}
    source = gettext("%(source)s (opdigtet demotal)") % {"source": measured.source} if measured.is_demo else measured.source
    return [
        date_format(measured.measured_on),
        hidden if measured.value is None else number(measured.value),
        source,
        measured.batch,
    ]


# What people do


@dataclass(frozen=True)
class Act:
    """How a move is asked, made and told."""

    move: Move
    form: type[forms.ActForm]
    make: Callable[..., None]
    lead: Text
    done: Text
    # Red button: somebody loses money or work.
    is_grave: bool = False


ACTS: dict[str, Act] = {
    "start": Act(
        states.START,
        forms.StartForm,
        transitions.start,
        _("Indsatsen begynder. Den lokale bestyrelse skal være registreret."),
        _("Indsatsen er sat i gang."),
    ),
    "request_change": Act(
        states.REQUEST_CHANGE,
        forms.ChangeForm,
        transitions.request_change,
        _("Ændringer af det aftalte kræver Landsbyggefondens godkendelse. Indsatsen fortsætter som aftalt, til I har svar."),
        _("Ansøgningen om en ændring er sendt til Landsbyggefonden."),
    ),
    "approve_change": Act(
        states.APPROVE_CHANGE,
        forms.ReasonForm,
        transitions.approve_change,
        _("Ændringen godkendes, og indsatsen fortsætter med den."),
        _("Ændringen er godkendt."),
    ),
    "reject_change": Act(
        states.REJECT_CHANGE,
        forms.ReasonForm,
        transitions.reject_change,
        _("Ændringen afvises, og indsatsen fortsætter som aftalt."),
        _("Ændringen er afvist."),
    ),
    "extend": Act(
        states.EXTEND,
        forms.ExtendForm,
        transitions.extend,
        _("Indsatsen kan forlænges én gang og uden nye penge."),
        _("Indsatsen er forlænget."),
    ),
    "close": Act(
        states.CLOSE,
        forms.CloseForm,
        transitions.close,
        _(
            "Regnskabet godkendes. Det, der ikke er brugt, går tilbage til årets ramme. Er den lukket, venter beløbet på økonomis"
            " beslutning."
        ),
        _("Indsatsen er afsluttet."),
    ),
    "revoke": Act(
        states.REVOKE,
        forms.RevokeForm,
        transitions.revoke,
        _("Tilsagnet kaldes tilbage. Parterne skal være hørt."),
        _("Tilsagnet er kaldt tilbage."),
        is_grave=True,
    ),
}


def _may_move(request: PortalRequest, move: Move, effort: Effort) -> bool:
    return bool(move.by & permissions.roles_in(request.actor, effort, on=request.today))


def _offered(request: PortalRequest, effort: Effort) -> list[tuple[str, Act]]:
    """What the actor can do now: the role has the right, and the effort stands where the move begins."""
    return [
        (name, act) for name, act in ACTS.items() if effort.state in act.move.sources and _may_move(request, act.move, effort)
    ]


def act(name: str) -> Callable[..., HttpResponse]:
    """The view of a move: GET asks, POST makes it."""
    chosen = ACTS[name]

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: PortalRequest, case_number: int) -> HttpResponse:
        effort = _find(request, case_number)
        if not _may_move(request, chosen.move, effort):
            raise PermissionDenied
        heading = gettext(chosen.move.label)
        # Who sends the form meets the transition instead: it locks the effort, so its answer is the one that holds.
        if request.method != "POST" and effort.state not in chosen.move.sources:
            return _not_now(request, effort, chosen, heading)
        form = chosen.form(_posted(request), effort=effort)
        if form.is_valid() and (answer := _attempt(request, effort, form, chosen)):
            return answer
        context = {"effort": effort, "application": effort.application, "form": form, "act": chosen}
        return render(request, "monitoring/act.html", {**context, "heading": heading})

    return view


def _not_now(request: PortalRequest, effort: Effort, chosen: Act, heading: str) -> HttpResponse:
    """Where the effort stands, in which states the move begins, and what the actor can do instead."""
    context = {
        "effort": effort,
        "application": effort.application,
        "heading": heading,
        "possible": [state.label for state in states.State if state in chosen.move.sources],
        "acts": _offered(request, effort),
    }
    return render(request, "monitoring/not_now.html", context)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _attempt(request: PortalRequest, effort: Effort, form: forms.ActForm, chosen: Act) -> HttpResponse | None:
    """Make the move and go to the dashboard; None when the form is to be shown again with what was refused.

    Whoever comes second, or from an old page, gets the plain message and the effort as it is now.
    """
    try:
        chosen.make(effort, by=request.actor, at=timezone.now(), **form.cleaned_data)
    except IllegalMove as refused:
        messages.error(request, told(refused))
    except Refused as refused:
        apply_violations(form, refused.violations)
        return None
    else:
        messages.success(request, str(chosen.done))
    return redirect(effort)
