"""`import_area_lists` and `import_registers`: the contract that scripts rely on."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actors import Actor
from areas.models import AreaListing, ImportBatch, ImportKind, ImportRow
from areas.reference_files import DATA, LIST_FILES
from areas.transitions.imports import take_back
from tests.areas.imports.made import LISTING, xlsx
from tests.areas.imports.test_area_lists import HEADER, line
from tests.factories.areas import MunicipalityFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str | Path) -> tuple[dict[str, Any], str]:
    """What the command prints as JSON, and the sentence it fails with, if any."""
    out = io.StringIO()
    try:
        call_command("import_area_lists", *map(str, arguments), "--json", stdout=out)
    except CommandError as error:
        return json.loads(out.getvalue()), str(error)
    return json.loads(out.getvalue()), ""


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "liste.csv"
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return path


def test_all_public_lists_go_in_at_once_and_again_without_change(reference: dict[str, int]) -> None:
    AreaListing.objects.all().delete()
    paths = [DATA / name for name in LIST_FILES]

    told, failure = run(*paths)
    assert told == {"rows": 178, "created": 175, "updated": 0, "unchanged": 3, "refused": []}
    assert failure == ""
    told, failure = run(*paths)
    assert told == {"rows": 178, "created": 0, "updated": 0, "unchanged": 178, "refused": []}


def test_refused_rows_are_told_and_the_exit_code_says_so(tmp_path: Path) -> None:
    MunicipalityFactory.create(aarhus=True)

    told, failure = run(a_file(tmp_path, line(), line(municipality_code="9999", area_id="et-andet")))

    assert told == {
        "rows": 2,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": [{"row": 3, "reason": "Kommunekode 9999 er ukendt."}],
    }
    assert failure == "1 rækker er afvist. De øvrige er indlæst."


def test_a_file_cut_off_in_the_middle_changes_nothing_not_even_from_the_files_beside_it(tmp_path: Path) -> None:
    MunicipalityFactory.create(aarhus=True)
    whole = a_file(tmp_path, line())
    cut = tmp_path / "skaaret.csv"
    cut.write_text(whole.read_text(encoding="utf-8") + "\n2023-12-01,2023,gell", encoding="utf-8")

    told, failure = run(whole, cut)

    assert told["rows"] == told["created"] == 0
    assert told["refused"] == [{"row": 1, "reason": failure}]
    assert failure == "Filen skaaret.csv er ikke hel: række 3 har 3 felter, men overskriften har 16."
    assert not AreaListing.objects.exists()


def test_several_files_name_the_file_of_each_refusal(tmp_path: Path) -> None:
    MunicipalityFactory.create(aarhus=True)
    path = a_file(tmp_path, line(municipality_code="9999"))

    told, _failure = run(path, path)

    assert {refusal["reason"] for refusal in told["refused"]} == {"liste.csv: Kommunekode 9999 er ukendt."}


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    MunicipalityFactory.create(aarhus=True)

    told, _failure = run(a_file(tmp_path, line()), "--dry-run")

    assert told["created"] == 1
    assert not AreaListing.objects.exists()


def test_without_json_people_read_sentences(tmp_path: Path) -> None:
    MunicipalityFactory.create(aarhus=True)
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("import_area_lists", str(a_file(tmp_path, line(), line())), stdout=out)

    assert out.getvalue() == ("Rækker: 2. Nye: 1. Ændrede: 0. Uændrede: 0.\nRække 3: Rækken gentager række 2.\n")


FIGURE_FILES = ("area_criteria_values.csv", "criteria_values_before_2018.csv")


def registers(*arguments: str | Path) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_registers", *map(str, arguments), "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_all_published_key_figures_go_in_and_none_contradicts_its_list(reference: dict[str, int]) -> None:
    paths = [DATA / name for name in FIGURE_FILES]

    told = registers(*paths)
    assert (told["rows"], told["created"], told["refused"]) == (36, 36, [])
    rows = ImportRow.objects.filter(batch__kind=ImportKind.KEY_FIGURES)
    assert rows.filter(agrees=True).count() >= 8  # shared/data says of eight rows that they can be decided
    assert not rows.filter(agrees=False).exists()
    assert registers(*paths)["unchanged"] == 36


def test_municipalities_and_organisations_of_the_public_data_are_held_already(reference: dict[str, int]) -> None:
    told = registers(DATA / "municipalities.csv", DATA / "housing_organisations.csv")

    assert told == {"rows": 190, "created": 0, "updated": 0, "unchanged": 190, "refused": []}
    assert not ImportBatch.objects.exclude(kind=ImportKind.AREA_LIST).exists()


def test_a_command_refuses_a_file_of_another_kind(tmp_path: Path) -> None:
    told, failure = run(DATA / "municipalities.csv")

    assert told["refused"] == [{"row": 1, "reason": failure}]
    assert failure == "Filen municipalities.csv er af arten kommuner. Denne kommando tager: liste over områder."


def test_a_workbook_goes_in_like_a_csv(tmp_path: Path) -> None:
    MunicipalityFactory.create(aarhus=True)
    path = tmp_path / "liste.xlsx"
    path.write_bytes(xlsx(LISTING, {**LISTING, "area_id": "gellerup", "municipality_name": "=A1"}))

    told, failure = run(path)

    assert (told["created"], [refusal["row"] for refusal in told["refused"]]) == (1, [3])
    assert failure == "1 rækker er afvist. De øvrige er indlæst."


def test_what_a_command_imported_is_a_batch_that_can_be_taken_back(tmp_path: Path, case_officer: Actor) -> None:
    MunicipalityFactory.create(aarhus=True)
    run(a_file(tmp_path, line()))
    batch = ImportBatch.objects.get()

    take_back(batch, by=case_officer, at=timezone.now(), reason="Forkert")

    assert not AreaListing.objects.exists()
