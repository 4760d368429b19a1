"""Reading files of criterion values: read whole, or refused with a sentence."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from areas.imports.criterion_values import CriterionValues, read_path
from areas.imports.tables import LARGEST_FILE
from areas.rules.criteria import Measure, Values
from lbf_portal.lib.refusals import RuleBroken

HEADER = (
    "list_year,area_id,residents,outside_labour_market_pct,convicted_pct,convicted_limit_pct,basic_school_only_pct,"
    "income_pct_of_region,non_western_pct,met_labour_market,met_convicted,met_basic_school,met_income,met_non_western_50,"
    "category_published"
)
LINE = "2023,taastrupgaard,1587,26.7,1.62,2.35,77.3,54.2,66.4,false,false,true,true,true,omdannelsesområde"


def a_file(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = folder / "vaerdier.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(RuleBroken) as refused:
        read_path(path)
    return str(refused.value)


def test_a_row_is_read_as_it_is_written(tmp_path: Path) -> None:
    (row,) = read_path(a_file(tmp_path, LINE))

    assert row == CriterionValues(
        row=2,
        year=2023,
        area_key="taastrupgaard",
        values=Values(
            outside_labour_market_pct=Decimal("26.7"),
            convicted_pct=Decimal("1.62"),
            convicted_limit_pct=Decimal("2.35"),
            basic_school_only_pct=Decimal("77.3"),
            income_pct_of_region=Decimal("54.2"),
            non_western_pct=Decimal("66.4"),
            residents=1587,
            said={
                Measure.OUTSIDE_LABOUR_MARKET: False,
                Measure.CONVICTED: False,
                Measure.BASIC_SCHOOL_ONLY: True,
                Measure.INCOME: True,
                Measure.NON_WESTERN: True,
            },
        ),
        published="omdannelsesområde",
    )


def test_an_empty_cell_is_a_missing_value(tmp_path: Path) -> None:
    (row,) = read_path(a_file(tmp_path, "2023,taastrupgaard" + "," * 13))

    assert row.values == Values()
    assert row.published == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_semicolons_and_decimal_commas_are_read(tmp_path: Path, encoding: str) -> None:
    danish = LINE.replace(",", ";").replace(".", ",")
    (row,) = read_path(a_file(tmp_path, danish, header=HEADER.replace(",", ";"), encoding=encoding))

    assert row.values.convicted_limit_pct == Decimal("2.35")


@pytest.mark.parametrize(("on_list", "published"), [("true", "parallelsamfund"), ("false", "not_listed"), ("", "")])
def test_a_file_from_before_2018_says_who_stood_on_the_list(tmp_path: Path, on_list: str, published: str) -> None:
    header = (
        "list_year,area_id,residents,outside_labour_market_pct,non_western_pct,convicted_pct,basic_school_only_pct,"
        "income_pct_of_region,on_list"
    )
    (row,) = read_path(a_file(tmp_path, f"2017,vollsmose,,52.5,,,,,{on_list}", header=header))

    assert row.published == published
    assert row.values == Values(outside_labour_market_pct=Decimal("52.5"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (LINE.replace("26.7", "mange"), "outside_labour_market_pct »mange« er ikke et tal."),
        (LINE.replace("26.7", "٢٦"), "outside_labour_market_pct »٢٦« er ikke et tal."),
        (LINE.replace("26.7", "=1+1"), "outside_labour_market_pct »=1+1« er ikke et tal."),
        (LINE.replace("26.7", "NaN"), "outside_labour_market_pct »NaN« er ikke et tal."),
        (LINE.replace("26.7", "-3"), "outside_labour_market_pct »-3« ligger ikke mellem 0 og 100."),
        (LINE.replace("1587", "1587.5"), "residents »1587.5« er ikke et antal."),
        (LINE.replace("2023,", "1999,"), "list_year »1999« er ikke et år fra 2010 og frem."),
        (LINE.replace("2023,", ","), "list_year mangler."),
        (LINE.replace("taastrupgaard", ""), "area_id mangler."),
        (LINE.replace("false,false", "false,måske"), "met_convicted »måske« er ukendt. Skriv true, false eller ingenting."),
        (LINE.replace("omdannelsesområde", "ghetto"), "category_published »ghetto« er ukendt."),
    ],
)
def test_a_cell_that_cannot_be_read_refuses_the_file(tmp_path: Path, line: str, why: str) -> None:
    assert refusal(a_file(tmp_path, LINE, line)) == f"Filen vaerdier.csv kan ikke læses. Række 3: {why}"


def test_values_may_be_as_exact_as_they_come(tmp_path: Path) -> None:
    (row,) = read_path(a_file(tmp_path, LINE.replace("26.7", "40.000000000001")))

    assert row.values.outside_labour_market_pct == Decimal("40.000000000001")


@pytest.mark.parametrize("word", ["..", "Diskretioneret", "ikke offentliggjort"])
def test_a_value_that_is_kept_back_is_missing(tmp_path: Path, word: str) -> None:
    (row,) = read_path(a_file(tmp_path, LINE.replace("26.7", word).replace("1587", word)))

    assert row.values.outside_labour_market_pct is None
    assert row.values.residents is None


def test_a_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path, "2023,taastrupgaard", header="list_year,area_id")

    assert refusal(path) == (
        "Filen vaerdier.csv mangler kolonnerne: outside_labour_market_pct, convicted_pct, basic_school_only_pct, "
        "income_pct_of_region, non_western_pct."
    )


def test_a_file_cut_off_in_the_middle_is_refused(tmp_path: Path) -> None:
    assert refusal(a_file(tmp_path, LINE, "2023,gell")) == (
        "Filen vaerdier.csv er ikke hel: række 3 har 2 felter, men overskriften har 15."
    )
    assert "er skåret over" in refusal(a_file(tmp_path, LINE, '2023,"gell'))


def test_an_empty_file_a_missing_file_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    empty, huge = tmp_path / "tom.csv", tmp_path / "stor.csv"
    empty.touch()
    with huge.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)

    assert refusal(empty) == "Filen tom.csv er tom."
    assert "kan ikke åbnes" in refusal(tmp_path / "ingen.csv")
    assert "er større end 20 MB" in refusal(huge)
