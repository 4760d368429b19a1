"""How far the applicant is: a badge for each section, what is missing, and what is worth a look.

The rules decide; this only sorts their answers by the section where each can be put right.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications import sections, transitions
from applications.models import Application
from applications.sections import Values
from lbf_portal.lib.refusals import Violation, advice, blocking
from lbf_portal.lib.telling import sentence_of

# In the order in which people go through them.
APPLICATION_SECTIONS = ("basics", "departments", "challenges", "budget", "rent")
PLAN_SECTIONS = ("plan", "goals", "board", "budget", "rent")

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


# What is entered but does not meet the rule yet is "in progress"; what is not entered is "missing".
_NOT_ENTERED = ("_missing", "_not_described", "_not_named", "_not_explained", "_without_goal")


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

    @property
    def state(self) -> str:
        """The badge's word."""
        return str(self.progress.value[0])

    @property
    def kind(self) -> str:
        """The badge's colour."""
        return str(self.progress.value[1])


@dataclass(frozen=True)
class Overview:
    """All tasks, and what the rules say to the whole."""

    tasks: list[Task]
    missing: list[Finding]
    advice: list[Finding]

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
    """The application on its way to being submitted (C10)."""
    return _overview(application, APPLICATION_SECTIONS, transitions.check_application(application, on=on))


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


def _overview(application: Application, names: Sequence[str], violations: Sequence[Violation]) -> Overview:
    missing = [_finding(application, violation) for violation in blocking(violations)]
    worth_a_look = [_finding(application, violation) for violation in advice(violations)]
    tasks = [_task(application, section, [found.violation for found in missing if found.section == section]) for section in names]
    return Overview(tasks, missing, worth_a_look)


def _finding(application: Application, violation: Violation) -> Finding:
    section = section_of(violation)
    if violation.field == "attachments":
        url = reverse("applications:attachments", args=[application.case_number])
        return Finding(violation, section, str(_("Bilag")), url)
    if not section or not sections.is_open(application, section):
        return Finding(violation, section, "", "")
    return Finding(violation, section, str(sections.NAMES[section]), section_url(application, section))


def _task(application: Application, section: str, found: Sequence[Violation]) -> Task:
    progress = _progress(section, sections.values(application, section), found)
    is_begun = progress in {Progress.IN_PROGRESS, Progress.INCOMPLETE}
    hint = sentence_of(found[0]) if is_begun else ""
    url = section_url(application, section) if sections.is_open(application, section) else ""
    return Task(section, str(sections.NAMES[section]), url, progress, hint)


def _progress(section: str, values: Values, found: Iterable[Violation]) -> Progress:
    codes = [violation.code for violation in found]
    if _nothing_entered(values):
        return Progress.VOLUNTARY if section == "rent" and not codes else Progress.NOT_STARTED
    if not codes:
        return Progress.READY
    if any(code.endswith(_NOT_ENTERED) for code in codes):
        return Progress.INCOMPLETE
    return Progress.IN_PROGRESS


def _nothing_entered(values: Values) -> bool:
    return not any(values.values())
