"""Querysets of accounts."""

from __future__ import annotations

import datetime
import hashlib
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import CalendarFeed, DigestEntry, Membership, OutgoingMail


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who is where."""

    def current(self, on: datetime.date) -> MembershipQuerySet:
        """Memberships that hold on the day, both ends included."""
        return self.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """The outbox."""

    # How long after it was queued a mail is tried again, by the number of attempts made. After the last it stays, with
    # its error, until a person has looked: a mail of last week in somebody's inbox helps nobody.
    TRIED_AGAIN_AFTER = tuple(
        datetime.timedelta(minutes=minutes) for minutes in (2, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60, 48 * 60)
    )

    def waiting(self) -> OutgoingMailQuerySet:
        """Mails not yet sent."""
        return self.filter(sent_at__isnull=True)

    def due(self, *, at: datetime.datetime) -> OutgoingMailQuerySet:
        """Waiting mails whose turn it is: the task that sends at once had its two minutes, or the last attempt failed."""
        turns = [Q(attempts=attempts, queued_at__lte=at - delay) for attempts, delay in enumerate(self.TRIED_AGAIN_AFTER)]
        return self.waiting().filter(reduce(or_, turns))


class DigestEntryQuerySet(models.QuerySet["DigestEntry"]):
    """Lines of daily mails."""

    def waiting(self, *, before: datetime.datetime) -> DigestEntryQuerySet:
        """Lines that stand in no mail yet and came before the moment."""
        return self.filter(mail__isnull=True, queued_at__lt=before)


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Addresses of calendars."""

    def holding(self) -> CalendarFeedQuerySet:
        """Those that nobody has revoked, of people who are active."""
        return self.filter(revoked_at__isnull=True, user__is_active=True)

    def of_token(self, token: str) -> CalendarFeedQuerySet:
        """The one with this secret, if it holds. A hash is looked up, so the time it takes tells nothing of the secret."""
        return self.holding().filter(token_hash=hashlib.sha256(token.encode()).hexdigest())
