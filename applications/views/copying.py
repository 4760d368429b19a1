"""Take over sections from an earlier application."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.middleware import PortalRequest
from applications import transitions
from applications.forms.copying import CopyForm
from applications.models import Application
from applications.querysets import CASE_NUMBER_DIGITS
from applications.states import State
from applications.views.finding import find, require
from lbf_portal.lib.forms import apply_violations
from lbf_portal.lib.refusals import NotAllowed, Refused
from lbf_portal.lib.telling import sentence_of

# Beside these, `?source=` names any other.
MOST_OFFERED = 100


@require_http_methods(["GET", "HEAD", "POST"])
def copy_sections(request: PortalRequest, case_number: int) -> HttpResponse:
    """Choose the application, see what would not follow, then copy. `?source=` chooses beforehand."""
    found = find(request, case_number)
    require(request, "edit", found)
    if found.state != State.DRAFT:
        messages.warning(request, gettext("Der kan kun kopieres til en kladde."))
        return redirect(found)
    asked = request.GET.get("source", "")
    sources = _sources(request, found, asked)
    chosen = next((case for case in sources if str(case.case_number) == asked), None)
    data = request.POST if request.method == "POST" else None
    form = CopyForm(data, sources=sources, source=chosen)
    if form.is_valid():
        choice = form.cleaned_data
        try:
            copied = transitions.copy_sections(
                found,
                choice["source"],
                choice["sections"],
                with_amounts=choice["with_amounts"],
                by=request.actor,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except Refused as refusal:
            apply_violations(form, refusal.violations)
        else:
            source = choice["source"].case_number
            told = gettext("Kopieret fra ansøgning %(source)s. Se det efter, og ret det til.") % {"source": source}
            if not copied.sections:
                told = gettext("Der er ikke kopieret noget.")
            tell = messages.success if copied.sections else messages.warning
            tell(request, " ".join([told, *map(sentence_of, copied.left)]))
            return redirect("applications:application", case_number=case_number)
    context = {
        "application": found,
        "form": form,
        "sources": sources,
        "source": chosen,
        "left": transitions.left_behind(found, chosen, with_amounts=False, on=request.today) if chosen else (),
    }
    return render(request, "applications/copy.html", context)


def _sources(request: PortalRequest, found: Application, asked: str) -> list[Application]:
    """Other cases that the actor writes in, or did while they were open: the latest ones, and the one that is asked for."""
    cases = Application.objects.visible_to(request.actor, on=request.today).exclude(pk=found.pk)
    latest = Q(pk__in=cases.order_by("-case_number").values("pk")[:MOST_OFFERED])
    if asked.isdecimal() and len(asked) == CASE_NUMBER_DIGITS:
        latest |= Q(case_number=int(asked))
    related = cases.with_case_relations().prefetch_related("collaborators")
    return [
        case
        for case in related.filter(latest).order_by("-case_number")
        if transitions.can_be_copied_from(found, case, by=request.actor, on=request.today)
    ]
