"""Several commitments decided together: what they take of each year's frame, in their order, and which do not fit.

Basis: Almenboligloven § 91 a, stk. 1 and 2, as worded since act no. 1561 of 18 December 2018. Rule numbers and certainty
(domain.md, 2.1, 10): R2, R6, R8: frame, carry-over, rent ceiling [SOURCE]; C1, C2: sums of a year against both [INFERRED].
That cases decided together are given all or none is ours [INFERRED]: who decides them has weighed them against each other.
A case that does not fit is passed over when the next one is asked, so that those named are the ones to leave out.
The ledger, which locks the year's row, has the last word; here its answer is foretold and explained. The same in every rule set.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from decimal import Decimal

from applications.rules.commitment import Frame
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

BASIS = "Almenboligloven § 91 a, stk. 1 og 2; R2, R6, R8, C1, C2"
ZERO = Decimal("0.00")


@dataclasses.dataclass(frozen=True)
class Case:
    """What a case would take of a year. The number names it."""

    number: int
    year: int
    social: Decimal
    rent: Decimal
    # Something else than room stands in its way, so it takes none.
    is_blocked: bool = False

    @property
    def total(self) -> Decimal:
        return self.social + self.rent


@dataclasses.dataclass(frozen=True)
class Facts:
    """The frames as they stand before any of the cases, by year, and the cases in their order."""

    frames: Mapping[int, Frame]
    cases: tuple[Case, ...]


@dataclasses.dataclass(frozen=True)
class Step:
    """A case in its turn: whether there is room, and what the year has left afterwards (what it had, where there is none).

    A case that is blocked by something else is not said to lack room.
    """

    number: int
    fits: bool
    left: Decimal
    rent_left: Decimal


@dataclasses.dataclass(frozen=True)
class Year:
    """What the cases ask of a year, and what it would have left with all of them; negative when they do not all fit."""

    year: int
    frame: Frame | None
    count: int
    social: Decimal
    rent: Decimal
    without_room: tuple[int, ...]

    @property
    def total(self) -> Decimal:
        return self.social + self.rent

    @property
    def before(self) -> Decimal:
        return self.frame.remaining if self.frame else ZERO

    @property
    def rent_before(self) -> Decimal:
        return self.frame.rent_remaining if self.frame else ZERO

    @property
    def left(self) -> Decimal:
        return self.before - self.total

    @property
    def rent_left(self) -> Decimal:
        """What rent could still take: neither ceiling may be exceeded."""
        if self.frame is None:
            return -self.rent
        return min(self.frame.rent_ceiling - self.frame.rent_committed - self.rent, self.left)


def steps(facts: Facts) -> list[Step]:
    """Every case in its turn."""
    frames = dict(facts.frames)
    return [_step(case, frames) for case in facts.cases]


def _step(case: Case, frames: dict[int, Frame]) -> Step:
    frame = frames.get(case.year)
    if frame is None:
        return Step(case.number, fits=False, left=ZERO, rent_left=ZERO)
    if case.is_blocked:
        return Step(case.number, fits=True, left=frame.remaining, rent_left=frame.rent_remaining)
    fits = frame.is_open and case.total <= frame.remaining and case.rent <= max(frame.rent_remaining, ZERO)
    if fits:
        committed, rent_committed = frame.committed + case.total, frame.rent_committed + case.rent
        frames[case.year] = frame = dataclasses.replace(frame, committed=committed, rent_committed=rent_committed)
    return Step(case.number, fits, frame.remaining, frame.rent_remaining)


def years(facts: Facts) -> list[Year]:
    """What is asked of each year, oldest first."""
    without_room = {step.number for step in steps(facts) if not step.fits}
    return [_year(year, facts, without_room) for year in sorted({case.year for case in facts.cases})]


def _year(year: int, facts: Facts, without_room: set[int]) -> Year:
    cases = [case for case in facts.cases if case.year == year]
    return Year(
        year=year,
        frame=facts.frames.get(year),
        count=len(cases),
        social=sum((case.social for case in cases), start=ZERO),
        rent=sum((case.rent for case in cases), start=ZERO),
        without_room=tuple(case.number for case in cases if case.number in without_room),
    )


def check(facts: Facts) -> list[Violation]:
    """Return for each year that has no room for all what is left, what they ask, and which cases do not fit."""
    return [violation for year in years(facts) for violation in _room(year)]


def _room(year: Year) -> Iterator[Violation]:
    if not year.without_room:
        return
    yield Violation(
        "not_all_fit",
        gettext_noop(
            "I rammen for %(year)s er der %(before)s tilbage, heraf %(rent_before)s til husleje. De valgte sager er på "
            "%(total)s, heraf %(rent)s til husleje. Der er ikke plads til: %(cases)s."
        ),
        BASIS,
        params={
            "year": str(year.year),
            "before": kroner(year.before),
            "rent_before": kroner(year.rent_before),
            "total": kroner(year.total),
            "rent": kroner(year.rent),
            "cases": ", ".join(str(number) for number in year.without_room),
        },
    )
