"""What the clock does for accounts: the daily mail of those who chose one."""

from __future__ import annotations

import datetime

from celery import shared_task
from django.utils import timezone

from accounts import transitions
from accounts.models import DigestEntry, User

# The daily mail leaves at seven, Danish time, and holds what came before.
LEAVES_AT = datetime.time(7)


@shared_task(ignore_result=True)
def send_digests() -> None:
    """Make the daily mails: asked for hourly, so that a morning without a worker is made up for. Run twice it makes one."""
    before = leaves_last(timezone.now())
    waiting = DigestEntry.objects.waiting(before=before).order_by()
    for user in User.objects.filter(pk__in=waiting.values("user_id")).order_by("pk"):
        transitions.send_digest(user, before=before)


def leaves_last(moment: datetime.datetime) -> datetime.datetime:
    """The latest seven o'clock in Denmark that is not after the moment."""
    today = timezone.localdate(moment)
    seven = timezone.make_aware(datetime.datetime.combine(today, LEAVES_AT))
    if seven <= moment:
        return seven
    return timezone.make_aware(datetime.datetime.combine(today - datetime.timedelta(days=1), LEAVES_AT))
