"""Reading list files: CSV in, checked rows out. Plain Python; areas/transitions.py decides what to do with them.

Three kinds, told apart by their headers (areas/data/README.md): what lists say of areas, members of the lists before 2018, and
the published numbers. What is wrong with the file as a whole refuses the file, so that a half-read one changes nothing; what
is wrong in a row refuses the row.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import hashlib
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from areas.rules.standing import CATEGORIES, FIRST_YEAR_WITH_COUNTS, Status
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

LARGEST_FILE = 20 * 1024 * 1024
FIRST_YEAR = 2010

Flags = dict[Status, bool | None]

FLAG_COLUMNS = {
    Status.EXPOSED: "is_udsat",
    Status.PARALLEL_SOCIETY: "is_parallelsamfund",
    Status.CONVERSION_AREA: "is_omdannelsesomraade",
    Status.PREVENTION_AREA: "is_forebyggelsesomraade",
}
COUNT_COLUMNS = {
    Status.EXPOSED: "udsatte_boligomraader",
    Status.PARALLEL_SOCIETY: "parallelsamfund",
    Status.CONVERSION_AREA: "omdannelsesomraader",
    Status.PREVENTION_AREA: "forebyggelsesomraader",
}
# The file's word for the highest status; the last two say that no status is known to be there.
CATEGORY_WORDS = {
    "omdannelsesområde": Status.CONVERSION_AREA,
    "parallelsamfund": Status.PARALLEL_SOCIETY,
    "udsat": Status.EXPOSED,
    "forebyggelsesområde": Status.PREVENTION_AREA,
    "not_listed": None,
    "unknown": None,
}
EVIDENCE = ("named", "derived", "unconfirmed")
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class RowRefused(Exception):
    """A row cannot be used; carries the Danish sentence (a message id) and what fills it."""

    def __init__(self, text: str, **params: object) -> None:
        self.text = text
        self.params = {key: str(value) for key, value in params.items()}
        super().__init__(text)


@dataclasses.dataclass(frozen=True)
class Refusal:
    """A refused row: its number as a spreadsheet shows it (the header is row 1), and why."""

    file: str
    row: int
    text: str
    params: Mapping[str, str]

    def sentence(self, translate: Callable[[str], str]) -> str:
        """Return the reason in the reader's language."""
        return translate(self.text) % self.params

    @property
    def message(self) -> str:
        """The reason in Danish."""
        return self.sentence(gettext_noop)


@dataclasses.dataclass(frozen=True)
class ListingRow:
    """What a list says of an area."""

    row: int
    year: int
    published_on: datetime.date
    area_key: str
    area_name: str
    municipality_code: str
    municipality_name: str
    flags: Flags
    official_term: str
    evidence: str
    sources: str
    note: str


@dataclasses.dataclass(frozen=True)
class CountRow:
    """How many areas were published with each status."""

    row: int
    year: int
    published_on: datetime.date
    counts: dict[Status, int | None]
    sources: str


@dataclasses.dataclass(frozen=True)
class ListFile:
    """A file that could be read: its rows, and those refused for what they say themselves."""

    name: str
    sha256: str
    rows: tuple[ListingRow | CountRow, ...]
    refused: tuple[Refusal, ...]

    @property
    def row_count(self) -> int:
        """Rows in the file, beside the header."""
        return len(self.rows) + len(self.refused)


