"""What the pages of the frames have in common: who sees them, and the day they are about."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from accounts.middleware import PortalRequest
from ledger.forms import AsOfForm
from ledger.history import Standing, standings
from ledger.kinds import FrameKind
from ledger.models import FrameYear
from ledger.permissions import Act, may


def for_the_fund(request: PortalRequest) -> None:
    """Refuse everybody else: who is signed in may know that the page exists, the bookkeeping is the fund's own."""
    if not may(request.actor, Act.SEE):
        raise PermissionDenied


def as_of(form: AsOfForm) -> dict[str, Any]:
    """The day for a template: the day itself, what a link carries on, and whether another was asked for in vain."""
    on = form.on_day
    return {"on": on, "on_query": f"?on={on.isoformat()}" if on else "", "is_of_no_day": form.is_of_no_day}


def standing_of(year: int, frame: FrameKind, form: AsOfForm) -> Standing | None:
    """The year as it stood on the day that is asked for; None when its period had not begun.

    Errors: Http404 when there is no such year at all.
    """
    for standing in standings(form.on_day):
        if (standing.position.year, standing.position.frame) == (year, frame):
            return standing
    if not FrameYear.objects.of(frame).filter(year=year).exists():
        raise Http404(f"No frame {frame} for {year}")
    return None


def year_pages(year: int, frame: FrameKind, form: AsOfForm) -> dict[str, str]:
    """The addresses of a year's pages, about the same day."""
    day = as_of(form)["on_query"]
    names = ("extra_year", "extra_cases") if frame == FrameKind.EXTRA_RENT else ("frame_year", "frame_cases")
    year_url, cases_url = (reverse(f"ledger:{name}", args=[year]) for name in names)
    return {"frames_url": reverse("ledger:frames") + day, "year_url": year_url + day, "cases_url": cases_url + day}


def status_of(standing: Standing) -> str:
    """Whether the year is open, and on what its ceiling rests, in words."""
    if standing.closed_on:
        return gettext("Lukket")
    if not standing.position.base:
        return gettext("Kun overførsel")
    return gettext("Åben, reguleret") if standing.position.is_regulated else gettext("Åben, grundbeløb")
