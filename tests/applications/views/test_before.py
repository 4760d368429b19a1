"""Before you start: choosing departments, the answer, and the way into an application."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind, Role
from applications import transitions
from applications.models import Application
from applications.views.before import MOST_SHOWN
from areas.models import ConnectedDepartment, Department
from lbf_portal.lib.refusals import NotAllowed
from tests.applications.conftest import SignIn
from tests.applications.views.filling import filled_in
from tests.applications.views.test_create import put_on_list
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import OrganisationFactory
from tests.factories.applications import AT, CaseCast
from tests.factories.areas import DepartmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

BEFORE = reverse("applications:before_you_start")
NEW = reverse("applications:new")


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def ask(browser: Any, *departments: Department, **more: Any) -> str:
    return text_of(browser.get(BEFORE, {"department": [one.pk for one in departments], **more}))


@pytest.fixture
def inside(case_cast: CaseCast) -> Department:
    """In an area on the list."""
    area = cases.make_area(case_cast)
    put_on_list(area, is_exposed=True, is_parallel_society=True)
    return cases.make_department(case_cast, "11", area=area)


@pytest.fixture
def outside(case_cast: CaseCast) -> Department:
    return cases.make_department(case_cast, "99")


def test_ones_own_departments_can_be_chosen_and_nobody_elses(
    sign_in: SignIn, case_cast: CaseCast, inside: Department, outside: Department
) -> None:
    foreign = DepartmentFactory.create(name="Fremmed", municipality=inside.municipality)

    page = text_of(sign_in(case_cast.applicant).get(BEFORE))

    assert "11 Bakken 11" in page
    assert "99 Bakken 99" in page
    assert "Fremmed" not in page
    assert "Svaret for" not in page
    refused = ask(sign_in(case_cast.applicant), foreign)
    assert "En af de valgte afdelinger findes ikke blandt dem, du kan vælge." in refused
    assert "Svaret for" not in refused


def test_the_answer_says_what_is_missing_and_leads_into_an_application(
    sign_in: SignIn, case_cast: CaseCast, inside: Department
) -> None:
    page = ask(sign_in(case_cast.applicant), inside)

    assert "Svaret for 1 afdeling" in page
    assert "Der er endnu ikke nævnt et væsentligt problem" in page
    assert "Omfattet af § 61 a efter listen af 1. december 2023: Bakkeparken." in page
    assert "100 %: 260 af 260 beboere" in page
    assert f'href="{NEW}?department={inside.pk}"' in page


def test_with_a_problem_named_nothing_is_missing(sign_in: SignIn, case_cast: CaseCast, inside: Department) -> None:
    page = ask(sign_in(case_cast.applicant), inside, problem=["VIOLENCE"])

    assert "Det mangler" not in page
    assert "Nævnt: Vold." in page


def test_a_department_outside_is_told_how_to_be_let_in(
    sign_in: SignIn, case_cast: CaseCast, inside: Department, outside: Department
) -> None:
    page = ask(sign_in(case_cast.applicant), inside, outside)

    assert "Ligger ikke i et boligområde i registeret og er ikke knyttet til et (1): 99 Bakken 99." in page


@pytest.mark.parametrize("text", ["bakkeparken", "bakken 11", "11"])
def test_a_search_finds_by_area_name_and_number_and_keeps_what_is_chosen(
    text: str, sign_in: SignIn, case_cast: CaseCast, inside: Department, outside: Department
) -> None:
    cases.make_department(case_cast, "88")

    page = ask(sign_in(case_cast.applicant), outside, q=text)

    assert "11 Bakken 11" in page
    assert "99 Bakken 99" in page
    assert "88 Bakken 88" not in page


def test_nothing_found_and_nothing_there_are_told(sign_in: SignIn, case_cast: CaseCast) -> None:
    browser = sign_in(case_cast.applicant)

    assert "Registeret har endnu ingen." in text_of(browser.get(BEFORE))
    assert "Ingen afdelinger passer" in text_of(browser.get(BEFORE, {"q": "findes ikke"}))


@pytest.mark.parametrize(
    "query",
    ["?department=nul", "?department=99999999999999999999", "?problem=FINDES_IKKE", f"?q={'x' * 101}", "?department=-1"],
)
def test_addresses_that_make_no_sense_are_answered_with_words(query: str, sign_in: SignIn, case_cast: CaseCast) -> None:
    cases.make_department(case_cast)

    assert "Der er problemer" in text_of(sign_in(case_cast.applicant).get(BEFORE + query))


def test_a_hundred_departments_can_be_asked_about_and_no_more(sign_in: SignIn, case_cast: CaseCast) -> None:
    departments = [cases.make_department(case_cast, str(number)) for number in range(100, 201)]
    browser = sign_in(case_cast.applicant)

    assert "Svaret for 100 afdelinger" in ask(browser, *departments[:100])
    assert "Vælg højst 100 afdelinger." in ask(browser, *departments)


@pytest.mark.parametrize("somebody", ["municipality", "case_officer", "adviser"])
def test_others_can_ask_and_cannot_apply(
    somebody: str, sign_in: SignIn, inside: Department, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(somebody)

    page = ask(sign_in(actor), inside)

    assert "Svaret for 1 afdeling" in page
    assert NEW not in page.partition("<main")[2]


def test_a_municipality_sees_departments_of_its_own_alone(
    sign_in: SignIn, case_cast: CaseCast, municipality: Actor, inside: Department
) -> None:
    DepartmentFactory.create(name="Fremmed", municipality__code="0461", municipality__name="Odense")

    page = text_of(sign_in(municipality).get(BEFORE))

    assert "11 Bakken 11" in page
    assert "Fremmed" not in page


def test_many_departments_are_shown_up_to_a_limit_and_the_rest_by_searching(sign_in: SignIn, case_cast: CaseCast) -> None:
    for number in range(MOST_SHOWN + 1):
        cases.make_department(case_cast, str(1000 + number))

    page = text_of(sign_in(case_cast.applicant).get(BEFORE))

    assert page.count('name="department"') == MOST_SHOWN
    assert "Der er flere afdelinger, end der vises." in page


def test_two_hundred_departments_take_as_many_queries_as_two(sign_in: SignIn, case_cast: CaseCast, inside: Department) -> None:
    browser = sign_in(case_cast.applicant)
    two = [inside, cases.make_department(case_cast, "12", area=cases.make_area(case_cast))]
    ask(browser, *two)
    for address in (BEFORE, NEW):
        with CaptureQueriesContext(connection) as few:
            browser.get(address, {"department": [one.pk for one in two]})
        assert len(few) <= 25
        for number in range(100):
            cases.make_department(case_cast, f"{address[-2]}{number}", area=cases.make_area(case_cast))
        chosen = list(Department.objects.values_list("pk", flat=True)[:90])
        with CaptureQueriesContext(connection) as many:
            browser.get(address, {"department": chosen})
        assert len(many) == len(few)


# Into an application


def test_the_first_page_of_an_application_shows_ones_own_departments_by_area(
    sign_in: SignIn, case_cast: CaseCast, inside: Department, outside: Department
) -> None:
    page = text_of(sign_in(case_cast.applicant).get(NEW))

    assert "Jeres afdelinger efter loven" in page
    assert "Efter listen af 1. december 2023, den seneste i portalen." in page
    assert f'href="{BEFORE}?department={inside.pk}"' in page
    assert "Ikke i et område" in page


def test_chosen_departments_and_their_area_are_carried_into_the_draft(
    sign_in: SignIn, case_cast: CaseCast, inside: Department, outside: Department
) -> None:
    ConnectedDepartment.objects.create(
        department=outside, area=cases.make_area(case_cast), valid_from="2020-01-01", reason="Den samme skole"
    )
    browser = sign_in(case_cast.applicant)
    page = browser.get(NEW, {"department": [inside.pk, outside.pk]})
    assert filled_in(page)["area"] == ["bakkeparken"]

    browser.post(NEW, filled_in(page, title="Sammen om Bakkeparken"))

    application = Application.objects.get()
    rows = {row.department: (row.is_connected, row.connection_reason) for row in application.application_departments.all()}
    assert rows == {inside: (False, ""), outside: (True, "Den samme skole")}
    assert [event.event for event in application.events.all()] == ["application:created", "application:section_saved"]


def test_departments_are_kept_when_the_form_is_wrong(sign_in: SignIn, case_cast: CaseCast, inside: Department) -> None:
    browser = sign_in(case_cast.applicant)

    again = browser.post(NEW, filled_in(browser.get(NEW, {"department": inside.pk}), title=""))

    assert filled_in(again)["department"] == [str(inside.pk)]
    assert not Application.objects.exists()


def test_a_foreign_department_begins_no_application(sign_in: SignIn, case_cast: CaseCast, inside: Department) -> None:
    foreign = DepartmentFactory.create()

    page = sign_in(case_cast.applicant).post(
        NEW, {"area": "bakkeparken", "title": "Sammen", "department": [inside.pk, foreign.pk]}
    )

    assert "En af de valgte afdelinger er ikke jeres." in text_of(page)
    assert not Application.objects.exists()
    with pytest.raises(NotAllowed):
        transitions.create_application(
            title="Sammen",
            area=cases.make_area(case_cast),
            organisation=case_cast.housing,
            by=case_cast.applicant,
            at=AT,
            departments=[transitions.DepartmentChoice(foreign)],
        )
    assert not Application.objects.exists()


@pytest.fixture
def administrator(housing: Organisation, today: Any) -> Actor:
    """Applies for an administration organisation that runs the housing organisation."""
    office = OrganisationFactory.create(kind=OrganisationKind.ADMINISTRATION, name="Administrationen")
    housing.administered_by = office
    housing.save()
    return member(office, Role.APPLICANT, email="administrator@example.org", today=today)


def test_an_administration_organisation_applies_with_the_departments_it_administers(
    sign_in: SignIn, case_cast: CaseCast, administrator: Actor, inside: Department
) -> None:
    browser = sign_in(administrator)
    assert "11 Bakken 11" in ask(browser, inside)

    browser.post(NEW, filled_in(browser.get(NEW, {"department": inside.pk}), title="Sammen"))

    application = Application.objects.get()
    assert list(application.participants.all()) == [case_cast.housing]
    assert application.application_departments.get().department == inside
