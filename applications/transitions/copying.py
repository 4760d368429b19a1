"""Sections of an earlier application taken over into a draft, so that nobody types a thing twice.

What a later rule set does not know, what the register no longer has, and amounts unless they are asked for, are left behind,
each with its reason. What is taken over is checked and confirmed anew: the years have gone on.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organisation
from applications import permissions
from applications.models import KEY_FIGURES, Application
from applications.rules import cofinancing
from applications.rules.prequalification import Problem
from applications.states import State
from applications.transitions.common import day_of, locked
from applications.transitions.drafting import (
    DepartmentChoice,
    FigureChoice,
    FundingChoice,
    KeyFiguresChoice,
    save_basics,
    save_budget,
    save_challenges,
    save_departments,
    save_figures,
    save_rent_support,
)
from areas.models import Department
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

COPIED = "application:sections_copied"
# In the order in which they are taken over: key figures and rent support need the departments.
COPYABLE = ("basics", "departments", "challenges", "figures", "budget", "rent")


@dataclass
class Left:
    """What does not follow, and why: sentences with their parts, told in the reader's language."""

    violations: list[Violation] = field(default_factory=list)

    def add(self, code: str, text: str, **params: str) -> None:
        """Name one thing."""
        self.violations.append(Violation(code, text, "", params=params, is_blocking=False))


@dataclass(frozen=True)
class Copied:
    """Which sections followed, and what did not."""

    sections: list[str]
    left: list[Violation]


def can_be_copied_from(application: Application, source: Application, *, by: Actor, on: datetime.date) -> bool:
    """Whether the actor may take over what the other case says: who may write in it, or could while it was open.

    One of its housing organisations takes part in both: an adviser does not carry one client's text over to another.
    """
    return bool(application.party_ids & source.party_ids) and permissions.may(by, "edit", source, on=on)


def left_behind(application: Application, source: Application, *, with_amounts: bool, on: datetime.date) -> list[Violation]:
    """What would not follow if everything were chosen."""
    left = Left()
    _departments(application, source, left, on=on)
    _problems(source, left)
    if not with_amounts:
        _amounts(source, left)
    elif source.rent_supports.exists():
        left.add("rent_left", gettext_noop("Huslejestøttens beløb følger ikke med: perioden er en anden. Skriv dem igen."))
    if hasattr(source, "plan"):
        left.add("plan_left", gettext_noop("Helhedsplan, mål og bestyrelse følger ikke med: de laves efter prækvalifikationen."))
    if source.rule_set != application.rule_set:
        text = gettext_noop("Sagen følger %(old)s. Indsatsområderne derfra følger ikke med: de vælges på ny i helhedsplanen.")
        left.add("effort_areas_left", text, old=source.terms.regulation)
    return left.violations


def copy_sections(
    application: Application,
    source: Application,
    names: Collection[str],
    *,
    with_amounts: bool,
    by: Actor,
    at: datetime.datetime,
) -> Copied:
    """Take over the chosen sections, in place of what the draft has in them. Return which did, and what did not follow.

    Errors: NotAllowed without the right in either case; IllegalMove when the case is no draft any more; those of `editing`.
    """
    on = day_of(at)
    if not can_be_copied_from(application, source, by=by, on=on):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])
    if source.pk == application.pk:
        raise RuleBroken([Violation("copy_of_itself", gettext_noop("Vælg en anden ansøgning end denne."), "", field="source")])
    left = Left()
    copied = []
    with transaction.atomic():
        if "basics" in names:
            _hold_organisations(application, source)
        with locked(application, "edit", by=by, at=at):
            if application.state != State.DRAFT:
                raise IllegalMove([Violation("no_draft", gettext_noop("Der kan kun kopieres til en kladde."), "")])
            for name in [name for name in COPYABLE if name in names]:
                if name == "budget" and not with_amounts:
                    _amounts(source, left)
                    continue
                _COPY[name](application, source, left=left, by=by, at=at)
                copied.append(name)
            if copied:
                data = {"source": source.case_number, "sections": copied, "amounts": with_amounts}
                application.record(COPIED, by=by, at=at, data=data)
    return Copied(copied, left.violations)


def _hold_organisations(application: Application, source: Application) -> None:
    """Those that `save_basics` locks, before the case is locked: a merger goes in the same order."""
    organisations = {*application.participants.all(), *source.housing_organisations()}
    held = Organisation.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in organisations])
    list(held.order_by("pk"))


