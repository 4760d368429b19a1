"""`transfer_prequalified [--dry-run] [--as-of 2020-01-01] [--json]`: the contract that scripts rely on."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from applications.models import Application, TransferBatch
from applications.rules.transfer import transition_to
from applications.transitions import transfers
from lbf_portal.workbench.bench_transfer_cases import checksums, fill, take_back_all
from tests.factories import applications as cases
from tests.factories import transfers as old
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_letters_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.tasks.queue_letter", lambda _event_pk: None)


def run(*options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("transfer_prequalified", "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_what_moved_what_had_moved_what_stays_and_why(case_cast: CaseCast) -> None:
    moving = old.make_old_plan(case_cast)
    staying = cases.make_submitted(case_cast, title="Ikke prækvalificeret", at=old.IN_2018)
    reason = "Sagen er ikke prækvalificeret. Overgangen gælder sager, der er prækvalificeret."
    cases.make_draft(case_cast, title="Kladde, ansøgerens egen sag", at=old.IN_2018)
    left = [{"case": staying.case_number, "reason": reason}]

    assert run() == {"moved": [moving.case_number], "already": [], "left": left, "failed": []}
    assert run() == {"moved": [], "already": [moving.case_number], "left": left, "failed": []}


def test_a_commitment_keeps_the_rules_it_was_given_under(case_cast: CaseCast) -> None:
    committed = old.make_old_committed(case_cast)

    [left] = run()["left"]

    assert left == {
        "case": committed.case_number,
        "reason": "Sagen har fået tilsagn og beholder de regler, tilsagnet er givet efter.",
    }
    assert Application.objects.get(pk=committed.pk).rule_set == "R2015"


def test_a_dry_run_changes_no_row_of_any_table(case_cast: CaseCast) -> None:
    application = old.make_old_plan(case_cast)
    before = checksums(all_tables=True)

    result = run("--dry-run")

    assert result["moved"] == [application.case_number]
    assert checksums(all_tables=True) == before
    assert len(before) > 60
    run()
    changed = {name for name, found in checksums(all_tables=True).items() if found != before[name]}
    assert {"applications_application", "applications_applicationevent", "applications_plangoal"} <= changed


def test_taken_back_the_tables_are_as_before() -> None:
    fill(60)
    before = checksums()

    assert len(run()["moved"]) == 60
    assert checksums() != before
    take_back_all()

    assert checksums() == before


def test_a_run_that_was_cut_off_is_gone_on_with(case_cast: CaseCast) -> None:
    numbers = sorted(old.make_old_prequalified(case_cast, title=f"Sag {number}").case_number for number in range(3))
    batch = transfers.begin(transition_to("R2019"), by=case_cast.director, at=timezone.now())
    transfers.work(batch, at=timezone.now(), most=1)

    result = run()

    assert sorted(result["moved"] + result["already"]) == numbers
    assert (len(result["moved"]), TransferBatch.objects.count()) == (2, 1)


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_a_day_before_the_regulation_is_refused_with_a_sentence(option: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"gælder fra 1\. januar 2020"):
        call_command("transfer_prequalified", "--as-of", "2019-12-31", *option)


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_a_day_to_come_is_refused_with_a_sentence(option: tuple[str, ...], case_cast: CaseCast) -> None:
    old.make_old_prequalified(case_cast)

    with pytest.raises(CommandError, match=r"^23\. november 2026 er ikke kommet endnu\."):
        call_command("transfer_prequalified", "--as-of", "2026-11-23", *option)
    assert not TransferBatch.objects.exists()


def test_people_read_the_same_in_words(case_cast: CaseCast) -> None:
    application = old.make_old_prequalified(case_cast)
    out = io.StringIO()
    call_command("transfer_prequalified", "--dry-run", stdout=out)

    assert out.getvalue().splitlines() == [
        "Prøve, intet er ændret. Regulativ af 11. december 2019, pr. 1. januar 2020.",
        "Flyttet: 1",
        f"  {application.case_number}",
        "Flyttet før: 0",
        "Bliver, hvor de er: 0",
        "Kunne ikke flyttes: 0",
    ]
