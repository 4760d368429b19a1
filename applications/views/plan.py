"""The comprehensive plan: its task list and sections, and sending the agreement for signature."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from applications import permissions, sections, transitions
from applications.forms.agreement import SendForSignatureForm
from applications.models import Application
from applications.states import PLAN_IS_OPEN, SEND_FOR_SIGNATURE
from applications.views import editing, progress
from applications.views.agreement import contents
from applications.views.finding import find, require, require_move
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused
from lbf_portal.lib.telling import told


def _has_plan(application: Application) -> bool:
    return hasattr(application, "plan")


def _before_there_is_a_plan(request: PortalRequest, application: Application) -> HttpResponse:
    messages.info(request, gettext("Helhedsplanen er ikke begyndt endnu. Det kan den, når sagen er prækvalificeret."))
    return redirect(application)


@require_safe
def plan(request: PortalRequest, case_number: int) -> HttpResponse:
    """For the applicant while it is open: the plan's task list. For everybody else, and afterwards: what stands in it."""
    application = find(request, case_number, contents=True)
    require(request, "view", application)
    if not _has_plan(application):
        return _before_there_is_a_plan(request, application)
    if application.plan_is_open and permissions.may(request.actor, "edit_plan", application, on=request.today):
        overview = progress.of_plan(application, on=request.today)
        return render(request, "applications/plan.html", {"application": application, "overview": overview})
    parts = contents({name: sections.values(application, name) for name in progress.PLAN_SECTIONS}, application.rule_set)
    return render(request, "applications/plan_read.html", {"application": application, "parts": parts})


@require_http_methods(["GET", "HEAD", "POST"])
def plan_section(request: PortalRequest, case_number: int, name: str) -> HttpResponse:
    """One section of the plan."""
    if name not in sections.OF_PLAN:
        raise Http404
    application = find(request, case_number)
    require(request, "edit_plan", application)
    if not _has_plan(application):
        return _before_there_is_a_plan(request, application)
    return editing.edit(request, application, name)


@require_http_methods(["GET", "HEAD", "POST"])
def send_for_signature(request: PortalRequest, case_number: int) -> HttpResponse:
    """The agreement as it will be, what still stands in the way, and the button that makes it."""
    application = find(request, case_number, contents=True)
    require_move(request, SEND_FOR_SIGNATURE, application)
    if application.state not in PLAN_IS_OPEN:
        messages.warning(request, gettext("Planen er ikke åben nu. Se sagens status."))
        return redirect(application)
    form = SendForSignatureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            transitions.send_for_signature(application, by=request.actor, at=timezone.now())
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except IllegalMove as refusal:
            messages.warning(request, told(refusal))
            return redirect("applications:agreement", case_number=case_number)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Aftalen er sendt til underskrift. Parterne har fået en mail med et link."))
            return redirect("applications:agreement", case_number=case_number)
    content = sections.agreement_content(application)
    context = {
        "application": application,
        "form": form,
        "overview": progress.of_plan(application, on=request.today),
        "content": content,
        "parts": contents(content, application.rule_set),
        "parties": [(party, None) for party in content["parties"]],
    }
    return render(request, "applications/send_for_signature.html", context)
