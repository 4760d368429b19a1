"""Bringing files into the registers: upload, preview, confirm, import, take back (lists: § 61 a, stk. 5; R33).

A file changes nothing before somebody has confirmed what it would do, and all of it goes in or nothing. The import compares
once more: should it come to something else than the preview said, the new preview is shown instead of being carried out.
Commands do the same in one go; whoever runs one has confirmed by running it.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from areas import imports, states
from areas.imports import Kind, ReadFile
from areas.models import ImportBatch, ImportFile, ImportKind, ImportProgress, ImportRow, RowOutcome
from areas.transitions.events import require
from areas.transitions.importing import fingerprint, hold_against_registers
from areas.transitions.importing.changes import ChangedMeanwhile
from areas.transitions.importing.changes import take_back as undo
from areas.transitions.importing.compared import LINE_FIELDS, Comparison, Line
from areas.transitions.importing.copying import copy_in
from areas.transitions.importing.progress import Progress
from lbf_portal.lib.moves import Move, moving
from lbf_portal.lib.refusals import IllegalMove, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

# Imports wait for each other: each compares with what the one before it left. Any number that nothing else uses.
IMPORT_LOCK = 610_001
LONGEST_FILE_NAME = 200

READING = gettext_noop("Læser filen")
COMPARING = gettext_noop("Sammenligner med registrene")
WRITING = gettext_noop("Gemmer")


@dataclass(frozen=True)
class RefusedRow:
    """A row that did not go in: file, number, and why in Danish."""

    file: str
    row: int
    message: str


@dataclass
class ImportResult:
    """What an import did, row by row in numbers, and which rows it refused."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    def add(self, batch: ImportBatch, lines: Sequence[Line]) -> None:
        """Count one file."""
        self.rows += batch.rows
        self.created += batch.created
        self.updated += batch.changed
        self.unchanged += batch.unchanged
        refused = (line for line in lines if line.outcome == RowOutcome.REFUSED)
        self.refused += [RefusedRow(batch.file_name, line.number, line.reason % line.reason_params) for line in refused]


def upload(name: str, content: bytes, *, by: Actor, at: datetime.datetime) -> ImportBatch:
    """Take in a file; a worker reads and previews it (areas/clock.py). Nothing is changed yet.

    Errors: NotAllowed; RuleBroken when the file is none that can be read.
    """
    require(by, "import")
    kind = imports.kind_of(name, content)
    with transaction.atomic():
        return _open(kind, name, content, by=by, at=at)


def preview(batch: ImportBatch, *, at: datetime.datetime) -> None:
    """Read the file and say what it would do; a file that turns out to be unusable says why.

    Errors: IllegalMove when the batch is not waiting for it any more.
    """
    _refuse_unless(batch, states.PREVIEW)
    with Progress(batch) as progress:
        try:
            file = _read(batch, progress)
        except RuleBroken as refused:
            _give_up(batch, refused.violations[0], at=at)
            return
        _comparison, lines = _compare(file, progress)
        progress.begin(WRITING)
        with moving(batch, states.PREVIEW, by=SYSTEM, at=at) as move:
            _keep_preview(batch, file, lines)
            move.save(*PREVIEW_FIELDS).tell(**_totals(batch))


def confirm(batch: ImportBatch, *, by: Actor, at: datetime.datetime) -> None:
    """Somebody has seen the preview and wants it carried out; a worker does it (areas/clock.py).

    Errors: NotAllowed, IllegalMove; RuleBroken when no row would change anything.
    """
    with moving(batch, states.CONFIRM, by=by, at=at) as move:
        if not batch.created + batch.changed:
            text = gettext_noop("Filen ændrer intet, så der er intet at indlæse.")
            raise RuleBroken([Violation("changes_nothing", text, "")])
        ImportProgress.objects.filter(batch=batch).update(step="", done=0, total=0)
        move.tell(**_totals(batch))


def carry_out(batch: ImportBatch, *, at: datetime.datetime) -> None:
    """Import what was confirmed, all of it or nothing; or show a new preview when the registers changed in between.

    Errors: IllegalMove when the batch is not confirmed any more.
    """
    _refuse_unless(batch, states.IMPORT)
    with Progress(batch) as progress:
        file = _read(batch, progress)
        try:
            if _import(batch, file, progress, at=at):
                return
        except ChangedMeanwhile:
            pass  # the transaction is undone, as if the comparison had already seen the change
        _comparison, lines = _compare(file, progress)
        with moving(batch, states.PREVIEW_AGAIN, by=SYSTEM, at=at) as move:
            batch.was_renewed = True
            _keep_preview(batch, file, lines)
            move.save(*PREVIEW_FIELDS, "was_renewed").tell(**_totals(batch))


def discard(batch: ImportBatch, *, by: Actor, at: datetime.datetime) -> None:
    """Put the file aside; it has changed nothing and will not.

    Errors: NotAllowed, IllegalMove.
    """
    with moving(batch, states.DISCARD, by=by, at=at):
        pass


