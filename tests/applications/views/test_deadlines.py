"""The list of deadlines, calendar files and the feed, »Hvor er min sag«, and the extension of a prequalification."""

from __future__ import annotations

import datetime
import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts import transitions as accounts
from accounts.actors import Actor
from accounts.models import CalendarFeed
from applications import transitions
from applications.models import Application
from tests.applications.conftest import SignIn
from tests.applications.expiring import let_prequalifications_expire
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db

LIST = "/cases/deadlines/"
FEED = "/cases/calendar.ics"


def page(client: Client, **query: str) -> str:
    return client.get(LIST, query).content.decode()


def shown(client: Client, **query: str) -> list[str]:
    return [line.application.title for line in client.get(LIST, query).context["lines"]]


@pytest.fixture
def three(case_cast: CaseCast) -> None:
    cases.make_information_requested(case_cast, title="Oplysninger")
    cases.make_submitted(case_cast, title="Modtaget")
    cases.make_plan_ready(case_cast, title="Plan")


@pytest.mark.usefixtures("three")
def test_the_nearest_comes_first_and_filters_live_in_the_address(case_cast: CaseCast, sign_in: SignIn) -> None:
    applicant = sign_in(case_cast.applicant)
    assert shown(applicant) == ["Oplysninger", "Plan", "Modtaget"]
    assert shown(applicant, sort="-due") == ["Modtaget", "Plan", "Oplysninger"]
    assert shown(applicant, sort="number") == ["Oplysninger", "Modtaget", "Plan"]
    assert shown(applicant, sort="nonsense") == ["Oplysninger", "Plan", "Modtaget"]
    assert shown(applicant, who="mine") == ["Oplysninger", "Plan"]
    assert shown(sign_in(case_cast.case_officer), who="mine") == ["Modtaget"]
    assert shown(applicant, kind="plan") == ["Plan"]
    assert shown(applicant, when="overdue") == []
    assert shown(applicant, when="soon") == []
    assert shown(applicant, q="modt") == ["Modtaget"]
    assert "Vælg færre filtre" in page(applicant, q="findes ikke")


def test_nobody_sees_the_deadlines_of_others(case_cast: CaseCast, outsider: Actor, sign_in: SignIn) -> None:
    cases.make_information_requested(case_cast)
    content = page(sign_in(outsider))
    assert "Bakkeparken" not in content
    assert "Lige nu er der ingen." in content


@pytest.mark.usefixtures("three")
def test_the_list_is_fetched_as_a_file_and_pages_that_are_not_there_are_404(case_cast: CaseCast, sign_in: SignIn) -> None:
    applicant = sign_in(case_cast.applicant)
    answer = applicant.get(LIST, {"_export": "csv", "kind": "plan"})
    content = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a streamed answer
    assert "2027-01-01;40;Send helhedsplanen til underskrift;Boligforeningen Ågården" in content
    assert "Oplysninger" not in content
    assert applicant.get(LIST, {"_export": "xlsx"}).status_code == 200
    for wrong in ("2", "0", "abc"):
        assert applicant.get(LIST, {"page": wrong}).status_code == 404


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_two_deadlines_and_many_ask_the_database_as_often(case_cast: CaseCast, sign_in: SignIn) -> None:
    officer = sign_in(case_cast.case_officer)
    cases.make_submitted(case_cast)
    cases.make_out_for_signature(case_cast)
    few = queries(officer, LIST)
    for number in range(30):
        cases.make_out_for_signature(case_cast, title=f"Indsats {number}")

    assert queries(officer, LIST) == few <= 14


def test_the_case_page_shows_what_is_due(case_cast: CaseCast, sign_in: SignIn) -> None:
    case = cases.make_information_requested(case_cast)
    content = sign_in(case_cast.applicant).get(case.get_absolute_url()).content.decode()
    assert "18. december 2026" in content
    assert f"/cases/{case.case_number}/deadlines.ics?which=information-" in content


# Calendar files


