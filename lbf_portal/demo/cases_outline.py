"""Which cases the demo has: how many end where, in which year, on which estates, for how much money.

The volumes are those of domain.md 8.1: some 14 new efforts a year at about 10 mio. each for the social part, four departments
a case, areas of § 61 a first. The amounts of a year add up to what its frame can hold (R2, R6, R8).
"""

from __future__ import annotations

import datetime
import enum
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from lbf_portal.demo import people, values
from lbf_portal.demo.values import MIO
from lbf_portal.demo.world import Site, World

CASES = 200
FIRST_YEAR, LAST_YEAR = 2019, 2026
# The regulation of 11 December 2019 is in force from here (R49): a case of 2019 is over by then, so that no case changes rules.
NEW_REGULATION = datetime.date(2020, 1, 1)
# After this day nobody applies within the grant period any more (R20); efforts run on.
LAST_DAY = datetime.date(2026, 12, 20)


class Milestone(float, enum.Enum):
    """Steps of a case, each at its share of the time between the first line and the commitment."""

    CREATED = 0.0
    FILLED = 0.02
    SUBMITTED = 0.05
    ASSESSMENT = 0.10
    ASKED = 0.13
    ANSWERED = 0.18
    HEARD = 0.20
    REPLIED = 0.22
    RESUMED = 0.24
    WAITING = 0.25
    PREQUALIFIED = 0.34
    PLAN_STARTED = 0.37
    PLAN_WRITTEN = 0.52
    GOALS = 0.58
    BOARD = 0.66
    SENT = 0.72
    RECALLED = 0.74
    SENT_AGAIN = 0.78
    SIGNED = 0.80
    COSIGNED = 0.84
    RETURNED = 0.88
    CORRECTED = 0.91
    SIGNED_AGAIN = 0.92
    COSIGNED_AGAIN = 0.94
    RECOMMENDED = 0.97
    COMMITTED = 1.0


class Twist(enum.Enum):
    """What happens in some cases only."""

    ASKED = enum.auto()
    HEARD = enum.auto()
    WAITING = enum.auto()
    RECALLED = enum.auto()
    RETURNED = enum.auto()
    PLAN_HEARD = enum.auto()


class Ending(enum.Enum):
    """How a case ends that does not stop where it stands and gets no commitment."""

    NONE = enum.auto()
    REFUSED = enum.auto()
    WITHDRAWN = enum.auto()
    LAPSED = enum.auto()


class Effort(enum.Enum):
    """What becomes of a committed effort where the calendar alone does not decide."""

    BY_CALENDAR = enum.auto()
    CHANGE_PENDING = enum.auto()
    EXTENDED = enum.auto()
    STILL_CLOSING = enum.auto()
    REVOKED = enum.auto()
    REVOKED_AND_CLOSED = enum.auto()


@dataclass(frozen=True)
class Wanted:
    """A case that the demo shall have. `year` is the commitment's; other cases are dated by the age of their last step."""

    reaches: Milestone
    ending: Ending = Ending.NONE
    twists: frozenset[Twist] = frozenset()
    effort: Effort = Effort.BY_CALENDAR
    year: int | None = None
    # Where in the year the commitment falls, 0 to 1; spread evenly when it does not matter.
    moment: float | None = None
    age: int | None = None
    # The area's key and the housing organisation's name.
    site: tuple[str, str] | None = None
    has_visitor_on_board: bool = False

    @property
    def is_committed(self) -> bool:
        return self.reaches is Milestone.COMMITTED


@dataclass(frozen=True)
class Plot:
    """A case as it shall be played."""

    number: int
    wanted: Wanted
    site: Site
    title: str
    created_on: datetime.date
    decided_on: datetime.date
    department_count: int
    social: Decimal
    rent: Decimal

    @property
    def luck(self) -> random.Random:
        """The case's own dice, thrown anew each time it is asked for."""
        return values.dice("case", self.number)

    @property
    def starts_on(self) -> datetime.date:
        """Efforts start on the first of a month, two months or more after the commitment; in autumn with the new year."""
        return start_after(self.decided_on)

    @property
    def ends_on(self) -> datetime.date:
        """Four years, the last day included (G5)."""
        return self.starts_on.replace(year=self.starts_on.year + 4) - datetime.timedelta(days=1)

    @property
    def occupies(self) -> tuple[datetime.date, datetime.date]:
        """The days on which the site can have no other effort."""
        if self.wanted.is_committed and self.wanted.effort is not Effort.REVOKED:
            return self.starts_on, self.ends_on
        return self.created_on, self.decided_on


def start_after(decided_on: datetime.date) -> datetime.date:
    """The first day of an effort that gets its commitment on the day."""
    autumn = 9
    if decided_on.month >= autumn:
        return values.new_year(decided_on.year + 1)
    return datetime.date(decided_on.year, decided_on.month + 2, 1)


