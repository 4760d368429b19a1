"""Passwords and profile."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.actors import SYSTEM, Actor
from accounts.models import OutgoingMail, User
from accounts.transitions.events import as_person, record
from accounts.transitions.outbox import queue_mail
from accounts.transitions.sign_in import PASSWORD_SET, SIGN_IN_WINDOW, fingerprint

# A person's inbox is not to be filled by somebody else's clicks.
RESET_MAILS = 3


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
        record("account:password_reset_requested", by=SYSTEM, subject=user)
        queue_mail(event, key=str(uuid.uuid4()), to=user, context=password_link(user))


def set_password(user: User, password: str) -> None:
    """The person has a new password. Whoever else is signed in with the old one is signed out by Django's session hash."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        event = record(PASSWORD_SET, by=as_person(user), subject=user, data={"address": fingerprint(user.email)})
        queue_mail("password_set", key=str(event.pk), to=user, context={"path": reverse("accounts:forgotten_password")})


def change_profile(user: User, *, name: str, language: str, by: Actor) -> None:
    """Name and language of a person."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        user.name, user.language = name, language
        changed = sorted(field for field in ("name", "language") if getattr(row, field) != getattr(user, field))
        if changed:
            user.save(update_fields=changed)
            record("account:profile_changed", by=by, subject=user, data={"fields": changed})


def password_link(user: User) -> dict[str, object]:
    path = reverse(
        "accounts:new_password",
        args=[urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)],
    )
    return {"path": path, "hours": settings.PASSWORD_RESET_TIMEOUT // 3600}
