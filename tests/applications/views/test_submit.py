"""Check your answers, declare, submit, receipt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from applications import attachments, submission, transitions
from applications.models import Application
from applications.states import State
from areas.models import Department
from tests.applications.conftest import SignIn
from tests.factories import applications as cases
from tests.factories.applications import CaseCast
from tests.factories.attachments import make_accepted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def page(application: Application, name: str = "submit") -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def seen_on(response: Any) -> str:
    """What the page's form says was read."""
    [seen] = re.findall(r'name="seen" value="([0-9a-f]{64})"', text(response))
    return str(seen)


def declared(application: Application) -> dict[str, str]:
    """The page's form as somebody sends it who has read what stands there now."""
    case = Application.objects.get(pk=application.pk)
    return {"declared": "on", "seen": submission.fingerprint(submission.content_now(case, attachments.current(case)))}


def test_all_answers_stand_there_each_with_a_way_to_change_it(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    answer = text(sign_in(applicant).get(page(draft)))

    assert cases.CHALLENGES in answer
    assert "3.000.000 kr. (25 %)" in answer
    for section in ("basics", "departments", "challenges", "budget", "rent"):
        assert f'href="{reverse("applications:section", args=[draft.case_number, section])}"' in answer


def test_the_page_takes_few_queries(
    sign_in: SignIn, draft: Application, applicant: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser = sign_in(applicant)

    with django_assert_max_num_queries(25):
        browser.get(page(draft))


def test_submitting_gives_a_receipt_with_the_case_number(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).post(page(draft), declared(draft), follow=True)

    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED
    assert answer.redirect_chain == [(page(draft, "receipt"), 302)]
    assert f'<p class="h1" id="case-number">{draft.case_number}</p>' in text(answer)
    assert "22. november 2026 kl. 10.00" in text(answer)


def test_nothing_is_submitted_without_the_declaration(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).post(page(draft))

    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert '<a href="#id_declared">Sæt hak i erklæringen, før du indsender ansøgningen</a>' in text(answer)


def test_a_register_that_changed_since_it_was_gone_through_stops_it(
    sign_in: SignIn, draft: Application, applicant: Actor
) -> None:
    Department.objects.filter(pk__in=draft.application_departments.values("department")[:1]).update(dwellings=140)

    answer = sign_in(applicant).post(page(draft), declared(draft))

    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert "Se stamdata efter, og bekræft dem" in text(answer)


def test_a_register_that_changes_once_it_is_sent_asks_nobody(submitted: Application) -> None:
    Department.objects.filter(pk__in=submitted.application_departments.values("department")).update(dwellings=140)

    found = transitions.check_application(submitted, on=cases.AT.date())

    assert "master_data_confirmation_missing" not in {violation.code for violation in found}


def test_what_is_missing_stops_it_and_leads_to_where_it_is_put_right(
    sign_in: SignIn, empty_draft: Application, applicant: Actor
) -> None:
    answer = sign_in(applicant).post(page(empty_draft), declared(empty_draft))

    empty_draft.refresh_from_db()
    assert empty_draft.state == State.DRAFT
    assert "Ansøgningen mangler afdelinger. Tilføj mindst én." in text(answer)
    assert f'href="{reverse("applications:section", args=[empty_draft.case_number, "departments"])}"' in text(answer)


def test_a_second_click_lands_on_the_receipt_and_submits_once(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    browser = sign_in(applicant)
    browser.post(page(draft), declared(draft))

    answer = browser.post(page(draft), declared(draft), follow=True)

    assert "Ansøgningen er allerede indsendt." in text(answer)
    assert draft.events.filter(event="application:submitted").count() == 1


def test_a_colleague_who_submits_in_the_same_moment_is_told(
    sign_in: SignIn, draft: Application, applicant: Actor, colleague: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_submit = transitions.submit

    def after_the_other(application: Application, **options: Any) -> None:
        really_submit(Application.objects.get(pk=draft.pk), by=applicant, at=cases.AT)
        really_submit(application, **options)

    monkeypatch.setattr(transitions, "submit", after_the_other)

    answer = sign_in(colleague).post(page(draft), declared(draft), follow=True)

    assert "Ansøgningen er allerede indsendt." in text(answer)
    assert answer.redirect_chain[0][0] == page(draft, "receipt")


def change_the_words(draft: Application, by: Actor) -> None:
    transitions.save_challenges(
        draft, problem_types=["VIOLENCE"], challenges="Halvdelen af en sæt", coordination="", by=by, at=cases.AT, is_autosave=True
    )


def attach_a_file(draft: Application, by: Actor) -> None:
    make_accepted(draft, by)


@pytest.mark.parametrize("change", [change_the_words, attach_a_file])
def test_what_was_changed_since_it_was_read_is_not_declared_before_it_is_read_again(
    change: Callable[[Application, Actor], None], sign_in: SignIn, draft: Application, applicant: Actor, colleague: Actor
) -> None:
    browser = sign_in(applicant)
    form = {"declared": "on", "seen": seen_on(browser.get(page(draft)))}
    change(draft, colleague)

    forgotten = browser.post(page(draft), {"seen": form["seen"]})
    answer = browser.post(page(draft), {"declared": "on", "seen": seen_on(forgotten)})

    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert "Ansøgningen er ændret, siden du læste den." in text(answer)
    browser.post(page(draft), {"declared": "on", "seen": seen_on(answer)})
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED


def test_a_form_that_does_not_say_what_was_read_sends_nothing(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).post(page(draft), {"declared": "on"})

    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert "Ansøgningen er ændret, siden du læste den." in text(answer)


@pytest.mark.parametrize(("somebody", "status"), [("outsider", 404), ("municipality", 403), ("case_officer", 403)])
def test_only_the_applicant_submits(
    somebody: str, status: int, sign_in: SignIn, submitted: Application, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(somebody)

    assert sign_in(actor).post(page(submitted), declared(submitted)).status_code == status


def test_a_draft_has_no_receipt(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    assert sign_in(applicant).get(page(draft, "receipt")).status_code == 302


def test_the_municipality_reads_the_application_once_it_is_submitted(
    sign_in: SignIn, submitted: Application, municipality: Actor
) -> None:
    answer = text(sign_in(municipality).get(page(submitted, "application")))

    assert cases.CHALLENGES in answer
    assert '<form method="post" novalidate' not in answer


def test_a_withdrawn_draft_cannot_be_submitted(sign_in: SignIn, case_cast: CaseCast) -> None:
    application = cases.make_draft(case_cast)
    transitions.withdraw(application, by=case_cast.applicant, at=cases.AT, reason="Vi venter et år.")

    answer = sign_in(case_cast.applicant).post(page(application), declared(application))

    assert answer.url == page(application, "case")  # type: ignore[attr-defined]  # a redirect
    application.refresh_from_db()
    assert application.state == State.WITHDRAWN
