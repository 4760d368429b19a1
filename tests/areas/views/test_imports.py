"""The pages of imports: bring a file, see what it would do, confirm, take back; and what is refused on the way."""

from __future__ import annotations

import csv as reading
import datetime
import io
import tracemalloc
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actors import SYSTEM, Actor
from areas.models import AreaListing, ImportBatch, ImportProgress, ImportRow
from areas.states import State
from areas.transitions import imports
from areas.transitions.importing.progress import Progress
from areas.views.import_lines import Line
from tests.areas.imports.made import DEPARTMENT, FIGURES, LISTING, csv, xlsx
from tests.factories.areas import MunicipalityFactory

AT = datetime.datetime(2026, 12, 1, 9, tzinfo=datetime.UTC)
GELLERUP = {**LISTING, "area_id": "gellerup", "area_name": "Gellerup"}
BAD = {**LISTING, "area_id": "andet", "municipality_code": "9999", "note": "=1+1"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client, case_officer: Actor) -> Client:
    """A browser of the fund's case officer."""
    assert case_officer.user is not None
    MunicipalityFactory.create(aarhus=True)
    client.force_login(case_officer.user)
    return client


def previewed(*rows: Any, name: str = "liste.csv") -> ImportBatch:
    batch = imports.upload(name, csv(*rows), by=SYSTEM, at=AT)
    imports.preview(batch, at=AT)
    return batch


def imported(*rows: Any) -> ImportBatch:
    batch = previewed(*rows)
    imports.confirm(batch, by=SYSTEM, at=AT)
    imports.carry_out(batch, at=AT)
    return batch


def send(client: Client, content: bytes, name: str = "liste.csv") -> Any:
    return client.post(reverse("areas:import_upload"), {"file": SimpleUploadedFile(name, content)})


def page(client: Client, batch: ImportBatch, query: str = "") -> str:
    return client.get(batch.get_absolute_url() + query).content.decode()


# Upload


def test_a_file_is_brought_previewed_confirmed_and_imported(
    officer: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(officer, csv(LISTING, BAD))
    batch = ImportBatch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    assert batch.state == State.PREVIEWED
    assert "Godkend og indlæs" in page(officer, batch)

    with django_capture_on_commit_callbacks(execute=True):
        officer.post(reverse("areas:import_confirm", args=[batch.pk]))

    batch.refresh_from_db()
    assert batch.state == State.IMPORTED
    assert AreaListing.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Filen er tom. Vælg en fil med rækker."),
        (b"kaere,ven\n1,2\n", "Filen liste.csv har ukendte overskrifter."),
        (csv(LISTING).decode().encode("utf-16"), "Filen liste.csv er ikke i tegnsættet UTF-8."),
        (b"PK\x03\x04", "Filen liste.csv er beskadiget eller skåret over."),
    ],
)
def test_a_file_that_cannot_be_used_is_told_beside_the_field(officer: Client, content: bytes, sentence: str) -> None:
    answer = send(officer, content)

    assert answer.status_code == 200
    assert sentence in str(answer.context["form"].errors["file"])
    assert not ImportBatch.objects.exists()


def test_no_file_is_told(officer: Client) -> None:
    answer = officer.post(reverse("areas:import_upload"), {})

    assert "Vælg en fil: Fil" in str(answer.context["form"].errors["file"])


