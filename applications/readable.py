"""Sections as people read them: values with names, sums and groups.

Takes the plain values of `sections` and the stored content of an agreement alike (there dates and amounts are text), so a
case's answers, what somebody else saved in between, and a signed agreement are shown by the same templates.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import KEY_FIGURES, SeatKind
from applications.rules import cofinancing, rent_support
from applications.rules.prequalification import PROBLEM_NAMES, Problem
from applications.rules.rule_sets import TERMS, EffortArea, RuleSet
from applications.sections import Values
from lbf_portal.lib.refusals import Violation

TENTH_OF_PERCENT = Decimal("0.001")
# As the columns of `DepartmentFigures` are called where people fill them in and read them.
KEY_FIGURE_NAMES = {
    "outside_labour_market_pct": _("Uden for arbejdsmarkedet"),
    "convicted_pct": _("Dømte"),
    "basic_school_only_pct": _("Kun grundskole"),
    "income_pct_of_region": _("Indkomst i forhold til regionen"),
    "non_western_pct": _("Fra ikkevestlige lande"),
}


def _day(value: datetime.date | str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def _amount(value: Decimal | str | None) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Basics:
    """Name, housing organisations taking part, and the start."""

    title: str
    participants: list[str]
    expected_start_on: datetime.date | None


def _basics(values: Values, _rule_set: RuleSet) -> Basics:
    return Basics(values["title"], values["participants"], _day(values["expected_start_on"]))


@dataclass(frozen=True)
class Department:
    """A department taking part; a connected one with its reason."""

    name: str
    is_connected: bool
    reason: str
    # What the register said on the day the applicant went through it; nothing in agreements, and before that.
    master_data: Values | None = None
    master_data_on: datetime.date | None = None
    correction: str = ""

    @property
    def floor_area_m2(self) -> Decimal | None:
        """As a number again."""
        return _amount(self.master_data["floor_area_m2"]) if self.master_data else None

    @property
    def residents_on(self) -> datetime.date | None:
        """The day of the count."""
        return _day(self.master_data["residents_on"]) if self.master_data else None


def _departments(values: Values, _rule_set: RuleSet) -> list[Department]:
    return [
        Department(
            row["department"],
            row["is_connected"],
            row["connection_reason"],
            row.get("master_data"),
            _day(row.get("master_data_on")),
            row.get("correction", ""),
        )
        for row in values["departments"]
    ]


@dataclass(frozen=True)
class ProblemFigure:
    """A problem by name with the figure that shows it, as far as one is stated."""

    name: str
    value: Decimal | None = None
    unit: str = ""
    year: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Challenges:
    """Problems by name, each with its figure, and the two texts."""

    problems: list[str]
    figures: list[ProblemFigure]
    challenges: str
    coordination: str


def _challenges(values: Values, _rule_set: RuleSet) -> Challenges:
    stated = {row["problem"]: row for row in values.get("figures", ())}
    figures = [_problem_figure(problem, stated.get(problem, {})) for problem in values["problem_types"]]
    return Challenges([figure.name for figure in figures], figures, values["challenges"], values["coordination"])


def _problem_figure(problem: str, row: Values) -> ProblemFigure:
    return ProblemFigure(
        name=gettext(PROBLEM_NAMES[Problem(problem)]),
        value=_amount(row.get("value")),
        unit=row.get("unit", ""),
        year=row.get("year"),
        source=row.get("source", ""),
    )


@dataclass(frozen=True)
class KeyFigures:
    """A department's key figures by name, or why they are not there."""

    department: str
    year: int | None
    shares: list[tuple[str, Decimal | None]]
    absence: str


def _figures(values: Values, _rule_set: RuleSet) -> list[KeyFigures]:
    return [
        KeyFigures(
            department=row["department"],
            year=row["year"],
            shares=[(str(KEY_FIGURE_NAMES[name]), _amount(row[name])) for name in KEY_FIGURES],
            absence=row["absence"],
        )
        for row in values["departments"]
    ]


@dataclass(frozen=True)
class BudgetLine:
    """A contribution, and whether it counts as local co-financing."""

    source: str
    kind: str
    amount: Decimal
    is_local: bool
    note: str


@dataclass(frozen=True)
class Budget:
    """What the effort costs, who pays, and what the rule says to it (C11)."""

    lines: list[BudgetLine]
    facts: cofinancing.Facts
    violations: list[Violation]

    @property
    def total(self) -> Decimal | None:
        """The whole budget; None while it is not entered."""
        return self.facts.total or None

    @property
    def missing(self) -> Decimal:
        """What nobody pays yet; negative when more is promised than needed."""
        return self.facts.total - self.facts.financed

    @property
    def local_share(self) -> Decimal | None:
        """The local part of the budget, as a fraction; told a little too low rather than as the 25 % it is not."""
        share = cofinancing.share(self.facts)
        return None if share is None else share.quantize(TENTH_OF_PERCENT, rounding=ROUND_FLOOR)

    @property
    def fund_share(self) -> Decimal | None:
        """The fund's part of the budget, as a fraction; told a little too high rather than as the 75 % it is not."""
        if not self.facts.total:
            return None
        return (self.facts.fund / self.facts.total).quantize(TENTH_OF_PERCENT, rounding=ROUND_CEILING)


