"""The frames as they stood on a past day: what the pages and files say, and that they say what `check_frame --as-of` says."""

from __future__ import annotations

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from ledger.kinds import FrameKind, Money
from tests.factories.ledger import FrameYearFactory, GrantPeriodFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate, release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_day")]

DAYS = ["2019-01-01", "2025-06-30", "2025-12-31", "2026-02-01", "2026-02-02", "2026-11-22"]


def noon(year: int, month: int, day: int) -> datetime.datetime:
    return datetime.datetime(year, month, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def reader(client: Client, case_officer: Actor) -> Client:
    assert case_officer.user is not None
    client.force_login(case_officer.user)
    return client


@pytest.fixture
def history(db: None) -> None:
    """A commitment of 2025, its release, a carry-over and a closing in February, a regulation in March; and the extra frame."""
    GrantPeriodFactory.create(historic=True)
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)
    FrameYearFactory.create(extra=True)
    commit(200 * MILLION, year=2023, frame=FrameKind.EXTRA_RENT, money=Money.RENT, at=noon(2023, 5, 1))
    commit(300 * MILLION, year=2025, at=noon(2025, 3, 1), case_reference="100001")
    commit(50 * MILLION, year=2025, at=noon(2025, 9, 1), case_reference="100002", money=Money.RENT)
    release(100 * MILLION, year=2025, at=noon(2025, 12, 31), case_reference="100001")
    carry_over(60 * MILLION, from_year=2025, at=noon(2026, 2, 1))
    close(2025, at=noon(2026, 2, 2))
    regulate(400 * MILLION, 250 * MILLION, at=noon(2026, 3, 1))
    # Decided in 2025, posted in 2026: the ledger did not know it before.
    commit(Decimal("20000000.50"), year=2026, at=noon(2026, 3, 31), case_reference="100003")


def page(reader: Client, query: str, year: int | None = None, status: int = 200) -> str:
    address = reverse("ledger:frame_year", args=[year]) if year else reverse("ledger:frames")
    response = reader.get(address + query)
    assert response.status_code == status
    return response.content.decode()


def rows(reader: Client, address: str) -> list[dict[str, str]]:
    response = reader.get(address)
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))


