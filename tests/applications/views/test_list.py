"""The list of cases."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from applications import transitions
from applications.models import Application
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db

LIST = "/cases/"


def signed_in(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def test_the_fund_sees_submitted_cases_and_no_drafts(case_cast: CaseCast) -> None:
    cases.make_submitted(case_cast, title="Indsendt indsats")
    cases.make_empty_draft(case_cast, title="Hemmelig kladde")

    content = signed_in(case_cast.case_officer).get(LIST).content.decode()

    assert "Indsendt indsats" in content
    assert "Hemmelig kladde" not in content


def test_others_cases_are_not_there(case_cast: CaseCast, outsider: Actor) -> None:
    cases.make_submitted(case_cast)

    content = signed_in(outsider).get(LIST).content.decode()

    assert "Sammen om Bakkeparken" not in content
    assert "I har endnu ingen" in content


def test_filters_live_in_the_address(case_cast: CaseCast) -> None:
    cases.make_submitted(case_cast, title="Alfa")
    cases.make_prequalified(case_cast, title="Beta")
    officer = signed_in(case_cast.case_officer)

    assert "Beta" not in officer.get(LIST, {"state": "SUBMITTED"}).content.decode()
    assert "Alfa" not in officer.get(LIST, {"turn": "applicant"}).content.decode()
    assert "Alfa" not in officer.get(LIST, {"officer": "mine"}).content.decode()
    assert "Beta" not in officer.get(LIST, {"q": "alf"}).content.decode()
    assert "Alfa" in officer.get(LIST, {"state": "NONSENSE"}).content.decode()


def test_a_page_that_does_not_exist_is_404(case_cast: CaseCast) -> None:
    officer = signed_in(case_cast.case_officer)

    for page in ("2", "0", "-1", "abc", "99999999999999999999"):
        assert officer.get(LIST, {"page": page}).status_code == 404


def test_the_list_is_fetched_as_a_file(case_cast: CaseCast) -> None:
    cases.make_submitted(case_cast, title="=HYPERLINK(1)")

    answer = signed_in(case_cast.case_officer).get(LIST, {"_export": "csv"})

    content = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a streamed answer
    assert "'=HYPERLINK(1)" in content


def test_one_case_and_twenty_ask_the_database_as_often(case_cast: CaseCast) -> None:
    officer = signed_in(case_cast.case_officer)
    cases.make_submitted(case_cast)
    officer.get(LIST)

    with CaptureQueriesContext(connection) as one:
        officer.get(LIST)
    for number in range(19):
        cases.make_submitted(case_cast, title=f"Indsats {number}")
    with CaptureQueriesContext(connection) as twenty:
        officer.get(LIST)

    assert len(one) == len(twenty) <= 12


def test_an_agreement_signed_before_it_was_recalled_waits_for_a_signature_again(case_cast: CaseCast) -> None:
    application = cases.make_out_for_signature(case_cast)
    cases.sign_as(application, case_cast.applicant)
    waiting = Application.objects.awaiting_signature_of
    assert list(waiting(case_cast.housing.pk)) == []

    transitions.recall_agreement(application, by=case_cast.applicant, at=cases.AT, reason="En fejl i budgettet.")
    transitions.send_for_signature(application, by=case_cast.applicant, at=cases.AT)

    assert list(waiting(case_cast.housing.pk)) == [application]
