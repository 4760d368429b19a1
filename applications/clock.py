"""What the clock does for cases: it finds letters that were never made."""

from __future__ import annotations

import datetime

from celery import shared_task
from django.utils import timezone

from applications import documents, tasks
from applications.models import ApplicationEvent

# The task that follows the decision itself gets this long before the clock takes over.
PATIENCE = datetime.timedelta(minutes=2)
LETTERS_PER_RUN = 50


@shared_task(ignore_result=True)
def render_missing_letters() -> None:
    """Queue the letters of events that still have none: a broker was down, or a worker died."""
    waiting = ApplicationEvent.objects.filter(
        event__in=documents.LETTER_OF_EVENT, at__lt=timezone.now() - PATIENCE, documents__isnull=True
    ).order_by("pk")
    for event_pk in waiting.values_list("pk", flat=True)[:LETTERS_PER_RUN]:
        tasks.queue_letter(event_pk)
