"""The cases of a year: what each holds, what is reserved, what waits; and the outlook they add up to."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from ledger.kinds import FrameKind, Money
from ledger.signals import Waiting, waiting_asked
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, commit, release, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_day")]


@pytest.fixture
def reader(client: Client, case_officer: Actor) -> Client:
    assert case_officer.user is not None
    client.force_login(case_officer.user)
    return client


@pytest.fixture
def year(db: None) -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(year=2027, carried=True)
    commit(12 * MILLION, case_reference="100001", at=datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC))
    commit(7 * MILLION, case_reference="100001", money=Money.RENT)
    commit(3 * MILLION, case_reference="100001", money=Money.VACANCY)
    commit(5 * MILLION, case_reference="100002")
    release(5 * MILLION, case_reference="100002")
    reserve(14 * MILLION, case_reference="100003", note="Planen ventes i foråret")
    reserve(6 * MILLION, case_reference="100003", money=Money.RENT, note="Planen ventes i foråret")
    reserve(MILLION, year=2027, case_reference="100004")


@pytest.fixture
def waiting(db: None) -> Iterator[list[Waiting]]:
    """What an app above the ledger would answer; the portal's own has nothing to say here."""
    answer: list[Waiting] = []

    def receiver(**_facts: Any) -> list[Waiting]:
        return answer

    waiting_asked.connect(receiver)
    yield answer
    waiting_asked.disconnect(receiver)


def page(reader: Client, query: str = "", year: int = 2026, name: str = "frame_cases") -> str:
    response = reader.get(reverse(f"ledger:{name}", args=[year]) + query)
    assert response.status_code == 200
    return response.content.decode()


def rows(reader: Client, query: str = "") -> list[dict[str, str]]:
    response = reader.get(reverse("ledger:frame_cases", args=[2026]) + f"?_export=csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))


def test_each_case_stands_with_its_money_and_its_reservation(reader: Client, year: None) -> None:
    by_case = {row["Sag"]: row for row in rows(reader)}

    assert list(by_case) == ["100001", "100003"]
    held = by_case["100001"]
    assert [
        held[name] for name in ("Boligsocial indsats", "Huslejenedsættelse", "Tomgangsleje ved genhusning", "Tilsagn i alt")
    ] == [
        "12000000,00",
        "7000000,00",
        "3000000,00",
        "22000000,00",
    ]
    reserved = by_case["100003"]
    assert (reserved["Reserveret til boligsocial indsats"], reserved["Reserveret til husleje"]) == ("14000000,00", "6000000,00")
    assert (reserved["Reserveret den"], reserved["Bemærkning"]) == ("2026-11-22", "Planen ventes i foråret")


def test_cases_lead_to_the_case_and_to_its_entries(reader: Client, year: None) -> None:
    html = page(reader)

    assert 'href="/cases/100001/"' in html
    assert f'href="{reverse("ledger:frame_year", args=[2026])}?q=100001#entries"' in html


def test_the_sums_are_the_years_own(reader: Client, year: None) -> None:
    html = page(reader)
    foot = html[html.index("<tfoot") : html.index("</tfoot>")]

    for amount in ("12.000.000 kr.", "7.000.000 kr.", "3.000.000 kr.", "22.000.000 kr.", "20.000.000 kr."):
        assert f">{amount}<" in foot
    assert "22.000.000 kr. af 380.000.000 kr." in page(reader, name="frame_year")


def test_of_a_past_day_cases_hold_what_was_posted_by_then(reader: Client, year: None) -> None:
    [case] = rows(reader, "&on=2026-06-30")

    assert (case["Sag"], case["Tilsagn i alt"]) == ("100001", "12000000,00")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("&has=held", ["100001"]),
        ("&has=reserved", ["100003"]),
        ("&has=waiting", []),
        ("&has=gift", ["100001", "100003"]),
        ("&q=100003", ["100003"]),
        ("&q=9", []),
        ("&sort=-case", ["100003", "100001"]),
        ("&sort=held", ["100003", "100001"]),
        ("&sort=nonsense", ["100001", "100003"]),
    ],
)
def test_cases_are_filtered_and_ordered_by_address(reader: Client, year: None, query: str, shown: list[str]) -> None:
    assert [row["Sag"] for row in rows(reader, query)] == shown