def read(path: Path) -> ListFile:
    """Read a list file.

    Errors: RuleBroken with one sentence when the file as a whole cannot be used.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST_FILE else b""
    except OSError as error:
        raise _unreadable(path, gettext_noop("kan ikke åbnes: %(why)s."), why=error.strerror or str(error)) from None
    if size > LARGEST_FILE:
        raise _unreadable(path, gettext_noop("er større end 20 MB. En liste fylder langt mindre; er det den rigtige fil?"))
    return _parse(path, content)


def _parse(path: Path, content: bytes) -> ListFile:
    header, records = _records(path, _text(path, content))
    parse = _parser(path, header)
    rows: list[ListingRow | CountRow] = []
    refused: list[Refusal] = []
    for number, values in records:
        try:
            rows.append(parse(number, dict(zip(header, values, strict=True))))
        except RowRefused as refusal:
            refused.append(Refusal(path.name, number, refusal.text, refusal.params))
    return ListFile(path.name, hashlib.sha256(content).hexdigest(), tuple(rows), tuple(refused))


def _text(path: Path, content: bytes) -> str:
    if content.startswith(b"PK"):
        raise _unreadable(path, gettext_noop("er et regneark eller en zip-fil. Gem den som CSV (UTF-8)."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(path, gettext_noop("er ikke i tegnsættet UTF-8. Gem den som CSV (UTF-8).")) from None
    if "\0" in text:
        raise _unreadable(path, gettext_noop("er ikke en tekstfil. Gem den som CSV (UTF-8)."))
    return text


def _records(path: Path, text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Split into header and numbered rows. Commas or semicolons; a row with missing fields means that the file is cut off."""
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise _unreadable(path, gettext_noop("er skåret over: et felt begynder med anførselstegn og slutter aldrig.")) from None
    if not lines:
        raise _unreadable(path, gettext_noop("er tom."))
    header = [name.strip() for name in lines[0]]
    records = [(number, values) for number, values in enumerate(lines[1:], start=2) if values]
    for number, values in records:
        if len(values) != len(header):
            raise _unreadable(
                path,
                gettext_noop("er ikke hel: række %(row)s har %(found)s felter, men overskriften har %(expected)s."),
                row=number,
                found=len(values),
                expected=len(header),
            )
    return header, records


Parser = Callable[[int, Mapping[str, str]], "ListingRow | CountRow"]


def _parser(path: Path, header: list[str]) -> Parser:
    """Choose by the header, and see that no column is missing or doubled."""
    parse: Parser
    needed: list[str]
    if "is_udsat" in header:
        parse, needed = _listing_row, ["list_date", *AREA_COLUMNS, *FLAG_COLUMNS.values(), "official_term"]
    elif "udsatte_boligomraader" in header:
        parse, needed = _count_row, ["list_date", "list_year", *COUNT_COLUMNS.values(), "source_urls"]
    elif "area_id" in header:
        parse, needed = _membership_row, list(AREA_COLUMNS)
    else:
        raise _unreadable(path, gettext_noop("er ikke en listefil: overskrifterne er ukendte."))
    if missing := [name for name in needed if name not in header]:
        raise _unreadable(path, gettext_noop("mangler kolonnerne: %(columns)s."), columns=", ".join(missing))
    if len(set(header)) < len(header):
        raise _unreadable(path, gettext_noop("har samme kolonne to gange."))
    return parse


AREA_COLUMNS = ("list_year", "area_id", "area_name", "municipality_name", "municipality_code", "evidence", "source_urls")


def _listing_row(row: int, values: Mapping[str, str]) -> ListingRow:
    """Read a row of `area_lists.csv`: each status a flag of its own, empty where not known."""
    year, published_on = _year_and_date(values)
    flags: Flags = {status: _flag(values, column) for status, column in FLAG_COLUMNS.items()}
    _check_flags(flags, values.get("category", "").strip())
    return ListingRow(
        row=row,
        year=year,
        published_on=published_on,
        flags=flags,
        official_term=_short(values, "official_term", 50, required=False),
        note=values.get("note", "").strip(),
        **_area(values),
    )


def _membership_row(row: int, values: Mapping[str, str]) -> ListingRow:
    """Read a row of `ghetto_lists_before_2018.csv`: to stand there is to be a member of the list.

    What the law then named ghettoområde is counted as parallel society (domain.md, 3.2); the other statuses did not exist. The
    file has no dates; the list is dated 1 December of its year.
    """
    year = _year(values)
    if year >= FIRST_YEAR_WITH_COUNTS:
        raise RowRefused(gettext_noop("Lister fra 2018 og senere skal have en kolonne for hver status."))
    flags: Flags = dict.fromkeys(CATEGORIES)
    flags[Status.PARALLEL_SOCIETY] = True
    return ListingRow(
        row=row,
        year=year,
        published_on=datetime.date(year, 12, 1),
        flags=flags,
        official_term="ghettoområde",
        note=values.get("note", "").strip(),
        **_area(values),
    )


def _count_row(row: int, values: Mapping[str, str]) -> CountRow:
    """Read a row of `area_list_counts.csv`."""
    year, published_on = _year_and_date(values)
    counts = {status: _count(values, column) for status, column in COUNT_COLUMNS.items()}
    if all(count is None for count in counts.values()):
        raise RowRefused(gettext_noop("Rækken har ingen antal."))
    return CountRow(row, year, published_on, counts, _short(values, "source_urls", 2000))


