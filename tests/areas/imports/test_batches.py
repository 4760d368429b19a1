"""A file on its way: previewed, confirmed, imported, taken back; twice at once, cut off, or overtaken by the registers."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from areas import clock, states
from areas.models import (
    AreaEvent,
    AreaList,
    AreaListing,
    HousingArea,
    ImportBatch,
    ImportChange,
    ImportFile,
    ImportRow,
    Municipality,
)
from areas.states import State
from areas.transitions import import_files, imports
from areas.transitions.importing import changes as importing_changes
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken
from tests.areas.imports.made import FIGURES, LISTING, MUNICIPALITY, csv, read, xlsx
from tests.factories.areas import AreaMembershipFactory, MunicipalityFactory

AT = datetime.datetime(2026, 12, 1, 9, tzinfo=datetime.UTC)
GELLERUP = {**LISTING, "area_id": "gellerup", "area_name": "Gellerup"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def aarhus(db: None) -> Municipality:
    return MunicipalityFactory.create(aarhus=True)


def uploaded(*rows: Any, by: Actor = SYSTEM, **values: Any) -> ImportBatch:
    return imports.upload("liste.csv", csv(*({**row, **values} for row in rows)), by=by, at=AT)


def previewed(*rows: Any, **values: Any) -> ImportBatch:
    batch = uploaded(*rows, **values)
    imports.preview(batch, at=AT)
    return batch


def imported(*rows: Any, **values: Any) -> ImportBatch:
    batch = previewed(*rows, **values)
    imports.confirm(batch, by=SYSTEM, at=AT)
    imports.carry_out(batch, at=AT)
    assert batch.state == State.IMPORTED
    return batch


def events_of(batch: ImportBatch) -> list[str]:
    return list(batch.events.values_list("event", flat=True))


# Preview


def test_a_preview_says_what_each_row_would_do_and_changes_nothing(case_officer: Actor) -> None:
    imported(LISTING)

    batch = uploaded(
        {**LISTING, "is_omdannelsesomraade": "false"}, GELLERUP, {**GELLERUP, "municipality_code": "9999"}, by=case_officer
    )
    imports.preview(batch, at=AT)

    assert batch.state == State.PREVIEWED
    assert (batch.rows, batch.created, batch.changed, batch.unchanged, batch.refused) == (3, 1, 1, 0, 1)
    told = [(row.number, row.outcome, row.subject) for row in batch.lines.all()]
    assert told == [(2, "CHANGED", "Bispehaven 2023"), (3, "CREATED", "Gellerup 2023"), (4, "REFUSED", "Gellerup 2023")]
    refused = batch.lines.get(number=4)
    assert (refused.reason, refused.reason_params) == ("Rækken gentager række %(first)s.", {"first": "3"})
    assert dict(zip(batch.header, refused.cells, strict=True))["municipality_code"] == "9999"
    assert not HousingArea.objects.filter(key="gellerup").exists()
    assert AreaListing.objects.get().is_conversion_area is True
    assert events_of(batch) == ["import:uploaded", "import:previewed"]


def test_a_file_that_turns_out_to_be_cut_off_says_so_and_changes_nothing() -> None:
    content = csv(LISTING, GELLERUP)
    batch = imports.upload("liste.csv", content[: content.rindex(b"gellerup")], by=SYSTEM, at=AT)

    imports.preview(batch, at=AT)

    assert batch.state == State.UNREADABLE
    assert "er ikke hel: række 3" in batch.trouble % batch.trouble_params
    assert not ImportRow.objects.exists()
    with pytest.raises(IllegalMove):
        imports.confirm(batch, by=SYSTEM, at=AT)


def test_a_file_that_is_none_is_not_even_kept() -> None:
    with pytest.raises(RuleBroken, match="har ukendte overskrifter"):
        imports.upload("brev.csv", b"kaere,ven\n1,2\n", by=SYSTEM, at=AT)
    assert not ImportBatch.objects.exists()


def test_only_the_fund_uploads_confirms_discards_and_takes_back(applicant: Actor) -> None:
    with pytest.raises(NotAllowed):
        uploaded(LISTING, by=applicant)
    batch = previewed(LISTING)
    for act in (imports.confirm, imports.discard):
        with pytest.raises(NotAllowed):
            act(batch, by=applicant, at=AT)
    done = imported(GELLERUP)
    with pytest.raises(NotAllowed):
        imports.take_back(done, by=applicant, at=AT, reason="Forkert")


# Import


def test_a_confirmed_file_is_imported_as_the_preview_said(case_officer: Actor) -> None:
    batch = previewed(LISTING, GELLERUP)

    imports.confirm(batch, by=case_officer, at=AT)
    assert not AreaListing.objects.exists()
    imports.carry_out(batch, at=AT)

    assert batch.state == State.IMPORTED
    assert AreaListing.objects.count() == 2
    confirmed = batch.events.get(event="import:confirmed")
    assert (confirmed.user, confirmed.data["created"]) == (case_officer.user, 2)
    assert [change.table for change in batch.changes.all()] == [
        "areas.AreaList",
        *["areas.HousingArea"] * 2,
        *["areas.AreaListing"] * 2,
    ]


def test_a_file_that_changes_nothing_cannot_be_confirmed() -> None:
    imported(LISTING)
    batch = previewed(LISTING)

    with pytest.raises(RuleBroken, match="Filen ændrer intet"):
        imports.confirm(batch, by=SYSTEM, at=AT)
    imports.discard(batch, by=SYSTEM, at=AT)
    assert batch.state == State.DISCARDED


def test_when_the_registers_changed_in_between_the_new_preview_is_shown_instead() -> None:
    batch = previewed(LISTING, GELLERUP)
    imports.confirm(batch, by=SYSTEM, at=AT)
    imported(GELLERUP)

    imports.carry_out(batch, at=AT)

    assert (batch.state, batch.was_renewed) == (State.PREVIEWED, True)
    assert (batch.created, batch.unchanged) == (1, 1)
    assert AreaListing.objects.count() == 1
    imports.confirm(batch, by=SYSTEM, at=AT)
    imports.carry_out(batch, at=AT)
    assert batch.state == State.IMPORTED
    assert AreaListing.objects.count() == 2


def test_a_change_between_comparison_and_writing_is_noticed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    imported(LISTING)
    batch = previewed(LISTING, is_omdannelsesomraade="false", note="rettet")
    imports.confirm(batch, by=SYSTEM, at=AT)
    write = importing_changes.Changes.write

    def somebody_is_quicker(*arguments: Any) -> None:
        monkeypatch.undo()
        AreaListing.objects.update(note="rettet i hånden")
        write(*arguments)

    monkeypatch.setattr(importing_changes.Changes, "write", somebody_is_quicker)
    imports.carry_out(batch, at=AT)

    assert (batch.state, batch.was_renewed) == (State.PREVIEWED, True)
    # The simulated neighbour wrote in the import's own transaction, so it is undone with it.
    assert AreaListing.objects.get().is_conversion_area is True


def test_a_command_says_that_somebody_was_quicker(monkeypatch: pytest.MonkeyPatch) -> None:
    def quicker(*_arguments: Any) -> None:
        raise importing_changes.ChangedMeanwhile

    monkeypatch.setattr(importing_changes.Changes, "write", quicker)

    with pytest.raises(RuleBroken, match="Nogen ændrede registrene imens"):
        import_files([read(LISTING)], by=SYSTEM)
    assert not ImportBatch.objects.exists()


def test_an_import_that_is_cut_off_changes_nothing_and_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = previewed(LISTING, GELLERUP)
    imports.confirm(batch, by=SYSTEM, at=AT)

    def killed(*_arguments: Any, **_more: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(importing_changes, "copy_in", killed)
        with pytest.raises(SystemExit):
            clock.work_on_import(batch.pk)
    assert not AreaList.objects.exists()

    clock.work_on_import(batch.pk)

    batch.refresh_from_db()
    assert batch.state == State.IMPORTED


def test_a_workbook_goes_the_same_way() -> None:
    batch = imports.upload("liste.xlsx", xlsx({**LISTING, "list_year": 2023}), by=SYSTEM, at=AT)
    clock.work_on_import(batch.pk)
    batch.refresh_from_db()
    imports.confirm(batch, by=SYSTEM, at=AT)
    clock.work_on_import(batch.pk)

    assert AreaListing.objects.get().area.key == "bispehaven"


# The worker


def test_a_task_that_runs_late_or_twice_does_nothing_more() -> None:
    batch = imported(LISTING)
    events = AreaEvent.objects.count()

    clock.work_on_import(batch.pk)
    with pytest.raises(IllegalMove):
        imports.carry_out(batch, at=AT)
    with pytest.raises(IllegalMove):
        imports.preview(batch, at=AT)

    assert AreaEvent.objects.count() == events


def test_the_clock_finds_what_a_lost_broker_left() -> None:
    now = timezone.now()
    left = imports.upload("a.csv", csv(LISTING), by=SYSTEM, at=now - 2 * clock.PATIENCE)
    fresh = imports.upload("b.csv", csv(GELLERUP), by=SYSTEM, at=now)

    clock.work_on_waiting_imports()

    assert [ImportBatch.objects.get(pk=batch.pk).state for batch in (left, fresh)] == [State.PREVIEWED, State.WAITING]


# Taking back


def test_taking_back_puts_everything_as_it_was(case_officer: Actor) -> None:
    imported(LISTING)
    before = list(AreaListing.objects.values())
    batch = imported({**LISTING, "is_omdannelsesomraade": "false", "area_name": "Nye Bispehaven"}, GELLERUP)
    assert HousingArea.objects.count() == 2

    imports.take_back(batch, by=case_officer, at=AT, reason="Forkert liste")

    assert batch.state == State.TAKEN_BACK
    assert list(AreaListing.objects.values()) == before
    assert [(area.name, area.sort_key) for area in HousingArea.objects.all()] == [("Bispehaven", "bispehaven")]
    event = batch.events.get(event="import:taken_back")
    assert (event.user, event.reason) == (case_officer.user, "Forkert liste")
    assert import_files([batch_file(batch)], by=SYSTEM).created == 1


def batch_file(batch: ImportBatch) -> Any:
    """The batch's file, read again."""
    from areas import imports as reading

    return reading.read(batch.file_name, bytes(batch.file.content))