def test_a_deadline_as_a_calendar_file(case_cast: CaseCast, sign_in: SignIn) -> None:
    case = cases.make_out_for_signature(case_cast)
    applicant = sign_in(case_cast.applicant)
    address = f"/cases/{case.case_number}/deadlines.ics"
    answer = applicant.get(address, {"which": f"signature-{case_cast.housing.pk}"})

    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(event["SUMMARY"]) == f"Underskriv samarbejdsaftalen: sag {case.case_number}"
    assert event.decoded("DTSTART") == datetime.date(2027, 1, 1)
    assert event.decoded("DTEND") == datetime.date(2027, 1, 2)
    assert case.title.encode() not in answer.content
    assert case.area.name.encode() not in answer.content
    assert len(Calendar.from_ical(applicant.get(address).content).walk("VEVENT")) == 2
    for wrong in ("signature-0", "nonsense", "signature-abc"):
        assert applicant.get(address, {"which": wrong}).status_code == 404


# The feed


def feed_of(actor: Actor) -> str:
    assert actor.user is not None
    return accounts.open_calendar_feed(actor.user, by=actor, at=timezone.now())


def summaries(content: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(content).walk("VEVENT")]


def test_the_feed_has_what_the_person_must_do_and_nothing_else(client: Client, case_cast: CaseCast, outsider: Actor) -> None:
    asked = cases.make_information_requested(case_cast, title="Hemmelig titel")
    cases.make_submitted(case_cast)

    answer = client.get(FEED, {"key": feed_of(case_cast.applicant)})

    assert answer.status_code == 200
    assert summaries(answer.content) == [f"Send de ønskede oplysninger: sag {asked.case_number}"]
    assert b"Hemmelig" not in answer.content
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert "sessionid" not in answer.cookies
    assert summaries(client.get(FEED, {"key": feed_of(outsider)}).content) == []


def test_the_feed_speaks_the_persons_language_and_follows_the_day(client: Client, case_cast: CaseCast) -> None:
    case = cases.make_under_assessment(case_cast)
    key = feed_of(case_cast.applicant)
    assert summaries(client.get(FEED, {"key": key}).content) == []
    deadline = datetime.date(2026, 12, 6)
    transitions.open_hearing(case, by=case_cast.case_officer, at=AT, reason="Området er lille.", deadline=deadline)
    [event] = Calendar.from_ical(client.get(FEED, {"key": key}).content).walk("VEVENT")
    assert event.decoded("DTSTART") == deadline


