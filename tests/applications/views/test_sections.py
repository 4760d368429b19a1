"""The sections of the application: who may fill them in, what is saved, what is kept when something is wrong."""

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
from applications.rules.cofinancing import Source
from applications.rules.documents import DocumentType
from applications.views.progress import APPLICATION_SECTIONS
from areas.models import DevelopmentPlan, PlanApproval
from tests.applications.conftest import SignIn
from tests.applications.views.filling import date_parts, filled_in
from tests.factories import applications as cases
from tests.factories.accounts import OrganisationFactory
from tests.factories.applications import CaseCast
from tests.factories.attachments import make_accepted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def task_list(application: Application) -> str:
    return reverse("applications:application", args=[application.case_number])


def section(application: Application, name: str) -> str:
    return reverse("applications:section", args=[application.case_number, name])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# Who


@pytest.mark.parametrize("name", APPLICATION_SECTIONS)
def test_the_applicant_opens_every_section(name: str, sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    assert sign_in(applicant).get(section(draft, name)).status_code == 200


@pytest.mark.parametrize("name", ["", *APPLICATION_SECTIONS])
@pytest.mark.parametrize("somebody", ["outsider", "municipality", "case_officer", "director"])
def test_nobody_else_knows_of_a_draft(
    name: str, somebody: str, sign_in: SignIn, draft: Application, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(somebody)
    url = section(draft, name) if name else task_list(draft)

    assert sign_in(actor).get(url).status_code == 404
    assert sign_in(actor).post(url).status_code in {404, 405}


@pytest.mark.parametrize("name", APPLICATION_SECTIONS)
@pytest.mark.parametrize("somebody", ["municipality", "case_officer"])
def test_those_who_read_a_submitted_application_do_not_fill_it_in(
    name: str, somebody: str, sign_in: SignIn, submitted: Application, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(somebody)

    assert sign_in(actor).get(task_list(submitted)).status_code == 200
    assert sign_in(actor).get(section(submitted, name)).status_code == 403


def test_there_is_no_section_of_another_name(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    assert sign_in(applicant).get(section(draft, "board")).status_code == 404


# What is saved


def test_name_start_and_other_organisations_are_saved_and_the_next_section_comes(
    sign_in: SignIn, draft: Application, applicant: Actor
) -> None:
    other = OrganisationFactory.create(name="Boligforeningen Øst")
    browser = sign_in(applicant)
    page = browser.get(section(draft, "basics"))

    typed = {
        "title": "Sammen",
        "participants-0-organisation": other.pk,
        **date_parts("expected_start_on", 1, 3, 2028),
        "then": "next",
    }
    answer = browser.post(section(draft, "basics"), filled_in(page, **typed))

    draft.refresh_from_db()
    assert (draft.title, draft.expected_start_on) == ("Sammen", datetime.date(2028, 3, 1))
    assert list(draft.participants.all()) == [other]
    assert answer.url == section(draft, "departments")  # type: ignore[attr-defined]  # a redirect
    assert draft.events.last().event == "application:section_saved"  # type: ignore[union-attr]  # there is one


def test_departments_of_the_area_are_ticked_from_the_start(
    sign_in: SignIn, case_cast: CaseCast, empty_draft: Application, applicant: Actor
) -> None:
    here = cases.make_department(case_cast, "11", area=empty_draft.area)
    elsewhere = cases.make_department(case_cast, "20")
    browser = sign_in(applicant)
    page = browser.get(section(empty_draft, "departments"))
    assert filled_in(page)["departments"] == [str(here.pk)]

    typed = {"connected-0-department": elsewhere.pk, "connected-0-connection_reason": "De unge bruger samme klub."}
    browser.post(section(empty_draft, "departments"), filled_in(page, **typed))

    rows = empty_draft.application_departments.order_by("department__number")
    assert [(row.department, row.is_connected, row.connection_reason) for row in rows] == [
        (here, False, ""),
        (elsewhere, True, "De unge bruger samme klub."),
    ]


@pytest.mark.parametrize("name", APPLICATION_SECTIONS)
def test_saving_a_section_as_it_stands_changes_nothing(name: str, sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_draft(case_cast, wants_rent_support=True)
    by = case_cast.applicant
    other = OrganisationFactory.create(name="Boligforeningen Øst")
    transitions.save_basics(
        application, title="Sammen", participants=[other], expected_start_on=datetime.date(2028, 1, 1), by=by, at=cases.AT
    )
    here = application.application_departments.get(department__number="11").department
    elsewhere = cases.make_department(case_cast, "20")
    choices = [
        transitions.DepartmentChoice(here),
        transitions.DepartmentChoice(elsewhere, is_connected=True, connection_reason="Samme klub"),
    ]
    transitions.save_departments(application, choices, by=by, at=cases.AT)
    before = sections.values(application, name)
    browser = sign_in(by)

    answer = browser.post(section(application, name), filled_in(browser.get(section(application, name))))

    assert answer.status_code == 302
    assert sections.values(Application.objects.get(pk=application.pk), name) == before


def test_a_department_that_was_unticked_stays_so(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(draft, "departments"))
    kept = draft.application_departments.first()
    assert kept is not None

    browser.post(section(draft, "departments"), filled_in(page, departments=[kept.department_id]))

    again = filled_in(browser.get(section(draft, "departments")))
    assert again["departments"] == [str(kept.department_id)]


def test_problems_and_texts_are_saved(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(draft, "challenges"))

    browser.post(section(draft, "challenges"), filled_in(page, problem_types=["VIOLENCE"], coordination="Med klubben."))

    draft.refresh_from_db()
    assert draft.problem_types == ["VIOLENCE"]
    assert draft.coordination == "Med klubben."


def test_a_development_plan_asks_for_coordination(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    DevelopmentPlan.objects.create(
        area=draft.area, starts_on=datetime.date(2019, 6, 1), approval=PlanApproval.APPROVED, source="kilde"
    )
    Application.objects.filter(pk=draft.pk).update(coordination="")
    browser = sign_in(applicant)

    assert "Området er bundet af en udviklingsplan" in text(browser.get(section(draft, "challenges")))
    assert "Beskriv, hvordan indsatsen er samordnet med den" in text(browser.get(task_list(draft)))


def test_a_budget_is_saved_before_it_adds_up_and_the_page_says_what_is_missing(
    sign_in: SignIn, empty_draft: Application, applicant: Actor
) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(empty_draft, "budget"))
    typed = {"total_budget": "1.250.000,00", "funding-0-amount": "900000", "funding-1-amount": "1 00 000,5"}

    wrong = browser.post(section(empty_draft, "budget"), filled_in(page, **typed))
    assert 'href="#id_funding-1-amount"' in text(wrong)
    assert filled_in(wrong)["funding-1-amount"] == ["1 00 000,5"]

    browser.post(section(empty_draft, "budget"), filled_in(wrong, **{"funding-1-amount": "100.000,50"}))

    empty_draft.refresh_from_db()
    assert empty_draft.total_budget == Decimal(1_250_000)
    assert [(line.source, line.amount) for line in empty_draft.funding_lines.all()] == [
        (Source.FUND, Decimal(900_000)),
        (Source.MUNICIPALITY, Decimal("100000.50")),
    ]
    assert "Der mangler finansiering af 249.999,50 kr." in text(browser.get(section(empty_draft, "budget")))


def test_sums_follow_what_is_typed_and_nothing_is_saved(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    data = filled_in(browser.get(section(draft, "budget")), **{"funding-1-amount": "750.000", "funding-2-amount": "vrøvl"})
    url = reverse("applications:preview", args=[draft.case_number, "budget"])

    answer = text(browser.post(url, data))

    assert "9.750.000 kr., der mangler 2.250.000 kr." in answer
    assert "750.000 kr. (6,2 %)" in answer
    assert "<html" not in answer
    assert draft.funding_lines.filter(amount=1_500_000).count() == 2


def test_without_scripts_more_rows_come_and_nothing_is_lost(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(draft, "budget"))

    more = browser.post(section(draft, "budget"), filled_in(page, **{"total_budget": "99", "funding-more": "1"}))

    data = filled_in(more)
    assert data["total_budget"] == ["99"]
    assert data["funding-TOTAL_FORMS"] == ["7"]
    draft.refresh_from_db()
    assert draft.total_budget == cases.BUDGET


def test_a_removed_contribution_is_gone(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(draft, "budget"))

    browser.post(section(draft, "budget"), filled_in(page, **{"funding-1-DELETE": "on"}))

    assert [line.source for line in draft.funding_lines.all()] == [Source.FUND, Source.ORGANISATION]


def test_rent_support_is_asked_for_where_an_amount_stands(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(draft, "rent"))
    assert filled_in(page)["rent-0-area_m2"] == ["8.200"]

    typed = {
        "wants_rent_support": "yes",
        "rent-0-amount_per_m2": "85,50",
        **date_parts("rent-0-starts_on", 1, 1, 2027),
        **date_parts("rent-0-ends_on", 31, 12, 2030),
    }
    browser.post(section(draft, "rent"), filled_in(page, **typed))

    line = draft.rent_supports.get()
    assert (line.amount_per_m2, line.area_m2, line.ends_on) == (Decimal("85.50"), Decimal(8200), datetime.date(2030, 12, 31))
    assert "701.100 kr. om året, 2.804.400 kr. i hele perioden" in text(browser.get(section(draft, "rent")))


def test_rent_support_needs_its_period_in_order(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(draft, "rent"))
    typed = {
        "wants_rent_support": "yes",
        "rent-0-amount_per_m2": "85",
        **date_parts("rent-0-starts_on", 1, 1, 2030),
        **date_parts("rent-0-ends_on", 31, 2, 2027),
        "rent-1-amount_per_m2": "85",
        **date_parts("rent-1-starts_on", 1, 1, 2030),
        **date_parts("rent-1-ends_on", 31, 1, 2027),
    }

    answer = browser.post(section(draft, "rent"), filled_in(page, **typed))

    assert "Datoen 31.2.2027 findes ikke i kalenderen" in text(answer)
    assert "Støtten skal slutte efter, at den begynder" in text(answer)
    assert filled_in(answer)["rent-0-ends_on_day"] == ["31"]
    assert not draft.rent_supports.exists()


def test_yes_to_rent_support_needs_an_amount(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(draft, "rent"))

    answer = browser.post(section(draft, "rent"), filled_in(page, wants_rent_support="yes"))

    assert '<a href="#id_wants_rent_support_0">Skriv beløbet for mindst én afdeling, eller svar nej</a>' in text(answer)
    draft.refresh_from_db()
    assert not draft.wants_rent_support


def test_saying_no_to_rent_support_takes_what_was_asked_away(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_draft(case_cast, wants_rent_support=True)
    browser = sign_in(case_cast.applicant)

    browser.post(section(application, "rent"), filled_in(browser.get(section(application, "rent")), wants_rent_support="no"))

    application.refresh_from_db()
    assert not application.wants_rent_support
    assert not application.rent_supports.exists()


# What is kept


def test_too_long_a_text_is_told_and_kept(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    page = browser.get(section(draft, "challenges"))

    answer = browser.post(section(draft, "challenges"), filled_in(page, challenges="æ" * 12_001))

    assert "Skriv højst 12000 tegn, der er nu 12001" in text(answer)
    assert filled_in(answer)["challenges"] == ["æ" * 12_001]
    assert answer.content.decode().index("<title>Fejl:") > 0


def test_the_second_of_two_colleagues_sees_both_versions_and_chooses(
    sign_in: SignIn, draft: Application, applicant: Actor, colleague: Actor
) -> None:
    first, second = sign_in(applicant), sign_in(colleague)
    url = section(draft, "challenges")
    of_first, of_second = filled_in(first.get(url)), filled_in(second.get(url))
    first.post(url, {**of_first, "challenges": "Den første skrev dette."})

    answer = second.post(url, {**of_second, "challenges": "Den anden skrev dette."})

    draft.refresh_from_db()
    assert draft.challenges == "Den første skrev dette."
    assert "Gemt af en anden i mellemtiden" in text(answer)
    assert "Den første skrev dette." in text(answer)
    assert filled_in(answer)["challenges"] == ["Den anden skrev dette."]

    second.post(url, filled_in(answer))

    draft.refresh_from_db()
    assert draft.challenges == "Den anden skrev dette."


def test_a_form_without_its_fingerprint_does_not_overwrite(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    url = section(draft, "challenges")

    answer = browser.post(url, filled_in(browser.get(url), seen=None, challenges="Uden at have set"))

    draft.refresh_from_db()
    assert draft.challenges == cases.CHALLENGES
    assert "Gemt af en anden i mellemtiden" in text(answer)


def test_what_is_typed_stays_on_the_page_when_the_case_was_submitted_meanwhile(
    sign_in: SignIn, draft: Application, applicant: Actor, colleague: Actor
) -> None:
    browser = sign_in(colleague)
    url = section(draft, "challenges")
    page = filled_in(browser.get(url), challenges="En halv times arbejde")
    transitions.submit(draft, by=applicant, at=cases.AT)

    answer = browser.post(url, page)

    assert "Sagen kan ikke rettes, som den står nu" in text(answer)
    assert filled_in(answer)["challenges"] == ["En halv times arbejde"]
    assert browser.get(url).status_code == 302


def test_sections_open_again_when_the_fund_asks_for_more(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_information_requested(case_cast)
    browser = sign_in(case_cast.applicant)
    url = section(application, "challenges")

    browser.post(url, filled_in(browser.get(url), challenges="Uddybet."))

    application.refresh_from_db()
    assert application.challenges == "Uddybet."
    assert "Send de ønskede oplysninger" in text(browser.get(task_list(application)))


# The task list


def test_the_task_list_tells_how_far_each_section_is(sign_in: SignIn, empty_draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    start = text(browser.get(task_list(empty_draft)))
    assert start.count("Ikke startet") == 5
    assert "3 af 8 dele er klar" in start

    transitions.save_challenges(
        empty_draft, problem_types=[], challenges="Kun en tekst", coordination="", by=applicant, at=cases.AT
    )
    transitions.save_budget(
        empty_draft,
        total_budget=Decimal(100),
        lines=[transitions.FundingChoice(Source.FUND, Decimal(100))],
        by=applicant,
        at=cases.AT,
    )
    page = browser.get(task_list(empty_draft))
    later = {task.section: task.state for task in page.context["overview"].tasks}

    assert later == {
        "basics": "Klar",
        "departments": "Ikke startet",
        "challenges": "Mangler oplysninger",
        "figures": "Ikke startet",
        "budget": "I gang",
        "rent": "Frivillig",
        "attachments": "Frivillig",
        "recommendation": "Ikke startet",
    }
    assert all(found.url for found in page.context["overview"].missing)


def test_a_complete_draft_is_ready_to_be_checked(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    page = sign_in(applicant).get(task_list(draft))

    assert page.context["overview"].is_ready
    assert "7 af 8 dele er klar" in text(page)
    assert "Gemt 22. november 2026 kl. 10:00 af" in text(page)


def test_key_figures_brought_as_a_file_need_not_be_written(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    draft.department_figures.all().delete()

    def badge() -> str:
        [task] = [
            task for task in sign_in(applicant).get(task_list(draft)).context["overview"].tasks if task.section == "figures"
        ]
        return str(task.state)

    assert badge() == "Ikke startet"
    make_accepted(draft, applicant, kind=DocumentType.D3)
    assert badge() == "Frivillig"


@pytest.mark.parametrize("name", ["", *APPLICATION_SECTIONS])
def test_many_departments_take_no_more_queries_than_two(
    name: str,
    *,
    sign_in: SignIn,
    case_cast: CaseCast,
    draft: Application,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = sign_in(case_cast.applicant)
    url = section(draft, name) if name else task_list(draft)
    with django_assert_max_num_queries(25) as few:
        browser.get(url)
    departments = [cases.make_department(case_cast, str(100 + number), area=draft.area) for number in range(40)]
    elsewhere = [cases.make_department(case_cast, str(200 + number)) for number in range(10)]
    choices = [
        *(transitions.DepartmentChoice(department) for department in departments),
        *(transitions.DepartmentChoice(department, is_connected=True, connection_reason="Klub") for department in elsewhere),
    ]
    transitions.save_departments(draft, choices, is_confirmed=True, by=case_cast.applicant, at=cases.AT)
    everywhere = [*departments, *elsewhere]
    transitions.save_figures(draft, cases.key_figures(everywhere), by=case_cast.applicant, at=cases.AT)

    with django_assert_num_queries(len(few.captured_queries)):
        browser.get(url)
