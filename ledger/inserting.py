"""One statement that posts for a case: it finds the year, finds or makes what the case holds of it, and inserts the entry.

Only `posting` calls it. Outside a transaction the statement is one by itself, so the year's row is locked from the guard to
the end of the commit and never while a message is under way: that is what lets many post to one year (docs/operation.md,
`./portal bench ledger`). Guards, constraints and foreign keys are asked as for any other insert.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connection

from ledger.kinds import Money
from ledger.models import Entry, FrameYear

FOUND: Final = {"frame_year": "year.id", "allocation": "held.id"}
FIELDS: Final = [field for field in Entry._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - the public way to fields
GIVEN: Final = [field for field in FIELDS if field.name not in FOUND]
COLUMNS: Final = ", ".join(str(field.column) for field in FIELDS)
VALUES: Final = ", ".join(FOUND.get(field.name, "%s") for field in FIELDS)

INSERT: Final = f"""
    WITH year AS (
        SELECT id, kind, year FROM ledger_frameyear WHERE kind = %s AND year = %s
    ), known AS (
        SELECT a.id FROM year JOIN ledger_allocation AS a
            ON a.case_reference = %s AND a.frame_year_id = year.id AND a.money = %s
    ), made AS (
        INSERT INTO ledger_allocation (case_reference, frame_year_id, money, held)
            SELECT %s, id, %s, 0 FROM year WHERE NOT EXISTS (SELECT FROM known)
            ON CONFLICT DO NOTHING
            RETURNING id
    )
    INSERT INTO ledger_entry ({COLUMNS})
        SELECT {VALUES} FROM year, (SELECT id FROM known UNION ALL SELECT id FROM made) AS held
        RETURNING id, allocation_id, frame_year_id
"""  # noqa: S608 - the columns' names are the model's


def insert_for_case(entry: Entry, case_reference: str, money: Money) -> bool:
    """Post the entry to what the case holds of the entry's year, by kind of money; False when there is no such year.

    `entry.frame_year` need only name its kind and year, and is the real one afterwards.
    """
    kind, year = entry.frame_year.kind, entry.frame_year.year
    case = [case_reference, money]
    values = [kind, year, *case, *case, *(_value(entry, field) for field in GIVEN)]
    # Where somebody made the allocation meanwhile, the first statement inserts nothing, and the second sees it.
    row = _returned(values) or _returned(values)
    if row is None:
        return False
    entry.pk, entry.allocation_id, of_year = row
    entry.frame_year = FrameYear.from_db(DEFAULT_DB_ALIAS, ["id", "kind", "year"], [of_year, kind, year])
    state = entry._state  # noqa: SLF001 - what saving would note
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    return True


def _returned(values: list[Any]) -> tuple[int, int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        row: tuple[int, int, int] | None = cursor.fetchone()
    return row


def _value(entry: Entry, field: Any) -> Any:
    return field.get_db_prep_save(getattr(entry, field.attname), connection)