def test_figures_are_put_back_to_the_last_decimal() -> None:
    imported(FIGURES, non_western_pct="50.125", residents="", convicted_pct="diskretioneret")
    (before,) = HousingArea.objects.get().key_figures.values()
    batch = imported(FIGURES, non_western_pct="51", residents="2000", convicted_pct="2.5")

    imports.take_back(batch, by=SYSTEM, at=AT, reason="Forkert")

    assert list(HousingArea.objects.get().key_figures.values()) == [before]


def test_taking_back_a_municipality_removes_its_organisation_too() -> None:
    batch = imported(MUNICIPALITY, municipality_code="0101", municipality_name="København")

    imports.take_back(batch, by=SYSTEM, at=AT, reason="Forkert")

    assert not Municipality.objects.filter(code="0101").exists()


def test_taking_back_needs_a_reason() -> None:
    batch = imported(LISTING)

    with pytest.raises(RuleBroken, match="Skriv en begrundelse"):
        imports.take_back(batch, by=SYSTEM, at=AT, reason=" ")


def built_on_by_a_later_batch() -> str:
    later = imported(LISTING, note="rettet")
    return f"område på liste Bispehaven, 2023 (indlæsning {later.pk})"


def built_on_by_hand() -> str:
    AreaListing.objects.update(note="rettet i hånden")
    return "område på liste Bispehaven, 2023"


