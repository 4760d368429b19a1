"""Queues background work after commit, without letting a lost broker break what was just committed."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import ChannelError, OperationalError

logger = logging.getLogger(__name__)


def on_commit(task: Task[..., Any], *args: str | int) -> None:
    """Queue the task, with ids only, once the transaction is committed.

    When the broker is out of reach the work is not queued and the request goes on: whatever is queued here must also be
    found by a periodic task (outbox: `send_waiting_mails`, letters: `render_missing_letters`).
    """
    transaction.on_commit(lambda: _queue(task, args))


def _queue(task: Task[..., Any], args: tuple[str | int, ...]) -> None:
    try:
        # No retry: somebody waits for the page, and the periodic task does not mind.
        task.apply_async(args=args, retry=False)
    except (OperationalError, ChannelError, OSError) as error:
        logger.warning("The broker is out of reach, %s%s waits for its periodic task: %s", task.name, args, error)
