"""A case's events as people read them: one sentence each, and who may read why."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from applications.models import ApplicationEvent
from applications.sections import NAMES

SAVED = "application:section_saved"

# The sentence of an event. `%(section)s`, `%(version)s` come from its data.
SENTENCES = {
    "application:created": _("Ansøgningen er begyndt"),
    SAVED: _("Afsnittet »%(section)s« er gemt"),
    "application:submitted": _("Ansøgningen er indsendt"),
    "application:taken": _("Sagen har fået en sagsbehandler"),
    "application:assessment_started": _("Vurderingen er begyndt"),
    "application:information_requested": _("Landsbyggefonden har bedt om flere oplysninger"),
    "application:information_answered": _("De ønskede oplysninger er sendt"),
    "application:put_on_waiting_list": _("Sagen er sat på venteliste"),
    "application:prequalified": _("Sagen er prækvalificeret"),
    "application:hearing_opened": _("Landsbyggefonden har sendt sagen i partshøring"),
    "application:plan_hearing_opened": _("Landsbyggefonden har sendt planen i partshøring"),
    "application:hearing_answered": _("Parten har svaret på høringen"),
    "application:assessment_resumed": _("Vurderingen er genoptaget"),
    "application:plan_assessment_resumed": _("Behandlingen af planen er genoptaget"),
    "application:refused": _("Landsbyggefonden har givet afslag"),
    "application:plan_started": _("Helhedsplanen er begyndt"),
    "application:sent_for_signature": _("Samarbejdsaftalen, udgave %(version)s, er sendt til underskrift"),
    "application:signed": _("Samarbejdsaftalen, udgave %(version)s, er underskrevet"),
    "application:agreement_recalled": _("Samarbejdsaftalen er kaldt tilbage"),
    "application:plan_submitted": _("Alle parter har underskrevet, og helhedsplanen er indsendt"),
    "application:plan_information_requested": _("Landsbyggefonden har sendt planen tilbage"),
    "application:accepted_as_local": _("Landsbyggefonden har taget stilling til, om et bidrag tæller som lokal medfinansiering"),
    "application:recommended": _("Sagsbehandleren har indstillet et tilsagn"),
    "application:committed": _("Landsbyggefonden har givet tilsagn"),
    "application:withdrawn": _("Ansøgningen er trukket tilbage"),
    "application:lapsed": _("Sagen er bortfaldet"),
    "application:document_read": _("Et dokument er hentet"),
}

# The fund's own considerations before a decision: internal. Who read what: the fund's to know.
REASON_IS_INTERNAL = frozenset(
    {"application:recommended", "application:assessment_resumed", "application:plan_assessment_resumed", "application:lapsed"}
)
IS_INTERNAL = frozenset(
    {"application:recommended", "application:taken", "application:document_read", "application:accepted_as_local"}
)


@dataclass(frozen=True)
class Line:
    """What happened, who did it, when, and why when the reader may know."""

    what: str
    who: str
    at: datetime.datetime
    why: str = ""


def lines(events: Iterable[ApplicationEvent], reader: Actor) -> list[Line]:
    """The events the reader may know of, newest first; saves of one person on one day are one line.

    `events` come in order, with `user` and `organisation` selected. Outside the fund people are told which organisation
    did it; the fund acts as one.
    """
    shown = [event for event in events if reader.is_fund or event.event not in IS_INTERNAL]
    told = []
    for _key, group in groupby(shown, key=_belongs_together):
        first, *rest = group
        told.append(_saves([first, *rest], reader) if rest else _line(first, reader))
    return told[::-1]


def _belongs_together(event: ApplicationEvent) -> tuple[object, ...]:
    if event.event == SAVED:
        return (SAVED, event.user_id, timezone.localdate(event.at))
    return (event.pk,)


def _line(event: ApplicationEvent, reader: Actor) -> Line:
    return Line(what=_sentence(event), who=_who(event, reader), at=event.at, why=_why(event, reader))


def _saves(events: list[ApplicationEvent], reader: Actor) -> Line:
    names = dict.fromkeys(str(NAMES[event.data["section"]]) for event in events)
    what = gettext("Afsnit er gemt: %(sections)s") % {"sections": ", ".join(names)}
    return Line(what=what, who=_who(events[-1], reader), at=events[-1].at)


def _sentence(event: ApplicationEvent) -> str:
    section = event.data.get("section", "")
    words = {"section": str(NAMES.get(section, section)), "version": event.data.get("version", "")}
    return str(SENTENCES[event.event]) % words


def _who(event: ApplicationEvent, reader: Actor) -> str:
    if event.user is None:
        return str(Role.SYSTEM.label)
    if event.organisation is None:
        return str(event.user)
    if not reader.is_fund and event.role in {Role.CASE_OFFICER, Role.DIRECTOR, Role.FINANCE_OFFICER}:
        return str(event.organisation)
    return f"{event.user}, {event.organisation}"


def _why(event: ApplicationEvent, reader: Actor) -> str:
    return "" if event.event in REASON_IS_INTERNAL and not reader.is_fund else event.reason
