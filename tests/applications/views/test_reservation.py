"""What is reserved for a case, in the browser's terms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from applications import facts
from applications.models import Application
from tests.applications.conftest import SignIn
from tests.factories import applications as cases
from tests.factories.applications import MIO, CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

REASON = {"reason": "Området har væsentlige sociale problemer."}


def url(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


def posted(social: str, rent: str = "", year: str = "2026") -> dict[str, str]:
    return REASON | {"frame_year": year, "social_amount": social, "rent_amount": rent}


def test_the_page_is_filled_with_the_cases_estimate_and_shows_the_outlook(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    cases.make_recommended(case_cast, title="En anden indsats")
    application = cases.make_under_assessment(case_cast, wants_rent_support=True)

    content = sign_in(case_cast.case_officer).get(url("prequalify", application)).content.decode()

    assert 'value="9.000.000"' in content
    assert 'value="2.952.000"' in content
    assert "371.000.000 kr." in content  # 380 less the 9 that wait


def test_prequalified_with_a_reservation_it_stands_on_the_case(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    application = cases.make_under_assessment(case_cast)
    officer = sign_in(case_cast.case_officer)

    answer = officer.post(url("prequalify", application), posted("8.500.000,50", "1.000.000"), follow=True)

    assert facts.reserved(application) == (2026, Decimal("8500000.50"), MIO)
    content = answer.content.decode()
    assert "Sagen er prækvalificeret" in content
    assert "Reserveret i rammen for 2026" in content
    assert str(case_cast.case_officer.user) in content


@pytest.mark.parametrize("amounts", [posted("0", "0"), posted("", ""), REASON])
def test_a_reservation_may_be_left_out(case_cast: CaseCast, sign_in: SignIn, amounts: dict[str, str]) -> None:
    cases.make_frame(case_cast)
    application = cases.make_under_assessment(case_cast)

    sign_in(case_cast.case_officer).post(url("prequalify", application), amounts)

    application.refresh_from_db()
    assert application.state == "PREQUALIFIED"
    assert facts.reserved(application) is None


def test_without_a_frame_a_case_is_prequalified_all_the_same(case_cast: CaseCast, sign_in: SignIn) -> None:
    application = cases.make_under_assessment(case_cast)
    officer = sign_in(case_cast.case_officer)

    content = officer.get(url("prequalify", application)).content.decode()
    officer.post(url("prequalify", application), REASON)

    assert "Der er ingen åben ramme" in content
    application.refresh_from_db()
    assert application.state == "PREQUALIFIED"


def test_more_than_the_outlook_leaves_is_told_and_done(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast, total=10 * MIO, rent=5 * MIO)
    cases.make_recommended(case_cast, title="En anden indsats")
    application = cases.make_under_assessment(case_cast)

    answer = sign_in(case_cast.case_officer).post(url("prequalify", application), posted("9.000.000"), follow=True)

    assert "er der 1.000.000 kr. tilbage i 2026" in answer.content.decode()
    assert facts.reserved(application) == (2026, 9 * MIO, Decimal(0))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (posted("mange penge"), "Skriv beløbet i kroner"),
        (posted("-1"), "Beløbet skal være mindst"),
        (posted("1000", year="2025"), "Vælg en af mulighederne"),
        (posted("1000") | {"reason": ""}, "Skriv en tekst, før du går videre"),
    ],
)
def test_wrong_input_is_told_beside_its_field_and_nothing_happens(
    case_cast: CaseCast, sign_in: SignIn, wrong: dict[str, str], said: str
) -> None:
    cases.make_frame(case_cast)
    cases.make_frame(case_cast, 2025)
    application = cases.make_under_assessment(case_cast)

    answer = sign_in(case_cast.case_officer).post(url("prequalify", application), wrong)

    assert said in answer.content.decode()
    application.refresh_from_db()
    assert application.state == "UNDER_ASSESSMENT"


def test_changed_and_ended_on_a_page_of_its_own(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    application = cases.make_prequalified(case_cast)
    officer = sign_in(case_cast.case_officer)

    officer.post(url("reservation", application), posted("7.000.000"))
    page = officer.get(url("reservation", application)).content.decode()
    ended = officer.post(url("reservation", application), posted("0", "0"), follow=True)

    assert 'value="7.000.000"' in page
    assert "Der er ikke længere reserveret noget for sagen" in ended.content.decode()
    assert facts.reserved(application) is None


def test_before_prequalification_the_page_says_when_it_can_be_done(case_cast: CaseCast, sign_in: SignIn) -> None:
    application = cases.make_under_assessment(case_cast)

    content = sign_in(case_cast.case_officer).get(url("reservation", application)).content.decode()

    assert "Det kan du gøre nu" in content
    assert "frame_year" not in content


def test_the_applicant_sees_nothing_of_it(case_cast: CaseCast, sign_in: SignIn) -> None:
    cases.make_frame(case_cast)
    application = cases.make_under_assessment(case_cast)
    sign_in(case_cast.case_officer).post(url("prequalify", application), posted("8.765.432"))

    for actor in (case_cast.applicant, case_cast.municipality):
        content = sign_in(actor).get(application.get_absolute_url()).content.decode()
        assert "8.765.432" not in content
        assert "eserv" not in content
