"""The pages of attachments: bringing files, one by one and together, and fetching them by right."""

from __future__ import annotations

import datetime
import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from applications import documents, transitions
from applications.file_states import FileState
from applications.files.kinds import LARGEST_FILE
from applications.models import Application, Attachment, AttachmentVersion, DocumentKind
from applications.rules.documents import DocumentType
from applications.transitions import attachments as attaching
from applications.uploading import MOST_AT_ONCE, incoming_folder
from tests.applications.conftest import SignIn
from tests.applications.files import made
from tests.cast import member
from tests.factories.attachments import PDF, attach, controlled, make_accepted, received

pytestmark = pytest.mark.django_db


def url(application: Application, name: str = "attachments", *parts: int) -> str:
    return reverse(f"applications:{name}", args=[application.case_number, *parts])


def file_of(content: bytes = PDF, name: str = "beskrivelse.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/x-whatever")


def bring(client: Client, application: Application, *files: SimpleUploadedFile, kind: str = "D2", **headers: Any) -> Any:
    return client.post(url(application), {"document_type": kind, "chosen": list(files)}, **headers)


def fetched(client: Client, application: Application, attachment: Attachment, number: int = 1) -> Any:
    return client.get(url(application, "attachment_file", attachment.pk, number))


def status(client: Client, path: str) -> int:
    answer = client.get(path)
    if answer.streaming:
        list(answer)  # read to its end, so that its file is closed
    return answer.status_code


# Bringing


