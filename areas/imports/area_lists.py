"""Lists of areas, in three shapes: what a list says of each area, the members of the lists before 2018, the published numbers.

Columns as in areas/data: `area_lists.csv`, `ghetto_lists_before_2018.csv` and `area_list_counts.csv` (see its README).
"""

from __future__ import annotations

import dataclasses
import datetime

from areas.imports.cells import Cells
from areas.imports.refusals import RowRefused
from areas.rules.standing import CATEGORIES, FIRST_YEAR_WITH_COUNTS, Status
from lbf_portal.lib.words import gettext_noop

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
AREA_COLUMNS = ("list_year", "area_id", "area_name", "municipality_name", "municipality_code", "evidence", "source_urls")
LISTING_COLUMNS = ("list_date", *AREA_COLUMNS, *FLAG_COLUMNS.values(), "official_term")
COUNTS_COLUMNS = ("list_date", "list_year", *COUNT_COLUMNS.values(), "source_urls")

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
MOST_AREAS = 9999


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

    @property
    def key(self) -> tuple[object, ...]:
        """A file says it once."""
        return self.year, self.area_key

    @property
    def subject(self) -> str:
        """Whom the row is about."""
        return f"{self.area_name} {self.year}"


@dataclasses.dataclass(frozen=True)
class CountRow:
    """How many areas were published with each status."""

    row: int
    year: int
    published_on: datetime.date
    counts: dict[Status, int | None]
    sources: str

    @property
    def key(self) -> tuple[object, ...]:
        """A file says it once."""
        return self.year, ""

    @property
    def subject(self) -> str:
        """Whom the row is about."""
        return str(self.year)


def listing_row(row: int, cells: Cells) -> ListingRow:
    """Read a row of `area_lists.csv`: each status a flag of its own, empty where not known."""
    year, published_on = _year_and_date(cells)
    flags: Flags = {status: cells.flag(column) for status, column in FLAG_COLUMNS.items()}
    _check_flags(flags, cells["category"])
    return ListingRow(
        row=row,
        year=year,
        published_on=published_on,
        flags=flags,
        official_term=cells.text("official_term", 50, required=False),
        note=cells["note"],
        **_area(cells),
    )


def membership_row(row: int, cells: Cells) -> ListingRow:
    """Read a row of `ghetto_lists_before_2018.csv`: to stand there is to be a member of the list.

    What the law then named ghettoområde is counted as parallel society (domain.md, 3.2); the other statuses did not exist. The
    file has no dates; the list is dated 1 December of its year.
    """
    year = cells.year()
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
        note=cells["note"],
        **_area(cells),
    )


def count_row(row: int, cells: Cells) -> CountRow:
    """Read a row of `area_list_counts.csv`."""
    year, published_on = _year_and_date(cells)
    counts = {status: cells.whole(column, highest=MOST_AREAS) for status, column in COUNT_COLUMNS.items()}
    if all(count is None for count in counts.values()):
        raise RowRefused(gettext_noop("Rækken har ingen antal."))
    return CountRow(row, year, published_on, counts, cells.text("source_urls", 2000))


def _area(cells: Cells) -> dict[str, str]:
    """Read the fields that name area, municipality, evidence and sources."""
    key, name = cells.key("area_id"), cells.name("area_name", 150)
    evidence = cells.text("evidence", 20)
    if evidence not in EVIDENCE:
        raise RowRefused(gettext_noop("evidence »%(value)s« er ukendt. Skriv named, derived eller unconfirmed."), value=evidence)
    return {
        "area_key": key,
        "area_name": name,
        "municipality_code": cells.municipality_code(),
        "municipality_name": cells.text("municipality_name", 100),
        "evidence": evidence,
        "sources": cells.text("source_urls", 2000),
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


def _year_and_date(cells: Cells) -> tuple[int, datetime.date]:
    year, published_on = cells.year(), cells.day("list_date")
    assert published_on is not None  # it is required
    if published_on.year != year:
        raise RowRefused(gettext_noop("list_date %(day)s ligger ikke i list_year %(year)s."), day=published_on, year=year)
    return year, published_on
