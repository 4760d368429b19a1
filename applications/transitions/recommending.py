"""The municipality's recommendation (R66): asked for, given or declined, taken back."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Membership, Organisation
from accounts.roles import HOUSING_ROLES, Right, Role
from applications import notifications, permissions, recommendation_states, sections
from applications.models import Application, Collaborator, GuestKind, MunicipalRecommendation
from applications.states import BEFORE_PREQUALIFICATION
from applications.transitions.collaboration import end_each, invite
from applications.transitions.common import day_of, locked, person_of
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


class Changed(Refused):
    """The application is no longer the one that the municipality read before it answered."""

    def __init__(self, changed: list[str]) -> None:
        self.sections = changed
        text = gettext_noop(
            "Ansøgningen er ændret, mens du skrev: %(sections)s. Dit svar er ikke sendt. "
            "Læs ansøgningen, som den står nu, og send svaret igen, hvis det stadig gælder."
        )
        names = ", ".join(str(sections.NAMES[section]) for section in changed)
        super().__init__([Violation("changed", text, "R66", params={"sections": names})])


def ask_for_recommendation(
    application: Application, *, message: str, wanted_on: datetime.date | None, by: Actor, at: datetime.datetime
) -> MunicipalRecommendation:
    """Ask the municipality to recommend the application; its people see the draft from now on.

    Errors: NotAllowed; IllegalMove once the case is prequalified or over, or while an earlier request or answer stands;
    RuleBroken when the wanted day is over.
    """
    with locked(application, "ask_for_recommendation", by=by, at=at):
        _require_in_time(application)
        if application.municipal_recommendations.standing().exists():
            text = gettext_noop("Kommunen er allerede bedt om en anbefaling.")
            raise IllegalMove([Violation("already_asked", text, "R66")])
        if wanted_on is not None and wanted_on < day_of(at):
            text = gettext_noop("Dagen er gået. Vælg i dag eller en senere dag.")
            raise RuleBroken([Violation("day_is_over", text, "", field="wanted_on")])
        asked = MunicipalRecommendation.objects.create(
            application=application,
            state_since=at,
            asked_at=at,
            asked_by=person_of(by),
            message=message.strip(),
            wanted_on=wanted_on,
        )
        data = {"municipal_recommendation": asked.pk, "wanted_on": wanted_on.isoformat() if wanted_on else None}
        application.record("application:recommendation_asked", by=by, at=at, data=data)
        notifications.recommendation_asked(asked)
    return asked


def ask_and_invite(
    application: Application,
    *,
    message: str,
    wanted_on: datetime.date | None,
    email: str,
    name: str,
    by: Actor,
    at: datetime.datetime,
) -> MunicipalRecommendation:
    """The same where nobody of the municipality uses the portal yet: somebody is let in to answer. Both, or neither.

    Errors: those of both acts.
    """
    with transaction.atomic():
        asked = ask_for_recommendation(application, message=message, wanted_on=wanted_on, by=by, at=at)
        invite(application, kind=GuestKind.MUNICIPALITY, right=Right.EDIT, email=email, name=name, by=by, at=at)
    return asked


def call_off(asked: MunicipalRecommendation, *, by: Actor, at: datetime.datetime) -> None:
    """Ask no longer; a draft is the applicant's own again: whoever was let in for the municipality leaves with it.

    Errors: NotAllowed; IllegalMove when it was answered.
    """
    application = asked.application
    with locked(application, "ask_for_recommendation", by=by, at=at):
        with moving(asked, recommendation_states.CALL_OFF, by=by, at=at):
            pass
        application.refresh_from_db()  # with what the municipality was asked by now
        if not application.is_known_to_municipality:
            guests = application.collaborators.filter(kind=GuestKind.MUNICIPALITY)
            end_each(application, guests, by=by, at=at)


def answer(
    asked: MunicipalRecommendation,
    *,
    recommends: bool,
    text: str,
    name: str,
    title: str,
    by: Actor,
    at: datetime.datetime,
    seen: Mapping[str, str] | None = None,
) -> None:
    """Recommend the application, or say why not: dated, named, and what it was that one had read.

    `seen` is `fingerprints` of what the page offered to read; without it, what stands now counts as read.

    Errors: NotAllowed, also for the applicant's own people; IllegalMove when somebody was quicker or the fund has gone on;
    Changed when the application is another by now; RuleBroken without text, name and title.
    """
    move = recommendation_states.GIVE if recommends else recommendation_states.DECLINE
    with locked(asked.application, "answer_recommendation", by=by, at=at):
        application = asked.application
        _require_of_municipality(application, by, on=day_of(at))
        _require_in_time(application)
        _require_said(text=text, name=name, title=title)
        with moving(asked, move, by=by, at=at, reason="" if recommends else text) as progress:
            stands = fingerprints(application)
            if seen is not None and (changed := [section for section in stands if seen.get(section) != stands[section]]):
                raise Changed(changed)
            asked.answered_at, asked.answered_by = at, person_of(by)
            asked.organisation = application.municipality.organisation
            asked.name, asked.title, asked.text = name.strip(), title.strip(), text.strip()
            asked.is_vouched_for = _is_vouched_for(application, by, on=day_of(at))
            asked.seen = stands
            progress.save("answered_at", "answered_by", "organisation", "name", "title", "text", "is_vouched_for", "seen").tell(
                is_vouched_for=asked.is_vouched_for
            )
        notifications.recommendation_answered(asked)


def take_back(given: MunicipalRecommendation, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Recommend no longer, with a reason: until the applicant has sent it along.

    Errors: NotAllowed; IllegalMove once it was sent; RuleBroken without a reason.
    """
    with locked(given.application, "answer_recommendation", by=by, at=at):
        _require_of_municipality(given.application, by, on=day_of(at))
        if not can_take_back(given):
            text = gettext_noop("Anbefalingen er indsendt med ansøgningen og kan ikke længere trækkes tilbage.")
            raise IllegalMove([Violation("recommendation_sent", text, "R66")])
        with moving(given, recommendation_states.TAKE_BACK, by=by, at=at, reason=reason):
            pass
        notifications.recommendation_answered(given)


