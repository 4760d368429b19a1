"""A prequalification that expires without a plan: the parties are warned, the officer may extend it, the calendar ends it."""

from __future__ import annotations

import datetime

from django.db import transaction

from accounts.actors import SYSTEM, Actor
from applications import due, notifications
from applications.models import Application
from applications.rules import expiry
from applications.transitions.assessment import lapse
from applications.transitions.common import day_of, locked
from lbf_portal.lib.refusals import IllegalMove, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

LAPSE_REASON = "Prækvalifikationen er udløbet uden en helhedsplan. Parterne er varslet."


def follow_expiry(application: Application, *, at: datetime.datetime) -> None:
    """Give the warning that is due today, or end the case when its time is over.

    The case is locked and read again, so run twice, late or at once each warning is given once and the case ends once.
    """
    with transaction.atomic():
        application.refresh_from_db(from_queryset=Application.objects.select_for_update(of=("self",)))
        if application.state not in due.EXPIRING:
            return
        facts = due.expiry_facts(application, on=day_of(at), anew=True)
        if expiry.has_ended(facts):
            lapse(application, by=SYSTEM, at=at, reason=LAPSE_REASON)
        elif days := expiry.warning_due(facts):
            _warn(application, facts, days, at=at)


def _warn(application: Application, facts: expiry.Facts, days: int, *, at: datetime.datetime) -> None:
    """The event comes first: what it promises counts for the day that the mail names."""
    given = (*facts.warnings, expiry.Notice(days, facts.on))
    ends_on = expiry.ends_on(expiry.Facts(facts.on, facts.months, facts.counted_from, facts.extended_to, given))
    assert ends_on is not None
    application.record("application:expiry_warned", by=SYSTEM, at=at, data={"days": days, "until": ends_on.isoformat()})
    notifications.expiry_near(application, ends_on)


def extend_prequalification(
    application: Application, *, until: datetime.date, by: Actor, at: datetime.datetime, reason: str
) -> None:
    """Let the prequalification hold longer; the warnings begin anew.

    Errors: NotAllowed; IllegalMove when the case has gone on or ended; RuleBroken without a reason, for a day that is no later,
    and where prequalifications do not expire.
    """
    with locked(application, "extend_prequalification", by=by, at=at):
        if application.state not in due.EXPIRING:
            text = gettext_noop("Sagen er ikke længere i en tilstand, hvor dette kan gøres. Se sagens status, og prøv igen.")
            raise IllegalMove([Violation("illegal_move", text, "")])
        if not reason.strip():
            raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
        facts = due.expiry_facts(application, on=day_of(at), wanted=until, anew=True)
        if found := expiry.check(facts):
            raise RuleBroken(found)
        ends_on = expiry.ends_on(expiry.Facts(facts.on, facts.months, facts.counted_from, extended_to=until))
        assert ends_on is not None  # it expires: the rule said so
        data = {"until": ends_on.isoformat()}
        application.record("application:prequalification_extended", by=by, at=at, reason=reason.strip(), data=data)
        notifications.prequalification_extended(application, ends_on)
