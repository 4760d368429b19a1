"""The plan's task list, its period and effort areas, and its goals."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from applications import sections, transitions
from applications.models import Application
from applications.views.progress import PLAN_SECTIONS, section_url
from tests.applications.conftest import SignIn
from tests.applications.views.filling import date_parts, filled_in
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def plan_page(application: Application) -> str:
    return reverse("applications:plan", args=[application.case_number])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# Who, and when


@pytest.mark.parametrize("name", PLAN_SECTIONS)
def test_the_applicant_opens_every_section(name: str, sign_in: SignIn, plan_started: Application, applicant: Actor) -> None:
    assert sign_in(applicant).get(section_url(plan_started, name)).status_code == 200


@pytest.mark.parametrize("name", ["plan", "goals", "board"])
@pytest.mark.parametrize(("somebody", "status"), [("outsider", 404), ("municipality", 403), ("case_officer", 403)])
def test_nobody_else_fills_it_in(
    name: str, somebody: str, status: int, *, sign_in: SignIn, plan_started: Application, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(somebody)

    assert sign_in(actor).get(section_url(plan_started, name)).status_code == status
    assert sign_in(actor).post(section_url(plan_started, name)).status_code == status


def test_the_parties_and_the_fund_read_it(sign_in: SignIn, plan_ready: Application, case_cast: CaseCast) -> None:
    for actor in (case_cast.municipality, case_cast.case_officer):
        assert "Flere unge skal i uddannelse" in text(sign_in(actor).get(plan_page(plan_ready)))


def test_before_it_is_begun_the_page_says_when_it_can_be(sign_in: SignIn, prequalified: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)

    for url in (plan_page(prequalified), section_url(prequalified, "plan"), section_url(prequalified, "board")):
        answer = browser.get(url, follow=True)
        assert answer.redirect_chain == [(prequalified.get_absolute_url(), 302)]
        assert "Helhedsplanen er ikke begyndt endnu" in text(answer)


def test_a_plan_out_for_signature_is_closed(sign_in: SignIn, out_for_signature: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)

    assert "Flere unge skal i uddannelse" in text(browser.get(plan_page(out_for_signature)))
    answer = browser.get(section_url(out_for_signature, "plan"), follow=True)
    assert "Sagen kan ikke rettes, som den står nu" in text(answer)


def test_there_is_no_section_of_another_name(sign_in: SignIn, plan_started: Application, applicant: Actor) -> None:
    url = reverse("applications:plan_section", args=[plan_started.case_number, "budget"])

    assert sign_in(applicant).get(url).status_code == 404


# The task list


def test_an_empty_plan_lists_what_the_agreement_needs(sign_in: SignIn, plan_started: Application, applicant: Actor) -> None:
    page = sign_in(applicant).get(plan_page(plan_started))

    states = {task.section: task.state for task in page.context["overview"].tasks}
    assert states == {
        "plan": "Ikke startet",
        "goals": "Ikke startet",
        "board": "Ikke startet",
        "budget": "Klar",
        "rent": "Frivillig",
    }
    assert "Vælg mindst ét indsatsområde." in text(page)


def test_a_complete_plan_is_ready_to_be_signed(sign_in: SignIn, plan_ready: Application, applicant: Actor) -> None:
    page = sign_in(applicant).get(plan_page(plan_ready))

    assert page.context["overview"].is_ready
    assert {task.state for task in page.context["overview"].tasks} == {"Klar", "Frivillig"}


# Period and effort areas


def test_period_and_effort_areas_are_saved(sign_in: SignIn, plan_started: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section_url(plan_started, "plan")
    typed = {
        **date_parts("starts_on", 1, 1, 2028),
        **date_parts("ends_on", 31, 12, 2031),
        "effort_areas": ["COHESION", "EMPLOYMENT"],
        "summary": "Naboer i arbejde.",
    }

    answer = browser.post(url, filled_in(browser.get(url), **typed, then="next"))

    plan = Application.objects.get(pk=plan_started.pk).plan
    assert (plan.starts_on, plan.ends_on) == (datetime.date(2028, 1, 1), datetime.date(2031, 12, 31))
    assert plan.effort_areas == ["EMPLOYMENT", "COHESION"]
    assert answer.url == section_url(plan_started, "goals")  # type: ignore[attr-defined]  # a redirect


def test_a_day_too_many_is_told_beside_the_end_and_nothing_is_lost(
    sign_in: SignIn, plan_started: Application, applicant: Actor
) -> None:
    browser = sign_in(applicant)
    url = section_url(plan_started, "plan")
    typed = {**date_parts("starts_on", 1, 1, 2028), **date_parts("ends_on", 1, 1, 2032), "summary": "Naboer i arbejde."}

    answer = browser.post(url, filled_in(browser.get(url), **typed))

    assert 'href="#id_ends_on_0"' in text(answer)
    assert "den slutte senest 31. december 2031" in text(answer)
    assert filled_in(answer)["summary"] == ["Naboer i arbejde."]
    assert plan_started.plan.starts_on is None


def test_the_second_of_two_colleagues_sees_both_plans(
    sign_in: SignIn, plan_ready: Application, applicant: Actor, colleague: Actor
) -> None:
    url = section_url(plan_ready, "plan")
    first, second = sign_in(applicant), sign_in(colleague)
    of_first, of_second = filled_in(first.get(url)), filled_in(second.get(url))
    first.post(url, {**of_first, "summary": "Den førstes."})

    answer = second.post(url, {**of_second, "summary": "Den andens."})

    assert "Gemt af en anden i mellemtiden" in text(answer)
    assert "Den førstes." in text(answer)
    assert filled_in(answer)["summary"] == ["Den andens."]


# Goals


def goal(prefix: str, code: str, **more: str) -> dict[str, Any]:
    return {
        f"{prefix}-indicator": cases.indicator(code).pk,
        f"{prefix}-sub_goal": "Flere i dagtilbud",
        f"{prefix}-baseline_value": "61,5",
        **date_parts(f"{prefix}-baseline_on", 1, 1, 2026),
        f"{prefix}-target_value": "70",
        **date_parts(f"{prefix}-target_on", 31, 12, 2030),
        **{f"{prefix}-{name}": value for name, value in more.items()},
    }


@pytest.fixture
def with_areas(plan_started: Application, applicant: Actor) -> Application:
    cases.indicator("tryghed")  # so that there is a catalogue
    transitions.save_plan(
        plan_started,
        starts_on=cases.PLAN_STARTS_ON,
        ends_on=cases.PLAN_ENDS_ON,
        summary="",
        effort_areas=["EDUCATION", "COHESION"],
        by=applicant,
        at=cases.AT,
    )
    return plan_started


def test_goals_are_offered_the_indicators_of_their_area_only(sign_in: SignIn, with_areas: Application, applicant: Actor) -> None:
    page = text(sign_in(applicant).get(section_url(with_areas, "goals")))

    assert "Fast mål: Børn og unge løftes fagligt" in page
    assert "Børn i dagtilbud, 1-5 år (% af de 1-5-årige, højere er bedre)" in page
    assert "Oplevet tryghed" not in page


def test_goals_of_two_areas_are_saved(sign_in: SignIn, with_areas: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section_url(with_areas, "goals")
    typed = goal("goals-education-0", "boern-i-dagtilbud") | goal("goals-cohesion-0", "valgdeltagelse")

    browser.post(url, filled_in(browser.get(url), **typed))

    saved = [(row.effort_area, row.indicator.code, row.baseline_value, row.target_on) for row in with_areas.plan.goals.all()]
    assert saved == [
        ("EDUCATION", "boern-i-dagtilbud", Decimal("61.5"), datetime.date(2030, 12, 31)),
        ("COHESION", "valgdeltagelse", Decimal("61.5"), datetime.date(2030, 12, 31)),
    ]


def test_a_goal_may_wait_for_its_numbers_and_the_list_says_which(
    sign_in: SignIn, with_areas: Application, applicant: Actor
) -> None:
    browser = sign_in(applicant)
    url = section_url(with_areas, "goals")
    typed = {"goals-education-0-indicator": cases.indicator("trivsel-i-skolen").pk, "goals-education-0-sub_goal": "Trivsel"}

    browser.post(url, filled_in(browser.get(url), **typed))

    assert with_areas.plan.goals.get().target_value is None
    assert "Målet »Trivsel« mangler måltallet." in text(browser.get(plan_page(with_areas)))


def test_an_indicator_measures_one_goal(sign_in: SignIn, plan_ready: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section_url(plan_ready, "goals")
    more = browser.post(url, filled_in(browser.get(url), **{"goals-education-more": "1"}))
    assert filled_in(more)["goals-education-TOTAL_FORMS"] == ["4"]

    answer = browser.post(url, filled_in(more, **goal("goals-education-1", "boern-i-dagtilbud", sub_goal="Igen")))

    assert "Samme indikator står ved to mål: Børn i dagtilbud, 1-5 år." in text(answer)
    assert filled_in(answer)["goals-education-1-sub_goal"] == ["Igen"]
    assert plan_ready.plan.goals.count() == 2


def test_a_target_before_its_baseline_is_told(sign_in: SignIn, with_areas: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section_url(with_areas, "goals")
    typed = goal("goals-education-0", "boern-i-dagtilbud") | date_parts("goals-education-0-target_on", 1, 1, 2026)

    answer = browser.post(url, filled_in(browser.get(url), **typed))

    assert "Målet skal nås efter den dag, udgangspunktet er målt" in text(answer)


def test_goals_of_an_area_that_is_no_longer_chosen_stay_until_somebody_decides(
    sign_in: SignIn, plan_ready: Application, applicant: Actor
) -> None:
    transitions.save_plan(
        plan_ready,
        starts_on=cases.PLAN_STARTS_ON,
        ends_on=cases.PLAN_ENDS_ON,
        summary="",
        effort_areas=["EDUCATION"],
        by=applicant,
        at=cases.AT,
    )
    browser = sign_in(applicant)

    page = browser.get(section_url(plan_ready, "goals"))

    assert "Området er ikke længere valgt i planen." in text(page)
    browser.post(section_url(plan_ready, "goals"), filled_in(page, **{"goals-cohesion-0-DELETE": "on"}))
    assert [row.effort_area for row in plan_ready.plan.goals.all()] == ["EDUCATION"]


@pytest.mark.parametrize("name", PLAN_SECTIONS)
def test_saving_a_section_as_it_stands_changes_nothing(
    name: str, sign_in: SignIn, plan_ready: Application, applicant: Actor
) -> None:
    before = sections.values(plan_ready, name)
    browser = sign_in(applicant)

    answer = browser.post(section_url(plan_ready, name), filled_in(browser.get(section_url(plan_ready, name))))

    assert answer.status_code == 302
    assert sections.values(Application.objects.get(pk=plan_ready.pk), name) == before


# Budget and rent support go on in the plan


def test_the_budget_can_be_fitted_to_the_plan(sign_in: SignIn, plan_ready: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section_url(plan_ready, "budget")

    answer = browser.post(url, filled_in(browser.get(url), **{"funding-2-note": "Bekræftet af bestyrelsen"}, then="list"))

    assert answer.url == plan_page(plan_ready)  # type: ignore[attr-defined]  # a redirect
    assert plan_ready.funding_lines.last().note == "Bekræftet af bestyrelsen"  # type: ignore[union-attr]  # there are three


def test_rent_support_outside_the_plan_leads_to_where_it_is_put_right(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_plan_ready(case_cast, wants_rent_support=True)
    transitions.save_plan(
        application,
        starts_on=datetime.date(2027, 3, 1),
        ends_on=cases.PLAN_ENDS_ON,
        summary="",
        effort_areas=["EDUCATION", "COHESION"],
        by=case_cast.applicant,
        at=cases.AT,
    )

    page = sign_in(case_cast.applicant).get(plan_page(application))

    (found,) = page.context["overview"].missing
    assert (found.violation.code, found.url) == ("support_outside_plan", section_url(application, "rent"))


@pytest.mark.parametrize("name", ["", *PLAN_SECTIONS])
def test_many_goals_and_seats_take_no_more_queries_than_two(
    name: str,
    *,
    sign_in: SignIn,
    case_cast: CaseCast,
    plan_ready: Application,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = sign_in(case_cast.applicant)
    url = section_url(plan_ready, name) if name else plan_page(plan_ready)
    with django_assert_max_num_queries(25) as few:
        browser.get(url)
    codes = {
        "EDUCATION": ["boern-i-dagtilbud", "trivsel-i-skolen", "beboernes-uddannelse", "unge-uden-uddannelse"],
        "COHESION": ["valgdeltagelse", "fraflytning"],
    }
    goals = [
        transitions.GoalChoice(effort_area=area, indicator=cases.indicator(code), sub_goal=code)
        for area, of_area in codes.items()
        for code in of_area
    ]
    transitions.save_goals(plan_ready, goals, by=case_cast.applicant, at=cases.AT)
    seats = [
        transitions.SeatChoice(
            kind="BOARD",
            name=f"Medlem {number}",
            email=f"medlem{number}@example.org",
            title="",
            organisation=case_cast.housing,
            other_organisation="",
            is_chair=number == 0,
            valid_from=datetime.date(2026, 1, 1),
        )
        for number in range(40)
    ]
    transitions.save_board(plan_ready, seats, by=case_cast.applicant, at=cases.AT)

    with django_assert_num_queries(len(few.captured_queries)):
        browser.get(url)
