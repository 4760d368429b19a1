"""Danish order, Danish amounts and Danish dates, in plain Python."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

ORE_PLACES = 2
# Danish alphabetical order ends in æ, ø, å; aa sorts as å, ä as æ, ö as ø, ü as y.
_LETTERS = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "ü": "y"})


def sort_key(text: str) -> str:
    """A key that puts names in Danish order under the C collation: a-z, then æ, ø, å (aa as å).

    Stored beside the name, because the database runs without ICU.
    """
    composed = unicodedata.normalize("NFC", text)  # a pasted å may come as a and a ring
    lowered = composed.casefold().replace("aa", "å").translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", lowered)
    return "".join(char for char in plain if not unicodedata.combining(char))


def kroner(amount: Decimal) -> str:
    """`1.250.000 kr.`; øre only when there are any: `1.250.000,50 kr.`."""
    return f"{number(amount, places=2).removesuffix(',00')} kr."


def number(value: Decimal, *, places: int | None = None) -> str:
    """`1.250.000,5`: a full stop between thousands, a comma before the decimals.

    With `places` exactly so many decimals; without, those that say something (`2,50` becomes `2,5`).
    """
    if places is not None:
        return f"{value:,.{places}f}".translate(_SWAPPED)
    text = f"{value:,f}".translate(_SWAPPED)
    return text.rstrip("0").rstrip(",") if "," in text else text


_SWAPPED = str.maketrans(",.", ".,")
# 1250000 or 1.250.000 or 1 250 000, then perhaps a comma and decimals.
_NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+)(?:,\d+)?")
_CURRENCY = re.compile(r"^(?:kr\.?|dkk) ?| ?(?:kr\.?|dkk)$|,-+$", re.IGNORECASE)


def parse_number(text: str) -> Decimal:
    """Read a number as Danes write it: `1.250.000,5`, `1250000,5`, `1 250 000`.

    A full stop only ever separates thousands: `12.5` is refused rather than guessed at.

    Errors: ValueError.
    """
    plain = " ".join(text.replace("\N{MINUS SIGN}", "-").split())  # split() also takes non-breaking spaces
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise ValueError(f"not a Danish number: {text!r}")
    return Decimal(plain.replace(".", "").replace(" ", "").replace(",", "."))


def decimals(value: Decimal) -> int:
    """How many decimals were written: 2 for `12.50`."""
    _whole, _point, written = f"{value:f}".partition(".")
    return len(written)


def parse_amount(text: str) -> Decimal:
    """Read an amount as Danes write it, with or without `kr.`, as kroner with two decimals.

    Errors: ValueError, also when there are more than two decimals: øre are never rounded away unseen.
    """
    plain = " ".join(text.split())
    amount = parse_number(_CURRENCY.sub("", plain))
    if decimals(amount) > ORE_PLACES:
        raise ValueError(f"more than two decimals: {text!r}")
    return Decimal(f"{amount:.2f}")


_MONTHS = ["januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"]


def long_date(day: date) -> str:
    """`12. november 2026`, for sentences of rules; templates use Django's date filter."""
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"