def test_a_file_cut_off_below_its_headings_says_so_on_its_page(
    officer: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    content = csv(LISTING, GELLERUP)
    with django_capture_on_commit_callbacks(execute=True):
        send(officer, content[: content.rindex(b"gellerup")])

    shown = page(officer, ImportBatch.objects.get())
    assert "Filen liste.csv er ikke hel: række 3 har 3 felter, men overskriften har 15." in shown
    assert "Godkend og indlæs" not in shown


class Endless(io.RawIOBase):
    """The body of an upload of many megabytes, made while it is read."""

    def __init__(self, head: bytes, megabytes: int, tail: bytes) -> None:
        self._parts = [head, *[bytes(1024 * 1024)] * megabytes, tail]  # the same megabyte, many times
        self._part, self._at = 0, 0
        self.size = sum(map(len, self._parts))

    def read(self, size: int = -1) -> bytes:
        if self._part == len(self._parts):
            return b""
        found = self._parts[self._part][self._at : self._at + size]
        self._at += len(found)
        if self._at == len(self._parts[self._part]):
            self._part, self._at = self._part + 1, 0
        return found


@pytest.mark.parametrize("announces", ["its size", "nothing"])
def test_250_megabytes_are_never_held(officer: Client, announces: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head = b'--grense\r\nContent-Disposition: form-data; name="file"; filename="stor.csv"\r\n\r\n'
    body = Endless(head, 250, b"\r\n--grense--\r\n")
    if announces == "nothing":
        monkeypatch.setattr("areas.views.uploads.LimitedUpload.handle_raw_input", lambda *_arguments: None)
    environ: dict[str, Any] = {
        "wsgi.input": body,
        "CONTENT_LENGTH": str(body.size),
        "CONTENT_TYPE": "multipart/form-data; boundary=grense",
    }
    tracemalloc.start()
    try:
        answer = officer.generic("POST", reverse("areas:import_upload"), **environ)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert "Filen er større end 20 MB" in str(answer.context["form"].errors["file"])
    assert not ImportBatch.objects.exists()
    assert peak < 30 * 1024 * 1024


def test_an_upload_without_its_token_is_refused(case_officer: Actor) -> None:
    client = Client(enforce_csrf_checks=True)
    assert case_officer.user is not None
    client.force_login(case_officer.user)

    assert send(client, csv(LISTING)).status_code == 403
    assert not ImportBatch.objects.exists()


# Preview


def test_the_preview_shows_what_changes_in_which_field_and_why_a_row_is_refused(officer: Client) -> None:
    imported(LISTING)
    batch = previewed({**LISTING, "is_omdannelsesomraade": "false"}, GELLERUP, BAD)

    shown = page(officer, batch)

    assert "Kommunekode 9999 er ukendt." in shown
    assert "Omdannelsesområde: " in shown
    assert "<del>" in shown
    assert "De øvrige" not in shown
    assert [line.row.number for line in officer.get(batch.get_absolute_url()).context["lines"]] == [2, 3, 4]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?outcome=CREATED", [3]),
        ("?outcome=CHANGED", [2]),
        ("?outcome=UNCHANGED", []),
        ("?outcome=REFUSED", [4]),
        ("?sort=-number", [4, 3, 2]),
        ("?outcome=REFUSED&sort=subject", [4]),
    ],
)
def test_the_preview_is_filtered_and_sorted(officer: Client, query: str, numbers: list[int]) -> None:
    imported(LISTING)
    batch = previewed({**LISTING, "is_omdannelsesomraade": "false"}, GELLERUP, BAD)

    answer = officer.get(batch.get_absolute_url() + query)

    assert [line.row.number for line in answer.context["lines"]] == numbers


def test_what_the_law_makes_of_figures_stands_beside_what_was_published(officer: Client) -> None:
    batch = previewed({**FIGURES, "category_published": "udsat"}, {**FIGURES, "area_id": "gellerup"})

    shown = page(officer, batch, "?outcome=DISAGREEING")

    assert "Den offentliggjorte status gælder" in shown
    assert "Beregnet: Parallelsamfund" in " ".join(shown.split())
    assert "Uenige" in shown
    assert len(officer.get(batch.get_absolute_url() + "?outcome=DISAGREEING").context["lines"]) == 1


def test_every_kind_of_value_is_shown_in_words(officer: Client, housing: Any) -> None:
    batch = previewed(DEPARTMENT)

    shown = page(officer, batch)

    for words in (
        "Areal i m²: 9.800,5",
        "Opgjort den: 1. januar 2026",
        "Ejer: Afdeling i en boligorganisation",
        "Beboere: 1.250",
    ):
        assert words in shown


