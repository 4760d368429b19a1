"""Signing: who may, what exactly is signed, and that the last signature sends the plan."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.actors import Actor
from applications import transitions
from applications.models import Application
from applications.states import State
from tests.applications.conftest import SignIn
from tests.applications.views.filling import filled_in
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def agreement(application: Application) -> str:
    return reverse("applications:agreement", args=[application.case_number])


def sign(application: Application) -> str:
    return reverse("applications:sign", args=[application.case_number])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def signing(application: Application) -> dict[str, str]:
    return {
        "title": "Borgmester",
        "confirmed": "on",
        "content_hash": application.agreements.standing().get().content_hash,
    }


def test_the_municipality_signs_what_is_on_the_screen(
    sign_in: SignIn, out_for_signature: Application, municipality: Actor
) -> None:
    browser = sign_in(municipality)
    page = browser.get(agreement(out_for_signature))
    assert "Underskriv for Aarhus Kommune" in text(page)

    answer = browser.post(sign(out_for_signature), filled_in(page, title="Borgmester", confirmed="on"), follow=True)

    signature = out_for_signature.agreements.get().signatures.get()
    assert (signature.organisation, signature.user, signature.title) == (
        municipality.organisation,
        municipality.user,
        "Borgmester",
    )
    assert "Planen sendes til Landsbyggefonden, når alle parter har skrevet under." in text(answer)
    assert "Underskriv aftalen" not in text(answer)
    out_for_signature.refresh_from_db()
    assert out_for_signature.state == State.LOCAL_APPROVAL


def test_the_last_signature_sends_the_plan(sign_in: SignIn, out_for_signature: Application, case_cast: CaseCast) -> None:
    cases.sign_as(out_for_signature, case_cast.applicant)

    answer = sign_in(case_cast.municipality).post(sign(out_for_signature), signing(out_for_signature), follow=True)

    out_for_signature.refresh_from_db()
    assert out_for_signature.state == State.PLAN_SUBMITTED
    assert "planen er sendt til Landsbyggefonden" in text(answer)


def test_title_and_tick_are_asked_for_and_what_is_typed_stays(
    sign_in: SignIn, out_for_signature: Application, municipality: Actor
) -> None:
    browser = sign_in(municipality)

    answer = browser.post(sign(out_for_signature), {**signing(out_for_signature), "confirmed": ""})

    assert '<a href="#id_confirmed">Sæt hak ved, at du har læst aftalen og underskriver den</a>' in text(answer)
    assert filled_in(answer)["title"] == ["Borgmester"]
    assert not out_for_signature.agreements.get().signatures.exists()


def test_a_text_that_changed_since_is_not_signed(sign_in: SignIn, out_for_signature: Application, case_cast: CaseCast) -> None:
    old = signing(out_for_signature)
    by, at = case_cast.applicant, cases.AT
    transitions.recall_agreement(out_for_signature, by=by, at=at, reason="Ret")
    plan = Application.objects.get(pk=out_for_signature.pk).plan
    transitions.save_plan(
        out_for_signature,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        summary="En anden plan",
        effort_areas=plan.effort_areas,
        by=by,
        at=at,
    )
    transitions.send_for_signature(out_for_signature, by=by, at=at)

    answer = sign_in(case_cast.municipality).post(sign(out_for_signature), old, follow=True)

    assert "Aftalen er ændret, siden du åbnede den." in text(answer)
    assert "En anden plan" in text(answer)
    assert not out_for_signature.agreements.standing().get().signatures.exists()


def test_a_second_click_signs_once(sign_in: SignIn, out_for_signature: Application, municipality: Actor) -> None:
    browser = sign_in(municipality)
    browser.post(sign(out_for_signature), signing(out_for_signature))

    answer = browser.post(sign(out_for_signature), signing(out_for_signature), follow=True)

    assert "Aftalen er allerede underskrevet for Aarhus Kommune." in text(answer)
    assert out_for_signature.agreements.get().signatures.count() == 1


def test_after_the_last_signature_there_is_nothing_to_sign(
    sign_in: SignIn, plan_submitted: Application, municipality: Actor
) -> None:
    answer = sign_in(municipality).post(sign(plan_submitted), signing(plan_submitted), follow=True)

    assert "Aftalen er ikke til underskrift nu." in text(answer)


@pytest.mark.parametrize(
    ("somebody", "status"), [("outsider", 404), ("colleague", 403), ("case_officer", 403), ("director", 403)]
)
def test_only_a_partys_signatory_signs(
    somebody: str, status: int, sign_in: SignIn, out_for_signature: Application, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(somebody)

    answer = sign_in(actor).post(sign(out_for_signature), signing(out_for_signature))

    assert answer.status_code == status
    assert not out_for_signature.agreements.get().signatures.exists()


def test_signing_is_never_a_mere_link(sign_in: SignIn, out_for_signature: Application, municipality: Actor) -> None:
    answer = sign_in(municipality).get(sign(out_for_signature), follow=True)

    assert answer.redirect_chain == [(agreement(out_for_signature), 302)]
    assert not out_for_signature.agreements.get().signatures.exists()
