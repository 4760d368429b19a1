"""Letters: what they say, that they can be kept and read aloud, and that nothing is fetched to make them."""

from __future__ import annotations

import datetime
import hashlib
import io
import logging
import re
import socket
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader
from pytest_django import Settings
from weasyprint.urls import FatalURLFetchingError

from applications import documents, states, transitions
from applications.models import Application, Document, DocumentKind
from applications.models.transfers import TRANSFER_TAKEN_BACK, TRANSFERRED
from lbf_portal.lib import pdf
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

HEARING_DEADLINE = datetime.date(2026, 12, 6)
AFTER_HEARING = AT + datetime.timedelta(days=20)


@pytest.fixture(autouse=True)
def stored_in(tmp_path: Path, settings: Settings) -> Path:
    """Letters of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def letter(application: Application, kind: DocumentKind) -> Document:
    """The letter that the case's event calls for."""
    [name] = [event for event, wanted in documents.LETTER_OF_EVENT.items() if wanted == kind]
    return documents.make(application.events.get(event=name), kind)


def content(document: Document) -> bytes:
    with document.file.open("rb") as file:
        return bytes(file.read())


def words(document: Document) -> str:
    """The letter's text, with single spaces."""
    reader = PdfReader(io.BytesIO(content(document)))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def make_refused(case_cast: CaseCast, *, reply: str = "") -> Application:
    case = cases.make_under_assessment(case_cast)
    transitions.open_hearing(
        case, by=case_cast.case_officer, at=AT, reason="Området står ikke på listen.", deadline=HEARING_DEADLINE
    )
    if reply:
        transitions.answer_hearing(case, by=case_cast.applicant, at=AT, reply=reply)
    transitions.refuse(
        case, by=case_cast.director, at=AFTER_HEARING, reason="Der er ikke væsentlige problemer.\n\nRammen prioriteres."
    )
    return case


# What it says


def test_the_commitment_letter_holds_all_that_a_commitment_must_say(case_cast: CaseCast) -> None:
    case = cases.make_committed(case_cast, wants_rent_support=True)
    text = words(letter(case, DocumentKind.COMMITMENT_LETTER))
    agreement = case.agreements.standing().get()
    for part in (
        "Bindende tilsagn",
        f"Sagsnummer {case.case_number}",
        "Dato 22. november 2026",
        "2019-26-midlerne",
        "Regulativ af 11. december 2019",
        "1. januar 2027 til 31. december 2030",
        "Boligforeningen Ågården",
        "Aarhus Kommune",
        "11 Bakken 11",
        "Boligsocial indsats Almenboligloven § 91 a, stk. 1 2026 9.000.000 kr.",
        "Huslejenedsættelse Almenboligloven § 91 a, stk. 2 2026 2.952.000 kr.",
        "I alt 11.952.000 kr.",
        "Indsatsens samlede budget er 12.000.000 kr. Landsbyggefondens andel er 75 %",
        "den lokale medfinansiering er 25 %",
        "Kommunen Penge 1.500.000 kr.",
        "Boligorganisationen Penge 1.500.000 kr.",
        "udgave 1",
        "almenboliglovens § 134",
        "Tilskuddet udbetales efter anmodning",
        "Spørgsmål Skriv til",
        "Direktion",
        "Afgjort 22. november 2026",
    ):
        assert part in text
    assert agreement.content_hash in text.replace(" ", "")


def test_a_commitment_without_rent_says_nothing_of_rent(case_cast: CaseCast) -> None:
    text = words(letter(cases.make_committed(case_cast), DocumentKind.COMMITMENT_LETTER))
    assert "§ 134" not in text
    assert "Huslejestøtte" not in text
    assert "Landsbyggefonden giver tilsagn om 9.000.000 kr." in text


def test_every_condition_names_where_it_comes_from() -> None:
    assert all(condition.text.endswith(".") and condition.source for condition in documents.CONDITIONS)


def test_the_refusal_holds_all_that_a_refusal_must_say(case_cast: CaseCast, settings: Settings) -> None:
    text = words(letter(make_refused(case_cast, reply="Området har brug for indsatsen."), DocumentKind.REFUSAL_LETTER))
    for part in (
        "Afgørelse",
        "besluttet at give afslag",
        "Boligsocial indsats 9.000.000 kr.",
        "almenboligloven § 91 a og Regulativ af 11. december 2019",
        "Der er ikke væsentlige problemer. Rammen prioriteres.",
        "Portalen har ingen liste fra 12. december 2026",
        "lokale medfinansiering udgør 25 %",
        "om området er omfattet af § 61 a",
        "i høring hos jer den 22. november 2026 med frist den 6. december 2026",
        "Området står ikke på listen.",
        "I svarede den 22. november 2026",
        "Området har brug for indsatsen.",
        settings.APPEAL_TEXT,
        "Direktion",
    ):
        assert part in text
    assert "Bindende" not in text


def test_a_refusal_says_when_nobody_answered_the_hearing(case_cast: CaseCast) -> None:
    text = words(letter(make_refused(case_cast), DocumentKind.REFUSAL_LETTER))
    assert "I svarede ikke inden fristen." in text
    assert "I svarede den" not in text


def test_the_prequalification_letter_is_guiding_and_gives_reasons(case_cast: CaseCast) -> None:
    text = words(letter(cases.make_prequalified(case_cast), DocumentKind.PREQUALIFICATION_LETTER))
    assert "Vejledende" in text
    assert "Prækvalifikationen er ikke et tilsagn." in text
    assert "Området har væsentlige sociale problemer." in text


