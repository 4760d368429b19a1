"""What the dashboard tells: goals with their latest values, the next dates, the board. Nothing is decided here."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from applications.models import BoardSeat, PlanGoal, SeatKind
from monitoring.models import Effort, Measurement
from monitoring.rules import progress as rule
from monitoring.rules.progress import PROGRESS_NAMES, Progress

BADGES = {
    Progress.REACHED: "success",
    Progress.ON_THE_WAY: "info",
    Progress.UNCHANGED: "warning",
    Progress.AWAY: "error",
    Progress.NOT_MEASURED: "",
}
# The yearly accounts reach the fund at the latest this day (R101).
FILING_DAY = (6, 30)


@dataclass(frozen=True)
class GoalStanding:
    """A goal, all that was measured for it, and how it stands."""

    goal: PlanGoal
    measured: tuple[Measurement, ...]

    @property
    def known(self) -> list[Measurement]:
        """Measurements with a value; a suppressed one has none (C23)."""
        return [measurement for measurement in self.measured if measurement.value is not None]

    @property
    def latest(self) -> Measurement | None:
        """The latest value, with the year it is about (C24)."""
        return self.known[-1] if self.known else None

    @property
    def suppressed(self) -> Measurement | None:
        """The newest measurement, when it is one whose value is hidden."""
        newest = self.measured[-1] if self.measured else None
        return newest if newest is not None and newest.value is None else None

    @property
    def is_demo(self) -> bool:
        """True when some value is invented."""
        return any(measurement.is_demo for measurement in self.measured)

    @property
    def progress(self) -> Progress:
        """The rule's answer."""
        return rule.judge(self.facts)

    @property
    def progress_name(self) -> str:
        """The answer in words (message id)."""
        return PROGRESS_NAMES[self.progress]

    @property
    def badge(self) -> str:
        """The colour that goes with the words."""
        return BADGES[self.progress]

    @property
    def share_of_way(self) -> Decimal | None:
        """How much of the way is walked, while the goal is on its way."""
        return rule.share_of_way(self.facts) if self.progress is Progress.ON_THE_WAY else None

    @property
    def facts(self) -> rule.Facts:
        """The goal as the rule sees it."""
        return rule.Facts(
            higher_is_better=self.goal.indicator.direction == "UP",
            baseline=self.goal.baseline_value,
            target=self.goal.target_value,
            latest=self.latest.value if self.latest else None,
        )


@dataclass(frozen=True)
class AreaStanding:
    """An effort area of the plan with its goals. `name` and `fixed_goal` are message ids."""

    name: str
    fixed_goal: str
    goals: tuple[GoalStanding, ...]


def areas_of(effort: Effort) -> list[AreaStanding]:
    """The plan's effort areas in the regulation's order, each with its goals: two queries, however much was measured."""
    measured: dict[int, list[Measurement]] = defaultdict(list)
    for measurement in effort.measurements.standing():
        measured[measurement.indicator_id].append(measurement)
    goals: dict[str, list[GoalStanding]] = defaultdict(list)
    for goal in effort.application.plan.goals.all():
        goals[goal.effort_area].append(GoalStanding(goal, tuple(measured[goal.indicator_id])))
    return [
        AreaStanding(area.name, area.goal, tuple(goals[area.code]))
        for area in effort.application.terms.effort_areas
        if area.code in goals
    ]


def counts(areas: Sequence[AreaStanding]) -> list[tuple[str, int]]:
    """How many goals stand where: words (message ids) and numbers, the best first, those that occur."""
    standings = [goal.progress for area in areas for goal in area.goals]
    return [(name, standings.count(answer)) for answer, name in PROGRESS_NAMES.items() if answer in standings]


@dataclass(frozen=True)
class NextDate:
    """A day to keep in mind. What the fund has not confirmed is said to be so."""

    on: datetime.date
    text: str
    is_confirmed: bool = True


def next_dates(effort: Effort, *, on: datetime.date) -> list[NextDate]:
    """What comes next, soonest first: start, the yearly accounts, and the end."""
    dates = [
        NextDate(effort.starts_on, gettext("Indsatsen begynder")),
        NextDate(
            effort.ends_on, gettext("Indsatsen slutter (forlænget)") if effort.is_extended else gettext("Indsatsen slutter")
        ),
    ]
    filing = datetime.date(on.year, *FILING_DAY)
    if filing < on:
        filing = datetime.date(on.year + 1, *FILING_DAY)
    if effort.starts_on.year < filing.year <= effort.ends_on.year + 1:
        text = gettext("Frist for opgørelse af reguleringskontoen for %(year)s") % {"year": filing.year - 1}
        dates.append(NextDate(filing, text, is_confirmed=False))
    return sorted((date for date in dates if date.on >= on), key=lambda date: date.on)


def board_of(effort: Effort, *, on: datetime.date) -> list[BoardSeat]:
    """Who sits on the local board on the day, the chair first."""
    return [seat for seat in effort.application.board_seats.all() if seat.kind == SeatKind.BOARD and seat.holds_on(on)]
