"""The forecast of the frame's use: what is in the pipeline, how likely each stage is thought to be, when the frame runs out.

Basis: Almenboligloven § 91 a, stk. 1. Rule numbers and certainty (domain.md, 2.1, 4.3, 4.4):
- R2, R6: frame and carry-over [SOURCE]; R68: applications are treated as they come [SOURCE, old]
- R72: from prequalification to the finished plan typically 8-14 months [SOURCE, old]; `ASSUMED` takes 12
- Q17: no deadline for the fund's answer was found; `ASSUMED` takes the fund's own target of 90 days as three months [INFERRED]
- every probability in `ASSUMED` is ours and unconfirmed: no source says how many applications end in a commitment [INFERRED].
  They are parameters of the page, and shown as assumptions.

Nothing is drawn by lot. Low counts only what is recommended or thought certain, expected counts each amount times its
probability, high counts everything; so low <= expected <= high, by arithmetic. An amount falls due in the month in which the
case is expected to be decided; what was expected before the day of the forecast falls due in the month of the forecast, and what
is expected before the first year that has an open frame waits for that year, as in the line (rules/fitting.py).
"""

import dataclasses
import enum
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from applications.rules.fitting import ZERO, Carrying, Year, carried_on
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

BASIS = "Almenboligloven § 91 a, stk. 1; R2, R6"
MONTHS_PER_YEAR = 12
LONGEST_WAIT = 60
ONE = Decimal(1)
OERE = Decimal("0.01")


class Stage(enum.StrEnum):
    """How far a case has come, as the forecast sees it."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    UNDER_ASSESSMENT = "UNDER_ASSESSMENT"
    WAITING_LIST = "WAITING_LIST"
    PREQUALIFIED = "PREQUALIFIED"
    PLAN = "PLAN"
    PLAN_SUBMITTED = "PLAN_SUBMITTED"
    RECOMMENDED = "RECOMMENDED"


STAGE_NAMES: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.DRAFT: gettext_noop("Kladder"),
        Stage.SUBMITTED: gettext_noop("Modtaget"),
        Stage.UNDER_ASSESSMENT: gettext_noop("Under vurdering"),
        Stage.WAITING_LIST: gettext_noop("På venteliste"),
        Stage.PREQUALIFIED: gettext_noop("Prækvalificeret"),
        Stage.PLAN: gettext_noop("Helhedsplan udarbejdes"),
        Stage.PLAN_SUBMITTED: gettext_noop("Helhedsplan til afgørelse"),
        Stage.RECOMMENDED: gettext_noop("Indstillet til tilsagn"),
    }
)


@dataclasses.dataclass(frozen=True)
class Assumption:
    """How likely a case of the stage is to end in a commitment, and how many months from there to the decision."""

    probability: Decimal
    months: int


ASSUMED: Mapping[Stage, Assumption] = MappingProxyType(
    {
        Stage.DRAFT: Assumption(Decimal("0.20"), 20),
        Stage.SUBMITTED: Assumption(Decimal("0.40"), 18),
        Stage.UNDER_ASSESSMENT: Assumption(Decimal("0.50"), 16),
        Stage.WAITING_LIST: Assumption(Decimal("0.60"), 16),
        Stage.PREQUALIFIED: Assumption(Decimal("0.75"), 15),
        Stage.PLAN: Assumption(Decimal("0.80"), 12),
        Stage.PLAN_SUBMITTED: Assumption(Decimal("0.90"), 3),
        Stage.RECOMMENDED: Assumption(Decimal("1.00"), 1),
    }
)


@dataclasses.dataclass(frozen=True)
class Case:
    """A case of the pipeline: its stage, since when, and what it is expected to take."""

    stage: Stage
    since: date
    amount: Decimal


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known on the day: the years, the pipeline, and what was committed in the twelve months before."""

    on: date
    years: tuple[Year, ...]
    cases: tuple[Case, ...]
    committed_last_year: Decimal
    assumed: Mapping[Stage, Assumption] = dataclasses.field(default_factory=lambda: ASSUMED, hash=False)
    carrying: Carrying = Carrying.OWN


@dataclasses.dataclass(frozen=True)
class Range:
    """What is expected to be committed: at the least, on the whole, at the most."""

    low: Decimal = ZERO
    expected: Decimal = ZERO
    high: Decimal = ZERO

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)


@dataclasses.dataclass(frozen=True)
class StageForecast:
    """The cases of a stage."""

    stage: Stage
    count: int
    range: Range
    assumption: Assumption


@dataclasses.dataclass(frozen=True)
class YearForecast:
    """What falls due in a year. `free` is what the year has left now; nothing for a year without a frame."""

    year: int
    free: Decimal | None
    range: Range


@dataclasses.dataclass(frozen=True)
class MonthForecast:
    """What falls due in a month, all up to it, and what the frames have to give up to its end when all goes as expected."""

    month: date
    due: Range
    so_far: Range
    room: Decimal


@dataclasses.dataclass(frozen=True)
class RunsOut:
    """The first month at whose end the frame is not enough; None when it lasts to the end of the years planned."""

    low: date | None
    expected: date | None
    high: date | None
    by_pace: date | None


@dataclasses.dataclass(frozen=True)
class Forecast:
    """The whole answer."""

    stages: tuple[StageForecast, ...]
    years: tuple[YearForecast, ...]
    months: tuple[MonthForecast, ...]
    total: Range
    pace: Decimal
    runs_out: RunsOut


def check(facts: Facts) -> list[Violation]:
    """Return which assumptions make no sense: a probability outside 0-100 %, or more than five years to a decision."""
    return check_assumed(facts.assumed)


