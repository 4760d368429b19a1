"""Attachments of a case: the list with what is still asked for, bringing files, and one attachment with all its versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.middleware import PortalRequest
from applications import attachments, clock
from applications.file_states import FileState
from applications.forms.attachments import (
    AttachForm,
    AttachmentFilterForm,
    ConfirmForm,
    HideForm,
    ReplaceForm,
    text_of,
)
from applications.models import Application, Attachment
from applications.rules.documents import DocumentType
from applications.transitions import attachments as attaching
from applications.uploading import MOST_AT_ONCE, IncomingFile, StreamedUpload
from applications.views.attached import Line, expected, lines_of
from applications.views.finding import find, require
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of
from lbf_portal.lib.telling import told

ORDERS = {
    "document": ["attachment__document_type", "attachment_id"],
    "file": ["file_name"],
    "version": ["number"],
    "size": ["size"],
    "at": ["uploaded_at"],
    "by": ["organisation__name", "uploaded_by__name"],
    "state": ["state"],
}


@csrf_exempt  # the token is asked for below, once the files go where they belong: reading it means reading them
@require_http_methods(["GET", "HEAD", "POST"])
def attachment_list(request: PortalRequest, case_number: int) -> HttpResponseBase:
    """What is attached, what is still asked for, and the form that brings more."""
    application = find(request, case_number)
    require(request, "view_attachments" if request.method != "POST" else "attach", application)
    streamed = StreamedUpload(request)
    request.upload_handlers = [streamed]
    return _attachment_list(request, application, streamed)


@csrf_protect
def _attachment_list(request: PortalRequest, application: Application, streamed: StreamedUpload) -> HttpResponseBase:
    types = attachments.types_open_to(request.actor, application, on=request.today)
    if request.method != "POST":
        return _shown(request, application, AttachForm(types=types) if types else None)
    form = AttachForm(request.POST, request.FILES, types=types, not_received=_not_received(request, streamed))
    form.is_valid()
    kind = form.cleaned_data.get("document_type")
    brought = _bring_all(request, application, form, kind) if kind else []
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"brought": brought, "refused": [str(text) for errors in form.errors.values() for text in errors]})
    if brought:
        messages.success(
            request,
            ngettext(
                "%(count)s fil er lagt ind og bliver kontrolleret.",
                "%(count)s filer er lagt ind og bliver kontrolleret.",
                len(brought),
            )
            % {"count": len(brought)},
        )
    if form.errors:
        return _shown(request, application, form)
    return redirect("applications:attachments", case_number=application.case_number)


def _not_received(request: PortalRequest, streamed: StreamedUpload) -> list[tuple[str, str]]:
    """Files that ran past unread. Reading the form's fields reads its files."""
    assert request.POST is not None
    too_many = gettext("Der kan højst lægges %(count)s filer ind ad gangen. Læg den ind bagefter.") % {"count": MOST_AT_ONCE}
    return [
        *((name, text_of("too_large")) for name in streamed.too_large),
        *((name, too_many) for name in streamed.too_many),
    ]


def _bring_all(request: PortalRequest, application: Application, form: AttachForm, kind: DocumentType) -> list[str]:
    """Attach each file that can be attached, and say of the others why not; the good ones do not wait for the bad."""
    brought = []
    for file in form.taken:
        try:
            done = attaching.attach(application, kind, _received(file), by=request.actor, at=timezone.now())
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except Refused as refusal:
            form.refuse(file.name or "", told(refusal))
        else:
            clock.queue_control(done.version)
            brought.append(done.version.file_name)
    return brought


def _received(file: UploadedFile[Any]) -> attaching.Received:
    assert isinstance(file, IncomingFile)
    return attaching.Received(file.original_name, file, file.size or 0, file.sha256, file.head)


def _shown(request: PortalRequest, application: Application, form: AttachForm | None) -> HttpResponseBase:
    filters = AttachmentFilterForm(request.GET)
    filters.is_valid()
    chosen = {name: value for name, value in filters.cleaned_data.items() if value}
    reader = attachments.reader_of(request.actor, application, on=request.today)
    found = reader.hidden() if chosen.get("show") else reader.current()
    if kind := chosen.get("document_type"):
        found = found.filter(attachment__document_type=kind)
    if state := chosen.get("state"):
        found = found.filter(state=state)
    found = ordered_by(request, found.with_people(), ORDERS, default="document")
    if wanted := export_format(request):
        return export(
            lines_of(found.iterator(chunk_size=500), reader),
            EXPORT,
            wanted,
            name=gettext("Bilag %(number)s") % {"number": application.case_number},
        )
    page = page_of(request, found)
    standing = attachments.current(application)
    context = {
        "application": application,
        "form": form,
        "filters": filters,
        "is_filtered": bool(chosen),
        "page_obj": page,
        "lines": list(lines_of(page, reader)),
        "expected": expected(application, standing),
        "is_checking": any(version.state == FileState.CHECKING for version in standing),
        "can_fetch_all": any(version.state == FileState.ACCEPTED for version in standing),
    }
    return render(request, "applications/attachments.html", context)


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def attachment(request: PortalRequest, case_number: int, attachment: int) -> HttpResponseBase:
    """One attachment with all its versions; whoever may attach puts a new one in its place."""
    application = find(request, case_number)
    require(request, "view_attachments" if request.method != "POST" else "attach", application)
    chosen = find_attachment(request, application, attachment)
    streamed = StreamedUpload(request)
    request.upload_handlers = [streamed]
    return _attachment(request, chosen, streamed)