# What the demo shall have

M, T, E = Milestone, Twist, Effort
BRABRAND, NEIGHBOUR = people.HOUSING.name, people.SECOND_HOUSING.name

# Everybody finds something to do at the first sign-in.
FOR_VISITORS = (
    # The applicant: an effort that runs and is measured, its successor in plan, a draft, and an effort that is over.
    Wanted(M.COMMITTED, year=2022, moment=0.75, site=("gellerupparken-toveshoej", BRABRAND), has_visitor_on_board=True),
    Wanted(M.GOALS, age=6, site=("gellerupparken-toveshoej", BRABRAND)),
    Wanted(M.FILLED, age=3, site=("skovgaardsparken", BRABRAND)),
    Wanted(M.COMMITTED, year=2019, moment=0.6, site=("skovgaardsparken", BRABRAND)),
    # The municipality: an agreement that the neighbour has signed. The signatory: one that nobody has signed.
    Wanted(M.SIGNED, age=4, site=("bispehaven", NEIGHBOUR)),
    Wanted(M.SENT, age=2, site=("trigeparken", BRABRAND)),
    # The applicant of another organisation, and the person in two.
    Wanted(M.ASKED, twists=frozenset({T.ASKED}), age=9, site=("trigeparken", NEIGHBOUR)),
    Wanted(M.COMMITTED, year=2022, moment=0.9, site=("bispehaven", NEIGHBOUR), has_visitor_on_board=True),
    # The director.
    Wanted(M.RECOMMENDED, age=1),
    Wanted(M.RECOMMENDED, age=5),
)
# One of each state that the visitors' cases leave out.
ONE_OF_EACH = (
    Wanted(M.CREATED, age=1),
    Wanted(M.SUBMITTED, age=1),
    Wanted(M.ASSESSMENT, age=12),
    Wanted(M.WAITING, twists=frozenset({T.WAITING}), age=60),
    Wanted(M.HEARD, twists=frozenset({T.HEARD}), age=8),
    Wanted(M.REPLIED, ending=Ending.REFUSED, twists=frozenset({T.HEARD}), age=300),
    Wanted(M.PREQUALIFIED, age=14),
    Wanted(M.COSIGNED, age=3),
    Wanted(M.RETURNED, twists=frozenset({T.RETURNED}), age=11),
    Wanted(M.RETURNED, twists=frozenset({T.PLAN_HEARD}), age=7),
    Wanted(M.ASSESSMENT, ending=Ending.WITHDRAWN, age=500),
    Wanted(M.PREQUALIFIED, ending=Ending.LAPSED, age=400),
    Wanted(M.COMMITTED, year=2026, moment=0.97),
    Wanted(M.COMMITTED, year=2024, moment=0.5, effort=E.CHANGE_PENDING),
    Wanted(M.COMMITTED, year=2021, moment=0.95, effort=E.EXTENDED),
    Wanted(M.COMMITTED, year=2022, moment=0.1, effort=E.STILL_CLOSING),
    Wanted(M.COMMITTED, year=2023, moment=0.6, effort=E.REVOKED),
)


