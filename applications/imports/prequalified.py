"""Earlier prequalified cases as a file has them: what each row says, checked by itself (docs/howto/import-prequalified.md)."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import re
from decimal import Decimal
from pathlib import Path

from applications.rules.rule_sets import RuleSet, Terms, terms_of, valid_to
from applications.rules.transfer import TRANSITIONS
from areas.imports import Refusal, RowRefused, files
from areas.imports.cells import Cells
from areas.imports.refusals import unreadable
from lbf_portal.lib.words import gettext_noop

NEEDED = (
    "reference",
    "organisation_cvr",
    "municipality_code",
    "area_id",
    "departments",
    "title",
    "prequalified_on",
    "rule_set",
    "effort_areas",
    "expected_amount",
)
MAY_BE_THERE = ("organisation_name", "submitted_on", "total_budget")
BETWEEN = re.compile(r"\s*[|,]\s*")
HIGHEST = Decimal("999999999999.99")
LONGEST_REFERENCE, LONGEST_TITLE, LONGEST_NAME, LONGEST_LIST = 40, 150, 200, 500
EARLIER_RULE_SETS = frozenset[str]().union(*(transition.sources for transition in TRANSITIONS.values()))


@dataclasses.dataclass(frozen=True)
class EarlierCase:
    """A row: a case that was prequalified before it came to the portal."""

    row: int
    reference: str
    organisation_cvr: str
    organisation_name: str
    municipality_code: str
    area_key: str
    departments: tuple[str, ...]
    title: str
    prequalified_on: datetime.date
    submitted_on: datetime.date
    rule_set: RuleSet
    effort_areas: tuple[str, ...]
    expected_amount: Decimal | None
    total_budget: Decimal | None

    @property
    def sha256(self) -> str:
        """Of what the row says, so that the same reference saying something else is noticed."""
        said = [str(getattr(self, field.name)) for field in dataclasses.fields(self) if field.name != "row"]
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


@dataclasses.dataclass(frozen=True)
class EarlierCases:
    """The file: its rows, and those refused for what they say themselves."""

    name: str
    rows: tuple[EarlierCase, ...]
    refused: tuple[Refusal, ...]


def read_path(path: Path, *, on: datetime.date) -> EarlierCases:
    """Read a file from the disk. Errors: RuleBroken when the file as a whole cannot be used."""
    return read(path.name, files.content_of(path), on=on)


def read(name: str, content: bytes, *, on: datetime.date) -> EarlierCases:
    """Read a file; `on` is the day after which nothing can have been prequalified yet.

    Errors: RuleBroken with one sentence when the file as a whole cannot be used.
    """
    table = files.table_of(name, content)
    if missing := [column for column in NEEDED if column not in table.header]:
        raise unreadable(name, gettext_noop("Filen %(file)s mangler kolonnerne: %(columns)s."), columns=", ".join(missing))
    rows: list[EarlierCase] = []
    refused: list[Refusal] = []
    seen: dict[str, int] = {}
    for record in table.records:
        try:
            if record.trouble is not None:
                raise record.trouble
            row = _row(record.number, Cells(dict(zip(table.header, record.cells, strict=True))), on=on)
            _refuse_twice(row, seen)
            rows.append(row)
        except RowRefused as why:
            refused.append(Refusal(name, record.number, why.text, why.params, record.cells))
    return EarlierCases(name, tuple(rows), tuple(refused))


def _row(number: int, cells: Cells, *, on: datetime.date) -> EarlierCase:
    rule_set = _rule_set(cells)
    terms = terms_of(rule_set)
    prequalified_on = _day(cells, "prequalified_on")
    if not terms.valid_from <= prequalified_on <= on:
        text = gettext_noop("prequalified_on %(day)s ligger uden for den tid, hvor der kan prækvalificeres efter %(rule_set)s.")
        raise RowRefused(text, day=prequalified_on.isoformat(), rule_set=rule_set)
    submitted_on = cells.day("submitted_on", required=False) or prequalified_on
    if submitted_on > prequalified_on:
        raise RowRefused(gettext_noop("submitted_on %(day)s ligger efter prequalified_on."), day=submitted_on.isoformat())
    last = valid_to(rule_set)
    if last is not None and submitted_on > last:
        # From the next day on what came in was under the next rules (R45, R49).
        text = gettext_noop("%(column)s %(day)s ligger efter %(last)s, den sidste dag, hvor der kunne søges efter %(rule_set)s.")
        column = "submitted_on" if cells["submitted_on"] else "prequalified_on"
        raise RowRefused(text, column=column, day=submitted_on.isoformat(), last=last.isoformat(), rule_set=rule_set)
    return EarlierCase(
        row=number,
        reference=cells.name("reference", LONGEST_REFERENCE),
        organisation_cvr=cells.digits("organisation_cvr", 8, required=not cells["organisation_name"]),
        organisation_name=cells.text("organisation_name", LONGEST_NAME, required=False),
        municipality_code=cells.municipality_code(),
        area_key=cells.key("area_id"),
        departments=_list(cells.text("departments", LONGEST_LIST)),
        title=cells.name("title", LONGEST_TITLE),
        prequalified_on=prequalified_on,
        submitted_on=submitted_on,
        rule_set=rule_set,
        effort_areas=_effort_areas(cells, terms),
        expected_amount=_amount(cells, "expected_amount"),
        total_budget=_amount(cells, "total_budget"),
    )


def _refuse_twice(row: EarlierCase, seen: dict[str, int]) -> None:
    first = seen.setdefault(row.reference, row.row)
    if first != row.row:
        text = gettext_noop("Nummeret »%(reference)s« står også i række %(row)s.")
        raise RowRefused(text, reference=row.reference, row=first)


def _day(cells: Cells, column: str) -> datetime.date:
    day = cells.day(column)
    assert day is not None  # the column is required, and an empty one is refused
    return day


def _rule_set(cells: Cells) -> RuleSet:
    text = cells.text("rule_set", 10).upper()
    if text not in EARLIER_RULE_SETS:
        raise RowRefused(
            gettext_noop("rule_set »%(value)s« er ikke et tidligere regelsæt. Skriv et af: %(known)s."),
            value=text,
            known=", ".join(sorted(EARLIER_RULE_SETS)),
        )
    return RuleSet(text)


def _effort_areas(cells: Cells, terms: Terms) -> tuple[str, ...]:
    """Codes or Danish names, in the order of the rule set."""
    known = {area.code.casefold(): area.code for area in terms.effort_areas}
    known |= {area.name.casefold(): area.code for area in terms.effort_areas}
    # A name may hold a comma, so that the line alone divides here.
    said = [part.strip() for part in cells.text("effort_areas", LONGEST_LIST, required=False).split("|") if part.strip()]
    if unknown := [part for part in said if part.casefold() not in known]:
        text = gettext_noop("Indsatsområdet »%(value)s« findes ikke efter %(regulation)s.")
        raise RowRefused(text, value=unknown[0], regulation=terms.regulation)
    chosen = {known[part.casefold()] for part in said}
    return tuple(area.code for area in terms.effort_areas if area.code in chosen)


def _amount(cells: Cells, column: str) -> Decimal | None:
    amount = cells.decimal(column, highest=HIGHEST, places=2)
    if amount == 0:
        raise RowRefused(gettext_noop("%(column)s er 0. Lad feltet stå tomt, når beløbet ikke kendes."), column=column)
    return amount


def _list(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in BETWEEN.split(text.strip()) if part))
