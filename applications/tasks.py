"""Background work of a case: its letters. Run twice, late or cut off in the middle, the outcome is one letter and one mail."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task
from django.db import connection, transaction

from applications import documents, notifications
from applications.models import ApplicationEvent, Document, DocumentKind
from lbf_portal.lib import background

# Who is told that the letter is there. The receipt needs nobody: its mail leaves with the submission itself.
MAIL_OF_KIND: dict[DocumentKind, Callable[[ApplicationEvent], None]] = {
    DocumentKind.PREQUALIFICATION_LETTER: notifications.prequalified,
    DocumentKind.REFUSAL_LETTER: notifications.refused,
    DocumentKind.COMMITMENT_LETTER: notifications.committed,
}


def queue_letter(event_pk: int) -> None:
    """Have a worker make the event's letter. Should the broker be down, `clock.render_missing_letters` asks again."""
    background.on_commit(make_letter, event_pk)


@shared_task(ignore_result=True)
def make_letter(event_pk: int) -> None:
    """Make the event's letter unless it is made, and mail that it is there; both or neither.

    Two workers on the same event: the second goes away at once, for the first holds the event's lock until it has
    committed, and a third one then finds the document. A worker that is killed leaves at most a file that nothing
    points at; the letter is made anew.
    """
    with transaction.atomic():
        event = ApplicationEvent.objects.select_related("application__organisation").get(pk=event_pk)
        kind = documents.LETTER_OF_EVENT[event.event]
        if not _is_mine(event_pk) or Document.objects.filter(event=event, kind=kind).exists():
            return
        documents.make(event, kind)
        if tell := MAIL_OF_KIND.get(kind):
            tell(event)


def _is_mine(event_pk: int) -> bool:
    """Take the event's lock until the end of the transaction. Events are append-only, so their rows cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"applications:letter:{event_pk}"])
        row = cursor.fetchone()
    return bool(row and row[0])
