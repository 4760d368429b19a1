"""Attaching, controlling, replacing, confirming, taking away; and what a submission asks of what is attached."""

from __future__ import annotations

import datetime
import importlib
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from applications import attachments, clock, transitions
from applications.file_states import FileState, pairs
from applications.files import apart
from applications.files.judging import Judged
from applications.models import Application, Attachment, AttachmentVersion
from applications.rules.documents import DocumentType
from applications.states import State
from applications.transitions import attachments as attaching
from applications.uploading import incoming_folder
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken
from tests.applications.files import made
from tests.clamav import Clamd
from tests.factories import applications as cases
from tests.factories.attachments import PDF, attach, controlled, make_accepted, received

pytestmark = pytest.mark.django_db

D2, D5, D18, OTHER = DocumentType.D2, DocumentType.D5, DocumentType.D18, DocumentType.OTHER


def stored_files() -> set[str]:
    folder = Path(settings.MEDIA_ROOT) / "attachments"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def stored_name(version: AttachmentVersion) -> str:
    assert version.file.name
    return Path(version.file.name).name


def content_of(version: AttachmentVersion) -> bytes:
    return Path(version.file.path).read_bytes()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [violation.code for violation in refused.value.violations]


# Bringing


def test_a_file_is_kept_as_it_came_under_a_name_that_says_nothing(draft: Application, applicant: Actor) -> None:
    version = attach(draft, applicant, name="C:\\mine\\Bilag æøå.exe")

    assert version.file_name == "Bilag æøå.exe.pdf"
    assert content_of(version) == PDF
    assert attachments.is_unchanged(version)
    assert (version.number, version.state, version.size) == (1, FileState.CHECKING, len(PDF))
    assert len(stored_name(version)) == 32


def test_the_event_says_what_and_whose_and_holds_no_name(draft: Application, applicant: Actor) -> None:
    version = attach(draft, applicant, name="Fru Hansens sag.pdf")

    event = draft.events.latest("pk")
    assert event.event == "application:attachment_added"
    assert (event.user, event.data["sha256"], event.data["document_type"]) == (applicant.user, version.sha256, "D2")
    assert "Hansen" not in str(event.data)


