"""Pages of the move to the next rule set: what it would do, running it, how far it is, what it did, taking it back.

Everybody in the fund reads them; management and finance run and take back. A worker moves the cases (applications/clock.py),
and the page can be left meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from applications import clock, moved, permissions
from applications.forms.transfers import PreviewFilterForm, ReportFilterForm, TakeBackForm
from applications.models import Application, TransferBatch, TransferOutcome, TransferredCase
from applications.querysets import ApplicationQuerySet
from applications.rules.rule_sets import terms_of
from applications.rules.transfer import LATEST, TRANSITIONS, Transition
from applications.states import AFTER_PREQUALIFICATION
from applications.transitions import transfer_back, transfers
from applications.transitions.transfer_facts import Judged, in_question, judge, with_facts
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from lbf_portal.lib.telling import sentence_of, told

BATCH_ORDERS = {
    "number": ["pk"],
    "rules": ["to_rule_set"],
    "as_of": ["as_of"],
    "started": ["started_at"],
    "by": ["started_by__name"],
}
PREVIEW_ORDERS = {
    "number": ["case_number"],
    "title": ["title"],
    "organisation": ["organisation__sort_key"],
    "rules": ["rule_set"],
    "state": ["state"],
}
ROW_ORDERS = {
    "number": ["application__case_number"],
    "title": ["application__title"],
    "organisation": ["application__organisation__sort_key"],
    "rules": ["from_rule_set"],
    "outcome": ["outcome", "application__case_number"],
}
CASES_PER_QUERY = 500


# All runs


@require_safe
def transfer_list(request: PortalRequest) -> HttpResponseBase:
    """The runs there were, the latest first, and the way to the next one."""
    _for_the_fund(request)
    batches = ordered_by(request, TransferBatch.objects.visible_to(request.actor), BATCH_ORDERS, default="-number")
    batches = batches.select_related("started_by").with_counts()
    if wanted := export_format(request):
        return export(batches.iterator(chunk_size=CASES_PER_QUERY), BATCHES, wanted, name=gettext("Flytninger"))
    transition = TRANSITIONS[LATEST]
    context = {
        "page_obj": page_of(request, batches),
        "transition": transition,
        "terms": terms_of(transition.target),
        "waiting": _visible(request, transition).filter(state__in=AFTER_PREQUALIFICATION).count(),
    }
    return render(request, "applications/transfers.html", context)


# Preview


@dataclass(frozen=True)
class Preview:
    """A case as the preview shows it."""

    judged: Judged

    @property
    def case(self) -> Application:
        return self.judged.application

    @property
    def reason(self) -> str:
        """Why it stays."""
        return sentence_of(self.judged.stays) if self.judged.stays else ""

    @property
    def areas(self) -> list[str]:
        """Effort areas that are put aside."""
        return moved.area_names(self.case.rule_set, self.judged.change.areas_put_aside)

    @property
    def goals(self) -> int:
        """How many goals are put aside."""
        return len(self.judged.change.goals_put_aside)

    @property
    def anew(self) -> list[str]:
        """What is asked anew."""
        return moved.anew_names(self.judged.change.anew)

    @property
    def outcome(self) -> str:
        return gettext("Flyttes") if self.judged.moves else gettext("Bliver")


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: PortalRequest) -> HttpResponseBase:
    """Which cases would move, why, what changes in each and what is asked anew; and the button that moves them."""
    _for_the_fund(request)
    transition = _transition(request)
    if request.method == "POST":
        return _begin(request, transition)
    visible = _visible(request, transition)
    form = PreviewFilterForm(request.GET, transition=transition)
    found = ordered_by(request, form.narrow(visible), PREVIEW_ORDERS, default="number")
    found = with_facts(found.select_related("organisation", "area", "municipality"))
    if wanted := export_format(request):
        rows = (Preview(judge(case, transition)) for case in found.iterator(chunk_size=CASES_PER_QUERY))
        return export(rows, PREVIEW, wanted, name=gettext("Sager, der flyttes"))
    page = page_of(request, found)
    moving = visible.filter(state__in=AFTER_PREQUALIFICATION).count()
    context = {
        "transition": transition,
        "terms": terms_of(transition.target),
        "moving": moving,
        "staying": visible.count() - moving,
        "running": TransferBatch.objects.filter(to_rule_set=transition.target, finished_at__isnull=True).first(),
        "may_transfer": permissions.may_transfer(request.actor),
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page,
        "rows": [Preview(judge(case, transition)) for case in page],
    }
    return render(request, "applications/transfer_preview.html", context)


def _transition(request: PortalRequest) -> Transition:
    wanted = request.GET.get("to", LATEST)
    if wanted not in TRANSITIONS:
        raise Http404
    return TRANSITIONS[wanted]


def _visible(request: PortalRequest, transition: Transition) -> ApplicationQuerySet:
    """Cases in question that the fund may know of: a draft is its applicant's own."""
    return in_question(transition).visible_to(request.actor, on=request.today)