def test_a_page_of_the_preview_takes_as_many_queries_for_two_hundred_rows(
    officer: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    few = previewed(*({**LISTING, "area_id": f"faa-{n}"} for n in range(2)))
    many = previewed(*({**LISTING, "area_id": f"mange-{n}"} for n in range(200)))
    with django_assert_max_num_queries(20) as asked:
        page(officer, few)

    with django_assert_num_queries(len(asked)):
        assert "Side 1 af 4" in page(officer, many)
    assert officer.get(many.get_absolute_url() + "?page=5").status_code == 404


def test_the_preview_is_exported(officer: Client) -> None:
    imported(LISTING)
    batch = previewed({**LISTING, "is_omdannelsesomraade": "false"}, BAD)

    rows = exported(officer, batch.get_absolute_url() + "?_export=csv")

    assert [row["Udfald"] for row in rows] == ["Ændret", "Afvist"]
    assert rows[0]["Hvad rækken ændrer"] == "Omdannelsesområde: Ja → Nej"
    assert officer.get(batch.get_absolute_url() + "?_export=xlsx").status_code == 200


def exported(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streaming answer
    return list(reading.DictReader(io.StringIO(text), delimiter=";"))


def test_refused_rows_come_back_with_a_reason_and_can_be_put_right(officer: Client) -> None:
    batch = previewed(LISTING, {**BAD, "note": ""})

    (row,) = exported(officer, reverse("areas:import_refused", args=[batch.pk]))
    assert row.pop("Hvorfor rækken blev afvist") == "Kommunekode 9999 er ukendt."
    corrected = {**row, "municipality_code": "0751", "Hvorfor rækken blev afvist": "rettet"}

    again = previewed(corrected)
    assert (again.created, again.refused) == (1, 0)


def test_refused_rows_come_as_a_workbook_too(officer: Client) -> None:
    batch = previewed(LISTING, BAD)

    answer = officer.get(reverse("areas:import_refused", args=[batch.pk]) + "?_export=xlsx")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]  # as above
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][-1] == "Hvorfor rækken blev afvist"
    assert [cell.data_type for cell in book.worksheets[0][2]].count("f") == 0
    assert rows[1][2] == "andet"


def test_the_file_comes_back_as_it_came(officer: Client) -> None:
    batch = previewed(LISTING, name="Ø liste.csv")

    answer = officer.get(reverse("areas:import_file", args=[batch.pk]))

    assert b"".join(answer.streaming_content) == csv(LISTING)  # type: ignore[attr-defined]  # a streaming answer
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"


# Progress


def test_a_batch_in_work_says_how_far_it_is_and_looks_again(officer: Client) -> None:
    batch = imports.upload("liste.csv", csv(LISTING), by=SYSTEM, at=AT)
    assert "Venter på at komme til" in page(officer, batch)
    ImportProgress.objects.filter(batch=batch).update(step=imports.COMPARING, done=4000, total=10_000)

    shown = page(officer, batch)

    assert "Sammenligner med registrene: 4.000 af 10.000 rækker" in shown
    assert 'hx-trigger="every 1s"' in shown
    assert "Opdater" in shown
    imports.preview(batch, at=AT)
    assert "hx-trigger" not in page(officer, batch)


def test_progress_of_a_row_nobody_else_can_see_yet_harms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    MunicipalityFactory.create(aarhus=True)
    monkeypatch.setattr("areas.transitions.importing.progress.NANOSECONDS_BETWEEN", 0)
    batch = imports.upload("liste.csv", csv(LISTING), by=SYSTEM, at=AT)

    with Progress(batch) as progress:
        progress.begin("Læser filen", 1)
        progress(1)
    imports.preview(batch, at=AT)

    assert batch.state == State.PREVIEWED


# Confirm, discard, take back


def test_the_second_of_two_clicks_hears_that_it_is_done(officer: Client) -> None:
    batch = previewed(LISTING)
    address = reverse("areas:import_confirm", args=[batch.pk])
    officer.post(address)

    answer = officer.post(address, follow=True)

    assert "Indlæsningen er allerede kommet videre" in answer.content.decode()


def test_a_renewed_preview_says_why_nothing_was_imported(officer: Client) -> None:
    batch = previewed(LISTING, GELLERUP)
    imports.confirm(batch, by=SYSTEM, at=AT)
    imported(GELLERUP)
    imports.carry_out(batch, at=AT)

    assert "Registrene er ændret, siden du godkendte" in page(officer, batch)


