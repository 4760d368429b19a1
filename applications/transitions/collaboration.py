"""Letting people into one case, and whom others turn to at the applicant's (docs/decisions/0018)."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction
from django.db.models import Q

from accounts import transitions as accounts
from accounts.actors import SYSTEM, Actor
from accounts.models import Mandate, Membership, Organisation, OutgoingMail, User
from accounts.roles import OrganisationKind, Right, Role
from applications import notifications, permissions
from applications.models import Application, Collaborator, GuestKind
from applications.models.collaborators import OPENS_FOR, RIGHTS
from applications.querysets import CollaboratorQuerySet
from applications.states import DECIDED, ENDED
from applications.transitions.common import day_of, locked, person_of
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

# Each is a mail to an address that somebody typed: a bound for what one case can send out, and for what one address gets of
# all cases together. An adviser is let into several cases on one day.
MOST_GUESTS = 50
LINKS_A_DAY = 10
DAY = datetime.timedelta(days=1)


class LinkDead(Refused):
    """The link of an invitation opens nothing: used, too old, replaced by a later one, or the access has ended."""


def invite(
    application: Application,
    *,
    kind: GuestKind,
    right: Right,
    email: str,
    name: str,
    by: Actor,
    at: datetime.datetime,
    valid_to: datetime.date | None = None,
) -> Collaborator:
    """Let a person into the case by a link in a mail; a new person signs up by it, one that is known signs in.

    Errors: NotAllowed, also for whom a municipality may not let in; IllegalMove when the case has ended; RuleBroken when the
    person has access already or was mailed too often, or the right is none of the kind.
    """
    email = email.strip().lower()
    with locked(application, "let_in", by=by, at=at):
        organisation = _side_of(application, kind, by=by)
        _require_going_on(application)
        _require_right(kind, right)
        _require_to_come(valid_to, at)
        _require_no_access(application, email, by=by, at=at)
        _require_seldom(email, at)
        token, token_hash = _secret()
        guest = Collaborator.objects.create(
            application=application,
            kind=kind,
            right=right,
            email=email,
            name=name.strip(),
            organisation=organisation,
            invited_by=person_of(by),
            invited_at=at,
            token_hash=token_hash,
            link_expires_at=at + OPENS_FOR,
            valid_from=day_of(at),
            valid_to=valid_to,
        )
        application.record("application:person_invited", by=by, at=at, data=guest.as_data())
        notifications.invited(guest, token)
    return guest


def send_again(guest: Collaborator, *, by: Actor, at: datetime.datetime) -> None:
    """Another link, which opens as long as the first did; the earlier one opens nothing from now on.

    Errors: NotAllowed; IllegalMove when it was accepted or has ended, or the case has; RuleBroken when the access's last day
    is over, or the person was mailed too often.
    """
    with _changing(guest, may_change, by=by, at=at):
        _require_going_on(guest.application)
        _require_to_come(guest.valid_to, at)
        _require_seldom(guest.email, at)
        if guest.accepted_at is not None:
            raise IllegalMove([Violation("accepted", gettext_noop("Invitationen er allerede taget imod."), "")])
        token, guest.token_hash = _secret()
        guest.link_expires_at = at + OPENS_FOR
        guest.save(update_fields=["token_hash", "link_expires_at"])
        guest.application.record("application:invitation_sent_again", by=by, at=at, data=guest.as_data())
        notifications.invited(guest, token)


def change_access(guest: Collaborator, *, right: Right, valid_to: datetime.date | None, by: Actor, at: datetime.datetime) -> None:
    """Another right from now on, or another last day.

    Errors: NotAllowed; IllegalMove when it has ended; RuleBroken when the right is none of the kind, or the day is over.
    """
    with _changing(guest, may_change, by=by, at=at):
        _require_right(GuestKind(guest.kind), right)
        if valid_to != guest.valid_to:
            _require_to_come(valid_to, at)
        before = guest.as_data()
        guest.right, guest.valid_to = right, valid_to
        if guest.as_data() == before:
            return
        guest.save(update_fields=["right", "valid_to"])
        was = {"right": before["right"], "valid_to": before["valid_to"]}
        guest.application.record("application:access_changed", by=by, at=at, data={**guest.as_data(), "was": was})


def end_access(guest: Collaborator, *, by: Actor, at: datetime.datetime) -> None:
    """No access from this moment on; the row stays. An open page of theirs answers 404 with the next click.

    Errors: NotAllowed; IllegalMove when it has ended already.
    """
    with _changing(guest, may_end, by=by, at=at):
        _end(guest.application, guest, by=by, at=at)


def end_accesses_of(application: Application, gone: Iterable[Organisation], *, by: Actor, at: datetime.datetime) -> None:
    """Parties have left the case: whoever they let in leaves with them. Called with the case locked."""
    left = {pk for party in gone for pk in (party.pk, party.succeeded_by_id, *party.predecessor_ids)}
    if left:
        stay = {application.organisation_id, *application.participants.values_list("pk", flat=True)}
        end_each(application, application.collaborators.filter(organisation__in=left - stay), by=by, at=at)


def end_each(application: Application, guests: CollaboratorQuerySet, *, by: Actor, at: datetime.datetime) -> None:
    """End the standing ones of these accesses, an event each. Called with the case locked."""
    for guest in guests.standing().order_by("pk"):
        _end(application, guest, by=by, at=at)


def may_change(actor: Actor, guest: Collaborator) -> bool:
    """True when the actor may give this access more or less, or send its link again: people of the party that gave it.

    An applicant who could widen what the municipality gave would make the municipality vouch for whom it did not.
    """
    return permissions.may_let_in(actor, guest.application) and guest.organisation_id in actor.organisation_ids


def may_end(actor: Actor, guest: Collaborator) -> bool:
    """True when the actor may end this access: the applicant's people every one, others their own side's."""
    if not permissions.may_let_in(actor, guest.application):
        return False
    held = permissions.roles_through_organisation(actor, guest.application)
    return Role.APPLICANT in held or guest.organisation_id in actor.organisation_ids


# By the link


def invitation_of(token: str, *, at: datetime.datetime) -> Collaborator:
    """The invitation that the link opens. A hash is looked up, so the time it takes tells nothing of the secret.

    Errors: LinkDead.
    """
    token_hash = hashlib.sha256(token.encode()).hexdigest()
    waiting = Collaborator.objects.standing().filter(token_hash=token_hash, accepted_at__isnull=True, link_expires_at__gt=at)
    found = waiting.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day_of(at)))
    guest = found.select_related("application__area", "application__organisation", "organisation", "invited_by").first()
    if guest is None or guest.application.state in ENDED:
        raise LinkDead([Violation("link_dead", gettext_noop("Linket er brugt, eller det er for gammelt."), "")])
    return guest


def sign_up_and_accept(token: str, *, name: str, password: str, at: datetime.datetime) -> User:
    """Make the invited person a user, who takes the access: whoever opens the link reads the mails of its address.

    Errors: LinkDead; RuleBroken when the address has a user already.
    """
    with transaction.atomic():
        guest = invitation_of(token, at=at)
        user = accounts.register_user(guest.email, name.strip(), by=SYSTEM, is_invited=False)
        accounts.set_password(user, password)
        accept(token, by=Actor(user, None, frozenset()), at=at)
    return user


def accept(token: str, *, by: Actor, at: datetime.datetime) -> Collaborator:
    """Take the access; the link is spent by that. Only the person it was sent to can: a link may be passed on.

    Errors: LinkDead; NotAllowed for anybody else, and for people of the fund: nobody assesses what they helped to write.
    """
    with transaction.atomic():
        guest = invitation_of(token, at=at)
        Application.objects.select_for_update(of=("self",)).get(pk=guest.application_id)
        guest = invitation_of(token, at=at)  # again: somebody may have been quicker
        if person_of(by).email != guest.email:
            text = gettext_noop("Invitationen er sendt til en anden adresse end den, du er logget ind med.")
            raise NotAllowed([Violation("another_address", text, "")])
        in_fund = Membership.objects.current(day_of(at)).filter(user=by.user, organisation__kind=OrganisationKind.FUND)
        if in_fund.exists():
            text = gettext_noop("Ansatte i Landsbyggefonden kan ikke inviteres til en sag, som fonden behandler.")
            raise NotAllowed([Violation("of_the_fund", text, "")])
        guest.user, guest.accepted_at = by.user, at
        guest.save(update_fields=["user", "accepted_at"])
        application = guest.application
        application.record("application:invitation_accepted", by=by, at=at, roles=frozenset({guest.role}), data=guest.as_data())
    return guest


# The contact person


def contacts_of(application: Application, *, on: datetime.date) -> list[User]:
    """Who can be the applicant's contact: people who apply for one of its organisations, and colleagues let in to submit."""
    units = {party.succeeded_by_id or party.pk for party in application.housing_organisations()}
    held = Membership.objects.current(on).filter(organisation__in=units, role=Role.APPLICANT)
    guests = Collaborator.objects.holding_on(on).filter(application=application, right=Right.SUBMIT)
    either = Q(pk__in=held.values("user_id")) | Q(pk__in=guests.values("user_id"))
    return list(User.objects.filter(either, is_active=True).order_by("name", "pk"))


