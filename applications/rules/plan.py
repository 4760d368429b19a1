"""The comprehensive plan: its period, its effort areas, its goals.

Basis: Almenboligloven § 91 a, stk. 3 (the effort is part of a comprehensive plan), as worded since act no. 1561 of 18
December 2018, with the regulation of 11 December 2019 (in force 1 January 2020). Rule numbers and certainty (domain.md, 4.4,
5, 10):
- R77: an effort lasts 4 years [SOURCE]; G5: the last day counts, 1 January 2021 to 31 December 2024 is 4 years [INFERRED]
- R78, R79: the fund's goals and indicators are the start; goals fall inside the effort areas [SOURCE]
- that every goal has an indicator with a baseline and a target, both dated, and the target inside the period: 5.3 [INFERRED]
- that a target should point the way the indicator improves: 5.2 [INFERRED], a question and no refusal
The length of efforts under R2015 and R2011 was not found; 4 years stand in for it, unconfirmed (Q1).
"""

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from applications.rules.rule_sets import TERMS, Rate, RuleSet, Setting, cite
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

ACT = "Almenboligloven § 91 a, stk. 3"

MAXIMUM_YEARS: Mapping[RuleSet, Rate] = MappingProxyType(
    {rule_set: terms.settings[Setting.MAXIMUM_YEARS] for rule_set, terms in TERMS.items()}
)


class Direction(enum.StrEnum):
    """Which way an indicator goes when things get better."""

    UP = "UP"
    DOWN = "DOWN"


@dataclasses.dataclass(frozen=True)
class Goal:
    """A local goal *(delmål)* in an effort area. `direction` is the indicator's, None where it has none."""

    effort_area: str
    text: str
    indicator: str = ""
    direction: Direction | None = None
    baseline: Decimal | None = None
    baseline_on: date | None = None
    target: Decimal | None = None
    target_on: date | None = None


@dataclasses.dataclass(frozen=True)
class Facts:
    """`effort_areas` are codes of the rule set. The end is the last day of the effort."""

    rule_set: RuleSet
    start: date | None
    end: date | None
    effort_areas: tuple[str, ...]
    goals: tuple[Goal, ...]


def check(facts: Facts) -> list[Violation]:
    """Return what is wrong with the plan, and the targets that point the wrong way."""
    return [
        *check_period(facts),
        *_effort_areas(facts),
        *(violation for goal in facts.goals for violation in check_goal(goal, facts)),
    ]


def last_possible_day(rule_set: RuleSet, start: date) -> date:
    """Return the last day an effort beginning on `start` may have (G5): the day before it turns 4.

    From 29 February the effort turns 4 on 29 February again, or on 1 March where that year is no leap year.
    """
    year = start.year + int(MAXIMUM_YEARS[rule_set].value)
    try:
        birthday = start.replace(year=year)
    except ValueError:
        birthday = date(year, 3, 1)
    return birthday - timedelta(days=1)


def check_period(facts: Facts) -> list[Violation]:
    """Return what is wrong with start and end (R77, G5)."""
    basis = cite(facts.rule_set, act=ACT, numbers="R77, G5")
    if facts.start is None or facts.end is None:
        return [
            Violation(
                "period_missing",
                gettext_noop("Skriv, hvornår indsatsen begynder og slutter."),
                basis,
                field="start" if facts.start is None else "end",
            )
        ]
    if facts.end <= facts.start:
        return [
            Violation(
                "end_not_after_start",
                gettext_noop("Indsatsen slutter %(end)s. Slutdatoen skal ligge efter startdatoen, %(start)s."),
                basis,
                field="end",
                params={"start": facts.start, "end": facts.end},
            )
        ]
    latest = last_possible_day(facts.rule_set, facts.start)
    if facts.end <= latest:
        return []
    rate = MAXIMUM_YEARS[facts.rule_set]
    return [
        Violation(
            "period_too_long",
            gettext_noop("Indsatsen kan højst vare %(years)s år. Når den begynder %(start)s, skal den slutte senest %(latest)s."),
            basis,
            field="end",
            params={"years": str(rate.value), "start": facts.start, "latest": latest},
            is_confirmed=rate.is_confirmed,
        )
    ]


def check_goal(goal: Goal, facts: Facts) -> list[Violation]:
    """Return what is wrong with one goal of the plan: what it lacks, where it stands, when it is due, where it points."""
    return [
        *_missing_parts(goal, facts),
        *_outside_effort_areas(goal, facts),
        *_target_date(goal, facts),
        *_contradicts_direction(goal, facts),
    ]


