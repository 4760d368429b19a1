"""The start page: what waits for this person, then where to go on. One list a role, the longest waiting first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.middleware import PortalRequest
from accounts.roles import Role
from applications import permissions
from applications.models import Application, MunicipalRecommendation
from applications.querysets import ApplicationQuerySet
from applications.states import TARGET_DAYS, State
from areas.models import Answer, HousingArea, standings
from ledger.kinds import FrameKind
from ledger.models import FrameFinding, FrameYear, Proposal
from ledger.permissions import Act, may
from monitoring.models import Effort, GiveBack
from monitoring.permissions import may_in_fund
from monitoring.states import State as EffortState

ROWS = 15


@dataclass(frozen=True)
class CaseRow:
    """A case in a work list."""

    case: Application
    days: int
    has_priority: bool = False

    @property
    def is_overdue(self) -> bool:
        """Older than the target."""
        return self.days > TARGET_DAYS


@dataclass(frozen=True)
class WorkList:
    """A list on the start page: what it is, its rows, and what it says when it is empty."""

    title: str | Promise
    empty: str | Promise
    rows: list[CaseRow] = field(default_factory=list)
    count: int = 0
    more_url: str = ""
    # Where several of the list are decided together.
    together_url: str = ""


@require_safe
def start(request: PortalRequest) -> HttpResponse:
    """The first page after sign-in."""
    actor = request.actor
    visible = Application.objects.visible_to(actor, on=request.today).with_list_relations()
    running = Effort.objects.visible_to(actor, on=request.today).exclude(state__in=[EffortState.CLOSED, EffortState.REVOKED])
    efforts = list(running.with_list_relations()[:ROWS]) if not actor.is_fund else []
    context = {
        "lists": list(_lists(request, visible)),
        "postings": _postings(actor),
        "give_backs": _give_backs(actor),
        "findings": _findings(actor),
        "may_create": permissions.may_create(actor),
        "frame": _frame(request.today) if actor.is_fund else None,
        "efforts": efforts,
        "has_nothing": not actor.roles and not efforts and not visible.exists(),
    }
    return render(request, "pages/start.html", context)


def _lists(request: PortalRequest, visible: ApplicationQuerySet) -> Iterator[WorkList]:
    actor = request.actor
    cases_url = reverse("applications:list")
    if actor.has(Role.DIRECTOR):
        recommended = visible.recommended().order_by("state_since")
        yield _list(
            request,
            _("Til afgørelse"),
            recommended,
            _("Her står sager, som en sagsbehandler har indstillet til tilsagn."),
            together_url=reverse("applications:to_decide"),
        )
        hearings = visible.filter(state__in=[State.HEARING, State.HEARING_PLAN]).order_by("state_since")
        yield _list(request, _("I partshøring"), hearings, _("Her står sager, der er i partshøring og kan ende med et afslag."))
    if actor.has(Role.CASE_OFFICER):
        inbox = visible.awaiting_fund()
        mine = inbox.filter(responsible=actor.user)
        yield _list(
            request,
            _("Mine sager, der venter på Landsbyggefonden"),
            mine,
            _("Her står sager, hvor du er sagsbehandler, og det er jeres tur. Tag en sag fra listen nedenfor."),
            more_url=f"{cases_url}?turn=fund&officer=mine&sort=since",
        )
        free = inbox.filter(responsible__isnull=True)
        yield _list(
            request,
            _("Uden sagsbehandler"),
            free,
            _("Her står nye sager, som ingen har taget endnu."),
            more_url=f"{cases_url}?turn=fund&officer=nobody&sort=since",
        )
    if actor.has(Role.HOUSING_SIGNATORY, Role.MUNICIPAL_SIGNATORY) and actor.organisation is not None:
        to_sign = visible.awaiting_signature_of(*actor.organisation_ids).order_by("state_since")
        yield _list(
            request,
            _("Aftaler, I skal underskrive"),
            to_sign,
            _("Her står samarbejdsaftaler, når de er klar til jeres underskrift."),
        )
    if actor.has(Role.APPLICANT):
        yield _list(
            request,
            _("Kræver handling fra jer"),
            visible.awaiting_applicant(),
            _("Her står sager, hvor det er jeres tur. Begynd med en ny ansøgning."),
            more_url=f"{cases_url}?turn=applicant&sort=since",
        )
        others = visible.open().filter(state__in=[*_with_fund()]).order_by("state_since")
        yield _list(
            request,
            _("Venter på andre"),
            others,
            _("Her står jeres sager, mens Landsbyggefonden eller parterne arbejder med dem."),
        )
    answering = MunicipalRecommendation.objects.of_municipality(actor, on=request.today)
    if actor.has(Role.MUNICIPAL_OFFICER) or (not actor.is_fund and answering.exists()):
        asked = visible.filter(pk__in=answering.waiting().values("application_id"))
        yield _list(
            request,
            _("Afventer vores anbefaling"),
            asked.order_by("state_since"),
            _("Her står ansøgninger, som kommunen er bedt om at anbefale."),
            more_url=reverse("applications:recommendations"),
        )
    if actor.has(Role.MUNICIPAL_OFFICER):
        yield _list(
            request,
            _("Sager i kommunen"),
            visible.open().order_by("state_since"),
            _("Her står sager i jeres kommune, når en boligorganisation har indsendt en ansøgning."),
            more_url=f"{cases_url}?sort=since",
        )


def _with_fund() -> Iterable[State]:
    return (State.SUBMITTED, State.UNDER_ASSESSMENT, State.WAITING_LIST, State.LOCAL_APPROVAL, State.PLAN_SUBMITTED)


def _list(
    request: PortalRequest,
    title: Any,
    cases: ApplicationQuerySet,
    empty: Any,
    *,
    more_url: str = "",
    together_url: str = "",
) -> WorkList:
    shown = list(cases[:ROWS])
    count = len(shown) if len(shown) < ROWS else cases.count()
    priority = _priority({case.area for case in shown}, request.today) if request.actor.is_fund else {}
    now = timezone.now()
    rows = [CaseRow(case, max(0, (now - case.state_since).days), priority.get(case.area_id, False)) for case in shown]
    return WorkList(title, empty, rows, count, more_url if count > len(rows) else "", together_url if rows else "")


def _priority(areas: Iterable[HousingArea], today: datetime.date) -> dict[int, bool]:
    """Which areas the regulation gives priority (R53)."""
    return {key: standing.has_priority is Answer.YES for key, standing in standings(areas, on=today).items()}


@dataclass(frozen=True)
class PostingList:
    """Postings that others proposed and this person may approve, the oldest first."""

    rows: list[Proposal]
    count: int


def _postings(actor: Actor) -> PostingList | None:
    """What waits for the actor's approval (four eyes); None for those who do not approve postings."""
    if not may(actor, Act.SECOND):
        return None
    waiting = Proposal.objects.awaiting(actor)
    rows = list(waiting[:ROWS])
    return PostingList(rows, len(rows) if len(rows) < ROWS else waiting.count())


def _give_backs(actor: Actor) -> int | None:
    """How many amounts of closed years finance is to propose the release of; None for those who may not."""
    return GiveBack.objects.due().count() if may_in_fund(actor, "propose_give_back") else None


def _findings(actor: Actor) -> int:
    """How much of what the check found still stands, for those who put it right."""
    return FrameFinding.objects.standing().count() if may(actor, Act.CHECK) else 0


def _frame(today: datetime.date) -> Any:
    """The year's frame, or None when the ledger has no such year."""
    years = FrameYear.objects.of(FrameKind.ORDINARY).with_reserved().select_related("period")
    row = years.filter(year=today.year).first()
    return row.position if row else None
