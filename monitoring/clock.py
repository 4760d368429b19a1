"""What the calendar does to efforts: they start on their first day and close after their last."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from accounts.actors import SYSTEM
from lbf_portal.lib.refusals import Refused
from monitoring import transitions
from monitoring.models import Effort

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def move_efforts_that_are_due() -> None:
    """Start and close what is due today, each effort on its own. Run twice, late or at once it does the same.

    An effort without a complete board does not start; it is tried again with every run and shown as waiting (R98).
    """
    today = timezone.localdate()
    for effort in Effort.objects.due_to_start(today).with_case_relations():
        _move(effort, lambda effort: transitions.start(effort, by=SYSTEM, at=timezone.now()))
    for effort in Effort.objects.due_to_close(today).with_case_relations():
        _move(effort, lambda effort: transitions.begin_closing(effort, by=SYSTEM, at=timezone.now()))


def _move(effort: Effort, act: Callable[[Effort], None]) -> None:
    try:
        act(effort)
    except Refused as refused:
        logger.info("Effort %s was not moved: %s", effort.pk, refused)
