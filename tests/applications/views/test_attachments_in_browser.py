"""Attachments in Chromium: several files with progress, a network that goes away, wide and narrow, and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor
from applications.models import Application, AttachmentVersion
from applications.rules.documents import DocumentType
from tests.applications.files import made
from tests.browser import Visit, Watch, inspect
from tests.factories import applications as cases
from tests.factories.applications import CaseCast
from tests.factories.attachments import attach, controlled, make_accepted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Referat af møde i områdets styregruppe om unge uden uddannelse og arbejde " * 2 + ".pdf"


@pytest.fixture
def draft(case_cast: CaseCast) -> Application:
    return cases.make_draft(case_cast)


def list_url(application: Application) -> str:
    return reverse("applications:attachments", args=[application.case_number])


def files_in(folder: Path, *named: tuple[str, bytes]) -> list[Path]:
    paths = [folder / name for name, _content in named]
    for path, (_name, content) in zip(paths, named, strict=True):
        path.write_bytes(content)
    return paths


def test_several_files_are_sent_with_progress_and_bad_ones_are_told(
    visit: Visit, draft: Application, applicant: Actor, tmp_path: Path
) -> None:
    page = visit(applicant, list_url(draft))
    inspect(page, "attachments empty")
    page.get_by_role("button", name="Læg ind").click()
    expect(page.get_by_label("Hvad er det for et dokument?")).to_be_focused()
    inspect(page, "attachments asks for the document")
    page.get_by_label("Hvad er det for et dokument?").select_option("OTHER")
    paths = files_in(tmp_path, ("bilag æøå.pdf", made.pdf("hej")), ("foto.jpg", made.image("JPEG")), ("regnskab.pdf", b"MZ"))
    page.get_by_label("Filer", exact=True).set_input_files(paths)
    page.get_by_role("button", name="Læg ind").click()

    expect(page.get_by_text("Lagt ind. Filen bliver nu kontrolleret.")).to_have_count(2)
    expect(page.get_by_text("regnskab.pdf: Filens indhold er hverken")).to_be_visible()
    expect(page.locator("#files").get_by_role("link", name="bilag æøå.pdf")).to_be_visible()
    expect(page.locator("#files").get_by_text("Godkendt")).to_have_count(2)
    inspect(page, "attachments sent")
    assert AttachmentVersion.objects.count() == 2


def test_a_network_that_goes_away_keeps_what_was_chosen(
    visit: Visit, draft: Application, applicant: Actor, tmp_path: Path, watch: Watch
) -> None:
    page = visit(applicant, list_url(draft))
    page.get_by_label("Hvad er det for et dokument?").select_option("D2")
    page.get_by_label("Filer", exact=True).set_input_files(files_in(tmp_path, ("beskrivelse.pdf", made.pdf("hej"))))
    page.context.set_offline(True)
    page.get_by_role("button", name="Læg ind").click()
    expect(page.get_by_text("Ikke sendt: forbindelsen er væk. Filen er stadig valgt.")).to_be_visible()
    inspect(page, "attachments offline")
    assert not AttachmentVersion.objects.exists()
    page.context.set_offline(False)  # the browser says so, and the script tries again by itself

    expect(page.get_by_text("Lagt ind. Filen bliver nu kontrolleret.")).to_be_visible()
    assert AttachmentVersion.objects.count() == 1
    watch.problems[:] = [problem for problem in watch.problems if "ERR_INTERNET_DISCONNECTED" not in problem]


def test_a_session_that_ended_keeps_what_was_chosen(  # noqa: PLR0917 - fixtures
    visit: Visit, draft: Application, applicant: Actor, tmp_path: Path, client: Client, live_server: LiveServer
) -> None:
    page = visit(applicant, list_url(draft))
    page.get_by_label("Hvad er det for et dokument?").select_option("D2")
    page.get_by_label("Filer", exact=True).set_input_files(files_in(tmp_path, ("beskrivelse.pdf", made.pdf("hej"))))
    page.context.clear_cookies()
    page.get_by_role("button", name="Læg ind").click()
    expect(page.get_by_text("Ikke sendt: du er logget af.")).to_be_visible()
    assert applicant.user is not None
    client.force_login(applicant.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.get_by_role("button", name="Prøv igen").click()

    expect(page.get_by_text("Lagt ind. Filen bliver nu kontrolleret.")).to_be_visible()


def test_without_scripts_files_are_brought_together_replaced_and_taken_away(
    visit: Visit, draft: Application, applicant: Actor, tmp_path: Path
) -> None:
    page = visit(applicant, list_url(draft), scripts=False)
    page.get_by_label("Hvad er det for et dokument?").select_option("OTHER")
    page.get_by_label("Filer", exact=True).set_input_files(files_in(tmp_path, ("a.pdf", made.pdf("a")), ("b.pdf", b"MZ")))
    page.get_by_role("button", name="Læg ind").click()
    expect(page.get_by_role("link", name="b.pdf: Filens indhold")).to_be_visible()
    expect(page.get_by_text("1 fil er lagt ind og bliver kontrolleret.")).to_be_visible()
    page.get_by_role("link", name="a.pdf", exact=True).click()
    page.get_by_label("Ny udgave", exact=True).set_input_files(files_in(tmp_path, ("ny.pdf", made.pdf("ny"))))
    page.get_by_role("button", name="Læg den nye udgave ind").click()
    expect(page.get_by_role("heading", name="Udgave 2")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="ny.pdf").last.click()
    assert download.value.suggested_filename == "ny.pdf"
    page.get_by_role("link", name="Fjern bilaget fra sagen").click()
    page.get_by_label("Hvorfor fjernes bilaget?").fill("Forkert fil")
    page.get_by_role("button", name="Fjern bilaget fra sagen").click()

    expect(page.get_by_text("Bilaget er fjernet fra sagen.")).to_be_visible()
    expect(page.get_by_text("Her står de filer, I lægger ind")).to_be_visible()


def test_the_pages_of_one_attachment(visit: Visit, draft: Application, applicant: Actor) -> None:
    version = controlled(attach(draft, applicant, made.pdf(f"Beboer {made.CPR}"), name=LONG, kind=DocumentType.OTHER))
    controlled(attach(draft, applicant, made.encrypted_pdf(), name="laast.pdf", kind=DocumentType.OTHER))
    make_accepted(draft, applicant, made.pdf(*"abcdef"))
    arguments = [draft.case_number, version.attachment_id]

    inspect(visit(applicant, list_url(draft)), "attachments of every kind")
    inspect(visit(applicant, reverse("applications:attachment", args=arguments)), "attachment to confirm")
    inspect(visit(applicant, reverse("applications:confirm_attachment", args=arguments)), "attachment confirm")
    inspect(visit(applicant, reverse("applications:hide_attachment", args=arguments)), "attachment hide")
    inspect(visit(applicant, draft.get_absolute_url()), "case with attachments")
    inspect(visit(applicant, reverse("applications:submit", args=[draft.case_number])), "submit with attachments")


def test_whoever_reads_sees_the_list_without_a_form(visit: Visit, case_cast: CaseCast, case_officer: Actor) -> None:
    submitted = cases.make_submitted(case_cast)

    page = visit(case_officer, list_url(submitted))

    expect(page.get_by_text("Her står de filer, som parterne lægger ind i sagen. Der er ingen endnu.")).to_be_visible()
    expect(page.get_by_role("button", name="Læg ind")).to_have_count(0)
    inspect(page, "attachments of a reader empty")
