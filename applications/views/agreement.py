"""The strategic cooperation agreement: read it, sign it, call it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from applications import permissions, transitions
from applications.forms.agreement import RecallForm, SignForm
from applications.models import Agreement, Application
from applications.readable import readable
from applications.sections import NAMES, SECTIONS, Values
from applications.states import RECALL_AGREEMENT, State
from applications.views.finding import find, may_move, require, require_move
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused
from lbf_portal.lib.telling import told

# The order of the agreement: what it is about, what shall be reached, what it costs, who steers it.
ORDER = ("basics", "plan", "departments", "challenges", "goals", "budget", "rent", "board")


def contents(content: Values, rule_set: str) -> list[dict[str, Any]]:
    """The sections of an agreement, or of a plan, as people read them."""
    return [
        {
            "section": section,
            "name": NAMES[section],
            "answer": readable(section, content[section], rule_set),
            "template": f"applications/answers/{section}.html",
        }
        for section in ORDER
        if section in content and section in SECTIONS
    ]


def _version(request: PortalRequest, application: Application) -> Agreement | None:
    """The version that `?version=` asks for; otherwise the standing one, or the last one that was called back."""
    versions = application.agreements.select_related("made_by").prefetch_related("signatures__organisation", "signatures__user")
    asked_for = request.GET.get("version")
    if asked_for is None:
        last: Agreement | None = versions.last()
        return last
    version: Agreement | None = versions.filter(number=int(asked_for)).first() if asked_for.isdecimal() else None
    if version is None:
        raise Http404
    return version


@require_safe
def agreement(request: PortalRequest, case_number: int) -> HttpResponse:
    """The agreement as it was stored, with its signatures; the form stands below for whoever has yet to sign."""
    application = find(request, case_number)
    require(request, "view_agreement", application)
    return _show(request, application, _version(request, application))


def _show(
    request: PortalRequest, application: Application, version: Agreement | None, form: SignForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"application": application, "version": version}
    if version is not None:
        signatures = {signature.organisation_id: signature for signature in version.signatures.all()}
        is_open = application.state == State.LOCAL_APPROVAL and version.voided_at is None
        party = application.party_for(request.actor, signed=signatures)
        may_sign = is_open and party is not None and _may_sign(request, application) and party.pk not in signatures
        context |= {
            "content": version.content,
            "parts": contents(version.content, version.content["rule_set"]),
            "parties": [(party, signatures.get(party["id"])) for party in version.content["parties"]],
            "is_open": is_open,
            "signs_for": party,
            "may_recall": is_open and may_move(request, RECALL_AGREEMENT, application),
            "form": (form or SignForm(initial={"content_hash": version.content_hash})) if may_sign else None,
            "numbers": list(application.agreements.values_list("number", flat=True)),
        }
    return render(request, "applications/agreement.html", context)


def _may_sign(request: PortalRequest, application: Application) -> bool:
    return permissions.may(request.actor, "sign", application, on=request.today)


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: PortalRequest, case_number: int) -> HttpResponse:
    """Sign the version on the screen, for the organisation acted for. The last signature submits the plan.

    Whoever comes here by a link (after signing in again, or another language) reads the agreement first.
    """
    application = find(request, case_number)
    require(request, "sign", application)
    if request.method != "POST":
        return redirect("applications:agreement", case_number=case_number)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _show(request, application, _version(request, application), form)
    try:
        transitions.sign(
            application,
            content_hash=form.cleaned_data["content_hash"],
            title=form.cleaned_data["title"],
            by=request.actor,
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except IllegalMove as refusal:
        messages.warning(request, told(refusal))
    except Refused as refusal:
        apply_violations(form, refusal.violations)
        return _show(request, application, _version(request, application), form)
    else:
        messages.success(request, _thanks(application))
    return redirect("applications:agreement", case_number=case_number)


def _thanks(application: Application) -> str:
    if application.state == State.PLAN_SUBMITTED:
        return gettext("Tak, du har underskrevet. Alle parter har nu skrevet under, og planen er sendt til Landsbyggefonden.")
    return gettext("Tak, du har underskrevet. Planen sendes til Landsbyggefonden, når alle parter har skrevet under.")


@require_http_methods(["GET", "HEAD", "POST"])
def recall_agreement(request: PortalRequest, case_number: int) -> HttpResponse:
    """Take the agreement back to the plan, with a reason that the parties get to see."""
    application = find(request, case_number)
    require_move(request, RECALL_AGREEMENT, application)
    if application.state != State.LOCAL_APPROVAL:
        messages.warning(request, gettext("Aftalen er ikke til underskrift nu. Se sagens status."))
        return redirect("applications:agreement", case_number=case_number)
    form = RecallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            transitions.recall_agreement(application, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except IllegalMove as refusal:
            messages.warning(request, told(refusal))
            return redirect("applications:agreement", case_number=case_number)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Aftalen er kaldt tilbage. Planen kan rettes, og aftalen skal underskrives på ny."))
            return redirect("applications:case", case_number=case_number)
    return render(request, "applications/recall_agreement.html", {"application": application, "form": form})
