"""One year and its entries."""

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from ledger.kinds import Money
from ledger.models import Entry
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, commit, regulate, release, reserve
from tests.ledger.acts import reverse as reverse_entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_day")]


@pytest.fixture
def reader(client: Client, case_officer: Actor) -> Client:
    assert case_officer.user is not None
    client.force_login(case_officer.user)
    return client


@pytest.fixture
def year(finance_officer: Actor, director: Actor) -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(year=2027, carried=True)
    commit(12 * MILLION, case_reference="100001", by=director)
    commit(30 * MILLION, case_reference="100002", money=Money.RENT, reason='=HYPERLINK("x")')
    release(2 * MILLION, case_reference="100001")
    reverse_entry(commit(MILLION, case_reference="100003"))
    carry_over(5 * MILLION, by=finance_officer)
    regulate(400 * MILLION, 250 * MILLION, by=finance_officer)


def page(reader: Client, query: str = "", year: int = 2026) -> str:
    response = reader.get(reverse("ledger:frame_year", args=[year]) + query)
    assert response.status_code == 200
    return response.content.decode()


def cases(html: str) -> list[str]:
    return [reference for reference in ("100001", "100002", "100003") if f">{reference}<" in html]


def test_the_year_shows_its_entries_and_who_posted_them(reader: Client, year: None) -> None:
    html = page(reader)

    assert "40.000.000 kr. af 395.000.000 kr." in html
    assert "Direktion" in html
    assert "-2.000.000 kr." in html
    assert "Overført til året efter" in html
    assert "6 posteringer" in html


def test_what_happened_to_the_frame_itself_is_told(reader: Client, year: None) -> None:
    html = page(reader)

    assert "Rammen er åbnet" in html
    assert "Rammen er reguleret til 400.000.000 kr., heraf højst 250.000.000 kr. til husleje (Brev af 2. januar 2026)" in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=100002", ["100002"]),
        ("?q=1000", ["100001", "100002", "100003"]),
        ("?kind=RELEASE", ["100001"]),
        ("?money=RENT", ["100002"]),
        ("?kind=REVERSAL&money=SOCIAL", ["100003"]),
        ("?since_day=23&since_month=11&since_year=2026", []),
        ("?until_day=22&until_month=11&until_year=2026&q=100001", ["100001"]),
        ("?kind=GIFT", ["100001", "100002", "100003"]),
    ],
)
def test_entries_are_filtered_by_address(reader: Client, year: None, query: str, shown: list[str]) -> None:
    assert cases(page(reader, query)) == shown


def test_entries_are_ordered_by_address(reader: Client, year: None) -> None:
    html = page(reader, "?sort=amount&kind=COMMIT")
    assert html.index("1.000.000 kr.</td>") < html.index("30.000.000 kr.</td>")
    html = page(reader, "?sort=-amount&kind=COMMIT")
    assert html.index("30.000.000 kr.</td>") < html.index(">1.000.000 kr.</td>")


def test_the_file_holds_what_the_filter_leaves_and_runs_nothing(reader: Client, year: None) -> None:
    response = reader.get(reverse("ledger:frame_year", args=[2026]) + "?_export=csv&money=RENT")
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))

    assert [(row["Sag"], row["Beløb"], row["Begrundelse"]) for row in rows] == [("100002", "30000000,00", '\'=HYPERLINK("x")')]


def test_the_file_of_a_year_adds_up_to_its_page(reader: Client, year: None) -> None:
    response = reader.get(reverse("ledger:frame_year", args=[2026]) + "?_export=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))

    amounts = [Decimal(row["Beløb"].replace(",", ".")) for row in rows if row["Sag"]]
    assert sum(amounts) == 40 * MILLION
    assert len(rows) == Entry.objects.filter(frame_year__year=2026).count()


def test_a_year_without_entries_says_what_would_stand_there(reader: Client) -> None:
    FrameYearFactory.create()

    assert "Her står hvert tilsagn" in page(reader)
    assert "Ingen posteringer passer" in page(reader, "?q=1")


@pytest.mark.parametrize("address", ["?page=0", "?page=2", "?page=x", "?_export=pdf"])
def test_what_does_not_exist_is_404(reader: Client, year: None, address: str) -> None:
    assert reader.get(reverse("ledger:frame_year", args=[2026]) + address).status_code == 404


def test_a_year_without_a_frame_is_404(reader: Client) -> None:
    assert reader.get(reverse("ledger:frame_year", args=[1999])).status_code == 404


def test_two_entries_take_as_many_queries_as_two_hundred(
    reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries, director: Actor
) -> None:
    FrameYearFactory.create()
    for _ in range(2):
        commit(1, by=director)
    with django_assert_max_num_queries(25) as few:
        page(reader)
    for number in range(60):
        commit(1, case_reference=f"{200000 + number}", by=director)
    with django_assert_max_num_queries(25) as many:
        html = page(reader)
    assert len(few) == len(many)
    assert "62 posteringer" in html
    assert 'rel="next"' in html


def test_rent_is_never_said_to_have_more_left_than_the_whole_frame(reader: Client) -> None:
    """240 mio. for rent, none used; but social efforts hold 360 of the 380, and 5 of the other 20 are reserved for rent."""
    FrameYearFactory.create()
    commit(360 * MILLION)
    rent = page(reader).partition("Heraf husleje")[2].partition("</div>")[0]
    assert "Tilbage: 20.000.000 kr." in rent

    reserve(5 * MILLION, money=Money.RENT, case_reference="100002")
    rent = page(reader).partition("Heraf husleje")[2].partition("</div>")[0]
    assert "Tilbage ud over det: 15.000.000 kr." in rent
