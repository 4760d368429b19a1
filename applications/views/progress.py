"""How far the applicant is: a badge for each section, what is missing, and what is worth a look.

The rules decide; this only sorts their answers by the section where each can be put right.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import attachments, facts, sections, transitions
from applications.models import Application, AttachmentVersion, SectionSave
from applications.recommendation_states import BADGES, RecommendationState
from applications.rules import documents
from applications.rules.documents import DocumentType
from applications.sections import Values
from lbf_portal.lib.refusals import Violation, advice, blocking
from lbf_portal.lib.telling import sentence_of

# In the order in which people go through them.
APPLICATION_SECTIONS = ("basics", "departments", "challenges", "figures", "budget", "rent")
PLAN_SECTIONS = ("plan", "goals", "board", "budget", "rent")
# What nobody has to fill in; key figures brought as a file (D3) are another.
_VOLUNTARY = frozenset({"rent"})

# The fact that a rule names -> the section where people state it. Fields of rent support's own rule stand apart, because
# a plan has a start and an end too.
_OF_RENT_ALONE = {"department", "amount_per_m2", "area_m2"}
_SECTION_OF_FIELD = {
    "housing_organisations": "basics",
    "municipality": "basics",
    "departments": "departments",
    "challenges": "challenges",
    "problems": "challenges",
    "coordination": "challenges",
    "key_figures": "figures",
    "total": "budget",
    "contributions": "budget",
    **dict.fromkeys(_OF_RENT_ALONE, "rent"),
    "start": "plan",
    "end": "plan",
    "effort_areas": "plan",
    **dict.fromkeys(("goals", "text", "indicator", "baseline", "baseline_on", "target", "target_on", "effort_area"), "goals"),
    "members": "board",
}


def section_of(violation: Violation) -> str:
    """The section where it can be put right; empty when no section can."""
    if violation.code.startswith("support_"):
        return "rent"
    return _SECTION_OF_FIELD.get(violation.field, "")


class Progress(enum.Enum):
    """How far a section is, with its word and its badge."""

    NOT_STARTED = (_("Ikke startet"), "")
    VOLUNTARY = (_("Frivillig"), "")
    IN_PROGRESS = (_("I gang"), "info")
    INCOMPLETE = (_("Mangler oplysninger"), "warning")
    READY = (_("Klar"), "success")


RECOMMENDATION_MISSING = "municipal_recommendation_missing"

# What is entered but does not meet the rule yet is "in progress"; what is not entered is "missing".
_NOT_ENTERED = ("_missing", "_not_described", "_not_named", "_not_explained", "_without_goal", "_without_figure")


@dataclass(frozen=True)
class Finding:
    """One answer of a rule, with the section that it leads to."""

    violation: Violation
    section: str
    name: str
    url: str


@dataclass(frozen=True)
class Task:
    """A section in the task list (components/task_list.html)."""

    section: str
    name: str
    url: str
    progress: Progress
    hint: str
    # Who saved it last, and when.
    saved: str = ""
    # Word and colour, where somebody else's answer is awaited.
    badge: tuple[str, str] | None = None

    @property
    def state(self) -> str:
        """The badge's word."""
        return self.badge[0] if self.badge else str(self.progress.value[0])

    @property
    def kind(self) -> str:
        """The badge's colour."""
        return self.badge[1] if self.badge else str(self.progress.value[1])


@dataclass(frozen=True)
class Overview:
    """All tasks, and what the rules say to the whole."""

    tasks: list[Task]
    missing: list[Finding]
    advice: list[Finding]
    attached: Sequence[AttachmentVersion] = ()

    @property
    def ready(self) -> int:
        """How many sections hinder nothing."""
        return sum(task.progress in {Progress.READY, Progress.VOLUNTARY} for task in self.tasks)

    @property
    def is_ready(self) -> bool:
        """True when nothing stands in the way of the next step."""
        return not self.missing


def section_url(application: Application, section: str) -> str:
    """The page where the section is filled in."""
    name = "applications:plan_section" if section in sections.OF_PLAN else "applications:section"
    return reverse(name, args=[application.case_number, section])


def of_application(application: Application, *, on: datetime.date) -> Overview:
    """The application on its way to being submitted (C10): its sections, what is attached, and what the municipality says."""
    prefetch_related_objects([application], "municipal_recommendations")  # both the rules and the task ask for them
    attached = attachments.current(application)
    violations = transitions.check_application(application, on=on, versions=attached)
    as_file = documents.has(facts.of_documents(application, attached), DocumentType.D3)
    found = _overview(application, APPLICATION_SECTIONS, violations, voluntary=_VOLUNTARY | ({"figures"} if as_file else set()))
    tasks = [*found.tasks, _attachments(application, attached, found.missing), _recommended(application, found)]
    return replace(found, tasks=tasks, attached=attached)


