"""What the clock does for the frames: every night everything is counted anew."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from ledger import keeping
from ledger.models import FrameCheck


@shared_task(ignore_result=True)
def check_frames() -> None:
    """Check the frames once a day. Run again it does nothing; cut off it leaves nothing, and the next hour tries again."""
    now = timezone.now()
    today = timezone.localdate(now)
    if not FrameCheck.objects.of_the_portal(today).exists():
        keeping.run(by=SYSTEM, at=now, once_on=today)
