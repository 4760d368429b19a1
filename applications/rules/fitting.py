"""What fits: cases in their order against what is left of the frame this year and, by carry-over, the next.

Basis: Almenboligloven § 91 a, stk. 1 and 2, as worded since act no. 1561 of 18 December 2018. Rule numbers and certainty
(domain.md, 2.1, 10):
- R2, C1: no more than the frame; R8, C2: no more for rent than the rent part [SOURCE] for the amounts, [INFERRED] for the checks
- R6: what is unused goes to the following year [SOURCE]; Q4: whether carried money may go on again is a decision of finance,
  so by default only a year's own money is counted as carried [INFERRED]
- G4: the year after the period has carried money alone, and no rent part [INFERRED]
- U7: nobody passes [INFERRED]. § 91 a does not say whether a smaller case may pass one that has to wait. Strict order is the
  default because it alone keeps two promises: a case never gets its money later because somebody behind it asked for less, and
  nobody gets it earlier because somebody else asks for more. `Passing.FILL_GAPS` uses more of the frame and breaks both.

A case is given whole or not at all. Its amount may be given in instalments, year by year; they fit together or wait together.
Nothing here is a commitment: the ledger decides when a case is decided (C1, C2).
"""

import dataclasses
import enum
import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

BASIS = "Almenboligloven § 91 a, stk. 1 og 2; R2, R6, R8, C1, C2"
ZERO = Decimal("0.00")
# This year and the following one: unused money goes no further without a new decision (R6, Q4).
MOST_YEARS = 2


class Passing(enum.StrEnum):
    """Whether a smaller case may pass one that has to wait."""

    STRICT = "STRICT"
    FILL_GAPS = "FILL_GAPS"


class Carrying(enum.StrEnum):
    """How much of what is left this year is counted as carried to the next (R6, Q4)."""

    NOTHING = "NOTHING"
    OWN = "OWN"
    ALL = "ALL"


class Obstacle(enum.StrEnum):
    """Why a case waits."""

    NO_FRAME = "NO_FRAME"
    FRAME = "FRAME"
    RENT = "RENT"
    IN_LINE = "IN_LINE"


PASSING_NAMES: Mapping[Passing, str] = MappingProxyType(
    {
        Passing.STRICT: gettext_noop("Ingen går forbi: den første, der ikke er plads til, stopper rækken"),
        Passing.FILL_GAPS: gettext_noop("Fyld hullerne: en mindre sag må gå forbi en, der venter"),
    }
)
CARRYING_NAMES: Mapping[Carrying, str] = MappingProxyType(
    {
        Carrying.OWN: gettext_noop("Årets egne penge overføres (uden særskilt beslutning)"),
        Carrying.ALL: gettext_noop("Alt overføres (kræver økonomis beslutning for penge, der er overført før)"),
        Carrying.NOTHING: gettext_noop("Intet overføres"),
    }
)
OBSTACLE_NAMES: Mapping[Obstacle, str] = MappingProxyType(
    {
        Obstacle.NO_FRAME: gettext_noop("der er ingen åben ramme for året"),
        Obstacle.FRAME: gettext_noop("der er ikke plads i rammen"),
        Obstacle.RENT: gettext_noop("der er ikke plads i lejedelen"),
        Obstacle.IN_LINE: gettext_noop("en sag foran venter"),
    }
)


@dataclasses.dataclass(frozen=True)
class Year:
    """What a year has left. `own` is what may at most be carried on without a decision (Q4)."""

    year: int
    free: Decimal
    rent_free: Decimal
    own: Decimal


@dataclasses.dataclass(frozen=True)
class Instalment:
    """What is given of a case in the first year (0), or so many years later."""

    social: Decimal
    rent: Decimal = ZERO
    years_later: int = 0

    @property
    def total(self) -> Decimal:
        return self.social + self.rent


@dataclasses.dataclass(frozen=True)
class Case:
    """A case that asks for money, from its year on. The number names it."""

    number: int
    year: int
    instalments: tuple[Instalment, ...]

    @property
    def total(self) -> Decimal:
        return sum((instalment.total for instalment in self.instalments), start=ZERO)


@dataclasses.dataclass(frozen=True)
class Facts:
    """The years, one after the other, and the cases in their order (`order.in_order`)."""

    years: tuple[Year, ...]
    cases: tuple[Case, ...]
    passing: Passing = Passing.STRICT
    carrying: Carrying = Carrying.OWN


@dataclasses.dataclass(frozen=True)
class Placement:
    """Where a case ends: from which year on it is given, or why it waits and how much is lacking."""

    number: int
    year: int | None
    # What is given in each year.
    given: Mapping[int, Decimal] = dataclasses.field(default_factory=dict, hash=False)
    obstacle: Obstacle | None = None
    lacking: Decimal = ZERO
    # What the line holds of each year, this case included.
    running: Mapping[int, Decimal] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def fits(self) -> bool:
        return self.year is not None


@dataclasses.dataclass(frozen=True)
class Left:
    """What a year has when all that fits is placed. `carried` is what is counted on from the year before."""

    year: int
    free: Decimal
    carried: Decimal
    placed: Decimal
    rent_placed: Decimal
    rent_free: Decimal

    @property
    def left(self) -> Decimal:
        return self.free + self.carried - self.placed

    @property
    def rent_left(self) -> Decimal:
        """What rent may still take: never more than is left of the whole (C2)."""
        return min(self.rent_free - self.rent_placed, self.left)


@dataclasses.dataclass(frozen=True)
class Plan:
    """Every case with its placement, in the order of the line, and what is left."""

    placements: tuple[Placement, ...]
    years: tuple[Left, ...]


