"""The list of years."""

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from lbf_portal.lib.danish import parse_amount
from ledger.kinds import FrameKind, Money
from ledger.models import Entry, FrameYear
from tests.factories.ledger import FrameYearFactory, GrantPeriodFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_day")]


@pytest.fixture
def reader(client: Client, finance_officer: Actor) -> Client:
    assert finance_officer.user is not None
    client.force_login(finance_officer.user)
    return client


@pytest.fixture
def years(db: None) -> None:
    """2025 closed after a carry-over, 2026 in use, 2027 for carry-over."""
    FrameYearFactory.create(year=2025)
    FrameYearFactory.create(year=2026)
    FrameYearFactory.create(year=2027, carried=True)
    commit(300 * MILLION, year=2025)
    carry_over(80 * MILLION, from_year=2025)
    close(2025)
    commit(50 * MILLION, money=Money.RENT)
    commit(Decimal("100000000.50"))


@pytest.fixture
def all_frames(years: None) -> None:
    """The extra frame beside them, a reservation, and a period of the past."""
    GrantPeriodFactory.create(historic=True)
    FrameYearFactory.create(extra=True)
    FrameYearFactory.create(extra_carried=True)
    commit(200 * MILLION, year=2023, frame=FrameKind.EXTRA_RENT, money=Money.RENT)
    carry_over(Decimal("149999999.99"), from_year=2023, frame=FrameKind.EXTRA_RENT)
    reserve(12 * MILLION, case_reference="100008")
    reserve(7 * MILLION, case_reference="100008", money=Money.RENT)


