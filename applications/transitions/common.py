"""What every verb of the package needs: the case locked, who acts, the decision and its letter."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User
from applications import eligibility, permissions, tasks
from applications.models import Application, Decision, Outcome, Recommendation
from applications.transitions import succession
from lbf_portal.lib.refusals import NotAllowed, Violation
from lbf_portal.lib.words import gettext_noop


def day_of(at: datetime.datetime) -> datetime.date:
    return timezone.localdate(at)


def require_right(actor: Actor, act: str, application: Application, *, on: datetime.date) -> None:
    if not permissions.may(actor, act, application, on=on):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])


@contextlib.contextmanager
def locked(application: Application, act: str, *, by: Actor, at: datetime.datetime) -> Iterator[None]:
    """The row locked and re-read, the right checked: for acts that are no move."""
    with transaction.atomic():
        application.refresh_from_db(from_queryset=Application.objects.select_for_update(of=("self",)))
        require_right(by, act, application, on=day_of(at))
        yield


def person_of(by: Actor) -> User:
    if by.user is None:
        raise NotAllowed([Violation("person_needed", gettext_noop("Det kan kun en person gøre."), "")])
    return by.user


def void_standing_agreement(application: Application, at: datetime.datetime) -> None:
    for version in application.agreements.standing():
        version.voided_at = at
        version.save(update_fields=["voided_at"])


def back_to_plan(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """The standing agreement no longer counts, and so binds nobody to the parties it named: successors take their place."""
    void_standing_agreement(application, at)
    succession.catch_up(application, by=by, at=at)


def record_decision(
    application: Application,
    outcome: Outcome,
    *,
    by: Actor,
    at: datetime.datetime,
    reason: str,
    recommendation: Recommendation | None = None,
) -> Decision:
    return Decision.objects.create(
        application=application,
        outcome=outcome,
        decided_on=day_of(at),
        decided_by=person_of(by),
        reasons=reason.strip(),
        facts=eligibility.in_law(application, on=day_of(at)).as_json(),
        recommendation=recommendation,
        recommended_by=recommendation.recommended_by if recommendation else None,
        frame_year=recommendation.frame_year if recommendation else None,
        social_amount=recommendation.social_amount if recommendation else None,
        rent_amount=recommendation.rent_amount if recommendation else None,
    )


def make_letter(event: Model) -> None:
    """The letter of the event is made by a worker; a broker that is down only delays it (clock.render_missing_letters)."""
    tasks.queue_letter(event.pk)
