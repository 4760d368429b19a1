"""What is sent: kept as one text with its hash and its declaration, in the receipt and on the page, and never changed."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from unittest import mock

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.actors import Actor
from applications import documents, submission, transitions
from applications.models import Application, DocumentKind, Submission
from lbf_portal.lib import pdf
from tests.applications.conftest import SignIn
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def text_in(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_everything_that_is_sent_is_in_the_text_and_the_hash_is_of_it(submitted: Application, applicant: Actor) -> None:
    sent = submission.latest(submitted)
    assert sent is not None
    content = json.loads(sent.content)

    assert hashlib.sha256(sent.content.encode()).hexdigest() == sent.content_hash == sent.event.data["content_hash"]
    assert content["sections"]["challenges"]["challenges"] == cases.CHALLENGES
    assert set(content["sections"]) == {"basics", "departments", "challenges", "figures", "budget", "rent"}
    assert applicant.user is not None
    assert content["declaration"]["name"] == applicant.user.name
    assert content["declaration"]["on"] == "2026-11-22"
    assert "Regulativ af 11. december 2019" in content["declaration"]["text"]


def test_what_the_case_holds_later_changes_nothing_of_it(submitted: Application) -> None:
    before = submission.latest(submitted)
    assert before is not None
    Application.objects.filter(pk=submitted.pk).update(challenges="Noget andet")

    after = submission.latest(submitted)

    assert after is not None
    assert (after.content, after.content_hash) == (before.content, before.content_hash)
    [challenges] = [part for part in submission.parts_of(submission.content_of(after)) if part["section"] == "challenges"]
    assert challenges["answer"].challenges == cases.CHALLENGES


def test_the_database_counts_the_hash_and_lets_nobody_write_over(submitted: Application, draft: Application) -> None:
    sent = submission.latest(submitted)
    assert sent is not None
    event = draft.events.get(event="application:created")
    with pytest.raises(IntegrityError, match="submission_hash_is_of_its_content"), transaction.atomic():
        Submission.objects.create(application=draft, event=event, content="{}", content_hash=sent.content_hash)
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE applications_submission SET content = content")


def test_the_file_is_the_very_text_and_the_receipt_shows_its_hash(
    sign_in: SignIn, submitted: Application, applicant: Actor, outsider: Actor
) -> None:
    url = reverse("applications:submission_file", args=[submitted.case_number])
    answer = sign_in(applicant).get(url)
    receipt = sign_in(applicant).get(reverse("applications:receipt", args=[submitted.case_number])).content.decode()

    assert hashlib.sha256(answer.content).hexdigest() in receipt
    assert answer["Content-Disposition"] == f'attachment; filename="{submitted.case_number}-submission.json"'
    assert sign_in(outsider).get(url).status_code == 404


def test_the_receipt_letter_holds_the_whole_application_as_it_was_sent(submitted: Application) -> None:
    Application.objects.filter(pk=submitted.pk).update(challenges="Skrevet bagefter", title="Omdøbt", total_budget=1)
    submitted.application_departments.filter(department__number="12").delete()
    submitted.funding_lines.all().delete()
    event = submitted.events.get(event="application:submitted")

    with documents.make(event, DocumentKind.RECEIPT).file.open("rb") as file:
        told = text_in(file.read())

    assert cases.CHALLENGES in told
    letter, annex = told.split("Ansøgningen, som den blev indsendt")
    for page in (letter, annex):
        assert submitted.title in page
        assert "12 " in page.split("Afdelinger", 1)[1]
        assert "9.000.000 kr." in page
        assert "12.000.000 kr." in page
    assert "Skrevet bagefter" not in told
    assert "Omdøbt" not in told
    assert event.data["content_hash"][:32] in told
    assert "17,5 procent fraflytninger om året" in told
    assert "Jeg erklærer" in told


def test_a_draft_is_had_as_pdf_and_says_that_it_is_one(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    answer = sign_in(applicant).get(reverse("applications:application_pdf", args=[draft.case_number]))

    assert answer["Content-Type"] == "application/pdf"
    told = text_in(answer.content)
    assert "Kladden er ikke indsendt." in told
    assert "9.000.000 kr." in told


@pytest.mark.parametrize("went_wrong", [subprocess.TimeoutExpired("pdf", 60), subprocess.CalledProcessError(-9, "pdf")])
def test_a_copy_that_cannot_be_made_is_told_in_words(
    went_wrong: Exception, sign_in: SignIn, draft: Application, applicant: Actor
) -> None:
    with mock.patch.object(subprocess, "run", side_effect=went_wrong):
        answer = sign_in(applicant).get(reverse("applications:application_pdf", args=[draft.case_number]), follow=True)

    assert answer.status_code == 200
    assert "Kladden kunne ikke laves som PDF. Prøv igen om et øjeblik." in answer.content.decode()


def test_a_submission_is_of_its_own_cases_event_of_being_submitted(
    submitted: Application, draft: Application, applicant: Actor
) -> None:
    begun = draft.events.get(event="application:created")
    submitted.record("application:submitted", by=applicant, at=cases.AT)
    of_another = submitted.events.latest("pk")

    for event in (begun, of_another):
        with pytest.raises(IntegrityError, match="no event of the case being submitted"), transaction.atomic():
            Submission.objects.create(application=draft, event=event, content="{}", content_hash=submission.hash_of("{}"))


def test_many_copies_at_once_are_asked_to_wait(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    with mock.patch.object(pdf, "MOST_APART", 0):
        answer = sign_in(applicant).get(reverse("applications:application_pdf", args=[draft.case_number]), follow=True)

    assert "Der laves flere kopier lige nu." in answer.content.decode()


def test_the_same_is_sent_once(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    transitions.submit(draft, by=case_cast.applicant, at=cases.AT)

    with pytest.raises(Exception, match="tilstand"):
        transitions.submit(draft, by=case_cast.applicant, at=cases.AT)
    assert draft.submissions.count() == 1


def test_a_draft_has_no_file(sign_in: SignIn, draft: Application, applicant: Actor) -> None:
    assert sign_in(applicant).get(reverse("applications:submission_file", args=[draft.case_number])).status_code == 404
