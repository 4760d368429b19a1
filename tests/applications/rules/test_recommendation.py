"""Amounts that can be recommended, boundary by boundary."""

from decimal import Decimal

import pytest

from applications.rules.recommendation import Facts, check


@pytest.mark.parametrize(
    ("social", "rent", "agreed", "codes"),
    [
        ("0.01", "0", "0", []),
        ("0", "0", "0", ["social_amount_missing"]),
        ("-1", "0", "0", ["social_amount_missing"]),
        ("1", "100.00", "100.00", []),
        ("1", "100.01", "100.00", ["rent_amount_too_high"]),
        ("1", "-0.01", "100.00", ["rent_amount_too_high"]),
        ("0", "1", "0", ["social_amount_missing", "rent_amount_too_high"]),
    ],
)
def test_amounts_at_their_boundaries(social: str, rent: str, agreed: str, codes: list[str]) -> None:
    found = check(Facts(Decimal(social), Decimal(rent), Decimal(agreed)))

    assert [violation.code for violation in found] == codes


def test_the_sentence_names_both_amounts() -> None:
    (violation,) = check(Facts(Decimal(1), Decimal(200), Decimal(100)))

    assert violation.message == "Huslejestøtten er 200 kr. Den kan ikke være større end det aftalte: 100 kr."
