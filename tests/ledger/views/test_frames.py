"""The list of years."""

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from ledger.kinds import Money
from ledger.models import FrameYear
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate

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
    assert newest[:3] == (2027, "2019-26-midlerne", 0)


@pytest.mark.parametrize("who", ["applicant", "municipality", "auditor", "adviser", "outsider"])
def test_others_are_refused(client: Client, years: None, who: str, request: pytest.FixtureRequest) -> None:
    actor: Actor = request.getfixturevalue(who)
    assert actor.user is not None
    client.force_login(actor.user)

    for address in (reverse("ledger:frames"), reverse("ledger:frame_year", args=[2026])):
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
