"""The application: its task list, its sections, check your answers, receipt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import PortalRequest
from applications import attachments, documents, eligibility, permissions, sections, submission, transitions
from applications.forms.basics import SubmitForm
from applications.models import Application, DocumentKind
from applications.states import ANSWER_INFORMATION, SUBMIT, TARGET_DAYS, WITHDRAW, State
from applications.views import editing, progress
from applications.views.finding import find, may_move, require, require_move
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.pdf import NotMadeError
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused


@require_safe
def application(request: PortalRequest, case_number: int) -> HttpResponse:
    """For the applicant while it is open: the task list. For everybody else, and afterwards: what was answered."""
    found = find(request, case_number, contents=True)
    require(request, "view", found)
    if found.is_open and permissions.may(request.actor, "edit", found, on=request.today):
        overview = progress.with_saves(found, progress.of_application(found, on=request.today))
        can = {move.name: may_move(request, move, found) for move in (SUBMIT, WITHDRAW, ANSWER_INFORMATION)}
        return render(request, "applications/application.html", {"application": found, "overview": overview, "can": can})
    told = eligibility.over_time(found, today=eligibility.of_case(found, on=request.today))
    context = {"application": found, "answers": answers(found, submission.parts_now(found)), "told": told}
    return render(request, "applications/answers.html", context)


def answers(found: Application, parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every section of the application as people read it, with the way to change it."""
    return [part | {"url": progress.section_url(found, part["section"])} for part in parts]


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
    declaration = submission.declaration(found)
    form = SubmitForm(request.POST if request.method == "POST" else None, declaration=declaration)
    if found.state != State.DRAFT:
        return _too_late(request, found)
    # Until they are told that it changed, it is what they read first that they declare.
    seen = request.POST.get("seen", "") if request.method == "POST" else None
    if form.is_valid():
        try:
            transitions.submit(found, by=request.actor, at=timezone.now(), seen=seen)
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except IllegalMove:
            return _too_late(request, found)
        except transitions.Outdated as refusal:
            apply_violations(form, refusal.violations)
            seen = None
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            return redirect("applications:receipt", case_number=case_number)
    overview = progress.of_application(found, on=request.today)
    content = submission.content_now(found, overview.attached)
    context = {
        "application": found,
        "form": form,
        "seen": submission.fingerprint(content) if seen is None else seen,
        "overview": overview,
        "answers": answers(found, submission.parts_of(content)),
        "told": eligibility.over_time(found, today=eligibility.of_case(found, on=request.today)),
        "attachments": overview.attached,
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
def application_pdf(request: PortalRequest, case_number: int) -> HttpResponse:
    """The application as it stands now, as PDF to send round, while it is being written. What was sent stands in the receipt."""
    found = find(request, case_number, contents=True)
    require(request, "edit", found)
    if not found.is_open:
        messages.warning(request, gettext("Ansøgningen er ikke længere en kladde. Det, der blev indsendt, står i kvitteringen."))
        return redirect(found)
    try:
        content = documents.copy_now(found, on=request.today)
    except NotMadeError:
        messages.warning(request, gettext("Kladden kunne ikke laves som PDF. Prøv igen om et øjeblik."))
        return redirect("applications:application", case_number=case_number)
    if content is None:
        messages.warning(request, gettext("Der laves flere kopier lige nu. Prøv igen om et øjeblik."))
        return redirect("applications:application", case_number=case_number)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{case_number}-{found.state.lower()}.pdf"'
    return answer


@require_safe
def submission_file(request: PortalRequest, case_number: int) -> HttpResponse:
    """The text that the content hash is counted from, byte by byte, so that anybody can count it again."""
    found = find(request, case_number)
    require(request, "view_documents", found)
    sent = submission.latest(found)
    if sent is None:
        raise Http404
    answer = HttpResponse(sent.content.encode(), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{case_number}-submission.json"'
    return answer


@require_safe
def receipt(request: PortalRequest, case_number: int) -> HttpResponse:
    """The case number, and what happens next."""
    found = find(request, case_number)
    require(request, "view_documents", found)
    if found.submitted_at is None:
        return redirect("applications:application", case_number=case_number)
    event = found.events.filter(event=SUBMIT.event).last()
    sent = submission.latest(found)
    context = {
        "application": found,
        "days": TARGET_DAYS,
        "told": eligibility.kept(found)[:1],
        "attachments": attachments.sent_along(event) if event else (),
        "submission": sent,
        "declaration": submission.content_of(sent)["declaration"] if sent else None,
        "letter": found.documents.filter(kind=DocumentKind.RECEIPT).first(),
    }
    return render(request, "applications/receipt.html", context)
