"""The pages of efforts: who sees them, what stands on them, and what people do from them."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actors import SYSTEM, Actor
from accounts.models import User
from ledger import posting
from monitoring import charts, transitions
from monitoring.models import Effort
from monitoring.states import State
from monitoring.transitions import ChangeSubject
from tests.factories import monitoring as efforts
from tests.factories.accounts import UserFactory
from tests.factories.applications import CaseCast
from tests.factories.monitoring import FIRST_DAY, measured

LIST = reverse("monitoring:list")
SPRING = datetime.datetime(2028, 3, 1, 12, tzinfo=FIRST_DAY.tzinfo)


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    """A day on which the effort of the tests runs."""
    with time_machine.travel(SPRING, tick=False):
        yield


@pytest.fixture(autouse=True)
def quick_charts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Any picture will do: what is drawn is tested in test_charts. Returns how many were drawn, call by call."""
    calls: list[int] = []

    def draw(missing: dict[Path, charts.Spec]) -> None:
        calls.append(len(missing))
        for path in missing:
            charts._keep(path, '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>')

    monkeypatch.setattr(charts, "_draw", draw)
    return calls


def signed_in(actor: Actor | User) -> Client:
    client = Client()
    user = actor.user if isinstance(actor, Actor) else actor
    assert user is not None
    client.force_login(user)
    return client


