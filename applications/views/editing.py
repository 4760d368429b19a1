"""How every section is edited: show, check, save, and never lose what somebody typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.middleware import PortalRequest
from applications import sections, transitions
from applications.forms.basics import BasicsForms
from applications.forms.board import BoardForms
from applications.forms.budget import BudgetForms
from applications.forms.challenges import ChallengesForms
from applications.forms.departments import DepartmentsForms
from applications.forms.figures import FiguresForms
from applications.forms.plan import GoalsForms, PlanForms
from applications.forms.rent import RentForms
from applications.forms.section import SectionForms
from applications.models import Application
from applications.readable import readable
from applications.views import progress
from lbf_portal.lib.refusals import NotAllowed, Refused
from lbf_portal.lib.telling import sentence_of

# The header that tells a page saving by itself from somebody pressing its button.
AUTOSAVE = "X-Autosave"


@dataclass(frozen=True)
class Page:
    """A section's page: which forms, which transition, and what it is for in a sentence."""

    forms: type[SectionForms]
    save: Callable[..., None]
    lead: str | Promise


PAGES: dict[str, Page] = {
    "basics": Page(
        BasicsForms,
        transitions.save_basics,
        _("Hvad indsatsen hedder, hvem der er med, og hvornår I regner med at begynde."),
    ),
    "departments": Page(
        DepartmentsForms,
        transitions.save_departments,
        _("De afdelinger, indsatsen gælder. Oplysningerne er hentet fra registeret; se efter, om de er rigtige."),
    ),
    "figures": Page(
        FiguresForms,
        transitions.save_figures,
        _("Tal for hver afdeling (KÅS-tal), eller grunden til, at de mangler. I kan også lægge dem ind som bilag."),
    ),
    "challenges": Page(
        ChallengesForms,
        transitions.save_challenges,
        _("Støtte gives til områder med væsentlige problemer af økonomisk, social eller anden karakter."),
    ),
    "budget": Page(
        BudgetForms,
        transitions.save_budget,
        _("Hvad indsatsen koster, og hvem der betaler. Mindst 25 % skal komme lokalt fra."),
    ),
    "rent": Page(
        RentForms,
        transitions.save_rent_support,
        _("Støtte til at sætte huslejen ned i afdelingerne. Den er frivillig at søge."),
    ),
    "plan": Page(PlanForms, transitions.save_plan, _("Hvornår indsatsen begynder og slutter, og hvilke områder den arbejder i.")),
    "goals": Page(
        GoalsForms,
        transitions.save_goals,
        _("Lokale delmål under de faste mål. Hvert mål har et udgangspunkt og et måltal, så man kan se, om det nås."),
    ),
    "board": Page(
        BoardForms,
        transitions.save_board,
        _("Bestyrelsen går på tværs af kommune og boligorganisationer. Mindst ét medlem fra hver part, og en formand."),
    ),
}


def edit(request: PortalRequest, application: Application, section: str) -> HttpResponse:
    """Show the section's form, or save it and go on; a refusal shows the form again with everything typed."""
    page = PAGES[section]
    if request.method != "POST":
        if not sections.is_open(application, section):
            messages.warning(request, gettext("Sagen kan ikke rettes, som den står nu. Se sagens status."))
            return redirect(application)
        prefetch_related_objects([application], "problem_figures")  # form, rules and fingerprint each read them
        forms = page.forms(application, on=request.today, by=request.actor)
        found = progress.of_section(application, section, on=request.today)
        return _show(request, application, section, forms, seen=sections.fingerprint(application, section), found=found)

    if request.headers.get(AUTOSAVE):
        return _autosave(request, application, section)
    forms = page.forms(application, request.POST, on=request.today, by=request.actor)
    seen = request.POST.get("seen", "")
    if not forms.asks_for_more_rows and forms.is_valid():
        try:
            page.save(application, **forms.choices(), by=request.actor, at=timezone.now(), seen=seen)
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        except transitions.Outdated as refusal:
            return _show_both(request, application, section, forms, refusal)
        except Refused as refusal:
            forms.apply(refusal.violations)
        else:
            name = sections.NAMES[section]
            messages.success(request, gettext("Gemt: %(section)s.") % {"section": name})
            for remark in forms.remarks:
                messages.warning(request, remark)
            return redirect(_next_page(application, section, then=request.POST.get("then", "")))
    return _show(request, application, section, forms, seen=seen)


