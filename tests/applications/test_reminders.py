"""The clock reminds whoever must act, each time once; it warns of expiring prequalifications and ends them."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import QuerySet

from accounts.actors import SYSTEM, Actor
from accounts.models import OutgoingMail
from applications import clock, due, transitions
from applications.models import Application
from applications.rules import expiry
from applications.states import State
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken
from tests.applications.expiring import let_prequalifications_expire
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def at(written: str, hour: int = 9) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(written), datetime.time(hour), ZoneInfo("Europe/Copenhagen"))


def run(written: str, hour: int = 9) -> None:
    """The clock's two tasks on the day, twice, as an hourly clock does."""
    with time_machine.travel(at(written, hour), tick=False):
        for _ in range(2):
            clock.remind_of_deadlines()
            clock.follow_prequalifications()


def sent(name: str, actor: Actor) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(event=name, to_user=actor.user).order_by("queued_at")


@pytest.fixture
def heard(case_cast: CaseCast) -> Application:
    """In a hearing of which the last day is Thursday 10 December."""
    case = cases.make_under_assessment(case_cast)
    deadline = datetime.date(2026, 12, 10)
    transitions.open_hearing(case, by=case_cast.case_officer, at=AT, reason="Området er lille.", deadline=deadline)
    return case


def test_each_reminder_comes_once(heard: Application, case_cast: CaseCast, colleague: Actor, outsider: Actor) -> None:
    counts = []
    for number in range(20):
        run((datetime.date(2026, 11, 24) + number * DAY).isoformat())
        counts.append(sent("deadline_near", case_cast.applicant).count())

    assert counts == [0, 0, *[1] * 7, *[2] * 6, *[3] * 5]
    assert sent("deadline_near", colleague).count() == 3
    for actor in (outsider, case_cast.municipality, case_cast.case_officer):
        assert sent("deadline_near", actor).count() == 0


def test_a_clock_that_stood_still_sends_the_latest_only(heard: Application, case_cast: CaseCast) -> None:
    run("2026-12-09")
    run("2026-12-10")
    [mail] = sent("deadline_near", case_cast.applicant)
    assert mail.subject == f"Sag {heard.case_number}: Frist 10. december 2026"
    assert "partshøringen" in mail.body


def test_a_deadline_that_is_over_is_not_reminded_of(heard: Application, case_cast: CaseCast) -> None:
    run("2026-12-11")
    assert not sent("deadline_near", case_cast.applicant).exists()


def test_who_has_answered_is_left_in_peace(heard: Application, case_cast: CaseCast) -> None:
    transitions.answer_hearing(heard, by=case_cast.applicant, at=AT, reply="Det er vi uenige i.")
    run("2026-12-09")
    assert not sent("deadline_near", case_cast.applicant).exists()


def test_the_last_day_begins_at_midnight_in_denmark(heard: Application, case_cast: CaseCast) -> None:
    # 23:30 in Greenwich on the 9th is the 10th in Denmark: the last day, and no reminder is left out or sent a day late.
    with time_machine.travel(datetime.datetime(2026, 12, 9, 23, 30, tzinfo=datetime.UTC), tick=False):
        clock.remind_of_deadlines()
    [mail] = sent("deadline_near", case_cast.applicant)
    assert "Fristen er i dag" in mail.body


def test_the_fund_is_reminded_of_its_own_target(case_cast: CaseCast) -> None:
    case = cases.make_under_assessment(case_cast)
    run("2027-02-08")
    [mail] = sent("deadline_near", case_cast.case_officer)
    assert str(case.case_number) in mail.subject
    assert not sent("deadline_near", case_cast.director).exists()


def test_only_who_has_not_signed_is_reminded(case_cast: CaseCast) -> None:
    case = cases.make_out_for_signature(case_cast)
    cases.sign_as(case, case_cast.applicant)
    run("2026-12-22")
    assert sent("deadline_near", case_cast.municipality).count() == 1
    assert not sent("deadline_near", case_cast.applicant).exists()


# Expiry


@pytest.fixture
def expiring(case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch) -> Application:
    """Prequalified on 22 November 2026; expires on Wednesday 22 November 2028."""
    let_prequalifications_expire(monkeypatch)
    return cases.make_prequalified(case_cast)


def warned(case: Application) -> list[int]:
    return [event.data["days"] for event in case.events.filter(event=due.WARNED).order_by("pk")]


def state_of(case: Application) -> str:
    case.refresh_from_db(fields=["state"])
    return case.state