def _begin(request: PortalRequest, transition: Transition) -> HttpResponse:
    _for_movers(request)
    try:
        batch = transfers.begin(transition, by=request.actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, told(refused))
        return redirect(f"{reverse('applications:transfer_preview')}?to={transition.target}")
    clock.queue_transfer(batch)
    return redirect(batch)


# One run


@dataclass(frozen=True)
class Row:
    """A case of a run as the report shows it."""

    row: TransferredCase

    @property
    def reason(self) -> str:
        """Why it stays or failed."""
        return sentence_of(self.row.violation) if self.row.violation else ""

    @property
    def areas(self) -> list[str]:
        """Effort areas that were put aside."""
        return moved.area_names(self.row.from_rule_set, self.row.after.get("areas_put_aside", ()))

    @property
    def goals(self) -> int:
        """How many goals were put aside."""
        return int(self.row.after.get("goals_put_aside", 0))

    @property
    def anew(self) -> list[str]:
        """What is asked anew."""
        return moved.anew_names(self.row.after.get("anew", ()))

    @property
    def has_letter(self) -> bool:
        """Whether the letter of the move is made."""
        return self.row.event is not None and bool(self.row.event.documents.all())

    @property
    def can_be_taken_back(self) -> bool:
        """Whether it stands; whether something new was written is looked at when somebody asks."""
        return self.row.outcome == TransferOutcome.MOVED


