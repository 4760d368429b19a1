"""An effort's events as people read them: one sentence each."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import FUND_ROLES, Role
from monitoring.models import EffortEvent

SENTENCES = {
    "effort:opened": _("Der er givet tilsagn, og indsatsen er oprettet"),
    "effort:started": _("Indsatsen er sat i gang"),
    "effort:change_requested": _("Der er søgt om en ændring"),
    "effort:change_approved": _("Landsbyggefonden har godkendt ændringen"),
    "effort:change_rejected": _("Landsbyggefonden har afvist ændringen"),
    "effort:extended": _("Landsbyggefonden har forlænget indsatsen"),
    "effort:closing_begun": _("Indsatsen er slut og skal afregnes"),
    "effort:closed": _("Landsbyggefonden har godkendt regnskabet og afsluttet indsatsen"),
    "effort:revoked": _("Landsbyggefonden har kaldt tilsagnet tilbage"),
    "effort:measured": _("Der er indlæst nye tal"),
}


@dataclass(frozen=True)
class Line:
    """What happened, who did it, when, and why."""

    what: str
    who: str
    at: datetime.datetime
    why: str = ""


def lines(events: Iterable[EffortEvent], reader: Actor) -> list[Line]:
    """The events, newest first; `events` come with `user` and `organisation` selected.

    Outside the fund people are told that the fund did it, not which person there.
    """
    newest_first = sorted(events, key=lambda event: event.pk, reverse=True)
    return [Line(str(SENTENCES[event.event]), _who(event, reader), event.at, event.reason) for event in newest_first]


def _who(event: EffortEvent, reader: Actor) -> str:
    if event.user is None:
        return str(Role.SYSTEM.label)
    if event.organisation is None:
        return str(event.user)
    if not reader.is_fund and event.role in FUND_ROLES:
        return str(event.organisation)
    return f"{event.user}, {event.organisation}"
