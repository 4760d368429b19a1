"""The outbox that every app puts its mails in."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from accounts import tasks
from accounts.models import DigestEntry, MailFrequency, OutgoingMail, User
from lbf_portal.lib import background
from lbf_portal.lib import mail as mails


class Importance(enum.Enum):
    """How much a mail must reach its recipient now: what a person may choose about it follows from this alone."""

    # Decisions, hearings, warnings, the account itself: at once, whatever was chosen.
    MUST = enum.auto()
    # Asks the recipient to do something: at once, or in the daily mail.
    ACT = enum.auto()
    # For information: at once, in the daily mail, or not at all.
    TELL = enum.auto()


def queue_mail(
    event: str, *, key: str, to: User, context: Mapping[str, object], importance: Importance = Importance.MUST
) -> None:
    """Put a mail in the outbox, in the transaction that causes it; it is sent once that is committed.

    `event` names the folder in `templates/emails/`. `key` says what the mail is about (`application:<pk>:submitted`):
    the same event, key and recipient are never queued twice, so a repeated task or a double click sends one mail.
    A `path` in the context becomes the mail's direct `link`. No case content and no free text in subjects.

    What the person chose to get, and when, holds for all but the most important (`Importance`).

    A broker that is down is no error: the mail waits in the outbox, and `send_waiting_mails` finds it. People who are
    no longer active get no mail.
    """
    if not to.is_active:
        return
    full_key = f"{event}:{key}:{to.pk}"
    choice = getattr(to, "notification_choice", None) if importance is not Importance.MUST else None
    if choice and choice.only_when_i_act and importance is Importance.TELL:
        return
    if OutgoingMail.objects.filter(key=full_key).exists():
        return
    letter = mails.render(event, language=to.language, context={"recipient": to, **context})
    if choice and choice.frequency == MailFrequency.DAILY:
        entry = DigestEntry(key=full_key, user=to, subject=letter.subject, path=str(context.get("path", "/")))
        DigestEntry.objects.bulk_create([entry], ignore_conflicts=True)
        return
    # Told in a daily mail already, before the person chose otherwise.
    if choice and DigestEntry.objects.filter(key=full_key).exists():
        return
    _put(event, key=full_key, letter=letter, address=to.email, person=to)


def queue_mail_to_address(event: str, *, key: str, address: str, language: str, context: Mapping[str, object]) -> None:
    """Put a mail to somebody who is perhaps no user yet in the outbox; as `queue_mail` otherwise. `recipient` has a name."""
    letter = mails.render(event, language=language, context=context)
    _put(event, key=f"{event}:{key}", letter=letter, address=address, person=None)


def _put(event: str, *, key: str, letter: mails.RenderedMail, address: str, person: User | None) -> None:
    row = OutgoingMail(
        key=key,
        event=event,
        to_user=person,
        to_address=address,
        subject=letter.subject,
        body=letter.body,
        body_html=letter.body_html,
    )
    # Two at once: the key's unique constraint lets one through, and the other's task finds no row to send.
    OutgoingMail.objects.bulk_create([row], ignore_conflicts=True)
    background.on_commit(tasks.send_mail, str(row.pk))