def page_of(actor: Actor | User, effort: Effort) -> str:
    response = signed_in(actor).get(effort.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def address(effort: Effort, act: str) -> str:
    return reverse(f"monitoring:{act}", args=[effort.application.case_number])


@pytest.fixture
def board_member(active: Effort) -> User:
    """Somebody from outside the portal's organisations with a seat on this board."""
    user = UserFactory.create(email="bestyrelse@example.org", name="Bestyrelsesmedlem")
    active.application.board_seats.filter(is_chair=True).update(user=user)
    return user


# Who sees what


def test_a_board_member_sees_the_dashboard_of_the_own_effort_alone(
    active: Effort, board_member: User, case_cast: CaseCast
) -> None:
    other = efforts.make_active(case_cast, title="Naboer")
    assert "Sammen om Bakkeparken" in page_of(board_member, active)
    client = signed_in(board_member)
    assert client.get(other.get_absolute_url()).status_code == 404
    listed = client.get(LIST).content.decode()
    assert "Sammen om Bakkeparken" in listed
    assert "Naboer" not in listed


def test_a_board_member_whose_seat_has_ended_sees_nothing(active: Effort, board_member: User) -> None:
    active.application.board_seats.update(valid_to=SPRING.date() - datetime.timedelta(days=1))
    assert signed_in(board_member).get(active.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("role", ["applicant", "municipality", "case_officer", "director", "finance_officer", "colleague"])
def test_parties_and_fund_see_the_dashboard(active: Effort, role: str, request: pytest.FixtureRequest) -> None:
    page_of(request.getfixturevalue(role), active)


@pytest.mark.parametrize("role", ["outsider", "adviser", "auditor"])
def test_outsiders_find_nothing(active: Effort, role: str, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert client.get(active.get_absolute_url()).status_code == 404
    assert client.get(address(active, "extend")).status_code == 404
    assert "Sammen om Bakkeparken" not in client.get(LIST).content.decode()


def test_whoever_is_not_signed_in_is_asked_to(active: Effort) -> None:
    for url in (LIST, active.get_absolute_url(), address(active, "extend")):
        response = Client().get(url)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("start", {"case_officer"}),
        ("request_change", {"applicant", "colleague"}),
        ("approve_change", {"case_officer"}),
        ("reject_change", {"case_officer"}),
        ("extend", {"case_officer"}),
        ("close", {"case_officer"}),
        ("revoke", {"director"}),
    ],
)
def test_insiders_without_the_right_are_stopped(
    active: Effort, act: str, allowed: set[str], request: pytest.FixtureRequest
) -> None:
    for role in ("applicant", "colleague", "municipality", "case_officer", "director", "finance_officer"):
        expected = 200 if role in allowed else 403
        response = signed_in(request.getfixturevalue(role)).get(address(active, act))
        assert response.status_code == expected, (act, role)


# The dashboard


@pytest.fixture
def measured_effort(active: Effort) -> Effort:
    rows = [measured(2027, "63.5", is_demo=True), measured(2028, None, suppressed_reason="Færre end 5 personer")]
    transitions.record_measurements(active, "2027, efterår", rows, by=SYSTEM, at=FIRST_DAY)
    transitions.record_measurements(
        active, "2027, efterår", [measured(2027, "71", code="valgdeltagelse")], by=SYSTEM, at=FIRST_DAY
    )
    return active


def test_the_dashboard_tells_each_goal_in_words_with_the_year_of_its_number(measured_effort: Effort, applicant: Actor) -> None:
    page = page_of(applicant, measured_effort)
    assert "På vej: 63,5 i 2027. Udgangspunktet var 61,5, og målet er 70 % af de 1-5-årige." in page
    assert "Nået: 71 i 2027." in page
    assert "24 % af vejen" in page
    assert "Tallet for 2028 vises ikke: Færre end 5 personer" in page
    assert "<strong>1</strong> nået" in page


def test_invented_numbers_are_marked_and_real_ones_are_not(measured_effort: Effort, applicant: Actor) -> None:
    page = page_of(applicant, measured_effort)
    assert page.count("Opdigtet demotal") == 1
    assert "Beboerdata (opdigtet demotal)" in page


def test_each_goal_has_its_chart_and_the_numbers_in_a_table(measured_effort: Effort, applicant: Actor) -> None:
    page = page_of(applicant, measured_effort)
    assert page.count('<figure class="chart">') == 2
    assert page.count('role="img" aria-labelledby="goal-') == 2
    assert '<td class="number">2027, efterår</td>' in page
    assert "skjult: Færre end 5 personer" in page


def test_the_dashboard_shows_the_numbers_when_nothing_can_be_drawn(
    measured_effort: Effort, applicant: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "_draw", lambda _missing: None)
    page = page_of(applicant, measured_effort)
    assert "<svg xmlns" not in page
    assert "2027, efterår" in page


def test_the_dashboard_obeys_the_content_security_policy(measured_effort: Effort, applicant: Actor) -> None:
    page = page_of(applicant, measured_effort)
    assert "<style" not in page
    assert " style=" not in page


def test_the_dashboard_shows_the_place_in_the_frame_the_board_and_the_next_dates(active: Effort, applicant: Actor) -> None:
    page = page_of(applicant, active)
    for text in (
        "9.000.000 kr. (2,4 % af rammen for 2026)",
        "9.000.000 kr. af 380.000.000 kr.",
        "Formand Boligdirektør (formand)",
        "Aarhus Kommune",
        "30. juni 2028",
        "31. december 2030",
        "fristen er ikke bekræftet",
    ):
        assert text in page


def test_what_the_board_lacks_is_told_on_the_dashboard(active: Effort, applicant: Actor) -> None:
    active.application.board_seats.filter(is_chair=True).update(is_chair=False)
    assert "Bestyrelsen har ingen formand" in page_of(applicant, active)


def test_buttons_are_offered_only_for_what_role_and_state_allow(
    active: Effort, applicant: Actor, case_officer: Actor, municipality: Actor
) -> None:
    assert "Søg om en ændring" in page_of(applicant, active)
    officers = page_of(case_officer, active)
    assert "Forlæng indsatsen" in officers
    assert "Godkend ændringen" not in officers
    assert 'class="button button-secondary" href="/efforts' not in page_of(municipality, active)


def test_the_fund_is_named_and_not_its_people_to_outside_readers(active: Effort, applicant: Actor, case_officer: Actor) -> None:
    transitions.extend(active, ends_on=datetime.date(2031, 3, 31), reason="Et forløb mangler.", by=case_officer, at=SPRING)
    assert case_officer.user is not None
    assert f"{case_officer.user}, Landsbyggefonden" not in page_of(applicant, active)
    assert f"{case_officer.user}, Landsbyggefonden" in page_of(case_officer, active)


def test_the_dashboard_asks_as_much_for_many_measurements_as_for_few(
    active: Effort, applicant: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(applicant)
    for batch in range(2):
        rows = [measured(year, Decimal(60 + year % 7)) for year in range(2020, 2030)]
        transitions.record_measurements(active, f"Leverance {batch}", rows, by=SYSTEM, at=FIRST_DAY)
    with django_assert_max_num_queries(25):
        client.get(active.get_absolute_url())


# The list


def test_the_list_asks_as_much_for_many_efforts_as_for_one(
    case_cast: CaseCast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(case_cast.case_officer)
    efforts.make_effort(case_cast)
    with django_assert_max_num_queries(12) as few:
        client.get(LIST)
    for number in range(5):
        efforts.make_effort(case_cast, title=f"Indsats {number}")
    with django_assert_max_num_queries(len(few)):
        response = client.get(LIST)
    assert response.content.decode().count('<th scope="row"') == 6


def test_the_list_narrows_by_text_and_state(active: Effort, case_cast: CaseCast) -> None:
    efforts.make_effort(case_cast, title="Naboer i haven")
    client = signed_in(case_cast.case_officer)

    def titles(query: str) -> tuple[bool, bool]:
        page = client.get(f"{LIST}?{query}").content.decode()
        return "Sammen om Bakkeparken" in page, "Naboer i haven" in page

    assert titles("") == (True, True)
    assert titles("q=haven") == (False, True)
    assert titles(f"q={active.application.case_number}") == (True, False)
    assert titles("state=ACTIVE") == (True, False)
    assert titles("state=nonsense") == (True, True)
    assert "Ingen indsatser passer" in client.get(f"{LIST}?state=CLOSED").content.decode()


def test_a_page_that_is_not_there_is_not_found(active: Effort, case_officer: Actor) -> None:
    assert signed_in(case_officer).get(f"{LIST}?page=99").status_code == 404


def test_an_empty_list_says_what_would_stand_there(case_officer: Actor) -> None:
    assert "når der er givet tilsagn til den" in signed_in(case_officer).get(LIST).content.decode()


def test_the_list_is_fetched_as_csv_and_xlsx(active: Effort, case_officer: Actor) -> None:
    client = signed_in(case_officer)
    answer = client.get(f"{LIST}?_export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams
    heads, row = csv.reader(io.StringIO(text), delimiter=";")
    assert dict(zip(heads, row, strict=True))["Status"] == "I gang"
    answer = client.get(f"{LIST}?_export=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]  # it streams
    assert book.active is not None
    assert book.active.cell(row=2, column=1).value == active.application.case_number


# What people do


def test_the_applicant_asks_for_a_change_and_the_officer_approves(active: Effort, applicant: Actor, case_officer: Actor) -> None:
    answer = signed_in(applicant).post(
        address(active, "request_change"), {"subject": ChangeSubject.BUDGET, "reason": "En medarbejder mere."}, follow=True
    )
    assert "Ansøgningen om en ændring er sendt" in answer.content.decode()
    assert Effort.objects.get().state == State.CHANGE_PENDING
    answer = signed_in(case_officer).post(address(active, "approve_change"), {"reason": "I orden."}, follow=True)
    assert "Ændringen er godkendt." in answer.content.decode()
    assert Effort.objects.get().state == State.ACTIVE


def test_a_missing_answer_is_told_beside_the_field_and_nothing_typed_is_lost(active: Effort, applicant: Actor) -> None:
    answer = signed_in(applicant).post(address(active, "request_change"), {"reason": "En medarbejder mere."})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Der er problemer" in page
    assert "En medarbejder mere." in page
    assert Effort.objects.get().state == State.ACTIVE


def test_a_rule_that_is_broken_is_told_beside_the_field(active: Effort, case_officer: Actor) -> None:
    too_late = {"ends_on_day": "1", "ends_on_month": "1", "ends_on_year": "2032", "reason": "Mere tid."}
    page = signed_in(case_officer).post(address(active, "extend"), too_late).content.decode()
    assert page.count("højst forlænges med 12 måneder i alt, til og med 31. december 2031") == 2
    assert "Mere tid." in page
    assert Effort.objects.get().state == State.ACTIVE


def test_the_answer_of_a_rule_has_its_days_in_the_readers_language(active: Effort, case_officer: Actor) -> None:
    client = signed_in(case_officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    fields = {"ends_on_day": "1", "ends_on_month": "1", "ends_on_year": "2032", "reason": "Mere tid."}

    page = client.post(address(active, "extend"), fields).content.decode()

    assert "31 December 2031" in page
    assert "31. december 2031" not in page


def test_whoever_comes_second_gets_the_plain_message_and_the_effort_as_it_is(active: Effort, case_officer: Actor) -> None:
    client = signed_in(case_officer)
    fields = {"ends_on_day": "30", "ends_on_month": "6", "ends_on_year": "2031", "reason": "Et forløb mangler."}
    client.post(address(active, "extend"), fields)
    page = client.post(address(active, "extend"), fields, follow=True).content.decode()
    assert "Sagen er ikke længere i en tilstand, hvor dette kan gøres." in page
    assert active.events.filter(event="effort:extended").count() == 1


def test_the_officer_closes_with_danish_amounts(case_cast: CaseCast) -> None:
    effort = efforts.make_closing(case_cast)
    fields = {"unspent_social": "250.000,50", "unspent_rent": "0", "reason": "Regnskabet er godkendt."}
    answer = signed_in(case_cast.case_officer).post(address(effort, "close"), fields, follow=True)
    assert "Indsatsen er afsluttet." in answer.content.decode()
    assert Effort.objects.get().state == State.CLOSED


def test_more_than_the_case_holds_is_told_and_not_posted(case_cast: CaseCast) -> None:
    effort = efforts.make_closing(case_cast)
    fields = {"unspent_social": "9.000.001", "unspent_rent": "0", "reason": "Regnskabet er godkendt."}
    answer = signed_in(case_cast.case_officer).post(address(effort, "close"), fields)
    assert answer.status_code == 200
    assert "9.000.000 kr." in answer.content.decode()
    assert Effort.objects.get().state == State.CLOSING


def test_money_that_a_closed_year_did_not_take_back_is_told(case_cast: CaseCast) -> None:
    effort = efforts.make_closing(case_cast)
    posting.close_year(
        2026,
        on=datetime.date(2027, 2, 1),
        by=case_cast.finance_officer,
        seconded_by=case_cast.director,
        reason="Året er gjort op.",
    )
    fields = {"unspent_social": "100.000", "unspent_rent": "0", "reason": "Regnskabet er godkendt."}
    answer = signed_in(case_cast.case_officer).post(address(effort, "close"), fields, follow=True)
    assert "Rammen for 2026 er lukket, så dette beløb er ikke frigivet i den: 100.000 kr." in answer.content.decode()


def test_the_button_alone_starts_an_effort(case_cast: CaseCast) -> None:
    effort = efforts.make_effort(case_cast)
    signed_in(case_cast.case_officer).post(address(effort, "start"))
    assert Effort.objects.get().state == State.ACTIVE


def test_all_charts_of_a_page_are_drawn_in_one_go_and_kept(
    measured_effort: Effort, applicant: Actor, quick_charts: list[int]
) -> None:
    page_of(applicant, measured_effort)
    page_of(applicant, measured_effort)
    assert quick_charts == [2]


def test_the_page_of_an_impossible_act_says_where_the_effort_stands_and_what_can_be_done(
    active: Effort, case_officer: Actor
) -> None:
    content = signed_in(case_officer).get(address(active, "approve_change")).content.decode()

    assert "Det kan ikke gøres nu, for status er: I gang. Det kan gøres, når status er: Ændring til godkendelse." in content
    assert address(active, "extend") in content, "what the officer can do is at hand"
    assert f'<a href="{active.get_absolute_url()}">Tilbage til indsatsen</a>' in content
    assert "<textarea" not in content