def built_on_by_a_department() -> str:
    membership = AreaMembershipFactory.create(area=HousingArea.objects.get(key="bispehaven"))
    return f"afdeling i område {membership}"


def built_on_by_another_list() -> str:
    imported(LISTING, list_year="2024", list_date="2024-12-01")
    return "område på liste Bispehaven, 2024"


@pytest.mark.parametrize(
    "build", [built_on_by_a_later_batch, built_on_by_hand, built_on_by_a_department, built_on_by_another_list]
)
def test_nothing_is_taken_back_when_something_is_built_on_it(build: Callable[[], str]) -> None:
    batch = imported(LISTING, GELLERUP)
    named = build()

    with pytest.raises(RuleBroken) as refused:
        imports.take_back(batch, by=SYSTEM, at=AT, reason="Forkert")

    assert named in str(refused.value)
    assert str(refused.value).endswith("Intet er ændret.")
    batch.refresh_from_db()
    assert batch.state == State.IMPORTED
    assert HousingArea.objects.filter(key="gellerup").exists()


def test_the_later_batch_goes_first_and_then_the_earlier_can() -> None:
    first, second = imported(LISTING), imported(LISTING, note="rettet")

    for batch in (second, first):
        imports.take_back(batch, by=SYSTEM, at=AT, reason="Forkert")

    assert not HousingArea.objects.exists()


