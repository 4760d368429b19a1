"""The pages as Chromium shows them: wide and at 390 px, filled, empty and with a filter that finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from ledger.kinds import FrameKind, Money
from ledger.models import Entry
from tests.browser import inspect
from tests.factories.ledger import FrameYearFactory, GrantPeriodFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate, release, reserve
from tests.ledger.acts import reverse as reverse_entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(live_server: LiveServer, page: Page, client: Client, finance_officer: Actor) -> Callable[[str], Page]:
    """Opens an address as the finance officer."""
    assert finance_officer.user is not None
    client.force_login(finance_officer.user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    def open_page(address: str) -> Page:
        page.goto(live_server.url + address)
        return page

    return open_page


@pytest.fixture
def ledger(finance_officer: Actor, director: Actor) -> None:
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)
    commit(300 * MILLION, year=2025, by=director)
    carry_over(80 * MILLION, from_year=2025, by=finance_officer)
    close(2025, by=finance_officer)
    for number in range(60):
        commit(2 * MILLION, case_reference=f"{100100 + number}", by=director, reason="Beboernes tryghed og børnenes skolegang")
    commit(200 * MILLION, money=Money.RENT, case_reference="100200", by=director)
    commit(35 * MILLION, case_reference="100201", by=director)
    release(MILLION, case_reference="100201")
    reserve(14 * MILLION, case_reference="100300", note="Prækvalificeret, planen ventes i foråret")
    reserve(6 * MILLION, case_reference="100300", money=Money.RENT)


@pytest.fixture
def history(ledger: None, finance_officer: Actor) -> None:
    """All years with use, the extra frame, and what was before."""
    GrantPeriodFactory.create(historic=True)
    for year in range(2019, 2025):
        FrameYearFactory.create(year=year)
        commit((year - 1900) * MILLION, year=year, case_reference="100400")
        commit(150 * MILLION, year=year, case_reference="100401", money=Money.RENT)
    FrameYearFactory.create(extra=True)
    FrameYearFactory.create(extra_carried=True)
    of_extra = {"frame": FrameKind.EXTRA_RENT, "money": Money.RENT}
    commit(275 * MILLION, year=2023, **of_extra)
    carry_over(75 * MILLION, from_year=2023, by=finance_officer, frame=FrameKind.EXTRA_RENT)


def test_the_frames_read_well_everywhere(visit: Callable[[str], Page], ledger: None) -> None:
    inspect(visit(reverse("ledger:frames")), "ledger frames")


def test_no_frames_read_well_everywhere(visit: Callable[[str], Page], db: None) -> None:
    inspect(visit(reverse("ledger:frames")), "ledger frames empty")


def test_a_year_reads_well_everywhere(visit: Callable[[str], Page], ledger: None, finance_officer: Actor) -> None:
    inspect(visit(reverse("ledger:frame_year", args=[2026])), "ledger year")

    regulate(395 * MILLION, 250 * MILLION, by=finance_officer)
    inspect(visit(reverse("ledger:frame_year", args=[2026]) + "?q=9&since_day=31&since_month=2"), "ledger year nothing found")


def test_all_years_with_both_frames_and_history_read_well(visit: Callable[[str], Page], history: None) -> None:
    page = visit(reverse("ledger:frames"))
    inspect(page, "ledger frames with history")

    for summary in page.locator("summary").filter(has_text="Vis tallene").all():
        summary.click()
    inspect(page, "ledger frames with tables")

    inspect(visit(reverse("ledger:extra_year", args=[2023])), "ledger extra year")


def test_a_past_day_and_a_day_that_cannot_be_read_well(visit: Callable[[str], Page], ledger: None) -> None:
    inspect(visit(reverse("ledger:frames") + "?on=2026-11-22"), "ledger frames as of")
    inspect(visit(reverse("ledger:frames") + "?on=2010-06-30"), "ledger frames before")
    inspect(visit(reverse("ledger:frames") + "?on=2031-02-30"), "ledger frames nonsense")
    inspect(visit(reverse("ledger:frame_year", args=[2026]) + "?on=2026-11-21"), "ledger year as of")
    inspect(visit(reverse("ledger:frame_year", args=[2026]) + "?on=2018-11-21"), "ledger year before")


def test_the_cases_of_a_year_read_well(visit: Callable[[str], Page], ledger: None) -> None:
    inspect(visit(reverse("ledger:frame_cases", args=[2026]) + "?sort=-reserved"), "ledger cases")
    inspect(visit(reverse("ledger:frame_cases", args=[2027])), "ledger cases empty")


def test_long_words_stay_within_their_pages(visit: Callable[[str], Page], ledger: None) -> None:
    word = "Boligsocialehelhedsplansbestyrelsesbeslutning" * 6
    entry = commit(MILLION, case_reference="12345678901234567890", reason=f"{word} {word}", legal_basis=word[:200])
    reserve(Decimal("99999999999.99"), case_reference="12345678901234567890", money=Money.RENT, note=word)

    inspect(visit(entry.get_absolute_url()), "ledger entry long")
    inspect(visit(reverse("ledger:frame_year", args=[2026]) + "?q=12345"), "ledger year long")
    inspect(visit(reverse("ledger:frame_cases", args=[2026]) + "?has=reserved"), "ledger cases long")
    inspect(visit(reverse("ledger:frames")), "ledger frames overbooked")


def test_entries_read_well(visit: Callable[[str], Page], ledger: None) -> None:
    carried = Entry.objects.filter(pair__isnull=False).earliest("pk")
    inspect(visit(carried.get_absolute_url()), "ledger entry carried")
    inspect(visit(reverse_entry(commit(MILLION, case_reference="100500")).get_absolute_url()), "ledger entry reversal")


def test_a_past_day_is_typed_in_three_fields_and_stays_on_the_way_to_a_year(visit: Callable[[str], Page], ledger: None) -> None:
    page = visit(reverse("ledger:frames"))

    for label, value in (("Dag", "22"), ("Måned", "11"), ("År", "2026")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Vis", exact=True).click()
    page.get_by_role("table", name="Den ordinære ramme").get_by_role("link", name="2026").click()

    assert page.url.endswith("/frames/2026/?on=2026-11-22")
    assert page.get_by_role("heading", name="Som bogført den 22. november 2026").is_visible()
    page.get_by_role("link", name="Vis, som det er nu").click()
    assert page.url.endswith("/frames/2026/?")


def test_entries_are_sorted_and_paged_without_losing_the_filter(visit: Callable[[str], Page], ledger: None) -> None:
    page = visit(reverse("ledger:frame_year", args=[2026]) + "?money=SOCIAL")

    page.locator("thead").get_by_role("link", name="Beløb").click()
    page.get_by_role("link", name="Næste").click()

    assert page.locator("tbody tr").count() == 12
    assert page.locator("tbody tr").last.inner_text().count("35.000.000 kr.") == 1
    assert page.get_by_label("Formål").input_value() == "SOCIAL"
