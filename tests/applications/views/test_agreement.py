"""The strategic cooperation agreement: seen before it is made, sent, read by all parties, called back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from applications import transitions
from applications.models import Application
from applications.states import State
from tests.applications.conftest import SignIn
from tests.factories import applications as cases
from tests.factories.accounts import UserFactory
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def page(application: Application, name: str) -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# Before it is made


def test_the_applicant_reads_the_agreement_before_sending_it(sign_in: SignIn, plan_ready: Application, applicant: Actor) -> None:
    answer = text(sign_in(applicant).get(page(plan_ready, "send_for_signature")))

    assert "Delmål om valgdeltagelse" in answer
    assert "9.000.000 kr. (75 %)" in answer
    assert "<li>Aarhus Kommune</li>" in answer
    assert "Dette mangler" not in answer


def test_sending_makes_the_first_version(sign_in: SignIn, plan_ready: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).post(page(plan_ready, "send_for_signature"), {"confirmed": "on"}, follow=True)

    plan_ready.refresh_from_db()
    assert plan_ready.state == State.LOCAL_APPROVAL
    version = plan_ready.agreements.get()
    assert answer.redirect_chain == [(page(plan_ready, "agreement"), 302)]
    assert version.content_hash in text(answer)
    assert "Aftalen er sendt til underskrift." in text(answer)


def test_it_is_not_sent_without_being_read(sign_in: SignIn, plan_ready: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).post(page(plan_ready, "send_for_signature"))

    assert "Sæt hak ved, at I har læst aftalen igennem" in text(answer)
    assert not plan_ready.agreements.exists()


def test_an_unfinished_plan_is_not_sent(sign_in: SignIn, plan_started: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).post(page(plan_started, "send_for_signature"), {"confirmed": "on"})

    assert "Dette mangler, før aftalen kan sendes" in text(answer)
    assert "Der er problemer" in text(answer)
    assert not plan_started.agreements.exists()


def test_a_second_click_lands_on_the_agreement_and_makes_one_version(
    sign_in: SignIn, plan_ready: Application, applicant: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_send = transitions.send_for_signature

    def after_the_other(application: Application, **options: Any) -> None:
        really_send(Application.objects.get(pk=plan_ready.pk), **options)
        really_send(application, **options)

    monkeypatch.setattr(transitions, "send_for_signature", after_the_other)
    browser = sign_in(applicant)

    answer = browser.post(page(plan_ready, "send_for_signature"), {"confirmed": "on"}, follow=True)

    assert "Sagen er ikke længere i en tilstand, hvor dette kan gøres." in text(answer)
    assert plan_ready.agreements.count() == 1
    assert browser.post(page(plan_ready, "send_for_signature"), {"confirmed": "on"}).status_code == 302


@pytest.mark.parametrize(("somebody", "status"), [("outsider", 404), ("municipality", 403), ("case_officer", 403)])
def test_only_the_applicant_sends_it(
    somebody: str, status: int, sign_in: SignIn, plan_ready: Application, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(somebody)
    url = page(plan_ready, "send_for_signature")

    assert sign_in(actor).get(url).status_code == status
    assert sign_in(actor).post(url, {"confirmed": "on"}).status_code == status


# Read


@pytest.mark.parametrize("somebody", ["applicant", "colleague", "municipality", "case_officer", "director"])
def test_parties_and_fund_read_it(
    somebody: str, sign_in: SignIn, out_for_signature: Application, request: pytest.FixtureRequest
) -> None:
    answer = text(sign_in(request.getfixturevalue(somebody)).get(page(out_for_signature, "agreement")))

    assert "Delmål om valgdeltagelse" in answer
    assert "1. januar 2027 – 31. december 2030" in answer
    assert answer.count("Ikke underskrevet endnu") == 2


def test_outsiders_do_not_know_of_it(sign_in: SignIn, out_for_signature: Application, outsider: Actor) -> None:
    for name in ("agreement", "recall_agreement"):
        assert sign_in(outsider).get(page(out_for_signature, name)).status_code == 404


def test_a_member_of_the_board_reads_it_and_has_nothing_to_sign(sign_in: SignIn, case_cast: CaseCast) -> None:
    member = UserFactory.create(email="medlem@example.org")  # has a seat on the board that the factory makes
    application = cases.make_out_for_signature(case_cast)

    answer = text(sign_in(Actor(member, None, frozenset())).get(page(application, "agreement")))

    assert "Underskrifter" in answer
    assert "Underskriv aftalen" not in answer


def test_the_text_is_the_stored_one_whatever_happens_to_the_case(
    sign_in: SignIn, out_for_signature: Application, applicant: Actor
) -> None:
    Application.objects.filter(pk=out_for_signature.pk).update(challenges="Rettet bagefter")

    answer = text(sign_in(applicant).get(page(out_for_signature, "agreement")))

    assert cases.CHALLENGES in answer
    assert "Rettet bagefter" not in answer


def test_before_there_is_one_the_page_says_when_it_comes(sign_in: SignIn, plan_started: Application, municipality: Actor) -> None:
    answer = text(sign_in(municipality).get(page(plan_started, "agreement")))

    assert "Her står aftalen mellem boligorganisationer og kommune, når helhedsplanen er færdig" in answer


def test_the_agreement_takes_few_queries(
    sign_in: SignIn, plan_submitted: Application, municipality: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = sign_in(municipality)

    with django_assert_max_num_queries(25):
        browser.get(page(plan_submitted, "agreement"))


def test_the_preview_takes_few_queries(
    sign_in: SignIn, plan_ready: Application, applicant: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = sign_in(applicant)

    with django_assert_max_num_queries(25):
        browser.get(page(plan_ready, "send_for_signature"))


# Called back


@pytest.mark.parametrize("somebody", ["applicant", "colleague", "municipality"])
def test_a_party_calls_it_back_with_a_reason_and_signatures_lapse(
    somebody: str, sign_in: SignIn, case_cast: CaseCast, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(somebody)
    application = cases.make_out_for_signature(case_cast)
    cases.sign_as(application, case_cast.applicant)
    browser = sign_in(actor)

    answer = browser.post(page(application, "recall_agreement"), {"reason": "Budgettet skal rettes."}, follow=True)

    application.refresh_from_db()
    assert application.state == State.PLAN_IN_PROGRESS
    assert "Aftalen er kaldt tilbage." in text(answer)
    assert "Udgave 1 er kaldt tilbage 22. november 2026 og gælder ikke." in text(browser.get(page(application, "agreement")))


def test_calling_back_needs_a_reason(sign_in: SignIn, out_for_signature: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).post(page(out_for_signature, "recall_agreement"), {"reason": " "})

    assert "Skriv, hvorfor aftalen kaldes tilbage" in text(answer)
    out_for_signature.refresh_from_db()
    assert out_for_signature.state == State.LOCAL_APPROVAL


def test_the_fund_does_not_call_it_back(sign_in: SignIn, out_for_signature: Application, case_officer: Actor) -> None:
    assert sign_in(case_officer).get(page(out_for_signature, "recall_agreement")).status_code == 403


def test_what_all_have_signed_is_not_called_back(sign_in: SignIn, plan_submitted: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).post(page(plan_submitted, "recall_agreement"), {"reason": "For sent"}, follow=True)

    assert "Aftalen er ikke til underskrift nu." in text(answer)


def test_every_version_stays_readable(sign_in: SignIn, out_for_signature: Application, case_cast: CaseCast) -> None:
    transitions.recall_agreement(out_for_signature, by=case_cast.applicant, at=cases.AT, reason="Ret")
    transitions.send_for_signature(out_for_signature, by=case_cast.applicant, at=cases.AT)
    browser = sign_in(case_cast.municipality)
    url = page(out_for_signature, "agreement")

    assert "2, dannet 22. november 2026" in text(browser.get(url))
    first = text(browser.get(url, {"version": "1"}))
    assert "Udgave 1 er kaldt tilbage" in first
    assert "Underskriv aftalen" not in first
    for number in ("3", "x", "0"):
        assert browser.get(url, {"version": number}).status_code == 404
