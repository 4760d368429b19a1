"""The comprehensive plan, its goals, the local board."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from accounts.models import Organisation, User
from applications import facts, permissions, states
from applications.models import Application, BoardSeat, ComprehensivePlan, IndicatorDefinition, PlanGoal
from applications.rules import board, plan
from applications.rules.rule_sets import TERMS, RuleSet
from applications.transitions.saving import editing, set_and_save
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import RuleBroken, Violation


def start_plan(application: Application, *, by: Actor, at: datetime.datetime) -> None:
    """Begin the comprehensive plan (R73)."""
    with moving(application, states.START_PLAN, by=by, at=at):
        ComprehensivePlan.objects.create(application=application)


def save_plan(
    application: Application,
    *,
    starts_on: datetime.date | None,
    ends_on: datetime.date | None,
    summary: str,
    effort_areas: Sequence[str],
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
    is_autosave: bool = False,
) -> None:
    """Period and chosen effort areas. Errors: RuleBroken when the period is longer than the regulation allows (G5)."""
    with editing(application, "plan", by=by, at=at, seen=seen, is_autosave=is_autosave):
        own = application.plan
        own.starts_on, own.ends_on, own.summary = starts_on, ends_on, summary.strip()
        order = [area.code for area in TERMS[RuleSet(application.rule_set)].effort_areas]
        own.effort_areas = [code for code in order if code in set(effort_areas)]
        if starts_on and ends_on and (blocking := [v for v in plan.check_period(facts.of_plan(application)) if v.is_blocking]):
            raise RuleBroken(blocking)
        own.save(update_fields=["starts_on", "ends_on", "summary", "effort_areas"])


@dataclass(frozen=True)
class GoalChoice:
    """A goal as it is written in the plan."""

    effort_area: str
    indicator: IndicatorDefinition
    sub_goal: str
    responsible_party: str = ""
    baseline_value: Decimal | None = None
    baseline_on: datetime.date | None = None
    target_value: Decimal | None = None
    target_on: datetime.date | None = None


def save_goals(
    application: Application,
    goals: Sequence[GoalChoice],
    *,
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
    is_autosave: bool = False,
) -> None:
    """Local sub-goals under the fixed goals (R78, R79). A goal keeps its identity by its indicator, so its history goes on."""
    with editing(application, "goals", by=by, at=at, seen=seen, is_autosave=is_autosave):
        own = application.plan
        own.goals.exclude(indicator__in=[goal.indicator for goal in goals]).delete()
        for goal in goals:
            PlanGoal.objects.update_or_create(
                plan=own,
                indicator=goal.indicator,
                defaults={
                    "effort_area": goal.effort_area,
                    "sub_goal": goal.sub_goal.strip(),
                    "responsible_party": goal.responsible_party.strip(),
                    "baseline_value": goal.baseline_value,
                    "baseline_on": goal.baseline_on,
                    "target_value": goal.target_value,
                    "target_on": goal.target_on,
                },
            )


@dataclass(frozen=True)
class SeatChoice:
    """A seat as it is registered."""

    kind: str
    name: str
    email: str
    title: str
    organisation: Organisation | None
    other_organisation: str
    is_chair: bool
    valid_from: datetime.date
    valid_to: datetime.date | None = None


def save_board(
    application: Application,
    seats: Sequence[SeatChoice],
    *,
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
    is_autosave: bool = False,
) -> None:
    """The local board and its secretariat (R89, R90, R98). A seat is tied to the person who signs in with its e-mail.

    It opens the case to the person, so by a mandate, or by somebody who was let in, none is tied anew or made longer.
    """
    with editing(application, "board", by=by, at=at, seen=seen, is_autosave=is_autosave):
        may_tie, before = (
            permissions.may_name_parties(by, application),
            list(application.board_seats.select_related("organisation", "user")),
        )
        users = {user.email: user for user in User.objects.filter(email__in=[seat.email.lower() for seat in seats if seat.email])}
        wanted = [
            _values_of(seat, users.get(seat.email.lower()) if may_tie or _was_tied(seat, before) else None) for seat in seats
        ]
        free = list(before)
        kept = [_taken(free, values) for values in wanted]
        # Seats have no key of their own: one that changed is the next of those that are left, in the order of the page.
        for row, values in zip(kept, wanted, strict=True):
            set_and_save(row or (free.pop(0) if free else BoardSeat(application=application)), **values)
        for row in free:
            row.delete()


def _values_of(seat: SeatChoice, user: User | None) -> dict[str, Any]:
    return {
        "kind": seat.kind,
        "name": seat.name.strip(),
        "email": seat.email.lower(),
        "title": seat.title.strip(),
        "organisation": seat.organisation,
        "other_organisation": "" if seat.organisation else seat.other_organisation.strip(),
        "is_chair": seat.is_chair,
        "valid_from": seat.valid_from,
        "valid_to": seat.valid_to,
        "user": user,
    }


def _taken(free: list[BoardSeat], values: Mapping[str, Any]) -> BoardSeat | None:
    """The seat that is just so, out of those that are free."""
    for row in free:
        if all(getattr(row, name) == value for name, value in values.items()):
            free.remove(row)
            return row
    return None


def _was_tied(seat: SeatChoice, before: Sequence[BoardSeat]) -> bool:
    """Whether the person of the seat had one of the kind already, for at least as long."""
    return any(
        row.user_id is not None
        and (row.kind, row.email) == (seat.kind, seat.email.lower())
        and row.valid_from <= seat.valid_from
        and (row.valid_to is None or (seat.valid_to is not None and seat.valid_to <= row.valid_to))
        for row in before
    )


def check_board(application: Application, *, on: datetime.date) -> list[Violation]:
    """What the local board lacks on the day (R89, R90, R98); the effort asks before it starts."""
    return board.check(facts.of_board(application, on=on))
