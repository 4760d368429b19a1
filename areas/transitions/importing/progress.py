"""Tells how far a long import is while its transaction still runs, on a connection of its own."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from areas.models import ImportBatch, ImportProgress

# Short imports are over before anybody could look, and pay nothing.
NANOSECONDS_BETWEEN = 300_000_000


class Progress:
    """`with Progress(batch) as progress: progress.begin("Læser filen", total); progress(done)`."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch.pk
        self._step, self._total = "", 0
        self._told_at = time.monotonic_ns()
        self._own: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if self._own is not None:
            self._own.close()

    def begin(self, step: str, total: int = 0) -> None:
        """The next step, and how many rows it takes, if that is known."""
        self._step, self._total = step, total
        self(0)

    def __call__(self, done: int) -> None:
        """So many rows are done."""
        if time.monotonic_ns() - self._told_at < NANOSECONDS_BETWEEN:
            return
        self._told_at = time.monotonic_ns()
        if self._own is None:
            self._own = connection.copy()
        table = ImportProgress._meta.db_table  # noqa: SLF001 - the public way to a model's table
        with self._own.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET step = %s, done = %s, total = %s WHERE batch_id = %s",  # noqa: S608 - our own table
                [self._step, done, self._total, self._batch],
            )