def _others() -> list[Wanted]:
    """The rest of the two hundred."""
    heard, asked, waiting = frozenset({T.HEARD}), frozenset({T.ASKED}), frozenset({T.WAITING})
    plan_heard, returned = frozenset({T.PLAN_HEARD}), frozenset({T.RETURNED})
    open_cases = [
        *(
            Wanted(reaches, age=age)
            for reaches, age in ((M.CREATED, 20), (M.FILLED, 9), (M.FILLED, 33), (M.FILLED, 61), (M.CREATED, 47))
        ),
        *(Wanted(M.SUBMITTED, age=age) for age in (3, 8, 15, 27, 44, 71)),
        *(Wanted(M.ASSESSMENT, age=age) for age in (2, 5, 21, 38, 66)),
        *(Wanted(M.ASKED, twists=asked, age=age) for age in (4, 17, 35)),
        *(Wanted(M.WAITING, twists=waiting, age=age) for age in (25, 90, 140)),
        *(Wanted(M.HEARD, twists=heard, age=age) for age in (3, 19)),
        *(Wanted(M.PREQUALIFIED, age=age) for age in (4, 31, 75)),
        *(Wanted(M.PLAN_STARTED, age=age) for age in (10, 40)),
        *(Wanted(M.PLAN_WRITTEN, age=age) for age in (18, 55)),
        *(Wanted(M.BOARD, age=age) for age in (6, 22)),
        *(Wanted(M.SENT, age=age) for age in (9, 16)),
        *(Wanted(M.COSIGNED, age=age) for age in (8, 24)),
        Wanted(M.RETURNED, twists=returned, age=30),
        Wanted(M.RETURNED, twists=plan_heard, age=20),
    ]
    ended = [
        *(
            Wanted(M.REPLIED, ending=Ending.REFUSED, twists=heard, age=age)
            for age in (120, 480, 760, 990, 1240, 1500, 1830, 2050, 2200)
        ),
        *(Wanted(M.RETURNED, ending=Ending.REFUSED, twists=plan_heard, age=age) for age in (210, 1120)),
        *(
            Wanted(reaches, ending=Ending.WITHDRAWN, age=age)
            for reaches, age in ((M.FILLED, 90), (M.SUBMITTED, 700), (M.GOALS, 950), (M.SENT, 1400), (M.SUBMITTED, 1900))
        ),
        Wanted(M.ASKED, ending=Ending.LAPSED, twists=asked, age=260),
        *(
            Wanted(reaches, ending=Ending.LAPSED, age=age)
            for reaches, age in ((M.GOALS, 850), (M.SENT, 1300), (M.PREQUALIFIED, 1750))
        ),
    ]
    special = {
        2020: [Wanted(M.COMMITTED, year=2020, effort=E.REVOKED_AND_CLOSED)],
        2021: [Wanted(M.COMMITTED, year=2021, moment=moment, effort=E.EXTENDED) for moment in (0.85, 0.99)],
        2023: [Wanted(M.COMMITTED, year=2023, effort=E.CHANGE_PENDING)],
        2025: [Wanted(M.COMMITTED, year=2025, moment=0.2, effort=E.CHANGE_PENDING)],
    }
    committed = []
    for year, target in TARGETS.items():
        listed = sum(wanted.year == year for wanted in (*FOR_VISITORS, *ONE_OF_EACH))
        own = special.get(year, [])
        committed += own + [Wanted(M.COMMITTED, year=year)] * (target.cases - listed - len(own))
    rest = [*open_cases, *ended, *committed]
    values.dice("order of the rest").shuffle(rest)
    return rest


@dataclass(frozen=True)
class Target:
    """A year of the frame: how many commitments, and how much for social efforts and rent, in mio."""

    cases: int
    social: int
    rent: int


# With what is carried over, each year uses most of what it has; 2026 keeps about 100 mio. for newcomers.
TARGETS = {
    2019: Target(14, 142, 170),
    2020: Target(17, 172, 232),
    2021: Target(16, 163, 224),
    2022: Target(16, 160, 218),
    2023: Target(16, 156, 218),
    2024: Target(15, 157, 212),
    2025: Target(16, 160, 226),
    2026: Target(12, 127, 164),
}


def wanted_cases(cases: int) -> list[Wanted]:
    """The first so many of them: the visitors' own, then one of each, then the rest."""
    return [*FOR_VISITORS, *ONE_OF_EACH, *_others()][:cases]


FEWEST = len(FOR_VISITORS) + len(ONE_OF_EACH)


# When


@dataclass(frozen=True)
class _Dated:
    wanted: Wanted
    created_on: datetime.date
    decided_on: datetime.date


def _in_the_year(year: int, moment: float, last_day: datetime.date) -> datetime.date:
    """A day for a commitment: not in the first months, in which the frame is opened and nobody is ready yet."""
    first = {2019: datetime.date(2019, 6, 3), 2020: datetime.date(2020, 8, 24)}.get(year, datetime.date(year, 2, 15))
    last = min(datetime.date(year, 12, 17), last_day - datetime.timedelta(days=8))
    return first + (last - first) * moment


def _dated(wanted: Sequence[Wanted], last_day: datetime.date) -> list[_Dated]:
    dated = []
    by_year: dict[int | None, list[Wanted]] = defaultdict(list)
    for one in wanted:
        by_year[one.year].append(one)
    for number, one in enumerate(by_year.pop(None, [])):
        luck = values.dice("dates", number)
        length = datetime.timedelta(days=luck.randint(340, 460))
        last_step = last_day - datetime.timedelta(days=one.age or luck.randint(2, 80))
        created_on = last_step - length * float(one.reaches)
        dated.append(_Dated(one, created_on, created_on + length))
    for year, of_year in sorted(by_year.items(), key=lambda item: item[0] or 0):
        assert year is not None
        for number, one in enumerate(of_year):
            luck = values.dice("dates", year, number)
            moment = one.moment if one.moment is not None else (number + luck.random()) / len(of_year)
            decided_on = _in_the_year(year, moment, last_day)
            created_on = decided_on - datetime.timedelta(days=luck.randint(270, 430))
            earliest = datetime.date(2019, 1, 7) if year == FIRST_YEAR else NEW_REGULATION
            created_on = max(created_on, earliest + datetime.timedelta(days=luck.randint(1, 55)))
            dated.append(_Dated(one, created_on, decided_on))
    return sorted(dated, key=lambda one: (one.created_on, one.decided_on))


