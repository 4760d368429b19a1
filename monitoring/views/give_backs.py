"""Money that cases of a closed year give back: the list that finance works through, and the proposal to release it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import NotAllowed, Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from ledger import proposals
from ledger.models import Proposal
from monitoring import transitions
from monitoring.forms import GiveBackFilterForm, GiveBackForm
from monitoring.models import GiveBack
from monitoring.permissions import may_in_fund

ORDERS = {
    "case": ["effort__application__case_number"],
    "year": ["frame_year"],
    "money": ["money"],
    "amount": ["amount"],
    "noted": ["noted_at"],
}


def _state(give_back: GiveBack) -> str:
    """Where it stands: not proposed, or where its latest proposal stands."""
    state = Proposal(state=give_back.proposal_state or "").get_state_display()  # type: ignore[attr-defined]  # annotated
    return str(state) or gettext("Ikke foreslået")


EXPORT: list[Column[GiveBack]] = [
    Column(_("Sagsnummer"), lambda row: row.effort.application.case_number),
    Column(_("Indsats"), lambda row: row.effort.application.title),
    Column(_("Årsramme"), lambda row: row.frame_year),
    Column(_("Formål"), lambda row: row.get_money_display()),
    Column(_("Årsag"), lambda row: row.get_cause_display()),
    Column(_("Beløb"), lambda row: row.amount),
    Column(_("Opgjort"), lambda row: row.noted_at),
    Column(_("Begrundelse"), lambda row: row.reason),
    Column(_("Status"), _state),
]


@require_safe
def give_backs(request: PortalRequest) -> HttpResponseBase:
    """What waits for finance, the oldest first; with `?state=all` what is proposed or released too."""
    _for_the_fund(request, "see_give_backs")
    form = GiveBackFilterForm(request.GET)
    found = ordered_by(request, form.narrow(GiveBack.objects.all()).with_list_relations(), ORDERS, default="noted")
    if wanted := export_format(request):
        return export(found.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Beløb til frigivelse"))
    page = page_of(request, found)
    context = {
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page,
        "rows": [(row, _state(row)) for row in page],
        "may_propose": may_in_fund(request.actor, "propose_give_back"),
    }
    return render(request, "monitoring/give_backs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose_give_back(request: PortalRequest, give_back: int) -> HttpResponse:
    """Decide, see what it would do, and put the release forward for another person's approval."""
    _for_the_fund(request, "propose_give_back")
    shown = get_object_or_404(GiveBack.objects.with_list_relations(), pk=give_back)
    is_due = GiveBack.objects.due().filter(pk=shown.pk).exists()
    form = GiveBackForm(request.POST if request.method == "POST" else None, initial={"reason": shown.reason})
    preview = _preview(request, shown) if is_due else {}
    effect = preview.get("effect")
    is_seen = effect is not None and request.POST.get("seen") == effect.fingerprint
    if form.is_valid() and is_due and is_seen and (made := _proposed(request, shown, form)):
        messages.success(request, gettext("Forslaget er sendt til godkendelse. Intet er bogført, før en anden har godkendt det."))
        return redirect(made)
    context = {
        "give_back": shown,
        "application": shown.effort.application,
        "form": form,
        "is_due": is_due,
        "has_moved": request.method == "POST" and effect is not None and not is_seen,
        **preview,
    }
    return render(request, "monitoring/propose_give_back.html", context)


def _preview(request: PortalRequest, shown: GiveBack) -> dict[str, Any]:
    """What the release would do as things stand now, or what stands in its way."""
    # A rehearsal needs a decision; which one changes no amount, so that what is seen before it is written is what is sent.
    act = transitions.release_of(shown, decision=gettext("økonomis beslutning"), on=request.today)
    try:
        return {"effect": proposals.rehearse(act, by=request.actor, at=timezone.now()), "told": act.told}
    except Refused as refused:
        return {"refusals": refused.violations, "told": act.told}


def _proposed(request: PortalRequest, shown: GiveBack, form: GiveBackForm) -> Proposal | None:
    try:
        return transitions.propose_give_back(shown, **form.cleaned_data, by=request.actor, at=timezone.now())
    except NotAllowed as refused:
        raise PermissionDenied from refused
    except Refused as refused:
        apply_violations(form, refused.violations)
        return None


def _for_the_fund(request: PortalRequest, act: str) -> None:
    """Refuse everybody else: the frames are the fund's own bookkeeping."""
    if not may_in_fund(request.actor, act):
        raise PermissionDenied
