"""Attaching files to a case: brought, controlled by a worker, confirmed, replaced, taken away. Nothing is ever deleted."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from applications import attachments, file_states
from applications.file_states import FileState
from applications.files import apart, scanner
from applications.files.findings import Finding, stopping, to_confirm
from applications.files.judging import Judged
from applications.files.kinds import LARGEST_FILE, MEGABYTE, Kind, is_old_office, recognised
from applications.files.names import fitting, plain
from applications.models import Application, Attachment, AttachmentVersion
from applications.models.attachments import opaque_path
from applications.rules.documents import COUNTED, NAMES, DocumentType
from applications.transitions.common import day_of, locked, person_of
from lbf_portal.lib.moves import Move, moving
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

logger = logging.getLogger(__name__)

# Versions of one case: far above any case of paper, and a bound for what one organisation can fill the disk with.
MOST_VERSIONS = 500
# All of them together: what a submission reads through while the case is locked, in a few seconds.
MOST_BYTES = 1000 * MEGABYTE
_COUNTABLE = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG})


@dataclasses.dataclass(frozen=True)
class Received:
    """A file as it was received: stored beside the others already, hashed on the way in, and not in memory."""

    name: str
    file: File[bytes]
    size: int
    sha256: str
    head: bytes


class Attaching(NamedTuple):
    """What became of a received file. It is not new when the very same one lies there already: a retry, a double click."""

    version: AttachmentVersion
    is_new: bool


def attach(application: Application, kind: DocumentType, received: Received, *, by: Actor, at: datetime.datetime) -> Attaching:
    """Attach a file as a document of the type. It is in quarantine until a worker has controlled it (clock.py).

    Errors: NotAllowed; IllegalMove when documents of the type are not brought as the case stands; RuleBroken when a look at
    the file's beginning tells that it cannot be taken.
    """
    with _kept(kind, received) as stored, locked(application, "attach", by=by, at=at):
        _require_open(application, kind, by=by, at=at)
        same = AttachmentVersion.objects.current().of_case(application)
        for held in same.filter(attachment__document_type=kind, sha256=received.sha256):
            if _is_there(held, received):
                return Attaching(held, is_new=False)
        _require_room(application, received)
        attachment = Attachment.objects.create(
            application=application,
            document_type=kind,
            attached_at=at,
            attached_by=person_of(by),
            organisation=_organisation_of(by, application, at),
        )
        version = _add(attachment, 1, received, stored, by=by, at=at)
        version.record("application:attachment_added", by=by, at=at, data={"size": version.size})
        return Attaching(version, is_new=True)


def replace(attachment: Attachment, received: Received, *, by: Actor, at: datetime.datetime) -> Attaching:
    """Put a new version in the place of the current one, which is kept. Two colleagues at once make two versions.

    Errors: as for `attach`; IllegalMove when it was taken away in the meantime.
    """
    application, kind = attachment.application, DocumentType(attachment.document_type)
    with _kept(kind, received) as stored, locked(application, "attach", by=by, at=at):
        _reread(attachment)
        _require_open(application, kind, by=by, at=at)
        latest = attachment.versions.latest("number")
        if _is_there(latest, received):
            return Attaching(latest, is_new=False)
        _require_room(application, received)
        version = _add(attachment, latest.number + 1, received, stored, by=by, at=at)
        version.record("application:attachment_replaced", by=by, at=at, data={"size": version.size})
        return Attaching(version, is_new=True)


def hide(attachment: Attachment, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Take it away from the case, with a reason; all versions are kept. `Reader.may_hide` says when.

    Errors: NotAllowed; IllegalMove; RuleBroken without a reason.
    """
    application = attachment.application
    with locked(application, "attach", by=by, at=at):
        _reread(attachment)
        reader = attachments.reader_of(by, application, on=day_of(at))
        if not reader.may_hide(attachment, attachment.versions.select_related("organisation").latest("number")):
            raise _closed(DocumentType(attachment.document_type))
        if not reason.strip():
            raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
        attachment.hidden_at, attachment.hidden_by, attachment.hidden_reason = at, person_of(by), reason.strip()
        attachment.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
        application.record(
            "application:attachment_hidden",
            by=by,
            at=at,
            reason=reason.strip(),
            data={"attachment": attachment.pk, "document_type": attachment.document_type},
        )


