"""Comments on the sections of a case, among those who prepare it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import PortalRequest
from applications import permissions, sections
from applications.forms.comments import OPEN, RESOLVED, CommentForm, ReplyForm, ThreadFilterForm
from applications.models import Application, Comment, CommentThread
from applications.querysets import CommentThreadQuerySet
from applications.transitions import commenting
from applications.views.finding import find, require
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import NotAllowed, Refused
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of

PER_PAGE = 20
ORDERS = {"latest": ["latest_at"], "opened": ["opened_at"], "section": ["section"]}
EXPORT: list[Column[Comment]] = [
    Column(_("Afsnit"), lambda comment: str(sections.NAMES.get(comment.thread.section, comment.thread.section))),
    Column(_("Skrevet"), lambda comment: comment.written_at),
    Column(_("Skrevet af"), lambda comment: str(comment.written_by)),
    Column(_("For"), lambda comment: str(comment.organisation or "")),
    Column(_("Kommentar"), lambda comment: comment.text),
    Column(_("Løst"), lambda comment: comment.thread.resolved_at),
]


def _sections_of(application: Application) -> list[tuple[str, str]]:
    """What comments can be about as far as the case has come."""
    names = sections.SECTIONS if hasattr(application, "plan") else sections.OF_APPLICATION
    return [(name, str(sections.NAMES[name])) for name in names]


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: PortalRequest, case_number: int) -> HttpResponseBase:
    """Threads, the latest first, and a new one; `?section=` shows those of one section."""
    application = find(request, case_number)
    is_post = request.method == "POST"
    require(request, "comment" if is_post else "view_comments", application)
    offered = _sections_of(application)
    form = CommentForm(request.POST if is_post else None, sections=offered, chosen=request.GET.get("section", ""))
    if form.is_valid():
        try:
            thread = commenting.comment(application, **form.cleaned_data, by=request.actor, at=timezone.now())
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Kommentaren er sendt."))
            return redirect(f"{reverse('applications:comments', args=[case_number])}#thread-{thread.pk}")
    filters = ThreadFilterForm(request.GET, sections=offered)
    threads = ordered_by(request, _narrowed(application, filters), ORDERS, default="-latest")
    if wanted := export_format(request):
        rows = Comment.objects.filter(thread__in=threads.values("pk")).select_related("thread", "written_by", "organisation")
        name = gettext("Kommentarer %(number)s") % {"number": application.case_number}
        return export(rows.order_by("thread_id", "pk").iterator(chunk_size=500), EXPORT, wanted, name=name)
    written = Comment.objects.select_related("written_by", "organisation").order_by("pk")
    threads = threads.select_related("resolved_by").prefetch_related(Prefetch("comments", queryset=written))
    page = page_of(request, threads, PER_PAGE)
    # Whoever saw the latest of all has looked; some of one section, or an earlier page, is not that.
    if request.method == "GET" and page.number == 1 and set(request.GET) <= {"page"}:
        commenting.comments_read(application, by=request.actor, at=timezone.now())
    can_comment = permissions.may(request.actor, "comment", application, on=request.today)
    context = {
        "application": application,
        "form": form if can_comment else None,
        "filters": filters,
        "is_filtered": any(filters.cleaned_data.values()),
        "page_obj": page,
        "threads": [(thread, sections.NAMES.get(thread.section, thread.section)) for thread in page],
        "reply_label": ReplyForm().fields["text"].label,
    }
    return render(request, "applications/comments.html", context)


def _narrowed(application: Application, filters: ThreadFilterForm) -> CommentThreadQuerySet:
    filters.is_valid()
    found = CommentThread.objects.filter(application=application)
    if section := filters.cleaned_data.get("section"):
        found = found.filter(section=section)
    show = filters.cleaned_data.get("show")
    if show in {OPEN, RESOLVED}:
        found = found.filter(resolved_at__isnull=show == OPEN)
    return found


def _find_thread(request: PortalRequest, case_number: int, pk: int) -> CommentThread:
    """A thread of this very case, for whoever may write in it. Errors: Http404, PermissionDenied."""
    application = find(request, case_number)
    require(request, "comment", application)
    thread = get_object_or_404(CommentThread, application=application, pk=pk)
    thread.application = application
    return thread


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: PortalRequest, case_number: int, thread: int) -> HttpResponse:
    """One thread with the form to answer in it."""
    found = _find_thread(request, case_number, thread)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            commenting.reply(found, form.cleaned_data["text"], by=request.actor, at=timezone.now())
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            messages.success(request, gettext("Svaret er sendt."))
            return redirect(f"{reverse('applications:comments', args=[case_number])}#thread-{found.pk}")
    context = {
        "application": found.application,
        "thread": found,
        "section_name": sections.NAMES.get(found.section, found.section),
        "written": found.comments.select_related("written_by", "organisation"),
        "form": form,
    }
    return render(request, "applications/comment_thread.html", context)


@require_POST
def resolve(request: PortalRequest, case_number: int, thread: int) -> HttpResponse:
    """Mark it as resolved, or open it again."""
    found = _find_thread(request, case_number, thread)
    is_resolved = request.POST.get("resolved") != "no"
    try:
        commenting.resolve(found, is_resolved=is_resolved, by=request.actor, at=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    messages.success(request, gettext("Kommentaren er løst.") if is_resolved else gettext("Kommentaren er åbnet igen."))
    return redirect(f"{reverse('applications:comments', args=[case_number])}#thread-{found.pk}")
