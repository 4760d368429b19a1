"""What every upkeep of the registers has in common: the right, the event, and who did it beside each version of a row."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pghistory
from django.db import connection, models, transaction

from accounts.actors import Actor
from areas.models import AreaChange, AreaChangeKind, Department, HousingArea
from areas.transitions.events import record, require
from lbf_portal.lib.refusals import RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

# Imports and changes of areas wait for each other: each decides by what the one before it left. Any number nothing else uses.
REGISTER_LOCK = 610_001


@contextlib.contextmanager
def upkeep(
    event: str, *, by: Actor, department: Department | None = None, area: HousingArea | None = None
) -> Iterator[dict[str, Any]]:
    """One act on the registers, in one transaction; the body adds what the event is to keep.

    An act that changed nothing (its `fields` are empty) leaves no event.

    Errors: NotAllowed.
    """
    require(by, "register")
    who = {"user": by.user.pk if by.user else None, "organisation": by.organisation.pk if by.organisation else None}
    with transaction.atomic(), pghistory.context(**who):
        told: dict[str, Any] = {}
        yield told
        if told.get("fields") != []:
            record(event, by=by, act="register", department=department, area=area, data=told)


def rehearse(act: Callable[[], object]) -> None:
    """Do the act and take it back, so that a page can say what it leads to, or why it is refused, before it is done.

    Errors: those of the act.
    """
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def one_at_a_time() -> None:
    """Wait for whoever imports or changes areas now; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK])


def assign(row: models.Model, values: dict[str, Any]) -> list[str]:
    """Set the values on the row; return which were others before."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    return changed


def require_standing(area: HousingArea, *, until: Any, field: str = "area") -> None:
    """Refuse what would hold in an area on a day when it was merged away; `until` is the last day, None without end.

    Errors: RuleBroken.
    """
    merger = AreaChange.objects.filter(kind=AreaChangeKind.MERGED, predecessor=area).select_related("area").first()
    if merger is not None and (until is None or until >= merger.changed_on):
        text = gettext_noop("%(area)s er lagt sammen med %(successor)s. Vælg %(successor)s.")
        params = {"area": area.name, "successor": merger.area.name}
        raise RuleBroken([Violation("area_merged_away", text, "R31", field=field, params=params)])
