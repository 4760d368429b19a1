"""The checker's pages: the latest check, its findings and what is known about them, and the checks before it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.actors import SYSTEM, Actor
from lbf_portal.lib.sql import APP_ROLE
from ledger import keeping
from ledger.kinds import FindingEventKind
from ledger.models import FrameCheck, FrameFinding
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, commit

pytestmark = pytest.mark.django_db

PAGE = "/frames/check/"
AT = datetime.datetime(2026, 11, 22, 8, tzinfo=datetime.UTC)


def signed_in(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


@pytest.fixture
def finance(finance_officer: Actor) -> Client:
    return signed_in(finance_officer)


def corrupt(sql: str) -> None:
    """As the database's owner, past every guard."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(sql)
        cursor.execute(f"SET ROLE {APP_ROLE}")


def run(hours: int = 0) -> FrameCheck:
    return keeping.run(by=SYSTEM, at=AT + datetime.timedelta(hours=hours))


def text_of(client: Client, address: str = PAGE) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_before_the_first_check_the_page_says_what_will_stand_there(finance: Client, director: Actor) -> None:
    assert "Rammen er ikke kontrolleret endnu" in text_of(finance)
    assert "Kontrollér nu" in text_of(finance)
    assert "Kontrollér nu" not in text_of(signed_in(director))
    assert "Her står hver kontrol af rammen" in text_of(finance, "/frames/check/history/")


def test_all_adds_up(finance: Client) -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(extra=True)
    run()

    shown = text_of(finance)

    assert "Alt stemmer." in shown
    assert shown.count("Stemmer</span>") == 2
    assert "Stemmer ikke" not in shown
    assert "/frames/2023/extra/" in shown


def test_finance_has_everything_counted_at_once(finance: Client, finance_officer: Actor) -> None:
    FrameYearFactory.create()

    answer = finance.post("/frames/check/now/", follow=True)

    assert [str(message) for message in answer.context["messages"]] == ["Rammen er kontrolleret. 0 posteringer er talt efter."]
    assert FrameCheck.objects.get().by == finance_officer.user


def test_what_was_corrupted_stands_on_the_page_with_its_entries(finance: Client) -> None:
    FrameYearFactory.create()
    entry = commit(12 * MILLION, case_reference="999999")
    corrupt("UPDATE ledger_frameyear SET committed = committed + 1")

    answer = finance.post("/frames/check/now/", follow=True)

    assert [str(message) for message in answer.context["messages"]] == ["Rammen er kontrolleret. 1 postering er talt efter."]
    shown = " ".join(answer.content.decode().split())
    assert "Givne tilsagn: posteringerne giver 12.000.000 kr., årets række siger 12.000.001 kr." in shown
    assert "Sag 999999: der er bogført tilsagn på 12.000.000 kr., men sagen findes ikke." in shown
    assert f'<a href="/frames/entries/{entry.pk}/">{entry.pk}</a>' in shown
    assert "rækken: 12.000.001 kr." in shown
    assert "Stemmer ikke" in shown


def test_another_base_amount_than_the_acts_stands_out_in_the_table(finance: Client) -> None:
    FrameYearFactory.create()
    corrupt("UPDATE ledger_frameyear SET base_total = 480000000")
    run()

    shown = text_of(finance)

    assert '380.000.000 kr.<br><span class="basis">rækken: 480.000.000 kr.</span>' in shown
    assert "Grundbeløbet: loven giver 380.000.000 kr." in shown


def test_findings_are_filtered_sorted_and_exported(finance: Client) -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(year=2025)
    for number in range(3):
        commit(MILLION, case_reference=f"99999{number}")
    commit(MILLION, year=2025, case_reference="999990")
    run()
    corrupt("UPDATE ledger_frameyear SET committed = committed + 1 WHERE year = 2025")
    run(1)

    def shown(query: str) -> list[str]:
        page = finance.get(f"{PAGE}?{query}").context["page_obj"]
        return [f"{finding.year} {finding.case_reference or finding.code}" for finding in page]

    assert len(shown("")) == 5
    assert sorted(shown("year=2025&sort=seen")) == ["2025 999990", "2025 committed_differs"]
    assert shown("q=999990&sort=year") == ["2025 999990", "2026 999990"]
    assert shown("sort=found")[-1] == "2025 committed_differs"
    assert shown("which=gone") == []
    assert "Ingen fund passer" in text_of(finance, f"{PAGE}?which=gone")
    lines = b"".join(finance.get(f"{PAGE}?year=2025&_export=csv")).decode().splitlines()
    assert len(lines) == 3
    assert finance.get(f"{PAGE}?_export=xlsx").status_code == 200
    assert finance.get(f"{PAGE}?page=2").status_code == 404


