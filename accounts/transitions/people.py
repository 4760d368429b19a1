"""An organisation looks after its own people: who is invited, which roles they hold, who is no longer there."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Invitation, Membership, Organisation, OutgoingMail, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from accounts.signals import roles_taken
from accounts.transitions.events import as_person, record
from accounts.transitions.outbox import queue_mail, queue_mail_to_address
from accounts.transitions.passwords import set_password
from accounts.transitions.rights import facts_of, require_giver
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.rows import Outdated
from lbf_portal.lib.words import gettext_noop

# Long enough for a holiday, short enough that a mail of last year opens nothing.
INVITATION_HOLDS = datetime.timedelta(days=14)
# An administrator fills nobody's inbox: as many invitations to one address in a day, from all organisations together.
INVITATIONS_A_DAY = 5
DAY = datetime.timedelta(days=1)


class NotForYou(NotAllowed):
    """The invitation is another person's."""


# Inviting


def invite(
    organisation: Organisation,
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    valid_from: datetime.date,
    by: Actor,
    at: datetime.datetime,
) -> Invitation:
    """Ask a person to act for the organisation; the link in the mail that follows holds for `INVITATION_HOLDS`.

    The answer is the same whether or not the address is known in the portal: an administrator learns nothing of others.

    Errors: NotAllowed; RuleBroken when a role is not held here, the person is a member or invited already, or was
    mailed too often.
    """
    address = email.strip().lower()
    with transaction.atomic():
        _lock(organisation, by=by, at=at)
        _require_roles(organisation, roles)
        if by.user is not None and by.user.email == address:
            require_giver(organisation, by.user, by=by)
        if valid_from < timezone.localdate(at):
            text = gettext_noop("Rettigheder kan ikke gives tilbage i tiden. Vælg i dag eller en senere dag.")
            raise RuleBroken([Violation("begins_in_the_past", text, "", field="valid_from")])
        if _members(organisation, on=timezone.localdate(at)).filter(user__email=address).exists():
            text = gettext_noop("Personen er allerede i organisationen. Ret personens roller i stedet.")
            raise RuleBroken([Violation("is_member", text, "", field="email")])
        if organisation.invitations.open().filter(email=address, expires_at__gt=at).exists():
            text = gettext_noop("Personen er allerede inviteret. Send invitationen igen, eller træk den tilbage først.")
            raise RuleBroken([Violation("is_invited", text, "", field="email")])
        withdraw_all(organisation.invitations.open().filter(email=address), by=by, at=at)
        invitation = Invitation(
            organisation=organisation,
            email=address,
            name=name.strip(),
            roles=sorted(roles),
            valid_from=valid_from,
            invited_by=_person(by),
        )
        _send(invitation, at=at)
        record("account:invited", by=by, role=_role(by), data=_told(invitation))
    return invitation


def send_again(invitation: Invitation, *, by: Actor, at: datetime.datetime) -> None:
    """A new link by mail; the one before it opens nothing any more. Errors: NotAllowed; RuleBroken when it is closed."""
    with transaction.atomic():
        _lock(invitation.organisation, by=by, at=at)
        _lock_open(invitation)
        _send(invitation, at=at)
        record("account:invited_again", by=by, role=_role(by), data=_told(invitation))


def withdraw(invitation: Invitation, *, by: Actor, at: datetime.datetime) -> None:
    """The link opens nothing any more. Errors: NotAllowed; RuleBroken when it was accepted or withdrawn before."""
    with transaction.atomic():
        _lock(invitation.organisation, by=by, at=at)
        _lock_open(invitation)
        withdraw_all([invitation], by=by, at=at)


def accept(invitation: Invitation, *, user: User, at: datetime.datetime) -> None:
    """The person, signed in, becomes what the invitation says, from its day on or from today.

    Errors: NotForYou when it was sent to another address; RuleBroken when it no longer holds.
    """
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
        _lock_open(invitation)
        if invitation.is_expired(at) or invitation.organisation.succeeded_by_id is not None:
            raise RuleBroken([_closed()])
        if user.email != invitation.email or not user.is_active:
            text = gettext_noop("Invitationen er sendt til en anden adresse end den, du er logget ind med.")
            raise NotForYou([Violation("not_for_you", text, "")])
        today = timezone.localdate(at)
        begins = max(invitation.valid_from, today)
        held = set(_members(invitation.organisation, on=today).filter(user=user).values_list("role", flat=True))
        for role in sorted(set(invitation.roles) - held):
            membership = Membership.objects.create(user=user, organisation=invitation.organisation, role=role, valid_from=begins)
            record("account:membership_granted", by=as_person(user), subject=user, data=_of_invitation(invitation, membership))
        invitation.accepted_at, invitation.accepted_by = at, user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        record("account:invitation_accepted", by=as_person(user), subject=user, data=_told(invitation))


