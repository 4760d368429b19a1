"""An effort's events as people read them: one sentence each."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import read_former_names
from accounts.roles import FUND_ROLES, Role
from lbf_portal.lib.danish import kroner
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
    read_former_names(event.organisation for event in newest_first)
    return [Line(_what(event), _who(event, reader), event.at, event.reason) for event in newest_first]


def _what(event: EffortEvent) -> str:
    """The sentence; where a closed year took no money back, that too (transitions._give_back)."""
    sentence = str(SENTENCES[event.event])
    kept = Decimal(event.data.get("social", 0)) + Decimal(event.data.get("rent", 0))
    if not kept or event.data["is_released"]:
        return sentence
    words = {"amount": kroner(kept), "year": event.data["frame_year"]}
    return f"{sentence}. {gettext('Rammen for %(year)s er lukket, så dette beløb er ikke frigivet i den: %(amount)s') % words}"


def _who(event: EffortEvent, reader: Actor) -> str:
    if event.user is None:
        return str(Role.SYSTEM.label)
    if event.organisation is None:
        return str(event.user)
    if not reader.is_fund and event.role in FUND_ROLES:
        return str(event.organisation)
    name = event.organisation.name_on(timezone.localdate(event.at))
    by_mandate = gettext("%(organisation)s, med fuldmagt") % {"organisation": name}
    return f"{event.user}, {by_mandate if 'mandate' in event.data else name}"
