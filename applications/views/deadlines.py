"""What is due: the list of the reader's deadlines, calendar files, and the extension of a prequalification."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import PortalRequest
from accounts.models import CalendarFeed, User, actor_for, choices_of
from accounts.transitions import count_feed_read
from applications import calendars, due, transitions
from applications.due import Line
from applications.forms.deadlines import DeadlineFilterForm, ExtensionForm
from applications.models import Application
from applications.rules import expiry
from applications.views.finding import find, require
from applications.views.moves import attempt
from applications.views.not_now import asks_in_vain, not_now
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.tables import Column, export, export_format, page_of

ORDERS: dict[str, Callable[[Line], object]] = {
    "due": lambda line: line.deadline.due_on,
    "number": lambda line: line.application.case_number,
    "what": lambda line: sort_key(line.deadline.name),
    "unit": lambda line: sort_key(line.unit_name),
    "area": lambda line: line.application.area.sort_key,
    "since": lambda line: line.deadline.since,
}
EXPORT: list[Column[Line]] = [
    Column(_("Frist"), lambda line: line.deadline.due_on),
    Column(_("Dage tilbage"), lambda line: line.days_left),
    Column(_("Hvad"), lambda line: line.deadline.name),
    Column(_("Hvem skal handle"), lambda line: line.unit_name),
    Column(_("Siden"), lambda line: line.deadline.since),
    Column(_("Sagsnummer"), lambda line: line.application.case_number),
    Column(_("Indsats"), lambda line: line.application.title),
    Column(_("Boligområde"), lambda line: line.application.area.name),
    Column(_("Kommune"), lambda line: line.application.municipality.name),
    Column(_("Bindende"), lambda line: line.deadline.is_blocking),
    Column(_("Grundlag"), lambda line: line.deadline.basis),
]


@require_safe
def deadline_list(request: PortalRequest) -> HttpResponseBase:
    """Deadlines in the cases that the reader may know of, the nearest first; `?_export=csv|xlsx` gives all that fit."""
    form = DeadlineFilterForm(request.GET)
    visible = Application.objects.visible_to(request.actor, on=request.today)
    lines = form.narrow(due.of_cases(form.cases(visible), on=request.today), actor=request.actor)
    wanted_order = request.GET.get("sort", "due")
    key = ORDERS.get(wanted_order.removeprefix("-"), ORDERS["due"])
    # Sorting is stable: within the same value the nearest stays first.
    lines.sort(key=key, reverse=wanted_order.startswith("-"))  # type: ignore[arg-type]  # each key compares with itself
    if wanted := export_format(request):
        return export(lines, EXPORT, wanted, name=gettext("Frister"))
    page = page_of(request, lines)  # type: ignore[type-var]  # lines, not models
    context = {"form": form, "is_filtered": form.is_filtering, "page_obj": page, "lines": page.object_list}
    return render(request, "applications/deadlines.html", context)


@require_safe
def case_calendar(request: PortalRequest, case_number: int) -> HttpResponse:
    """The case's deadlines as a calendar file; one of them with `?which=`. Errors: Http404 for one that is not due."""
    application = find(request, case_number)
    lines = due.of_case(application, on=request.today)
    if which := request.GET.get("which"):
        lines = [line for line in lines if line.deadline.key == which]
        if not lines:
            raise Http404("Nothing of that kind is due")
    name = f"sag-{application.case_number}.ics"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(calendars.calendar_of(lines), content_type=calendars.CONTENT_TYPE, headers=headers)


# The feed

# The secret is 43 letters; what is much longer is none.
LONGEST_KEY = 100
MOST_EVENTS = 500
KEPT_FOR = datetime.timedelta(days=30)


@login_not_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """What a person has to do, for their calendar program, which cannot sign in: the secret in the address says who it is.

    The secret is in the query, `?key=`, and no log of ours keeps queries (`--access-logformat` where gunicorn is started; Django
    logs paths). An unknown and a revoked address get the same 404; a reader that asks too often 429; an unchanged calendar 304.
    """
    key = request.GET.get("key", "")
    feed = CalendarFeed.objects.of_token(key).select_related("user").first() if 0 < len(key) <= LONGEST_KEY else None
    if feed is None:
        return HttpResponse(status=404, headers={"Cache-Control": "no-store"})
    if not count_feed_read(feed, at=timezone.now()):
        return HttpResponse(status=429, headers={"Retry-After": "3600", "Cache-Control": "no-store"})
    with translation.override(feed.user.language):
        content = calendars.calendar_of(_todo(feed.user, on=timezone.localdate()))
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    headers = {"ETag": etag, "Cache-Control": "private, max-age=3600"}
    response = HttpResponse(content, content_type=calendars.CONTENT_TYPE, headers=headers)
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    return answer


def _todo(user: User, *, on: datetime.date) -> list[Line]:
    """What is due from the person, whomever they act for; what is long over is left out, and what is far off."""
    found: dict[tuple[int, str], Line] = {}
    for choice in choices_of(user, on=on):
        actor = actor_for(user, choice.organisation, on=on, mandate=choice.mandate)
        for line in due.of_cases(Application.objects.visible_to(actor, on=on), on=on):
            if line.is_for(actor) and line.deadline.due_on >= on - KEPT_FOR:
                found[line.application.case_number, line.deadline.key] = line
    return sorted(found.values(), key=lambda line: (line.deadline.due_on, line.application.case_number))[:MOST_EVENTS]


# Expiry


@require_http_methods(["GET", "HEAD", "POST"])
def extend_prequalification(request: PortalRequest, case_number: int) -> HttpResponse:
    """Let a prequalification that expires hold longer, with a reason."""
    application = find(request, case_number)
    require(request, "extend_prequalification", application)
    heading = gettext("Forlæng prækvalifikationen")
    if asks_in_vain(request, application, due.EXPIRING):
        return not_now(request, application, heading, starts=due.EXPIRING)
    ends_on = expiry.ends_on(due.expiry_facts(application, on=request.today))
    if ends_on is None and request.method != "POST":
        why = gettext("Prækvalifikationer udløber ikke efter det regelsæt, sagen følger.")
        return not_now(request, application, heading, why=why)
    form = ExtensionForm(request.POST if request.method == "POST" else None, initial=ends_on)

    def act() -> None:
        transitions.extend_prequalification(application, by=request.actor, at=timezone.now(), **form.cleaned_data)

    if form.is_valid() and (answer := attempt(request, application, form, act, _("Prækvalifikationen er forlænget."))):
        return answer
    context = {"application": application, "form": form, "heading": heading, "ends_on": ends_on}
    return render(request, "applications/extend_prequalification.html", context)