def accept_as_new(invitation: Invitation, *, name: str, password: str, at: datetime.datetime) -> User:
    """Whoever is no user yet becomes one with the password chosen, and accepts.

    Errors: as `accept`; RuleBroken when the address became a user's in the meantime.
    """
    with transaction.atomic():
        user = User(email=invitation.email, name=name.strip())
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            text = gettext_noop("Der findes nu en bruger med denne e-mail. Log ind, og åbn linket igen.")
            raise RuleBroken([Violation("email_taken", text, "")]) from error
        record("account:registered", by=as_person(user), subject=user, data={"invitation": invitation.pk})
        accept(invitation, user=user, at=at)
        set_password(user, password)
    return user


# Changing


def change_roles(
    organisation: Organisation, user: User, *, roles: Collection[Role], seen: str, by: Actor, at: datetime.datetime
) -> None:
    """The person holds exactly these roles in the organisation from today on; a role that is taken ends at once.

    `seen` is `roles_key` of what the page showed.

    Errors: NotAllowed; Outdated; RuleBroken for a role that is not held here, for none at all, and when nobody would
    administer the organisation's people any more.
    """
    today = timezone.localdate(at)
    with transaction.atomic():
        _lock(organisation, by=by, at=at)
        require_giver(organisation, user, by=by)
        _require_roles(organisation, roles)
        held = _held(organisation, user, on=today)
        if not held:
            raise RuleBroken([_not_a_member()])
        if roles_key(held) != seen:
            text = gettext_noop("En anden har ændret personens roller, siden du åbnede siden. Se dem igennem, og gem igen.")
            raise Outdated([Violation("outdated", text, "")])
        taken = {role: rows for role, rows in held.items() if role not in roles}
        _take(organisation, user, taken, left=roles, by=by, at=at)
        for role in sorted(set(roles) - set(held)):
            membership = Membership.objects.create(user=user, organisation=organisation, role=role, valid_from=today)
            record("account:membership_granted", by=by, role=_role(by), subject=user, data=facts_of(membership))
        _require_administrator(organisation, before=held, today=today, by=by)


def remove(organisation: Organisation, user: User, *, by: Actor, at: datetime.datetime) -> None:
    """The person no longer acts for the organisation: roles end at once, and so do all of the person's sessions.

    Invitations go, too: the person's own, and those that the person sent as an administrator.

    Errors: NotAllowed; RuleBroken when the person is not there, or is the last to administer the organisation's people.
    """
    today = timezone.localdate(at)
    with transaction.atomic():
        _lock(organisation, by=by, at=at)
        require_giver(organisation, user, by=by)
        held = _held(organisation, user, on=today)
        if not held:
            raise RuleBroken([_not_a_member()])
        _take(organisation, user, held, left=(), by=by, at=at)
        _require_administrator(organisation, before=held, today=today, by=by)
        event = record("account:member_removed", by=by, role=_role(by), subject=user, data={"organisation": organisation.pk})
        queue_mail("member_removed", key=str(event.pk), to=user, context={"organisation": organisation, "path": "/"})


def roles_key(roles: Iterable[Role]) -> str:
    """What a form carries along of the roles that it showed."""
    return ",".join(sorted(roles))


def end_at_once(membership: Membership, *, today: datetime.date) -> None:
    """The role holds today no longer; one that was to begin later never does."""
    membership.valid_to = max(today, membership.valid_from) - DAY
    membership.save(update_fields=["valid_to"])


def _held(organisation: Organisation, user: User, *, on: datetime.date) -> dict[Role, list[Membership]]:
    """What the person holds on the day or later. A role may stand in several rows: one that ends, and one that begins then."""
    held: dict[Role, list[Membership]] = {}
    for membership in _members(organisation, on=on).filter(user=user).order_by("pk"):
        held.setdefault(Role(membership.role), []).append(membership)
    return held


def _take(
    organisation: Organisation,
    user: User,
    taken: Mapping[Role, Collection[Membership]],
    *,
    left: Collection[Role],
    by: Actor,
    at: datetime.datetime,
) -> None:
    """End the roles, and what would give them back or was let in by them."""
    if not taken:
        return
    for membership in (one for rows in taken.values() for one in rows):
        end_at_once(membership, today=timezone.localdate(at))
        record("account:membership_ended", by=by, role=_role(by), subject=user, data=facts_of(membership))
    letting_in = Q(email=user.email)
    if Role.ORG_ADMINISTRATOR in taken:
        letting_in |= Q(invited_by=user)
    withdraw_all(organisation.invitations.open().filter(letting_in), by=by, at=at)
    tell_of_taken(organisation, user, taken=taken, left=left, by=by, at=at)


def tell_of_taken(
    organisation: Organisation, user: User, *, taken: Iterable[Role], left: Iterable[Role], by: Actor, at: datetime.datetime
) -> None:
    """The person has to sign in again, and higher apps end what came with the roles."""
    end_sessions(user)
    sets = {"taken": frozenset(taken), "left": frozenset(left)}
    roles_taken.send(sender=Membership, user=user, organisation=organisation, **sets, by=by, at=at)


def end_sessions(user: User) -> None:
    """Whoever is signed in as the person has to sign in again, wherever that is."""
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    row.sessions_ended += 1
    row.save(update_fields=["sessions_ended"])