def test_of_many_things_in_the_way_some_are_named() -> None:
    batch = imported(*({**LISTING, "area_id": f"omraade-{n}", "area_name": f"Området {n}"} for n in range(8)))
    AreaListing.objects.update(note="rettet i hånden")

    with pytest.raises(RuleBroken, match="og 3 til"):
        imports.take_back(batch, by=SYSTEM, at=AT, reason="Forkert")


# The database


def test_the_moves_of_the_migration_are_those_of_the_table() -> None:
    from importlib import import_module

    migration = import_module("areas.migrations.0002_imports")
    assert set(migration.PAIRS) == states.pairs()


def test_no_hand_moves_a_batch_where_no_move_leads() -> None:
    batch = imported(LISTING)

    with pytest.raises(IntegrityError, match="no move leads"), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.WAITING)


def test_no_state_without_its_event() -> None:
    batch = previewed(LISTING)
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.CONFIRMED)

    with pytest.raises(IntegrityError, match="has no event"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("model", [ImportFile, ImportChange])
def test_file_and_changes_are_written_once(model: Any) -> None:
    imported(LISTING)

    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kind": "ANDET"}, "import_batch_kind_is_known"),
        ({"sha256": "x"}, "import_batch_sha256_is_one"),
        ({"refused": 7}, "import_batch_every_row_counts_once"),
        ({"preview": ""}, "import_batch_is_previewed_before_it_is_imported"),
        ({"trouble": "x"}, "import_batch_unreadable_says_why"),
    ],
)
def test_what_must_never_be_false_is_refused_by_the_database(values: dict[str, Any], constraint: str) -> None:
    batch = imported(LISTING)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(**values)


# At once


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do these in threads of their own; the names of what they raised."""
    told: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            act()
        except (IllegalMove, RuleBroken) as refused:
            told.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return told


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_confirm_once_and_import_once() -> None:
    batch = previewed(LISTING, GELLERUP)

    def again() -> ImportBatch:
        return ImportBatch.objects.get(pk=batch.pk)

    told = at_once(*[lambda: imports.confirm(again(), by=SYSTEM, at=AT)] * 2)
    assert told == ["IllegalMove"]
    at_once(*[lambda: clock.work_on_import(batch.pk)] * 3)

    batch.refresh_from_db()
    assert (batch.state, batch.was_renewed) == (State.IMPORTED, False)
    assert events_of(batch).count("import:imported") == 1
    assert AreaListing.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_takers_back_at_once_take_back_once() -> None:
    batch = imported(LISTING, GELLERUP)

    told = at_once(*[lambda: imports.take_back(ImportBatch.objects.get(pk=batch.pk), by=SYSTEM, at=AT, reason="Forkert")] * 2)

    assert told == ["IllegalMove"]
    assert not AreaListing.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_list_from_two_people_at_once_goes_in_once() -> None:
    batches = [previewed(LISTING, GELLERUP) for _person in range(2)]
    for batch in batches:
        imports.confirm(batch, by=SYSTEM, at=AT)

    at_once(*(lambda pk=batch.pk: clock.work_on_import(pk) for batch in batches))

    assert sorted(ImportBatch.objects.values_list("state", "unchanged")) == [(State.IMPORTED, 0), (State.PREVIEWED, 2)]
    assert AreaListing.objects.count() == 2