def can_take_back(given: MunicipalRecommendation) -> bool:
    """True while the application is with the applicant and what was answered was not sent along yet."""
    application = given.application
    if not application.is_open or given.answered_at is None:
        return False
    return application.submitted_at is None or given.answered_at >= application.state_since


def fingerprints(application: Application) -> dict[str, str]:
    """SHA-256 of each section: what a municipality reads, and answers upon."""
    return {section: sections.fingerprint(application, section) for section in sections.OF_APPLICATION}


def changed_since(given: MunicipalRecommendation) -> list[str]:
    """Sections that are no longer what the municipality answered upon."""
    application = given.application
    known = (section for section in given.seen if section in sections.OF_APPLICATION)
    return [section for section in known if sections.fingerprint(application, section) != given.seen[section]]


def can_be_answered(asked: MunicipalRecommendation) -> bool:
    """True while it waits and the fund has not gone on."""
    is_asked = asked.state == recommendation_states.RecommendationState.ASKED
    return is_asked and asked.application.state in BEFORE_PREQUALIFICATION


def answers_for_municipality(actor: Actor, application: Application, *, on: datetime.date) -> bool:
    """Who answers: people of the municipality and those let in for it, never somebody of the applicant's side as well.

    Whoever belongs to an organisation that applies is of its side whatever they act for at the moment.
    """
    if not permissions.may(actor, "answer_recommendation", application, on=on):
        return False
    held = permissions.roles_through_organisation(actor, application)
    held |= application.guest_roles(actor, on=on, side=application.organisation)
    if held & HOUSING_ROLES:
        return False
    applying = {party.succeeded_by_id or party.pk for party in application.housing_organisations()}
    own = Membership.objects.current(on).filter(user=actor.user, organisation__in=applying, role__in=HOUSING_ROLES)
    return not own.exists()


def _require_of_municipality(application: Application, by: Actor, *, on: datetime.date) -> None:
    if not answers_for_municipality(by, application, on=on):
        text = gettext_noop("Du er på ansøgerens side i sagen og kan ikke svare for kommunen.")
        raise NotAllowed([Violation("of_the_applicant", text, "R66")])


def _is_vouched_for(application: Application, by: Actor, *, on: datetime.date) -> bool:
    """Whether the municipality has said itself that the person answers for it: one of its own, or let in by one."""
    own = {Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY}
    if own & permissions.roles_through_organisation(by, application):
        return True
    municipality: Organisation = application.municipality.organisation
    guests = Collaborator.objects.holding_on(on).filter(application=application, user=by.user, kind=GuestKind.MUNICIPALITY)
    return guests.filter(organisation=municipality).exists()


def _require_in_time(application: Application) -> None:
    if application.state not in BEFORE_PREQUALIFICATION:
        text = gettext_noop("Kommunens anbefaling hører til ansøgningen om prækvalifikation, og den er afgjort eller afsluttet.")
        raise IllegalMove([Violation("recommendation_over", text, "R66")])


def _require_said(*, text: str, name: str, title: str) -> None:
    words = {
        "text": (text, gettext_noop("Skriv, hvorfor kommunen anbefaler ansøgningen eller ikke gør det.")),
        "name": (name, gettext_noop("Skriv navnet på den, der svarer for kommunen.")),
        "title": (title, gettext_noop("Skriv titlen på den, der svarer for kommunen.")),
    }
    missing = [
        Violation(f"{field}_missing", said, "R66", field=field) for field, (given, said) in words.items() if not given.strip()
    ]
    if missing:
        raise RuleBroken(missing)