def is_contact_gone(application: Application, *, on: datetime.date) -> bool:
    """True when the contact person of a case that goes on can no longer be it: they left, or their access ended."""
    person = application.contact_person
    if person is None or application.is_closed or person in contacts_of(application, on=on):
        return False
    # Whoever began the case by a mandate is its contact as long as their house holds one.
    mandates = Mandate.objects.usable_by(person, on=on).filter(principal__in=application.housing_organisations())
    return not (person.is_active and mandates.exists())


def change_contact(application: Application, contact: User, *, by: Actor, at: datetime.datetime) -> None:
    """Another person answers for the case at the applicant's; nobody needs the fund for it.

    Errors: NotAllowed; RuleBroken when the person cannot be it.
    """
    with locked(application, "change_contact", by=by, at=at):
        if contact not in contacts_of(application, on=day_of(at)):
            text = gettext_noop("Vælg en person, der kan søge for en af sagens boligorganisationer.")
            raise RuleBroken([Violation("not_a_contact", text, "", field="contact")])
        before = application.contact_person
        if before == contact:
            return
        application.contact = contact
        application.save(update_fields=["contact"])
        data = {"contact": contact.pk, "was": before.pk if before else None}
        application.record("application:contact_changed", by=by, at=at, data=data)
        if contact != by.user:
            notifications.contact_chosen(application)