def amount(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if text else None


@pytest.mark.parametrize("day", DAYS)
def test_the_file_says_what_the_command_says(reader: Client, history: None, day: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_frame", "--as-of", day, "--json")
    told = json.loads(capsys.readouterr().out)["years"]
    names = {
        "Grundbeløb": "base",
        "Reguleret beløb": "regulated",
        "Gældende beløb": "ceiling",
        "Overført fra året før": "carried_in",
        "Overført til året efter": "carried_out",
        "Givne tilsagn": "committed",
        "Heraf tilsagn til husleje": "rent_committed",
        "Lejedelens loft": "rent_ceiling",
        "Reserveret": "reserved",
        "Tilbage": "available",
    }

    shown = rows(reader, reverse("ledger:frames") + f"?on={day}&_export=csv&sort=year")

    assert len(shown) == len(told)
    for row in shown:
        is_extra = row["Ramme"].startswith("Den ekstra")
        [year] = [one for one in told if str(one["year"]) == row["År"] and (one["period"] == "P2023_EXTRA") == is_extra]
        assert {name: amount(row[name]) for name in names} == {
            name: None if year[told_as] is None else Decimal(year[told_as]) for name, told_as in names.items()
        }
        assert row["Opgjort den"] == day


def test_the_pages_say_plainly_which_day_they_are_about(reader: Client, history: None) -> None:
    for html in (page(reader, "?on=2025-12-30"), page(reader, "?on=2025-12-30", 2025)):
        assert "Som bogført den 30. december 2025" in html
        assert "350.000.000 kr. af 380.000.000 kr." in html
        assert "Vis, som det er nu" in html
    assert "Vis, som det er nu" not in page(reader, "")


def test_an_entry_regulation_or_closing_counts_from_the_evening_of_its_day(reader: Client, history: None) -> None:
    assert "Ikke indtastet" in page(reader, "?on=2026-02-28", 2026)
    assert "Brev af 2. januar 2026" in page(reader, "?on=2026-03-01", 2026)
    assert "Lukket" not in page(reader, "?on=2026-02-01", 2025)
    assert "Lukket 01.02.2026" in page(reader, "?on=2026-02-02", 2025)
    assert "20.000.000,50 kr." not in page(reader, "?on=2026-03-30", 2026)
    assert "20.000.000,50 kr." in page(reader, "?on=2026-03-31", 2026)


def test_the_entries_of_a_past_day_and_their_file_are_those_posted_by_then(reader: Client, history: None) -> None:
    address = reverse("ledger:frame_year", args=[2025])

    assert [row["Sag"] for row in rows(reader, f"{address}?on=2025-06-30&_export=csv")] == ["100001"]
    assert sum(amount(row["Beløb"]) or 0 for row in rows(reader, f"{address}?on=2025-12-31&_export=csv")) == 250 * MILLION
    assert "1 postering<" in page(reader, "?on=2025-06-30", 2025)
    assert "Rammen er lukket" not in page(reader, "?on=2026-02-01", 2025)
    assert "var der endnu ikke bogført noget" in page(reader, "?on=2025-02-28", 2025)


def test_a_day_typed_in_three_fields_means_the_same_as_one_in_the_address(reader: Client, history: None) -> None:
    typed = page(reader, "?on_day=30&on_month=6&on_year=2025", 2025)

    assert "Som bogført den 30. juni 2025" in typed
    assert 'value="30"' in page(reader, "?on=2025-06-30", 2025)


def test_links_stay_on_the_day(reader: Client, history: None) -> None:
    assert f"{reverse('ledger:frame_year', args=[2025])}?on=2025-06-30" in page(reader, "?on=2025-06-30")
    assert f"{reverse('ledger:frame_cases', args=[2025])}?on=2025-06-30" in page(reader, "?on=2025-06-30", 2025)


def test_before_the_first_period_there_is_nothing_to_show_and_the_page_says_so(reader: Client, history: None) -> None:
    html = page(reader, "?on=2018-12-31")
    assert "Den 31. december 2018 var ingen af portalens bevillingsperioder begyndt" in html
    assert "<svg" in html
    assert "Den 31. december 2018 var bevillingsperioden ikke begyndt" in page(reader, "?on=2018-12-31", 2025)
    assert page(reader, "?on=0001-01-01")


def test_a_year_that_was_never_opened_is_404_on_any_day(reader: Client, history: None) -> None:
    page(reader, "?on=2018-12-31", 2031, status=404)


@pytest.mark.parametrize(
    "day", ["2026-11-23", "9999-12-31", "2025-02-30", "i går", "2025-06", "20250630", "1-2-3-4", "²-³-2025", "%00", "x" * 5000]
)
@pytest.mark.parametrize("year", [None, 2025])
def test_a_day_that_cannot_be_is_told_and_now_is_shown(reader: Client, history: None, day: str, year: int | None) -> None:
    html = page(reader, f"?on={day}", year)

    assert "Den dag, du har skrevet, kan siden ikke vises for" in html
    assert "field-error" in html or "form-error" in html


@pytest.mark.parametrize("name", ["frames", "frame_year", "frame_cases"])
@pytest.mark.parametrize("day", ["2026-11-23", "i%20g%C3%A5r"])
def test_no_file_is_made_for_a_day_that_cannot_be(reader: Client, history: None, name: str, day: str) -> None:
    address = reverse(f"ledger:{name}", args=[] if name == "frames" else [2025])
    response = reader.get(f"{address}?on={day}&_export=csv")

    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("year", [None, 2026])
def test_a_past_day_takes_as_many_queries_however_many_entries(
    reader: Client, history: None, django_assert_max_num_queries: DjangoAssertNumQueries, year: int | None
) -> None:
    with django_assert_max_num_queries(25) as few:
        page(reader, "?on=2026-06-30", year)
    for number in range(60):
        commit(1, case_reference=f"{200000 + number}", at=noon(2026, 5, 1))
    with django_assert_max_num_queries(25) as many:
        page(reader, "?on=2026-06-30", year)
    assert len(few) == len(many)


@pytest.mark.usefixtures("history")
def test_the_command_knows_nothing_of_days_to_come() -> None:
    with pytest.raises(CommandError, match="2026-11-23") as refused:
        call_command("check_frame", "--as-of", "2026-11-23")
    assert refused.value.returncode == 2
