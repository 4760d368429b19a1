"""`import_area_lists`: the contract that scripts rely on."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from areas.models import AreaListing
from areas.reference_files import DATA, LIST_FILES
from tests.areas.test_list_files import HEADER, line
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

    assert out.getvalue() == (
        "Rækker: 2. Nye: 1. Ændrede: 0. Uændrede: 0.\nRække 3: Rækken gentager række 2: samme år og samme område.\n"
    )
