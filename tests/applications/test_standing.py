"""»Hvor er min sag«: steps with dates, what is usual, the place in the line."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from applications import due, standing, transitions
from applications.models import Application
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
ON = AT.date()


def dates(case: Application) -> list[tuple[str, datetime.date | None, datetime.date | None, bool]]:
    return [(step.name, step.began_on, step.ended_on, step.is_here) for step in standing.steps_of(case, on=ON)]


def test_a_draft_has_begun_one_step(case_cast: CaseCast) -> None:
    assert dates(cases.make_empty_draft(case_cast)) == [
        ("Ansøgning", ON, None, True),
        ("Vurdering", None, None, False),
        ("Helhedsplan", None, None, False),
        ("Underskrifter", None, None, False),
        ("Afgørelse", None, None, False),
    ]


def test_each_step_has_the_dates_of_its_events(case_cast: CaseCast) -> None:
    case = cases.make_plan_ready(case_cast, at=AT - 30 * DAY)
    transitions.send_for_signature(case, by=case_cast.applicant, at=AT - 10 * DAY)
    began = ON - 30 * DAY

    assert dates(case) == [
        ("Ansøgning", began, began, False),
        ("Vurdering", began, began, False),
        ("Helhedsplan", began, ON - 10 * DAY, False),
        ("Underskrifter", ON - 10 * DAY, None, True),
        ("Afgørelse", None, None, False),
    ]
    assert standing.steps_of(case, on=ON)[2].days == 20


def test_a_step_that_began_anew_is_not_over(case_cast: CaseCast) -> None:
    case = cases.make_out_for_signature(case_cast, at=AT - 10 * DAY)
    transitions.recall_agreement(case, by=case_cast.applicant, at=AT, reason="En fejl i budgettet.")
    [plan, signatures] = dates(case)[2:4]
    assert plan == ("Helhedsplan", ON - 10 * DAY, None, True)
    assert signatures == ("Underskrifter", ON - 10 * DAY, None, False)


@pytest.mark.parametrize(("count", "days"), [(4, None), (5, 30)])
def test_what_is_usual_needs_five_cases(case_cast: CaseCast, count: int, days: int | None) -> None:
    for number in range(count):
        case = cases.make_under_assessment(case_cast, title=f"Indsats {number}", at=AT - (28 + number) * DAY)
        transitions.prequalify(case, by=case_cast.case_officer, at=AT, reason="Området har væsentlige sociale problemer.")
    assessment = standing.steps_of(cases.make_submitted(case_cast, title="Ny"), on=ON)[1]
    assert (assessment.typical.days, assessment.typical.cases) == (days, count)


def test_the_sentence_names_the_day_and_says_when_it_has_passed(case_cast: CaseCast) -> None:
    case = cases.make_submitted(case_cast)
    lines = due.of_case(case, on=ON)
    assert standing.now_and_when(case, lines, on=ON).endswith("Målet er svar senest den 22. februar 2027.")
    late = datetime.date(2027, 3, 1)
    assert standing.now_and_when(case, due.of_case(case, on=late), on=late).endswith("Fristen var den 22. februar 2027.")


def test_the_place_on_the_waiting_list_is_by_the_day_of_receipt(case_cast: CaseCast) -> None:
    waiting = []
    for number, ago in enumerate((5, 20, 10)):
        case = cases.make_under_assessment(case_cast, title=f"Indsats {number}", at=AT - ago * DAY)
        transitions.put_on_waiting_list(case, by=case_cast.case_officer, at=AT, reason="Der er ikke plads i rammen.")
        waiting.append(case)
    cases.make_prequalified(case_cast, title="Står der ikke", at=AT - 50 * DAY)

    places = [standing.place_of(case, on=timezone.localdate()) for case in waiting]
    assert [(place.number, place.of) for place in places if place] == [(3, 3), (1, 3), (2, 3)]


def test_a_case_that_does_not_wait_has_no_place(case_cast: CaseCast) -> None:
    assert standing.place_of(cases.make_submitted(case_cast), on=ON) is None
