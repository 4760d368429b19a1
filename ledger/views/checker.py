"""The allocation checker: what the latest check compared and found, what is known about it, and the checks before it."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import PortalRequest
from lbf_portal.lib import danish
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from ledger import keeping
from ledger.check_forms import FindingFilterForm, FindingNoteForm
from ledger.kinds import FrameKind
from ledger.models import FrameCheck, FrameFinding
from ledger.permissions import Act, may
from ledger.views.standing import for_the_fund

FINDING_ORDERS = {
    "found": ["first_check__at"],
    "seen": ["last_check__at"],
    "year": ["year"],
}
CHECK_ORDERS = {
    "at": ["at"],
    "by": ["by__name"],
    "entries": ["entries"],
    "milliseconds": ["milliseconds"],
    "found": ["found"],
    "new": ["new"],
}
FINDINGS: list[Column[FrameFinding]] = [
    Column(_("Nummer"), lambda finding: finding.pk),
    Column(_("Kode"), lambda finding: finding.code),
    Column(_("År"), lambda finding: finding.year),
    Column(_("Ramme"), lambda finding: FrameKind(finding.frame).label),
    Column(_("Fund"), lambda finding: finding.text),
    Column(_("Sag"), lambda finding: finding.case_reference),
    Column(_("Posteringer"), lambda finding: ", ".join(map(str, finding.entries))),
    Column(_("Fundet første gang"), lambda finding: finding.first_check.at),
    Column(_("Fundet senest"), lambda finding: finding.last_check.at),
    Column(_("Væk siden"), lambda finding: finding.gone_check.at if finding.gone_check else None),
]
CHECKS: list[Column[FrameCheck]] = [
    Column(_("Kontrolleret"), lambda check: check.at),
    Column(_("Af"), lambda check: check.who),
    Column(_("Posteringer"), lambda check: check.entries),
    Column(_("Varighed i millisekunder"), lambda check: check.milliseconds),
    Column(_("Stemmer"), lambda check: check.is_ok),
    Column(_("Fund"), lambda check: check.found),
    Column(_("Heraf nye"), lambda check: check.new),
]


@require_safe
def check(request: PortalRequest) -> HttpResponseBase:
    """The latest check, year by year, and the findings that stand."""
    for_the_fund(request)
    form = FindingFilterForm(request.GET)
    findings = ordered_by(request, form.narrow(FrameFinding.objects.with_checks()), FINDING_ORDERS, default="-found")
    if wanted := export_format(request):
        return export(findings.iterator(chunk_size=500), FINDINGS, wanted, name=gettext("Fund ved kontrol af rammen"))
    latest = FrameCheck.objects.latest_one()
    context = {
        "check": latest,
        "years": keeping.compared(latest) if latest else [],
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page_of(request, findings),
        "may_check": may(request.actor, Act.CHECK),
    }
    return render(request, "ledger/check.html", context)


@require_POST
def check_now(request: PortalRequest) -> HttpResponse:
    """Count everything anew at once: a million entries take a few seconds."""
    _for_finance(request)
    made = keeping.run(by=request.actor, at=timezone.now())
    told = ngettext(
        "Rammen er kontrolleret. %(entries)s postering er talt efter.",
        "Rammen er kontrolleret. %(entries)s posteringer er talt efter.",
        made.entries,
    )
    messages.success(request, told % {"entries": danish.number(Decimal(made.entries))})
    return redirect("ledger:check")


@require_safe
def checks(request: PortalRequest) -> HttpResponseBase:
    """Every check that was made, the latest first."""
    for_the_fund(request)
    made = ordered_by(request, FrameCheck.objects.select_related("by").defer("years"), CHECK_ORDERS, default="-at")
    if wanted := export_format(request):
        return export(made.iterator(chunk_size=500), CHECKS, wanted, name=gettext("Kontroller af rammen"))
    return render(request, "ledger/checks.html", {"page_obj": page_of(request, made)})


@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: PortalRequest, finding: int) -> HttpResponse:
    """One finding: what, since when, the entries concerned, what happened to it, and what is known about it."""
    for_the_fund(request)
    shown = get_object_or_404(FrameFinding.objects.with_checks(), pk=finding)
    if request.method == "POST":
        _for_finance(request)
    form = FindingNoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            keeping.note(shown, text=form.cleaned_data["note"], by=request.actor, at=timezone.now())
        except Refused as refused:
            apply_violations(form, refused.violations)
        else:
            messages.success(request, gettext("Bemærkningen er gemt."))
            return redirect(shown)
    context = {
        "finding": shown,
        "events": [event.told for event in shown.events.select_related("user").order_by("-pk")],
        "may_note": may(request.actor, Act.CHECK),
        "form": form,
    }
    return render(request, "ledger/check_finding.html", context)


def _for_finance(request: PortalRequest) -> None:
    if not may(request.actor, Act.CHECK):
        raise PermissionDenied
