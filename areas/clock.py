"""What workers do for imports: read and preview files, carry out what was confirmed, find what was left lying.

Run twice, late or cut off in the middle, a batch is previewed once and imported once: each step looks at the batch's state,
locks it, and does all of its work in one transaction.
"""

from __future__ import annotations

import datetime
import logging

from celery import shared_task
from django.utils import timezone

from areas.models import ImportBatch
from areas.transitions import imports
from lbf_portal.lib import background
from lbf_portal.lib.refusals import IllegalMove

logger = logging.getLogger(__name__)

# The task that follows the button itself gets this long before the clock takes over.
PATIENCE = datetime.timedelta(minutes=2)
BATCHES_PER_RUN = 10


def queue(batch: ImportBatch) -> None:
    """Have a worker take the batch on. Should the broker be down, `work_on_waiting_imports` finds it."""
    background.on_commit(work_on_import, batch.pk)


@shared_task(ignore_result=True)
def work_on_import(batch_pk: int) -> None:
    """Do what the batch's state asks for: preview a file that waits, import one that was confirmed."""
    batch = ImportBatch.objects.get(pk=batch_pk)
    work = imports.WORK.get(batch.state)
    if work is None:
        return
    try:
        work(batch, at=timezone.now())
    except IllegalMove:
        logger.info("Import %s was taken on by somebody else", batch_pk)


@shared_task(ignore_result=True)
def work_on_waiting_imports() -> None:
    """Take on batches that lie there: a broker was down, or a worker died."""
    waiting = ImportBatch.objects.left_waiting(before=timezone.now() - PATIENCE).order_by("pk")
    for batch_pk in waiting.values_list("pk", flat=True)[:BATCHES_PER_RUN]:
        work_on_import(batch_pk)
