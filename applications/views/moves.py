"""Moves that need a reason, and those that need nothing but the button: one view, driven by a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import PortalRequest
from applications import states, transitions
from applications.forms.moves import HearingForm, HearingReplyForm, reason_form
from applications.models import Application
from applications.views.finding import find, require, require_move
from applications.views.not_now import asks_in_vain, not_now
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.moves import Move
from lbf_portal.lib.refusals import IllegalMove, Refused
from lbf_portal.lib.telling import told

Text = str | Promise


@dataclass(frozen=True)
class ReasonedMove:
    """How a move that needs a reason is asked and told."""

    moves: tuple[Move, ...]
    act: Callable[..., None]
    question: Text
    hint: Text
    done: Text
    # Red button: the case ends, or somebody loses work.
    is_grave: bool = False


REASONED: dict[str, ReasonedMove] = {
    "request_information": ReasonedMove(
        (states.REQUEST_INFORMATION,),
        transitions.request_information,
        _("Hvad mangler Landsbyggefonden?"),
        _("Skriv, hvilke oplysninger der mangler, og hvorfor. Ansøgeren får en mail og kan rette ansøgningen."),
        _("Ansøgeren er bedt om flere oplysninger."),
    ),
    "answer_information": ReasonedMove(
        (states.ANSWER_INFORMATION,),
        transitions.answer_information,
        _("Svar til Landsbyggefonden"),
        _("Skriv kort, hvad I har rettet eller tilføjet. Ret først selve ansøgningen, hvis den skal ændres."),
        _("Oplysningerne er sendt til Landsbyggefonden."),
    ),
    "waiting_list": ReasonedMove(
        (states.PUT_ON_WAITING_LIST,),
        transitions.put_on_waiting_list,
        _("Hvorfor skal sagen på venteliste?"),
        _("Skriv, hvad sagen venter på. Ansøgeren kan læse det."),
        _("Sagen er sat på venteliste."),
    ),
    "resume": ReasonedMove(
        (states.RESUME_ASSESSMENT, states.RESUME_PLAN),
        transitions.resume,
        _("Hvorfor genoptages behandlingen?"),
        _("Skriv, hvad høringen har ført til."),
        _("Behandlingen er genoptaget."),
    ),
    "refuse": ReasonedMove(
        (states.REFUSE,),
        transitions.refuse,
        _("Begrundelse for afslaget"),
        _("Regler, hensyn og oplysninger, og hvordan høringssvaret er vurderet. Begrundelsen står i brevet."),
        _("Der er givet afslag. Brevet dannes og sendes til ansøgeren."),
        is_grave=True,
    ),
    "withdraw": ReasonedMove(
        (states.WITHDRAW,),
        transitions.withdraw,
        _("Hvorfor trækker I ansøgningen tilbage?"),
        _("Sagen afsluttes. Den kan ikke åbnes igen; I kan søge på ny."),
        _("Ansøgningen er trukket tilbage."),
        is_grave=True,
    ),
    "lapse": ReasonedMove(
        (states.LAPSE,),
        transitions.lapse,
        _("Hvorfor bortfalder sagen?"),
        _("Sagen afsluttes uden afgørelse, fordi der ikke er sket noget i den. Ansøgeren får besked."),
        _("Sagen er bortfaldet."),
        is_grave=True,
    ),
    "return_plan": ReasonedMove(
        (states.REQUEST_PLAN_INFORMATION,),
        transitions.return_plan,
        _("Hvad skal ændres i planen?"),
        _("Planen åbnes igen, og parterne skal underskrive en ny udgave af aftalen."),
        _("Planen er sendt tilbage til parterne."),
    ),
}


def attempt(
    request: HttpRequest, application: Application, form: Any, act: Callable[[], object], done: Text
) -> HttpResponse | None:
    """Make the move and go to the case; None when the form is to be shown again with what was refused.

    Whoever comes second, or from an old page, gets the plain message and the case as it is now.
    """
    try:
        act()
    except IllegalMove as refused:
        messages.error(request, told(refused))
    except Refused as refused:
        apply_violations(form, refused.violations, {"reasons": "reason"})
        return None
    else:
        messages.success(request, str(done))
    return redirect(application)


def _page(
    request: HttpRequest, application: Application, form: Any, heading: str, *, is_grave: bool = False, **more: Any
) -> HttpResponse:
    context = {"application": application, "form": form, "heading": heading, "is_grave": is_grave, **more}
    return render(request, "applications/move.html", context)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def reasoned(name: str) -> Callable[..., HttpResponse]:
    """The view of a move that needs a reason."""
    chosen = REASONED[name]

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: PortalRequest, case_number: int) -> HttpResponse:
        application = find(request, case_number)
        move = next((move for move in chosen.moves if application.state in move.sources), chosen.moves[0])
        require_move(request, move, application)
        starts = frozenset[str]().union(*(move.sources for move in chosen.moves))
        if asks_in_vain(request, application, starts):
            return not_now(request, application, gettext(move.label), starts=starts)
        form = reason_form(_posted(request), question=chosen.question, hint=chosen.hint)

        def act() -> None:
            chosen.act(application, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])

        if form.is_valid() and (answer := attempt(request, application, form, act, chosen.done)):
            return answer
        return _page(request, application, form, gettext(move.label), is_grave=chosen.is_grave)

    return view


@dataclass(frozen=True)
class PlainMove:
    """A move that is one button."""

    act: Callable[..., None]
    done: Text
    move: Move | None = None
    permission: str = ""


PLAIN: dict[str, PlainMove] = {
    "take": PlainMove(transitions.take, _("Du er nu sagsbehandler på sagen."), permission="take"),
    "start_assessment": PlainMove(transitions.start_assessment, _("Vurderingen er begyndt."), move=states.START_ASSESSMENT),
    "start_plan": PlainMove(transitions.start_plan, _("Helhedsplanen er begyndt."), move=states.START_PLAN),
}


def plain(name: str) -> Callable[..., HttpResponse]:
    """The view of a move that is one button: POST only."""
    chosen = PLAIN[name]

    @require_POST
    def view(request: PortalRequest, case_number: int) -> HttpResponse:
        application = find(request, case_number)
        if chosen.move is not None:
            require_move(request, chosen.move, application)
        else:
            require(request, chosen.permission, application)
        try:
            chosen.act(application, by=request.actor, at=timezone.now())
        except Refused as refused:
            messages.error(request, told(refused))
        else:
            messages.success(request, str(chosen.done))
        return redirect(application)

    return view


@require_http_methods(["GET", "HEAD", "POST"])
def hearing(request: PortalRequest, case_number: int) -> HttpResponse:
    """Open a party hearing, before the plan or about it."""
    application = find(request, case_number)
    is_about_plan = application.state in states.OPEN_PLAN_HEARING.sources
    move = states.OPEN_PLAN_HEARING if is_about_plan else states.OPEN_HEARING
    require_move(request, move, application)
    starts = states.OPEN_HEARING.sources | states.OPEN_PLAN_HEARING.sources
    if asks_in_vain(request, application, starts):
        return not_now(request, application, gettext(move.label), starts=starts)
    form = HearingForm(_posted(request), on=request.today)

    def act() -> None:
        transitions.open_hearing(application, by=request.actor, at=timezone.now(), **form.cleaned_data)

    done = _("Parten har fået høringen og besked om fristen.")
    if form.is_valid() and (answer := attempt(request, application, form, act, done)):
        return answer
    return _page(request, application, form, gettext(move.label))


@require_http_methods(["GET", "HEAD", "POST"])
def answer_hearing(request: PortalRequest, case_number: int) -> HttpResponse:
    """The party's comments on the hearing."""
    application = find(request, case_number)
    require(request, "answer_hearing", application)
    heading = gettext("Svar på partshøringen")
    if asks_in_vain(request, application, states.IN_HEARING):
        return not_now(request, application, heading, starts=states.IN_HEARING)
    hearing = application.hearings.last()
    if request.method != "POST" and (hearing is None or hearing.replied_on is not None):
        return not_now(request, application, heading, why=gettext("Høringen er besvaret. Landsbyggefonden går videre med sagen."))
    form = HearingReplyForm(_posted(request))

    def act() -> None:
        transitions.answer_hearing(application, by=request.actor, at=timezone.now(), **form.cleaned_data)

    done = _("Jeres bemærkninger er sendt til Landsbyggefonden.")
    if form.is_valid() and (answer := attempt(request, application, form, act, done)):
        return answer
    return _page(request, application, form, heading, hearing=hearing)