def check(facts: Facts) -> list[Violation]:
    """Return what cannot be planned: years that do not follow each other, amounts below nothing, instalments beyond the years."""
    found = []
    years = [year.year for year in facts.years]
    if len(years) > MOST_YEARS or any(later - earlier != 1 for earlier, later in itertools.pairwise(years)):
        found.append(
            Violation(
                "years_do_not_follow",
                gettext_noop("Der kan planlægges for et år og det følgende: penge, der ikke bruges, går til året efter."),
                BASIS,
                field="year",
            )
        )
    for case in facts.cases:
        found += _wrong_with(case)
    return found


def _wrong_with(case: Case) -> Iterator[Violation]:
    params = {"number": str(case.number)}
    if any(part.social < 0 or part.rent < 0 for part in case.instalments):
        yield Violation(
            "planned_amount_negative",
            gettext_noop("Beløbet i sag %(number)s kan ikke være mindre end 0 kr."),
            BASIS,
            field="social_amount",
            params=params,
        )
    if any(not 0 <= part.years_later < MOST_YEARS for part in case.instalments):
        yield Violation(
            "instalment_too_late",
            gettext_noop("Sag %(number)s kan deles i rater over et år og det følgende, ikke længere."),
            BASIS,
            field="later_share",
            params=params,
            is_confirmed=False,
        )


def plan(facts: Facts) -> Plan:
    """Place the cases one after the other, each in the first year from its own on that has room for it.

    In strict order a year is closed to those behind once somebody could not be in it, and the line stops at the first case
    that fits nowhere.
    """
    line = _Line(facts)
    return Plan(tuple(line.place(case) for case in facts.cases), line.left())


class _Line:
    """What is placed so far."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.years = [year.year for year in facts.years]
        self.placed = dict.fromkeys(self.years, ZERO)
        self.rent = dict.fromkeys(self.years, ZERO)
        self.closed: set[int] = set()
        self.is_stopped = False

    def place(self, case: Case) -> Placement:
        """Place the case, or say why it waits."""
        if self.is_stopped:
            return self._waits(case, Obstacle.IN_LINE)
        is_strict = self.facts.passing is Passing.STRICT
        first: tuple[Obstacle, Decimal] | None = None
        for start in (year for year in self.years if year >= case.year):
            asked = {start + part.years_later: part for part in case.instalments}
            refused = self._refusal(asked)
            if refused is None:
                return self._placed(case, start, asked)
            first = first or refused
            if is_strict:
                self.closed.add(start)
        self.is_stopped = is_strict
        obstacle, lacking = first or (Obstacle.NO_FRAME, case.total)
        return self._waits(case, obstacle, lacking)

    def _placed(self, case: Case, start: int, asked: Mapping[int, Instalment]) -> Placement:
        for year, part in asked.items():
            self.placed[year] += part.total
            self.rent[year] += part.rent
        given = {year: part.total for year, part in asked.items()}
        return Placement(case.number, start, given, running=dict(self.placed))

    def _waits(self, case: Case, obstacle: Obstacle, lacking: Decimal = ZERO) -> Placement:
        return Placement(case.number, None, obstacle=obstacle, lacking=lacking, running=dict(self.placed))

    def _refusal(self, asked: Mapping[int, Instalment]) -> tuple[Obstacle, Decimal] | None:
        """What stands in the way of these instalments, and how much is lacking; None when they fit."""
        if not asked.keys() <= set(self.years):
            return Obstacle.NO_FRAME, sum((part.total for year, part in asked.items() if year not in self.years), start=ZERO)
        if self.closed & asked.keys():
            return Obstacle.IN_LINE, ZERO
        lacking_rent = sum(
            (max(ZERO, self.rent[year] + part.rent - self._rent_free(year)) for year, part in asked.items() if part.rent),
            start=ZERO,
        )
        if lacking_rent:
            return Obstacle.RENT, lacking_rent
        lacking = self._lacking({year: part.total for year, part in asked.items()})
        return (Obstacle.FRAME, lacking) if lacking else None

    def _rent_free(self, year: int) -> Decimal:
        return next(one.rent_free for one in self.facts.years if one.year == year)

    def _lacking(self, more: Mapping[int, Decimal]) -> Decimal:
        """How much the years are short of with this much more, carry-over counted."""
        return sum(
            (max(ZERO, -have_left) for _year, _carried, have_left in self._through(more)),
            start=ZERO,
        )

    def _through(self, more: Mapping[int, Decimal]) -> Iterator[tuple[Year, Decimal, Decimal]]:
        """Year by year: what is carried in, and what is left after all that is placed."""
        carried = ZERO
        for year in self.facts.years:
            have_left = year.free + carried - self.placed[year.year] - more.get(year.year, ZERO)
            yield year, carried, have_left
            carried = carried_on(year, have_left, self.facts.carrying)

    def left(self) -> tuple[Left, ...]:
        """What each year has left."""
        return tuple(
            Left(
                year=year.year,
                free=year.free,
                carried=carried,
                placed=self.placed[year.year],
                rent_placed=self.rent[year.year],
                rent_free=year.rent_free,
            )
            for year, carried, _have_left in self._through({})
        )


def carried_on(year: Year, left: Decimal, carrying: Carrying) -> Decimal:
    """How much of what a year has left is counted in the next one (R6, Q4)."""
    if carrying is Carrying.NOTHING:
        return ZERO
    most = left if carrying is Carrying.ALL else min(left, year.own)
    return max(ZERO, most)