def _departments(application: Application, source: Application, left: Left, *, on: datetime.date) -> list[DepartmentChoice]:
    """Departments of the case's organisations; which lie in the area is asked of the register as it is now."""
    organisations = {organisation.pk for organisation in application.housing_organisations()}
    in_area = set(Department.objects.in_area(application.area, on=on).values_list("pk", flat=True))
    choices = []
    for row in source.application_departments.all():
        if row.department.organisation_id not in organisations:
            text = gettext_noop("Afdelingen %(department)s følger ikke med: %(organisation)s deltager ikke i denne ansøgning.")
            left.add("department_left", text, department=str(row.department), organisation=str(row.department.organisation))
        elif row.department_id in in_area:
            choices.append(DepartmentChoice(row.department))
        else:
            reason = row.connection_reason if source.area_id == application.area_id else ""
            choices.append(DepartmentChoice(row.department, is_connected=True, connection_reason=reason))
    return choices


def _problems(source: Application, left: Left) -> list[str]:
    known = [problem for problem in source.problem_types if problem in set(Problem)]
    for problem in source.problem_types:
        if problem not in known:
            left.add(
                "problem_left",
                gettext_noop("Problemet »%(problem)s« følger ikke med: reglerne nævner det ikke."),
                problem=problem,
            )
    return known


def _amounts(source: Application, left: Left) -> None:
    if source.total_budget is not None or source.funding_lines.exists() or source.rent_supports.exists():
        left.add("amounts_left", gettext_noop("Beløb følger ikke med, for I har ikke bedt om det."))


def _copy_basics(application: Application, source: Application, *, by: Actor, at: datetime.datetime, **_more: Any) -> None:
    """Who takes part; by a mandate nobody else does. The name and the start are the new effort's own."""
    everybody = list(application.participants.all())
    if permissions.may_name_parties(by, application):
        everybody += [one for one in source.housing_organisations() if one.succeeded_by_id is None]
    participants = [one for one in dict.fromkeys(everybody) if one != application.organisation]
    save_basics(
        application,
        title=application.title,
        participants=participants,
        expected_start_on=application.expected_start_on,
        by=by,
        at=at,
    )


def _copy_departments(
    application: Application, source: Application, *, left: Left, by: Actor, at: datetime.datetime, **_more: Any
) -> None:
    save_departments(application, _departments(application, source, left, on=day_of(at)), by=by, at=at)


def _copy_challenges(
    application: Application, source: Application, *, left: Left, by: Actor, at: datetime.datetime, **_more: Any
) -> None:
    """Figures keep their year, so that everybody sees how old they are."""
    save_challenges(
        application,
        problem_types=_problems(source, left),
        challenges=source.challenges,
        coordination=source.coordination,
        figures=[FigureChoice(row.problem, row.value, row.unit, row.year, row.source) for row in source.problem_figures.all()],
        by=by,
        at=at,
    )


def _copy_figures(application: Application, source: Application, *, by: Actor, at: datetime.datetime, **_more: Any) -> None:
    in_case = {row.department_id for row in application.application_departments.all()}
    choices = [
        KeyFiguresChoice(row.department, row.year, {name: getattr(row, name) for name in KEY_FIGURES}, row.absence)
        for row in source.department_figures.all()
        if row.department_id in in_case
    ]
    save_figures(application, choices, by=by, at=at)


def _copy_budget(application: Application, source: Application, *, by: Actor, at: datetime.datetime, **_more: Any) -> None:
    """Only as amounts: who pays without how much would be no line. What the fund accepted as local is asked anew (Q5)."""
    lines: Sequence[FundingChoice] = [
        FundingChoice(cofinancing.Source(line.source), line.amount, cofinancing.Kind(line.kind), line.note)
        for line in source.funding_lines.all()
    ]
    save_budget(application, total_budget=source.total_budget, lines=lines, by=by, at=at)


def _copy_rent(
    application: Application, source: Application, *, left: Left, by: Actor, at: datetime.datetime, **_more: Any
) -> None:
    """That it is wished for; its amounts belong to a period that is over."""
    if source.rent_supports.exists():
        left.add("rent_left", gettext_noop("Huslejestøttens beløb følger ikke med: perioden er en anden. Skriv dem igen."))
    save_rent_support(application, wants_rent_support=source.wants_rent_support, lines=(), by=by, at=at)


_COPY: dict[str, Any] = {
    "basics": _copy_basics,
    "departments": _copy_departments,
    "challenges": _copy_challenges,
    "figures": _copy_figures,
    "budget": _copy_budget,
    "rent": _copy_rent,
}
