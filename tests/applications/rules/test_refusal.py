"""A refusal waits for the hearing and carries reasons (R145-R147; domain.md, 11.1)."""

import dataclasses
from datetime import date
from typing import Any

import pytest

from applications.rules.refusal import Facts, check
from tests.applications.rules.answers import blocks, the

HEARD = Facts(
    on=date(2026, 11, 16),
    hearing_sent_on=date(2026, 11, 1),
    hearing_deadline=date(2026, 11, 15),
    replied_on=None,
    reasons="Der er ikke plads i rammen, og andre områder er mere udsatte.",
)


def but(**changes: Any) -> Facts:
    return dataclasses.replace(HEARD, **changes)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (HEARD, []),
        (but(on=date(2026, 11, 15)), ["hearing_still_open"]),
        (but(on=date(2026, 11, 15), replied_on=date(2026, 11, 15)), []),
        (but(on=date(2026, 11, 2), replied_on=date(2026, 11, 2)), []),
        (but(on=date(2026, 11, 1), replied_on=date(2026, 11, 1)), []),
        (but(on=date(2026, 11, 2), replied_on=date(2026, 11, 3)), ["hearing_still_open"]),
        (but(on=date(2026, 11, 2), replied_on=date(2026, 10, 31)), ["hearing_still_open"]),
        (but(hearing_sent_on=None), ["hearing_not_sent"]),
        (but(hearing_sent_on=date(2026, 11, 17)), ["hearing_not_sent"]),
        (but(hearing_deadline=None), ["hearing_without_deadline"]),
        (but(hearing_deadline=date(2026, 11, 1)), ["hearing_without_deadline"]),
        (but(hearing_deadline=date(2026, 11, 2)), []),
        (but(reasons=""), ["reasons_missing"]),
        (but(hearing_sent_on=None, reasons=" "), ["hearing_not_sent", "reasons_missing"]),
    ],
)
def test_the_party_is_heard_first_and_told_why(facts: Facts, expected: list[str]) -> None:
    assert blocks(check(facts)) == expected


def test_the_open_deadline_is_named_with_the_paragraph() -> None:
    violation = the("hearing_still_open", check(but(on=date(2026, 11, 2))))
    assert violation.message == (
        "Parten har frist til og med 15. november 2026 og har ikke svaret. Vent til dagen efter fristen."
    )
    assert violation.basis == "Forvaltningsloven § 19; R145"