def test_what_is_in_order_again_is_gone_and_is_still_found_in_the_list(finance: Client) -> None:
    FrameYearFactory.create()
    corrupt("UPDATE ledger_frameyear SET committed = 1")
    run()
    corrupt("UPDATE ledger_frameyear SET committed = 0")
    run(1)

    assert "Der er ikke noget nu." in text_of(finance)
    assert "Væk 22.11.2026" in text_of(finance, f"{PAGE}?which=gone")
    finding = FrameFinding.objects.get()
    assert "Ikke længere fundet" in text_of(finance, finding.get_absolute_url())


def test_a_note_is_written_once_and_shown_to_all_of_the_fund(finance: Client, director: Actor) -> None:
    FrameYearFactory.create()
    entry = commit(MILLION, case_reference="999999")
    run()
    finding = FrameFinding.objects.get()
    address = finding.get_absolute_url()

    empty = finance.post(address, {"note": "  "})
    assert empty.status_code == 200
    assert "note" in empty.context["form"].errors
    assert finance.post(address, {"note": "Bevilget <før> portalen."}).status_code == 302

    shown = text_of(signed_in(director), address)
    assert "Bevilget &lt;før&gt; portalen." in shown
    assert "Gem bemærkningen" not in shown
    assert f"/frames/entries/{entry.pk}/" in shown
    assert "/cases/999999/" not in shown
    assert signed_in(director).post(address, {"note": "Nej"}).status_code == 403
    assert finding.events.filter(event=FindingEventKind.NOTED).count() == 1


def test_the_history_lists_every_check_with_pages_and_files(finance: Client) -> None:
    FrameYearFactory.create()
    for hours in range(51):
        run(hours)

    assert finance.get("/frames/check/history/").context["page_obj"].paginator.num_pages == 2
    assert finance.get("/frames/check/history/?page=3").status_code == 404
    lines = b"".join(finance.get("/frames/check/history/?_export=csv")).decode().splitlines()
    assert len(lines) == 52


def test_two_findings_and_a_page_full_ask_equally_often(finance: Client, django_assert_num_queries: Any) -> None:
    FrameYearFactory.create()
    for number in range(2):
        commit(1, case_reference=f"9990{number:02}")
    run()
    finance.get(PAGE)
    with connection.execute_wrapper(counter := Counter()):
        finance.get(PAGE)
    few = counter.count
    for number in range(2, 60):
        commit(1, case_reference=f"9990{number:02}")
    run(1)

    with django_assert_num_queries(few):
        finance.get(PAGE)


class Counter:
    """Counts queries."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


def test_people_outside_the_fund_see_nothing(applicant: Actor, municipality: Actor) -> None:
    for actor in (applicant, municipality):
        for name in ("check", "checks"):
            assert signed_in(actor).get(reverse(f"ledger:{name}")).status_code == 403


def test_the_front_page_of_finance_tells_what_stands(finance: Client, director: Actor) -> None:
    FrameYearFactory.create()
    assert "stemmer ikke" not in text_of(finance, "/")
    commit(MILLION, case_reference="999999")
    run()

    assert "1 sted i rammen stemmer ikke." in text_of(finance, "/")
    assert "stemmer ikke" not in text_of(signed_in(director), "/")


def test_in_english_everything_is_told_too(finance: Client) -> None:
    FrameYearFactory.create()
    commit(MILLION, case_reference="999999")
    run()
    finance.cookies["django_language"] = "en"

    with translation.override(None):  # the request's language stays with the thread
        sentence = "Case 999999: commitments of 1.000.000 kr. are posted, but there is no such case."
        assert sentence in text_of(finance)
        assert sentence in text_of(finance, FrameFinding.objects.get().get_absolute_url())
