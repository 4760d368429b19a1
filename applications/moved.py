"""A move to other rules as people read it: what was put aside, what is asked anew, and what of that is done."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from applications.models import Application, TransferredCase
from applications.rules.papers import Paper
from applications.rules.rule_sets import Terms, terms_of
from applications.rules.transfer import ANEW_NAMES, Anew
from applications.states import DECIDED, ENDED, State


@dataclass(frozen=True)
class AsideGoal:
    """A goal that was put aside."""

    text: str
    area: str
    indicator: str
    baseline: Decimal | None
    target: Decimal | None
    target_on: datetime.date | None


@dataclass(frozen=True)
class Task:
    """Something that is asked anew: what, how, and whether it is done."""

    name: str
    hint: str
    is_done: bool


@dataclass(frozen=True)
class Moved:
    """The case's latest move that stands."""

    row: TransferredCase
    old: Terms
    new: Terms
    areas: list[str]
    goals: list[AsideGoal]
    tasks: list[Task] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """True when nothing is asked any more."""
        return all(task.is_done for task in self.tasks)


def area_names(rule_set: str, codes: Iterable[str]) -> list[str]:
    """Effort areas of a rule set in the reader's language."""
    names = {area.code: gettext(area.name) for area in terms_of(rule_set).effort_areas}
    return [names.get(code, code) for code in codes]


def papers_of(rule_set: str, codes: Iterable[str]) -> list[Paper]:
    """The papers of these codes."""
    wanted = set(codes)
    return [paper for paper in terms_of(rule_set).papers if paper.code in wanted]


def anew_names(codes: Iterable[str]) -> list[str]:
    """What is asked anew, in the reader's language."""
    return [gettext(ANEW_NAMES[Anew(code)]) for code in codes]


def of_case(application: Application) -> Moved | None:
    """What the case page says of the move; None for a case that was not moved."""
    row = application.transfers.standing().select_related("batch").order_by("pk").last()
    if row is None:
        return None
    names = dict(zip(row.before["effort_areas"], area_names(row.from_rule_set, row.before["effort_areas"]), strict=True))
    kept = {key for key, _area in row.after["goals"]}
    aside = [goal for goal in row.before["goals"] if goal["id"] not in kept]
    return Moved(
        row=row,
        old=terms_of(row.from_rule_set),
        new=terms_of(row.to_rule_set),
        areas=area_names(row.from_rule_set, row.after["areas_put_aside"]),
        goals=[_goal(goal, names) for goal in aside],
        tasks=[] if application.state in DECIDED | ENDED else _tasks(application, row),
    )


def _goal(kept: dict[str, Any], names: dict[str, str]) -> AsideGoal:
    return AsideGoal(
        text=kept["sub_goal"],
        area=names.get(kept["effort_area"], kept["effort_area"]),
        indicator=kept["indicator_name"],
        baseline=Decimal(kept["baseline_value"]) if kept["baseline_value"] else None,
        target=Decimal(kept["target_value"]) if kept["target_value"] else None,
        target_on=datetime.date.fromisoformat(kept["target_on"]) if kept["target_on"] else None,
    )


def _tasks(application: Application, row: TransferredCase) -> list[Task]:
    plan = getattr(application, "plan", None)
    standing = next((version for version in application.agreements.all() if version.voided_at is None), None)
    is_done = {
        Anew.EFFORT_AREAS: bool(plan and plan.effort_areas),
        Anew.GOALS: bool(plan and plan.goals.all()),
        Anew.AGREEMENT: standing is not None and standing.content["rule_set"] == application.rule_set,
        Anew.PAPERS: False,
    }
    asked = [Anew(code) for code in row.after["anew"]]
    return [Task(gettext(ANEW_NAMES[one]), _hint(one, application, row), is_done[one]) for one in asked]


def _hint(one: Anew, application: Application, row: TransferredCase) -> str:
    if one is Anew.EFFORT_AREAS:
        areas = ", ".join(gettext(area.name) for area in terms_of(row.to_rule_set).effort_areas)
        return gettext("I kan vælge mellem: %(areas)s.") % {"areas": areas}
    if one is Anew.GOALS:
        return gettext("De tidligere mål er lagt til side og kan læses her på siden.")
    if one is Anew.PAPERS:
        return ", ".join(gettext(paper.name) for paper in papers_of(row.to_rule_set, row.after["papers"]))
    if application.state == State.LOCAL_APPROVAL:
        return gettext("Kald først aftalen tilbage. Den er lavet efter de tidligere regler og kan ikke underskrives.")
    if application.state in {State.PLAN_SUBMITTED, State.HEARING_PLAN}:
        return gettext("Landsbyggefonden sender planen tilbage til jer, så den kan rettes.")
    return gettext("Når planen er rettet, sender I en ny aftale til underskrift.")