@require_safe
def transfer(request: PortalRequest, transfer: int) -> HttpResponseBase:
    """A run: how far it is, and what became of each case."""
    _for_the_fund(request)
    batch = get_object_or_404(
        TransferBatch.objects.visible_to(request.actor).select_related("started_by").with_counts(), pk=transfer
    )
    counts: dict[str, int] = {outcome: getattr(batch, outcome.lower()) for outcome in TransferOutcome.values}
    form = ReportFilterForm(request.GET, counts=counts)
    rows = ordered_by(request, form.narrow(TransferredCase.objects.filter(batch=batch)), ROW_ORDERS, default="number")
    rows = rows.select_related("application__organisation", "event").prefetch_related("event__documents")
    if wanted := export_format(request):
        name = gettext("Flytning %(number)s") % {"number": batch.pk}
        return export((Row(row) for row in rows.iterator(chunk_size=CASES_PER_QUERY)), REPORT, wanted, name=name)
    page = page_of(request, rows)
    dealt_with = counts[TransferOutcome.MOVED] + counts[TransferOutcome.FAILED] + counts[TransferOutcome.TAKEN_BACK]
    context = {
        "batch": batch,
        "terms": terms_of(batch.to_rule_set),
        "is_in_work": batch.finished_at is None,
        "done": dealt_with,
        "to_do": dealt_with + counts[TransferOutcome.PENDING],
        "counts": [(TransferOutcome(value).label, count) for value, count in counts.items() if count],
        "may_transfer": permissions.may_transfer(request.actor),
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page,
        "rows": [Row(row) for row in page],
    }
    return render(request, "applications/transfer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: PortalRequest, transferred: int) -> HttpResponse:
    """Put one case back under its earlier rules."""
    _for_movers(request)
    row = get_object_or_404(TransferredCase.objects.select_related("batch", "application__area"), pk=transferred)
    if refused := transfer_back.check(row, row.application):
        messages.error(request, told(refused))
        return redirect(row.batch)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            transfer_back.take_back(row, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
        except IllegalMove as illegal:
            messages.error(request, told(illegal))
            return redirect(row.batch)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            done = gettext("Flytningen af sag %(number)s er taget tilbage. Parterne får et brev.")
            messages.success(request, done % {"number": row.application.case_number})
            return redirect(row.batch)
    context = {"row": row, "shown": Row(row), "old": terms_of(row.from_rule_set), "form": form}
    return render(request, "applications/transfer_take_back.html", context)


def _for_the_fund(request: PortalRequest) -> None:
    if not permissions.may_see_transfers(request.actor):
        raise PermissionDenied


def _for_movers(request: PortalRequest) -> None:
    if not permissions.may_transfer(request.actor):
        raise PermissionDenied


# As files


def _list(words: Iterable[str]) -> str:
    return "; ".join(words)


BATCHES: list[Column[Any]] = [
    Column(_("Nummer"), lambda batch: batch.pk),
    Column(_("Til regelsæt"), lambda batch: batch.to_rule_set),
    Column(_("Flyttet pr."), lambda batch: batch.as_of),
    Column(_("Begyndt"), lambda batch: batch.started_at),
    Column(_("Af"), lambda batch: str(batch.started_by or _("Portalen"))),
    Column(_("Flyttet"), lambda batch: batch.moved),
    Column(_("Bliver"), lambda batch: batch.left),
    Column(_("Kunne ikke flyttes"), lambda batch: batch.failed),
    Column(_("Taget tilbage"), lambda batch: batch.taken_back),
    Column(_("Venter"), lambda batch: batch.pending),
]
PREVIEW: list[Column[Preview]] = [
    Column(_("Sagsnummer"), lambda row: row.case.case_number),
    Column(_("Indsats"), lambda row: row.case.title),
    Column(_("Boligorganisation"), lambda row: row.case.organisation.name),
    Column(_("Fra regelsæt"), lambda row: row.case.rule_set),
    Column(_("Status"), lambda row: row.case.get_state_display()),
    Column(_("Udfald"), lambda row: row.outcome),
    Column(_("Hvorfor den bliver"), lambda row: row.reason),
    Column(_("Indsatsområder lagt til side"), lambda row: _list(row.areas) if row.judged.moves else ""),
    Column(_("Mål lagt til side"), lambda row: row.goals if row.judged.moves else None),
    Column(_("Spørges på ny"), lambda row: _list(row.anew) if row.judged.moves else ""),
]
REPORT: list[Column[Row]] = [
    Column(_("Sagsnummer"), lambda shown: shown.row.application.case_number),
    Column(_("Indsats"), lambda shown: shown.row.application.title),
    Column(_("Boligorganisation"), lambda shown: shown.row.application.organisation.name),
    Column(_("Fra regelsæt"), lambda shown: shown.row.from_rule_set),
    Column(_("Udfald"), lambda shown: shown.row.get_outcome_display()),
    Column(_("Hvorfor"), lambda shown: shown.reason),
    Column(_("Indsatsområder lagt til side"), lambda shown: _list(shown.areas)),
    Column(_("Mål lagt til side"), lambda shown: shown.goals),
    Column(_("Spørges på ny"), lambda shown: _list(shown.anew)),
    Column(_("Brevet er dannet"), lambda shown: shown.has_letter),
]
