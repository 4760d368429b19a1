"""Rent-reduction support *(huslejestøtte)*: per department an amount per m² and year, from-to.

Basis: Almenboligloven § 91 a, stk. 2, as worded since act no. 1561 of 18 December 2018, with the regulation of 11 December
2019 (in force 1 January 2020). Rule numbers and certainty (domain.md, 6 and Q6):
- R114: part of the year's frame; the ceiling is checked in `commitment` and held by the ledger [SOURCE]
- R115: for departments of the exposed area, with the same comprehensive plan and finance plan [SOURCE]
- R124: set as a yearly amount per m², as in § 96 d [SOURCE for § 96 d, INFERRED here]
- R125: nothing was found on duration and phasing out; whole months inside the plan's period is our reading [INFERRED]
- R120 gives the scale behind the plausibility question [INFERRED]
The same in every rule set.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from applications.rules.rule_sets import Rate, RuleSet, cite
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

ACT = "Almenboligloven § 91 a, stk. 2"
MONTHS_PER_YEAR = 12

PLAUSIBLE_PER_M2: Mapping[RuleSet, Rate] = MappingProxyType(
    {rule_set: Rate(Decimal(300), "R120", is_confirmed=False) for rule_set in RuleSet}
)


@dataclasses.dataclass(frozen=True)
class Line:
    """Support for one department. `is_in_case` says whether the department belongs to the case; the end is the last day."""

    department: str
    is_in_case: bool
    amount_per_m2: Decimal
    area_m2: Decimal
    start: date
    end: date


@dataclasses.dataclass(frozen=True)
class Facts:
    """The plan's period is None until the plan has one; then the lines must lie inside it."""

    rule_set: RuleSet
    lines: tuple[Line, ...]
    plan_start: date | None = None
    plan_end: date | None = None


def check(facts: Facts) -> list[Violation]:
    """Return what is wrong with the rent support applied for; no lines, nothing to say."""
    return [violation for line in facts.lines for violation in _line(line, facts)]


def yearly_amount(line: Line) -> Decimal:
    """Return a full year's support in kroner and øre: amount per m² times m² (R124)."""
    return _oere(line.amount_per_m2 * line.area_m2)


def total_amount(line: Line) -> Decimal:
    """Return the support of the whole period, by whole months, rounded once at the end.

    Errors: ValueError when the period is not made of whole months; `check` says so in words.
    """
    if not _is_whole_months(line):
        raise ValueError(f"{line.start} to {line.end} is not made of whole months")
    months = (line.end.year - line.start.year) * MONTHS_PER_YEAR + line.end.month - line.start.month + 1
    return _oere(line.amount_per_m2 * line.area_m2 * months / MONTHS_PER_YEAR)


def _oere(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _is_whole_months(line: Line) -> bool:
    return line.start.day == 1 and (line.end + timedelta(days=1)).day == 1 and line.start < line.end


def _line(line: Line, facts: Facts) -> Iterator[Violation]:
    yield from _department(line, facts)
    yield from _numbers(line, facts)
    yield from _months(line, facts)
    yield from _inside_plan(line, facts)
    yield from _plausibility(line, facts)


def _department(line: Line, facts: Facts) -> Iterator[Violation]:
    if not line.is_in_case:
        yield Violation(
            "department_not_in_case",
            gettext_noop("%(department)s er ikke med i sagen. Tilføj afdelingen til sagen, eller fjern dens huslejestøtte."),
            cite(facts.rule_set, act=ACT, numbers="R115"),
            field="department",
            params={"department": line.department},
        )


def _numbers(line: Line, facts: Facts) -> Iterator[Violation]:
    for field, value, text in (
        (
            "amount_per_m2",
            line.amount_per_m2,
            gettext_noop("Støtten til %(department)s skal være mere end 0 kr. pr. m² om året."),
        ),
        ("area_m2", line.area_m2, gettext_noop("Arealet i %(department)s skal være mere end 0 m².")),
    ):
        if value <= 0:
            yield Violation(
                f"{field}_not_positive",
                text,
                cite(facts.rule_set, act=ACT, numbers="R124"),
                field=field,
                params={"department": line.department},
                is_confirmed=False,
            )


def _months(line: Line, facts: Facts) -> Iterator[Violation]:
    basis = cite(facts.rule_set, act=ACT, numbers="R125, Q6")
    params: dict[str, str | date] = {"department": line.department, "start": line.start, "end": line.end}
    if line.end <= line.start:
        yield Violation(
            "support_ends_before_it_begins",
            gettext_noop("Støtten til %(department)s slutter %(end)s. Den skal slutte efter, at den begynder %(start)s."),
            basis,
            field="end",
            params=params,
        )
        return
    if line.start.day != 1:
        yield Violation(
            "support_starts_inside_month",
            gettext_noop("Støtten til %(department)s begynder %(start)s. Den skal begynde den 1. i en måned."),
            basis,
            field="start",
            params=params,
            is_confirmed=False,
        )
    if (line.end + timedelta(days=1)).day != 1:
        yield Violation(
            "support_ends_inside_month",
            gettext_noop("Støtten til %(department)s slutter %(end)s. Den skal slutte den sidste dag i en måned."),
            basis,
            field="end",
            params=params,
            is_confirmed=False,
        )


def _inside_plan(line: Line, facts: Facts) -> Iterator[Violation]:
    if facts.plan_start is None or facts.plan_end is None:
        return
    if line.start < facts.plan_start or line.end > facts.plan_end:
        yield Violation(
            "support_outside_plan",
            gettext_noop("Støtten til %(department)s skal ligge inden for helhedsplanen, %(plan_start)s til %(plan_end)s."),
            cite(facts.rule_set, act=ACT, numbers="R115, Q6"),
            field="start" if line.start < facts.plan_start else "end",
            params={
                "department": line.department,
                "plan_start": facts.plan_start,
                "plan_end": facts.plan_end,
            },
            is_confirmed=False,
        )


def _plausibility(line: Line, facts: Facts) -> Iterator[Violation]:
    rate = PLAUSIBLE_PER_M2[facts.rule_set]
    if line.amount_per_m2 > rate.value:
        yield Violation(
            "amount_per_m2_unusually_high",
            gettext_noop("Støtten til %(department)s er %(amount)s pr. m² om året. Det er usædvanligt at komme over %(limit)s"),
            cite(facts.rule_set, act=ACT, numbers=rate.basis),
            field="amount_per_m2",
            params={"department": line.department, "amount": kroner(line.amount_per_m2), "limit": kroner(rate.value)},
            is_blocking=False,
            is_confirmed=rate.is_confirmed,
        )