def page(reader: Client, query: str = "") -> str:
    response = reader.get(reverse("ledger:frames") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_fund_sees_what_each_year_has_and_what_is_left(reader: Client, years: None) -> None:
    html = page(reader)

    assert "150.000.000,50 kr. af 460.000.000 kr." in html
    assert "50.000.000 kr. af 240.000.000 kr." in html
    assert "309.999.999,50 kr." in html
    assert "Lukket 01.02.2026" in html
    assert "Kun overførsel" in html
    assert reverse("ledger:frame_year", args=[2026]) in html
    assert "2.026" not in html


def test_a_warning_stands_until_the_regulated_amount_is_typed_in(reader: Client, years: None) -> None:
    assert "Det regulerede beløb er ikke indtastet" in page(reader)

    regulate(400 * MILLION, 250 * MILLION)

    html = page(reader)
    assert "Det regulerede beløb er ikke indtastet" not in html
    assert "150.000.000,50 kr. af 480.000.000 kr." in html


def test_a_warning_tells_when_social_efforts_pass_the_published_split(reader: Client) -> None:
    FrameYearFactory.create()
    commit(140 * MILLION)
    assert "Det er tilladt, men lejedelen kan ikke længere fyldes" not in page(reader)

    commit(1)

    assert "Boligsociale indsatser har 140.000.001 kr." in page(reader)


def test_the_running_year_stands_on_top_and_the_list_is_newest_first(reader: Client, years: None) -> None:
    html = page(reader)
    assert html.index("Rammen for 2026") < html.index("Alle år")
    assert html.index(">2027</a>") < html.index(">2026</a>") < html.index(">2025</a>")

    html = page(reader, "?sort=year")
    assert html.index(">2025</a>") < html.index(">2026</a>") < html.index(">2027</a>")


def test_an_empty_list_says_what_would_stand_there(reader: Client) -> None:
    assert "Ingen er åbnet endnu" in page(reader)


def test_the_files_add_up_to_the_page(reader: Client, years: None) -> None:
    text = b"".join(reader.get(reverse("ledger:frames") + "?_export=csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    left = {row["År"]: Decimal(row["Tilbage"].replace(",", ".")) for row in rows}
    assert left == {str(position.year): position.available for position in FrameYear.objects.positions()}

    book = load_workbook(io.BytesIO(b"".join(reader.get(reverse("ledger:frames") + "?_export=xlsx"))))
    _, newest, *_ = book.worksheets[0].iter_rows(values_only=True)
    assert newest[:4] == (2027, "Den ordinære ramme", "2019-26-midlerne", 0)


# The columns of the file that each sum of the page adds up, from left to right.
SUMMED = [
    "Gældende beløb",
    "Overført fra året før",
    "Overført til året efter",
    "Givne tilsagn",
    "Heraf tilsagn til husleje",
    "Tilbage",
    "Reserveret",
]


def sums(html: str) -> list[list[Decimal]]:
    """The sums under each table of the page."""
    feet = re.findall(r"<tfoot>(.*?)</tfoot>", html, re.DOTALL)
    return [[parse_amount(cell) for cell in re.findall(r">([-0-9.,]+) kr\.</td>", foot)] for foot in feet]


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_the_rows_of_the_file_add_up_to_the_sums_of_the_page(reader: Client, all_frames: None, wanted: str) -> None:
    content = b"".join(reader.get(reverse("ledger:frames") + f"?_export={wanted}"))
    rows: list[dict[str, Any]]
    if wanted == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    else:
        heads, *values = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
        rows = [dict(zip(map(str, heads), row, strict=True)) for row in values]
    frames = list(dict.fromkeys(row["Ramme"] for row in rows))

    added = [
        [sum((exact(row[name]) for row in rows if row["Ramme"] == frame), start=Decimal(0)) for name in SUMMED]
        for frame in frames
    ]

    assert frames == ["Den ordinære ramme", "Den ekstra ramme til huslejenedsættelse"]
    assert added == sums(page(reader))
    for ceiling, carried_in, carried_out, committed, _rent, left, _reserved in added:
        assert ceiling + carried_in - carried_out == committed + left
    for row in rows:
        parts = ("Heraf tilsagn til boligsocial indsats", "Heraf tilsagn til husleje")
        assert sum(exact(row[name]) for name in parts) == exact(row["Givne tilsagn"])
        assert exact(row["Tilbage"]) - exact(row["Reserveret"]) == exact(row["Tilbage ud over reservationer"])


def exact(cell: object) -> Decimal:
    """A cell of either file; a spreadsheet keeps numbers to fifteen digits, so the øre are whole again here."""
    return Decimal(str(cell).replace(",", ".")).quantize(Decimal("0.01"))


def test_the_two_frames_stand_apart(reader: Client, all_frames: None) -> None:
    html = page(reader)
    ordinary, extra = (html.index(f"<h3>{name}") for name in ("Den ordinære ramme", "Den ekstra ramme"))

    assert html.count("<tfoot>") == 2
    assert ordinary < html.index(f'href="{reverse("ledger:frame_year", args=[2025])}"') < extra
    assert extra < html.index(f'href="{reverse("ledger:extra_year", args=[2023])}"')


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?frame=EXTRA_RENT", ["2024", "2023"]),
        ("?frame=ORDINARY&sort=year", ["2025", "2026", "2027"]),
        ("?period=P2023_EXTRA&sort=-committed", ["2023", "2024"]),
        ("?period=P2019_26&sort=-committed", ["2025", "2026", "2027"]),
        ("?period=P2011_14", ["2027", "2026", "2025", "2024", "2023"]),
        ("?period=P2019_26&frame=EXTRA_RENT", []),
        ("?sort=nonsense", ["2027", "2026", "2025", "2024", "2023"]),
    ],
)
def test_years_are_filtered_and_ordered_by_address(reader: Client, all_frames: None, query: str, shown: list[str]) -> None:
    text = b"".join(reader.get(reverse("ledger:frames") + f"{query}&_export=csv")).decode("utf-8-sig")

    assert [row["År"] for row in csv.DictReader(io.StringIO(text), delimiter=";")] == shown


def test_a_filter_that_leaves_nothing_says_so(reader: Client, all_frames: None) -> None:
    assert "Ingen rammer passer" in page(reader, "?period=P2019_26&frame=EXTRA_RENT")


def test_the_chart_shows_the_years_and_the_periods_before_them_with_a_table_beneath(reader: Client, all_frames: None) -> None:
    html = page(reader)
    beneath = html[html.index("Vis tallene i en tabel") :]

    # One in each of four years, and one that explains it.
    assert [html.count(f'class="mark-{kind}"') for kind in ("given-social", "given-rent")] == [4 + 1, 4 + 1]
    for year in (2011, 2014, 2025, 2027):
        assert f">{year}</text>" in html
    assert "2011-2014" in beneath
    assert "440.000.000 kr." in beneath
    assert "19.000.000 kr." in beneath


def test_reservations_stand_apart_from_commitments_and_may_go_beyond_what_is_left(reader: Client, all_frames: None) -> None:
    assert "Reserveret: 19.000.000 kr." in page(reader)

    reserve(400 * MILLION, case_reference="100009")

    html = page(reader)
    assert "Der er reserveret 109.000.000,50 kr. mere, end der er tilbage" in html
    assert "Overskredet" not in html


@pytest.mark.parametrize("who", ["applicant", "municipality", "auditor", "adviser", "outsider"])
def test_others_are_refused(client: Client, years: None, who: str, request: pytest.FixtureRequest) -> None:
    actor: Actor = request.getfixturevalue(who)
    assert actor.user is not None
    client.force_login(actor.user)

    for address in (
        reverse("ledger:frames"),
        reverse("ledger:frame_year", args=[2026]),
        reverse("ledger:extra_year", args=[2023]),
        reverse("ledger:frame_cases", args=[2026]),
        reverse("ledger:extra_cases", args=[2023]),
        reverse("ledger:entry", args=[Entry.objects.earliest("pk").pk]),
    ):
        assert client.get(address).status_code == 403


def test_nobody_sees_the_frames_without_signing_in(client: Client, years: None) -> None:
    assert client.get(reverse("ledger:frames")).status_code == 302


def test_two_years_take_as_many_queries_as_twenty(
    reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries, years: None
) -> None:
    with django_assert_max_num_queries(25) as few:
        page(reader)
    for year in range(2019, 2025):
        FrameYearFactory.create(year=year)
    with django_assert_max_num_queries(25) as many:
        page(reader)
    assert len(few) == len(many)
