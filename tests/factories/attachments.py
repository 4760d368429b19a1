"""Attachments, made as people make them: received, attached by a transition, controlled as a worker does."""

from __future__ import annotations

import datetime

from django.utils import timezone

from accounts.actors import Actor
from applications.models import Application, Attachment, AttachmentVersion
from applications.rules.documents import DocumentType
from applications.transitions import attachments
from applications.uploading import IncomingFile
from tests.applications.files import made

PDF = made.pdf("Mange unge er uden job")


def received(content: bytes = PDF, name: str = "beskrivelse.pdf") -> attachments.Received:
    """As the web receives it."""
    file = IncomingFile(name)
    file.add(content)
    file.flush()
    file.seek(0)
    return attachments.Received(name, file, len(content), file.sha256, file.head)


def attach(
    application: Application,
    by: Actor,
    content: bytes = PDF,
    *,
    name: str = "beskrivelse.pdf",
    kind: DocumentType = DocumentType.D2,
    at: datetime.datetime | None = None,
) -> AttachmentVersion:
    """Attached, and waiting for its control."""
    return attachments.attach(application, kind, received(content, name), by=by, at=at or timezone.now()).version


def controlled(version: AttachmentVersion) -> AttachmentVersion:
    """What a worker makes of it."""
    attachments.control(version)
    version.refresh_from_db()
    return version


def make_accepted(
    application: Application,
    by: Actor,
    content: bytes = PDF,
    *,
    name: str = "beskrivelse.pdf",
    kind: DocumentType = DocumentType.D2,
) -> Attachment:
    """Attached, controlled, accepted."""
    version = controlled(attach(application, by, content, name=name, kind=kind))
    assert version.state == "ACCEPTED", version.findings
    return version.attachment
