"""What looks like a CPR number: residents' personal data stays out of the portal (GDPR art. 5; R156 [INFERRED]).

Ten digits, with or without a hyphen after the sixth, that begin with a day of the calendar and pass the modulus 11 check
which CPR numbers passed until October 2007. Some numbers given out since do not pass it and are not found: without the check
every twentieth invoice number would be taken for a person. The numbers themselves are not kept.
"""

from __future__ import annotations

import calendar
import re

_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_SPACE = "[ \N{NO-BREAK SPACE}]?"
_HYPHEN = "[-\N{NON-BREAKING HYPHEN}\N{EN DASH}]?"
_CANDIDATE = re.compile(rf"(?<![\d.,-])(\d{{2}})(\d{{2}})(\d{{2}}){_SPACE}{_HYPHEN}{_SPACE}(\d{{4}})(?![\d-])")


def count_in(text: str) -> int:
    """How many different numbers of the text look like CPR numbers."""
    return len({"".join(found.groups()) for found in _CANDIDATE.finditer(text) if _is_plausible(found)})


def _is_plausible(found: re.Match[str]) -> bool:
    day, month, year, _rest = (int(part) for part in found.groups())
    digits = [int(digit) for digit in "".join(found.groups())]
    return _is_in_calendar(day, month, year, digits[6]) and sum(map(int.__mul__, _WEIGHTS, digits)) % 11 == 0


def _is_in_calendar(day: int, month: int, year: int, seventh: int) -> bool:
    """The seventh digit tells the century."""
    if not 1 <= month <= 12 or day < 1:  # noqa: PLR2004 - months
        return False
    return day <= calendar.monthrange(_year(year, seventh), month)[1]


def _year(year: int, seventh: int) -> int:
    if seventh <= 3:  # noqa: PLR2004 - the CPR office's table
        return 1900 + year
    if seventh in {4, 9}:
        return 2000 + year if year <= 36 else 1900 + year  # noqa: PLR2004 - as above
    return 2000 + year if year <= 57 else 1800 + year  # noqa: PLR2004 - as above