# What must hold


def _lock(organisation: Organisation, *, by: Actor, at: datetime.datetime) -> None:
    """One change of an organisation's people after the other; and by somebody who still may.

    Two administrators who remove each other at once: the second finds that it is one no longer.
    """
    row = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    require_giver(row, None, by=by)
    if by.is_system or by.is_fund:
        return
    administers = Membership.objects.current(timezone.localdate(at)).filter(
        user=by.user, organisation=organisation, role=Role.ORG_ADMINISTRATOR
    )
    if not administers.exists():
        text = gettext_noop("Du er ikke længere brugeradministrator i organisationen.")
        raise NotAllowed([Violation("no_longer", text, "")])


def _require_administrator(organisation: Organisation, *, before: Collection[Role], today: datetime.date, by: Actor) -> None:
    """Somebody without a last day looks after the organisation's people. The fund may end it: it then helps."""
    if Role.ORG_ADMINISTRATOR not in before or by.is_system or by.is_fund:
        return
    if not Membership.objects.administering(today).filter(organisation=organisation).exists():
        text = gettext_noop("Organisationen skal have mindst én brugeradministrator. Giv en anden rollen først.")
        raise RuleBroken([Violation("last_administrator", text, "", field="roles")])


def _require_roles(organisation: Organisation, roles: Collection[Role]) -> None:
    if not roles:
        text = gettext_noop("Vælg mindst én rolle. Skal personen ikke længere handle for organisationen, så fjern personen.")
        raise RuleBroken([Violation("no_role", text, "", field="roles")])
    if set(roles) - ROLES_OF_KIND[OrganisationKind(organisation.kind)]:
        text = gettext_noop("Rollen findes ikke i denne art organisation.")
        raise RuleBroken([Violation("role_not_held_here", text, "", field="roles")])


def _members(organisation: Organisation, *, on: datetime.date) -> Any:
    """Roles held on the day, and those that begin later."""
    return Membership.objects.current_or_later(on).filter(organisation=organisation)


def _lock_open(invitation: Invitation) -> None:
    invitation.refresh_from_db(from_queryset=Invitation.objects.select_for_update(of=("self",)).select_related("organisation"))
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise RuleBroken([_closed()])


def withdraw_all(invitations: Iterable[Invitation], *, by: Actor, at: datetime.datetime) -> None:
    """Their links open nothing any more, and each leaves an event. The caller has locked the organisation."""
    for invitation in invitations:
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        record("account:invitation_withdrawn", by=by, role=_role(by), data=_told(invitation))


def _send(invitation: Invitation, *, at: datetime.datetime) -> None:
    """A new secret, told in the mail alone."""
    mails = OutgoingMail.objects.filter(event="organisation_invitation", to_address=invitation.email)
    sent = mails.filter(queued_at__gt=at - DAY).count()
    if sent >= INVITATIONS_A_DAY:
        text = gettext_noop("Der er sendt for mange invitationer til denne adresse i dag. Prøv igen i morgen.")
        raise RuleBroken([Violation("too_many_invitations", text, "", field="email")])
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hashlib.sha256(token.encode()).hexdigest()
    invitation.invited_at, invitation.expires_at = at, at + INVITATION_HOLDS
    invitation.save()
    known = User.objects.filter(email=invitation.email, is_active=True).first()
    context = {
        "recipient": known or invitation.name,
        "organisation": invitation.organisation,
        "inviter": invitation.invited_by,
        "roles": [Role(role).label for role in invitation.roles],
        "expires_at": invitation.expires_at,
        # In the query, which no log of ours keeps.
        "path": f"{reverse('accounts:invitation')}?{urlencode({'key': token})}",
    }
    language = known.language if known else "da"
    # The hash is of this very sending, so each is a mail of its own.
    key = f"{invitation.pk}:{invitation.token_hash[:16]}"
    queue_mail_to_address("organisation_invitation", key=key, address=invitation.email, language=language, context=context)


def _role(by: Actor) -> Role | None:
    """The role in which people are administered."""
    return Role.ORG_ADMINISTRATOR if by.has(Role.ORG_ADMINISTRATOR) else None


def _person(by: Actor) -> User:
    if by.user is None:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kun en person kan invitere andre."), "")])
    return by.user


def _told(invitation: Invitation) -> dict[str, Any]:
    """No address and no name: the person has no account yet."""
    return {
        "organisation": invitation.organisation_id,
        "invitation": invitation.pk,
        "roles": invitation.roles,
        "valid_from": invitation.valid_from.isoformat(),
    }


def _of_invitation(invitation: Invitation, membership: Membership) -> dict[str, Any]:
    return {**facts_of(membership), "invitation": invitation.pk, "invited_by": invitation.invited_by_id}


def _closed() -> Violation:
    text = gettext_noop("Invitationen er allerede brugt, trukket tilbage eller udløbet.")
    return Violation("invitation_closed", text, "")


def _not_a_member() -> Violation:
    return Violation("not_a_member", gettext_noop("Personen er ikke længere i organisationen."), "")
