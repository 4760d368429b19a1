"""Reading list files: what can be used, what is refused, and why."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from areas import imports, reference_files
from areas.imports import ReadFile
from areas.imports.area_lists import CountRow, ListingRow
from areas.rules.standing import Status
from lbf_portal.lib.refusals import RuleBroken

HEADER = (
    "list_date,list_year,area_id,area_name,municipality_name,municipality_code,region_name,category,"
    "is_udsat,is_parallelsamfund,is_omdannelsesomraade,is_forebyggelsesomraade,official_term,evidence,source_urls,note"
)
ROW = {
    "list_date": "2023-12-01",
    "list_year": "2023",
    "area_id": "bispehaven",
    "area_name": "Bispehaven",
    "municipality_name": "Aarhus",
    "municipality_code": "0751",
    "region_name": "Region Midtjylland",
    "category": "parallelsamfund",
    "is_udsat": "true",
    "is_parallelsamfund": "true",
    "is_omdannelsesomraade": "false",
    "is_forebyggelsesomraade": "",
    "official_term": "parallelsamfund",
    "evidence": "named",
    "source_urls": "https://example.org",
    "note": "",
}


def line(**changes: str) -> str:
    return ",".join(f'"{value}"' if "," in value else value for value in {**ROW, **changes}.values())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "liste.csv"


def read(path: Path, *lines: str, header: str = HEADER) -> ReadFile:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return imports.read_path(path)


def test_a_row_is_read_with_each_status_as_a_flag_of_its_own(path: Path) -> None:
    file = read(path, line(note="en, to"))

    (row,) = file.rows
    assert isinstance(row, ListingRow)
    assert row.flags == {
        Status.EXPOSED: True,
        Status.PARALLEL_SOCIETY: True,
        Status.CONVERSION_AREA: False,
        Status.PREVENTION_AREA: None,
    }
    assert (row.row, row.year, row.published_on) == (2, 2023, datetime.date(2023, 12, 1))
    assert row.note == "en, to"
    assert not file.refused


def test_a_member_of_a_list_before_2018_counts_as_parallel_society(path: Path) -> None:
    header = "list_year,area_id,area_name,municipality_name,municipality_code,region_name,evidence,source_urls"

    file = read(path, "2017,bispehaven,Bispehaven,Aarhus,0751,Region Midtjylland,named,https://example.org", header=header)

    (row,) = file.rows
    assert isinstance(row, ListingRow)
    assert [status for status, flag in row.flags.items() if flag] == [Status.PARALLEL_SOCIETY]
    assert [flag for flag in row.flags.values() if flag is not None] == [True]
    assert row.official_term == "ghettoområde"
    assert row.published_on == datetime.date(2017, 12, 1)


def test_a_list_from_2018_needs_a_column_per_status(path: Path) -> None:
    header = "list_year,area_id,area_name,municipality_name,municipality_code,evidence,source_urls"

    file = read(path, "2018,bispehaven,Bispehaven,Aarhus,0751,named,https://example.org", header=header)

    assert file.refused[0].message == "Lister fra 2018 og senere skal have en kolonne for hver status."


def test_counts_are_read_by_status_and_an_empty_one_is_not_zero(path: Path) -> None:
    header = "list_date,list_year,udsatte_boligomraader,parallelsamfund,omdannelsesomraader,forebyggelsesomraader,source_urls"

    file = read(path, "2019-12-01,2019,40,28,15,,https://example.org", header=header)

    (row,) = file.rows
    assert isinstance(row, CountRow)
    assert row.counts == {
        Status.EXPOSED: 40,
        Status.PARALLEL_SOCIETY: 28,
        Status.CONVERSION_AREA: 15,
        Status.PREVENTION_AREA: None,
    }


@pytest.mark.parametrize("name", reference_files.LIST_FILES)
def test_the_committed_files_are_read_without_a_refusal(name: str) -> None:
    file = imports.read_path(reference_files.DATA / name)

    assert file.rows
    assert not file.refused


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"list_year": "tyve"}, "list_year »tyve« er ikke et år fra 2010 og frem."),
        ({"list_year": "2009", "list_date": "2009-12-01"}, "list_year »2009« er ikke et år fra 2010 og frem."),
        ({"list_year": "٢٠٢٣"}, "list_year »٢٠٢٣« er ikke et år fra 2010 og frem."),
        ({"list_date": "dec. 2023"}, "list_date »dec. 2023« er ikke en dato. Skriv den som 2023-12-01."),
        ({"list_date": "2022-12-01"}, "list_date 2022-12-01 ligger ikke i list_year 2023."),
        ({"area_id": ""}, "area_id mangler."),
        ({"area_id": "Bispehaven"}, "area_id »Bispehaven« må kun have små bogstaver a-z, tal og bindestreger."),
        ({"area_id": "x" * 81}, "area_id er længere end 80 tegn."),
        ({"area_name": "=1+1"}, "Navnet »=1+1« ligner en formel i et regneark."),
        ({"is_udsat": "måske"}, "is_udsat »måske« er ukendt. Skriv true, false eller ingenting."),
        ({"evidence": "hørt"}, "evidence »hørt« er ukendt. Skriv named, derived eller unconfirmed."),
        ({"source_urls": ""}, "source_urls mangler."),
        ({"category": "slum"}, "category »slum« er ukendt."),
        ({"category": "udsat"}, "category »udsat« passer ikke til de andre kolonner."),
        ({"category": "not_listed"}, "category »not_listed« passer ikke til de andre kolonner."),
        ({"is_udsat": "false"}, "Et parallelsamfund er altid også et udsat boligområde."),
        (
            {"is_parallelsamfund": "false", "is_omdannelsesomraade": "true"},
            "Et omdannelsesområde er altid også et parallelsamfund.",
        ),
        (
            {"is_udsat": "", "is_parallelsamfund": "", "is_omdannelsesomraade": ""},
            "Rækken siger intet om områdets status.",
        ),
    ],
)
def test_a_bad_row_is_refused_with_a_sentence_and_the_next_is_read(path: Path, changes: dict[str, str], reason: str) -> None:
    file = read(path, line(**changes), line(area_id="gellerup", area_name="Gellerup"))

    assert [(refusal.row, refusal.message) for refusal in file.refused] == [(2, reason)]
    assert [row.row for row in file.rows] == [3]
    assert file.row_count == 2


@pytest.mark.parametrize(
    ("count", "reason"), [("mange", "er ikke et antal"), ("-1", "er ikke et antal"), ("12,5", "er ikke et antal")]
)
def test_a_count_is_a_whole_number(path: Path, count: str, reason: str) -> None:
    header = "list_date;list_year;udsatte_boligomraader;parallelsamfund;omdannelsesomraader;forebyggelsesomraader;source_urls"

    file = read(path, f"2019-12-01;2019;{count};28;15;;https://example.org", header=header)

    assert reason in file.refused[0].message


def test_a_row_without_any_count_is_refused(path: Path) -> None:
    header = "list_date,list_year,udsatte_boligomraader,parallelsamfund,omdannelsesomraader,forebyggelsesomraader,source_urls"

    file = read(path, "2019-12-01,2019,,,,,https://example.org", header=header)

    assert file.refused[0].message == "Rækken har ingen antal."


def test_semicolons_a_byte_order_mark_and_windows_line_ends_are_read(path: Path) -> None:
    text = f"{HEADER}\r\n{line()}\r\n".replace(",", ";")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert len(imports.read_path(path).rows) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "er tom."),
        (b"PK\x03\x04zip", "er beskadiget eller skåret over. Gem den igen, og prøv på ny."),
        ("area_id,navn\nø,å\n".encode("utf-16"), "er ikke i tegnsættet UTF-8. Gem den som CSV (UTF-8)."),
        ("area_id,navn\nø,å\n".encode("mac-roman"), "er ikke i tegnsættet UTF-8. Gem den som CSV (UTF-8)."),
        (b"<html><table>", "er en webside. Gem den som Excel (XLSX) eller CSV (UTF-8)."),
        (b"area_id\0,navn\n", "er ikke en tekstfil. Gem den som CSV (UTF-8)."),
        (
            b"navn,adresse\nen,to\n",
            (
                "har ukendte overskrifter. Den skal være en liste over områder, nøgletal, kommuner, "
                "boligorganisationer eller afdelinger."
            ),
        ),
        (
            b"area_id,area_name\nen,to\n",
            "mangler kolonnerne: list_year, municipality_name, municipality_code, evidence, source_urls.",
        ),
        ((HEADER + ",note\n").encode(), "har samme kolonne to gange."),
        (f"{HEADER}\n{line()}\n2023-12-01,2023,gell".encode(), "er ikke hel: række 3 har 3 felter, men overskriften har 16."),
        (
            f'{HEADER}\n{line()}\n2023-12-01,2023,"gell'.encode(),
            "er skåret over: et felt begynder med anførselstegn og slutter aldrig.",
        ),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_as_a_whole(path: Path, content: bytes, sentence: str) -> None:
    path.write_bytes(content)

    with pytest.raises(RuleBroken) as refused:
        imports.read_path(path)
    assert str(refused.value) == f"Filen liste.csv {sentence}"


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(RuleBroken, match=r"Filen liste\.csv kan ikke åbnes"):
        imports.read_path(path)


def test_a_file_far_too_large_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(250 * 1024 * 1024)

    with pytest.raises(RuleBroken, match="er større end 20 MB"):
        imports.read_path(path)