def _area(values: Mapping[str, str]) -> dict[str, str]:
    """Read the fields that name area, municipality, evidence and sources."""
    key = _short(values, "area_id", 80)
    if not KEY.fullmatch(key):
        raise RowRefused(gettext_noop("area_id »%(value)s« må kun have små bogstaver a-z, tal og bindestreger."), value=key)
    name = _short(values, "area_name", 150)
    if name[0] in "=+-@":
        raise RowRefused(gettext_noop("Navnet »%(value)s« ligner en formel i et regneark."), value=name)
    evidence = _short(values, "evidence", 20)
    if evidence not in EVIDENCE:
        raise RowRefused(gettext_noop("evidence »%(value)s« er ukendt. Skriv named, derived eller unconfirmed."), value=evidence)
    return {
        "area_key": key,
        "area_name": name,
        "municipality_code": _short(values, "municipality_code", 4),
        "municipality_name": _short(values, "municipality_name", 100),
        "evidence": evidence,
        "sources": _short(values, "source_urls", 2000),
    }


def _check_flags(flags: Flags, category: str) -> None:
    """Refuse what the law rules out (R26-R28), and a category that is not the highest flag."""
    if all(flag is None for flag in flags.values()):
        raise RowRefused(gettext_noop("Rækken siger intet om områdets status."))
    if flags[Status.CONVERSION_AREA] and flags[Status.PARALLEL_SOCIETY] is False:
        raise RowRefused(gettext_noop("Et omdannelsesområde er altid også et parallelsamfund."))
    if flags[Status.PARALLEL_SOCIETY] and flags[Status.EXPOSED] is False:
        raise RowRefused(gettext_noop("Et parallelsamfund er altid også et udsat boligområde."))
    if not category:
        return
    if category not in CATEGORY_WORDS:
        raise RowRefused(gettext_noop("category »%(value)s« er ukendt."), value=category)
    if CATEGORY_WORDS[category] != next((status for status in CATEGORIES if flags[status]), None):
        raise RowRefused(gettext_noop("category »%(value)s« passer ikke til de andre kolonner."), value=category)


def _year(values: Mapping[str, str]) -> int:
    text = _short(values, "list_year", 4)
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= datetime.MAXYEAR):
        raise RowRefused(gettext_noop("list_year »%(value)s« er ikke et år fra 2010 og frem."), value=text)
    return int(text)


def _year_and_date(values: Mapping[str, str]) -> tuple[int, datetime.date]:
    year, text = _year(values), _short(values, "list_date", 10)
    try:
        published_on = datetime.date.fromisoformat(text)
    except ValueError:
        raise RowRefused(gettext_noop("list_date »%(value)s« er ikke en dato. Skriv den som 2023-12-01."), value=text) from None
    if published_on.year != year:
        raise RowRefused(gettext_noop("list_date %(day)s ligger ikke i list_year %(year)s."), day=text, year=year)
    return year, published_on


def _flag(values: Mapping[str, str], column: str) -> bool | None:
    text = values[column].strip().lower()
    if text not in {"true", "false", ""}:
        raise RowRefused(
            gettext_noop("%(column)s »%(value)s« er ukendt. Skriv true, false eller ingenting."), column=column, value=text
        )
    return {"true": True, "false": False}.get(text)


def _count(values: Mapping[str, str], column: str) -> int | None:
    text = values[column].strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):  # noqa: PLR2004 - four digits hold every count
        raise RowRefused(gettext_noop("%(column)s »%(value)s« er ikke et antal."), column=column, value=text)
    return int(text)


def _short(values: Mapping[str, str], column: str, longest: int, *, required: bool = True) -> str:
    text = values[column].strip()
    if required and not text:
        raise RowRefused(gettext_noop("%(column)s mangler."), column=column)
    if len(text) > longest:
        raise RowRefused(gettext_noop("%(column)s er længere end %(longest)s tegn."), column=column, longest=longest)
    return text


def _unreadable(path: Path, text: str, **params: object) -> RuleBroken:
    filled = text % {key: str(value) for key, value in params.items()}
    return RuleBroken(
        [Violation("file_unreadable", "Filen %(file)s %(trouble)s", "", params={"file": path.name, "trouble": filled})]
    )
