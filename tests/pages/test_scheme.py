"""The scheme in public: open to everybody, true to the ledger, silent on few cases."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from applications import durations
from ledger import posting
from ledger.kinds import Money
from tests.browser import inspect
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

SCHEME = reverse("scheme")
TODAY = AT.date()


@pytest.fixture
def signed_out() -> Client:
    return Client(headers={"accept-language": "da"})


def text(client: Client) -> str:
    response = client.get(SCHEME)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def came_through(case_cast: CaseCast, *days: int) -> None:
    """Cases that were prequalified so many days after they were sent in."""
    for number, took in enumerate(days):
        case = cases.make_empty_draft(case_cast, title=f"Sag {number}")
        began = AT - datetime.timedelta(days=100 + took)
        case.record(durations.SUBMITTED, by=case_cast.applicant, at=began)
        case.record(durations.PREQUALIFIED, by=case_cast.case_officer, at=began + datetime.timedelta(days=took))


@pytest.mark.django_db
def test_what_is_left_is_the_ledgers_rounded_down(signed_out: Client, case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    posting.commit(
        2026,
        case_reference="100001",
        money=Money.RENT,
        amount=Decimal("190000000.01"),
        key="a",
        on=TODAY,
        by=case_cast.director,
        legal_basis="x",
        reason="x",
    )
    shown = text(signed_out)
    assert "<strong>189 mio. kr.</strong>" in shown
    assert "højst 49 mio. kr." in shown
    assert "grundbeløb" in shown, "the year is not regulated, and the page says on what it counts"
    assert "100001" not in shown


@pytest.mark.django_db
def test_a_year_without_a_frame_says_so(signed_out: Client) -> None:
    assert "Årets ramme er ikke åbnet endnu" in text(signed_out)


@pytest.mark.django_db
def test_the_page_asks_as_much_for_many_cases_as_for_few(signed_out: Client, case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    came_through(case_cast, 10)
    with CaptureQueriesContext(connection) as few:
        text(signed_out)
    came_through(case_cast, *range(20))
    with CaptureQueriesContext(connection) as many:
        text(signed_out)
    assert len(many) == len(few)


@pytest.mark.django_db
def test_typical_is_the_median_and_says_on_how_many_cases_it_rests(signed_out: Client, case_cast: CaseCast) -> None:
    came_through(case_cast, 10, 20, 30, 40, 400)
    found = durations.typical(durations.SUBMITTED, [durations.PREQUALIFIED, durations.REFUSED], on=TODAY)
    assert found == durations.Typical(30, 5)
    assert "Typisk 30 dage (5 sager de seneste 3 år, medianen)" in text(signed_out)


@pytest.mark.django_db
def test_few_cases_say_nothing(signed_out: Client, case_cast: CaseCast) -> None:
    came_through(case_cast, 10, 20, 30, 40)
    assert durations.typical(durations.SUBMITTED, [durations.PREQUALIFIED], on=TODAY) == durations.Typical(None, 4)
    assert "For få sager" in text(signed_out)


@pytest.mark.django_db
def test_what_lies_too_far_back_or_ahead_does_not_count(case_cast: CaseCast) -> None:
    came_through(case_cast, 1, 1, 1, 1, 1)
    ended = TODAY - datetime.timedelta(days=100)
    steps = (durations.SUBMITTED, [durations.PREQUALIFIED])
    assert durations.typical(*steps, on=ended).cases == 5
    assert durations.typical(*steps, on=ended - datetime.timedelta(days=1)).cases == 0, "not decided yet on that day"
    assert durations.typical(*steps, on=ended + datetime.timedelta(days=365 * 3)).cases == 5
    assert durations.typical(*steps, on=ended + datetime.timedelta(days=365 * 3 + 1)).cases == 0


@pytest.mark.parametrize(("days", "months"), [(1, 1), (60, 2), (243, 8), (425, 14)])
def test_long_times_are_told_in_months(days: int, months: int) -> None:
    assert durations.Typical(days, 9).months == months
    assert durations.Typical(None, 1).months is None


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_in_both_languages_and_the_way_to_it(page: Page, live_server: LiveServer, case_cast: CaseCast) -> None:
    page.goto(live_server.url)
    page.get_by_role("link", name="Læs, hvad der gives støtte til, og hvem der kan søge").click()
    expect(page.get_by_text("Årets ramme er ikke åbnet endnu")).to_be_visible()
    inspect(page, "scheme empty")

    cases.make_frame(case_cast)
    came_through(case_cast, 20, 30, 35, 40, 90)
    page.reload()
    expect(page.get_by_text("380 mio. kr.")).to_be_visible()
    inspect(page, "scheme")

    page.get_by_role("button", name="English").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Support for exposed housing areas")
    inspect(page, "scheme in English")
    page.get_by_role("link", name="Sign in, and see").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert "before-you-start" in page.url
