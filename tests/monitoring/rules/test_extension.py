"""An effort is extended by at most twelve months (Q7)."""

from __future__ import annotations

from datetime import date

import pytest

from monitoring.rules import extension
from monitoring.rules.extension import Facts

AGREED = date(2030, 12, 31)


@pytest.mark.parametrize(
    ("agreed", "latest"),
    [
        (date(2030, 12, 31), date(2031, 12, 31)),
        (date(2030, 6, 30), date(2031, 6, 30)),
        (date(2030, 6, 15), date(2031, 6, 15)),
        (date(2027, 2, 28), date(2028, 2, 29)),  # March to February, and that February has 29 days
        (date(2028, 2, 28), date(2029, 2, 28)),  # from 29 February on, which does not return
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_the_latest_end_is_twelve_months_on(agreed: date, latest: date) -> None:
    assert extension.latest_end(agreed) == latest


@pytest.mark.parametrize("new_end", [date(2031, 1, 1), date(2031, 6, 30), date(2031, 12, 31)])
def test_up_to_twelve_months_pass(new_end: date) -> None:
    assert extension.check(Facts(AGREED, new_end)) == []


def test_a_day_more_is_refused_with_the_latest_day_named() -> None:
    [violation] = extension.check(Facts(AGREED, date(2032, 1, 1)))
    assert violation.code == "extension_too_long"
    assert violation.field == "ends_on"
    assert violation.message == "Indsatsen kan højst forlænges med 12 måneder i alt, til og med 31. december 2031."
    assert not violation.is_confirmed


@pytest.mark.parametrize("new_end", [AGREED, date(2030, 12, 30)])
def test_an_extension_ends_later_than_agreed(new_end: date) -> None:
    [violation] = extension.check(Facts(AGREED, new_end))
    assert violation.code == "extension_not_later"
    assert "31. december 2030" in violation.message