@csrf_protect
def _attachment(request: PortalRequest, chosen: Attachment, streamed: StreamedUpload) -> HttpResponseBase:
    is_post = request.method == "POST"
    form = ReplaceForm(
        request.POST if is_post else None,
        request.FILES if is_post else None,
        not_received=_not_received(request, streamed) if is_post else (),
        initial={"seen": chosen.versions.latest("number").number},
    )
    if is_post and form.is_valid() and _replace(request, chosen, form):
        return redirect(chosen)
    reader = attachments.reader_of(request.actor, chosen.application, on=request.today)
    versions = list(lines_of(reader.versions_of(chosen), reader))
    is_open = not chosen.is_hidden and DocumentType(chosen.document_type) in reader.types
    context = {
        "application": chosen.application,
        "attachment": chosen,
        "current": versions[0],
        "versions": versions,
        "form": form if is_open else None,
        "is_open": is_open,
        "is_checking": versions[0].version.state == FileState.CHECKING,
        "can_confirm": not chosen.is_hidden and reader.may_confirm(versions[0].version),
        "can_hide": not chosen.is_hidden and reader.may_hide(chosen, versions[0].version),
    }
    return render(request, "applications/attachment.html", context)


def _replace(request: PortalRequest, chosen: Attachment, form: ReplaceForm) -> bool:
    """Put the new version in its place; False when the form is shown again."""
    (file,) = form.taken[:1] or (None,)
    if file is None:
        return False
    try:
        done = attaching.replace(chosen, _received(file), by=request.actor, at=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except IllegalMove as refusal:
        messages.error(request, told(refusal))
        return True
    except Refused as refusal:
        form.refuse(file.name or "", told(refusal))
        return False
    clock.queue_control(done.version)
    _tell_of_replacement(request, done, seen=form.cleaned_data.get("seen"))
    return True


def _tell_of_replacement(request: PortalRequest, done: attaching.Attaching, *, seen: int | None) -> None:
    number = done.version.number
    if not done.is_new:
        messages.info(request, gettext("Filen er den samme som udgave %(number)s. Intet er ændret.") % {"number": number})
    elif seen is not None and seen < number - 1:
        text = gettext(
            "En kollega lagde en ny udgave ind, mens du var i gang. Din fil er nu udgave %(number)s; kollegaens er bevaret som "
            "udgave %(other)s. Se begge, og bliv enige om, hvilken der skal gælde."
        )
        messages.warning(request, text % {"number": number, "other": number - 1})
    else:
        messages.success(request, gettext("Udgave %(number)s er lagt ind og bliver kontrolleret.") % {"number": number})


@require_http_methods(["GET", "HEAD", "POST"])
def hide_attachment(request: PortalRequest, case_number: int, attachment: int) -> HttpResponse:
    """Take it away from the case, with a reason."""
    application = find(request, case_number)
    require(request, "attach", application)
    chosen = find_attachment(request, application, attachment)
    form = HideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            attaching.hide(chosen, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
        except IllegalMove as refusal:
            messages.error(request, told(refusal))
            return redirect("applications:attachments", case_number=case_number)
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Bilaget er fjernet fra sagen. Det står under »Fjernede«."))
            return redirect("applications:attachments", case_number=case_number)
    context = {"application": application, "attachment": chosen, "form": form, "name": chosen.versions.latest("number").file_name}
    return render(request, "applications/attachment_hide.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_attachment(request: PortalRequest, case_number: int, attachment: int) -> HttpResponse:
    """Say that one has seen what was found, and that the file may be sent."""
    application = find(request, case_number)
    require(request, "attach", application)
    chosen = find_attachment(request, application, attachment)
    version = chosen.versions.select_related("attachment__application").latest("number")
    if version.state != FileState.TO_CONFIRM:
        messages.info(request, gettext("Bilaget skal ikke bekræftes."))
        return redirect(chosen)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            attaching.confirm(version, by=request.actor, at=timezone.now())
        except Refused as refusal:
            messages.error(request, told(refusal))
        else:
            messages.success(request, gettext("Bilaget er bekræftet og godkendt."))
        return redirect(chosen)
    reader = attachments.reader_of(request.actor, application, on=request.today)
    context = {"application": application, "attachment": chosen, "line": Line(version, reader), "form": form}
    return render(request, "applications/attachment_confirm.html", context)


def find_attachment(request: PortalRequest, application: Application, pk: int) -> Attachment:
    """The attachment of this very case, as far as the actor may know of it. Errors: Http404."""
    reader = attachments.reader_of(request.actor, application, on=request.today)
    found = get_object_or_404(application.attachments.select_related("hidden_by", "organisation"), pk=pk)
    if not reader.may_see(found):
        raise Http404
    found.application = application  # with its parties, as it was found
    return found


EXPORT: list[Column[Line]] = [
    Column(_("Dokument"), lambda line: line.document),
    Column(_("Fil"), lambda line: line.version.file_name),
    Column(_("Udgave"), lambda line: line.version.number),
    Column(_("Størrelse i byte"), lambda line: line.version.size),
    Column(_("Sider"), lambda line: line.version.pages),
    Column(_("Lagt ind"), lambda line: line.version.uploaded_at),
    Column(_("Lagt ind af"), lambda line: str(line.version.uploaded_by)),
    Column(_("For"), lambda line: str(line.version.organisation)),
    Column(_("Kontrol"), lambda line: line.state),
    Column(_("Virusscanner"), lambda line: line.version.scanner),
    Column(_("SHA-256"), lambda line: line.version.sha256),
]
