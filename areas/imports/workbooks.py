"""Reading XLSX: a zip of XML that somebody sent us, so nothing is unpacked or believed before it is looked at.

- The parts say how large they are; the sum is bounded before one of them is opened. Then each is unpacked once, piece by piece,
  and counted, because what a part says of itself may be wrong. Nothing is written to disk.
- A part with a document type or an entity is refused: entities that name each other grow without bound, and a spreadsheet
  needs none. openpyxl would want `defusedxml` for the same.
- What a sheet says of its own size is not believed either; rows and columns are counted.
- A formula is refused in its row: what it came to last time somebody opened the file is nobody's published figure.
"""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from areas.imports.refusals import RowRefused, unreadable
from areas.imports.tables import MOST_COLUMNS, Record, Table
from lbf_portal.lib.words import gettext_noop

ZIP = b"PK\x03\x04"
# Old XLS, and XLSX under a password.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 500
# Real sheets pack 5 to 30 to one.
HIGHEST_RATIO = 100
SMALL = 5 * 1024 * 1024
PIECE = 64 * 1024
OVERLAP = 16
SUSPICIOUS = (b"<!doctype", b"<!entity")
IS_ENCRYPTED = 0x1
# As many digits as spreadsheets show; the ones behind are how the machine keeps 41,2.
SHOWN_DIGITS = 15


def looks_like_one(content: bytes) -> bool:
    """A zip, or what spreadsheets were before they were zips."""
    return content.startswith((ZIP, COMPOUND, b"PK"))


def read(name: str, content: bytes, *, rows: int, tick: Callable[[int], None]) -> Table:
    """The first sheet's header and as many rows.

    Errors: RuleBroken.
    """
    if content.startswith(COMPOUND):
        raise unreadable(
            name,
            gettext_noop(
                "Filen %(file)s er et gammelt regneark (XLS) eller har en adgangskode. Gem den som Excel (XLSX) uden adgangskode."
            ),
        )
    _inspect(name, content)
    with warnings.catch_warnings():
        # It warns of colours and drop-down lists that it leaves out; nobody reads those here.
        warnings.simplefilter("ignore")
        try:
            return _read(name, content, rows, tick)
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError):
            # openpyxl says in many ways that the XML is not a workbook's (a parser's error is a SyntaxError).
            raise _damaged(name) from None


def _inspect(name: str, content: bytes) -> None:
    """Unpack every part once, counting, before anybody trusts it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_wrong_kind(name, parts)
            _refuse_bomb(name, parts, len(content))
            unpacked = 0
            for part in parts:
                unpacked = _unpack(name, archive, part, unpacked)
    # All that zipfile raises for a file somebody made: NotImplementedError for a compression it does not know, RuntimeError
    # for a password.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError):
        raise _damaged(name) from None


def _refuse_wrong_kind(name: str, parts: Iterable[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if any(part.flag_bits & IS_ENCRYPTED for part in parts):
        raise unreadable(name, gettext_noop("Filen %(file)s har en adgangskode. Gem den uden adgangskode."))
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise unreadable(name, gettext_noop("Filen %(file)s har makroer. Gem den som Excel (XLSX) uden makroer."))
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise unreadable(
            name, gettext_noop("Filen %(file)s er ikke et Excel-regneark. Gem den som Excel (XLSX) eller CSV (UTF-8).")
        )


def _refuse_bomb(name: str, parts: list[zipfile.ZipInfo], packed: int) -> None:
    declared = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or declared > LARGEST_UNPACKED or declared > max(packed * HIGHEST_RATIO, SMALL):
        raise _bomb(name)


def _unpack(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo, unpacked: int) -> int:
    """Read the part in pieces and throw them away; return the sum so far."""
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    before = b""
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            unpacked += len(piece)
            if unpacked > LARGEST_UNPACKED:
                raise _bomb(name)
            if is_xml:
                seen = (before + piece).lower()
                # XML in two bytes a letter would hide the words from the search; spreadsheets write one.
                if b"\0" in seen or any(word in seen for word in SUSPICIOUS):
                    raise unreadable(name, gettext_noop("Filen %(file)s indeholder skjulte definitioner og læses ikke."))
                before = piece[-OVERLAP:]
    return unpacked


def _read(name: str, content: bytes, rows: int, tick: Callable[[int], None]) -> Table:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        if len(book.sheetnames) != 1 or len(book.worksheets) != 1:
            raise unreadable(name, gettext_noop("Filen %(file)s har flere ark. Gem det ark, der skal læses, i en fil for sig."))
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        header, trouble = _texts(next(sheet.iter_rows(max_row=1, max_col=MOST_COLUMNS), ()))
        if trouble is not None:
            raise unreadable(name, gettext_noop("Filen %(file)s har en formel i overskriften."))
        while header and not header[-1]:
            header.pop()
        records = []
        if header and rows:
            # One row more than allowed, so that too many are noticed.
            lines = sheet.iter_rows(min_row=2, max_row=rows + 2, max_col=len(header))
            for number, line in enumerate(lines, start=2):
                tick(number - 1)
                cells, trouble = _texts(line)
                if any(cells) or trouble is not None:
                    records.append(Record(number, tuple(cells), trouble))
        return Table(tuple(header), records)
    finally:
        book.close()


def _texts(line: Iterable[Any]) -> tuple[list[str], RowRefused | None]:
    """The cells as text, and the first that cannot be used."""
    texts: list[str] = []
    trouble: RowRefused | None = None
    for position, cell in enumerate(line, start=1):
        texts.append(_text(cell))
        if cell.data_type in {"f", "e"} and trouble is None:
            where = f"{get_column_letter(position)}{cell.row}"
            text = (
                gettext_noop("Celle %(cell)s er en formel. Skriv selve værdien, eller indsæt den som værdi.")
                if cell.data_type == "f"
                else gettext_noop("Celle %(cell)s viser en fejl i regnearket. Skriv selve værdien.")
            )
            trouble = RowRefused(text, cell=where)
    return texts, trouble


def _text(cell: Any) -> str:
    """As the same value would be written in a CSV file: decimal point, true and false, ISO dates, per cent as a number."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        shown = Decimal(f"{value:.{SHOWN_DIGITS}g}")
        # What is shown as 41,2 % is kept as 0,412.
        return f"{(shown * 100 if '%' in cell.number_format else shown):f}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def _bomb(name: str) -> Exception:
    return unreadable(
        name,
        gettext_noop("Filen %(file)s fylder over 100 MB eller 100 gange så meget, når den pakkes ud. Den læses ikke."),
    )


def _damaged(name: str) -> Exception:
    return unreadable(name, gettext_noop("Filen %(file)s er beskadiget eller skåret over. Gem den igen, og prøv på ny."))
