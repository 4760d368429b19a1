"""Pages, order and files of lists."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.test import RequestFactory

from accounts.models import Organisation
from lbf_portal.lib.tables import Cell, Column, Format, export, export_format, ordered_by, page_of
from tests.factories.accounts import OrganisationFactory

Row = tuple[Cell, ...]


def column(position: int, heading: str = "x") -> Column[Row]:
    return Column(heading, lambda row: row[position])


def get(query: str = "") -> Any:
    return RequestFactory().get(f"/{query}")


def as_csv(*rows: Row) -> list[list[str]]:
    columns = [column(position, f"Kolonne {position}") for position in range(len(rows[0]))]
    response = export(rows, columns, Format.CSV, name="Sager på vej")
    assert isinstance(response, StreamingHttpResponse)
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]  # not an async response
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def as_sheet(*rows: Row) -> Any:
    columns = [column(position, f"Kolonne {position}") for position in range(len(rows[0]))]
    response = export(rows, columns, Format.XLSX, name="Sager på vej")
    assert isinstance(response, FileResponse)
    content = io.BytesIO(b"".join(response.streaming_content))  # type: ignore[arg-type]  # not an async response
    return openpyxl.load_workbook(content).active


@pytest.mark.parametrize(("query", "numbers"), [("", [1, 2]), ("?page=1", [1, 2]), ("?page=3", [5])])
def test_a_page_holds_its_rows(query: str, numbers: list[int]) -> None:
    page = page_of(get(query), [1, 2, 3, 4, 5], per_page=2)  # type: ignore[type-var]  # any sequence pages

    assert list(page) == numbers


@pytest.mark.parametrize("number", ["0", "-1", "4", "1e3", "to", "99999999999999999999"])
def test_a_page_that_does_not_exist_is_not_found(number: str) -> None:
    with pytest.raises(Http404):
        page_of(get(f"?page={number}"), [1, 2, 3, 4, 5], per_page=2)  # type: ignore[type-var]  # any sequence pages


def test_an_empty_list_has_one_empty_page() -> None:
    assert list(page_of(get(), [])) == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Alfa", "Beta", "Gamma"]),
        ("?sort=name", ["Alfa", "Beta", "Gamma"]),
        ("?sort=-name", ["Gamma", "Beta", "Alfa"]),
        ("?sort=code", ["Gamma", "Alfa", "Beta"]),
        ("?sort=-code", ["Beta", "Alfa", "Gamma"]),
        ("?sort=password", ["Alfa", "Beta", "Gamma"]),
        ("?sort=", ["Alfa", "Beta", "Gamma"]),
    ],
)
@pytest.mark.django_db
def test_a_list_is_ordered_by_what_it_offers_and_nothing_else(query: str, names: list[str]) -> None:
    for name, code in (("Beta", "2"), ("Alfa", "2"), ("Gamma", "1")):
        OrganisationFactory.create(name=name, municipality_code=code)

    orders = {"name": ["sort_key"], "code": ["municipality_code", "sort_key"]}
    found = ordered_by(get(query), Organisation.objects.all(), orders, default="name")
    assert [organisation.name for organisation in found] == names


@pytest.mark.parametrize(
    ("query", "wanted"), [("", None), ("?_export=", None), ("?_export=csv", Format.CSV), ("?_export=xlsx", Format.XLSX)]
)
def test_a_file_is_asked_for_by_address(query: str, wanted: Format | None) -> None:
    assert export_format(get(query)) is wanted


def test_a_format_nobody_offers_is_not_found() -> None:
    with pytest.raises(Http404):
        export_format(get("?_export=pdf"))


@pytest.mark.parametrize("text", ["=1+1", "+45", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_looks_like_a_formula_is_not_one(text: str) -> None:
    assert as_csv((text,))[1] == [f"'{text}"]
    assert as_sheet((text,))["A2"].data_type == "s"


def test_values_are_written_as_danes_read_them() -> None:
    moment = datetime.datetime(2026, 11, 22, 12, 30, tzinfo=datetime.UTC)

    rows = as_csv((Decimal("-1250000.50"), datetime.date(2026, 11, 22), moment, None, True, 7, 'æ; "å"'))

    assert rows[1] == ["-1250000,50", "2026-11-22", "2026-11-22 13:30", "", "Ja", "7", 'æ; "å"']


def test_a_sheet_keeps_types_and_freezes_its_head() -> None:
    moment = datetime.datetime(2026, 11, 22, 12, 30, tzinfo=datetime.UTC)

    sheet = as_sheet((Decimal("12345678901.25"), datetime.date(2026, 11, 22), moment, None, False, "https://example.org"))

    head, row = sheet.iter_rows(values_only=True)
    assert head[0] == "Kolonne 0"
    assert sheet.freeze_panes == "A2"
    assert row == (
        12345678901.25,
        datetime.datetime(2026, 11, 22),  # noqa: DTZ001 - a sheet knows no time zones
        datetime.datetime(2026, 11, 22, 13, 30),  # noqa: DTZ001 - as above
        None,
        "Nej",
        "https://example.org",
    )
    assert sheet["F2"].hyperlink is None


@time_machine.travel("2026-11-22T12:00:00Z")
def test_a_file_is_named_after_the_list_and_the_day() -> None:
    response = export([("x",)], [column(0)], Format.CSV, name="Boligområder")

    assert response["Content-Disposition"] == 'attachment; filename="boligomraader-2026-11-22.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_a_list_is_sent_row_by_row() -> None:
    read: list[int] = []

    def rows() -> Any:
        for number in range(3):
            read.append(number)
            yield (number,)

    response = export(rows(), [column(0)], Format.CSV, name="liste")
    assert isinstance(response, StreamingHttpResponse)
    assert read == []
    lines = iter(response.streaming_content)  # type: ignore[arg-type]  # not an async response
    assert next(lines) == "\ufeff".encode()
    next(lines)
    next(lines)
    assert read == [0]