def test_a_file_is_discarded(officer: Client) -> None:
    batch = previewed(LISTING)

    answer = officer.post(reverse("areas:import_discard", args=[batch.pk]), follow=True)

    assert "Filen er kasseret. Den har ikke ændret noget." in answer.content.decode()
    batch.refresh_from_db()
    assert batch.state == State.DISCARDED
    assert (
        "allerede kommet videre" in officer.post(reverse("areas:import_discard", args=[batch.pk]), follow=True).content.decode()
    )


def test_a_file_that_changes_nothing_is_not_offered(officer: Client) -> None:
    imported(LISTING)
    batch = previewed(LISTING)

    assert "Filen ændrer intet, så der er intet at indlæse." in page(officer, batch)


def test_an_import_is_taken_back_with_a_reason(officer: Client) -> None:
    batch = imported(LISTING)
    address = reverse("areas:import_take_back", args=[batch.pk])
    assert officer.get(address).status_code == 200
    assert "Udfyld feltet" in officer.post(address, {"reason": ""}).content.decode()

    answer = officer.post(address, {"reason": "Forkert liste"}, follow=True)

    shown = answer.content.decode()
    assert "Registrene er, som de var før." in shown
    assert "Forkert liste" in shown
    assert not AreaListing.objects.exists()
    assert "kan tages tilbage" in officer.get(address, follow=True).content.decode()


def test_what_was_built_on_an_import_is_named_and_the_reason_stays(officer: Client) -> None:
    batch = imported(LISTING)
    later = imported({**LISTING, "note": "rettet"})

    answer = officer.post(reverse("areas:import_take_back", args=[batch.pk]), {"reason": "Forkert liste"})

    shown = answer.content.decode()
    assert f"område på liste Bispehaven, 2023 (indlæsning {later.pk})" in shown
    assert "Forkert liste" in shown
    assert AreaListing.objects.exists()


# The list


def test_an_empty_list_says_what_would_stand_there(officer: Client) -> None:
    shown = officer.get(reverse("areas:imports")).content.decode()

    assert "Her står de filer, der er læst ind i registrene" in shown
    assert "Ingen indlæsninger passer" in officer.get(reverse("areas:imports") + "?kind=DEPARTMENTS").content.decode()


def test_the_list_is_filtered_sorted_and_exported(officer: Client) -> None:
    lists, figures = imported(LISTING), previewed({**FIGURES, "area_id": "gellerup"}, name="tal.csv")
    address = reverse("areas:imports")

    def shown(query: str) -> list[ImportBatch]:
        return list(officer.get(address + query).context["page_obj"])

    assert shown("") == [figures, lists]
    assert shown("?sort=file") == [lists, figures]
    assert shown("?kind=KEY_FIGURES") == shown("?state=PREVIEWED") == [figures]
    assert [row["Status"] for row in exported(officer, address + "?_export=csv")] == ["Klar til godkendelse", "Indlæst"]
    assert exported(officer, address + "?_export=csv")[0]["Lagt ind"] == "2026-12-01 10:00"  # as the clock in Copenhagen says
    assert officer.get(address + "?page=2").status_code == 404


def test_the_list_takes_as_many_queries_for_fifty_as_for_two(
    officer: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    for _batch in range(2):
        imports.upload("liste.csv", csv(LISTING), by=SYSTEM, at=AT)
    with django_assert_max_num_queries(12) as asked:
        officer.get(reverse("areas:imports"))
    for _batch in range(48):
        imports.upload("liste.csv", csv(LISTING), by=SYSTEM, at=AT)

    with django_assert_num_queries(len(asked)):
        officer.get(reverse("areas:imports"))


def test_a_workbook_is_brought_like_any_other_file(
    officer: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(officer, xlsx({**LISTING, "municipality_name": "=A1"}, GELLERUP), "liste.xlsx")

    assert "Celle E2 er en formel." in page(officer, ImportBatch.objects.get())


def test_a_status_that_the_source_does_not_know_is_no_name() -> None:
    assert Line(ImportRow(published="unknown")).published == ""
    assert Line(ImportRow(published="omdannelsesområde")).published == "Omdannelsesområde"
