"""The fund's work up to prequalification, and how a case ends without a commitment."""

from __future__ import annotations

import datetime

from accounts.actors import Actor
from applications import attachments, facts, notifications, states
from applications.models import Application, Outcome, PartyHearing
from applications.rules import documents, reasons, refusal
from applications.transitions.attachments import listed, unchanged_since
from applications.transitions.common import day_of, locked, make_letter, record_decision, void_standing_agreement
from applications.transitions.drafting import check_application
from applications.transitions.reservations import Expected, end_reservation, hold
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import IllegalMove, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


def take(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Make oneself the responsible case officer."""
    with locked(application, "take", by=by, at=at):
        if application.responsible == by.user:
            return
        application.responsible = by.user
        application.save(update_fields=["responsible"])
        application.record("application:taken", by=by, at=at)


def start_assessment(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Begin the assessment; whoever begins becomes responsible when nobody is."""
    with moving(application, states.START_ASSESSMENT, by=by, at=at) as move:
        if application.responsible is None:
            application.responsible = by.user
            move.save("responsible")


def request_information(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Ask the applicant for more (R71); the application's sections open again."""
    with moving(application, states.REQUEST_INFORMATION, by=by, at=at, reason=reason):
        notifications.information_requested(application)


def answer_information(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Answer the request; what was submitted must still be complete (C10). The event says what is attached by now."""
    with moving(application, states.ANSWER_INFORMATION, by=by, at=at, reason=reason) as move:
        sent_along = attachments.current(application)
        move.require(check_application(application, on=day_of(at)))
        move.require(unchanged_since(sent_along))
        move.tell(attachments=listed(sent_along))
        notifications.information_answered(application)


def put_on_waiting_list(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Fit, but no room in the frame (U7)."""
    with moving(application, states.PUT_ON_WAITING_LIST, by=by, at=at, reason=reason):
        notifications.put_on_waiting_list(application)


def prequalify(
    application: Application, *, by: Actor, at: datetime.datetime, reason: str, expected: Expected | None = None
) -> None:
    """The preliminary yes (R67), with reasons; the plan can begin. What the case is expected to take may be reserved."""
    with moving(application, states.PREQUALIFY, by=by, at=at, reason=reason) as move:
        move.require(reasons.check(reasons.Facts(reason)))
        record_decision(application, Outcome.PREQUALIFIED, by=by, at=at, reason=reason)
        if expected is not None:
            hold(application, expected, by=by, at=at)
        move.then(make_letter)


def open_hearing(application: Application, *, by: Actor, at: datetime.datetime, reason: str, deadline: datetime.date) -> None:
    """Hear the party before an unfavourable decision (R145): the facts, and time to comment."""
    move_ = states.OPEN_PLAN_HEARING if application.state == states.State.PLAN_SUBMITTED else states.OPEN_HEARING
    with moving(application, move_, by=by, at=at, reason=reason) as move:
        if deadline <= day_of(at):
            move.require([_deadline_in_the_past()])
        PartyHearing.objects.create(application=application, facts=reason.strip(), sent_on=day_of(at), deadline=deadline)
        move.tell(deadline=deadline.isoformat())
        notifications.hearing_opened(application, deadline)


def _deadline_in_the_past() -> Violation:
    text = gettext_noop("Fristen skal ligge efter i dag, så parten kan nå at svare.")
    return Violation("hearing_deadline_too_early", text, "Forvaltningsloven § 19; R145", field="deadline")


def answer_hearing(application: Application, *, by: Actor, at: datetime.datetime, reply: str) -> None:
    """The party's comments on the hearing; the case officer goes on from there."""
    with locked(application, "answer_hearing", by=by, at=at):
        hearing = application.hearings.filter(replied_on__isnull=True).last()
        if hearing is None or application.state not in states.IN_HEARING:
            text = gettext_noop("Der er ingen åben partshøring at svare på.")
            raise IllegalMove([Violation("no_open_hearing", text, "")])
        if not reply.strip():
            text = gettext_noop("Skriv jeres bemærkninger til høringen.")
            raise RuleBroken([Violation("reply_missing", text, "Forvaltningsloven § 19; R145", field="reply")])
        sent_along = attachments.current(application)
        if unready := documents.check(facts.of_documents(application, sent_along)):
            raise RuleBroken(unready)
        hearing.reply, hearing.replied_on, hearing.replied_by = reply.strip(), day_of(at), by.user
        hearing.save(update_fields=["reply", "replied_on", "replied_by"])
        application.record("application:hearing_answered", by=by, at=at, data={"attachments": listed(sent_along)})
        notifications.hearing_answered(application)


def resume(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Take the case out of the hearing and go on with it."""
    move = states.RESUME_PLAN if application.state == states.State.HEARING_PLAN else states.RESUME_ASSESSMENT
    with moving(application, move, by=by, at=at, reason=reason):
        pass


def refuse(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Refuse, after the hearing (R145) and with reasons (R146, R147); the letter follows."""
    with moving(application, states.REFUSE, by=by, at=at, reason=reason) as move:
        move.require(refusal.check(facts.of_refusal(application, on=day_of(at), reasons=reason)))
        application.decided_at = at
        move.save("decided_at")
        record_decision(application, Outcome.REFUSED, by=by, at=at, reason=reason)
        end_reservation(application, at=at)
        move.then(make_letter)


def withdraw(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """The applicant stops."""
    with moving(application, states.WITHDRAW, by=by, at=at, reason=reason):
        void_standing_agreement(application, at)
        end_reservation(application, at=at)


def lapse(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """No progress: the fund, or the calendar, ends the case."""
    with moving(application, states.LAPSE, by=by, at=at, reason=reason):
        void_standing_agreement(application, at)
        end_reservation(application, at=at)
        notifications.lapsed(application)