def test_several_files_at_once_are_attached_and_controlled(
    draft: Application, applicant: Actor, sign_in: SignIn, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = bring(sign_in(applicant), draft, file_of(), file_of(made.docx("hej"), "plan.docx"), kind="OTHER")

    assert answer.status_code == 302
    assert set(AttachmentVersion.objects.values_list("file_name", "state")) == {
        ("beskrivelse.pdf", FileState.ACCEPTED),
        ("plan.docx", FileState.ACCEPTED),
    }
    assert not list(incoming_folder().glob("upload-*"))


def test_good_files_do_not_wait_for_bad_ones_and_each_bad_one_is_named(
    draft: Application, applicant: Actor, sign_in: SignIn
) -> None:
    answer = bring(sign_in(applicant), draft, file_of(), file_of(b"MZ", "regnskab.pdf"), file_of(b"", "tom.pdf"))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert [version.file_name for version in AttachmentVersion.objects.all()] == ["beskrivelse.pdf"]
    assert "regnskab.pdf: Filens indhold er hverken" in page
    assert "tom.pdf: Filen er tom" in page
    assert "1 fil er lagt ind" in page


def test_a_script_gets_the_same_as_json(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    answer = bring(sign_in(applicant), draft, file_of(), headers={"Accept": "application/json"})
    refused = bring(sign_in(applicant), draft, file_of(b"MZ", "a.pdf"), headers={"Accept": "application/json"})

    assert answer.json() == {"brought": ["beskrivelse.pdf"], "refused": []}
    assert refused.json()["refused"][0].startswith("a.pdf: ")


def test_a_file_of_51_mb_runs_past_unread_and_the_others_arrive(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    client = sign_in(applicant)
    large = file_of(PDF + b"\0" * (LARGEST_FILE + 1024 * 1024 - len(PDF)), "stor.pdf")
    answer = bring(client, draft, large, file_of())

    assert "stor.pdf: Filen fylder mere end 50 MB" in answer.content.decode()
    assert [version.file_name for version in AttachmentVersion.objects.all()] == ["beskrivelse.pdf"]
    assert not list(incoming_folder().glob("upload-*"))


def test_more_files_than_fit_are_named(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    files = [file_of(made.image("PNG", (10 + number, 10)), f"{number}.png") for number in range(MOST_AT_ONCE + 1)]
    answer = bring(sign_in(applicant), draft, *files, kind="OTHER")

    assert f"{MOST_AT_ONCE}.png: Der kan højst lægges 20 filer ind ad gangen" in answer.content.decode()
    assert AttachmentVersion.objects.count() == MOST_AT_ONCE


@pytest.mark.parametrize("missing", ["document_type", "chosen"])
def test_what_is_missing_is_asked_for(draft: Application, applicant: Actor, sign_in: SignIn, missing: str) -> None:
    data: dict[str, Any] = {"document_type": "D2", "chosen": file_of()}
    del data[missing]
    answer = sign_in(applicant).post(url(draft), data)

    assert answer.status_code == 200
    assert answer.context["form"].errors[missing]
    assert not draft.attachments.exists()


@pytest.mark.parametrize("kind", ["D22", "D6", "NONSENSE"])
def test_a_document_of_another_time_is_no_choice(draft: Application, applicant: Actor, sign_in: SignIn, kind: str) -> None:
    answer = bring(sign_in(applicant), draft, file_of(), kind=kind)

    assert answer.context["form"].errors["document_type"]


def test_a_large_file_is_not_held_in_memory(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    """Forty megabytes come through with a peak of a few beside what the test's own client holds."""
    client = sign_in(applicant)
    content = PDF + b"\0" * (40 * 1024 * 1024)
    from applications.uploading import StreamedUpload

    handler = StreamedUpload()
    tracemalloc.start()
    handler.new_file("chosen", "stor.pdf", "application/pdf", None)
    view = memoryview(content)
    for start in range(0, len(content), 64 * 1024):
        handler.receive_data_chunk(bytes(view[start : start + 64 * 1024]), start)
    file = handler.file_complete(len(content))
    assert file is not None
    done = attaching.attach(
        draft,
        DocumentType.OTHER,
        attaching.Received("stor.pdf", file, file.size or 0, file.sha256, file.head),  # type: ignore[attr-defined]  # an IncomingFile
        by=applicant,
        at=timezone.now(),
    )
    attaching.control(done.version)
    answer = client.get(url(draft, "attachments_zip"))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.status_code in {200, 302}
    assert peak < 8 * 1024 * 1024


# Reading


def test_a_file_is_a_download_that_runs_nothing(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    attachment = make_accepted(draft, applicant, name="Årsplan på dansk.pdf")
    answer = fetched(sign_in(applicant), draft, attachment)

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "%C3%85rsplan%20p%C3%A5%20dansk.pdf" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    event = draft.events.latest("pk")
    assert (event.event, event.user) == ("application:attachment_read", applicant.user)


@pytest.mark.parametrize("content", [None, made.encrypted_pdf()], ids=["in quarantine", "refused"])
def test_nobody_fetches_from_quarantine(draft: Application, applicant: Actor, sign_in: SignIn, content: bytes | None) -> None:
    version = attach(draft, applicant, content or PDF)
    if content:
        controlled(version)
    answer = fetched(sign_in(applicant), draft, version.attachment)

    assert answer.status_code == 302
    assert f"versions/{version.number}/" not in sign_in(applicant).get(version.attachment.get_absolute_url()).content.decode()


def test_what_must_be_confirmed_is_fetched_by_those_who_can_confirm_it_alone(
    draft: Application, applicant: Actor, case_officer: Actor, sign_in: SignIn
) -> None:
    transitions.submit(draft, by=applicant, at=timezone.now())
    transitions.request_information(draft, by=case_officer, at=timezone.now(), reason="Mere")
    version = controlled(attach(draft, applicant, made.pdf(f"Beboer {made.CPR}")))
    own, fund = sign_in(applicant), sign_in(case_officer)

    answer = fetched(own, draft, version.attachment)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert fetched(fund, draft, version.attachment).status_code == 302
    assert "CPR" not in fund.get(url(draft)).content.decode()
    assert own.get(url(draft, "confirm_attachment", version.attachment_id)).status_code == 200
    assert own.post(url(draft, "confirm_attachment", version.attachment_id), {}).context["form"].errors["is_seen"]
    own.post(url(draft, "confirm_attachment", version.attachment_id), {"is_seen": "on"})
    answer = fetched(fund, draft, version.attachment)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_what_was_replaced_or_taken_away_in_the_draft_is_seen_by_the_applicant_alone(
    draft: Application, applicant: Actor, case_officer: Actor, municipality: Actor, sign_in: SignIn
) -> None:
    kept = make_accepted(draft, applicant)
    attaching.replace(kept, received(made.pdf("bedre")), by=applicant, at=timezone.now())
    controlled(kept.versions.get(number=2))
    gone = make_accepted(draft, applicant, made.pdf("forkert"), kind=DocumentType.OTHER)
    attaching.hide(gone, by=applicant, at=timezone.now(), reason="Forkert")
    transitions.submit(draft, by=applicant, at=timezone.now())
    transitions.request_information(draft, by=case_officer, at=timezone.now(), reason="Mere")
    clients = {"own": sign_in(applicant), "fund": sign_in(case_officer), "municipality": sign_in(municipality)}

    paths = [url(draft, "attachment_file", kept.pk, number) for number in (1, 2)]
    paths += [url(draft, "attachment", gone.pk), url(draft, "attachment_file", gone.pk, 1)]
    statuses = {who: tuple(status(client, path) for path in paths) for who, client in clients.items()}
    assert statuses == {"own": (200, 200, 200, 200), "fund": (404, 200, 404, 404), "municipality": (404, 200, 404, 404)}
    hidden = {who: len(client.get(url(draft) + "?show=hidden").context["lines"]) for who, client in clients.items()}
    assert hidden == {"own": 1, "fund": 0, "municipality": 0}


def test_each_side_looks_into_its_own_files_before_they_are_confirmed(
    draft: Application, applicant: Actor, case_officer: Actor, municipality: Actor, sign_in: SignIn
) -> None:
    transitions.submit(draft, by=applicant, at=timezone.now())
    transitions.request_information(draft, by=case_officer, at=timezone.now(), reason="Mere")
    content = made.pdf(f"Beboer {made.CPR}")
    ours, theirs = (
        controlled(attach(draft, by, content, kind=kind))
        for by, kind in ((applicant, DocumentType.OTHER), (municipality, DocumentType.D5))
    )

    fetches = {
        who: tuple(status(sign_in(by), url(draft, "attachment_file", version.attachment_id, 1)) for version in (ours, theirs))
        for who, by in (("applicant", applicant), ("municipality", municipality))
    }
    assert fetches == {"applicant": (200, 302), "municipality": (302, 200)}


def test_who_only_signs_for_the_applicant_sees_a_draft_and_nothing_taken_away(
    draft: Application, applicant: Actor, housing: Organisation, sign_in: SignIn, today: datetime.date
) -> None:
    gone = make_accepted(draft, applicant)
    attaching.hide(gone, by=applicant, at=timezone.now(), reason="Forkert")
    signatory = member(housing, Role.HOUSING_SIGNATORY, email="formand@example.org", today=today)

    answer = sign_in(signatory).get(url(draft) + "?show=hidden")
    assert answer.status_code == 200
    assert answer.context["lines"] == []


def test_what_must_be_confirmed_can_be_confirmed_or_taken_away_after_the_case_went_on(
    draft: Application, applicant: Actor, case_officer: Actor, sign_in: SignIn
) -> None:
    transitions.submit(draft, by=applicant, at=timezone.now())
    transitions.request_information(draft, by=case_officer, at=timezone.now(), reason="Mere")
    version = controlled(attach(draft, applicant, made.pdf(f"Beboer {made.CPR}")))
    deadline = timezone.localdate() + datetime.timedelta(days=21)
    transitions.open_hearing(draft, by=case_officer, at=timezone.now(), reason="Det ser ud til", deadline=deadline)
    client, page = sign_in(applicant), version.attachment.get_absolute_url()

    assert DocumentType.D2 not in client.get(url(draft)).context["form"].fields["document_type"].choices
    assert client.get(page).context["can_confirm"]
    assert url(draft, "hide_attachment", version.attachment_id) in client.get(page).content.decode()
    client.post(url(draft, "confirm_attachment", version.attachment_id), {"is_seen": "on"})
    version.refresh_from_db()
    assert version.state == FileState.ACCEPTED
    assert url(draft, "hide_attachment", version.attachment_id) not in client.get(page).content.decode()


def test_a_file_that_is_missing_is_a_message_and_no_reading(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    attachment = make_accepted(draft, applicant)
    Path(attachment.versions.get().file.path).unlink()
    client = sign_in(applicant)

    for path in (url(draft, "attachment_file", attachment.pk, 1), url(draft, "attachments_zip")):
        answer = client.get(path, follow=True)
        assert "Filen »beskrivelse.pdf« mangler i portalens lager" in answer.content.decode()
    assert not draft.events.filter(event__in=["application:attachment_read", "application:attachments_read"]).exists()


def test_an_attachment_of_another_case_is_not_found(
    draft: Application, submitted: Application, applicant: Actor, sign_in: SignIn
) -> None:
    attachment = make_accepted(draft, applicant)
    client = sign_in(applicant)

    for name in ("attachment", "hide_attachment", "confirm_attachment"):
        assert client.get(url(submitted, name, attachment.pk)).status_code == 404
    assert client.get(url(submitted, "attachment_file", attachment.pk, 1)).status_code == 404
    assert client.get(url(draft, "attachment_file", attachment.pk, 2)).status_code == 404


def test_an_outsider_finds_nothing(draft: Application, applicant: Actor, outsider: Actor, sign_in: SignIn) -> None:
    attachment = make_accepted(draft, applicant)
    client = sign_in(outsider)

    assert bring(client, draft, file_of()).status_code == 404
    assert fetched(client, draft, attachment).status_code == 404
    assert client.get(url(draft, "attachments_zip")).status_code == 404


def test_the_zip_holds_what_is_accepted(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    make_accepted(draft, applicant)
    make_accepted(draft, applicant, made.pdf("en anden"))
    attach(draft, applicant, made.pdf("venter"))
    answer = sign_in(applicant).get(url(draft, "attachments_zip"))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as package:  # type: ignore[attr-defined]  # a stream
        assert package.namelist() == ["D2 beskrivelse.pdf", "D2 beskrivelse (2).pdf"]
        assert package.read("D2 beskrivelse.pdf") == PDF
        assert package.testzip() is None


# Replacing


def test_whoever_is_second_is_told_of_the_colleagues_version(
    draft: Application, applicant: Actor, colleague: Actor, sign_in: SignIn
) -> None:
    attachment = make_accepted(draft, applicant)
    client = sign_in(applicant)
    attaching.replace(attachment, received(made.pdf("kollegaens")), by=colleague, at=timezone.now())
    answer = client.post(attachment.get_absolute_url(), {"chosen": file_of(made.pdf("min")), "seen": 1}, follow=True)

    assert attachment.versions.count() == 3
    assert "Din fil er nu udgave 3; kollegaens er bevaret som udgave 2" in answer.content.decode()


def test_a_replacement_that_cannot_be_taken_is_told_beside_the_field(
    draft: Application, applicant: Actor, sign_in: SignIn
) -> None:
    attachment = make_accepted(draft, applicant)
    answer = sign_in(applicant).post(attachment.get_absolute_url(), {"chosen": file_of(b"MZ", "a.pdf"), "seen": 1})

    assert answer.context["form"].errors["chosen"][0].startswith("a.pdf: ")
    assert attachment.versions.count() == 1


# The list


def test_the_list_asks_as_often_for_200_files_as_for_2(
    draft: Application, applicant: Actor, sign_in: SignIn, case_cast: Any
) -> None:
    client = sign_in(applicant)
    user, organisation = applicant.user, applicant.organisation
    assert user is not None
    assert organisation is not None

    def asked(*paths: str) -> list[int]:
        counts = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            counts.append(len(queries))
        return counts

    def add(count: int) -> None:
        for _ in range(count):
            made_one = Attachment.objects.create(
                application=draft, document_type="OTHER", attached_by=user, organisation=organisation
            )
            AttachmentVersion.objects.create(
                attachment=made_one, number=1, file="x", file_name="a" * 150, size=1, sha256="0" * 64,
                uploaded_by=user, organisation=organisation,
            )  # fmt: skip

    paths = (url(draft), draft.get_absolute_url(), url(draft) + "?_export=csv")
    add(2)
    asked(*paths)
    few = asked(*paths)
    add(198)

    assert asked(*paths) == few
    assert client.get(url(draft) + "?page=5").status_code == 404
    assert client.get(url(draft) + "?page=4").status_code == 200
    assert client.get(url(draft) + "?_export=exe").status_code == 404


def test_the_list_ticks_off_what_has_come_and_filters(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    make_accepted(draft, applicant, kind=DocumentType.D5, name="anbefaling.pdf")
    attach(draft, applicant)
    client = sign_in(applicant)

    told = {line.name: line.state for line in client.get(url(draft)).context["expected"]}
    assert told["Kommunal anbefaling"] == "Modtaget"
    assert told["Beskrivelse af udfordringerne"] == "Kontrolleres"
    assert told["Budgetoverslag"] == "Skrives i portalen"
    assert told["Nøgletal for afdelingerne (KÅS-tal)"] == "Ikke modtaget"
    found = client.get(url(draft) + "?state=ACCEPTED&sort=-at").context["lines"]
    assert [line.version.file_name for line in found] == ["anbefaling.pdf"]
    assert "ikke virusscannet" in client.get(url(draft)).content.decode()


def test_the_receipt_lists_what_was_sent_along_with_its_hash(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    version = make_accepted(draft, applicant).versions.get()
    transitions.submit(draft, by=applicant, at=timezone.now())

    page = sign_in(applicant).get(url(draft, "receipt")).content.decode()
    assert "Beskrivelse af udfordringerne: beskrivelse.pdf" in page
    assert version.sha256 in page
    sent = documents.LETTERS[DocumentKind.RECEIPT][1](draft.events.get(event="application:submitted"))["attachments"]
    assert sent == [version]


def test_what_stands_in_the_way_leads_to_the_attachments(draft: Application, applicant: Actor, sign_in: SignIn) -> None:
    attach(draft, applicant)

    assert f'href="{url(draft)}"' in sign_in(applicant).get(url(draft, "submit")).content.decode()