def _attachments(application: Application, attached: Sequence[AttachmentVersion], missing: Iterable[Finding]) -> Task:
    found = [finding.violation for finding in missing if finding.violation.field == "attachments"]
    progress = Progress.INCOMPLETE if found else Progress.READY if attached else Progress.VOLUNTARY
    hint = sentence_of(found[0]) if found else ""
    return Task("attachments", str(_("Bilag")), _attachments_url(application), progress, hint)


def _recommended(application: Application, found: Overview) -> Task:
    """The municipality's recommendation (R66): the rule says whether it is there, the request says how far it is."""
    lacks = any(finding.violation.code == RECOMMENDATION_MISSING for finding in found.advice)
    asked = max(application.municipal_recommendations.all(), key=lambda one: one.pk, default=None) if lacks else None
    badge = (str(asked.get_state_display()), BADGES[RecommendationState(asked.state)]) if asked else None
    progress = Progress.NOT_STARTED if lacks else Progress.READY
    return Task("recommendation", str(_("Kommunens anbefaling")), _recommendation_url(application), progress, "", badge=badge)


def _recommendation_url(application: Application) -> str:
    return reverse("applications:recommendation", args=[application.case_number])


def _attachments_url(application: Application) -> str:
    return reverse("applications:attachments", args=[application.case_number])


def with_saves(application: Application, overview: Overview) -> Overview:
    """Each section with who saved it last, and when."""
    saves = {save.section: save for save in application.section_saves.select_related("saved_by")}
    tasks = [replace(task, saved=_told(saves[task.section])) if task.section in saves else task for task in overview.tasks]
    return replace(overview, tasks=tasks)


def _told(save: SectionSave) -> str:
    at = timezone.localtime(save.saved_at)
    told = gettext("Gemt %(day)s kl. %(time)s af %(name)s")
    return told % {"day": date_format(at), "time": f"{at:%H:%M}", "name": save.saved_by.name if save.saved_by else "–"}


def of_plan(application: Application, *, on: datetime.date) -> Overview:
    """The plan on its way to being signed (C12)."""
    return _overview(application, PLAN_SECTIONS, transitions.check_plan(application, on=on))


def of_section(application: Application, section: str, *, on: datetime.date) -> list[Violation]:
    """What the rules say to one section as it is stored; nothing while it is not begun."""
    if _nothing_entered(sections.values(application, section)):
        return []
    check = transitions.check_plan if application.plan_is_open else transitions.check_application
    found = check(application, on=on)
    return [violation for violation in (*blocking(found), *advice(found)) if section_of(violation) == section]


def _overview(
    application: Application, names: Sequence[str], violations: Sequence[Violation], *, voluntary: AbstractSet[str] = _VOLUNTARY
) -> Overview:
    missing = [_finding(application, violation) for violation in blocking(violations)]
    worth_a_look = [_finding(application, violation) for violation in advice(violations)]
    tasks = [
        _task(
            application,
            section,
            [found.violation for found in missing if found.section == section],
            is_voluntary=section in voluntary,
        )
        for section in names
    ]
    return Overview(tasks, missing, worth_a_look)


def _finding(application: Application, violation: Violation) -> Finding:
    section = section_of(violation)
    if violation.field == "attachments":
        return Finding(violation, section, str(_("Bilag")), _attachments_url(application))
    if violation.code == RECOMMENDATION_MISSING:
        return Finding(violation, section, str(_("Kommunens anbefaling")), _recommendation_url(application))
    if not section or not sections.is_open(application, section):
        return Finding(violation, section, "", "")
    return Finding(violation, section, str(sections.NAMES[section]), section_url(application, section))


def _task(application: Application, section: str, found: Sequence[Violation], *, is_voluntary: bool) -> Task:
    progress = _progress(sections.values(application, section), found, is_voluntary=is_voluntary)
    is_begun = progress in {Progress.IN_PROGRESS, Progress.INCOMPLETE}
    hint = sentence_of(found[0]) if is_begun else ""
    url = section_url(application, section) if sections.is_open(application, section) else ""
    return Task(section, str(sections.NAMES[section]), url, progress, hint)


def _progress(values: Values, found: Iterable[Violation], *, is_voluntary: bool) -> Progress:
    codes = [violation.code for violation in found]
    if _nothing_entered(values):
        return Progress.VOLUNTARY if is_voluntary and not codes else Progress.NOT_STARTED
    if not codes:
        return Progress.READY
    if any(code.endswith(_NOT_ENTERED) for code in codes):
        return Progress.INCOMPLETE
    return Progress.IN_PROGRESS


def _nothing_entered(values: Values) -> bool:
    return not any(values.values())
