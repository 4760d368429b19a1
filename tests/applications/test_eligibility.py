"""What a case was told under § 91 a stays with it: a later list changes nothing that was decided."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import eligibility, transitions
from applications.models import Application, Outcome
from areas.models import Answer, AreaListing, Eligibility, HousingArea, Place
from tests.applications.conftest import SignIn
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast
from tests.factories.areas import AreaListFactory, AreaListingFactory

pytestmark = pytest.mark.django_db

COUNTS = ("exposed_count", "parallel_society_count", "conversion_area_count", "prevention_area_count")


def publish(year: int, area: HousingArea, *, is_exposed: bool) -> AreaListing:
    """A complete list that names the area, as exposed or as left."""
    of_list = AreaListFactory.create(year=year, **dict.fromkeys(COUNTS, 0), count_sources="kilde")
    if is_exposed:
        of_list.exposed_count = 1
        of_list.save()
    return AreaListingFactory.create(
        area_list=of_list,
        area=area,
        is_exposed=is_exposed,
        is_parallel_society=False,
        is_prevention_area=False,
        official_term="",
    )


def page_of(browser: Any, name: str, application: Application) -> str:
    response = browser.get(reverse(f"applications:{name}", args=[application.case_number]))
    assert response.status_code == 200
    return str(response.content.decode())


def stored(application: Application, outcome: Outcome) -> Eligibility:
    kept = eligibility.kept_in(application.decisions.get(outcome=outcome).facts)
    assert kept is not None
    return kept


def test_a_case_is_asked_about_with_what_it_states(case_cast: CaseCast) -> None:
    application = cases.make_draft(case_cast)
    outside = cases.make_department(case_cast, "77")
    transitions.save_departments(
        application,
        [
            *(transitions.DepartmentChoice(row.department) for row in application.application_departments.all()),
            transitions.DepartmentChoice(outside, is_connected=True, connection_reason="Den samme skole"),
        ],
        by=case_cast.applicant,
        at=AT,
    )

    found = eligibility.of_case(application, on=AT.date())

    assert [one.place for one in found.departments] == [Place.IN_AREA, Place.IN_AREA, Place.CONNECTED]
    assert found.is_eligible is Answer.YES
    assert (found.residents.counted, found.residents.without_count) == (780, 0)


def test_what_was_stored_on_submitting_and_deciding_is_what_stood_on_the_day(case_cast: CaseCast) -> None:
    publish(2023, cases.make_area(case_cast), is_exposed=True)
    application = cases.make_committed(case_cast)

    event = application.events.get(event="application:submitted")
    on_submitting = eligibility.kept_in(event.data)
    assert on_submitting is not None
    assert on_submitting.priority.answer is Answer.YES
    assert event.data["standing"]["has_priority"] == "yes"
    for outcome in (Outcome.PREQUALIFIED, Outcome.COMMITTED):
        assert stored(application, outcome).says_the_same_as(on_submitting)


def test_a_refusal_keeps_the_answer_too(case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)
    transitions.open_hearing(
        application, by=case_cast.case_officer, at=AT, reason="Ikke dokumenteret.", deadline=datetime.date(2026, 12, 1)
    )
    transitions.answer_hearing(application, by=case_cast.applicant, at=AT, reply="Vi er uenige.")
    transitions.refuse(application, by=case_cast.director, at=AT, reason="Problemerne er ikke dokumenteret.")

    assert stored(application, Outcome.REFUSED).is_eligible is Answer.YES


def test_a_later_list_changes_nothing_that_was_decided(case_cast: CaseCast, sign_in: SignIn) -> None:
    publish(2023, cases.make_area(case_cast), is_exposed=True)
    application = cases.make_committed(case_cast)
    decided = stored(application, Outcome.COMMITTED)
    publish(2025, application.area, is_exposed=False)
    application = Application.objects.get(pk=application.pk)

    assert stored(application, Outcome.COMMITTED) == decided
    told = eligibility.over_time(application, today=eligibility.of_case(application, on=AT.date()))
    assert [str(one.title) for one in told] == ["Da der blev givet tilsagn", "I dag"]
    assert [one.eligibility.priority.answer for one in told] == [Answer.YES, Answer.NO]
    assert [one.eligibility.list_published_on for one in told] == [datetime.date(2023, 12, 1), datetime.date(2025, 12, 1)]
    page = page_of(sign_in(case_cast.case_officer), "case", application)
    assert "Da der blev givet tilsagn" in page
    assert "I dag" in page


def test_while_nothing_differs_the_decided_answer_stands_alone(case_cast: CaseCast, sign_in: SignIn) -> None:
    publish(2023, cases.make_area(case_cast), is_exposed=True)
    application = cases.make_committed(case_cast)

    told = eligibility.over_time(application, today=eligibility.of_case(application, on=datetime.date(2026, 11, 30)))

    assert [(str(one.title), one.is_still_so) for one in told] == [("Da der blev givet tilsagn", True)]
    page = page_of(sign_in(case_cast.case_officer), "case", application)
    assert "I dag" not in page
    assert "svaret er det samme i dag" in page


def test_a_case_between_two_lists_keeps_both_answers(case_cast: CaseCast) -> None:
    publish(2023, cases.make_area(case_cast), is_exposed=True)
    application = cases.make_under_assessment(case_cast)
    publish(2025, application.area, is_exposed=False)
    transitions.prequalify(application, by=case_cast.case_officer, at=AT, reason="Problemerne er dokumenteret.")

    told = eligibility.over_time(application, today=eligibility.of_case(application, on=AT.date()))

    assert [str(one.title) for one in told] == ["Da ansøgningen blev indsendt", "Da sagen blev prækvalificeret"]
    assert [one.eligibility.priority.answer for one in told] == [Answer.YES, Answer.NO]


def test_an_event_from_before_the_answer_was_kept_is_passed_over(submitted: Application) -> None:
    assert eligibility.kept_in({"standing": {}}) is None
    event = submitted.events.get(event="application:submitted")
    assert eligibility.kept_in(event.data) is not None


def test_a_draft_without_departments_is_told_what_would_stand_here(
    empty_draft: Application, case_cast: CaseCast, sign_in: SignIn
) -> None:
    assert "når der er valgt afdelinger" in page_of(sign_in(case_cast.applicant), "case", empty_draft)


def test_a_draft_is_told_what_it_is_today(draft: Application) -> None:
    [told] = eligibility.over_time(draft, today=eligibility.of_case(draft, on=AT.date()))

    assert str(told.title) == "I dag"


@pytest.mark.usefixtures("on_the_day")
@pytest.mark.parametrize("page", ["case", "assessment", "application", "receipt"])
def test_the_answer_stands_on_every_page_of_the_case(page: str, case_cast: CaseCast, sign_in: SignIn) -> None:
    publish(2023, cases.make_area(case_cast), is_exposed=True)
    application = cases.make_under_assessment(case_cast)

    shown = page_of(sign_in(case_cast.case_officer), page, application)

    assert "Kan afdelingerne få støtte efter § 91 a?" in shown
    assert "Listen af 1. december 2023" in shown
    assert "100 %: 520 af 520 beboere" in shown


@pytest.mark.usefixtures("on_the_day")
def test_the_assessment_says_what_each_line_rests_on(case_cast: CaseCast, sign_in: SignIn) -> None:
    publish(2023, cases.make_area(case_cast), is_exposed=True)
    application = cases.make_draft(case_cast)
    application.coordination = ""
    application.save(update_fields=["coordination"])
    outside = cases.make_department(case_cast, "77")
    transitions.save_departments(
        application,
        [
            *(transitions.DepartmentChoice(row.department) for row in application.application_departments.all()),
            transitions.DepartmentChoice(outside, is_connected=True, connection_reason="Den samme <skole>"),
        ],
        is_confirmed=True,
        by=case_cast.applicant,
        at=AT,
    )
    everywhere = [row.department for row in application.application_departments.all()]
    transitions.save_figures(application, cases.key_figures(everywhere), by=case_cast.applicant, at=AT)
    transitions.submit(application, by=case_cast.applicant, at=AT)

    shown = page_of(sign_in(case_cast.case_officer), "assessment", application)

    assert "Ja<br>Bakkeparken: Udsat boligområde" in shown
    assert "77 Bakken 77: Den samme &lt;skole&gt;" in shown
    assert "Samordning er ikke beskrevet" in shown


@pytest.mark.usefixtures("on_the_day")
@pytest.mark.parametrize(("page", "most"), [("case", 31), ("assessment", 25), ("application", 25), ("receipt", 25)])
def test_pages_of_a_case_take_as_many_queries_for_many_departments(
    page: str, most: int, case_cast: CaseCast, sign_in: SignIn
) -> None:
    application = cases.make_under_assessment(case_cast)
    browser = sign_in(case_cast.case_officer)
    page_of(browser, page, application)
    with CaptureQueriesContext(connection) as few:
        page_of(browser, page, application)
    for number in range(100, 160):
        department = cases.make_department(case_cast, str(number), area=application.area)
        application.application_departments.create(department=department)
    with CaptureQueriesContext(connection) as many:
        page_of(browser, page, application)

    assert len(many) == len(few)
    assert len(few) <= most