def test_the_receipt_is_guiding_and_says_what_was_applied_for(case_cast: CaseCast) -> None:
    text = words(letter(cases.make_submitted(case_cast), DocumentKind.RECEIPT))
    assert "Vejledende" in text
    assert "Kvitteringen er ikke et tilsagn." in text
    assert "9.000.000 kr." in text
    assert "12 Bakken 12" in text


def test_a_letter_of_a_demo_case_says_so(case_cast: CaseCast, settings: Settings) -> None:
    settings.IS_DEMO = True
    assert "DEMO" in words(letter(cases.make_submitted(case_cast), DocumentKind.RECEIPT))


def test_what_people_write_is_text_and_never_markup(case_cast: CaseCast) -> None:
    case = cases.make_submitted(case_cast, title="<img src='http://example.org/x.png'> & sammen")
    assert "<img src='http://example.org/x.png'> & sammen" in words(letter(case, DocumentKind.RECEIPT))


# How it is stored


def test_the_stored_letter_has_the_hash_of_its_file(case_cast: CaseCast, stored_in: Path) -> None:
    case = cases.make_submitted(case_cast)
    document = letter(case, DocumentKind.RECEIPT)
    assert document.sha256 == hashlib.sha256(content(document)).hexdigest()
    assert document.file.name == f"letters/{document.made_at:%Y/%m}/{case.case_number}-receipt-{document.event_id}.pdf"
    assert (stored_in / document.file.name).is_file()


def test_every_decision_and_the_submission_call_for_one_kind_of_letter() -> None:
    assert {
        states.SUBMIT.event: DocumentKind.RECEIPT,
        states.PREQUALIFY.event: DocumentKind.PREQUALIFICATION_LETTER,
        states.REFUSE.event: DocumentKind.REFUSAL_LETTER,
        states.COMMIT.event: DocumentKind.COMMITMENT_LETTER,
        TRANSFERRED: DocumentKind.TRANSFER_LETTER,
        TRANSFER_TAKEN_BACK: DocumentKind.TRANSFER_BACK_LETTER,
    } == documents.LETTER_OF_EVENT
    assert set(documents.LETTERS) == set(DocumentKind)


# What kind of file it is


@pytest.fixture
def commitment_file(case_cast: CaseCast) -> io.BytesIO:
    return io.BytesIO(content(letter(cases.make_committed(case_cast), DocumentKind.COMMITMENT_LETTER)))


def test_a_letter_is_tagged_danish_and_titled(commitment_file: io.BytesIO) -> None:
    with pikepdf.open(commitment_file) as file:
        root: Any = file.Root
        assert root.MarkInfo.Marked
        assert root.Lang == "da"
        assert root.ViewerPreferences.DisplayDocTitle
        assert all(page.Tabs == "/S" for page in file.pages)
        kinds = _kinds_of_tags(root.StructTreeRoot)
    assert {"/Document", "/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD", "/L", "/LI"} <= kinds


def _kinds_of_tags(element: Any) -> set[str]:
    """The kinds of all tags below the element."""
    if isinstance(element, pikepdf.Array):
        return set[str]().union(*(_kinds_of_tags(child) for child in element))
    if not isinstance(element, pikepdf.Dictionary):
        return set()
    own = {str(element.S)} if "/S" in element else set()
    return own | (_kinds_of_tags(element.K) if "/K" in element else set())


def test_a_letter_names_both_standards_in_one_block_of_metadata(commitment_file: io.BytesIO, case_cast: CaseCast) -> None:
    with pikepdf.open(commitment_file) as file:
        root: Any = file.Root
        raw = bytes(root.Metadata.read_bytes()).decode()
        metadata = file.open_metadata()
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"
        assert str(metadata["dc:title"]).startswith("Tilsagnsbrev, sag ")
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
    assert raw.count("<rdf:RDF") == 1
    assert "http://www.aiim.org/pdfa/ns/extension/" in raw
    assert ">http://www.aiim.org/pdfua/ns/id/<" in raw


def test_all_fonts_of_a_letter_are_plex_and_embedded(commitment_file: io.BytesIO) -> None:
    with pikepdf.open(commitment_file) as file:
        fonts = [font for page in file.pages for font in page.Resources.Font.values()]
        descendants = [font.DescendantFonts[0] for font in fonts]
        assert descendants
        for font in descendants:
            assert "IBM-Plex-Sans" in str(font.BaseFont)
            assert "/FontFile2" in font.FontDescriptor or "/FontFile3" in font.FontDescriptor


# What it is made from


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails the test."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"a connection was opened: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/picture.png",
        "https://example.org/picture.png",
        "//example.org/picture.png",
        "ftp://example.org/picture.png",
        "file:///etc/passwd",
        "../../pyproject.toml",
        "file://example.org/picture.png",
    ],
)
def test_a_template_that_asks_for_anything_but_the_portals_own_files_makes_no_letter(
    address: str, tmp_path: Path, settings: Settings, no_connection: None
) -> None:
    (tmp_path / "strange.html").write_text(f'<!DOCTYPE html><html lang="da"><title>x</title><img alt="x" src="{address}">')
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    with pytest.raises(FatalURLFetchingError):
        pdf.render("strange.html", {})


def test_a_missing_font_makes_no_letter(tmp_path: Path, settings: Settings, no_connection: None) -> None:
    settings.LETTER_ASSETS = tmp_path
    with pytest.raises(FatalURLFetchingError):
        pdf.render("pdf/letter.html", {"case_number": "100001"})


def test_letters_are_made_without_a_word_of_warning(case_cast: CaseCast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        letter(cases.make_submitted(case_cast), DocumentKind.RECEIPT)
    assert caplog.records == []
