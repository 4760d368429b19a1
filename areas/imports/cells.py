"""Reading the cells of a row: each kind of value with the sentence that says how to write it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal

from areas.imports.refusals import RowRefused
from lbf_portal.lib import danish
from lbf_portal.lib.words import gettext_noop

FIRST_YEAR = 2010
# What a spreadsheet takes for the beginning of a formula.
FORMULA_BEGINNINGS = ("=", "+", "-", "@")
# As files write them, and as Danish Excel and people do.
FLAGS = {"true": True, "false": False, "sand": True, "falsk": False, "ja": True, "nej": False, "": None}
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WITH_POINT = re.compile(r"-?\d+(\.\d+)?")
WITH_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")
DANISH_DATE = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")


class Cells:
    """A row by its headings. A column that is not there is empty."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, column: str) -> str:
        return self._values.get(column, "").strip()

    def text(self, column: str, longest: int, *, required: bool = True) -> str:
        """Text that fits its column in the register."""
        text = self[column]
        if required and not text:
            raise RowRefused(gettext_noop("%(column)s mangler."), column=column)
        if len(text) > longest:
            raise RowRefused(gettext_noop("%(column)s er længere end %(longest)s tegn."), column=column, longest=longest)
        return text

    def name(self, column: str, longest: int) -> str:
        """A name that no spreadsheet takes for a formula when it is fetched again."""
        name = self.text(column, longest)
        if name.startswith(FORMULA_BEGINNINGS):
            raise RowRefused(gettext_noop("Navnet »%(value)s« ligner en formel i et regneark."), value=name)
        return name

    def key(self, column: str, *, required: bool = True) -> str:
        """The key of an area: the same in all files."""
        key = self.text(column, 80, required=required)
        if key and not KEY.fullmatch(key):
            raise RowRefused(
                gettext_noop("%(column)s »%(value)s« må kun have små bogstaver a-z, tal og bindestreger."),
                column=column,
                value=key,
            )
        return key

    def digits(self, column: str, count: int, *, required: bool = True) -> str:
        """A number that is a name: exactly so many digits."""
        text = self.text(column, 20, required=required)
        if text and not (text.isascii() and text.isdigit() and len(text) == count):
            raise RowRefused(
                gettext_noop("%(column)s »%(value)s« skal have %(count)s cifre."), column=column, value=text, count=count
            )
        return text

    def municipality_code(self, *, required: bool = True) -> str:
        """Four digits; spreadsheets drop the zero in front."""
        text = self.text("municipality_code", 4, required=required)
        return text.zfill(4) if text.isascii() and text.isdigit() else text

    def year(self, column: str = "list_year") -> int:
        """The year of a list."""
        text = self.text(column, 4)
        if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= datetime.MAXYEAR):
            raise RowRefused(gettext_noop("%(column)s »%(value)s« er ikke et år fra 2010 og frem."), column=column, value=text)
        return int(text)

    def day(self, column: str, *, required: bool = True) -> datetime.date | None:
        """A date: `2023-12-01`, or as Danish Excel writes it, `01-12-2023`."""
        text = self.text(column, 10, required=required)
        if not text:
            return None
        try:
            if written := DANISH_DATE.fullmatch(text):
                day, month, year = map(int, written.groups())
                return datetime.date(year, month, day)
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise RowRefused(
                gettext_noop("%(column)s »%(value)s« er ikke en dato. Skriv den som 2023-12-01."), column=column, value=text
            ) from None

    def flag(self, column: str) -> bool | None:
        """True, false, or empty where it is not known."""
        text = self[column].lower()
        if text not in FLAGS:
            raise RowRefused(
                gettext_noop("%(column)s »%(value)s« er ukendt. Skriv true, false eller ingenting."), column=column, value=text
            )
        return FLAGS[text]

    def whole(self, column: str, *, highest: int = 9_999_999) -> int | None:
        """A whole number, perhaps with points between the thousands; empty where it is not known."""
        text = self[column]
        if not text:
            return None
        plain = text.replace(".", "") if WITH_THOUSANDS.fullmatch(text) else text
        if not (plain.isascii() and plain.isdigit() and len(plain) <= len(str(highest)) and int(plain) <= highest):
            raise RowRefused(gettext_noop("%(column)s »%(value)s« er ikke et antal."), column=column, value=text)
        return int(plain)

    def decimal(self, column: str, *, highest: Decimal, places: int) -> Decimal | None:
        """A number with a decimal comma or a decimal point; empty where it is not known.

        Nothing is rounded: with more decimals than the register keeps it is refused.
        """
        text = self[column].removesuffix("%").rstrip()
        if not text:
            return None
        try:
            value = Decimal(text) if text.isascii() and WITH_POINT.fullmatch(text) else danish.parse_number(text)
        except ValueError:
            raise RowRefused(gettext_noop("%(column)s »%(value)s« er ikke et tal."), column=column, value=text) from None
        if not 0 <= value <= highest:
            raise RowRefused(
                gettext_noop("%(column)s »%(value)s« ligger ikke mellem 0 og %(highest)s."),
                column=column,
                value=text,
                highest=danish.number(highest),
            )
        value = Decimal(f"{value.normalize():f}")  # 70, not 7E+1
        if danish.decimals(value) > places:
            raise RowRefused(
                gettext_noop("%(column)s »%(value)s« har flere end %(places)s decimaler."),
                column=column,
                value=text,
                places=places,
            )
        return value
