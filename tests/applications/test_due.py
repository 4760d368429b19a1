"""What is due is read from cases: for whom, and with as many queries for two as for two hundred."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from applications import due, transitions
from applications.due import Line
from applications.models import Application
from tests.applications.expiring import let_prequalifications_expire
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db

ON = AT.date()


def lines() -> list[Line]:
    return due.of_cases(Application.objects.all(), on=ON)


def told(found: list[Line]) -> list[tuple[str, str, str]]:
    return [(line.deadline.kind.value, line.deadline.due_on.isoformat(), line.unit_name) for line in found]


def test_each_state_tells_its_own(case_cast: CaseCast) -> None:
    cases.make_draft(case_cast, title="Kladde")
    cases.make_submitted(case_cast, title="Modtaget")
    cases.make_information_requested(case_cast, title="Oplysninger")
    cases.make_prequalified(case_cast, title="Prækvalificeret")
    cases.make_plan_ready(case_cast, title="Plan")

    assert told(lines()) == [
        ("information", "2026-12-18", "Boligforeningen Ågården"),
        ("plan", "2027-01-01", "Boligforeningen Ågården"),
        ("answer", "2027-02-22", "Landsbyggefonden"),
    ]


def test_a_signature_is_due_from_each_party_that_has_not_signed(case_cast: CaseCast) -> None:
    case = cases.make_out_for_signature(case_cast)
    assert [line.unit_name for line in lines()] == ["Boligforeningen Ågården", "Aarhus Kommune"]

    cases.sign_as(case, case_cast.applicant)
    assert [line.unit_name for line in lines()] == ["Aarhus Kommune"]

    transitions.recall_agreement(case, by=case_cast.applicant, at=AT, reason="En fejl i budgettet.")
    transitions.send_for_signature(case, by=case_cast.applicant, at=AT)
    assert len(lines()) == 2, "what was signed before does not count"


def test_a_hearing_is_the_applicants_and_then_the_funds(case_cast: CaseCast) -> None:
    case = cases.make_under_assessment(case_cast)
    deadline = datetime.date(2026, 12, 6)
    transitions.open_hearing(case, by=case_cast.case_officer, at=AT, reason="Området er lille.", deadline=deadline)
    assert told(lines()) == [("hearing", "2026-12-06", "Boligforeningen Ågården")]

    transitions.answer_hearing(case, by=case_cast.applicant, at=AT, reply="Det er vi uenige i.")
    assert told(lines()) == [("answer", "2027-02-22", "Landsbyggefonden")]


def test_the_list_and_the_case_say_the_same(case_cast: CaseCast) -> None:
    case = cases.make_out_for_signature(case_cast)
    assert told(due.of_case(Application.objects.get(pk=case.pk), on=ON)) == told(lines())


def test_it_is_whose_turn_it_is(
    case_cast: CaseCast, colleague: Actor, outsider: Actor, fund: Organisation, today: datetime.date
) -> None:
    other_officer = member(fund, Role.CASE_OFFICER, email="anden@example.org", today=today)
    cases.make_information_requested(case_cast, title="Oplysninger")
    cases.make_submitted(case_cast, title="Ingen sagsbehandler")
    cases.make_under_assessment(case_cast, title="Har sagsbehandler")
    information, free, taken = lines()
    assert taken.application.responsible == case_cast.case_officer.user

    for line, actors in (
        (information, (case_cast.applicant, colleague)),
        (free, (case_cast.case_officer, other_officer)),
        (taken, (case_cast.case_officer,)),
    ):
        everybody = (case_cast.applicant, colleague, outsider, case_cast.municipality, case_cast.case_officer, other_officer)
        assert tuple(actor for actor in everybody if line.is_for(actor)) == actors
        assert not line.is_for(case_cast.finance_officer)


def test_the_management_has_what_it_decides(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    cases.make_recommended(case_cast)
    [line] = lines()
    assert line.is_for(case_cast.director)
    assert line.is_for(case_cast.case_officer)


def test_an_expiry_is_read_from_the_events(case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.make_prequalified(case_cast)
    assert lines() == [], "off as the rule sets come"

    let_prequalifications_expire(monkeypatch)
    assert told(lines()) == [("expiry", "2028-11-22", "Boligforeningen Ågården")]


@pytest.mark.parametrize("makes", [cases.make_information_requested, cases.make_out_for_signature, cases.make_plan_submitted])
def test_one_case_and_twenty_ask_the_database_as_often(case_cast: CaseCast, makes: object) -> None:
    assert callable(makes)
    makes(case_cast)
    with CaptureQueriesContext(connection) as one:
        assert lines()
    for number in range(19):
        makes(case_cast, title=f"Indsats {number}")
    with CaptureQueriesContext(connection) as twenty:
        assert len(lines()) >= 20
    assert len(one) == len(twenty) <= 8
