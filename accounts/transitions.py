"""What changes in accounts, each with its event: sign-in, rights, profile; and the outbox that every app puts its mails in."""

from __future__ import annotations

import datetime
import enum
import hashlib
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts import tasks
from accounts.actors import SYSTEM, Actor
from accounts.models import (
    AccountEvent,
    CalendarFeed,
    DigestEntry,
    MailFrequency,
    Membership,
    NotificationChoice,
    Organisation,
    OutgoingMail,
    User,
)
from accounts.roles import FUND_ROLES, ROLES_OF_KIND, OrganisationKind, Role
from lbf_portal.lib import background
from lbf_portal.lib import mail as mails
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.rows import lock, save
from lbf_portal.lib.words import gettext_noop

SIGN_IN_TRIED = "account:sign_in_tried"
SIGNED_IN = "account:signed_in"
PASSWORD_SET = "account:password_set"  # noqa: S105 - the name of an event

# Ten wrong passwords in a quarter of an hour are a guess, not a slip; nine a quarter leave a guesser nothing.
SIGN_IN_TRIES = 10
SIGN_IN_WINDOW = datetime.timedelta(minutes=15)
# Who can run a housing organisation's office.
ADMINISTRATORS = frozenset({OrganisationKind.ADMINISTRATION, OrganisationKind.HOUSING})
# A person's inbox is not to be filled by somebody else's clicks.
RESET_MAILS = 3


class SignInRefused(NotAllowed):
    """The sign-in failed; the sentence tells nobody whether the address is known."""


# Outbox


class Importance(enum.Enum):
    """How much a mail must reach its recipient now: what a person may choose about it follows from this alone."""

    # Decisions, hearings, warnings, the account itself: at once, whatever was chosen.
    MUST = enum.auto()
    # Asks the recipient to do something: at once, or in the daily mail.
    ACT = enum.auto()
    # For information: at once, in the daily mail, or not at all.
    TELL = enum.auto()


def queue_mail(
    event: str, *, key: str, to: User, context: Mapping[str, object], importance: Importance = Importance.MUST
) -> None:
    """Put a mail in the outbox, in the transaction that causes it; it is sent once that is committed.

    `event` names the folder in `templates/emails/`. `key` says what the mail is about (`application:<pk>:submitted`):
    the same event, key and recipient are never queued twice, so a repeated task or a double click sends one mail.
    A `path` in the context becomes the mail's direct `link`. No case content and no free text in subjects.

    What the person chose to get, and when, holds for all but the most important (`Importance`).

    A broker that is down is no error: the mail waits in the outbox, and `send_waiting_mails` finds it. People who are
    no longer active get no mail.
    """
    if not to.is_active:
        return
    full_key = f"{event}:{key}:{to.pk}"
    choice = getattr(to, "notification_choice", None) if importance is not Importance.MUST else None
    if choice and choice.only_when_i_act and importance is Importance.TELL:
        return
    if OutgoingMail.objects.filter(key=full_key).exists():
        return
    letter = mails.render(event, language=to.language, context={"recipient": to, **context})
    if choice and choice.frequency == MailFrequency.DAILY:
        entry = DigestEntry(key=full_key, user=to, subject=letter.subject, path=str(context.get("path", "/")))
        DigestEntry.objects.bulk_create([entry], ignore_conflicts=True)
        return
    # Told in a daily mail already, before the person chose otherwise.
    if choice and DigestEntry.objects.filter(key=full_key).exists():
        return
    row = OutgoingMail(
        key=full_key,
        event=event,
        to_user=to,
        to_address=to.email,
        subject=letter.subject,
        body=letter.body,
        body_html=letter.body_html,
    )
    # Two at once: the key's unique constraint lets one through, and the other's task finds no row to send.
    OutgoingMail.objects.bulk_create([row], ignore_conflicts=True)
    background.on_commit(tasks.send_mail, str(row.pk))


# Sign-in


def authenticate_person(email: str, password: str) -> User:
    """The active person with this address and password.

    Each try is an event, committed before the password is looked at, so that tries made at the same moment count one
    another. After `SIGN_IN_TRIES` in `SIGN_IN_WINDOW` for one address the answer is no, right password or not, known
    address or not, until the window has passed or the person has set a new password by mail. The event holds a keyed
    hash of the address, no address: it may not be a person's at all.

    Errors: SignInRefused, with the one sentence for the page.
    """
    address = _fingerprint(email)
    if _tries(address) >= SIGN_IN_TRIES:
        raise SignInRefused([_too_many_tries()])
    _record(SIGN_IN_TRIED, by=SYSTEM, data={"address": address})
    if _tries(address) > SIGN_IN_TRIES:
        raise SignInRefused([_too_many_tries()])
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        raise SignInRefused(
            [
                Violation(
                    "sign_in_failed",
                    gettext_noop("E-mail eller adgangskode er forkert. Prøv igen, eller vælg »Glemt adgangskode«."),
                    "",
                )
            ]
        )
    return user


