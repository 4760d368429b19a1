"""What a file is told to be and what is found in it, from its content alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageFile

from applications.files import apart, cpr, judging, pdf
from applications.files.findings import KNOWN, Finding, Weight, stopping, to_confirm
from applications.files.kinds import FORMATS, Kind, recognised
from applications.files.names import LONGEST, fitting, plain
from applications.files.searching import MOST_CHARACTERS, Search
from tests.applications.files import made


def judge(content: bytes) -> judging.Judged:
    """Judge some bytes, here and not apart."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return judging.judge(Path(file.name))


def codes(judged: judging.Judged) -> list[str]:
    return [finding.code for finding in judged.findings]


GOOD = {
    "pdf": (made.pdf("Unge uden job"), Kind.PDF, 1),
    "pdf of three pages": (made.pdf("a", "b", "c"), Kind.PDF, 3),
    "docx": (made.docx("Unge uden job"), Kind.DOCX, None),
    "xlsx": (made.xlsx([["Afdeling", 12], ["Bakken", 13]]), Kind.XLSX, None),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_told_by_its_content_and_nothing_is_found(name: str) -> None:
    content, kind, pages = GOOD[name]

    assert judge(content) == judging.Judged(kind, pages, ())


@pytest.mark.parametrize(("format_", "kind"), [("PNG", Kind.PNG), ("JPEG", Kind.JPEG)])
def test_a_picture_is_one_page_that_cannot_be_searched(format_: str, kind: Kind) -> None:
    assert judge(made.image(format_)) == judging.Judged(kind, 1, (Finding("not_searchable"),))


BAD = {
    "empty": (b"", "empty"),
    "a program": (b"MZ\x90\x00" + b"\0" * 200, "unknown_kind"),
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", "unknown_kind"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "unknown_kind"),
    "a plain zip": (made.zipped({"a.txt": "a"}), "unknown_kind"),
    "a program in a zip": (
        made.zipped({"[Content_Types].xml": made.content_types({".exe": "text/plain"}), "a.exe": b"MZ"}),
        "unknown_kind",
    ),
    "a presentation": (made.docx(main=made.OFFICE + "presentationml.presentation.main+xml"), "unknown_kind"),
    "word of 1997": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_office"),
    "a page called a pdf": (b"%PDF-1.4\n<html><script>alert(1)</script></html>", "broken"),
    "half a pdf": (made.pdf("hej")[:300], "broken"),
    "a locked pdf": (made.encrypted_pdf(), "encrypted"),
    "a pdf with a password": (made.pdf("x", encryption=pikepdf.Encryption(owner="a", user="b")), "encrypted"),
    "a pdf that runs a script": (made.script_pdf(), "active_content"),
    "a pdf behind which a zip stands": (made.zip_behind_a_pdf(), "two_in_one"),
    "a pdf in a picture": (made.pdf_in_a_picture(), "two_in_one"),
    "a zip behind a picture": (made.image() + made.zipped({"a.html": "x"}), "two_in_one"),
    "half a picture": (made.image("PNG", (400, 400))[:200], "broken"),
    "half a photo": (made.image("JPEG", (400, 400))[:300], "broken"),
    "half a word file": (made.docx("hej")[:-40], "broken"),
    "a word file with broken packing": (made.broken_packing(made.docx("hej " * 400)), "broken"),
    "macros under a plain name": (made.docm_as_docx(), "macros"),
    "macros by their type": (made.docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    "macros of excel 4": (made.docx("x", more={"xl/macrosheets/sheet1.xml": "<a/>"}), "macros"),
    "a field that starts a program": (made.dde_docx(), "active_content"),
    "a template from the network": (made.pointing_docx(attachedTemplate="https://example.org/t.dotm"), "active_content"),
    "an object that runs": (made.docx("x", more={"word/activeX/activeX1.bin": b"x"}), "active_content"),
    "an object under another name": (
        made.docx("x", more={"word/media/o.dat": b"x"}, types={"/word/media/o.dat": made.OFFICE + "oleObject"}),
        "active_content",
    ),
    "an object by its suffix": (
        made.docx("x", more={"word/media/o.dat": b"x"}, types={".dat": made.OFFICE + "oleObject"}),
        "active_content",
    ),
    "an object that is pointed at": (made.pointing_docx(oleObject="media/o.dat"), "active_content"),
    "a control under another name": (
        made.docx("x", more={"word/ctl/o.xml": "<a/>"}, types={"/word/ctl/o.xml": "application/vnd.ms-office.activeX+xml"}),
        "active_content",
    ),
    "a control that is pointed at": (made.pointing_docx(control="ctl/o.xml"), "active_content"),
    "macros that are pointed at": (made.pointing_docx(vbaProject="media/o.dat"), "macros"),
    "another main part that starts a program": (
        made.docx("x", body=made.field("DDEAUTO cmd"), name="word/document2.xml"),
        "active_content",
    ),
    "a picture from elsewhere": (made.pointing_docx(image="file://evil/share/a.png"), "active_content"),
    "a page that is merged in": (made.pointing_docx(aFChunk="chunk.mht"), "active_content"),
    "a field that fetches a picture": (made.docx("x", body=made.field(' INCLUDEPICTURE "http://evil"')), "active_content"),
    "a field that fetches text": (
        made.docx("x", body='<w:p><w:fldSimple w:instr="includetext \\\\evil"/></w:p>'),
        "active_content",
    ),
    "a field behind very much text": (
        made.docx("x" * MOST_CHARACTERS, more={"word/footer9.xml": f"<w:ftr {made.WORD}>{made.field('DDE cmd')}</w:ftr>"}),
        "active_content",
    ),
    "no main part": (
        made.zipped({"[Content_Types].xml": made.content_types({"/a.xml": made.WORD_MAIN}), "a.xml": "<a/>"}),
        "unknown_kind",
    ),
    **{f"a pdf with {what}": (made.changed_pdf(change), "active_content") for what, change in made.ACTIVE.items()},
    "entities that grow": (made.entity_docx(), "broken"),
    "a bomb": (made.bomb_docx(), "too_much_packed"),
    "too many parts": (made.docx("x", more={f"word/p{number}": "" for number in range(5001)}), "too_much_packed"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_stopped_and_told_why(name: str) -> None:
    content, code = BAD[name]

    judged = judge(content)

    assert codes(judged) == [code]
    assert stopping(list(judged.findings))
    assert judged.kind is None


def test_a_zip_with_something_in_front_of_it_is_not_taken_for_word() -> None:
    shifted = made.zipped({"first": "x"}) + made.docx("hej")

    assert codes(judge(shifted)) == ["two_in_one"]


@pytest.mark.parametrize(
    "content",
    [
        made.pdf("Beboer 070761-4285 og 0707614285"),
        made.docx("Beboer 070761-4285 har bedt om hjælp"),
        made.docx("x", body="<w:p><w:r><w:t>07076</w:t></w:r><w:r><w:t>1-4285</w:t></w:r></w:p>"),
        made.docx("x", name="word/other.xml", body=f"<w:p><w:r><w:t>{made.CPR}</w:t></w:r></w:p>"),
        made.xlsx([["Navn", "CPR"], ["En beboer", made.CPR]]),
        made.xlsx([["Navn", "CPR"], ["En beboer", 2110625629]]),
    ],
    ids=["pdf", "docx", "docx in two runs", "docx under another name", "xlsx", "xlsx as a number"],
)
def test_what_looks_like_a_cpr_number_must_be_confirmed(content: bytes) -> None:
    judged = judge(content)

    assert [(finding.code, finding.params) for finding in judged.findings] == [("cpr", {"count": "1"})]
    assert to_confirm(list(judged.findings))
    assert not stopping(list(judged.findings))


def test_files_inside_a_file_must_be_confirmed() -> None:
    for content in (made.pdf_with_a_file_inside(), made.pdf_with_a_pinned_file(), made.pointing_docx(package="media/a.dat")):
        assert [(finding.code, finding.params) for finding in judge(content).findings] == [("files_inside", {"count": "1"})]


def test_a_link_that_somebody_must_click_is_no_harm() -> None:
    assert codes(judge(made.linking_pdf())) == []
    assert codes(judge(made.pointing_docx(hyperlink="https://example.org"))) == []


def test_a_pdf_of_more_objects_than_can_be_looked_at_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_OBJECTS", 3)

    assert codes(judge(made.pdf("a", "b"))) == ["too_hard"]


def test_actions_that_follow_each_other_in_a_ring_come_to_an_end() -> None:
    def tie(document: pikepdf.Pdf) -> None:
        ring = document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Named, N=pikepdf.Name.NextPage))
        ring.Next = ring
        document.Root.OpenAction = ring

    assert codes(judge(made.changed_pdf(tie))) == ["too_hard"]


def test_a_picture_of_too_many_points_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = _huge_picture()
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _picture: pytest.fail("it was decoded"))

    assert codes(judge(picture)) == ["too_many_pixels"]


def _huge_picture() -> bytes:
    """A PNG that says that it has ten thousand by ten thousand points; its data is not there."""
    small = made.image()
    header = (10_000).to_bytes(4, "big") * 2 + small[24:29]
    crc = zlib.crc32(b"IHDR" + header).to_bytes(4, "big")
    return small[:16] + header + crc + small[33:]


# CPR numbers


@pytest.mark.parametrize(
    "text", ["070761-4285", "0707614285", "070761 4285", "070761\u20114285", "CPR:070761-4285.", "(211062-5629)"]
)
def test_a_number_of_the_calendar_with_a_valid_check_is_found(text: str) -> None:
    assert cpr.count_in(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "070761-4286",  # the check is wrong
        "320761-4285",  # no such day
        "071361-4285",  # no such month
        "000000-0000",  # nobody
        "10707614285",  # a longer number
        "0707614285-1",
        "12.070761-4285",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert cpr.count_in(text) == 0


def test_the_29_of_february_is_a_day_in_leap_years_only() -> None:
    def valid(prefix: str) -> str:
        return next(
            number
            for rest in range(10_000)
            if sum(map(int.__mul__, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), map(int, number := f"{prefix}{rest:04}"))) % 11 == 0
            and number[6] in "0123"
        )

    assert cpr.count_in(valid("290264")) == 1
    assert cpr.count_in(valid("290263")) == 0


def test_a_search_stops_at_its_bound_and_says_so() -> None:
    search = Search()
    search.add("x" * MOST_CHARACTERS)
    search.add(made.CPR)

    assert [finding.code for finding in search.findings()] == ["searched_in_part"]


# Names


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Ærø på østfløjen.pdf", "Ærø på østfløjen.pdf"),
        ("a\u030ar.pdf", "år.pdf"),  # one form for å, whatever the machine wrote
        ("regnskab\u202efdp.exe", "regnskabfdp.exe"),  # a mark that turns the reading round
        ("C:\\Users\\en person\\bilag.pdf", "bilag.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\nb\x00c.pdf", "abc.pdf"),
        ('a"b<c>.pdf', "a-b-c-.pdf"),
        ("   .pdf", "pdf"),
        ("", "fil"),
        ("...", "fil"),
    ],
)
def test_a_name_is_made_safe_to_show(given: str, shown: str) -> None:
    assert plain(given) == shown


