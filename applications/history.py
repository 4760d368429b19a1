"""A case's events as people read them: one sentence each, and who may read why."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import read_former_names
from accounts.roles import Right, Role
from applications import file_states, states
from applications.models import ApplicationEvent, GuestKind
from applications.models.transfers import TRANSFER_TAKEN_BACK, TRANSFERRED
from applications.rules.documents import NAMES as DOCUMENT_NAMES
from applications.rules.documents import DocumentType
from applications.rules.rule_sets import terms_of
from applications.sections import NAMES
from lbf_portal.lib.danish import kroner

SAVED = "application:section_saved"
RESERVED = "application:reserved"

# The sentence of an event. `%(section)s`, `%(version)s` and the amounts come from its data.
SENTENCES = {
    "application:created": _("Ansøgningen er begyndt"),
    SAVED: _("Afsnittet »%(section)s« er gemt"),
    "application:sections_copied": _("Afsnit er kopieret fra ansøgning %(source)s"),
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
    RESERVED: _("Der er reserveret i rammen for %(year)s: %(social)s og %(rent)s til huslejestøtte"),
    "application:unreserved": _("Reservationen i rammen er ophævet"),
    TRANSFERRED: _("Sagen er flyttet til %(regulation)s pr. %(day)s"),
    TRANSFER_TAKEN_BACK: _("Flytningen er taget tilbage. Sagen følger igen %(regulation)s"),
    states.IMPORT.event: _("Sagen er lagt ind fra det tidligere sagssystem, hvor den havde nummer %(reference)s"),
    "application:withdrawn": _("Ansøgningen er trukket tilbage"),
    "application:lapsed": _("Sagen er bortfaldet"),
    "application:expiry_warned": _("Parterne er varslet om, at prækvalifikationen udløber %(day)s"),
    "application:prequalification_extended": _("Prækvalifikationen er forlænget til %(day)s"),
    "application:document_read": _("Et dokument er hentet"),
    "application:attachment_added": _("Et bilag er lagt ind: %(document)s"),
    "application:attachment_replaced": _("Et bilag er erstattet: %(document)s, udgave %(version)s"),
    "application:attachment_hidden": _("Et bilag er fjernet: %(document)s"),
    "application:attachment_accepted": _("Et bilag er kontrolleret og godkendt: %(document)s, udgave %(version)s"),
    "application:attachment_to_confirm": _("Et bilag skal bekræftes: %(document)s, udgave %(version)s"),
    "application:attachment_refused": _("Et bilag er afvist af kontrollen: %(document)s, udgave %(version)s"),
    "application:attachment_confirmed": _("Et bilag er bekræftet: %(document)s, udgave %(version)s"),
    "application:attachment_read": _("Et bilag er hentet: %(document)s, udgave %(version)s"),
    "application:attachments_read": _("Alle bilag er hentet"),
    "application:person_invited": _("En person er inviteret til sagen: %(guest)s, ret til at %(right)s"),
    "application:invitation_sent_again": _("En invitation er sendt igen: %(guest)s"),
    "application:invitation_accepted": _("En inviteret har taget imod adgangen til sagen: %(guest)s, ret til at %(right)s"),
    "application:access_changed": _("En adgang til sagen er ændret: %(guest)s, ret til at %(right)s"),
    "application:access_ended": _("En adgang til sagen er ophørt: %(guest)s"),
    "application:contact_changed": _("Ansøgerens kontaktperson er skiftet"),
    "application:recommendation_asked": _("Kommunen er bedt om en anbefaling"),
    "application:recommendation_called_off": _("Ansøgeren har aflyst ønsket om en anbefaling"),
    "application:municipality_recommended": _("Kommunen anbefaler ansøgningen"),
    "application:municipality_declined": _("Kommunen anbefaler ikke ansøgningen"),
    "application:municipality_took_back": _("Kommunen har trukket sin anbefaling tilbage"),
    "application:comment_written": _("Der er skrevet en kommentar til afsnittet »%(section)s«"),
    "application:comments_resolved": _("En kommentar til afsnittet »%(section)s« er løst"),
    "application:comments_reopened": _("En kommentar til afsnittet »%(section)s« er åbnet igen"),
    "application:mandate_given": _("Boligorganisationen har givet en fuldmagt, der gælder sagen"),
    "application:party_succeeded": _("%(name)s er lagt sammen med en anden organisation, som er part fra nu af"),
}
# Said among those who prepare the case: the fund is not told that it was.
COMMENTS = frozenset({"application:comment_written", "application:comments_resolved", "application:comments_reopened"})

# Somebody was let in, or is no longer: nothing is written by that.
ACCESS = frozenset(
    {
        "application:person_invited",
        "application:invitation_sent_again",
        "application:invitation_accepted",
        "application:access_changed",
        "application:access_ended",
    }
)

# The fund's own considerations before a decision: internal. Who read what: the fund's to know.
REASON_IS_INTERNAL = frozenset(
    {"application:recommended", "application:assessment_resumed", "application:plan_assessment_resumed", "application:lapsed"}
)
READ = frozenset({"application:document_read", "application:attachment_read", "application:attachments_read"})
IS_INTERNAL = READ | {
    "application:recommended",
    RESERVED,
    "application:unreserved",
    "application:taken",
    file_states.ACCEPT.event,
    "application:accepted_as_local",
}
# Nobody has added or changed anything in the case: it was read, it got a case officer, a file that was there already was
# controlled, people were let in or wrote to each other. A move to other rules can still be taken back after these; a refusal
# because of a comment would tell the fund that there is one.
WRITES_NOTHING = frozenset(
    {"application:taken", "application:mandate_given", file_states.ACCEPT.event, file_states.ASK.event, file_states.REFUSE.event}
    | READ
    | COMMENTS
    | ACCESS
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
    events = list(events)
    read_former_names(event.organisation for event in events)
    unsaid = COMMENTS if reader.is_fund else IS_INTERNAL
    shown = [event for event in events if event.event not in unsaid]
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
    words = {
        "section": str(NAMES.get(section, section)),
        "version": event.data.get("version", ""),
        "name": event.data.get("name", ""),
    }
    if event.event == RESERVED:
        amounts = {money: kroner(Decimal(event.data[money])) for money in ("social", "rent")}
        words |= {"year": str(event.data["year"]), **amounts}
    if event.event in {TRANSFERRED, TRANSFER_TAKEN_BACK}:
        words |= {"regulation": terms_of(event.data["to"]).regulation, "day": _day(event.data.get("as_of"))}
    if guest := event.data.get("kind"):
        words["guest"] = str(GuestKind(guest).label).lower() if guest in GuestKind.values else ""
    if right := event.data.get("right"):
        words["right"] = str(Right(right).label).lower()
    if until := event.data.get("until"):
        words["day"] = _day(until)
    if kind := event.data.get("document_type"):
        words["document"] = gettext(DOCUMENT_NAMES[DocumentType(kind)])
    if source := event.data.get("source"):
        words["source"] = source
    if event.event == states.IMPORT.event:
        words["reference"] = event.data["reference"]
    return str(SENTENCES[event.event]) % words


def _day(iso: str | None) -> str:
    return date_format(datetime.date.fromisoformat(iso)) if iso else ""


def _who(event: ApplicationEvent, reader: Actor) -> str:
    if event.user is None:
        return str(Role.SYSTEM.label)
    if event.organisation is None:
        return str(event.user)
    if not reader.is_fund and event.role in {Role.CASE_OFFICER, Role.DIRECTOR, Role.FINANCE_OFFICER}:
        return str(event.organisation)
    return f"{event.user}, {_unit(event)}"


def _unit(event: ApplicationEvent) -> str:
    """The organisation by its name of the day; by mandate it was somebody else's people."""
    name = event.organisation.name_on(timezone.localdate(event.at)) if event.organisation else ""
    return gettext("%(organisation)s, med fuldmagt") % {"organisation": name} if "mandate" in event.data else name


def _why(event: ApplicationEvent, reader: Actor) -> str:
    return "" if event.event in REASON_IS_INTERNAL and not reader.is_fund else event.reason
