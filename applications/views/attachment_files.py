"""Files of attachments, served only through the permission check and only as downloads, a block at a time."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from applications import attachments
from applications.file_states import FileState
from applications.files.names import plain
from applications.models import Application, AttachmentVersion
from applications.views.attachments import find_attachment
from applications.views.finding import find, require

logger = logging.getLogger(__name__)

BLOCK = 64 * 1024
# Should a browser open it in spite of everything: no scripts, no forms, nothing fetched.
SANDBOX = "sandbox; default-src 'none'"


@require_safe
def attachment_file(request: PortalRequest, case_number: int, attachment: int, number: int) -> HttpResponseBase:
    """One version. That somebody outside the fund fetched it is an event (domain.md 11.3)."""
    application = find(request, case_number)
    require(request, "view_attachments", application)
    chosen = find_attachment(request, application, attachment)
    reader = attachments.reader_of(request.actor, application, on=request.today)
    version = next((version for version in reader.versions_of(chosen) if version.number == number), None)
    if version is None:
        raise Http404
    if not reader.may_fetch(version):
        messages.warning(request, gettext("Filen kan ikke hentes: den er under kontrol eller afvist."))
        return redirect(chosen)
    try:
        stream = version.file.open("rb")
    except FileNotFoundError:
        _tell_missing(request, [version])
        return redirect(chosen)
    # Read only when there is something to read.
    if request.method == "GET" and not request.actor.is_fund:
        version.attachment = chosen
        version.record("application:attachment_read", by=request.actor, at=timezone.now())
    response = FileResponse(stream, as_attachment=True, filename=version.download_name, content_type=version.content_type)
    return _harmless(response)


@require_safe
def attachments_zip(request: PortalRequest, case_number: int) -> HttpResponseBase:
    """All accepted files as one ZIP, made while it is sent."""
    application = find(request, case_number)
    require(request, "view_attachments", application)
    accepted = [version for version in attachments.current(application) if version.state == FileState.ACCEPTED]
    if not accepted:
        messages.info(request, gettext("Der er endnu ingen godkendte bilag at hente."))
        return redirect("applications:attachments", case_number=case_number)
    # Once it is being sent, it is too late to say that one is missing.
    if missing := [version for version in accepted if not attachments.is_stored(version)]:
        _tell_missing(request, missing)
        return redirect("applications:attachments", case_number=case_number)
    if request.method == "GET" and not request.actor.is_fund:
        _record_all(request, application, accepted)
    response = StreamingHttpResponse(zipped(accepted), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{application.case_number}-bilag.zip"'
    return _harmless(response)


def _tell_missing(request: PortalRequest, versions: list[AttachmentVersion]) -> None:
    """The store is ours to mend, so it is in the log as well."""
    logger.error("Stored files of attachments are missing: versions %s", [version.pk for version in versions])
    text = ngettext(
        "Filen »%(names)s« mangler i portalens lager og kan ikke hentes. Kontakt Landsbyggefonden.",
        "Disse filer mangler i portalens lager: %(names)s. Hent de andre én for én, og kontakt Landsbyggefonden.",
        len(versions),
    )
    messages.error(request, text % {"names": ", ".join(version.file_name for version in versions)})


def _record_all(request: PortalRequest, application: Application, versions: list[AttachmentVersion]) -> None:
    data = {"versions": [version.pk for version in versions]}
    application.record("application:attachments_read", by=request.actor, at=timezone.now(), data=data)


def _harmless(response: FileResponse | StreamingHttpResponse) -> HttpResponseBase:
    """A download and nothing else, whatever it holds."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response


class _Outbox:
    """What zipfile writes, until it is sent on."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    def write(self, block: bytes) -> int:
        self.blocks.append(bytes(block))
        return len(block)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        sent, self.blocks = b"".join(self.blocks), []
        return sent


def zipped(versions: list[AttachmentVersion]) -> Iterator[bytes]:
    """The files one after another, stored as they are: PDFs and pictures do not shrink."""
    outbox = _Outbox()
    names: set[str] = set()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as package:  # type: ignore[call-overload]  # it only writes
        for version in versions:
            entry = zipfile.ZipInfo(_name(version, names), timezone.localtime(version.uploaded_at).timetuple()[:6])
            with version.file.open("rb") as stream, package.open(entry, "w") as part:
                while block := stream.read(BLOCK):
                    part.write(block)
                    yield outbox.taken()
    yield outbox.taken()


def _name(version: AttachmentVersion, taken: set[str]) -> str:
    """`D2 Beskrivelse.pdf`; a second one of that name is numbered."""
    name = plain(f"{version.attachment.document_type} {version.download_name}")
    path, count = PurePosixPath(name), 1
    while name.casefold() in taken:
        count += 1
        name = f"{path.stem} ({count}){path.suffix}"
    taken.add(name.casefold())
    return name
