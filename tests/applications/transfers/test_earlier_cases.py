"""`import_prequalified FILE [--dry-run] [--json]`: earlier cases come in, all or none, once, and can then be moved."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actors import Actor
from applications.imports import prequalified
from applications.models import Application, ImportedCase
from applications.states import State
from applications.transitions.earlier_cases import import_prequalified
from lbf_portal.lib.refusals import NotAllowed
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[2] / "data" / "earlier_prequalified.csv"
TODAY = datetime.date(2026, 11, 22)
ROW = {
    "reference": "2018-1",
    "organisation_cvr": "12345678",
    "municipality_code": "0751",
    "area_id": "bakkeparken",
    "departments": "11",
    "title": "Tryg hverdag",
    "prequalified_on": "2018-09-03",
    "rule_set": "R2015",
    "effort_areas": "",
    "expected_amount": "",
    "submitted_on": "",
}


@pytest.fixture(autouse=True)
def registers(case_cast: CaseCast) -> CaseCast:
    """What the sample names: the organisation, the area, its departments; another department outside it."""
    case_cast.housing.cvr_number = "12345678"
    case_cast.housing.save()
    area = cases.make_area(case_cast)
    for number in ("11", "12"):
        cases.make_department(case_cast, number, area=area)
    cases.make_department(case_cast, "20")
    return case_cast


def run(path: Path, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_prequalified", str(path), "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def refused(path: Path) -> list[dict[str, Any]]:
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_prequalified", str(path), "--json", stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["refused"]
    return found


def a_file(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "sager.csv"
    lines = [list(ROW), *[list({**ROW, **row}.values()) for row in rows]]
    path.write_text("\n".join(";".join(line) for line in lines) + "\n", encoding="utf-8")
    return path


def test_the_sample_comes_in_as_cases_that_can_be_moved(case_cast: CaseCast) -> None:
    result = run(SAMPLE)

    assert (result["rows"], len(result["imported"]), result["already"], result["refused"]) == (3, 3, [], [])
    first = Application.objects.get(imported__reference="2018-0417")
    assert result["imported"][0] == {"reference": "2018-0417", "case": first.case_number}
    assert (first.state, first.rule_set, first.total_budget) == (State.PREQUALIFIED, "R2015", Decimal(12_000_000))
    assert timezone.localdate(first.submitted_at) == datetime.date(2018, 2, 14)
    assert timezone.localdate(first.state_since) == datetime.date(2018, 9, 3)
    assert first.imported.effort_areas == ["SAFETY_AND_WELL_BEING", "PARENTAL_RESPONSIBILITY"]
    assert [line.amount for line in first.funding_lines.all()] == [Decimal(9_000_000)]
    assert first.organisation == case_cast.housing
    assert first.events.get().data["reference"] == "2018-0417"

    out = io.StringIO()
    call_command("transfer_prequalified", "--json", stdout=out)
    assert json.loads(out.getvalue())["moved"] == sorted(row["case"] for row in result["imported"])
    first.refresh_from_db()
    assert first.rule_set == "R2019"
    assert first.transfers.get().after["areas_put_aside"] == ["SAFETY_AND_WELL_BEING", "PARENTAL_RESPONSIBILITY"]


def test_the_same_file_again_changes_nothing() -> None:
    first = run(SAMPLE)

    again = run(SAMPLE)

    assert (again["imported"], again["already"]) == ([], first["imported"])
    assert Application.objects.count() == 3


def test_a_dry_run_brings_nothing_in() -> None:
    result = run(SAMPLE, "--dry-run")

    assert [row["case"] for row in result["imported"]] == [None] * 3
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reference": ""}, "reference mangler."),
        ({"reference": "=1+1"}, "Navnet »=1+1« ligner en formel i et regneark."),
        ({"organisation_cvr": "87654321"}, "Boligorganisationen »87654321« er ukendt."),
        ({"organisation_cvr": "123"}, "organisation_cvr »123« skal have 8 cifre."),
        ({"municipality_code": "0101"}, "Boligområdet Bakkeparken ligger i kommune 0751, ikke i 0101."),
        ({"area_id": "ukendt"}, "Boligområdet »ukendt« er ukendt."),
        ({"departments": "11|99"}, "Boligforeningen Ågården har ingen afdeling 99."),
        ({"departments": ""}, "departments mangler."),
        ({"title": ""}, "title mangler."),
        ({"title": "x" * 151}, "title er længere end 150 tegn."),
        ({"prequalified_on": "i går"}, "prequalified_on »i går« er ikke en dato. Skriv den som 2023-12-01."),
        (
            {"prequalified_on": "2015-03-18"},
            "prequalified_on 2015-03-18 ligger uden for den tid, hvor der kan prækvalificeres efter R2015.",
        ),
        (
            {"prequalified_on": "2026-11-23"},
            "prequalified_on 2026-11-23 ligger uden for den tid, hvor der kan prækvalificeres efter R2015.",
        ),
        (
            {"prequalified_on": "2020-01-01"},
            "prequalified_on 2020-01-01 ligger efter 2019-12-31, den sidste dag, hvor der kunne søges efter R2015.",
        ),
        (
            {"prequalified_on": "2015-03-19", "rule_set": "R2011"},
            "prequalified_on 2015-03-19 ligger efter 2015-03-18, den sidste dag, hvor der kunne søges efter R2011.",
        ),
        (
            {"prequalified_on": "2020-05-04", "submitted_on": "2020-01-01"},
            "submitted_on 2020-01-01 ligger efter 2019-12-31, den sidste dag, hvor der kunne søges efter R2015.",
        ),
        ({"rule_set": "R2019"}, "rule_set »R2019« er ikke et tidligere regelsæt. Skriv et af: R2011, R2015."),
        ({"effort_areas": "Sundhed"}, "Indsatsområdet »Sundhed« findes ikke efter Regulativ af 19. marts 2015."),
        ({"expected_amount": "0"}, "expected_amount er 0. Lad feltet stå tomt, når beløbet ikke kendes."),
        ({"expected_amount": "1,999"}, "expected_amount »1,999« har flere end 2 decimaler."),
    ],
)
def test_one_refused_row_and_none_comes_in(change: dict[str, str], why: str, tmp_path: Path) -> None:
    assert refused(a_file(tmp_path, {"reference": "god"}, change)) == [{"row": 3, "reason": why}]
    assert not Application.objects.exists()


def test_what_was_submitted_in_time_may_be_prequalified_later(tmp_path: Path) -> None:
    result = run(a_file(tmp_path, {"submitted_on": "2019-12-31", "prequalified_on": "2020-05-04"}))

    assert len(result["imported"]) == 1


def test_a_reference_stands_once_in_a_file(tmp_path: Path) -> None:
    assert refused(a_file(tmp_path, {}, {"title": "Den anden"})) == [
        {"row": 3, "reason": "Nummeret »2018-1« står også i række 2."}
    ]


def test_a_known_reference_that_says_something_else_is_refused(tmp_path: Path) -> None:
    run(a_file(tmp_path, {}))
    number = Application.objects.get().case_number

    assert refused(a_file(tmp_path, {"title": "Et andet navn"})) == [
        {"row": 2, "reason": f"Nummeret »2018-1« er lagt ind før med andre oplysninger, som sag {number}."}
    ]


def test_a_department_outside_the_area_is_connected_to_it(tmp_path: Path) -> None:
    run(a_file(tmp_path, {"departments": "11, 20"}))

    rows = Application.objects.get().application_departments.all()
    assert {row.department.number: row.is_connected for row in rows} == {"11": False, "20": True}


def test_an_organisation_without_a_known_number_is_found_by_its_name(case_cast: CaseCast, tmp_path: Path) -> None:
    path = tmp_path / "sager.csv"
    values = {**ROW, "organisation_cvr": "", "organisation_name": "boligforeningen ågården"}
    path.write_text(";".join(values) + "\n" + ";".join(values.values()) + "\n", encoding="utf-8")

    run(path)

    assert Application.objects.get().organisation == case_cast.housing


def test_a_file_without_its_columns_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "sager.csv"
    path.write_text("reference;title\n1;2\n", encoding="utf-8")

    [why] = refused(path)
    assert why["row"] == 1
    assert "mangler kolonnerne: organisation_cvr" in why["reason"]


def test_only_the_portals_own_command_brings_cases_in(director: Actor) -> None:
    file = prequalified.read_path(SAMPLE, on=TODAY)

    with pytest.raises(NotAllowed):
        import_prequalified(file, by=director, at=timezone.now())
    assert not ImportedCase.objects.exists()


def test_people_read_what_came_of_it() -> None:
    out = io.StringIO()
    call_command("import_prequalified", str(SAMPLE), stdout=out)

    assert out.getvalue().startswith("Rækker: 3. Nye sager: 3. Lagt ind før: 0. Afviste: 0.\n2018-0417: sag ")