def test_a_long_name_keeps_its_suffix() -> None:
    name = plain("æ" * 300 + ".pdf")

    assert len(name) == LONGEST
    assert name.endswith("æ.pdf")


def test_a_name_says_what_the_content_is() -> None:
    assert fitting("faktura.exe", Kind.PDF) == "faktura.exe.pdf"
    assert fitting("billede.JPG", Kind.JPEG) == "billede.JPG"


# Sentences and kinds


def test_every_finding_has_a_sentence_and_those_that_stop_say_what_to_do() -> None:
    assert {known.weight for known in KNOWN.values()} == set(Weight)
    assert all(
        any(word in known.text for word in ("Gem", "Fjern", "Kontakt", "del den", "Læg", "læg"))
        for known in KNOWN.values()
        if known.weight is Weight.STOPS
    )


def test_every_kind_is_recognised_by_its_first_bytes() -> None:
    heads = (made.pdf("x"), made.docx("x"), made.image("PNG"), made.image("JPEG"))

    assert set[Kind]().union(*(recognised(head[:1024]) for head in heads)) == set(FORMATS)


# Apart


def test_a_file_is_judged_apart_as_it_is_here(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(made.pdf("Beboer 070761-4285", "to"))

    assert apart.judge(path) == judging.judge(path) == judging.Judged(Kind.PDF, 2, (Finding("cpr", {"count": "1"}),))


def test_a_process_that_breaks_or_hangs_refuses_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apart.judge(tmp_path / "nowhere") == judging.Judged(findings=(Finding("too_hard"),))
    path = tmp_path / "file"
    path.write_bytes(made.pdf("x"))
    monkeypatch.setattr(apart, "SECONDS", 0.01)

    assert apart.judge(path) == judging.Judged(findings=(Finding("too_hard"),))


def test_the_process_sees_no_secret_and_has_a_bound_on_its_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large but honest picture passes; a process that wants two gigabytes does not."""
    monkeypatch.setenv("LBF_SECRET_KEY", "hemmelig")
    seen: dict[str, str] = {}
    run = subprocess.run

    def look(*args: object, **kwargs: object) -> object:
        seen.update(kwargs["env"])  # type: ignore[call-overload]  # a dict
        return run(*args, **kwargs)  # type: ignore[call-overload]  # as it was

    monkeypatch.setattr(subprocess, "run", look)
    path = tmp_path / "file"
    path.write_bytes(made.image("JPEG", (6000, 4000)))

    assert apart.judge(path).kind == Kind.JPEG
    assert "LBF_SECRET_KEY" not in seen
    greedy = "from applications.files import __main__ as judge; judge.main('/dev/null'); bytearray(2 * 1024**3)"
    done = run([sys.executable, "-c", greedy], cwd=apart.ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert "MemoryError" in done.stderr