# What must hold


def _secret() -> tuple[str, str]:
    """A secret for a link, and what is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, hashlib.sha256(token.encode()).hexdigest()


@contextlib.contextmanager
def _changing(
    guest: Collaborator, may: Callable[[Actor, Collaborator], bool], *, by: Actor, at: datetime.datetime
) -> Iterator[None]:
    """The case locked, the access re-read, the right to change or end it checked."""
    with locked(guest.application, "let_in", by=by, at=at):
        guest.refresh_from_db(fields=["right", "valid_to", "ended_at", "accepted_at", "user", "token_hash"])
        if not may(by, guest):
            raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])
        if guest.ended_at is not None:
            raise IllegalMove([Violation("access_ended", gettext_noop("Adgangen er allerede ophørt."), "")])
        yield


def _end(application: Application, guest: Collaborator, *, by: Actor, at: datetime.datetime) -> None:
    guest.ended_at, guest.ended_by = at, person_of(by)
    guest.save(update_fields=["ended_at", "ended_by"])
    application.record("application:access_ended", by=by, at=at, data=guest.as_data())


def _side_of(application: Application, kind: GuestKind, *, by: Actor) -> Organisation:
    """Whom the actor lets in for: the applicant's people let in everybody, a municipality its own.

    Errors: NotAllowed.
    """
    held = permissions.roles_through_organisation(by, application) if permissions.may_let_in(by, application) else frozenset()
    if by.organisation is not None and Role.APPLICANT in held:
        return by.organisation
    if by.organisation is not None and Role.MUNICIPAL_OFFICER in held and kind == GuestKind.MUNICIPALITY:
        return by.organisation
    raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])


def _require_going_on(application: Application) -> None:
    if application.state in ENDED | DECIDED:
        raise IllegalMove([Violation("case_over", gettext_noop("Sagen er afsluttet. Der kan ikke inviteres til den."), "")])


def _require_right(kind: GuestKind, right: Right) -> None:
    if right not in RIGHTS[kind]:
        text = gettext_noop("Kun en kollega kan få ret til at indsende.")
        raise RuleBroken([Violation("right_not_of_kind", text, "", field="right")])


def _require_to_come(valid_to: datetime.date | None, at: datetime.datetime) -> None:
    if valid_to is not None and valid_to < day_of(at):
        text = gettext_noop("Dagen er gået. Vælg i dag eller en senere dag.")
        raise RuleBroken([Violation("day_is_over", text, "", field="valid_to")])


def _require_seldom(email: str, at: datetime.datetime) -> None:
    """Nobody's inbox is filled: so many links to one address in a day, from all cases together."""
    sent = OutgoingMail.objects.filter(event="case_invitation", to_address=email, queued_at__gt=at - DAY)
    if sent.count() >= LINKS_A_DAY:
        text = gettext_noop("Der er sendt for mange invitationer til denne adresse i dag. Prøv igen i morgen.")
        raise RuleBroken([Violation("too_many_links", text, "", field="email")])


def _require_no_access(application: Application, email: str, *, by: Actor, at: datetime.datetime) -> None:
    """Nobody twice. What ran out by its date, or by its link that nobody used in time, is ended, so that they can be anew."""
    today = day_of(at)
    standing = application.collaborators.filter(ended_at__isnull=True)
    ran_out = Q(valid_to__lt=today) | Q(user__isnull=True, link_expires_at__lte=at)
    end_each(application, application.collaborators.filter(ran_out, email=email), by=by, at=at)
    text = gettext_noop("Personen er allerede inviteret til sagen. Se listen over, hvem der har adgang.")
    if standing.filter(email=email).exists():
        raise RuleBroken([Violation("already_invited", text, "", field="email")])
    if standing.count() >= MOST_GUESTS:
        text = gettext_noop("Der kan højst være %(most)s inviterede i en sag. Luk en adgang, som ikke bruges mere.")
        raise RuleBroken([Violation("too_many_guests", text, "", params={"most": str(MOST_GUESTS)})])
    # Only the applicant's people are told who of theirs has access: nobody can ask who else is known to the portal.
    if not by.organisation_ids & application.party_ids:
        return
    own = Membership.objects.current(today).filter(organisation__in=application.housing_organisations(), role=Role.APPLICANT)
    if own.filter(user__email=email, user__is_active=True).exists():
        text = gettext_noop("Personen har allerede adgang til sagen gennem sin organisation.")
        raise RuleBroken([Violation("has_access", text, "", field="email")])