def _autosave(request: PortalRequest, application: Application, section: str) -> JsonResponse:
    """Save what stands in the page, as its button would, and say how it went in a sentence and in a word for the script.

    It comes to the address of the page itself: what is posted without a session is kept for that page (accounts/kept.py).
    A page that somebody else opened in this browser, before this person signed in, saves nothing in this person's name.
    """
    if section not in sections.SAVED_BY_THEMSELVES:
        raise BadRequest(section)
    if request.POST.get("writer") != request.actor.key:
        return _said("stranger", gettext("Ikke gemt: Siden blev åbnet af en anden, eller for en anden organisation."))
    page = PAGES[section]
    forms = page.forms(application, request.POST, on=request.today, by=request.actor)
    at = timezone.now()
    if not forms.is_valid():
        return _said("invalid", gettext("Ikke gemt endnu: %(error)s") % {"error": forms.first_error})
    try:
        with transaction.atomic():  # the next fingerprint is of just this text, so it is counted before anybody else saves
            seen = request.POST.get("seen", "")
            page.save(application, **forms.choices(), by=request.actor, at=at, seen=seen, is_autosave=True)
            seen = sections.fingerprint(application, section)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except transitions.Outdated:
        told = gettext("Ikke gemt: En anden har gemt her, mens du skrev. Det, du har skrevet, står her på siden.")
        return _said("outdated", told)
    except Refused as refusal:
        return _said("invalid", gettext("Ikke gemt endnu: %(error)s") % {"error": sentence_of(refusal.violations[0])})
    told = gettext("Gemt kl. %(time)s") % {"time": f"{timezone.localtime(at):%H:%M}"}
    return _said("saved", " ".join([f"{told}.", *forms.remarks]) if forms.remarks else told, seen=seen)


def _said(state: str, told: str, **more: str) -> JsonResponse:
    return JsonResponse({"state": state, "told": told, **more})


def _show_both(
    request: PortalRequest, application: Application, section: str, forms: SectionForms, refusal: Refused
) -> HttpResponse:
    """What the person typed, and beside it what somebody else saved meanwhile; saving again overwrites knowingly."""
    values = sections.values(application, section)
    stored = readable(section, values, application.rule_set)
    forms.apply(refusal.violations)
    return _show(request, application, section, forms, seen=sections.sha256(values), stored=stored, is_outdated=True)


def _show(
    request: PortalRequest, application: Application, section: str, forms: SectionForms, *, seen: str, **more: Any
) -> HttpResponse:
    context = {
        "application": application,
        "section": section,
        "section_name": sections.NAMES[section],
        "lead": PAGES[section].lead,
        "forms": forms,
        "seen": seen,
        "writer": request.actor.key,
        "saves_itself": section in sections.SAVED_BY_THEMSELVES and "is_outdated" not in more,
        "answers": f"applications/answers/{section}.html",
        "list_url": list_url(application),
        "sums": _sums(application, section, forms),
        "last_save": application.section_saves.filter(section=section).select_related("saved_by").first(),
        **more,
    }
    return render(request, f"applications/section_{section}.html", context)


def _sums(application: Application, section: str, forms: SectionForms) -> Any:
    """What the amounts add up to: those typed, else those stored; None for a section without amounts."""
    if not isinstance(forms, BudgetForms | RentForms):
        return None
    values = sections.values(application, section) if forms.data is None else forms.so_far()
    return readable(section, values, application.rule_set)


def list_url(application: Application) -> str:
    """The task list that the section belongs to as the case stands: the plan's, or the application's."""
    name = "applications:plan" if application.plan_is_open else "applications:application"
    return reverse(name, args=[application.case_number])


def _next_page(application: Application, section: str, *, then: str) -> str:
    """The section again (`stay`), the one after it (`next`), or the task list."""
    if then == "stay":
        return progress.section_url(application, section)
    names = progress.PLAN_SECTIONS if application.plan_is_open else progress.APPLICATION_SECTIONS
    following = names[names.index(section) + 1 :] if section in names else ()
    if then == "next" and following:
        return progress.section_url(application, following[0])
    return list_url(application)


def preview(request: PortalRequest, application: Application, section: str) -> HttpResponse:
    """Sums of what stands in the form right now; nothing is saved. Scripts ask for it while somebody types."""
    forms = PAGES[section].forms(application, request.POST, on=request.today, by=request.actor)
    return render(request, f"applications/_sums_{section}.html", {"answer": _sums(application, section, forms)})
