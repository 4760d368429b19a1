"""Files as a whole: what is read correctly, what is refused, with which sentence, and at what price."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.formula import ArrayFormula

from areas import imports
from areas.imports import Kind, files, workbooks
from areas.imports.area_lists import CountRow, ListingRow
from areas.imports.key_figures import FiguresRow
from areas.imports.tables import LARGEST_FILE, MOST_ROWS
from areas.rules.standing import Status
from lbf_portal.lib.refusals import RuleBroken
from tests.areas.imports.made import COUNTS, FIGURES, LISTING, csv, repacked, xlsx

SHEET = "xl___worksheets___sheet1__xml"


def read_one(content: bytes, name: str = "liste.csv") -> Any:
    (row,) = imports.read(name, content).rows
    return row


def refusal_of(content: bytes, name: str = "liste.xlsx") -> str:
    with pytest.raises(RuleBroken) as refused:
        imports.read(name, content)
    return str(refused.value)


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
def test_danish_letters_are_read_as_excel_and_others_write_them(encoding: str) -> None:
    content = csv({**LISTING, "area_name": "Ågården Øst, Næstved"}, encoding=encoding)

    assert read_one(content).area_name == "Ågården Øst, Næstved"


@pytest.mark.parametrize("encoding", ["mac-roman", "utf-16", "cp865", "cp1251"])
def test_another_character_set_is_refused_rather_than_guessed_at(encoding: str) -> None:
    name = "Ågården Øst" if encoding != "cp1251" else "Агорден"
    content = csv({**LISTING, "area_name": name, "official_term": ""}, encoding=encoding)

    assert "er ikke i tegnsættet UTF-8. Gem den som CSV (UTF-8)." in refusal_of(content)


def test_semicolons_and_decimal_commas_are_read() -> None:
    changes = {"outside_labour_market_pct": "41,2", "convicted_pct": "2,031", "residents": "1.962", "non_western_pct": "50,1 %"}

    row = read_one(csv({**FIGURES, **changes}, separator=";"))

    assert isinstance(row, FiguresRow)
    assert {name: str(value) for name, value in row.values.items()} == {
        "residents": "1962",
        "outside_labour_market_pct": "41.2",
        "convicted_pct": "2.031",
        "basic_school_only_pct": "70",
        "income_pct_of_region": "50.1",
        "non_western_pct": "50.1",
    }


def test_what_danish_excel_makes_of_dates_codes_and_flags_is_read() -> None:
    changes = {"list_date": "01-12-2023", "municipality_code": "751", "is_udsat": "SAND", "is_omdannelsesomraade": "FALSK"}

    row = read_one(csv({**LISTING, **changes}, separator=";"))

    assert isinstance(row, ListingRow)
    assert (row.published_on.isoformat(), row.municipality_code) == ("2023-12-01", "0751")
    assert [row.flags[status] for status in (Status.EXPOSED, Status.CONVERSION_AREA)] == [True, False]


def test_rows_of_nothing_at_the_end_are_nothing() -> None:
    content = csv(LISTING) + b"," * (len(LISTING) - 1) + b"\r\n\r\n"

    assert imports.read("liste.csv", content).row_count == 1


def test_a_file_that_is_cut_off_is_refused_as_a_whole() -> None:
    content = csv(LISTING, {**LISTING, "area_id": "gellerup"})

    assert "er ikke hel: række 3 har" in refusal_of(content[: content.rindex(b"gellerup")])


def test_250_megabytes_are_refused_by_their_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "stor.csv"
    with path.open("wb") as file:
        file.truncate(250 * 1024 * 1024)
    tracemalloc.start()
    try:
        with pytest.raises(RuleBroken, match="er større end 20 MB"):
            imports.read_path(path)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 1024 * 1024


def test_content_that_is_too_large_is_refused_too() -> None:
    assert "er større end 20 MB" in refusal_of(b"x" * (LARGEST_FILE + 1))


def test_more_rows_than_anybody_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    rows = [{**LISTING, "area_id": f"omraade-{number}"} for number in range(3)]

    for content in (csv(*rows), xlsx(*rows)):
        assert "har flere end 2 rækker. Del den i flere filer." in refusal_of(content)
    assert imports.read("liste.csv", csv(*rows[:2])).row_count == 2
    assert MOST_ROWS == 50_000


# What a file is about


def test_the_kind_is_told_by_the_headings_alone() -> None:
    content = csv(LISTING) + b"og saa noget helt andet"

    assert imports.kind_of("liste.csv", content) is Kind.AREA_LIST
    assert imports.kind_of("tal.xlsx", xlsx(FIGURES)) is Kind.KEY_FIGURES
    with pytest.raises(RuleBroken, match="mangler kolonnerne: official_term"):
        imports.kind_of("liste.csv", csv({name: value for name, value in LISTING.items() if name != "official_term"}))


# XLSX


def test_a_workbook_is_read_like_the_same_rows_as_csv() -> None:
    typed = {**FIGURES, "list_year": 2023, "municipality_code": 751, "residents": 2000, "outside_labour_market_pct": 45.2}

    assert imports.read("tal.xlsx", xlsx(typed)).rows == imports.read("tal.csv", csv(FIGURES)).rows


def test_numbers_are_read_as_they_are_shown() -> None:
    changes = {"convicted_pct": 0.1 + 0.2, "non_western_pct": 0.412, "income_pct_of_region": 1e-3}

    row = read_one(xlsx({**FIGURES, **changes}, non_western_pct="0.0%"), "tal.xlsx")

    assert [str(row.values[name]) for name in changes] == ["0.3", "41.2", "0.001"]


def test_dates_and_flags_of_a_workbook_are_read() -> None:
    import datetime

    typed = {**LISTING, "list_date": datetime.date(2023, 12, 1), "is_udsat": True, "is_forebyggelsesomraade": False}

    row = read_one(xlsx(typed), "liste.xlsx")

    assert (row.published_on, row.flags[Status.EXPOSED], row.flags[Status.PREVENTION_AREA]) == (typed["list_date"], True, False)


def test_empty_cells_at_the_end_of_a_row_are_empty() -> None:
    row = read_one(xlsx({**COUNTS, "forebyggelsesomraader": None}), "antal.xlsx")

    assert isinstance(row, CountRow)
    assert row.counts[Status.PREVENTION_AREA] is None


@pytest.mark.parametrize("formula", ["=1+1", "=A2", ArrayFormula("E2", "=1+1")])
def test_a_formula_refuses_its_row_and_names_the_cell(formula: Any) -> None:
    content = xlsx({**LISTING, "municipality_name": formula}, {**LISTING, "area_id": "gellerup"})

    file = imports.read("liste.xlsx", content)

    assert [(refusal.row, refusal.message) for refusal in file.refused] == [
        (2, "Celle E2 er en formel. Skriv selve værdien, eller indsæt den som værdi.")
    ]
    assert len(file.rows) == 1


def test_the_value_that_a_formula_had_last_time_is_not_read() -> None:
    content = xlsx(LISTING)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    start = sheet.index(b'<c r="A2"')
    end = sheet.index(b"</c>", start) + 4
    with_cached = sheet[:start] + b'<c r="A2" t="str"><f>TODAY()</f><v>2023-12-01</v></c>' + sheet[end:]

    file = imports.read("liste.xlsx", repacked(content, **{SHEET: with_cached}))

    assert [refusal.message[:21] for refusal in file.refused] == ["Celle A2 er en formel"]


def test_an_error_of_the_spreadsheet_refuses_its_row() -> None:
    file = imports.read("liste.xlsx", xlsx({**LISTING, "note": "#N/A"}))

    assert "viser en fejl i regnearket" in file.refused[0].message


def test_a_formula_in_the_headings_refuses_the_file() -> None:
    content = xlsx({**LISTING, '="no"&"te2"': "x"})

    assert refusal_of(content) == "Filen liste.xlsx har en formel i overskriften."


def test_several_sheets_are_refused() -> None:
    assert "har flere ark" in refusal_of(xlsx(LISTING, sheets=["2023", "2022"]))


def test_a_workbook_that_is_cut_off_or_damaged_is_refused() -> None:
    content = xlsx(LISTING)
    scratched = bytearray(content)
    scratched[len(content) // 3] ^= 0xFF

    for damaged in (content[:-200], content[: len(content) // 2], bytes(scratched)):
        assert "er beskadiget eller skåret over" in refusal_of(damaged)


def test_xml_that_is_no_sheet_is_refused() -> None:
    for part in (b"<worksheet>", b"", b"<a/>", b'<worksheet><sheetData><row r="x"><c r="1A"/></row></sheetData></worksheet>'):
        with pytest.raises(RuleBroken):
            imports.read("liste.xlsx", repacked(xlsx(LISTING), **{SHEET: part}))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "er et gammelt regneark (XLS) eller har en adgangskode."),
        (repacked(xlsx(LISTING), xl___vbaProject__bin=b"x"), "har makroer. Gem den som Excel (XLSX) uden makroer."),
        (b"<html><table><tr><td>list_year", "er en webside."),
    ],
)
def test_what_only_looks_like_a_workbook_is_named(content: bytes, sentence: str) -> None:
    assert sentence in refusal_of(content)


def test_a_zip_of_something_else_and_one_under_a_password_are_named() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("liste.csv", csv(LISTING))
    assert "er ikke et Excel-regneark" in refusal_of(file.getvalue())

    content = bytearray(xlsx(LISTING))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, directory + 8, 1)  # the flag that says: encrypted
    assert "har en adgangskode" in refusal_of(bytes(content))


# Bombs


def zeros(megabytes: int) -> bytes:
    return bytes(megabytes * 1024 * 1024)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = repacked(xlsx(LISTING), xl___media___image1__png=zeros(120))
    assert len(bomb) < 200_000
    monkeypatch.setattr(workbooks, "_unpack", None)  # whoever unpacks, fails

    assert "fylder over 100 MB eller 100 gange så meget" in refusal_of(bomb)


def test_a_small_bomb_is_refused_by_its_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = repacked(xlsx(LISTING), xl___media___image1__png=zeros(20))
    monkeypatch.setattr(workbooks, "_unpack", None)

    assert "fylder over 100 MB eller 100 gange så meget" in refusal_of(bomb)


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked_either() -> None:
    """The directory says 1,000 bytes; no more than that is ever read, and the checksum tells."""
    bomb = bytearray(repacked(xlsx(LISTING), **{SHEET: zeros(60)}))
    place = bomb.rindex(b"PK\x01\x02")
    assert b"sheet1.xml" in bytes(bomb[place : place + 100])
    struct.pack_into("<I", bomb, place + 24, 1000)
    tracemalloc.start()
    try:
        assert "er beskadiget eller skåret over" in refusal_of(bytes(bomb))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 5 * 1024 * 1024


def test_real_bytes_are_counted_while_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_refuse_bomb", lambda *_: None)
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED", 1024 * 1024)

    assert "fylder over 100 MB" in refusal_of(repacked(xlsx(LISTING), xl___media___image1__png=zeros(3)))


def test_too_many_parts_are_refused() -> None:
    parts = {f"xl___media___image{number}__png": b"x" for number in range(600)}

    assert "fylder over 100 MB eller 100 gange så meget" in refusal_of(repacked(xlsx(LISTING), **parts))


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">]>'
    b"<worksheet><sheetData/></worksheet>"
)


@pytest.mark.parametrize(
    "part",
    [
        BILLION_LAUGHS,
        b" " * (workbooks.PIECE - 4) + BILLION_LAUGHS,
        BILLION_LAUGHS.decode().encode("utf-16"),
        b'<?xml version="1.0"?><!doctype x SYSTEM "file:///etc/passwd"><worksheet/>',
    ],
    ids=["plain", "over the edge of a piece", "in two bytes a letter", "an outside file"],
)
def test_entities_are_refused_wherever_they_stand(part: bytes) -> None:
    for name in (SHEET, "xl___sharedStrings__xml", "docProps___core__xml", "xl____rels___workbook__xml__rels"):
        assert "indeholder skjulte definitioner og læses ikke" in refusal_of(repacked(xlsx(LISTING), **{name: part}))


def test_a_sheet_that_claims_to_be_endless_costs_no_more_than_its_rows() -> None:
    content = xlsx(LISTING)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    start = sheet.index(b'<dimension ref="') + len(b'<dimension ref="')
    end = sheet.index(b'"', start)
    claimed = sheet[:start] + b"A1:XFD1048576" + sheet[end:]

    assert imports.read("liste.xlsx", repacked(content, **{SHEET: claimed})).row_count == 1


def test_a_row_far_below_the_others_is_too_many_rows() -> None:
    content = xlsx(LISTING)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>')

    assert imports.read("liste.xlsx", repacked(content, **{SHEET: far})).row_count == 1
