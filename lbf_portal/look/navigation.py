"""The main menu: which pages a person with these roles starts from, in which order."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import FUND_ROLES, MUNICIPAL_ROLES, Role
from applications.models import MunicipalRecommendation
from ledger.models import Proposal
from ledger.permissions import Act, may


@dataclass(frozen=True)
class Entry:
    """A page of the menu. Without roles it is for everybody; `badge` counts what waits for the actor there."""

    label: str | Promise
    view: str
    roles: frozenset[Role] = frozenset()
    badge: Callable[[Actor], int] | None = None


@dataclass(frozen=True)
class Item:
    """An entry as the templates show it."""

    label: str
    url: str
    is_current: bool
    badge: int


def _postings_to_approve(actor: Actor) -> int:
    """Postings by hand that wait for this person's approval (four eyes)."""
    return Proposal.objects.awaiting(actor).count() if may(actor, Act.SECOND) else 0


def _recommendations_to_give(actor: Actor) -> int:
    """Applications that the municipality was asked to recommend and has not answered (R66)."""
    return MunicipalRecommendation.objects.of_municipality(actor, on=timezone.localdate()).waiting().count()


ENTRIES: tuple[Entry, ...] = (
    Entry(_("Forside"), "start"),
    Entry(_("Sager"), "applications:list"),
    Entry(_("Afventer vores anbefaling"), "applications:recommendations", MUNICIPAL_ROLES, _recommendations_to_give),
    Entry(_("Frister"), "applications:deadlines"),
    Entry(_("Indsatser"), "monitoring:list"),
    Entry(_("Boligområder"), "areas:list"),
    Entry(_("Medarbejdere"), "accounts:own_people", frozenset({Role.ORG_ADMINISTRATOR})),
    Entry(_("Rammen"), "ledger:frames", FUND_ROLES, _postings_to_approve),
    Entry(_("Planlægning"), "planner:plan", FUND_ROLES),
)


def navigation(request: HttpRequest, entries: tuple[Entry, ...] = ENTRIES) -> list[Item]:
    """The menu of the request's actor; nobody signed in has none.

    The current entry is the one whose address the page's address begins with, the longest when several fit.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if not actor:
        return []
    shown = [(entry, reverse(entry.view)) for entry in entries if not entry.roles or entry.roles & actor.roles]
    fitting = [url for _entry, url in shown if _is_at(request.path, url)]
    current = max(fitting, key=len, default="")
    return [
        Item(str(entry.label), url, is_current=url == current, badge=entry.badge(actor) if entry.badge else 0)
        for entry, url in shown
    ]


def _is_at(path: str, url: str) -> bool:
    """The front page is current on itself only: every address begins with `/`."""
    return path == url if url == "/" else path.startswith(url)
