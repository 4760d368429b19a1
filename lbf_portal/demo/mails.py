"""The demo's mails: written to a folder instead of sent, and read from there, newest first.

Not Django's file backend, whose files take part of their name from a memory address: two workers can write to the same
one, and a reader can meet half a mail. Here each mail is a file of its own that appears whole.
"""

from __future__ import annotations

import datetime
import email
import email.policy
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage as OutgoingMessage
from django.utils import timezone


def mail_folder() -> Path:
    """Where the mails lie: in the data folder, so that two demos on one machine do not read each other's."""
    return settings.DATA_DIR / "mails"


class FolderBackend(BaseEmailBackend):
    """Writes each mail to the folder, named by the moment it was sent."""

    def send_messages(self, email_messages: Sequence[OutgoingMessage]) -> int:
        """Write the mails, and return how many."""
        folder = mail_folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex}"
            unfinished = folder / f"{name}.part"
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class SentMail:
    """A mail as its recipient sees it. `key` is its place in addresses."""

    key: str
    to: str
    subject: str
    sent_at: datetime.datetime
    text: str
    html: str


def mail_files(to: str = "") -> list[Path]:
    """The mails' files, newest first; perhaps only those to one address. A long list costs no parsing: see `read`."""
    files = sorted(mail_folder().glob("*.eml"), reverse=True)
    header = f"\nTo: {to}\n".encode()
    return [file for file in files if header in file.read_bytes()] if to else files


def sent_mail(key: str) -> SentMail | None:
    """The mail with this key; a key is a file's name, and names no folder (the address takes letters, digits, `-`, `_`)."""
    file = mail_folder() / f"{key}.eml"
    return read(file) if file.is_file() else None


def read(file: Path) -> SentMail:
    """The mail in the file."""
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return SentMail(
        key=file.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
