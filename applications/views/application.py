"""The application: its task list, its sections, check your answers, receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import PortalRequest
from applications import attachments, eligibility, permissions, sections, transitions
from applications.forms.basics import SubmitForm
from applications.models import Application
from applications.readable import readable
from applications.states import SUBMIT, TARGET_DAYS, State
from applications.views import editing, progress
from applications.views.finding import find, require, require_move
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused


@require_safe
def application(request: PortalRequest, case_number: int) -> HttpResponse:
    """For the applicant while it is open: the task list. For everybody else, and afterwards: what was answered."""
    found = find(request, case_number, contents=True)
    require(request, "view", found)
    if found.is_open and permissions.may(request.actor, "edit", found, on=request.today):
        overview = progress.of_application(found, on=request.today)
        return render(request, "applications/application.html", {"application": found, "overview": overview})
    told = eligibility.over_time(found, today=eligibility.of_case(found, on=request.today))
    return render(request, "applications/answers.html", {"application": found, "answers": answers(found), "told": told})


def answers(found: Application) -> list[dict[str, Any]]:
    """Every section of the application as people read it."""
    return [
        {
            "section": section,
            "name": sections.NAMES[section],
            "answer": readable(section, sections.values(found, section), found.rule_set),
            "template": f"applications/answers/{section}.html",
            "url": progress.section_url(found, section),
        }
        for section in progress.APPLICATION_SECTIONS
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: PortalRequest, case_number: int, name: str) -> HttpResponse:
    """One section of the application."""
    if name not in sections.OF_APPLICATION:
        raise Http404
    found = find(request, case_number)
    require(request, "edit", found)
    return editing.edit(request, found, name)


@require_POST
def preview(request: PortalRequest, case_number: int, name: str) -> HttpResponse:
    """Sums of a budget or of rent support while it is being typed."""
    if name not in {"budget", "rent"}:
        raise Http404
    found = find(request, case_number)
    require(request, "edit", found)
    return editing.preview(request, found, name)


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: PortalRequest, case_number: int) -> HttpResponse:
    """Check your answers, declare, submit. A second click, or a second tab, lands on the receipt."""
    found = find(request, case_number, contents=True)
    require_move(request, SUBMIT, found)
    form = SubmitForm(request.POST if request.method == "POST" else None)
    if found.state != State.DRAFT:
        return _too_late(request, found)
    if form.is_valid():
        try:
            transitions.submit(found, by=request.actor, at=timezone.now())
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except IllegalMove:
            return _too_late(request, found)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            return redirect("applications:receipt", case_number=case_number)
    context = {
        "application": found,
        "form": form,
        "overview": progress.of_application(found, on=request.today),
        "answers": answers(found),
        "told": eligibility.over_time(found, today=eligibility.of_case(found, on=request.today)),
    }
    return render(request, "applications/submit.html", context)


def _too_late(request: PortalRequest, found: Application) -> HttpResponse:
    """Somebody submitted it already, or it was withdrawn."""
    if found.submitted_at is None:
        messages.warning(request, gettext("Ansøgningen kan ikke indsendes, som sagen står nu."))
        return redirect(found)
    messages.warning(request, gettext("Ansøgningen er allerede indsendt."))
    return redirect("applications:receipt", case_number=found.case_number)


@require_safe
def receipt(request: PortalRequest, case_number: int) -> HttpResponse:
    """The case number, and what happens next."""
    found = find(request, case_number)
    require(request, "view_documents", found)
    if found.submitted_at is None:
        return redirect("applications:application", case_number=case_number)
    submission = found.events.filter(event=SUBMIT.event).last()
    context = {
        "application": found,
        "days": TARGET_DAYS,
        "told": eligibility.kept(found)[:1],
        "attachments": attachments.sent_along(submission) if submission else (),
    }
    return render(request, "applications/receipt.html", context)