# Where


@dataclass
class _Occupied:
    """What is already going on at a site."""

    plots: list[Plot] = field(default_factory=list)

    def burden(self, plot: Plot) -> int:
        """How badly a further case fits: two efforts at once are worst, then an application long before the old one ends."""
        burden = 3 * len(self.plots)
        for other in self.plots:
            if _overlap(plot.occupies, other.occupies):
                burden += 100
            elif _overlap((plot.created_on, plot.decided_on), (other.created_on, other.decided_on)):
                burden += 40
        return burden


def _overlap(one: tuple[datetime.date, datetime.date], other: tuple[datetime.date, datetime.date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def outline(world: World, *, cases: int) -> list[Plot]:
    """The plots in the order in which their cases are begun."""
    last_day = min(world.today, LAST_DAY)
    dated = _dated(wanted_cases(cases), last_day)
    occupied: dict[Site, _Occupied] = {site: _Occupied() for site in world.sites}
    plots: dict[int, Plot] = {}
    # The visitors' sites are given; the others take what is free.
    for number, one in sorted(enumerate(dated), key=lambda item: (item[1].wanted.site is None, item[0])):
        plot = _placed(number, one, world, occupied)
        occupied[plot.site].plots.append(plot)
        plots[number] = plot
    return _with_amounts([plots[number] for number in sorted(plots)])


def _placed(number: int, one: _Dated, world: World, occupied: dict[Site, _Occupied]) -> Plot:
    luck = values.dice("place", number)
    count = luck.choice((1, 2, 3, 4, 4, 4, 5, 5, 6, 6))
    blank = Plot(number, one.wanted, world.sites[0], "", one.created_on, one.decided_on, count, MIO, Decimal(0))
    if one.wanted.site:
        site = world.site(*one.wanted.site)
    else:
        site = min(world.sites, key=lambda site: occupied[site].burden(blank) - _fortune(site, blank, luck))
    used = {plot.title for plot in occupied[site].plots}
    free = [title for title in (title.format(area=site.area.name) for title in values.TITLES) if title not in used]
    return replace(blank, site=site, title=luck.choice(free))


def _fortune(site: Site, plot: Plot, luck: random.Random) -> float:
    """Areas of § 61 a on the list of the day come first (R53); for the rest any site is as good as another."""
    return luck.random() * 4 + (20 if plot.wanted.is_committed and site.has_priority(plot.decided_on) else 0)


# How much


def _with_amounts(plots: Sequence[Plot]) -> list[Plot]:
    """The committed cases of a year share its target, the others ask for what is usual."""
    amounts: dict[int, tuple[Decimal, Decimal]] = {}
    for year, target in TARGETS.items():
        of_year = [plot for plot in plots if plot.wanted.year == year]
        # A small world uses a small part of the frame.
        part = Decimal(len(of_year)) / target.cases
        social = _shares(target.social * MIO * part, of_year, lambda plot, luck: 5 + plot.department_count + luck.random() * 5)
        rent = _shares(target.rent * MIO * part, of_year, _rent_weight)
        amounts |= {plot.number: (social[plot.number], rent[plot.number]) for plot in of_year}
    return [replace(plot, social=social, rent=rent) for plot in plots for social, rent in [_amounts(plot, amounts)]]


def _amounts(plot: Plot, of_committed: dict[int, tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    if plot.number in of_committed:
        return of_committed[plot.number]
    luck = values.dice("amounts", plot.number)
    social = values.rounded(Decimal(luck.randint(55, 105)) * MIO / 10, 50 * values.THOUSAND)
    rent = plot.department_count * Decimal(luck.randint(12, 26)) * MIO / 10 if values.happens(0.5, luck) else Decimal(0)
    return social, rent


def _rent_weight(plot: Plot, luck: random.Random) -> float:
    """Three cases of four ask for rent support as well; the more departments, the more."""
    return plot.department_count * (0.8 + luck.random() * 0.4) if values.happens(0.75, luck) else 0.0


def _shares(total: Decimal, plots: Sequence[Plot], weigh: Callable[[Plot, random.Random], float]) -> dict[int, Decimal]:
    weights = {plot.number: Decimal(str(round(weigh(plot, values.dice("weight", plot.number)), 4))) for plot in plots}
    whole = sum(weights.values(), start=Decimal(0))
    if not whole:
        return dict.fromkeys(weights, Decimal(0))
    return {
        number: values.rounded(total * weight / whole, 50 * values.THOUSAND) if weight else Decimal(0)
        for number, weight in weights.items()
    }
