"""Danish order, amounts and numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lbf_portal.lib import danish


def test_names_sort_as_in_a_danish_directory() -> None:
    names = ["Åbyhøj", "Zealand", "Ærø", "Østerbro", "Aabenraa", "Aalborg", "Albertslund", "Énhed", "enhed"]
    ordered = ["Albertslund", "Énhed", "enhed", "Zealand", "Ærø", "Østerbro", "Aabenraa", "Åbyhøj", "Aalborg"]
    assert sorted(names, key=danish.sort_key) == ordered


def test_a_ring_typed_as_two_characters_sorts_as_one_letter() -> None:
    assert danish.sort_key("A\N{COMBINING RING ABOVE}rhus") == danish.sort_key("Århus")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.250.000,00", "1250000.00"),
        ("1250000", "1250000.00"),
        ("1.250.000", "1250000.00"),
        ("1250000,5", "1250000.50"),
        ("1 250 000 kr.", "1250000.00"),
        ("1\N{NO-BREAK SPACE}250\N{NO-BREAK SPACE}000", "1250000.00"),
        ("kr. 1.250", "1250.00"),
        ("1.250,-", "1250.00"),
        ("0", "0.00"),
        ("-5,25", "-5.25"),
        ("\N{MINUS SIGN}5", "-5.00"),
        ("999999999999999999999999999999999", "999999999999999999999999999999999.00"),
    ],
)
def test_amounts_are_read_as_danes_write_them(typed: str, amount: str) -> None:
    parsed = danish.parse_amount(typed)
    assert str(parsed) == amount


@pytest.mark.parametrize(
    "typed", ["", "kr.", "abc", "12.5", "1.25", "1.2500", "1,234", "1,2,3", "1.000,", "٣", "1e6", "--5", "1.000 000"]
)
def test_what_could_mean_two_things_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"not a Danish number|more than two decimals"):
        danish.parse_amount(typed)


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_every_amount_shown_is_read_back_to_the_ore(amount: Decimal) -> None:
    assert danish.parse_amount(danish.kroner(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1250000", "1.250.000 kr."),
        ("1250000.50", "1.250.000,50 kr."),
        ("0", "0 kr."),
        ("-12.5", "-12,50 kr."),
        ("100.00", "100 kr."),
    ],
)
def test_ore_are_shown_only_when_there_are_any(amount: str, text: str) -> None:
    assert danish.kroner(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("value", "text"), [("2.50", "2,5"), ("100", "100"), ("1250.0", "1.250"), ("1E+3", "1.000"), ("0.05", "0,05")]
)
def test_numbers_keep_the_decimals_that_say_something(value: str, text: str) -> None:
    assert danish.number(Decimal(value)) == text
