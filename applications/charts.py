"""Where the marks of the forecast's chart stand: whole numbers for the template to draw, no colours and no words but numbers.

What a mark means can be read without colour: the range is hatched, what is expected is a line, the room of the frames is dashed.
The same numbers stand in a table beneath the chart.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from applications.rules.forecast import MonthForecast
from lbf_portal.lib.danish import number

WIDTH, LEFT = 340, 34
TOP, BOTTOM = 12, 170
MILLION = Decimal(1_000_000)
# As many lines across as the eye can use.
GRID_LINES = 4
# Every third month is named.
NAMED_MONTHS = (1, 4, 7, 10)


@dataclasses.dataclass(frozen=True)
class Tick:
    """A number at the side, in millions."""

    at: int
    label: str


@dataclasses.dataclass(frozen=True)
class MonthMark:
    """A month that is named below."""

    at: int
    month: datetime.date


@dataclasses.dataclass(frozen=True)
class Chart:
    """Points of the lines, as SVG wants them."""

    range: str
    expected: str
    room: str
    ticks: tuple[Tick, ...]
    months: tuple[MonthMark, ...]

    left, right, top, bottom = LEFT, WIDTH, TOP, BOTTOM
    width, height = WIDTH, BOTTOM + 22


def chart(months: Sequence[MonthForecast]) -> Chart | None:
    """All that falls due up to each month, beside the room of the frames; nothing without months or amounts."""
    highest = max((max(one.so_far.high, one.room) for one in months), default=Decimal(0))
    if not highest:
        return None
    step = _step(highest)
    top = step * (highest / step).to_integral_value(ROUND_CEILING)
    places = [LEFT + (WIDTH - LEFT) * number_of // len(months) for number_of in range(len(months) + 1)]

    def at(amount: Decimal) -> int:
        return BOTTOM - int((BOTTOM - TOP) * amount / top)

    def line(amounts: Sequence[Decimal]) -> list[str]:
        """From nothing at the beginning of the first month to the end of the last."""
        return [f"{place},{at(amount)}" for place, amount in zip(places, (Decimal(0), *amounts), strict=True)]

    high = line([one.so_far.high for one in months])
    low = line([one.so_far.low for one in months])
    return Chart(
        range=" ".join([*high, *reversed(low)]),
        expected=" ".join(line([one.so_far.expected for one in months])),
        room=" ".join(
            f"{place},{at(one.room)}" for one, *ends in zip(months, places, places[1:], strict=False) for place in ends
        ),
        ticks=tuple(Tick(at(step * count), number(step * count / MILLION)) for count in range(int(top / step) + 1)),
        months=tuple(
            MonthMark(place, one.month) for one, place in zip(months, places, strict=False) if one.month.month in NAMED_MONTHS
        ),
    )


def _step(highest: Decimal) -> Decimal:
    """A round distance between the lines across: 1, 2 or 5 with noughts."""
    rough = highest / GRID_LINES
    power = Decimal(1).scaleb(rough.adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
