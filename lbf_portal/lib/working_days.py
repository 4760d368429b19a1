"""Danish working days of public authorities: which days count when a deadline ends or a reminder leaves.

No working day is a Saturday, a Sunday, a public holiday, 5 June (Grundlovsdag), 24 December or 31 December. These are the
days on which a Danish time limit does not run out (forældelsesloven § 27, stk. 2), and on which offices are closed.
Store bededag is none since 2024 (lov nr. 214 af 6. marts 2023); in the years before it still is. Banking days are another
matter: banks also close on the Friday after Ascension Day, authorities do not, and nobody pays through this calendar.

The movable feasts come from the package `holidays`.
"""

from __future__ import annotations

import datetime
from functools import lru_cache

import holidays

DAY = datetime.timedelta(days=1)
SATURDAY = 5
# Month and day of those that are no public holidays, but end no deadline either.
OTHER_DAYS_OFF = frozenset({(6, 5), (12, 24), (12, 31)})


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[datetime.date]:
    return frozenset(holidays.country_holidays("DK", years=year))


def is_working_day(day: datetime.date) -> bool:
    """True when offices are open on the day."""
    return day.weekday() < SATURDAY and (day.month, day.day) not in OTHER_DAYS_OFF and day not in _public_holidays(day.year)


def next_working_day(day: datetime.date) -> datetime.date:
    """The day itself, or the first working day after it: where a deadline ends that would end on a day off."""
    while not is_working_day(day):
        day += DAY
    return day


def last_working_day(day: datetime.date) -> datetime.date:
    """The day itself, or the last working day before it: where a reminder leaves that would leave on a day off."""
    while not is_working_day(day):
        day -= DAY
    return day


def add_working_days(day: datetime.date, count: int) -> datetime.date:
    """The working day that is so many working days after the day; the day itself does not count.

    Errors: ValueError for a negative count.
    """
    if count < 0:
        raise ValueError(f"{count} working days cannot be added")
    for _ in range(count):
        day = next_working_day(day + DAY)
    return day
