"""Background work of accounts: the outbox is emptied.

These two own `sent_at`, `attempts` and `last_error` of the outbox; nothing else writes them.
"""

from __future__ import annotations

import logging
import uuid

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.models import OutgoingMail
from lbf_portal.lib import mail as mails
from lbf_portal.lib.mail import RenderedMail

logger = logging.getLogger(__name__)

MAILS_PER_RUN = 200
# Their bodies hold a link that opens an account: kept only until they are sent.
OPENING_AN_ACCOUNT = frozenset({"account_registered", "case_invitation", "organisation_invitation", "password_reset"})


@shared_task(ignore_result=True)
def send_mail(pk: str) -> None:
    """Send one waiting mail, once.

    The row is locked while it is sent, so a second run of the task, or `send_waiting_mails`, passes it by; a row marked
    as sent is never taken again. The mark is written before the mail leaves, in the same transaction: whatever the
    database could refuse, it has refused before, and only the commit follows the sending. So an attempt sends at most
    once:

    - the mail server refuses, or the worker is killed before the server took it: the transaction is undone, the row
      waits, and `send_waiting_mails` tries again;
    - the worker is killed in the moment between the server's answer and the commit: nobody can know, the mail is tried
      again. It has the same Message-ID, by which mail systems tell that it is the same mail.
    """
    deliver(uuid.UUID(pk))


@shared_task(ignore_result=True)
def send_waiting_mails() -> None:
    """Send what the broker lost, or the mail server refused: every minute, see `OutgoingMailQuerySet.due`."""
    due = OutgoingMail.objects.due(at=timezone.now()).order_by("queued_at")
    for pk in due.values_list("pk", flat=True)[:MAILS_PER_RUN]:
        deliver(pk)


def deliver(pk: uuid.UUID) -> bool:
    """Send the mail if it waits and nobody else is sending it; tell whether it was sent."""
    with transaction.atomic():
        row = OutgoingMail.objects.waiting().select_for_update(skip_locked=True).filter(pk=pk).first()
        if row is None:
            return False
        letter = RenderedMail(row.subject, row.body, row.body_html)
        row.attempts += 1
        row.sent_at, row.last_error = timezone.now(), ""
        if row.event in OPENING_AN_ACCOUNT:
            row.body = row.body_html = ""
        row.save(update_fields=["attempts", "sent_at", "last_error", "body", "body_html"])
        try:
            mails.send(letter, pk=row.pk, to=row.to_address)
        except Exception as error:
            # Whatever the mail server or its library says: the mail waits and the reason is kept. No address in the log.
            logger.exception("Mail %s (%s) was not sent, attempt %s", row.pk, row.event, row.attempts)
            row.sent_at, row.last_error = None, f"{type(error).__name__}: {error}"[:2000]
            row.body, row.body_html = letter.body, letter.body_html
            row.save(update_fields=["sent_at", "last_error", "body", "body_html"])
            return False
        return True