def take_back(batch: ImportBatch, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Put everything back as it was before the import, while nothing has been built on it.

    Errors: NotAllowed, IllegalMove; RuleBroken without a reason, or with the names of what depends on it.
    """
    with transaction.atomic():
        _wait_for_other_imports()
        with moving(batch, states.TAKE_BACK, by=by, at=at, reason=reason) as move:
            undo(batch)
            move.tell(**_totals(batch))


def import_files(
    files: Sequence[ReadFile], *, by: Actor, at: datetime.datetime | None = None, dry_run: bool = False
) -> ImportResult:
    """Import files in one transaction, each compared with what the one before it left; the same again changes nothing.

    A file that changes something becomes a batch, as if somebody had uploaded and confirmed it. A dry run does all of it and
    undoes it.

    Errors: NotAllowed; RuleBroken when the registers are changed by somebody else at the same moment.
    """
    require(by, "import")
    at = at or timezone.now()
    result = ImportResult()
    try:
        with transaction.atomic():
            _wait_for_other_imports()
            for file in files:
                _import_at_once(file, result, by=by, at=at)
            transaction.set_rollback(dry_run)
    except ChangedMeanwhile:
        text = gettext_noop("Nogen ændrede registrene imens. Intet er indlæst; prøv igen.")
        raise RuleBroken([Violation("changed_meanwhile", text, "")]) from None
    return result


PREVIEW_FIELDS = ("header", "rows", "created", "changed", "unchanged", "refused", "disagreements", "preview")


def _open(kind: Kind, name: str, content: bytes, *, by: Actor, at: datetime.datetime) -> ImportBatch:
    batch = ImportBatch.objects.create(
        kind=ImportKind(kind),
        file_name=name[-LONGEST_FILE_NAME:],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        state_since=at,
        uploaded_at=at,
        uploaded_by=by.user,
    )
    ImportFile.objects.create(batch=batch, content=content)
    ImportProgress.objects.create(batch=batch)
    batch.record_upload(by=by, at=at)
    return batch


def _read(batch: ImportBatch, progress: Progress) -> ReadFile:
    progress.begin(READING)
    return imports.read(batch.file_name, bytes(batch.file.content), progress)


def _compare(file: ReadFile, tick: Progress | None) -> tuple[Comparison, list[Line]]:
    if tick is None:
        return hold_against_registers(file, _silent)
    tick.begin(COMPARING, len(file.rows))
    return hold_against_registers(file, tick)


def _silent(_done: int) -> None:
    """Nobody asked how far it is."""


def _import(batch: ImportBatch, file: ReadFile, progress: Progress, *, at: datetime.datetime) -> bool:
    """Write what the preview said; false, and nothing is written, when it would be something else by now."""
    with transaction.atomic():
        _wait_for_other_imports()
        comparison, lines = _compare(file, progress)
        if fingerprint(lines) != batch.preview:
            return False
        progress.begin(WRITING)
        with moving(batch, states.IMPORT, by=SYSTEM, at=at) as move:
            comparison.changes.write(batch, comparison.order)
            move.tell(**_totals(batch))
    return True


def _import_at_once(file: ReadFile, result: ImportResult, *, by: Actor, at: datetime.datetime) -> None:
    comparison, lines = _compare(file, None)
    batch = ImportBatch(file_name=file.name)
    _count(batch, lines)
    result.add(batch, lines)
    if not batch.created + batch.changed:
        return
    batch = _open(file.kind, file.name, file.content, by=by, at=at)
    with moving(batch, states.PREVIEW, by=by, at=at) as move:
        _keep_preview(batch, file, lines)
        move.save(*PREVIEW_FIELDS)
    confirm(batch, by=by, at=at)
    with moving(batch, states.IMPORT, by=by, at=at) as move:
        comparison.changes.write(batch, comparison.order)
        move.tell(**_totals(batch))


def _keep_preview(batch: ImportBatch, file: ReadFile, lines: list[Line]) -> None:
    """Put the rows of the preview in the place of those that were there."""
    ImportRow.objects.filter(batch=batch).delete()
    copy_in(ImportRow, ("batch", *LINE_FIELDS), ((batch.pk, *line.values) for line in lines))
    batch.header = list(file.header)
    batch.preview = fingerprint(lines)
    _count(batch, lines)


def _count(batch: ImportBatch, lines: Sequence[Line]) -> None:
    outcomes = Counter(line.outcome for line in lines)
    batch.rows = len(lines)
    batch.created = outcomes[RowOutcome.CREATED]
    batch.changed = outcomes[RowOutcome.CHANGED]
    batch.unchanged = outcomes[RowOutcome.UNCHANGED]
    batch.refused = outcomes[RowOutcome.REFUSED]
    batch.disagreements = sum(line.agrees is False for line in lines)


def _totals(batch: ImportBatch) -> dict[str, int]:
    """What the event keeps."""
    return {name: getattr(batch, name) for name in ("rows", "created", "changed", "unchanged", "refused", "disagreements")}


def _give_up(batch: ImportBatch, why: Violation, *, at: datetime.datetime) -> None:
    with moving(batch, states.GIVE_UP, by=SYSTEM, at=at) as move:
        batch.trouble, batch.trouble_params = why.text, dict(why.params)
        move.save("trouble", "trouble_params")


def _refuse_unless(batch: ImportBatch, move: Move) -> None:
    """Spare the work when the batch has moved on; `moving` asks again under lock."""
    batch.refresh_from_db()
    if batch.state not in move.sources:
        raise IllegalMove([Violation("illegal_move", gettext_noop("Indlæsningen er allerede kommet videre."), "")])


def _wait_for_other_imports() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


Worker = Callable[..., None]
WORK: dict[str, Worker] = {states.State.WAITING: preview, states.State.CONFIRMED: carry_out}