def check_assumed(assumed: Mapping[Stage, Assumption]) -> list[Violation]:
    """The same of the assumptions alone: all that can be wrong with a forecast."""
    found = []
    for stage, assumption in assumed.items():
        if not 0 <= assumption.probability <= 1:
            found.append(
                Violation(
                    "probability_out_of_range",
                    gettext_noop("Sandsynligheden skal være mellem 0 og 100 %%."),
                    BASIS,
                    field=f"probability_{stage}",
                )
            )
        if not 0 <= assumption.months <= LONGEST_WAIT:
            found.append(
                Violation(
                    "months_out_of_range",
                    gettext_noop("Antallet af måneder skal være mellem 0 og 60."),
                    BASIS,
                    field=f"months_{stage}",
                )
            )
    return found


def decided_on(since: date, stage: Stage, *, on: date, assumed: Mapping[Stage, Assumption] = ASSUMED) -> date:
    """The first day of the month in which a case of the stage is expected to be decided; never before the day's own month."""
    return max(later(first_of_month(since), assumed[stage].months), first_of_month(on))


def forecast(facts: Facts) -> Forecast:
    """Count the pipeline by stage, by year and by month, and say when the frame runs out."""
    due = [(_falls_due(case, facts), _range(case, facts)) for case in facts.cases]
    months = tuple(_months(facts, due))
    pace = (facts.committed_last_year / MONTHS_PER_YEAR).quantize(OERE, rounding=ROUND_HALF_UP)
    return Forecast(
        stages=tuple(_stage(stage, facts) for stage in Stage),
        years=tuple(_years(facts, due)),
        months=months,
        total=_sum(amount for _month, amount in due),
        pace=pace,
        runs_out=RunsOut(
            low=_short_in(facts, {one.month: one.due.low for one in months}),
            expected=_short_in(facts, {one.month: one.due.expected for one in months}),
            high=_short_in(facts, {one.month: one.due.high for one in months}),
            by_pace=_short_in(facts, {one.month: pace for one in months}),
        ),
    )


def _falls_due(case: Case, facts: Facts) -> date:
    """The month of the decision; nothing can be committed before the first year that has an open frame."""
    month = decided_on(case.since, case.stage, on=facts.on, assumed=facts.assumed)
    return max(month, date(facts.years[0].year, 1, 1)) if facts.years else month


def _range(case: Case, facts: Facts) -> Range:
    probability = facts.assumed[case.stage].probability
    is_certain = case.stage is Stage.RECOMMENDED or probability == ONE
    # A recommendation thought unlikely is not counted as certain.
    low = case.amount * probability if is_certain else ZERO
    expected = (case.amount * probability).quantize(OERE, rounding=ROUND_HALF_UP)
    return Range(low.quantize(OERE, rounding=ROUND_HALF_UP), expected, case.amount)


def _stage(stage: Stage, facts: Facts) -> StageForecast:
    cases = [case for case in facts.cases if case.stage is stage]
    return StageForecast(stage, len(cases), _sum(_range(case, facts) for case in cases), facts.assumed[stage])


def _years(facts: Facts, due: list[tuple[date, Range]]) -> Iterator[YearForecast]:
    """The years planned, and any later one in which something falls due."""
    free = {year.year: year.free for year in facts.years}
    for year in sorted({*free, *(month.year for month, _amount in due)}):
        yield YearForecast(year, free.get(year), _sum(amount for month, amount in due if month.year == year))


def _months(facts: Facts, due: list[tuple[date, Range]]) -> Iterator[MonthForecast]:
    """From the month of the forecast to the end of the years planned."""
    amounts = {month: _sum(amount for falls_due, amount in due if falls_due == month) for month in _months_planned(facts)}
    rooms = _rooms(facts, {month: amount.expected for month, amount in amounts.items()})
    so_far = Range()
    for month, amount in amounts.items():
        so_far += amount
        yield MonthForecast(month, amount, so_far, rooms.get(month.year, ZERO))


def _months_planned(facts: Facts) -> list[date]:
    first = first_of_month(facts.on)
    last = max((year.year for year in facts.years), default=0)
    number = (last - first.year + 1) * MONTHS_PER_YEAR - first.month + 1
    return [later(first, months) for months in range(max(0, number))]


def _short_in(facts: Facts, due: Mapping[date, Decimal]) -> date | None:
    """The first month in which a year's money is not enough for what falls due in it.

    A year has what it has left, and what of the year before is left and counted as carried (R6).
    """
    for year, have, _used in _through(facts, due):
        left = have
        for month, amount in due.items():
            if month.year == year:
                left -= amount
                if left < 0:
                    return month
    return None


def _rooms(facts: Facts, due: Mapping[date, Decimal]) -> dict[int, Decimal]:
    """What the frames have to give up to the end of each year: what was used of those before, and what the year itself has."""
    rooms, given = {}, ZERO
    for year, have, used in _through(facts, due):
        rooms[year] = given + have
        given += min(used, have)
    return rooms


def _through(facts: Facts, due: Mapping[date, Decimal]) -> Iterator[tuple[int, Decimal, Decimal]]:
    """Year by year what it has, with what is counted as carried to it, and what falls due in it."""
    carried = ZERO
    for year in facts.years:
        have = year.free + carried
        used = sum((amount for month, amount in due.items() if month.year == year.year), start=ZERO)
        yield year.year, have, used
        carried = carried_on(year, have - used, facts.carrying)


def _sum(ranges: Iterable[Range]) -> Range:
    return sum(ranges, start=Range())


def first_of_month(day: date) -> date:
    """The month as its first day."""
    return day.replace(day=1)


def later(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    years, index = divmod(month.month - 1 + months, MONTHS_PER_YEAR)
    return date(month.year + years, index + 1, 1)
