"""Background work of a case: its letters. Run twice, late or cut off in the middle, the outcome is one letter and one mail."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task
from django.db import connection, transaction

from applications import documents, notifications
from applications.models import ApplicationEvent, Document, DocumentKind
from applications.models.transfers import TRANSFER_TAKEN_BACK, TRANSFERRED
from lbf_portal.lib import background

# Who is told that the letter is there. The receipt needs nobody: its mail leaves with the submission itself.
MAIL_OF_KIND: dict[DocumentKind, Callable[[ApplicationEvent], None]] = {
    DocumentKind.PREQUALIFICATION_LETTER: notifications.prequalified,
    DocumentKind.REFUSAL_LETTER: notifications.refused,
    DocumentKind.COMMITMENT_LETTER: notifications.committed,
    DocumentKind.TRANSFER_LETTER: notifications.transferred,
    DocumentKind.TRANSFER_BACK_LETTER: notifications.transfer_taken_back,
}
MOVES_TO_OTHER_RULES = frozenset({TRANSFERRED, TRANSFER_TAKEN_BACK})


def queue_letter(event_pk: int) -> None:
    """Have a worker make the event's letter. Should the broker be down, `clock.render_missing_letters` asks again."""
    background.on_commit(make_letter, event_pk)


@shared_task(ignore_result=True)
def make_letter(event_pk: int) -> None:
    """Make the event's letter unless it is made, and mail that it is there; both or neither.

    Two workers on the same event: the second goes away at once, for the first holds the event's lock until it has
    committed, and a third one then finds the document. A worker that is killed leaves at most a file that nothing
    points at; the letter is made anew.

    Letters on moves to other rules and back come in the order of what happened: those that a large run left to the clock are
    made before a later one of the same case. Should another worker be at one of them, the clock asks for this one again.
    """
    event = ApplicationEvent.objects.select_related("application__organisation").get(pk=event_pk)
    for one in (*_first(event), event):
        if not _make(one):
            return


def _first(event: ApplicationEvent) -> list[ApplicationEvent]:
    """Earlier moves of the case, to other rules and back, that still have no letter."""
    if event.event not in MOVES_TO_OTHER_RULES:
        return []
    moves = event.application.events.filter(event__in=MOVES_TO_OTHER_RULES, pk__lt=event.pk, documents__isnull=True)
    return list(moves.select_related("application__organisation").order_by("pk"))


def _make(event: ApplicationEvent) -> bool:
    """Return whether the letter is there now; False while another worker is at it."""
    kind = documents.LETTER_OF_EVENT[event.event]
    with transaction.atomic():
        if not _is_mine(event.pk):
            return False
        if not Document.objects.filter(event=event, kind=kind).exists():
            documents.make(event, kind)
            if tell := MAIL_OF_KIND.get(kind):
                tell(event)
    return True


def _is_mine(event_pk: int) -> bool:
    """Take the event's lock until the end of the transaction. Events are append-only, so their rows cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"applications:letter:{event_pk}"])
        row = cursor.fetchone()
    return bool(row and row[0])