def _budget(values: Values, rule_set: RuleSet) -> Budget:
    contributions = [
        cofinancing.Contribution(
            source=cofinancing.Source(line["source"]),
            amount=_amount(line["amount"]) or Decimal(0),
            kind=cofinancing.Kind(line["kind"]),
            accepted_as_local=line["accepted_as_local"],
        )
        for line in values["lines"]
    ]
    facts = cofinancing.Facts(rule_set, _amount(values["total_budget"]) or Decimal(0), tuple(contributions))
    lines = [
        BudgetLine(
            source=gettext(cofinancing.SOURCE_NAMES[contribution.source]),
            kind=gettext(cofinancing.KIND_NAMES[contribution.kind]),
            amount=contribution.amount,
            is_local=contribution.is_local,
            note=line["note"],
        )
        for line, contribution in zip(values["lines"], contributions, strict=True)
    ]
    return Budget(lines, facts, cofinancing.check(facts))


@dataclass(frozen=True)
class RentLine:
    """Rent reduction for a department; without a total while the period is not made of whole months."""

    department: str
    amount_per_m2: Decimal
    area_m2: Decimal
    starts_on: datetime.date
    ends_on: datetime.date
    yearly: Decimal
    total: Decimal | None


@dataclass(frozen=True)
class Rent:
    """Rent reduction asked for, with its sums."""

    is_wanted: bool
    lines: list[RentLine]

    @property
    def yearly(self) -> Decimal:
        """All departments, a full year."""
        return sum((line.yearly for line in self.lines), start=Decimal(0))

    @property
    def total(self) -> Decimal | None:
        """All departments, the whole period; None while one of them has none."""
        totals = [line.total for line in self.lines]
        return None if None in totals else sum((total for total in totals if total is not None), start=Decimal(0))


def _rent(values: Values, _rule_set: RuleSet) -> Rent:
    return Rent(values["wants_rent_support"], [_rent_line(line) for line in values["lines"]])


def _rent_line(values: Values) -> RentLine:
    starts_on, ends_on = _day(values["starts_on"]), _day(values["ends_on"])
    assert starts_on is not None
    assert ends_on is not None
    line = rent_support.Line(
        department=values["department"],
        is_in_case=True,
        amount_per_m2=_amount(values["amount_per_m2"]) or Decimal(0),
        area_m2=_amount(values["area_m2"]) or Decimal(0),
        start=starts_on,
        end=ends_on,
    )
    try:
        total = rent_support.total_amount(line)
    except ValueError:  # not whole months: the rule says so in words
        total = None
    return RentLine(
        department=line.department,
        amount_per_m2=line.amount_per_m2,
        area_m2=line.area_m2,
        starts_on=line.start,
        ends_on=line.end,
        yearly=rent_support.yearly_amount(line),
        total=total,
    )


@dataclass(frozen=True)
class ChosenArea:
    """An effort area by name, with the goal that the fund has fixed for it."""

    code: str
    name: str
    goal: str


@dataclass(frozen=True)
class Plan:
    """Period, effort areas, summary."""

    starts_on: datetime.date | None
    ends_on: datetime.date | None
    summary: str
    effort_areas: list[ChosenArea]


def chosen_area(code: str, rule_set: RuleSet) -> ChosenArea:
    """The effort area by its code; a code of another rule set stands for itself."""
    areas = {area.code: area for area in TERMS[rule_set].effort_areas}
    area = areas.get(code, EffortArea(code, code))
    return ChosenArea(code, gettext(area.name), gettext(area.goal) if area.goal else "")


def _plan(values: Values, rule_set: RuleSet) -> Plan:
    areas = [chosen_area(code, rule_set) for code in values["effort_areas"]]
    return Plan(_day(values["starts_on"]), _day(values["ends_on"]), values["summary"], areas)


@dataclass(frozen=True)
class Goal:
    """A local sub-goal with where it starts and where it shall be."""

    indicator: str
    unit: str
    sub_goal: str
    responsible_party: str
    baseline_value: Decimal | None
    baseline_on: datetime.date | None
    target_value: Decimal | None
    target_on: datetime.date | None


@dataclass(frozen=True)
class GoalsOfArea:
    """The goals of one effort area."""

    area: ChosenArea
    goals: list[Goal]


def _goals(values: Values, rule_set: RuleSet) -> list[GoalsOfArea]:
    grouped: dict[str, list[Goal]] = {area.code: [] for area in TERMS[rule_set].effort_areas}
    for row in values["goals"]:
        grouped.setdefault(row["effort_area"], []).append(
            Goal(
                indicator=row["indicator_name"],
                unit=row["unit"],
                sub_goal=row["sub_goal"],
                responsible_party=row["responsible_party"],
                baseline_value=_amount(row["baseline_value"]),
                baseline_on=_day(row["baseline_on"]),
                target_value=_amount(row["target_value"]),
                target_on=_day(row["target_on"]),
            )
        )
    return [GoalsOfArea(chosen_area(code, rule_set), goals) for code, goals in grouped.items() if goals]


@dataclass(frozen=True)
class Seat:
    """A seat on the board or a place in the secretariat."""

    kind: str
    name: str
    title: str
    organisation: str
    is_chair: bool
    valid_from: datetime.date | None
    valid_to: datetime.date | None


def _board(values: Values, _rule_set: RuleSet) -> list[Seat]:
    return [
        Seat(
            kind=str(SeatKind(row["kind"]).label),
            name=row["name"],
            title=row["title"],
            organisation=row["organisation"],
            is_chair=row["is_chair"],
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )
        for row in values["seats"]
    ]


READERS: dict[str, Callable[[Values, RuleSet], Any]] = {
    "basics": _basics,
    "departments": _departments,
    "challenges": _challenges,
    "figures": _figures,
    "budget": _budget,
    "rent": _rent,
    "plan": _plan,
    "goals": _goals,
    "board": _board,
}


def readable(section: str, values: Values, rule_set: str) -> Any:
    """What a section holds, as `templates/applications/answers/<section>.html` shows it.

    Errors: KeyError for an unknown section.
    """
    return READERS[section](values, RuleSet(rule_set))
