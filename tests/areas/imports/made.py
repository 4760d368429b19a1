"""Files for tests, as programs and people write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import openpyxl

from areas import imports
from areas.imports import ReadFile

LISTING = {
    "list_date": "2023-12-01",
    "list_year": "2023",
    "area_id": "bispehaven",
    "area_name": "Bispehaven",
    "municipality_name": "Aarhus",
    "municipality_code": "0751",
    "category": "",
    "is_udsat": "true",
    "is_parallelsamfund": "true",
    "is_omdannelsesomraade": "true",
    "is_forebyggelsesomraade": "",
    "official_term": "omdannelsesområde",
    "evidence": "named",
    "source_urls": "https://example.org",
    "note": "",
}
COUNTS = {
    "list_date": "2023-12-01",
    "list_year": "2023",
    "udsatte_boligomraader": "1",
    "parallelsamfund": "",
    "omdannelsesomraader": "",
    "forebyggelsesomraader": "",
    "source_urls": "https://example.org",
}
FIGURES = {
    "list_year": "2023",
    "area_id": "bispehaven",
    "area_name": "Bispehaven",
    "municipality_name": "Aarhus",
    "municipality_code": "0751",
    "residents": "2000",
    "outside_labour_market_pct": "45.2",
    "convicted_pct": "2.5",
    "convicted_limit_pct": "2.03",
    "basic_school_only_pct": "70",
    "income_pct_of_region": "50.1",
    "non_western_pct": "75",
    "category_published": "",
    "source_urls": "https://example.org",
}
MUNICIPALITY = {
    "municipality_code": "0751",
    "municipality_name": "Aarhus",
    "region_name": "Region Midtjylland",
    "region_code": "1082",
}
ORGANISATION = {
    "organisation_name": "Boligforeningen Ågården",
    "organisation_type": "boligorganisation",
    "municipality_code": "0751",
    "lbf_number": "",
    "cvr_number": "",
    "administered_by": "",
    "source_url": "https://example.org",
}
DEPARTMENT = {
    "organisation_name": "Boligforeningen Ågården",
    "department_number": "12",
    "department_name": "Skovkanten",
    "municipality_code": "0751",
    "addresses": "Skovkanten 1-40",
    "postcode": "8000",
    "owner_kind": "",
    "family_dwellings": "100",
    "youth_dwellings": "",
    "elderly_dwellings": "20",
    "dwellings": "130",
    "floor_area_m2": "9.800,50",
    "residents": "1.250",
    "residents_on": "2026-01-01",
    "area_id": "",
    "in_area_from": "",
}
Values = Mapping[str, Any]


def csv(*rows: Values, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Rows with the same headings; a value with a separator in it is quoted."""
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    text = "\r\n".join(separator.join(f'"{cell}"' if separator in cell else cell for cell in line) for line in lines)
    return (text + "\r\n").encode(encoding)


def xlsx(*rows: Values, sheets: Iterable[str] = ("Ark1",), **formats: str) -> bytes:
    """A workbook with the rows on its first sheet; `formats` are number formats by heading."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new book has one
    for name in sheets:
        book.create_sheet(name)
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    for column, heading in enumerate(rows[0], start=1):
        if heading in formats:
            for number in range(2, len(rows) + 2):
                sheet.cell(number, column).number_format = formats[heading]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """A workbook with some parts added or exchanged; dots and slashes of their names are written `__` and `___`."""
    changed = {name.replace("___", "/").replace("__", "."): part for name, part in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in changed:
                new.writestr(info.filename, old.read(info))
        for name, part in changed.items():
            new.writestr(name, part)
    return file.getvalue()


def read(*rows: Values, name: str = "liste.csv", **changes: Any) -> ReadFile:
    """Rows as the portal reads them; `changes` hold for every row."""
    return imports.read(name, csv(*({**row, **changes} for row in rows)))
