"""Recommended cases, and deciding several of them together: chosen from the list, seen beforehand, all or none."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from applications import permissions, transitions
from applications.forms.together import ToDecideFilterForm, TogetherForm, seen_anew, together_form
from applications.models import Application
from applications.querysets import CASE_NUMBER_DIGITS
from applications.transitions import MOST_TOGETHER
from areas.models import Municipality
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import Refused, Violation
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from lbf_portal.lib.telling import sentence_of, told

ZERO = Decimal("0.00")
# The longest waiting first among equals; the primary key would say nothing.
ORDERS = {
    name: [field, "case_number"]
    for name, field in {
        "number": "case_number",
        "title": "title",
        "area": "area__sort_key",
        "total": "recommended_total",
        "rent": "recommended_rent",
        "year": "recommended_year",
        "received": "submitted_at",
        "recommended": "recommended_at",
    }.items()
}


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return timezone.localdate(moment) if moment else None


EXPORT: list[Column[Any]] = [
    Column(_("Sagsnummer"), lambda case: case.case_number),
    Column(_("Indsats"), lambda case: case.title),
    Column(_("Boligområde"), lambda case: case.area.name),
    Column(_("Kommune"), lambda case: case.municipality.name),
    Column(_("Boligorganisation"), lambda case: case.organisation.name),
    Column(_("Indstillet beløb"), lambda case: case.recommended_total),
    Column(_("Heraf husleje"), lambda case: case.recommended_rent),
    Column(_("Ramme"), lambda case: case.recommended_year),
    Column(_("Indstillet af"), lambda case: case.recommender),
    Column(_("Indstillet"), lambda case: _day(case.recommended_at)),
    Column(_("Modtaget"), lambda case: _day(case.submitted_at)),
]


def _require_director(request: PortalRequest) -> None:
    if not permissions.may_decide(request.actor):
        raise PermissionDenied


@require_safe
def to_decide(request: PortalRequest) -> HttpResponseBase:
    """The recommended cases, the longest recommended first; ticked ones are seen together before they are decided."""
    _require_director(request)
    recommended = Application.objects.visible_to(request.actor, on=request.today).recommended()
    form = ToDecideFilterForm(
        request.GET,
        municipalities=Municipality.objects.filter(pk__in=recommended.values("municipality_id")),
        years=sorted(set(recommended.order_by().values_list("recommended_year", flat=True))),  # type: ignore[misc]  # annotated
    )
    cases = ordered_by(request, form.narrow(recommended).with_list_relations(), ORDERS, default="recommended")
    if wanted := export_format(request):
        return export(cases.iterator(chunk_size=500), EXPORT, wanted, name=gettext("Til afgørelse"))
    page = page_of(request, cases, per_page=MOST_TOGETHER)
    own = request.actor.user.pk if request.actor.user else None
    context = {
        "form": form,
        "is_filtered": form.is_filtering,
        "page_obj": page,
        "cases": page.object_list,
        "own": own,
        "all_url": _address([case.case_number for case in page.object_list if case.recommender_id != own]),  # type: ignore[attr-defined]  # annotated by recommended(),
    }
    return render(request, "applications/to_decide.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide_together(request: PortalRequest) -> HttpResponse:
    """What deciding the chosen cases would do, and the decision itself: `?case=123456&case=123457`."""
    _require_director(request)
    numbers = _chosen(request.POST if request.method == "POST" else request.GET)
    if not 1 <= len(numbers) <= MOST_TOGETHER:
        messages.error(request, gettext("Vælg mindst en sag og højst %(most)s.") % {"most": MOST_TOGETHER})
        return redirect("applications:to_decide")
    preview = transitions.preview_together(numbers, by=request.actor, on=request.today)
    if request.method != "POST":
        if not preview.rows:
            messages.info(request, gettext("Ingen af sagerne er til afgørelse længere."))
            return redirect("applications:to_decide")
        return _page(request, preview, numbers, together_form(rows=preview.rows))
    form = together_form(request.POST, rows=preview.rows)
    if not form.is_valid():
        return _page(request, preview, numbers, form)
    try:
        decisions = transitions.decide_together([*form.choices, *_gone(preview, numbers)], by=request.actor, at=timezone.now())
    except Refused as refused:
        return _refused(request, refused, numbers)
    total = kroner(sum((row.total for row in preview.rows), start=ZERO))
    said = ngettext(
        "Der er givet tilsagn i %(count)s sag på i alt %(total)s Beløbet er bundet i rammen, og brevet dannes og sendes.",
        "Der er givet tilsagn i %(count)s sager på i alt %(total)s Beløbene er bundet i rammen, og brevene dannes og sendes.",
        len(decisions),
    )
    messages.success(request, said % {"count": len(decisions), "total": total})
    return redirect("applications:to_decide")


def _gone(preview: transitions.Preview, numbers: list[int]) -> list[transitions.Choice]:
    """Cases that stood on the page and are not to be decided any more: the transition says what became of them."""
    shown = {row.application.case_number for row in preview.rows}
    return [transitions.Choice(number, "", "") for number in numbers if number not in shown]


def _chosen(data: QueryDict) -> list[int]:
    """The case numbers, each once; what is no case number is none."""
    given = dict.fromkeys(data.getlist("case"))
    return [int(number) for number in given if number.isdecimal() and len(number) == CASE_NUMBER_DIGITS]


def _refused(request: PortalRequest, refused: Refused, numbers: list[int]) -> HttpResponse:
    """The page as things stand now, with what was written and why nothing was decided."""
    preview = transitions.preview_together(numbers, by=request.actor, on=request.today)
    if not preview.rows:
        messages.error(request, told(refused))
        return redirect("applications:to_decide")
    form = together_form(seen_anew(request.POST, preview.rows), rows=preview.rows)
    form.is_valid()
    form.errors.pop("is_sure", None)
    apply_violations(form, refused.violations)
    by_case = refused.by_case if isinstance(refused, transitions.NotTogether) else {}
    return _page(request, preview, numbers, form, by_case=by_case)


def _page(
    request: PortalRequest,
    preview: transitions.Preview,
    numbers: list[int],
    form: TogetherForm,
    *,
    by_case: dict[int, Any] | None = None,
) -> HttpResponse:
    shown = [row.application.case_number for row in preview.rows]
    gone = [number for number in numbers if number not in shown]
    free = [row.application.case_number for row in preview.rows if not row.is_blocked]
    context = {
        "form": form,
        "preview": preview,
        "rows": [
            {
                "row": row,
                "number": place,
                "violations": _once([*(by_case or {}).get(row.application.case_number, ()), *row.violations]),
                "without_url": _address([number for number in shown if number != row.application.case_number]),
            }
            for place, row in enumerate(preview.rows, start=1)
        ],
        "gone": gone,
        "free_url": _address(free) if free and len(free) < len(shown) else "",
        "may_decide": bool(preview.rows) and not preview.blocked and not preview.violations,
    }
    return render(request, "applications/decide_together.html", context)


def _once(violations: list[Violation]) -> list[Violation]:
    """Each sentence once: the rules asked beforehand and the refusal often say the same."""
    return list({sentence_of(violation): violation for violation in violations}.values())


def _address(numbers: list[int]) -> str:
    """The preview of these cases; the list when there is none."""
    if not numbers:
        return reverse("applications:to_decide")
    query = QueryDict(mutable=True)
    query.setlist("case", [str(number) for number in numbers])
    return f"{reverse('applications:decide_together')}?{query.urlencode()}"
