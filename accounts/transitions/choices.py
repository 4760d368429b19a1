"""Mails by choice, and the calendar."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import CalendarFeed, DigestEntry, MailFrequency, NotificationChoice, OutgoingMail, User
from accounts.transitions.events import record
from accounts.transitions.outbox import queue_mail
from lbf_portal.lib import mail as mails


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
        record("account:mails_chosen", by=by, subject=user, data=data)


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
        record("account:calendar_opened", by=by, subject=user)
    return token


def close_calendar_feed(user: User, *, by: Actor, at: datetime.datetime) -> None:
    """The address holds no longer; whoever has it gets nothing."""
    with transaction.atomic():
        if CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at):
            record("account:calendar_closed", by=by, subject=user)


def count_feed_read(feed: CalendarFeed, *, at: datetime.datetime) -> bool:
    """Count a read of the address; False when it was read too often within the hour."""
    with transaction.atomic():
        feed.refresh_from_db(from_queryset=CalendarFeed.objects.select_for_update())
        if feed.hour_began_at is None or at - feed.hour_began_at >= HOUR:
            feed.hour_began_at, feed.reads_this_hour = at, 0
        feed.reads_this_hour = min(feed.reads_this_hour + 1, FEED_READS_AN_HOUR + 1)
        feed.save(update_fields=["hour_began_at", "reads_this_hour"])
    return feed.reads_this_hour <= FEED_READS_AN_HOUR
