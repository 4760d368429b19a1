"""What a case is expected to take of a year's frame: held with prequalification, and changed until the case is decided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import PortalRequest
from applications import facts, states, transitions
from applications.forms.reservation import PrequalifyForm, ReservationForm
from applications.models import Application
from applications.transitions import Expected
from applications.views.finding import find, require, require_move
from applications.views.moves import attempt
from applications.views.not_now import asks_in_vain, not_now
from lbf_portal.lib.refusals import Violation, advice
from lbf_portal.lib.telling import sentence_of
from ledger.kinds import FrameKind
from ledger.models import FrameYear
from ledger.signals import waiting

PREQUALIFIED = _("Sagen er prækvalificeret. Brevet dannes og sendes til ansøgeren.")
ZERO = Decimal("0.00")


@require_http_methods(["GET", "HEAD", "POST"])
def prequalify(request: PortalRequest, case_number: int) -> HttpResponse:
    """The preliminary yes, with what may be reserved for the case: its own budget and the running year are filled in."""
    application = find(request, case_number)
    require_move(request, states.PREQUALIFY, application)
    heading = gettext(states.PREQUALIFY.label)
    if asks_in_vain(request, application, states.PREQUALIFY.sources):
        return not_now(request, application, heading, starts=states.PREQUALIFY.sources)
    years = _open_years(request)
    form = PrequalifyForm(request.POST if request.method == "POST" else None, years=years, initial=_asked_for(application, years))

    def act() -> None:
        told = _advice(request, application, form.expected)
        transitions.prequalify(
            application, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"], expected=form.expected
        )
        _tell(request, told)

    if form.is_valid() and (answer := attempt(request, application, form, act, PREQUALIFIED)):
        return answer
    return render(request, "applications/prequalify.html", _context(request, application, form, heading))


@require_http_methods(["GET", "HEAD", "POST"])
def reservation(request: PortalRequest, case_number: int) -> HttpResponse:
    """Another amount or year, with a reason that the fund alone can read."""
    application = find(request, case_number)
    require(request, "reserve", application)
    heading = gettext("Reservation i rammen")
    if asks_in_vain(request, application, states.AFTER_PREQUALIFICATION):
        return not_now(request, application, heading, starts=states.AFTER_PREQUALIFICATION)
    years, held = _open_years(request), facts.reserved(application)
    initial = (
        {"frame_year": held.year, "social_amount": held.social, "rent_amount": held.rent}
        if held
        else _asked_for(application, years)
    )
    form = ReservationForm(request.POST if request.method == "POST" else None, years=years, initial=initial)

    def act() -> None:
        assert form.expected is not None  # the page has no form where no frame is open
        told = _advice(request, application, form.expected)
        transitions.change_reservation(
            application, form.expected, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
        _tell(request, told)

    if years and form.is_valid():
        is_kept = form.expected is not None and form.expected.total
        done = _("Reservationen er gemt.") if is_kept else _("Der er ikke længere reserveret noget for sagen.")
        if answer := attempt(request, application, form, act, done):
            return answer
    context = _context(request, application, form, heading) | {"held": held}
    return render(request, "applications/reservation.html", context)


def _open_years(request: PortalRequest) -> list[int]:
    """A commitment charges the year it is given in (G2), so years that are over are not offered."""
    frames = FrameYear.objects.of(FrameKind.ORDINARY).filter(year__gte=request.today.year, closed_on__isnull=True)
    return list(frames.order_by("year").values_list("year", flat=True))


def _asked_for(application: Application, years: list[int]) -> dict[str, Any]:
    return {
        "frame_year": years[0] if years else None,
        "social_amount": facts.of_budget(application).fund,
        "rent_amount": facts.rent_asked(application),
    }


def _advice(request: PortalRequest, application: Application, expected: Expected | None) -> list[Violation]:
    """Where the reservation goes beyond what the year's outlook leaves: told, never refused."""
    return advice(transitions.check_reservation(application, expected, on=request.today)) if expected else []


def _tell(request: PortalRequest, told: list[Violation]) -> None:
    """The advice beside the message that it is done."""
    for violation in told:
        messages.warning(request, sentence_of(violation))


def _context(request: PortalRequest, application: Application, form: Any, heading: str) -> dict[str, Any]:
    return {"application": application, "form": form, "heading": heading, "outlooks": _outlooks(request)}


def _outlooks(request: PortalRequest) -> list[dict[str, Any]]:
    """Where the open years stand, and what they would have left if all came that is expected of them."""
    frames = FrameYear.objects.of(FrameKind.ORDINARY).with_reserved().select_related("period")
    waits = waiting(on=request.today)
    outlooks = []
    for row in frames.filter(year__gte=request.today.year, closed_on__isnull=True).order_by("year"):
        waiting_now = sum((one.total for one in waits if one.year == row.year), start=ZERO)
        left = row.position.outlook_available(waiting_now)
        outlooks.append({"position": row.position, "waiting": waiting_now, "left": left})
    return outlooks
