"""Where the marks of small charts stand: whole numbers for templates to draw, no colours and no words but numbers.

What a mark means can be read without colour: a criterion that is met is a filled column, one that is not an outline, one that
is not known a question mark; a status has its letter. The same numbers stand in a table beside each chart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from decimal import Decimal

from areas.rules.criteria import Met
from areas.rules.standing import Status, YearAnswers

# The band of a status year by year.
YEAR_WIDTH = 20

# A chart of one criterion.
CHART_WIDTH = 340
TOP, BOTTOM = 26, 134
MOST_YEARS = 8
HEADROOM = Decimal("1.05")


@dataclasses.dataclass(frozen=True)
class BandYear:
    """A year of the band: its place, and what it says as a style and as a letter."""

    year: int
    left: int
    kind: str
    letter: str

    @property
    def middle(self) -> int:
        """Where letter and year stand."""
        return self.left + YEAR_WIDTH // 2

    @property
    def short_year(self) -> str:
        """`21` for 2021."""
        return f"{self.year % 100:02}"


@dataclasses.dataclass(frozen=True)
class Band:
    """What an area was on each list, oldest first."""

    years: tuple[BandYear, ...]

    @property
    def width(self) -> int:
        """Of the drawing."""
        return len(self.years) * YEAR_WIDTH


LETTERS = {
    Status.CONVERSION_AREA: "O",
    Status.PARALLEL_SOCIETY: "P",
    Status.EXPOSED: "U",
    Status.PREVENTION_AREA: "F",
}


def band(timeline: Iterable[YearAnswers]) -> Band:
    """Draw the timeline, which is given newest first."""
    oldest_first = sorted(timeline, key=lambda answers: answers.year)
    return Band(tuple(_band_year(place, answers) for place, answers in enumerate(oldest_first)))


def _band_year(place: int, answers: YearAnswers) -> BandYear:
    kind, letter = _mark(answers)
    return BandYear(answers.year, place * YEAR_WIDTH, kind, letter)


def _mark(answers: YearAnswers) -> tuple[str, str]:
    if not answers.is_held:
        return "not-held", ""
    if status := answers.highest:
        return status.replace("_", "-"), LETTERS[status]
    return ("unknown", "?") if answers.is_unknown else ("none", "–")


@dataclasses.dataclass(frozen=True)
class Point:
    """A year of a chart as it is asked for: the value and its limit, as far as they are known, and the answer."""

    year: int
    value: Decimal | None
    limit: Decimal | None
    answer: Met


@dataclasses.dataclass(frozen=True)
class ColumnMark:
    """A year of a chart: the column of its value, and the line of its limit."""

    point: Point
    left: int
    width: int
    top: int | None
    limit_at: int | None

    @property
    def middle(self) -> int:
        """Where the labels stand."""
        return self.left + self.width // 2

    @property
    def height(self) -> int:
        """Of the column."""
        return 0 if self.top is None else BOTTOM - self.top

    @property
    def label_at(self) -> int:
        """The baseline of the value's label, kept clear of a limit line that runs just above the column."""
        if self.top is None:
            return BOTTOM - 6
        hidden = self.limit_at is not None and 0 <= self.top - self.limit_at <= LABEL_HEIGHT
        return (self.limit_at if hidden and self.limit_at is not None else self.top) - 4

    @property
    def slot_left(self) -> int:
        """Where the limit line of the year begins."""
        return self.left - GAP

    @property
    def slot_right(self) -> int:
        """Where it ends."""
        return self.left + self.width + GAP


GAP = 5
LABEL_HEIGHT = 14
WIDEST = 54


@dataclasses.dataclass(frozen=True)
class Chart:
    """Values of one criterion on the latest lists, oldest first."""

    columns: tuple[ColumnMark, ...]

    width = CHART_WIDTH
    bottom = BOTTOM
    height = BOTTOM + 20

    @property
    def right(self) -> int:
        """Where the ground ends: under the last column."""
        return max((column.slot_right for column in self.columns), default=0)


def chart(points: Sequence[Point]) -> Chart:
    """Draw the latest years; nothing when there is not a single value."""
    drawn = sorted(points, key=lambda point: point.year)[-MOST_YEARS:]
    highest = max((number for point in drawn for number in (point.value, point.limit) if number is not None), default=Decimal(0))
    if all(point.value is None for point in drawn):
        return Chart(())
    slot = min(CHART_WIDTH // len(drawn), WIDEST + 2 * GAP)
    return Chart(
        tuple(
            ColumnMark(
                point=point,
                left=place * slot + GAP,
                width=slot - 2 * GAP,
                top=_height_at(point.value, highest),
                limit_at=_height_at(point.limit, highest),
            )
            for place, point in enumerate(drawn)
        )
    )


def _height_at(number: Decimal | None, highest: Decimal) -> int | None:
    """From the top of the drawing; the highest number stands just below it, nothing at the bottom."""
    if number is None:
        return None
    if not highest:
        return BOTTOM
    return BOTTOM - int((BOTTOM - TOP) * number / (highest * HEADROOM))


# Five steps are as many as an eye keeps apart; each has its letter, for paper without colours.
STEPS = "ABCDE"


@dataclasses.dataclass(frozen=True)
class Step:
    """A class of a map: its letter, and the lowest and highest value in it."""

    letter: str
    lowest: int
    highest: int


def steps(values: Iterable[int]) -> tuple[Step, ...]:
    """Divide the values above nothing into at most five classes with as many different values each."""
    different = sorted({value for value in values if value > 0})
    number = min(len(STEPS), len(different))
    cuts = [place * len(different) // number for place in range(number + 1)] if number else []
    return tuple(
        Step(letter, different[start], different[end - 1]) for letter, start, end in zip(STEPS, cuts, cuts[1:], strict=False)
    )


def step_of(value: int | None, classes: Iterable[Step]) -> Step | None:
    """The class of the value; None for nothing and for what is not known."""
    if value is None:
        return None
    return next((step for step in classes if step.lowest <= value <= step.highest), None)
