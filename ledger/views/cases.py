"""The cases of a year: what each holds by kind of money, what is reserved for it, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from lbf_portal.lib.tables import Column, export, export_format, page_of
from ledger.forms import Has, ShareFilterForm
from ledger.history import Share
from ledger.kinds import FrameKind
from ledger.models import FrameYear
from ledger.positions import ZERO
from ledger.views.standing import as_of, for_the_fund, standing_of, year_pages
from ledger.views.years import outlook_of

AMOUNTS = ("social", "rent", "vacancy", "held", "reserved", "waiting")
SORTS: dict[str, Callable[[Share], Any]] = {
    "case": lambda share: share.case_reference,
    "social": lambda share: share.social,
    "rent": lambda share: share.rent,
    "vacancy": lambda share: share.vacancy,
    "held": lambda share: share.held,
    "reserved": lambda share: share.reserved,
    "waiting": lambda share: share.waiting,
}


@require_safe
def frame_cases(request: PortalRequest, year: int, frame: FrameKind = FrameKind.ORDINARY) -> HttpResponseBase:
    """The cases now, or as the ledger stood in the evening of a past day."""
    for_the_fund(request)
    form = ShareFilterForm(request.GET, today=request.today)
    form.is_valid()
    on = form.on_day
    standing = standing_of(year, frame, form)
    context = {
        "year": year,
        "name": FrameYear(year=year, kind=frame).called,
        "form": form,
        "is_filtered": form.is_filtered,
        **as_of(form),
        **year_pages(year, frame, form),
    }
    wanted = export_format(request)
    if standing is None:
        return render(request, "ledger/no_frame_yet.html", context, status=400 if wanted else 200)
    outlook = outlook_of(standing, on=on, today=request.today)
    found = _sorted(request, [share for share in outlook.shares if _is_chosen(share, form.cleaned_data)])
    if wanted and not form.is_of_no_day:
        facts = {"name": standing.frame_year.called, "day": on.isoformat() if on else ""}
        return export(found, SHARES, wanted, name=gettext("%(name)s: sagerne %(day)s") % facts)
    page = page_of(request, found)  # type: ignore[type-var]  # a paginator takes any sequence
    context |= {
        "frame_year": standing.frame_year,
        "position": standing.position,
        "outlook": outlook,
        "narrows": form.narrows,
        "page_obj": page,
        "shares": page.object_list,
        "totals": _totals(found),
    }
    return render(request, "ledger/frame_cases.html", context, status=400 if wanted else 200)


def _is_chosen(share: Share, chosen: dict[str, Any]) -> bool:
    """Whether the filter leaves the case."""
    has = chosen.get("has")
    amounts = {Has.HELD: share.held, Has.RESERVED: share.reserved, Has.WAITING: share.waiting}
    return share.case_reference.startswith(chosen.get("q") or "") and (not has or bool(amounts[Has(has)]))


def _sorted(request: PortalRequest, found: list[Share]) -> list[Share]:
    """In the order of `?sort=<name>`, `-<name>` turned round; by case number without it, and among equals."""
    wanted = request.GET.get("sort", "")
    key = SORTS.get(wanted.removeprefix("-"), SORTS["case"])
    return sorted(found, key=key, reverse=wanted.startswith("-") and wanted.removeprefix("-") in SORTS)


def _totals(found: Sequence[Share]) -> dict[str, Decimal]:
    """What the cases that are found add up to, those on other pages included."""
    return {name: sum((getattr(share, name) for share in found), start=ZERO) for name in AMOUNTS}


SHARES: list[Column[Share]] = [
    Column(_("Sag"), lambda share: share.case_reference),
    Column(_("Boligsocial indsats"), lambda share: share.social),
    Column(_("Huslejenedsættelse"), lambda share: share.rent),
    Column(_("Tomgangsleje ved genhusning"), lambda share: share.vacancy),
    Column(_("Tilsagn i alt"), lambda share: share.held),
    Column(_("Reserveret til boligsocial indsats"), lambda share: share.social_reserved),
    Column(_("Reserveret til husleje"), lambda share: share.rent_reserved),
    Column(_("Venter på afgørelse, boligsocial indsats"), lambda share: share.social_waiting),
    Column(_("Venter på afgørelse, husleje"), lambda share: share.rent_waiting),
    Column(_("Reserveret den"), lambda share: share.reserved_on),
    Column(_("Bemærkning"), lambda share: share.note),
]
