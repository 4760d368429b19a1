"""Pages of imports, for people of the fund: bring a file, see what it would do, confirm it, take it back.

What is wrong with the file as a whole is said beside the field at once, as far as its headings show it; reading, comparing
and writing are a worker's (areas/clock.py), and the page can be left meanwhile.
"""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import PortalRequest
from areas import clock, states
from areas.import_forms import DISAGREEING, BatchFilterForm, LineFilterForm, TakeBackForm, UploadForm
from areas.models import ImportBatch, ImportProgress, RowOutcome
from areas.permissions import may
from areas.transitions import imports
from areas.views.import_lines import EXPORT, Line, lines_of, refused_columns
from areas.views.uploads import LimitedUpload
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import IllegalMove, Refused
from lbf_portal.lib.tables import Column, Format, export, export_format, ordered_by, page_of
from lbf_portal.lib.telling import told

BATCH_ORDERS = {
    "number": ["pk"],
    "file": ["file_name"],
    "kind": ["kind"],
    "at": ["uploaded_at"],
    "by": ["uploaded_by__name"],
    "rows": ["rows"],
    "state": ["state"],
}
LINE_ORDERS = {"number": ["number"], "subject": ["subject"], "outcome": ["outcome", "number"]}


@require_safe
def batch_list(request: PortalRequest) -> HttpResponseBase:
    """All imports, the latest first."""
    _for_importers(request)
    form = BatchFilterForm(request.GET)
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    found = ImportBatch.objects.visible_to(request.actor).filter(**chosen).select_related("uploaded_by")
    found = ordered_by(request, found, BATCH_ORDERS, default="-number")
    if wanted := export_format(request):
        return export(found.iterator(chunk_size=500), BATCHES, wanted, name=gettext("Indlæsninger"))
    context = {"form": form, "is_filtered": bool(chosen), "page_obj": page_of(request, found)}
    return render(request, "areas/imports.html", context)


@csrf_exempt  # the token is asked for below, once the limit is in place: reading it means reading the file
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PortalRequest) -> HttpResponse:
    """Bring a file."""
    _for_importers(request)
    limit = LimitedUpload(request)
    request.upload_handlers.insert(0, limit)
    return _upload(request, limit)


@csrf_protect
def _upload(request: PortalRequest, limit: LimitedUpload) -> HttpResponse:
    is_post = request.method == "POST"
    files = request.FILES if is_post else None
    form = UploadForm(request.POST if is_post else None, files, is_too_large=limit.is_too_large)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            uploaded = imports.upload(file.name, file.read(), by=request.actor, at=timezone.now())
        except Refused as refused:
            apply_violations(form, refused.violations)
        else:
            clock.queue(uploaded)
            return redirect(uploaded)
    return render(request, "areas/import_upload.html", {"form": form})


@require_safe
def batch_detail(request: PortalRequest, batch: int) -> HttpResponseBase:
    """One import: how far it is, what each row comes to, and what can be done with it."""
    shown = _find(request, batch)
    form = LineFilterForm(request.GET, batch=shown)
    form.is_valid()
    outcome = form.cleaned_data.get("outcome")
    rows = ordered_by(request, shown.lines.all(), LINE_ORDERS, default="number")
    if outcome == DISAGREEING:
        rows = rows.filter(agrees=False)
    elif outcome:
        rows = rows.filter(outcome=outcome)
    if wanted := export_format(request):
        found = (Line(row) for row in rows.iterator(chunk_size=500))
        return export(found, EXPORT, wanted, name=gettext("Indlæsning %(number)s") % {"number": shown.pk})
    page = page_of(request, rows)
    context = {
        "batch": shown,
        "is_in_work": shown.state in states.IN_WORK,
        **_progress(shown),
        "form": form,
        "is_filtered": bool(outcome),
        "page_obj": page,
        "lines": lines_of(page),
        "trouble": gettext(shown.trouble) % shown.trouble_params if shown.trouble else "",
        "can_confirm": shown.state in states.CONFIRM.sources and bool(shown.created + shown.changed),
        "can_discard": shown.state in states.DISCARD.sources,
        "can_take_back": shown.state in states.TAKE_BACK.sources,
        "shows_verdicts": shown.lines.exclude(published="", computed="").exists(),
        "events": [
            {"what": _event_name(event.event), "who": event.user or event.get_role_display(), "at": event.at, "why": event.reason}
            for event in shown.events.select_related("user").order_by("-pk")
        ],
    }
    return render(request, "areas/import.html", context)


@require_POST
def confirm(request: PortalRequest, batch: int) -> HttpResponse:
    """Carry out what the preview says."""
    chosen = _find(request, batch)
    try:
        imports.confirm(chosen, by=request.actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, _told(refused))
    else:
        clock.queue(chosen)
    return redirect(chosen)