def confirm(version: AttachmentVersion, *, by: Actor, at: datetime.datetime) -> None:
    """Somebody of the side that brought it has seen what was found (a CPR number, R156) and says that it may be sent.

    Errors: NotAllowed, also for the other side; IllegalMove when it is not asked for, or a newer version is there.
    """
    attachment = version.attachment
    application = attachment.application
    with locked(application, "attach", by=by, at=at):
        _reread(attachment)
        version.refresh_from_db(fields=["state"])
        reader = attachments.reader_of(by, application, on=day_of(at))
        if not reader.owns(version):
            raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])
        if attachment.versions.filter(number__gt=version.number).exists():
            raise IllegalMove([Violation("replaced", gettext_noop("Der er lagt en nyere udgave ind. Se den først."), "")])
        if version.state == FileState.TO_CONFIRM and not reader.may_confirm(version):
            raise _closed(DocumentType(attachment.document_type))
        with moving(version, file_states.CONFIRM, by=by, at=at) as move:
            version.confirmed_at, version.confirmed_by = at, person_of(by)
            move.save("confirmed_at", "confirmed_by").tell(findings=[finding.code for finding in to_confirm(version.found)])


def control(version: AttachmentVersion) -> None:
    """Scan and judge a file that waits for it, and write down what that came to: a worker's act.

    Run twice, late, or cut off in the middle, the verdict is written once: it is one transaction, and only on a file that
    still waits. Without an answer of the scanner the file goes on waiting, and the clock asks again.

    Errors: IllegalMove when somebody else was first.
    """
    waiting = AttachmentVersion.objects.filter(pk=version.pk, state=FileState.CHECKING)
    if not waiting.update(tried_at=timezone.now()):
        raise IllegalMove([Violation("controlled", gettext_noop("Filen er allerede kontrolleret."), "")])
    try:
        judged, scanned_by = _judge(version)
    except scanner.ScannerUnreachable as error:
        waiting.update(waits_for_scanner=True)
        logger.warning("The virus scanner gives no answer, version %s of an attachment waits: %s", version.pk, error)
        return
    with moving(version, _verdict(judged), by=SYSTEM, at=timezone.now()) as move:
        version.kind = judged.kind or ""
        version.pages = judged.pages
        version.findings = [finding.as_json() for finding in judged.findings]
        version.scanner = scanned_by
        version.waits_for_scanner = False
        move.save("kind", "pages", "findings", "scanner", "waits_for_scanner")
        move.tell(findings=[finding.code for finding in judged.findings], scanner=scanned_by)


def unchanged_since(versions: list[AttachmentVersion]) -> list[Violation]:
    """What stands in the way when a stored file is no longer the one that came (C10): asked when a case is sent on."""
    return [
        Violation(
            "attachment_changed",
            gettext_noop("Bilaget »%(name)s« er ikke længere den fil, der blev lagt ind. Læg det ind igen."),
            "C10",
            field="attachments",
            params={"name": version.file_name},
            is_confirmed=False,
        )
        for version in versions
        if not attachments.is_unchanged(version)
    ]


def listed(versions: list[AttachmentVersion]) -> list[dict[str, Any]]:
    """What an event says of the attachments that were sent along: which versions, and their hashes; no names."""
    return [
        {"version_id": version.pk, "document_type": version.attachment.document_type, "sha256": version.sha256}
        for version in versions
    ]


# What may be brought


def _require_open(application: Application, kind: DocumentType, *, by: Actor, at: datetime.datetime) -> None:
    if kind not in attachments.types_open_to(by, application, on=day_of(at)):
        raise _closed(kind)


def _closed(kind: DocumentType) -> IllegalMove:
    text = gettext_noop("»%(document)s« kan ikke lægges ind eller ændres, som sagen står nu.")
    return IllegalMove([Violation("document_closed", text, "", params={"document": NAMES[kind]})])


def _is_there(held: AttachmentVersion, received: Received) -> bool:
    """Whether the very same file is there and usable: a refused or damaged one is brought again in order to mend it."""
    return held.sha256 == received.sha256 and held.state != FileState.REFUSED and attachments.is_unchanged(held)


def _require_usable(kind: DocumentType, received: Received) -> None:
    """What a look at the beginning tells at once; the rest is the worker's. Errors: RuleBroken."""
    if code := _unusable(received):
        raise RuleBroken([Finding(code).as_violation()])
    if kind in COUNTED and not recognised(received.head) & _COUNTABLE:
        text = gettext_noop("Siderne i »%(document)s« skal kunne tælles. Gem filen som PDF, og læg den ind igen.")
        raise RuleBroken([Violation("pages_not_countable", text, "R62", field="file", params={"document": NAMES[kind]})])


