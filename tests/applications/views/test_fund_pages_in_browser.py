"""The fund's and the municipality's pages as they look: accessible, fitting, filled, empty and with errors."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications import facts, transitions
from applications.models import Application
from tests.browser import Visit, inspect
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

LONG_WORD = "Boligforeningsafdelingsbestyrelsesmedlemsuddannelsesplanlægningskoordinatorudvalg"


def url(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


def test_start_pages(visit: Visit, case_cast: CaseCast) -> None:
    inspect(visit(case_cast.applicant, reverse("start")), "start applicant empty")
    cases.make_frame(case_cast)
    cases.make_submitted(case_cast)
    cases.make_under_assessment(case_cast, title=LONG_WORD)
    cases.make_out_for_signature(case_cast, title="Naboer sammen")
    cases.make_recommended(case_cast, title="Unge i job", wants_rent_support=True)
    for name, actor in vars(case_cast).items():
        inspect(visit(actor, reverse("start")), f"start {name}")
    inspect(visit(case_cast.case_officer, reverse("applications:list")), "case list")


def test_the_case_page_from_each_side(visit: Visit, case_cast: CaseCast) -> None:
    committed = cases.make_committed(case_cast, wants_rent_support=True)
    hearing = cases.make_under_assessment(case_cast, title="I høring")
    transitions.open_hearing(
        hearing,
        by=case_cast.case_officer,
        at=AT,
        reason="Problemerne er ikke dokumenteret.",
        deadline=AT.date().replace(month=12),
    )
    inspect(visit(case_cast.case_officer, url("case", committed)), "case committed officer")
    inspect(visit(case_cast.municipality, url("case", committed)), "case committed municipality")
    inspect(visit(case_cast.applicant, url("case", hearing)), "case hearing applicant")
    inspect(visit(case_cast.applicant, url("answer_hearing", hearing)), "case answer hearing")


def test_a_move_that_is_impossible_now(visit: Visit, case_cast: CaseCast) -> None:
    application = cases.make_submitted(case_cast, title=f"Sammen i {LONG_WORD}")
    page = visit(case_cast.case_officer, url("prequalify", application))
    inspect(page, "move not now")
    page.get_by_role("link", name="Tilbage til sagen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sammen i")
    inspect(visit(case_cast.applicant, url("withdraw", cases.make_committed(case_cast))), "move never again")


def test_assessment_and_its_moves(visit: Visit, case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast, title=f"Sammen i {LONG_WORD}", wants_rent_support=True)
    inspect(visit(case_cast.case_officer, url("assessment", application)), "assessment")
    page = visit(case_cast.case_officer, url("prequalify", application))
    page.get_by_role("button", name="Prækvalificér").click()
    inspect(page, "prequalify with errors")
    page = visit(case_cast.case_officer, url("hearing", application))
    page.get_by_role("button", name="Send i partshøring").click()
    inspect(page, "hearing with errors")


def test_recommendation_and_decision(visit: Visit, case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    application = cases.make_plan_submitted(case_cast, wants_rent_support=True)
    inspect(visit(case_cast.case_officer, url("recommend", application)), "recommend")
    transitions.recommend(
        application,
        frame_year=2026,
        social_amount=cases.BUDGET * 3 / 4,
        rent_amount=facts.rent_total(application),
        reason="Planen er gennemarbejdet.",
        by=case_cast.case_officer,
        at=AT,
    )
    page = visit(case_cast.director, url("decide", application))
    inspect(page, "decide")
    page.get_by_role("button", name="Giv tilsagn").click()
    inspect(page, "decide with errors")