def test_an_unchanged_feed_is_not_sent_again(client: Client, case_cast: CaseCast) -> None:
    cases.make_information_requested(case_cast)
    key = feed_of(case_cast.applicant)
    etag = client.get(FEED, {"key": key})["ETag"]

    again = client.get(FEED, {"key": key}, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    cases.make_information_requested(case_cast, title="En til")
    assert client.get(FEED, {"key": key}, headers={"If-None-Match": etag}).status_code == 200


def test_a_wrong_a_closed_and_no_key_get_the_same_nothing_and_no_log_tells_it(
    client: Client, case_cast: CaseCast, caplog: pytest.LogCaptureFixture
) -> None:
    key = feed_of(case_cast.applicant)
    assert case_cast.applicant.user is not None
    accounts.close_calendar_feed(case_cast.applicant.user, by=case_cast.applicant, at=timezone.now())

    with caplog.at_level(logging.DEBUG):
        answers = [client.get(FEED, {"key": wrong}) for wrong in (key, key[:-1], "", "x" * 5000, "\x00", "æøå")] + [
            client.get(FEED)
        ]

    assert {(answer.status_code, answer.content, answer["Cache-Control"]) for answer in answers} == {(404, b"", "no-store")}
    assert key not in caplog.text


def test_who_asks_too_often_waits_an_hour(client: Client, case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.transitions.choices.FEED_READS_AN_HOUR", 2)
    key = feed_of(case_cast.applicant)
    answers = [client.get(FEED, {"key": key}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[-1]["Retry-After"] == "3600"
    CalendarFeed.objects.update(hour_began_at=timezone.now() - datetime.timedelta(minutes=61))
    assert client.get(FEED, {"key": key}).status_code == 200


def test_a_role_that_has_ended_empties_the_feed(client: Client, case_cast: CaseCast, today: datetime.date) -> None:
    cases.make_information_requested(case_cast)
    key = feed_of(case_cast.applicant)
    assert case_cast.applicant.user is not None
    case_cast.applicant.user.memberships.update(valid_to=today - datetime.timedelta(days=1))
    assert summaries(client.get(FEED, {"key": key}).content) == []


def test_a_feed_is_bounded_and_asks_as_often_for_few_as_for_many(
    client: Client, case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases.make_information_requested(case_cast)
    address = f"{FEED}?key={feed_of(case_cast.applicant)}"
    few = queries(client, address)
    for number in range(10):
        cases.make_information_requested(case_cast, title=f"Indsats {number}")
    assert queries(client, address) == few
    monkeypatch.setattr("applications.views.deadlines.MOST_EVENTS", 3)
    assert len(summaries(client.get(address).content)) == 3


# Where is my case


def test_the_page_names_units_and_no_persons(case_cast: CaseCast, sign_in: SignIn) -> None:
    case = cases.make_under_assessment(case_cast)
    answer = sign_in(case_cast.applicant).get(reverse("applications:standing", args=[case.case_number]))
    content = answer.content.decode()
    assert "Det er Landsbyggefonden, der skal gøre noget nu." in content
    assert "Målet er svar senest den 22. februar 2027." in content
    assert "For få sager til at sige noget" in content
    assert str(case_cast.case_officer.user) not in content


def test_a_case_on_the_waiting_list_has_its_place(case_cast: CaseCast, sign_in: SignIn) -> None:
    case = cases.make_under_assessment(case_cast)
    transitions.put_on_waiting_list(case, by=case_cast.case_officer, at=AT, reason="Der er ikke plads i rammen.")
    content = sign_in(case_cast.applicant).get(reverse("applications:standing", args=[case.case_number])).content.decode()
    assert "Sagen har plads 1 af 1 på ventelisten." in content


def test_the_page_stays_light(case_cast: CaseCast, sign_in: SignIn) -> None:
    case = cases.make_under_assessment(case_cast)
    transitions.put_on_waiting_list(case, by=case_cast.case_officer, at=AT, reason="Der er ikke plads i rammen.")
    applicant, address = sign_in(case_cast.applicant), reverse("applications:standing", args=[case.case_number])
    one = queries(applicant, address)
    for number in range(10):
        other = cases.make_under_assessment(case_cast, title=f"Indsats {number}")
        transitions.put_on_waiting_list(other, by=case_cast.case_officer, at=AT, reason="Der er ikke plads i rammen.")
    assert queries(applicant, address) == one <= 32


# Extension


def test_an_officer_extends_a_prequalification(case_cast: CaseCast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    let_prequalifications_expire(monkeypatch)
    case = cases.make_prequalified(case_cast)
    officer, address = sign_in(case_cast.case_officer), reverse("applications:extend_prequalification", args=[case.case_number])
    assert "22. november 2028" in officer.get(address).content.decode()

    def posted(year: str, reason: str) -> object:
        fields = {"until_day": "1", "until_month": "6", "until_year": year, "reason": reason}
        return officer.post(address, fields, follow=True).content.decode()

    assert "Vælg en dag, der ligger efter den nuværende udløbsdag." in str(posted("2027", "På vej."))
    assert "Prækvalifikationen er forlænget." in str(posted("2029", "Planen er på vej."))
    assert Application.objects.get(pk=case.pk).events.filter(event="application:prequalification_extended").count() == 1


def test_where_nothing_expires_the_page_says_so(case_cast: CaseCast, sign_in: SignIn) -> None:
    case = cases.make_prequalified(case_cast)
    address = reverse("applications:extend_prequalification", args=[case.case_number])
    assert "udløber ikke efter det regelsæt" in sign_in(case_cast.case_officer).get(address).content.decode()
