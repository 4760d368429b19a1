"""Before you start in Chromium: the page and the way from it into a draft, without scripts too."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.models import Application
from areas.models import Department
from tests.applications.views.test_create import put_on_list
from tests.browser import Visit, inspect
from tests.factories import applications as cases
from tests.factories.applications import CaseCast
from tests.factories.areas import DevelopmentPlanFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

BEFORE = reverse("applications:before_you_start")
LONG_WORD = "Boligforeningsafdelingsbestyrelsesmedlemsuddannelsesplanlægningskoordinatorudvalg"


@pytest.fixture
def departments(case_cast: CaseCast) -> list[Department]:
    """Two in an area on the list, one in an area on no list with a development plan, one in none, with a long name."""
    area = cases.make_area(case_cast)
    put_on_list(area, is_exposed=True, is_parallel_society=True, is_conversion_area=False)
    other = cases.make_area(case_cast, key="aaparken", name="Åparken")
    DevelopmentPlanFactory.create(area=other)
    long = cases.make_department(case_cast, "99")
    long.name = LONG_WORD
    long.save()
    return [
        cases.make_department(case_cast, "11", area=area),
        cases.make_department(case_cast, "12", area=area),
        cases.make_department(case_cast, "21", area=other),
        long,
    ]


def test_the_page_empty_filled_answered_and_with_errors(visit: Visit, case_cast: CaseCast, departments: list[Department]) -> None:
    chosen = "&".join(f"department={department.pk}" for department in departments)
    for name, query in (
        ("before", ""),
        ("before answered", f"?department={departments[0].pk}&problem=VIOLENCE"),
        ("before missing", f"?{chosen}"),
        ("before nothing found", "?q=findes+ikke"),
        ("before error", "?department=0"),
    ):
        inspect(visit(case_cast.applicant, BEFORE + query), name)
    inspect(visit(case_cast.case_officer, f"{BEFORE}?{chosen}"), "before officer")
    inspect(visit(case_cast.applicant, reverse("applications:new")), "new with departments")
    inspect(visit(case_cast.applicant, f"{reverse('applications:new')}?{chosen}"), "new with chosen departments")


def test_nobody_has_departments_yet(visit: Visit, case_cast: CaseCast) -> None:
    inspect(visit(case_cast.applicant, BEFORE), "before empty")
    inspect(visit(case_cast.applicant, reverse("applications:new")), "new without departments")


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_chooses_departments_reads_the_answer_and_begins(
    *, scripts: bool, visit: Visit, case_cast: CaseCast, departments: list[Department]
) -> None:
    page = visit(case_cast.applicant, reverse("start"), scripts=scripts)
    page.get_by_role("link", name="Ny ansøgning").click()
    page.get_by_role("link", name="Tjek, om afdelingerne kan få støtte").click()
    page.get_by_label("Søg efter afdeling").fill("bakkeparken")
    page.get_by_role("button", name="Søg").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("label", has_text="11 Bakken 11").click()
    page.locator("label", has_text="12 Bakken 12").click()
    page.locator("label", has_text="Hærværk").click()
    page.get_by_role("button", name="Vis svaret").click()
    expect(page.get_by_role("heading", name="Svaret for 2 afdelinger")).to_be_visible()
    page.get_by_role("link", name="Begynd en ansøgning med disse afdelinger").click()
    expect(page.get_by_label("Boligområde")).to_have_value("bakkeparken")
    page.get_by_label("Indsatsens navn").fill("Sammen om Bakkeparken")
    page.get_by_role("button", name="Opret kladde").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ansøgning")

    application = Application.objects.get()
    assert {row.department for row in application.application_departments.all()} == set(departments[:2])
    assert application.problem_types == ["VANDALISM"]


def test_an_answer_of_a_case_is_readable(visit: Visit, case_cast: CaseCast, departments: list[Department]) -> None:
    application = cases.make_under_assessment(case_cast, title=LONG_WORD)
    for name in ("case", "assessment", "application", "receipt"):
        page = visit(case_cast.case_officer, reverse(f"applications:{name}", args=[application.case_number]))
        for summary in page.locator("details:not([open]) > summary").all():
            summary.click()
        inspect(page, f"law {name}")