def test_it_is_warned_of_three_times_and_then_lapses(expiring: Application, case_cast: CaseCast) -> None:
    for written, warnings in (
        ("2028-08-23", []),
        ("2028-08-24", [90]),
        ("2028-10-22", [90]),
        ("2028-10-23", [90, 30]),
        ("2028-11-15", [90, 30, 7]),
        ("2028-11-22", [90, 30, 7]),
    ):
        run(written)
        assert (warned(expiring), state_of(expiring)) == (warnings, State.PREQUALIFIED)
    run("2028-11-23")

    assert state_of(expiring) == State.LAPSED
    event = expiring.events.get(event="application:lapsed")
    assert (event.user, event.role) == (None, "SYSTEM")
    assert event.reason
    for actor in (case_cast.applicant, case_cast.municipality):
        assert sent("expiry_near", actor).count() == 3
        assert sent("lapsed", actor).count() == 1
    assert "22. november 2028" in sent("expiry_near", case_cast.applicant)[0].body


def test_a_clock_that_stood_still_for_a_year_still_warns_ninety_days_ahead(expiring: Application, case_cast: CaseCast) -> None:
    run("2029-12-03")
    assert (warned(expiring), state_of(expiring)) == ([90], State.PREQUALIFIED)
    assert "4. marts 2030" in sent("expiry_near", case_cast.applicant)[0].body  # 3 March is a Sunday
    run("2030-06-03")
    assert (warned(expiring), state_of(expiring)) == ([90, 7], State.PREQUALIFIED)
    # The seventh day is Whit Monday.
    run("2030-06-11")
    assert state_of(expiring) == State.PREQUALIFIED
    run("2030-06-12")
    assert state_of(expiring) == State.LAPSED


def test_a_plan_that_was_sent_stops_it(case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch) -> None:
    let_prequalifications_expire(monkeypatch)
    case = cases.make_out_for_signature(case_cast)
    run("2035-01-02")
    assert (warned(case), state_of(case)) == ([], State.LOCAL_APPROVAL)


def test_off_nothing_happens(case_cast: CaseCast) -> None:
    case = cases.make_prequalified(case_cast)
    run("2099-01-01")
    assert (warned(case), state_of(case)) == ([], State.PREQUALIFIED)


def test_who_comes_second_finds_it_done(expiring: Application) -> None:
    late = at("2028-08-24")
    same = Application.objects.get(pk=expiring.pk)
    transitions.follow_expiry(expiring, at=late)
    transitions.follow_expiry(same, at=late)
    assert warned(expiring) == [90]


def test_an_officer_extends_it_with_a_reason_and_the_warnings_begin_anew(expiring: Application, case_cast: CaseCast) -> None:
    run("2028-08-24")
    until = datetime.date(2029, 6, 5)  # Constitution Day: the next working day counts
    with time_machine.travel(at("2028-09-01"), tick=False):
        transitions.extend_prequalification(
            expiring, until=until, by=case_cast.case_officer, at=at("2028-09-01"), reason="Planen er næsten færdig."
        )
    [mail] = sent("prequalification_extended", case_cast.applicant)
    assert "6. juni 2029" in mail.body
    facts = due.expiry_facts(expiring, on=datetime.date(2028, 9, 2), anew=True)
    assert expiry.ends_on(facts) == datetime.date(2029, 6, 6)
    run("2028-11-23")
    assert (warned(expiring), state_of(expiring)) == ([90], State.PREQUALIFIED)
    run("2029-03-08")
    assert warned(expiring) == [90, 90]


def test_an_extension_is_refused_where_it_makes_no_sense(expiring: Application, case_cast: CaseCast) -> None:
    def extend(*, by: Actor = case_cast.case_officer, until: str = "2029-06-01", reason: str = "Planen er på vej.") -> None:
        transitions.extend_prequalification(expiring, until=datetime.date.fromisoformat(until), by=by, at=AT, reason=reason)

    for actor in (case_cast.applicant, case_cast.director, case_cast.municipality):
        with pytest.raises(NotAllowed):
            extend(by=actor)
    with pytest.raises(RuleBroken):
        extend(reason="  ")
    with pytest.raises(RuleBroken):
        extend(until="2028-11-22")
    transitions.lapse(expiring, by=SYSTEM, at=AT, reason="Udløbet.")
    with pytest.raises(IllegalMove):
        extend()
    assert not expiring.events.filter(event=due.EXTENDED).exists()