def test_the_same_file_twice_is_there_once(draft: Application, applicant: Actor, colleague: Actor) -> None:
    first = attach(draft, applicant)
    again = attaching.attach(draft, D2, received(name="samme.pdf"), by=colleague, at=timezone.now())

    assert again == (first, False)
    assert stored_files() >= {stored_name(first)}
    assert AttachmentVersion.objects.of_case(draft).count() == 1
    assert not list(incoming_folder().glob("upload-*"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00", "unknown_kind"),
        (b"<html>", "unknown_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
        (made.docx("hej"), "pages_not_countable"),
    ],
)
def test_what_cannot_be_taken_is_told_at_once_and_leaves_nothing(
    draft: Application, applicant: Actor, content: bytes, code: str
) -> None:
    before = stored_files()
    with pytest.raises(RuleBroken) as refused:
        attach(draft, applicant, content)

    assert codes(refused) == [code]
    assert stored_files() == before
    assert not draft.attachments.exists()


def test_a_failure_while_the_row_is_written_leaves_no_file(
    draft: Application, applicant: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored_files()
    monkeypatch.setattr(AttachmentVersion, "record", lambda *_args, **_kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        attach(draft, applicant)

    assert stored_files() == before
    assert not draft.attachments.exists()


def test_a_case_holds_so_many_files_and_no_more(draft: Application, applicant: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_VERSIONS", 1)
    attach(draft, applicant)
    with pytest.raises(RuleBroken) as refused:
        attach(draft, applicant, made.pdf("en anden"))

    assert codes(refused) == ["too_many_files"]


def test_a_case_holds_so_many_bytes_and_no_more(draft: Application, applicant: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_BYTES", len(PDF) + 10)
    attach(draft, applicant)
    with pytest.raises(RuleBroken) as refused:
        attach(draft, applicant, made.pdf("en anden"))

    assert codes(refused) == ["too_many_bytes"]


@pytest.mark.parametrize("harm", ["refused", "damaged", "gone"])
def test_the_same_file_mends_one_that_cannot_be_used(draft: Application, applicant: Actor, harm: str) -> None:
    content = made.encrypted_pdf() if harm == "refused" else PDF
    version = controlled(attach(draft, applicant, content))
    if harm == "damaged":
        Path(version.file.path).write_bytes(b"%PDF-1.4 noget andet")
    elif harm == "gone":
        Path(version.file.path).unlink()

    assert attaching.attach(draft, D2, received(content), by=applicant, at=timezone.now()).is_new
    assert attaching.replace(version.attachment, received(content), by=applicant, at=timezone.now()).is_new
    assert AttachmentVersion.objects.of_case(draft).count() == 3


@pytest.mark.parametrize("who", ["outsider", "case_officer", "director", "municipality", "adviser"])
def test_a_draft_takes_files_from_nobody_but_its_applicants(draft: Application, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        attach(draft, request.getfixturevalue(who))


def test_what_can_be_attached_follows_the_case(case_cast: cases.CaseCast, applicant: Actor, today: datetime.date) -> None:
    def opened(application: Application, by: Actor) -> set[str]:
        return set(attachments.types_open_to(by, application, on=today))

    draft = cases.make_draft(case_cast)
    assert opened(draft, applicant) == {"D1", "D2", "D3", "D4", "D5", "OTHER"}
    transitions.submit(draft, by=applicant, at=cases.AT)
    assert opened(draft, applicant) == set()
    with pytest.raises(IllegalMove):
        attach(draft, applicant)
    signing = cases.make_out_for_signature(case_cast, title="Til underskrift")
    assert opened(signing, applicant) == opened(signing, case_cast.municipality) == {"D18", "OTHER"}
    committed = cases.make_committed(case_cast, title="Med tilsagn")
    assert "D22" in opened(committed, applicant)
    assert "D22" not in opened(committed, case_cast.municipality)
    assert opened(committed, case_cast.case_officer) == set()


# The control


def test_a_good_file_is_accepted_and_told_unscanned_without_a_scanner(draft: Application, applicant: Actor) -> None:
    version = controlled(attach(draft, applicant, made.pdf("en", "to")))

    assert (version.state, version.kind, version.pages, version.scanner) == (FileState.ACCEPTED, "PDF", 2, "")


def test_without_a_scanner_and_without_leave_files_stay_in_quarantine(
    draft: Application, applicant: Actor, settings: Settings
) -> None:
    settings.ACCEPTS_UNSCANNED_FILES = False
    version = controlled(attach(draft, applicant))

    assert (version.state, version.waits_for_scanner) == (FileState.CHECKING, True)


def test_a_scanned_file_says_by_whom(draft: Application, applicant: Actor, clamd: Clamd, settings: Settings) -> None:
    settings.CLAMD_ADDRESS = clamd.address
    version = controlled(attach(draft, applicant))

    assert version.state == FileState.ACCEPTED
    assert version.scanner.startswith("ClamAV ")


def test_eicar_is_refused_and_never_opened(
    draft: Application, applicant: Actor, clamd: Clamd, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLAMD_ADDRESS = clamd.address
    monkeypatch.setattr(apart, "judge", lambda _path: pytest.fail("it was opened"))
    version = controlled(attach(draft, applicant, PDF + made.EICAR))

    assert version.state == FileState.REFUSED
    assert [(finding.code, finding.params["name"]) for finding in version.found] == [("infected", "LBF.Eicar.UNOFFICIAL")]


def test_a_scanner_that_comes_back_finds_what_waited(
    draft: Application, applicant: Actor, clamd: Clamd, settings: Settings
) -> None:
    settings.CLAMD_ADDRESS = clamd.address
    clamd.stop()
    version = controlled(attach(draft, applicant))
    assert (version.state, version.waits_for_scanner) == (FileState.CHECKING, True)
    clamd.start()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=3), tick=True):
        run_clock()

    version.refresh_from_db()
    assert (version.state, version.waits_for_scanner) == (FileState.ACCEPTED, False)


def run_clock() -> None:
    """What the clock queues is done at once: tasks are eager in tests."""
    left = AttachmentVersion.objects.left_waiting(
        idle_before=timezone.now() - clock.PATIENCE, taken_on_before=timezone.now() - clock.FILE_PATIENCE
    )
    for pk in left.values_list("pk", flat=True):
        clock.control_attachment(pk)


def test_a_file_changed_in_the_store_is_refused(draft: Application, applicant: Actor) -> None:
    version = attach(draft, applicant)
    Path(version.file.path).write_bytes(made.pdf("noget andet"))

    assert [finding.code for finding in controlled(version).found] == ["changed_in_store"]


def test_a_file_that_is_gone_is_refused(draft: Application, applicant: Actor) -> None:
    version = attach(draft, applicant)
    Path(version.file.path).unlink()

    assert [finding.code for finding in controlled(version).found] == ["changed_in_store"]


def test_a_worker_killed_between_scan_and_verdict_leaves_the_file_to_the_clock(
    draft: Application, applicant: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = attach(draft, applicant)

    def die(_path: Path) -> Judged:
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(apart, "judge", die)
        with pytest.raises(SystemExit):
            attaching.control(version)
    version.refresh_from_db()
    assert version.state == FileState.CHECKING
    run_clock()  # too early: somebody may be at it
    version.refresh_from_db()
    assert version.state == FileState.CHECKING
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=7), tick=True):
        run_clock()

    version.refresh_from_db()
    assert version.state == FileState.ACCEPTED
    assert draft.events.filter(event="application:attachment_accepted").count() == 1


def test_the_control_run_twice_writes_one_verdict(draft: Application, applicant: Actor) -> None:
    version = controlled(attach(draft, applicant))
    with pytest.raises(IllegalMove):
        attaching.control(version)
    clock.control_attachment(version.pk)

    assert draft.events.filter(event="application:attachment_accepted").count() == 1


@pytest.mark.parametrize(
    ("content", "code"), [(made.encrypted_pdf(), "encrypted"), (made.pdf("x")[:200], "broken"), (made.docm_as_docx(), "macros")]
)
def test_a_bad_file_is_refused_and_keeps_the_reason(draft: Application, applicant: Actor, content: bytes, code: str) -> None:
    version = controlled(attach(draft, applicant, content, kind=OTHER))

    assert version.state == FileState.REFUSED
    assert [finding.code for finding in version.found] == [code]


# Confirming


def cpr_version(application: Application, by: Actor, kind: DocumentType = D2) -> AttachmentVersion:
    return controlled(attach(application, by, made.pdf(f"Beboer {made.CPR}"), kind=kind))


def test_a_cpr_number_must_be_confirmed_by_somebody_who_is_named(draft: Application, applicant: Actor) -> None:
    version = cpr_version(draft, applicant)
    assert version.state == FileState.TO_CONFIRM
    assert made.CPR not in str(version.findings)
    attaching.confirm(version, by=applicant, at=timezone.now())

    version.refresh_from_db()
    assert (version.state, version.confirmed_by) == (FileState.ACCEPTED, applicant.user)
    assert draft.events.latest("pk").event == "application:attachment_confirmed"


def test_what_was_replaced_is_not_confirmed(draft: Application, applicant: Actor) -> None:
    version = cpr_version(draft, applicant)
    attaching.replace(version.attachment, received(), by=applicant, at=timezone.now())
    with pytest.raises(IllegalMove) as refused:
        attaching.confirm(version, by=applicant, at=timezone.now())

    assert codes(refused) == ["replaced"]


@pytest.mark.parametrize("who", ["outsider", "municipality", "case_officer"])
def test_nobody_else_confirms(
    draft: Application, applicant: Actor, case_officer: Actor, who: str, request: pytest.FixtureRequest
) -> None:
    transitions.submit(draft, by=applicant, at=timezone.now())
    transitions.request_information(draft, by=case_officer, at=timezone.now(), reason="Mere")
    with pytest.raises(NotAllowed):
        attaching.confirm(cpr_version(draft, applicant), by=request.getfixturevalue(who), at=timezone.now())


def test_after_the_end_nothing_is_confirmed(draft: Application, applicant: Actor) -> None:
    version = cpr_version(draft, applicant)
    transitions.withdraw(draft, by=applicant, at=timezone.now(), reason="Vi stopper")
    with pytest.raises(IllegalMove) as refused:
        attaching.confirm(version, by=applicant, at=timezone.now())

    assert codes(refused) == ["document_closed"]


# Replacing and taking away


def test_a_new_version_keeps_the_old_one(draft: Application, applicant: Actor) -> None:
    attachment = make_accepted(draft, applicant)
    attaching.replace(attachment, received(made.pdf("bedre")), by=applicant, at=timezone.now())

    assert content_of(attachment.versions.get(number=1)) == PDF
    assert [version.number for version in attachments.current(draft)] == [2]


def test_the_same_file_again_is_no_new_version(draft: Application, applicant: Actor) -> None:
    attachment = make_accepted(draft, applicant)

    assert not attaching.replace(attachment, received(), by=applicant, at=timezone.now()).is_new
    assert attachment.versions.count() == 1


def test_what_is_taken_away_is_kept_and_counts_no_more(draft: Application, applicant: Actor) -> None:
    attachment = make_accepted(draft, applicant)
    with pytest.raises(RuleBroken):
        attaching.hide(attachment, by=applicant, at=timezone.now(), reason="  ")
    attaching.hide(attachment, by=applicant, at=timezone.now(), reason="Forkert fil")

    assert attachments.current(draft) == []
    assert content_of(attachment.versions.get()) == PDF
    with pytest.raises(IllegalMove):
        attaching.replace(attachment, received(made.pdf("x")), by=applicant, at=timezone.now())
    with pytest.raises(IllegalMove):
        attaching.hide(attachment, by=applicant, at=timezone.now(), reason="igen")


def test_after_submission_nothing_is_taken_away(draft: Application, applicant: Actor) -> None:
    attachment = make_accepted(draft, applicant)
    transitions.submit(draft, by=applicant, at=timezone.now())
    with pytest.raises(IllegalMove):
        attaching.hide(attachment, by=applicant, at=timezone.now(), reason="Fortrudt")


# Submitting


def test_a_description_as_a_file_stands_for_the_text(draft: Application, applicant: Actor) -> None:
    draft.challenges = ""
    draft.save(update_fields=["challenges"])
    with pytest.raises(RuleBroken) as refused:
        transitions.submit(draft, by=applicant, at=timezone.now())
    assert codes(refused) == ["challenges_not_described"]
    make_accepted(draft, applicant)
    transitions.submit(draft, by=applicant, at=timezone.now())

    assert draft.state == State.SUBMITTED


def submission_refused(draft: Application, applicant: Actor) -> list[str]:
    with pytest.raises(RuleBroken) as refused:
        transitions.submit(draft, by=applicant, at=timezone.now())
    return codes(refused)


def test_a_submission_waits_for_the_control(draft: Application, applicant: Actor) -> None:
    version = attach(draft, applicant)
    assert submission_refused(draft, applicant) == ["attachment_being_checked"]
    controlled(version)
    transitions.submit(draft, by=applicant, at=timezone.now())

    sent = draft.events.get(event="application:submitted").data["attachments"]
    assert sent == [{"version_id": version.pk, "document_type": "D2", "sha256": version.sha256}]


def test_a_submission_asks_to_confirm_or_remove_what_was_found(draft: Application, applicant: Actor) -> None:
    cpr_version(draft, applicant)
    controlled(attach(draft, applicant, made.encrypted_pdf(), kind=OTHER))

    assert submission_refused(draft, applicant) == ["attachment_not_confirmed", "attachment_refused"]


@pytest.mark.parametrize(("pages", "is_refused"), [((5,), False), ((6,), True), ((3, 2), False), ((3, 3), True)])
def test_a_description_has_five_pages_at_most_in_however_many_files(
    draft: Application, applicant: Actor, pages: tuple[int, ...], *, is_refused: bool
) -> None:
    for number, count in enumerate(pages):
        controlled(attach(draft, applicant, made.pdf(*(f"{number} {page}" for page in range(count)))))
    found = [violation.code for violation in transitions.check_application(draft, on=cases.AT.date()) if violation.is_blocking]

    assert found == (["document_too_long"] if is_refused else [])


def test_a_submission_notices_that_a_stored_file_was_changed(draft: Application, applicant: Actor) -> None:
    attachment = make_accepted(draft, applicant)
    Path(attachment.versions.get().file.path).write_bytes(b"%PDF-1.4 noget andet")

    assert submission_refused(draft, applicant) == ["attachment_changed"]


def test_files_are_read_through_only_when_nothing_else_is_in_the_way(
    draft: Application, applicant: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_accepted(draft, applicant)
    attach(draft, applicant, made.pdf("venter"))
    monkeypatch.setattr(attachments, "is_unchanged", lambda _version: pytest.fail("it was read through"))

    assert submission_refused(draft, applicant) == ["attachment_being_checked"]


# Going on later


def test_an_answer_lists_what_was_sent_along_and_notices_a_changed_file(
    draft: Application, applicant: Actor, case_officer: Actor
) -> None:
    transitions.submit(draft, by=applicant, at=timezone.now())
    transitions.request_information(draft, by=case_officer, at=timezone.now(), reason="Mere")
    version = make_accepted(draft, applicant).versions.get()
    Path(version.file.path).write_bytes(b"%PDF-1.4 noget andet")
    with pytest.raises(RuleBroken) as refused:
        transitions.answer_information(draft, by=applicant, at=timezone.now(), reason="Her")
    assert codes(refused) == ["attachment_changed"]
    Path(version.file.path).write_bytes(PDF)
    transitions.answer_information(draft, by=applicant, at=timezone.now(), reason="Her")

    assert attachments.sent_along(draft.events.get(event="application:information_answered")) == [version]


def test_a_hearing_is_answered_with_files_that_are_in_order(draft: Application, applicant: Actor, case_officer: Actor) -> None:
    transitions.submit(draft, by=applicant, at=timezone.now())
    transitions.start_assessment(draft, by=case_officer, at=timezone.now())
    deadline = timezone.localdate() + datetime.timedelta(days=21)
    transitions.open_hearing(draft, by=case_officer, at=timezone.now(), reason="Det ser ud til", deadline=deadline)
    version = attach(draft, applicant, kind=OTHER)
    with pytest.raises(RuleBroken) as refused:
        transitions.answer_hearing(draft, by=applicant, at=timezone.now(), reply="Vi mener")
    assert codes(refused) == ["attachment_being_checked"]
    controlled(version)
    transitions.answer_hearing(draft, by=applicant, at=timezone.now(), reply="Vi mener")

    assert attachments.sent_along(draft.events.get(event="application:hearing_answered")) == [version]


def test_the_last_signature_waits_for_the_control(case_cast: cases.CaseCast) -> None:
    case = cases.make_out_for_signature(case_cast)
    content_hash = case.agreements.standing().get().content_hash
    transitions.sign(case, content_hash=content_hash, title="Formand", by=case_cast.applicant, at=timezone.now())
    version = attach(case, case_cast.applicant, kind=D18)
    with pytest.raises(RuleBroken) as refused:
        transitions.sign(case, content_hash=content_hash, title="Direktør", by=case_cast.municipality, at=timezone.now())
    assert codes(refused) == ["attachment_being_checked"]
    controlled(version)
    transitions.sign(case, content_hash=content_hash, title="Direktør", by=case_cast.municipality, at=timezone.now())

    assert case.state == State.PLAN_SUBMITTED


def test_the_applicant_takes_away_what_holds_the_case_up_and_the_municipality_its_own_alone(
    draft: Application, applicant: Actor, case_officer: Actor, municipality: Actor
) -> None:
    transitions.submit(draft, by=applicant, at=timezone.now())
    transitions.request_information(draft, by=case_officer, at=timezone.now(), reason="Mere")
    ours = controlled(attach(draft, applicant, made.encrypted_pdf())).attachment
    theirs = cpr_version(draft, municipality, D5).attachment
    good = make_accepted(draft, applicant, kind=D5, content=made.pdf("god"))
    deadline = timezone.localdate() + datetime.timedelta(days=21)
    transitions.open_hearing(draft, by=case_officer, at=timezone.now(), reason="Det ser ud til", deadline=deadline)

    for attachment, by in ((ours, municipality), (good, municipality), (good, applicant)):
        with pytest.raises(IllegalMove) as refused:
            attaching.hide(attachment, by=by, at=timezone.now(), reason="Væk")
        assert codes(refused) == ["document_closed"]
    for attachment in (ours, theirs):
        attaching.hide(attachment, by=applicant, at=timezone.now(), reason="Væk")
    assert [version.attachment for version in attachments.current(draft)] == [good]


def test_a_recommendation_as_a_file_is_seen(draft: Application, applicant: Actor) -> None:
    def advised() -> bool:
        found = transitions.check_application(draft, on=cases.AT.date())
        return any(violation.code == "municipal_recommendation_missing" for violation in found)

    assert advised()
    make_accepted(draft, applicant, kind=D5, name="anbefaling.pdf")
    assert not advised()


# In the database


def test_the_database_knows_the_same_moves() -> None:
    assert set(importlib.import_module("applications.migrations.0004_attachments").PAIRS) == pairs()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE applications_attachmentversion SET sha256 = repeat('0', 64)",
        "UPDATE applications_attachmentversion SET file_name = 'x'",
        "UPDATE applications_attachmentversion SET findings = '[{}]'",
        "UPDATE applications_attachmentversion SET state = 'CHECKING'",
        "UPDATE applications_attachmentversion SET state = 'REFUSED', findings = '[1]'",
        "DELETE FROM applications_attachmentversion",
        "UPDATE applications_attachment SET document_type = 'D5'",
        "DELETE FROM applications_attachment",
    ],
)
def test_the_database_keeps_what_came_whoever_writes(draft: Application, applicant: Actor, statement: str) -> None:
    make_accepted(draft, applicant)
    for role in ("", "SET ROLE NONE;"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(role + statement)


# At once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["attach", "replace"])
def test_two_at_once_lose_nothing(act: str, case_cast: cases.CaseCast, colleague: Actor) -> None:
    """The same file brought twice is there once; two new versions of two colleagues are both there."""
    draft = cases.make_draft(case_cast)
    attachment = make_accepted(draft, case_cast.applicant) if act == "replace" else None
    contents = [made.pdf("a"), made.pdf("b")] if attachment else [PDF, PDF]
    together = threading.Barrier(2)

    def bring(content: bytes, by: Actor) -> None:
        together.wait()
        own = Application.objects.get(pk=draft.pk)
        if attachment is None:
            attach(own, by, content)
        else:
            attaching.replace(Attachment.objects.get(pk=attachment.pk), received(content), by=by, at=timezone.now())
        close_old_connections()
        connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(bring, contents, (case_cast.applicant, colleague)))

    numbers = list(AttachmentVersion.objects.order_by("number").values_list("number", flat=True))
    assert numbers == ([1, 2, 3] if attachment else [1])
    assert len({version.file.name for version in AttachmentVersion.objects.all()}) == len(numbers)


def test_unfinished_uploads_are_swept_after_a_day() -> None:
    left = incoming_folder() / "upload-left"
    left.write_bytes(b"x")
    clock.sweep_unfinished_uploads()
    assert left.exists()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=400), tick=True):
        clock.sweep_unfinished_uploads()

    assert not left.exists()
    shutil.rmtree(incoming_folder())
