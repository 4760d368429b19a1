"""The fund's reading of an application: the area's standing, the rules' answers, the content, criterion by criterion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import PortalRequest
from applications import eligibility, facts, readable, sections, transitions
from applications.models import Application
from applications.rules import cofinancing
from applications.states import State
from applications.views.case import actions
from applications.views.finding import find, require
from areas.models import Answer, AreaAnswer, Eligibility
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.refusals import Refused
from lbf_portal.lib.telling import told

ANSWERS = {Answer.YES: _("Ja"), Answer.NO: _("Nej"), Answer.UNKNOWN: _("Ukendt")}


def criteria(application: Application, answer: Eligibility, request: PortalRequest) -> list[dict[str, Any]]:
    """The lines of C14 that the application answers: value, source, legal basis. No weights and no total (U2, U3)."""
    budget = facts.of_budget(application)
    share = cofinancing.share(budget)
    frame = facts.frame_of(request.today.year)
    published_on = answer.list_published_on
    from_list = gettext("Listen af %(day)s") % {"day": date_format(published_on)} if published_on else gettext("Ingen liste")
    from_applicant = gettext("Ansøgningen")
    problems = readable.readable("challenges", sections.values(application, "challenges"), application.rule_set).problems
    return [
        {
            "name": _("Væsentlige problemer"),
            "value": ", ".join(problems) or gettext("Ingen valgt"),
            "source": from_applicant,
            "basis": "Almenboligloven § 91 a, stk. 1; R4, R5",
        },
        {
            "name": _("Fortrin efter § 61 a"),
            "value": _with_details(answer.priority.answer, [_area_line(area) for area in answer.areas]),
            "source": from_list,
            "basis": "Regulativ af 11. december 2019; R53",
        },
        {
            "name": _("Udviklingsplan"),
            "value": _with_details(answer.development_plan.answer, [_coordination(application)]),
            "source": gettext("Områdets udviklingsplaner, og ansøgningen om samordning"),
            "basis": "Almenboligloven § 168 a; R42, R44",
        },
        {
            "name": _("Afdelinger i tilknytning til området"),
            "value": "\n".join(_connected_lines(answer)) or gettext("Ingen"),
            "source": gettext("Ansøgningen og registeret"),
            "basis": "R52",
        },
        {
            "name": _("Lokal medfinansiering"),
            "value": gettext("%(amount)s (%(share)s %%)")
            % {"amount": kroner(budget.local), "share": f"{share * 100:.1f}".replace(".", ",") if share is not None else "–"},
            "source": gettext("Budgettet"),
            "basis": "R75, C11",
        },
        {
            "name": _("Søgt beløb"),
            "value": kroner(budget.fund),
            "source": gettext("Budgettet"),
            "basis": "R65",
        },
        {
            "name": _("Plads i årets ramme"),
            "value": kroner(frame.remaining) if frame else gettext("Ingen ramme for %(year)s") % {"year": request.today.year},
            "source": gettext("Rammen for %(year)s") % {"year": request.today.year},
            "basis": "Almenboligloven § 91 a, stk. 1; R2, C1",
        },
    ]


def _with_details(answer: Answer, details: list[str]) -> str:
    return "\n".join([str(ANSWERS[answer]), *details])


def _area_line(area: AreaAnswer) -> str:
    """An area with what the list says of it."""
    return f"{area.name}: {', '.join(gettext(name) for name in area.status_names) or ANSWERS[area.has_priority]}"


def _coordination(application: Application) -> str:
    """What the applicant says of coordinating with other efforts (R44)."""
    text = application.coordination.strip()
    return gettext("Samordning: %(text)s") % {"text": text} if text else gettext("Samordning er ikke beskrevet")


def _connected_lines(answer: Eligibility) -> list[str]:
    """Each department outside the area, and how it hangs together with it (R52)."""
    return [
        f"{department.name}: {department.connection_reason or gettext('ikke begrundet')}"
        if department.area_name
        else f"{department.name}: {gettext('ligger uden for området og er ikke knyttet til det')}"
        for department in answer.outside
    ]


@require_safe
def assessment(request: PortalRequest, case_number: int) -> HttpResponse:
    """What a case officer needs to prequalify, ask, put on the waiting list or hear."""
    application = find(request, case_number, contents=True)
    require(request, "view_assessment", application)
    today = eligibility.in_law(application, on=request.today)
    has_plan = hasattr(application, "plan")
    violations = transitions.check_application(application, on=request.today)
    if has_plan and application.state != State.COMMITTED:
        violations += transitions.check_plan(application, on=request.today)
    shown = [*sections.OF_APPLICATION, *(sections.OF_PLAN if has_plan else ())]
    context = {
        "application": application,
        "standing": today.standing,
        "told": eligibility.over_time(application, today=today.eligibility),
        "criteria": criteria(application, today.eligibility, request),
        "violations": list(dict.fromkeys(violations)),
        "answers": [
            {
                "name": name,
                "title": sections.NAMES[name],
                "template": f"applications/answers/{name}.html",
                "answer": readable.readable(name, sections.values(application, name), application.rule_set),
            }
            for name in shown
        ],
        "uncounted": [
            line
            for line in application.funding_lines.all()
            if line.accepted_as_local or not _counts_by_itself(line.source, line.kind)
        ],
        "actions": actions(application, request.actor, on=request.today),
    }
    return render(request, "applications/assessment.html", context)


def _counts_by_itself(source: str, kind: str) -> bool:
    """The fund's own money, and cash from local parties, need nobody's acceptance (Q5)."""
    return source == cofinancing.Source.FUND or (source in cofinancing.LOCAL_SOURCES and kind == cofinancing.Kind.CASH)


@require_POST
def accept_as_local(request: PortalRequest, case_number: int) -> HttpResponse:
    """Let a contribution in kind or from others count as local co-financing, or no longer (Q5)."""
    application = find(request, case_number)
    require(request, "recommend", application)
    line_id = request.POST.get("line", "")
    line = get_object_or_404(application.funding_lines, pk=int(line_id) if line_id.isdecimal() else 0)
    try:
        transitions.accept_as_local(
            application, line, accepted=request.POST.get("accepted") == "yes", by=request.actor, at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, told(refused))
    else:
        messages.success(request, gettext("Medfinansieringen er opdateret."))
    return redirect("applications:assessment", application.case_number)
