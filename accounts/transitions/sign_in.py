"""Sign-in, and the organisation acted for."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth import authenticate
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.actors import SYSTEM, Actor
from accounts.models import AccountEvent, User
from accounts.transitions.events import as_person, record
from lbf_portal.lib.refusals import NotAllowed, Violation
from lbf_portal.lib.words import gettext_noop

SIGN_IN_TRIED = "account:sign_in_tried"
SIGNED_IN = "account:signed_in"
PASSWORD_SET = "account:password_set"  # noqa: S105 - the name of an event

# Ten wrong passwords in a quarter of an hour are a guess, not a slip; nine a quarter leave a guesser nothing.
SIGN_IN_TRIES = 10
SIGN_IN_WINDOW = datetime.timedelta(minutes=15)


class SignInRefused(NotAllowed):
    """The sign-in failed; the sentence tells nobody whether the address is known."""


def authenticate_person(email: str, password: str) -> User:
    """The active person with this address and password.

    Each try is an event, committed before the password is looked at, so that tries made at the same moment count one
    another. After `SIGN_IN_TRIES` in `SIGN_IN_WINDOW` for one address the answer is no, right password or not, known
    address or not, until the window has passed or the person has set a new password by mail. The event holds a keyed
    hash of the address, no address: it may not be a person's at all.

    Errors: SignInRefused, with the one sentence for the page.
    """
    address = fingerprint(email)
    if _tries(address) >= SIGN_IN_TRIES:
        raise SignInRefused([_too_many_tries()])
    record(SIGN_IN_TRIED, by=SYSTEM, data={"address": address})
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
    record(SIGNED_IN, by=as_person(user), subject=user, data={"address": fingerprint(user.email), **(data or {})})


def record_signed_out(user: User) -> None:
    """The person has signed out."""
    record("account:signed_out", by=as_person(user), subject=user)


def act_for(actor: Actor) -> None:
    """The person acts for this organisation from now on (domain.md 11.3: which organisation stands on every event)."""
    record("account:acted_for", by=actor, subject=actor.user, data={"roles": sorted(actor.roles)})


def fingerprint(email: str) -> str:
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
