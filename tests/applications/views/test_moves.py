"""Buttons and reasons: who gets which page, what is told, and what a second click meets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from applications.models import Application
from applications.states import State
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db

SignIn = Callable[[Actor], Client]


@pytest.fixture
def sign_in() -> SignIn:
    """A browser of its own for each person."""

    def signed_in(actor: Actor) -> Client:
        assert actor.user is not None
        client = Client()
        client.force_login(actor.user)
        return client

    return signed_in


def url(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


def test_a_case_officer_prequalifies_with_reasons(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)

    officer = sign_in(case_cast.case_officer)
    answer = officer.post(url("prequalify", application), {"reason": "Væsentlige problemer."}, follow=True)

    application.refresh_from_db()
    assert application.state == State.PREQUALIFIED
    assert "Sagen er prækvalificeret" in answer.content.decode()
    assert application.decisions.get().reasons == "Væsentlige problemer."


def test_without_a_reason_the_page_says_so_and_nothing_moves(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)

    answer = sign_in(case_cast.case_officer).post(url("prequalify", application), {"reason": " "})

    application.refresh_from_db()
    assert application.state == State.UNDER_ASSESSMENT
    assert "Der er problemer" in answer.content.decode()


def test_who_comes_second_gets_a_plain_message_and_the_case_as_it_is(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)
    officer = sign_in(case_cast.case_officer)
    officer.post(url("prequalify", application), {"reason": "Først."})

    answer = officer.post(url("prequalify", application), {"reason": "Anden fane."}, follow=True)

    assert answer.status_code == 200
    assert "ikke længere i en tilstand" in answer.content.decode()
    assert application.decisions.count() == 1


def test_an_outsider_cannot_tell_the_case_exists(sign_in: SignIn, case_cast: CaseCast, outsider: Actor) -> None:
    application = cases.make_under_assessment(case_cast)

    for name in ("case", "prequalify", "withdraw", "assessment", "recommend", "decide"):
        assert sign_in(outsider).get(url(name, application)).status_code == 404


def test_an_insider_without_the_right_is_refused(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)

    for name in ("prequalify", "assessment", "recommend", "decide", "hearing"):
        assert sign_in(case_cast.applicant).get(url(name, application)).status_code == 403


def test_a_refusal_waits_for_the_hearing_and_is_the_directors(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)
    officer, director = sign_in(case_cast.case_officer), sign_in(case_cast.director)
    deadline = {"deadline_day": "6", "deadline_month": "12", "deadline_year": "2026"}
    officer.post(url("hearing", application), {"reason": "Problemerne er ikke dokumenteret.", **deadline})
    application.refresh_from_db()
    assert application.state == State.HEARING

    early = director.post(url("refuse", application), {"reason": "Ikke dokumenteret."})
    assert "har frist til og med 6. december 2026" in early.content.decode()

    applicant = sign_in(case_cast.applicant)
    assert "Problemerne er ikke dokumenteret." in applicant.get(url("answer_hearing", application)).content.decode()
    applicant.post(url("answer_hearing", application), {"reply": "Tallene er vedlagt."})
    director.post(url("refuse", application), {"reason": "Tallene ændrer ikke vurderingen."})
    application.refresh_from_db()
    assert application.state == State.REFUSED
    assert application.decided_at is not None


def test_a_deadline_in_the_past_is_refused_beside_the_field(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)
    deadline = {"deadline_day": "22", "deadline_month": "11", "deadline_year": "2026"}

    answer = sign_in(case_cast.case_officer).post(url("hearing", application), {"reason": "Noget.", **deadline})

    assert "Fristen skal ligge efter i dag" in answer.content.decode()
    assert not application.hearings.exists()


def test_one_button_moves_are_posts_only(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_submitted(case_cast)
    officer = sign_in(case_cast.case_officer)

    assert officer.get(url("start_assessment", application)).status_code == 405
    officer.post(url("start_assessment", application))

    application.refresh_from_db()
    assert (application.state, application.responsible) == (State.UNDER_ASSESSMENT, case_cast.case_officer.user)


def test_the_applicant_withdraws_and_the_case_ends(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_out_for_signature(case_cast)

    sign_in(case_cast.applicant).post(url("withdraw", application), {"reason": "Vi søger sammen med naboen i stedet."})

    application.refresh_from_db()
    assert application.state == State.WITHDRAWN
    assert not application.agreements.standing().exists()


@pytest.mark.parametrize("name", ["prequalify", "waiting_list", "resume", "hearing", "recommend", "return_plan"])
def test_a_page_of_an_impossible_move_says_where_the_case_stands_and_what_can_be_done(
    sign_in: SignIn, case_cast: CaseCast, name: str
) -> None:
    application = cases.make_submitted(case_cast)

    answer = sign_in(case_cast.case_officer).get(url(name, application))

    content = answer.content.decode()
    assert answer.status_code == 200
    assert "Det kan ikke gøres nu, for status er: Modtaget. Det kan gøres, når status er: " in content
    assert f'action="{url("start_assessment", application)}"' in content, "what the officer can do is at hand"
    assert f'<a href="{application.get_absolute_url()}">Tilbage til sagen</a>' in content
    assert "<textarea" not in content


def test_the_sentence_names_every_state_in_which_the_move_begins(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_submitted(case_cast)

    content = sign_in(case_cast.case_officer).get(url("prequalify", application)).content.decode()

    assert "når status er: Under vurdering, På venteliste." in content


@pytest.mark.parametrize(("name", "who"), [("refuse", "director"), ("decide", "director"), ("answer_information", "applicant")])
def test_those_who_have_nothing_to_do_are_told_what_happens_next(
    sign_in: SignIn, case_cast: CaseCast, name: str, who: str
) -> None:
    application = cases.make_prequalified(case_cast)

    content = sign_in(getattr(case_cast, who)).get(url(name, application)).content.decode()

    assert "for status er: Prækvalificeret." in content
    assert "Ansøgeren begynder helhedsplanen." in content


def test_a_hearing_that_is_answered_is_not_asked_about_again(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_under_assessment(case_cast)
    applicant = sign_in(case_cast.applicant)
    assert "for status er: Under vurdering." in applicant.get(url("answer_hearing", application)).content.decode()
    deadline = {"deadline_day": "6", "deadline_month": "12", "deadline_year": "2026"}
    sign_in(case_cast.case_officer).post(url("hearing", application), {"reason": "Problemerne er ikke vist.", **deadline})
    assert "<textarea" in applicant.get(url("answer_hearing", application)).content.decode()

    applicant.post(url("answer_hearing", application), {"reply": "Tallene er vedlagt."})

    content = applicant.get(url("answer_hearing", application)).content.decode()
    assert "Høringen er besvaret." in content
    assert "<textarea" not in content