def _effort_areas(facts: Facts) -> list[Violation]:
    terms = TERMS[facts.rule_set]
    basis = cite(facts.rule_set, act=ACT, numbers="R79")
    if not facts.effort_areas:
        return [
            Violation(
                "effort_area_missing",
                gettext_noop("Vælg mindst ét indsatsområde."),
                basis,
                field="effort_areas",
            )
        ]
    unknown = [
        Violation(
            "effort_area_unknown",
            gettext_noop("Indsatsområdet %(code)s findes ikke i reglerne for sagen. Vælg et af de %(count)s indsatsområder."),
            basis,
            field="effort_areas",
            params={"code": code, "count": str(len(terms.effort_areas))},
        )
        for code in facts.effort_areas
        if code not in terms.effort_area_codes
    ]
    with_goals = {goal.effort_area for goal in facts.goals}
    return unknown + [
        Violation(
            "effort_area_without_goal",
            gettext_noop("Indsatsområdet %(area)s har ingen mål. Tilføj mindst ét."),
            cite(facts.rule_set, act=ACT, numbers="R78, R79"),
            field="goals",
            params={"area": area.name},
        )
        for area in terms.effort_areas
        if area.code in facts.effort_areas and area.code not in with_goals
    ]


def _missing_parts(goal: Goal, facts: Facts) -> list[Violation]:
    parts = (
        ("text", not goal.text.strip(), gettext_noop("Et mål mangler sin tekst. Skriv, hvad der skal opnås.")),
        ("indicator", not goal.indicator, gettext_noop("Målet »%(goal)s« mangler en indikator. Vælg, hvad det måles på.")),
        ("baseline", goal.baseline is None, gettext_noop("Målet »%(goal)s« mangler udgangspunktet. Skriv værdien i dag.")),
        (
            "baseline_on",
            goal.baseline_on is None,
            gettext_noop("Målet »%(goal)s« mangler datoen for udgangspunktet. Skriv, hvornår værdien er målt."),
        ),
        ("target", goal.target is None, gettext_noop("Målet »%(goal)s« mangler måltallet. Skriv den værdi, I vil nå.")),
        (
            "target_on",
            goal.target_on is None,
            gettext_noop("Målet »%(goal)s« mangler datoen for måltallet. Skriv, hvornår det skal være nået."),
        ),
    )
    return [
        Violation(
            f"goal_{field}_missing",
            text,
            cite(facts.rule_set, act=ACT, numbers="R78, R79"),
            field=field,
            params={"goal": _name(goal)},
            is_confirmed=False,
        )
        for field, is_missing, text in parts
        if is_missing
    ]


def _name(goal: Goal) -> str:
    return goal.text.strip() or "…"


def _outside_effort_areas(goal: Goal, facts: Facts) -> list[Violation]:
    if goal.effort_area in facts.effort_areas:
        return []
    return [
        Violation(
            "goal_outside_effort_areas",
            gettext_noop(
                "Målet »%(goal)s« hører til et indsatsområde, som planen ikke har valgt. Vælg området, eller flyt målet."
            ),
            cite(facts.rule_set, act=ACT, numbers="R79"),
            field="effort_area",
            params={"goal": _name(goal)},
        )
    ]


def _target_date(goal: Goal, facts: Facts) -> list[Violation]:
    if goal.target_on is None or facts.start is None or facts.end is None:
        return []
    if facts.start <= goal.target_on <= facts.end:
        return []
    return [
        Violation(
            "target_outside_period",
            gettext_noop("Målet »%(goal)s« skal nås %(target_on)s. Datoen skal ligge mellem %(start)s og %(end)s."),
            cite(facts.rule_set, act=ACT, numbers="R79"),
            field="target_on",
            params={
                "goal": _name(goal),
                "target_on": goal.target_on,
                "start": facts.start,
                "end": facts.end,
            },
            is_confirmed=False,
        )
    ]


def _contradicts_direction(goal: Goal, facts: Facts) -> list[Violation]:
    if goal.baseline is None or goal.target is None:
        return []
    if goal.direction is Direction.UP and goal.target < goal.baseline:
        text = gettext_noop(
            "Målet »%(goal)s« vil have indikatoren til at falde. Den bliver bedre, når den stiger. Er det meningen?"
        )
    elif goal.direction is Direction.DOWN and goal.target > goal.baseline:
        text = gettext_noop(
            "Målet »%(goal)s« vil have indikatoren til at stige. Den bliver bedre, når den falder. Er det meningen?"
        )
    else:
        return []
    return [
        Violation(
            "target_contradicts_direction",
            text,
            cite(facts.rule_set, act=ACT, numbers="R78, Q2"),
            field="target",
            params={"goal": _name(goal)},
            is_blocking=False,
            is_confirmed=False,
        )
    ]
