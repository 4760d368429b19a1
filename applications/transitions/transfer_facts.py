"""Cases as the move asks about them: who is in question, where each stands, what it has chosen."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from applications import states
from applications.models import Application, ComprehensivePlan, ImportedCase, PlanGoal, TransferredCase
from applications.querysets import ApplicationQuerySet
from applications.rules import transfer
from applications.rules.transfer import Standing, Transition
from applications.states import State
from lbf_portal.lib.refusals import Violation

STANDINGS: Mapping[str, Standing] = {
    State.COMMITTED: Standing.COMMITTED,
    State.REFUSED: Standing.REFUSED,
    State.WITHDRAWN: Standing.WITHDRAWN,
    State.LAPSED: Standing.LAPSED,
    **dict.fromkeys(states.BEFORE_PREQUALIFICATION, Standing.NOT_PREQUALIFIED),
    **dict.fromkeys(states.AFTER_PREQUALIFICATION, Standing.PREQUALIFIED),
}


@dataclass(frozen=True)
class Judged:
    """A case in question: why it stays, or what the move does to it."""

    application: Application
    stays: Violation | None
    change: transfer.Change
    goals: list[PlanGoal]

    @property
    def moves(self) -> bool:
        """True when the case is moved."""
        return self.stays is None


def in_question(transition: Transition) -> ApplicationQuerySet:
    """Cases under one of the rule sets that the transition leads away from, by case number.

    A draft that never came in is its applicant's own: neither a run, nor a report, nor a page tells of it.
    """
    return Application.objects.filter(rule_set__in=transition.sources, submitted_at__isnull=False).order_by("case_number")


def with_facts(cases: ApplicationQuerySet) -> ApplicationQuerySet:
    """What judging asks of a case, without a query a row."""
    return cases.select_related("plan", "imported").prefetch_related("plan__goals", "agreements")


def judge(application: Application, transition: Transition) -> Judged:
    """Whether the case moves, and what that does to it."""
    plan: ComprehensivePlan | None = getattr(application, "plan", None)
    imported: ImportedCase | None = getattr(application, "imported", None)
    goals = list(plan.goals.all()) if plan else []
    chosen = plan.effort_areas if plan else imported.effort_areas if imported else ()
    facts = transfer.Facts(
        transition=transition,
        rule_set=application.rule_set,
        standing=STANDINGS[application.state],
        effort_areas=tuple(chosen),
        goals=tuple(transfer.Goal(str(goal.pk), goal.effort_area, goal.sub_goal) for goal in goals),
        has_plan=plan is not None,
        has_agreement=any(version.voided_at is None for version in application.agreements.all()),
    )
    return Judged(application, next(iter(transfer.check(facts)), None), transfer.change_of(facts), goals)


def stays(rule_set: str, state: str, transition: Transition) -> Violation | None:
    """Why a case in this state stays: all that listing a run has to know."""
    return next(iter(transfer.check(transfer.Facts(transition, rule_set, STANDINGS[state]))), None)


def already_moved(transition: Transition) -> Iterator[int]:
    """Numbers of the cases that an earlier run moved, and nobody took back."""
    moved = TransferredCase.objects.standing().filter(to_rule_set=transition.target)
    return moved.order_by("application__case_number").values_list("application__case_number", flat=True).iterator()


# Goals as plain values, and back


def kept_goals(goals: Iterable[PlanGoal]) -> list[dict[str, Any]]:
    """Goals as `TransferredCase.before` keeps them, with what people read them by."""
    return [
        {
            "id": goal.pk,
            "indicator": goal.indicator_id,
            "indicator_name": goal.indicator.name_da,
            "effort_area": goal.effort_area,
            "sub_goal": goal.sub_goal,
            "responsible_party": goal.responsible_party,
            "baseline_value": _text(goal.baseline_value),
            "baseline_on": _text(goal.baseline_on),
            "target_value": _text(goal.target_value),
            "target_on": _text(goal.target_on),
        }
        for goal in goals
    ]


def goal_again(plan: ComprehensivePlan, kept: Mapping[str, Any]) -> PlanGoal:
    """The goal as it was, its key included; not saved yet."""
    return PlanGoal(
        pk=kept["id"],
        plan=plan,
        indicator_id=kept["indicator"],
        effort_area=kept["effort_area"],
        sub_goal=kept["sub_goal"],
        responsible_party=kept["responsible_party"],
        baseline_value=kept["baseline_value"],
        baseline_on=_day(kept["baseline_on"]),
        target_value=kept["target_value"],
        target_on=_day(kept["target_on"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _day(iso: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(iso) if iso else None
