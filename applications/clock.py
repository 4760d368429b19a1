"""What the clock does for cases: it finds letters never made, files never controlled, and moves to new rules left lying.

And what the calendar asks: reminders of deadlines, warnings before a prequalification expires, and its end.
"""

from __future__ import annotations

import contextlib
import datetime
import logging

from celery import shared_task
from django.utils import timezone

from applications import deadlines, documents, due, notifications, tasks
from applications.models import Application, ApplicationEvent, AttachmentVersion, TransferBatch
from applications.rules import expiry
from applications.rules.rule_sets import TERMS, Setting
from applications.transitions import attachments, follow_expiry, transfers
from applications.uploading import incoming_folder
from lbf_portal.lib import background
from lbf_portal.lib.refusals import IllegalMove, Refused

logger = logging.getLogger(__name__)

# The task that follows the decision itself gets this long before the clock takes over.
PATIENCE = datetime.timedelta(minutes=2)
LETTERS_PER_RUN = 50
# A file is scanned and judged within four minutes or given up (files/apart.py, files/scanner.py); then it may be asked for again.
FILE_PATIENCE = datetime.timedelta(minutes=6)
FILES_PER_RUN = 50
UNFINISHED_FOR = datetime.timedelta(days=1)
# A worker tells after each hundred cases that it is alive, so one that died is noticed at once.
TRANSFER_PATIENCE = datetime.timedelta(seconds=15)
# Then it stands in line again, so that mails and letters come in between.
CASES_PER_TASK = 500


@shared_task(ignore_result=True)
def render_missing_letters() -> None:
    """Queue the letters of events that still have none: a broker was down, or a worker died."""
    waiting = ApplicationEvent.objects.filter(
        event__in=documents.LETTER_OF_EVENT, at__lt=timezone.now() - PATIENCE, documents__isnull=True
    ).order_by("pk")
    for event_pk in waiting.values_list("pk", flat=True)[:LETTERS_PER_RUN]:
        tasks.queue_letter(event_pk)


def queue_transfer(batch: TransferBatch) -> None:
    """Have a worker move the cases of the run. Should the broker be down, `work_on_waiting_transfers` finds it."""
    background.on_commit(work_on_transfer, batch.pk)


@shared_task(ignore_result=True)
def work_on_transfer(batch_pk: int) -> None:
    """Move cases of the run, and ask for the next ones. Run twice or cut off in the middle, each case is moved once."""
    batch = TransferBatch.objects.get(pk=batch_pk)
    done = 0
    while done < CASES_PER_TASK:
        moved = transfers.work(batch, at=timezone.now())
        if not moved:
            return
        done += moved
    queue_transfer(batch)


@shared_task(ignore_result=True)
def work_on_waiting_transfers() -> None:
    """Take on runs that lie there: a broker was down, or a worker died."""
    for batch in TransferBatch.objects.left_waiting(before=timezone.now() - TRANSFER_PATIENCE):
        work_on_transfer(batch.pk)


def queue_control(version: AttachmentVersion) -> None:
    """Have a worker scan and judge the file. Should the broker be down, `control_waiting_attachments` finds it."""
    background.on_commit(control_attachment, version.pk)


@shared_task(ignore_result=True)
def control_attachment(version_pk: int) -> None:
    """Scan and judge one file, unless somebody has."""
    version = AttachmentVersion.objects.select_related("attachment__application").get(pk=version_pk)
    with contextlib.suppress(IllegalMove):
        attachments.control(version)


@shared_task(ignore_result=True)
def control_waiting_attachments() -> None:
    """Take on files that nobody controls: a broker was down, a worker died, or the scanner gave no answer."""
    now = timezone.now()
    left = AttachmentVersion.objects.left_waiting(idle_before=now - PATIENCE, taken_on_before=now - FILE_PATIENCE)
    waiting = left.order_by("uploaded_at")
    for version_pk in waiting.values_list("pk", flat=True)[:FILES_PER_RUN]:
        background.on_commit(control_attachment, version_pk)


@shared_task(ignore_result=True)
def sweep_unfinished_uploads() -> None:
    """Remove what a process left behind that was killed while it received a file."""
    before = (timezone.now() - UNFINISHED_FOR).timestamp()
    for path in incoming_folder().iterdir():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


@shared_task(ignore_result=True)
def remind_of_deadlines() -> None:
    """Remind whoever must act, 14, 7 and 1 days before. Asked for hourly: what was sent stands in the outbox."""
    today = timezone.localdate()
    for line in due.of_cases(Application.objects.open(), on=today):
        if days := deadlines.reminder_due(line.deadline, today):
            notifications.deadline_near(line, days)


@shared_task(ignore_result=True)
def follow_prequalifications() -> None:
    """Warn of prequalifications that expire, and end those whose time is over; nothing while no rule set lets them expire."""
    now = timezone.now()
    today = timezone.localdate(now)
    expiring = [rule_set for rule_set, terms in TERMS.items() if terms.settings[Setting.PREQUALIFICATION_MONTHS].value]
    cases = Application.objects.filter(state__in=due.EXPIRING, rule_set__in=expiring)
    for line in due.of_cases(cases, on=today):
        if line.deadline.kind is not deadlines.Kind.EXPIRY:
            continue
        facts = due.expiry_facts(line.application, on=today)
        if expiry.has_ended(facts) or expiry.warning_due(facts):
            try:
                follow_expiry(line.application, at=now)
            except Refused as refused:
                logger.info("Case %s was not moved: %s", line.application.case_number, refused)
