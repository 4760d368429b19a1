"""What every list needs: pages that exist, an order chosen by URL, and the whole list as a file.

page = page_of(request, queryset)                                   # 404 for a page that is not there
areas = ordered_by(request, areas, {"name": ["sort_key"]}, default="name")   # ?sort=name, ?sort=-name
if wanted := export_format(request):                                # ?_export=csv or ?_export=xlsx
    return export(rows, COLUMNS, wanted, name="boligomraader")
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import enum
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Generic, TypeVar

import xlsxwriter
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import F, Model, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext
from xlsxwriter.format import Format as XlsxFormat
from xlsxwriter.worksheet import Worksheet

Row = TypeVar("Row")
AnyModel = TypeVar("AnyModel", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])

ROWS_PER_PAGE = 50
# File names in plain letters, as Danes write them without their own.
PLAIN_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
# What a spreadsheet takes for the beginning of a formula.
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | Promise | int | Decimal | datetime.date | datetime.datetime | bool | None


@dataclasses.dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of an export: its heading, and how its value is read from a row. Values keep their type."""

    heading: str | Promise
    value: Callable[[Row], Cell]


class Format(enum.StrEnum):
    """The files a list can be fetched as."""

    CSV = "csv"
    XLSX = "xlsx"


def page_of(request: HttpRequest, rows: QuerySet[AnyModel] | Sequence[AnyModel], per_page: int = ROWS_PER_PAGE) -> Page[AnyModel]:
    """The page that `?page=` asks for; the first without it.

    Errors: Http404 for a page that is no number or does not exist, so that a stale link says so.
    """
    try:
        return Paginator(rows, per_page).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404(str(error)) from None


def ordered_by(request: HttpRequest, rows: Rows, keys: Mapping[str, Sequence[str]], *, default: str) -> Rows:
    """Rows in the order of `?sort=<name>`, `-<name>` turned round; empty values last either way, ties by primary key.

    `keys` says which fields each name stands for. An unknown name means the default, so old links go on working.
    """
    wanted = request.GET.get("sort", default)
    if wanted.removeprefix("-") not in keys:
        wanted = default
    fields = [F(field) for field in keys[wanted.removeprefix("-")]]
    turned = wanted.startswith("-")
    order = [field.desc(nulls_last=True) if turned else field.asc(nulls_last=True) for field in fields]
    return rows.order_by(*order, "pk")


def export_format(request: HttpRequest) -> Format | None:
    """The file that `?_export=` asks for, or None for the page.

    Errors: Http404 for a format that is not offered.
    """
    wanted = request.GET.get("_export")
    if not wanted:
        return None
    try:
        return Format(wanted)
    except ValueError:
        raise Http404(f"No export as {wanted!r}") from None


def export(
    rows: Iterable[Row],
    columns: Sequence[Column[Row]],
    file_format: Format,
    *,
    name: str,
) -> HttpResponseBase:
    """Answer with all rows as a file `<name>-<today>.csv` or `.xlsx`, row by row, so that a long list needs no memory.

    Text that a spreadsheet would run as a formula is kept from being one, in both formats. A CSV is what a Danish
    spreadsheet opens at a click: UTF-8 with a byte order mark, semicolons, decimal commas, ISO dates.
    """
    file_name = f"{slugify(name.lower().translate(PLAIN_LETTERS))}-{timezone.localdate().isoformat()}.{file_format}"
    if file_format is Format.XLSX:
        return _xlsx(rows, columns, file_name)
    # Headings now, while the reader's language is active; rows as they are sent.
    headings = [_csv_text(column.heading) for column in columns]
    response = StreamingHttpResponse(_csv_lines(rows, columns, headings), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


class _Line:
    """A file for csv.writer that hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(rows: Iterable[Row], columns: Sequence[Column[Row]], headings: Sequence[str]) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff"
    yield writer.writerow(headings)
    for row in rows:
        yield writer.writerow([_csv_text(column.value(row)) for column in columns])


def _csv_text(value: Cell) -> str:
    """The value as text. A number may begin with a minus; text that does gets an apostrophe, so that nothing is run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _yes_or_no(value)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, datetime.datetime):
        return _local(value).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, int | datetime.date):
        return str(value)
    text = force_str(value)
    return f"'{text}" if text.startswith(FORMULA_BEGINNINGS) else text


def _yes_or_no(value: bool) -> str:  # noqa: FBT001 - the value of a cell
    return gettext("Ja") if value else gettext("Nej")


def _local(moment: datetime.datetime) -> datetime.datetime:
    """The moment as the clock on the wall shows it; spreadsheets know no time zones."""
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment


def _xlsx(rows: Iterable[Row], columns: Sequence[Column[Row]], file_name: str) -> FileResponse:
    """Rows wait on the disk while the sheet is written; only the finished, packed file is in memory."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 20)
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for position, column in enumerate(columns):
            sheet.write_string(0, position, force_str(column.heading), bold)
        for number, row in enumerate(rows, start=1):
            for position, column in enumerate(columns):
                _write(sheet, number, position, column.value(row), moment)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name)


def _write(sheet: Worksheet, row: int, position: int, value: Cell, moment: XlsxFormat) -> None:
    """Write a cell by its type: text as text, never as a formula or a link."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(row, position, _yes_or_no(value))
    elif isinstance(value, int | Decimal):
        # Written digit by digit; the package types numbers as float, but takes a Decimal.
        sheet.write_number(row, position, value)  # type: ignore[arg-type]  # see above
    elif isinstance(value, datetime.datetime):
        sheet.write_datetime(row, position, _local(value), moment)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, position, datetime.datetime(value.year, value.month, value.day))  # noqa: DTZ001 - a day
    else:
        sheet.write_string(row, position, force_str(value))