def record_signed_in(user: User, *, data: dict[str, Any] | None = None) -> None:
    """The person has signed in: the count of tries begins anew."""
    _record(SIGNED_IN, by=_as_person(user), subject=user, data={"address": _fingerprint(user.email), **(data or {})})


def record_signed_out(user: User) -> None:
    """The person has signed out."""
    _record("account:signed_out", by=_as_person(user), subject=user)


def act_for(actor: Actor) -> None:
    """The person acts for this organisation from now on (domain.md 11.3: which organisation stands on every event)."""
    _record("account:acted_for", by=actor, subject=actor.user, data={"roles": sorted(actor.roles)})


def _fingerprint(email: str) -> str:
    return salted_hmac("accounts.sign_in", email.strip().lower(), algorithm="sha256").hexdigest()[:32]


def _tries(address: str) -> int:
    """Tries for the address within the window, since the person last proved who it was."""
    events = AccountEvent.objects.filter(at__gt=timezone.now() - SIGN_IN_WINDOW, data__address=address)
    proved = events.filter(event__in=[SIGNED_IN, PASSWORD_SET]).order_by("-pk").values_list("pk", flat=True).first()
    return events.filter(event=SIGN_IN_TRIED, pk__gt=proved or 0).count()


def _too_many_tries() -> Violation:
    return Violation(
        "too_many_tries",
        gettext_noop("Der er forsøgt for mange gange. Vent %(minutes)s minutter, eller vælg »Glemt adgangskode«."),
        "",
        params={"minutes": str(SIGN_IN_WINDOW // datetime.timedelta(minutes=1))},
    )


# Passwords and profile


def request_password_reset(email: str) -> None:
    """Mail a link for a new password to the person with this address, if there is one.

    Silent about the outcome, so that nobody learns who has an account; and about more than `RESET_MAILS` in a quarter.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    event = "password_reset"
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        since = timezone.now() - SIGN_IN_WINDOW
        if OutgoingMail.objects.filter(event=event, to_user=user, queued_at__gt=since).count() >= RESET_MAILS:
            return
        _record("account:password_reset_requested", by=SYSTEM, subject=user)
        queue_mail(event, key=str(uuid.uuid4()), to=user, context=_password_link(user))


def set_password(user: User, password: str) -> None:
    """The person has a new password. Whoever else is signed in with the old one is signed out by Django's session hash."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        event = _record(PASSWORD_SET, by=_as_person(user), subject=user, data={"address": _fingerprint(user.email)})
        queue_mail("password_set", key=str(event.pk), to=user, context={"path": reverse("accounts:forgotten_password")})


def change_profile(user: User, *, name: str, language: str, by: Actor) -> None:
    """Name and language of a person."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        user.name, user.language = name, language
        changed = sorted(field for field in ("name", "language") if getattr(row, field) != getattr(user, field))
        if changed:
            user.save(update_fields=changed)
            _record("account:profile_changed", by=by, subject=user, data={"fields": changed})


def _password_link(user: User) -> dict[str, object]:
    path = reverse(
        "accounts:new_password",
        args=[urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)],
    )
    return {"path": path, "hours": settings.PASSWORD_RESET_TIMEOUT // 3600}


# Mails by choice, and the calendar


def choose_mails(user: User, *, frequency: MailFrequency, only_when_i_act: bool, by: Actor) -> None:
    """Which mails the person wants from now on, and when. What waits for the daily mail still comes in it."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        choice = NotificationChoice.objects.filter(user=user).first() or NotificationChoice(user=user)
        if (choice.frequency, choice.only_when_i_act) == (frequency, only_when_i_act) and choice.pk is not None:
            return
        choice.frequency, choice.only_when_i_act = frequency, only_when_i_act
        choice.save()
        data = {"frequency": str(frequency), "only_when_i_act": only_when_i_act}
        _record("account:mails_chosen", by=by, subject=user, data=data)


def send_digest(user: User, *, before: datetime.datetime) -> None:
    """Put what waits for the person's daily mail, and came before the moment, in one mail of the outbox.

    Lines are locked and marked in the same transaction: run twice, at once or cut off, each line is in one mail.
    """
    with transaction.atomic():
        lines = list(DigestEntry.objects.waiting(before=before).filter(user=user).select_for_update(skip_locked=True))
        if not lines:
            return
        shown = [{"subject": line.subject, "address": mails.address_of(line.path)} for line in lines]
        key = str(lines[0].pk)
        context = {"lines": shown, "count": len(shown), "path": reverse(settings.LOGIN_REDIRECT_URL)}
        queue_mail("daily_digest", key=key, to=user, context=context)
        mail = OutgoingMail.objects.filter(key=f"daily_digest:{key}:{user.pk}").first()
        # Nobody is mailed who is no longer active: their lines go with them.
        if mail is None:
            DigestEntry.objects.filter(pk__in=[line.pk for line in lines]).delete()
        else:
            DigestEntry.objects.filter(pk__in=[line.pk for line in lines]).update(mail=mail)


# A calendar asks every hour or so; more than this in an hour is no calendar.
FEED_READS_AN_HOUR = 60
HOUR = datetime.timedelta(hours=1)


def open_calendar_feed(user: User, *, by: Actor, at: datetime.datetime) -> str:
    """A new secret address for the person's calendar; an older one ends. The secret is told once, here, and never kept."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at)
        CalendarFeed.objects.create(user=user, token_hash=hashlib.sha256(token.encode()).hexdigest(), made_at=at)
        _record("account:calendar_opened", by=by, subject=user)
    return token


def close_calendar_feed(user: User, *, by: Actor, at: datetime.datetime) -> None:
    """The address holds no longer; whoever has it gets nothing."""
    with transaction.atomic():
        if CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at):
            _record("account:calendar_closed", by=by, subject=user)


def count_feed_read(feed: CalendarFeed, *, at: datetime.datetime) -> bool:
    """Count a read of the address; False when it was read too often within the hour."""
    with transaction.atomic():
        feed.refresh_from_db(from_queryset=CalendarFeed.objects.select_for_update())
        if feed.hour_began_at is None or at - feed.hour_began_at >= HOUR:
            feed.hour_began_at, feed.reads_this_hour = at, 0
        feed.reads_this_hour = min(feed.reads_this_hour + 1, FEED_READS_AN_HOUR + 1)
        feed.save(update_fields=["hour_began_at", "reads_this_hour"])
    return feed.reads_this_hour <= FEED_READS_AN_HOUR


# People, organisations, rights


def register_organisation(
    kind: OrganisationKind, name: str, *, by: Actor, municipality_code: str = "", source: str = "", is_demo: bool = False
) -> Organisation:
    """A party of the portal.

    Errors: NotAllowed unless the fund or the portal itself does it.
    """
    _require_fund(by)
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind=kind, name=name, municipality_code=municipality_code, source=source, is_demo=is_demo
        )
        _record("account:organisation_registered", by=by, data={"organisation": organisation.pk})
    return organisation


# What a form of an organisation shows, and so what its fingerprint covers.
ORGANISATION_FIELDS = ("cvr_number", "lbf_number", "administered_by")


def change_organisation(
    organisation: Organisation,
    *,
    cvr_number: str,
    lbf_number: str,
    administered_by: Organisation | None,
    by: Actor,
    seen: str | None = None,
) -> None:
    """Correct an organisation's numbers, and who runs its office.

    Errors: NotAllowed unless the fund or the portal itself does it; Outdated; RuleBroken when a number is no number, or the
    administrator cannot be one.
    """
    _require_fund(by)
    values = {"cvr_number": cvr_number, "lbf_number": lbf_number, "administered_by": administered_by}
    with transaction.atomic(), pghistory.context(**_who(by)):
        lock(organisation, ORGANISATION_FIELDS, seen=seen)
        changed = sorted(name for name, value in values.items() if getattr(organisation, name) != value)
        if not changed:
            return
        if administered_by is not None and administered_by.kind not in ADMINISTRATORS:
            text = gettext_noop("Vælg en administrationsorganisation eller en boligorganisation.")
            raise RuleBroken([Violation("cannot_administer", text, "", field="administered_by")])
        for name, value in values.items():
            setattr(organisation, name, value)
        save(organisation)
        _record("account:organisation_changed", by=by, data={"organisation": organisation.pk, "fields": changed})


def _who(by: Actor) -> dict[str, int | None]:
    """Kept beside each version of a row: who made it, for which organisation."""
    return {
        "user": by.user.pk if by.user else None,
        "organisation": by.organisation.pk if by.organisation else None,
    }


def register_user(email: str, name: str, *, by: Actor, is_invited: bool = True) -> User:
    """A new person, who chooses a password through the link in the mail that follows, when one is invited.

    Errors: NotAllowed unless the fund or the portal itself does it; RuleBroken when the address is known already.
    """
    _require_fund(by)
    with transaction.atomic():
        user = User(email=email.strip().lower(), name=name)
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise RuleBroken(
                [Violation("email_taken", gettext_noop("Der findes allerede en bruger med denne e-mail."), "", field="email")]
            ) from error
        _record("account:registered", by=by, subject=user)
        if is_invited:
            queue_mail("account_registered", key="registered", to=user, context=_password_link(user))
    return user


def grant_membership(user: User, organisation: Organisation, role: Role, *, valid_from: datetime.date, by: Actor) -> Membership:
    """Give the person a role in the organisation from a day on (domain.md, section 8).

    The fund gives rights. Roles in the fund itself are given by its management only, and nobody gives any to
    themselves: otherwise a case officer could become the second pair of the four eyes (section 8, [INFERRED]).

    Errors: NotAllowed; RuleBroken when the organisation's kind has no such role, or the person holds it already.
    """
    _require_giver(role, user, by=by)
    if role not in ROLES_OF_KIND[OrganisationKind(organisation.kind)]:
        raise RuleBroken(
            [Violation("role_not_held_here", gettext_noop("Rollen findes ikke i denne art organisation."), "", field="role")]
        )
    with transaction.atomic():
        # The row lock makes two simultaneous grants one after the other; the unique constraint stands behind.
        User.objects.select_for_update().get(pk=user.pk)
        if Membership.objects.filter(user=user, organisation=organisation, role=role, valid_to__isnull=True).exists():
            raise RuleBroken([Violation("role_held", gettext_noop("Personen har allerede denne rolle."), "", field="role")])
        membership = Membership.objects.create(user=user, organisation=organisation, role=role, valid_from=valid_from)
        _record("account:membership_granted", by=by, subject=user, data=_facts(membership))
    return membership


def end_membership(membership: Membership, *, valid_to: datetime.date, by: Actor) -> None:
    """End a role; `valid_to` is its last day.

    Errors: NotAllowed; RuleBroken when it has an end already, or would end before it begins.
    """
    _require_giver(Role(membership.role), membership.user, by=by)
    with transaction.atomic():
        membership.refresh_from_db(from_queryset=Membership.objects.select_for_update(of=("self",)))
        if membership.valid_to is not None:
            raise RuleBroken([Violation("membership_ended", gettext_noop("Rollen er allerede afsluttet."), "")])
        if valid_to < membership.valid_from:
            raise RuleBroken(
                [
                    Violation(
                        "ends_before_it_begins",
                        gettext_noop("Slutdatoen ligger før startdatoen. Vælg startdatoen eller en senere dag."),
                        "",
                        field="valid_to",
                    )
                ]
            )
        membership.valid_to = valid_to
        membership.save(update_fields=["valid_to"])
        _record("account:membership_ended", by=by, subject=membership.user, data=_facts(membership))


def _require_fund(by: Actor) -> None:
    if not (by.is_system or (by.is_fund and by.roles)):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kun Landsbyggefonden kan oprette og give rettigheder."), "")])


def _require_giver(role: Role, user: User, *, by: Actor) -> None:
    _require_fund(by)
    if by.user is not None and by.user.pk == user.pk:
        raise NotAllowed([Violation("own_rights", gettext_noop("Du kan ikke ændre dine egne rettigheder."), "")])
    if role in FUND_ROLES and not (by.is_system or by.has(Role.DIRECTOR)):
        raise NotAllowed([Violation("fund_role", gettext_noop("Kun direktionen kan ændre rettigheder i Landsbyggefonden."), "")])


def _facts(membership: Membership) -> dict[str, Any]:
    return {
        "organisation": membership.organisation_id,
        "role": membership.role,
        "valid_from": membership.valid_from.isoformat(),
        "valid_to": membership.valid_to.isoformat() if membership.valid_to else None,
    }


def _as_person(user: User) -> Actor:
    """Before an organisation is chosen a person acts as nobody but themselves."""
    return Actor(user, None, frozenset())


def _record(event: str, *, by: Actor, subject: User | None = None, data: dict[str, Any] | None = None) -> AccountEvent:
    return AccountEvent.objects.create(
        event=event,
        user=by.user,
        organisation=by.organisation,
        role=min(by.roles, default=""),
        subject=subject,
        data=data or {},
    )
