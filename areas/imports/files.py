"""Header and rows of a file as text, whichever program wrote it: CSV here, XLSX in workbooks.py."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

from areas.imports import workbooks
from areas.imports.refusals import unreadable
from areas.imports.tables import LARGEST_FILE, MOST_ROWS, Record, Table
from lbf_portal.lib.words import gettext_noop

# What Danish Excel writes beside ASCII when it does not write UTF-8. Another letter means another character set than we think.
DANISH_LETTERS = frozenset("æøåÆØÅéÉèÈüÜöÖäÄáÁôÔíÍóÓúÚñÑçÇßëËïÏ–—’‘“”»«§½²³°´·…€\xa0")
UNUSABLE_BEGINNINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Tick = Callable[[int], None]


def too_large(name: str) -> Exception:
    """The refusal of a file that nobody meant to upload."""
    return unreadable(
        name, gettext_noop("Filen %(file)s er større end 20 MB. En liste fylder langt mindre; er det den rigtige fil?")
    )


def content_of(path: Path) -> bytes:
    """The file's bytes; its size is asked for first, so that a huge one is never in memory.

    Errors: RuleBroken.
    """
    try:
        if path.stat().st_size <= LARGEST_FILE:
            return path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise unreadable(path.name, gettext_noop("Filen %(file)s kan ikke åbnes: %(why)s."), why=why) from None
    raise too_large(path.name)


def header_of(name: str, content: bytes) -> tuple[str, ...]:
    """The headings alone: enough to tell what the file is about.

    Errors: RuleBroken.
    """
    return _table(name, content, rows=0, tick=_silent).header


def table_of(name: str, content: bytes, tick: Tick | None = None) -> Table:
    """Everything in the file. `tick` hears how many rows are read.

    Errors: RuleBroken.
    """
    return _table(name, content, rows=MOST_ROWS, tick=tick or _silent)


def _table(name: str, content: bytes, *, rows: int, tick: Tick) -> Table:
    if len(content) > LARGEST_FILE:
        raise too_large(name)
    if workbooks.looks_like_one(content):
        table = workbooks.read(name, content, rows=rows, tick=tick)
    else:
        table = _csv(name, _text(name, content), rows=rows, tick=tick)
    header = tuple(heading.strip() for heading in table.header)
    named = [heading for heading in header if heading]
    if not named:
        raise unreadable(name, gettext_noop("Filen %(file)s er tom."))
    if len(set(named)) < len(named):
        raise unreadable(name, gettext_noop("Filen %(file)s har samme kolonne to gange."))
    if rows and len(table.records) > MOST_ROWS:
        raise unreadable(
            name, gettext_noop("Filen %(file)s har flere end %(most)s rækker. Del den i flere filer."), most=f"{MOST_ROWS:,}"
        )
    return dataclasses.replace(table, header=header)


def _silent(_rows: int) -> None:
    """Nobody asked how far it is."""


def _text(name: str, content: bytes) -> str:
    """UTF-8; or Windows-1252, as Danish Excel writes CSV, when all its letters are ones that Danes write."""
    if content.startswith(UNUSABLE_BEGINNINGS):
        raise _wrong_encoding(name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _danish(name, content)
    if "\0" in text:
        raise unreadable(name, gettext_noop("Filen %(file)s er ikke en tekstfil. Gem den som CSV (UTF-8)."))
    if text[:200].lstrip().startswith("<"):
        raise unreadable(name, gettext_noop("Filen %(file)s er en webside. Gem den som Excel (XLSX) eller CSV (UTF-8)."))
    return text


def _danish(name: str, content: bytes) -> str:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise _wrong_encoding(name) from None
    if any(not letter.isascii() and letter not in DANISH_LETTERS for letter in set(text)):
        raise _wrong_encoding(name)
    return text


def _wrong_encoding(name: str) -> Exception:
    return unreadable(name, gettext_noop("Filen %(file)s er ikke i tegnsættet UTF-8. Gem den som CSV (UTF-8)."))


def _csv(name: str, text: str, *, rows: int, tick: Tick) -> Table:
    """Commas or semicolons; a row with missing fields means that the file is cut off."""
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(lines, [])
        records = list(_records(name, header, itertools.islice(lines, rows + 1 if rows else 0), tick))
    except csv.Error:
        raise unreadable(
            name, gettext_noop("Filen %(file)s er skåret over: et felt begynder med anførselstegn og slutter aldrig.")
        ) from None
    return Table(tuple(header), records)


def _records(name: str, header: list[str], lines: Iterator[list[str]], tick: Tick) -> Iterator[Record]:
    for number, cells in enumerate(lines, start=2):
        tick(number - 1)
        if cells and len(cells) != len(header):
            raise unreadable(
                name,
                gettext_noop(
                    "Filen %(file)s er ikke hel: række %(row)s har %(found)s felter, men overskriften har %(expected)s."
                ),
                row=number,
                found=len(cells),
                expected=len(header),
            )
        # A spreadsheet ends its file with rows of nothing.
        if any(cells):
            yield Record(number, tuple(cells))
