"""Postings by hand, with four eyes: what waits, what to propose, what it would do, and the other person's answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken, Violation
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from ledger import acting, approvers, proposals, proposed, signals
from ledger.kinds import FrameKind
from ledger.models import Entry, FrameYear, GrantPeriod, Proposal, ProposalEvent
from ledger.permissions import Act, may
from ledger.proposal_forms import FORMS, LONGEST_NUMBER, AnswerForm, ProposalFilterForm, ProposalForm, WithdrawForm
from ledger.querysets import ProposalQuerySet
from ledger.states import State
from ledger.views.offers import slug_of
from ledger.views.standing import for_the_fund

ORDERS = {
    "at": ["proposed_at"],
    "kind": ["kind"],
    "year": ["year"],
    "by": ["proposed_by__name"],
    "state": ["state"],
}
# What is waiting stands above what is decided.
WAITING_FIRST = Case(When(state=State.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField())

EXPORT: list[Column[Proposal]] = [
    Column(_("Nummer"), lambda proposal: proposal.pk),
    Column(_("Status"), lambda proposal: proposal.get_state_display()),
    Column(_("Art"), lambda proposal: proposal.get_kind_display()),
    Column(_("År"), lambda proposal: proposal.year),
    Column(_("Forslag"), lambda proposal: proposal.told),
    Column(_("Begrundelse"), lambda proposal: proposal.reason),
    Column(_("Foreslået af"), lambda proposal: str(proposal.proposed_by)),
    Column(_("Rolle"), lambda proposal: proposal.get_proposed_role_display()),
    Column(_("Foreslået"), lambda proposal: proposal.proposed_at),
    Column(_("Afgjort af"), lambda proposal: str(proposal.decided_by) if proposal.decided_by else None),
    Column(_("Afgjort"), lambda proposal: None if proposal.state == State.WAITING else proposal.state_since),
    Column(_("Svar"), lambda proposal: proposal.note),
]


@require_safe
def proposal_list(request: PortalRequest) -> HttpResponseBase:
    """All proposals, what is waiting first until somebody sorts otherwise."""
    for_the_fund(request)
    form = ProposalFilterForm(request.GET)
    found = form.narrow(Proposal.objects.with_names())
    found = ordered_by(request, found, ORDERS, default="-at") if "sort" in request.GET else _waiting_first(found)
    if wanted := export_format(request):
        return export(found.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Forslag til posteringer"))
    context = {
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page_of(request, found),
        "may_propose": any(proposals.may_propose(request.actor, kind) for kind in FORMS),
    }
    return render(request, "ledger/proposals.html", context)


def _waiting_first(found: ProposalQuerySet) -> ProposalQuerySet:
    return found.annotate(rank=WAITING_FIRST).order_by("rank", "-proposed_at", "-pk")


# What to propose


@dataclasses.dataclass(frozen=True)
class Choice:
    """A kind of posting that the reader may propose."""

    slug: str
    label: str
    lead: str | Promise


@require_safe
def choose(request: PortalRequest) -> HttpResponse:
    """The kinds of posting that this person may propose; the year of the address goes along."""
    for_the_fund(request)
    choices = [
        Choice(slug_of(kind), str(kind.label), form.lead)
        for kind, form in FORMS.items()
        if proposals.may_propose(request.actor, kind)
    ]
    return render(request, "ledger/proposal_choose.html", {"choices": choices, "query": request.GET.urlencode()})


KINDS = {slug_of(kind): kind for kind in FORMS}


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: PortalRequest, kind: str) -> HttpResponse:
    """Fill in, see what it would do, and put it forward: what is sent is what was seen."""
    for_the_fund(request)
    wanted = KINDS.get(kind)
    if wanted is None:
        raise Http404("No such posting")
    if not proposals.may_propose(request.actor, wanted):
        raise PermissionDenied
    form = FORMS[wanted](request.POST if request.method == "POST" else None, today=request.today)
    if request.method != "POST":
        form.filled_from(request.GET.dict())
    claims = signals.claims(form.act()) if form.is_valid() else []
    apply_violations(form, [claim.violation for claim in claims])
    effect = _rehearsed(request, form) if form.is_valid() else None
    if effect and request.POST.get("seen") == effect.fingerprint and (made := _proposed(request, form)):
        messages.success(request, gettext("Forslaget er sendt til godkendelse. Intet er bogført, før en anden har godkendt det."))
        return redirect(made)
    chosen = form.chosen_year
    context = {
        "form": form,
        "kind": wanted,
        # A refusal at the very last (somebody proposed the same meanwhile) leaves nothing to agree to.
        "effect": None if form.errors else effect,
        "told": form.act().told if effect else "",
        "standing": acting.Standing(chosen.position, chosen.closed_on) if chosen else None,
        "is_followed": chosen is not None and chosen.is_followed,
        "entry": _entry_of(form),
        "others": _waiting_for(chosen),
        "claims": claims,
        "has_moved": bool(request.POST.get("seen")) and not form.errors,
    }
    return render(request, "ledger/proposal_new.html", context)


def _rehearsed(request: PortalRequest, form: ProposalForm) -> acting.Effect | None:
    """What it would do; None when it would be refused, and then the form says why."""
    try:
        return proposals.rehearse(form.act(), by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
    except Refused as refused:
        apply_violations(form, refused.violations, FIELDS)
        return None


# Which field a refusal is about, where the database's rule does not carry the field's own name.
FIELDS = {
    "no_frame": "frame_year",
    "year_open": "frame_year",
    "year_closed": "frame_year",
    "frame_year_open": "frame_year",
    "frame_year_closes_after_its_end": "frame_year",
    "frame_exceeded": "amount",
    "more_than_held": "amount",
    "amount_invalid": "amount",
    "carried_again": "decision",
    "decision_missing": "decision",
    "not_reversible": "entry",
    "reversed_already": "entry",
    "frame_year_regulated_within_twice_base": "total",
    "frame_year_not_overspent": "total",
    "frame_year_rent_not_overspent": "rent",
    "frame_year_regulated_with_document": "rent",
    "frame_year_extra_is_all_rent": "rent",
    "year_exists": "year",
    "year_outside_period": "base_total",
    "year_beyond_period": "year",
    "parts_exceed_whole": "base_rent",
    "rule_reaches_back": "valid_from",
    "source_missing": "source",
}


def _proposed(request: PortalRequest, form: ProposalForm) -> Proposal | None:
    try:
        return proposals.propose(form.act(), by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
    except NotAllowed as refused:
        raise PermissionDenied from refused
    except Refused as refused:
        apply_violations(form, refused.violations, FIELDS)
        return None


def _entry_of(form: ProposalForm) -> Entry | None:
    """The entry that is to be reversed, when its number is known."""
    if "entry" not in form.fields:
        return None
    number = str(form["entry"].value() or "")
    is_number = number.isdecimal() and number.isascii() and len(number) < LONGEST_NUMBER
    return Entry.objects.with_names().filter(pk=number).first() if is_number else None


def _waiting_for(frame_year: FrameYear | None) -> list[Proposal]:
    """What else is proposed for the year and not decided: it may change what this one finds."""
    return list(Proposal.objects.waiting().filter(year=frame_year.year)[:10]) if frame_year else []


# One proposal


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: PortalRequest, proposal: int) -> HttpResponse:
    """What is proposed, by whom and why; what it would do now; and the answer."""
    for_the_fund(request)
    shown = get_object_or_404(Proposal.objects.with_names(), pk=proposal)
    is_own = shown.proposed_by == request.actor.user
    if request.method == "POST" and not (is_own or may(request.actor, Act.SECOND)):
        raise PermissionDenied
    form = (WithdrawForm if is_own else AnswerForm)(request.POST if request.method == "POST" else None)
    has_moved = False
    if request.method == "POST" and form.is_valid():
        try:
            if _answered(request, shown, form, request.POST.get("act", "")):
                return redirect(shown)
        except proposals.Moved:
            has_moved = True
        shown = get_object_or_404(Proposal.objects.with_names(), pk=proposal)
    effect, refusals, claims = _effect_now(shown)
    is_waiting = shown.state == State.WAITING
    people = approvers.besides(shown.proposed_by, on=request.today) if is_waiting else []
    context = {
        "proposal": shown,
        "act": (act := _read(shown)),
        "entry": _entry(act),
        "is_extra": _frame_of(shown) == FrameKind.EXTRA_RENT,
        "form": form,
        "is_own": is_own,
        "is_waiting": is_waiting,
        "may_decide": is_waiting and not is_own and may(request.actor, Act.SECOND),
        "approvers": [str(person) for person in people],
        "effect": effect,
        "refusals": refusals,
        "claims": claims,
        "has_moved": has_moved,
        "entries": list(_entries_of(shown)),
        "events": [_told(event) for event in shown.events.select_related("user").order_by("-pk")],
    }
    return render(request, "ledger/proposal.html", context)


def _read(shown: Proposal) -> proposed.Act | None:
    """The act; None when the row was written by other means and says nothing."""
    try:
        return shown.act
    except proposed.Malformed:
        return None


def _frame_of(shown: Proposal) -> FrameKind:
    """Which of the two frames its year is of."""
    match _read(shown):
        case proposed.Reverse() as act:
            entry = _entry(act)
            return FrameKind(entry.frame_year.kind) if entry else FrameKind.ORDINARY
        case proposed.Open() as act:
            period = GrantPeriod.objects.filter(code=act.period).exclude(frame="").first()
            return FrameKind(period.frame) if period else FrameKind.ORDINARY
        case None | proposed.SetReleaseRule():
            return FrameKind.ORDINARY
        case act:
            return act.frame


def _entry(act: proposed.Act | None) -> Entry | None:
    """The entry that is to be reversed; None for another act, and when a row written by other means names none."""
    try:
        return acting.entry(act.entry) if isinstance(act, proposed.Reverse) else None
    except RuleBroken:
        return None


def _effect_now(shown: Proposal) -> tuple[acting.Effect | None, Sequence[Violation], Sequence[signals.Claim]]:
    """What approving would do as things stand now, or what stands in its way; neither once it is decided."""
    act = _read(shown)
    if shown.state != State.WAITING or act is None:
        return None, (), ()
    if claims := signals.claims(act, proposal=shown):
        return None, [claim.violation for claim in claims], claims
    try:
        return proposals.rehearse(act, by=shown.proposer, at=timezone.now(), reason=shown.reason), (), ()
    except Refused as refused:
        return None, refused.violations, ()


def _approve(request: PortalRequest, shown: Proposal, note: str) -> Proposal:
    """What is approved is what was seen."""
    seen = request.POST.get("seen", "")
    return proposals.approve(shown, by=request.actor, at=timezone.now(), note=note, seen=seen)


def _reject(request: PortalRequest, shown: Proposal, note: str) -> Proposal:
    return proposals.reject(shown, by=request.actor, at=timezone.now(), note=note)


def _withdraw(request: PortalRequest, shown: Proposal, note: str) -> Proposal:
    return proposals.withdraw(shown, by=request.actor, at=timezone.now(), note=note)


ANSWERS: dict[str, tuple[Callable[[PortalRequest, Proposal, str], Proposal], str | Promise]] = {
    "approve": (_approve, _("Forslaget er godkendt, og posteringen er bogført.")),
    "reject": (_reject, _("Forslaget er afvist. Intet er bogført.")),
    "withdraw": (_withdraw, _("Forslaget er trukket tilbage.")),
}


def _answered(request: PortalRequest, shown: Proposal, form: WithdrawForm, how: str) -> bool:
    """Answer the proposal; False when the page is to be shown again with what was refused. The proposal then still waits.

    Errors: PermissionDenied; Moved.
    """
    if how not in ANSWERS:
        form.add_error(None, gettext("Vælg, hvad du svarer, med en af knapperne."))
        return False
    answer, done = ANSWERS[how]
    try:
        answer(request, shown, form.cleaned_data["note"])
    except IllegalMove:
        messages.error(request, gettext("Forslaget er allerede afgjort. Siden viser, hvordan det står nu."))
    except NotAllowed as refused:
        raise PermissionDenied from refused
    except proposals.Moved:
        raise
    except Refused as refused:
        apply_violations(form, refused.violations, {"reason": "note"})
        return False
    else:
        messages.success(request, str(done))
    return True


def _entries_of(shown: Proposal) -> list[Entry]:
    """The entries that the approval posted; a regulation, a closing or a rule has none."""
    if shown.state != State.APPROVED:
        return []
    return acting.posted(shown.key)


def _told(event: ProposalEvent) -> dict[str, Any]:
    """The event as the timeline shows it."""
    return {"what": SENTENCES[event.event], "who": str(event.user or ""), "at": event.at, "why": event.reason}


SENTENCES = {
    "proposal:proposed": _("Foreslået"),
    "proposal:approved": _("Godkendt og bogført"),
    "proposal:rejected": _("Afvist"),
    "proposal:withdrawn": _("Trukket tilbage"),
}