@require_POST
def discard(request: PortalRequest, batch: int) -> HttpResponse:
    """Put the file aside."""
    chosen = _find(request, batch)
    try:
        imports.discard(chosen, by=request.actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, _told(refused))
    else:
        messages.success(request, gettext("Filen er kasseret. Den har ikke ændret noget."))
    return redirect(chosen)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: PortalRequest, batch: int) -> HttpResponse:
    """Put everything back as it was before the import."""
    chosen = _find(request, batch)
    if chosen.state not in states.TAKE_BACK.sources:
        messages.error(request, gettext("Kun en indlæsning, der står i registrene, kan tages tilbage."))
        return redirect(chosen)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            imports.take_back(chosen, by=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
        except IllegalMove as refused:
            messages.error(request, _told(refused))
            return redirect(chosen)
        except Refused as refused:
            apply_violations(form, refused.violations)
        else:
            messages.success(request, gettext("Indlæsningen er taget tilbage. Registrene er, som de var før."))
            return redirect(chosen)
    return render(request, "areas/import_take_back.html", {"batch": chosen, "form": form})


@require_safe
def original(request: PortalRequest, batch: int) -> HttpResponseBase:
    """The file as it came."""
    chosen = _find(request, batch)
    content = io.BytesIO(bytes(chosen.file.content))
    return FileResponse(content, as_attachment=True, filename=chosen.file_name, content_type="application/octet-stream")


@require_safe
def refused(request: PortalRequest, batch: int) -> HttpResponseBase:
    """The refused rows as a file like the one that came, with a reason per row; it can be put right and brought again."""
    chosen = _find(request, batch)
    rows = chosen.lines.filter(outcome=RowOutcome.REFUSED)
    wanted = export_format(request) or Format.CSV
    name = gettext("Afviste rækker %(number)s") % {"number": chosen.pk}
    return export(rows.iterator(chunk_size=500), refused_columns(chosen), wanted, name=name)


def _for_importers(request: PortalRequest) -> None:
    """Refuse everybody else: who is signed in may know that the page exists, imports are the fund's."""
    if not may(request.actor, "import"):
        raise PermissionDenied


def _find(request: PortalRequest, batch: int) -> ImportBatch:
    _for_importers(request)
    found = ImportBatch.objects.visible_to(request.actor).select_related("uploaded_by")
    return get_object_or_404(found, pk=batch)


def _told(refused: Refused) -> str:
    """The machine speaks of cases; here it is an import that has moved on."""
    if isinstance(refused, IllegalMove):
        return gettext("Indlæsningen er allerede kommet videre. Se dens status her.")
    return told(refused)


def _progress(shown: ImportBatch) -> dict[str, Any]:
    """How far the worker is, while there is one."""
    if shown.state not in states.IN_WORK:
        return {}
    progress = ImportProgress.objects.filter(batch=shown).first()
    step = gettext(progress.step) if progress and progress.step else gettext("Venter på at komme til")
    return {"progress": progress, "progress_step": step}


EVENT_NAMES: dict[str, Any] = {
    states.UPLOADED: _("Fil lagt ind"),
    states.PREVIEW.event: _("Gennemgået"),
    states.GIVE_UP.event: _("Kunne ikke læses"),
    states.CONFIRM.event: _("Godkendt til indlæsning"),
    states.IMPORT.event: _("Indlæst"),
    states.PREVIEW_AGAIN.event: _("Gennemgået igen, fordi registrene var ændret"),
    states.DISCARD.event: _("Kasseret"),
    states.TAKE_BACK.event: _("Taget tilbage"),
}


def _event_name(event: str) -> str:
    return str(EVENT_NAMES[event])


BATCHES: list[Column[ImportBatch]] = [
    Column(_("Nummer"), lambda shown: shown.pk),
    Column(_("Fil"), lambda shown: shown.file_name),
    Column(_("Art"), lambda shown: shown.get_kind_display()),
    Column(_("Lagt ind"), lambda shown: shown.uploaded_at),
    Column(_("Af"), lambda shown: str(shown.uploaded_by or _("Portalen"))),
    Column(_("Rækker"), lambda shown: shown.rows),
    Column(_("Nye"), lambda shown: shown.created),
    Column(_("Ændrede"), lambda shown: shown.changed),
    Column(_("Uændrede"), lambda shown: shown.unchanged),
    Column(_("Afviste"), lambda shown: shown.refused),
    Column(_("Uenige"), lambda shown: shown.disagreements),
    Column(_("Status"), lambda shown: shown.get_state_display()),
    Column(_("Siden"), lambda shown: shown.state_since),
]