def test_a_list_with_nothing_says_why(reader: Client, year: None) -> None:
    FrameYearFactory.create(year=2025)

    assert "Her står hver sag" in page(reader, year=2025)
    assert "Ingen sager passer" in page(reader, "?q=9")


@pytest.mark.parametrize("query", ["?page=0", "?page=2", "?page=x", "?_export=pdf"])
def test_what_does_not_exist_is_404(reader: Client, year: None, query: str) -> None:
    assert reader.get(reverse("ledger:frame_cases", args=[2026]) + query).status_code == 404
    assert reader.get(reverse("ledger:extra_cases", args=[2026])).status_code == 404


def test_others_are_refused(client: Client, year: None, applicant: Actor) -> None:
    assert applicant.user is not None
    client.force_login(applicant.user)

    assert client.get(reverse("ledger:frame_cases", args=[2026])).status_code == 403
    assert client.get(reverse("ledger:frame_cases", args=[1999])).status_code == 403


def test_two_cases_take_as_many_queries_as_two_hundred(
    reader: Client, year: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(25) as few:
        page(reader)
    for number in range(200):
        reserve(1, case_reference=f"{200000 + number}")
    with django_assert_max_num_queries(25) as many:
        html = page(reader, "?sort=-case")
    assert len(few) == len(many)
    assert "202 sager" in html
    assert "Summen er af alle sager" in html
    assert ">20.000.200 kr.<" in html


# The outlook


def test_the_outlook_is_what_is_committed_reserved_and_waiting(reader: Client, year: None, waiting: list[Waiting]) -> None:
    waiting += [
        Waiting("100005", 2026, 30 * MILLION, 10 * MILLION),
        Waiting("100006", 2027, 50 * MILLION, Decimal(0)),
    ]
    html = page(reader, name="frame_year")
    outlook = html[html.index("Udsigten for året") :]

    for amount in ("22.000.000 kr.", "20.000.000 kr.", "40.000.000 kr.", "82.000.000 kr.", "298.000.000 kr."):
        assert amount in outlook
    assert "1 sag med en plan, der er sendt til afgørelse" in outlook
    by_case = {row["Sag"]: row for row in rows(reader)}
    assert by_case["100005"]["Venter på afgørelse, husleje"] == "10000000,00"
    assert "100006" not in by_case


def test_a_case_that_waits_for_more_than_is_reserved_stands_once(reader: Client, year: None, waiting: list[Waiting]) -> None:
    waiting.append(Waiting("100003", 2026, MILLION, Decimal(0)))

    [case] = rows(reader, "&has=waiting")

    assert case["Reserveret til boligsocial indsats"] == "14000000,00"
    assert case["Venter på afgørelse, boligsocial indsats"] == "1000000,00"


def test_a_year_that_cannot_meet_everything_warns(reader: Client, year: None, waiting: list[Waiting]) -> None:
    waiting.append(Waiting("100005", 2026, 339 * MILLION, Decimal(0)))

    assert "Der mangler 1.000.000 kr." in page(reader, name="frame_year")


def test_what_waited_on_a_past_day_is_not_known_and_nothing_waits_for_the_extra_frame(
    reader: Client, year: None, waiting: list[Waiting]
) -> None:
    waiting += [Waiting("100005", 2026, MILLION, Decimal(0)), Waiting("100005", 2023, MILLION, Decimal(0))]
    FrameYearFactory.create(extra=True)
    commit(MILLION, year=2023, frame=FrameKind.EXTRA_RENT, money=Money.RENT)

    assert "100005" not in page(reader, "?on=2026-11-21")
    assert "vises kun for åbne år" in page(reader, "?on=2026-11-21", name="frame_year")
    assert "100005" not in page(reader, year=2023, name="extra_cases")