def _unusable(received: Received) -> str:
    if not received.size:
        return "empty"
    if received.size > LARGEST_FILE:
        return "too_large"
    if recognised(received.head):
        return ""
    return "old_office" if is_old_office(received.head) else "unknown_kind"


def _require_room(application: Application, received: Received) -> None:
    versions = AttachmentVersion.objects.of_case(application)
    if versions.count() >= MOST_VERSIONS:
        text = gettext_noop("Sagen har %(count)s filer og kan ikke rumme flere. Kontakt Landsbyggefonden.")
        raise RuleBroken([Violation("too_many_files", text, "", field="file", params={"count": str(MOST_VERSIONS)})])
    if versions.total_size() + received.size > MOST_BYTES:
        text = gettext_noop(
            "Sagens filer må højst fylde %(limit)s MB tilsammen, tidligere udgaver talt med. Gem filen mindre, eller kontakt "
            "Landsbyggefonden."
        )
        limit = str(MOST_BYTES // MEGABYTE)
        raise RuleBroken([Violation("too_many_bytes", text, "", field="file", params={"limit": limit})])


def _reread(attachment: Attachment) -> None:
    """As it is now that the case is locked; who attaches, replaces or takes away locks the case first."""
    attachment.refresh_from_db(fields=["hidden_at"])
    if attachment.is_hidden:
        raise IllegalMove([Violation("hidden", gettext_noop("Bilaget er fjernet fra sagen."), "")])


# How it is kept


def _add(
    attachment: Attachment, number: int, received: Received, stored: str, *, by: Actor, at: datetime.datetime
) -> AttachmentVersion:
    kinds = recognised(received.head)
    name = plain(received.name)
    return AttachmentVersion.objects.create(
        attachment=attachment,
        number=number,
        file=stored,
        # Word and Excel begin alike; their suffix is put right once the content is known.
        file_name=fitting(name, next(iter(kinds))) if len(kinds) == 1 else name,
        size=received.size,
        sha256=received.sha256,
        uploaded_at=at,
        state_since=at,
        uploaded_by=person_of(by),
        organisation=_organisation_of(by, attachment.application, at),
    )


def _organisation_of(by: Actor, application: Application, at: datetime.datetime) -> Organisation:
    """The side it is brought for: roles that attach are on one, so this refuses nobody who came so far."""
    organisation = application.organisation_of(by, on=day_of(at))
    if organisation is None:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])
    return organisation


@contextlib.contextmanager
def _kept(kind: DocumentType, received: Received) -> Iterator[str]:
    """A usable file in its place, under a name that says nothing, and taken out again unless its row is written with it.

    A process that is killed in between leaves at most a file that nothing points at. Errors: RuleBroken.
    """
    with contextlib.closing(received.file):
        _require_usable(kind, received)
        name = default_storage.save(opaque_path(), received.file)
    try:
        with transaction.atomic():
            yield name
    except BaseException:
        default_storage.delete(name)
        raise
    if not AttachmentVersion.objects.filter(file=name).exists():
        default_storage.delete(name)


# The control


class _Hashing:
    """A stream that is hashed as somebody else reads it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        block: bytes = self.stream.read(size)
        self.digest.update(block)
        return block


def _judge(version: AttachmentVersion) -> tuple[Judged, str]:
    """What the file comes to, and which scanner said it is clean. The scanner comes first: it is made for bad files."""
    try:
        with version.file.open("rb") as stream:
            hashing = _Hashing(stream)
            answer = _scan(hashing)
    except FileNotFoundError:
        return Judged(findings=(Finding("changed_in_store"),)), ""
    if hashing.digest.hexdigest() != version.sha256:
        return Judged(findings=(Finding("changed_in_store"),)), answer.scanner
    if answer.found:
        return Judged(findings=(Finding("infected", {"name": answer.found}),)), answer.scanner
    return apart.judge(Path(version.file.path)), answer.scanner


def _scan(stream: _Hashing) -> scanner.Answer:
    """Ask the scanner; where none is named and the settings allow it, only read on. Errors: ScannerUnreachable."""
    if settings.CLAMD_ADDRESS:
        return scanner.scan(stream, settings.CLAMD_ADDRESS)
    if not settings.ACCEPTS_UNSCANNED_FILES:
        raise scanner.ScannerUnreachable("no scanner is named, and files are not accepted without")
    while stream.read(scanner.BLOCK):
        pass
    return scanner.Answer("")


def _verdict(judged: Judged) -> Move:
    found = list(judged.findings)
    if stopping(found):
        return file_states.REFUSE
    return file_states.ASK if to_confirm(found) else file_states.ACCEPT
