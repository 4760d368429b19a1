"""What became of a row of the registers: what it said before and after, when, and who changed it, if anybody is known.

Read from the versions that the database keeps of every row, so changes by scripts, imports and psql stand there too. The person
is told to the fund only; others read for which organisation it was done.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation, User
from areas.models import Department
from lbf_portal.lib.danish import number

DEPARTMENT_FIELDS = (
    "number",
    "name",
    "organisation",
    "municipality",
    "owner_kind",
    "addresses",
    "postcode",
    "dwellings",
    "family_dwellings",
    "youth_dwellings",
    "elderly_dwellings",
    "floor_area_m2",
)
VERSIONS = ("DepartmentVersion", "ResidentCountVersion", "AreaMembershipVersion", "ConnectedDepartmentVersion")
ORGANISATION_FIELDS = ("name", "kind", "cvr_number", "lbf_number", "municipality_code", "administered_by", "source")


@dataclasses.dataclass(frozen=True)
class HistoryRow:
    """One thing that changed."""

    at: datetime.datetime
    what: str | Promise
    before: str
    after: str
    who: str = ""


@dataclasses.dataclass(frozen=True)
class _Change:
    """A row of history before it is known who did it."""

    version: Any
    what: str | Promise
    before: str
    after: str


def of_department(department: Department, *, reader: Actor) -> list[HistoryRow]:
    """The department, its residents, where it lay and what it was connected to; the newest first, in six queries."""
    rows = {name: _versions(f"areas.{name}") for name in VERSIONS}
    own = rows["DepartmentVersion"].filter(id=department.pk).select_related("municipality", "organisation")
    counts, memberships, connections = (rows[name].filter(department=department) for name in VERSIONS[1:])
    return _told(
        [
            *_by_field(own, DEPARTMENT_FIELDS),
            *_whole(counts, _("Beboere"), _count),
            *_whole(memberships.select_related("area"), _("Ligger i"), _period),
            *_whole(connections.select_related("area"), _("Knyttet til"), _connection),
        ],
        reader,
    )


def of_organisation(organisation: Organisation, *, reader: Actor) -> list[HistoryRow]:
    """The organisation's numbers and who administers it; the newest first, in three queries."""
    versions = _versions("accounts.OrganisationVersion").filter(id=organisation.pk).select_related("administered_by")
    return _told(_by_field(versions, ORGANISATION_FIELDS), reader)


def _versions(name: str) -> models.QuerySet[Any]:
    """The table that the database keeps versions in; its model is made by pghistory, so it is asked for by name."""
    model: Any = apps.get_model(name)
    return model._default_manager.select_related("pgh_context")  # type: ignore[no-any-return]  # noqa: SLF001 - a queryset


def _by_field(versions: Any, fields: Sequence[str]) -> Iterator[_Change]:
    """One row for the first version, then one for each field that changed."""
    first, *later = versions.order_by("pgh_id") or [None]
    if first is None:
        return
    yield _Change(first, _("Registreret"), "", shown(first, "name"))
    for before, version in itertools.pairwise([first, *later]):
        for field in fields:
            was, became = shown(before, field), shown(version, field)
            if was != became:
                heading = version._meta.get_field(field).verbose_name  # noqa: SLF001 - Django's public API
                yield _Change(version, heading[0].upper() + heading[1:], was, became)


def _whole(versions: Any, what: str | Promise, describe: Callable[[Any], str]) -> Iterator[_Change]:
    """One row for each version of each row, told as a whole."""
    ordered = versions.order_by("id", "pgh_id")
    for _pk, of_row in itertools.groupby(ordered, key=lambda version: version.id):
        before = ""
        for version in of_row:
            after = "" if version.pgh_label == "delete" else describe(version)
            if before != after:
                yield _Change(version, what, before, after)
            before = after


def shown(version: Any, field: str) -> str:
    """A field of a row or a version as people read it."""
    display = getattr(version, f"get_{field}_display", None)
    value = display() if display else getattr(version, field)
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return date_format(value)
    return number(Decimal(value)) if isinstance(value, Decimal | int) else str(value)


def _count(version: Any) -> str:
    return gettext("%(residents)s den %(day)s") % {
        "residents": number(Decimal(version.residents)),
        "day": date_format(version.counted_on),
    }


def _period(version: Any) -> str:
    values = {
        "area": version.area.name,
        "start": date_format(version.valid_from),
        "end": date_format(version.valid_to) if version.valid_to else "",
    }
    if version.valid_to:
        return gettext("%(area)s fra %(start)s til %(end)s") % values
    return gettext("%(area)s fra %(start)s") % values


def _connection(version: Any) -> str:
    return f"{_period(version)}: {version.reason}"


def _told(changes: Iterable[_Change], reader: Actor) -> list[HistoryRow]:
    """The newest first, with who did each."""
    ordered = sorted(changes, key=lambda change: change.version.pgh_created_at, reverse=True)
    marks = [_mark(change.version) for change in ordered]
    users = _names(User, {mark.get("user") for mark in marks}) if reader.is_fund else {}
    organisations = _names(Organisation, {mark.get("organisation") for mark in marks})
    return [
        HistoryRow(
            timezone.localtime(change.version.pgh_created_at),
            change.what,
            change.before,
            change.after,
            users.get(mark.get("user")) or organisations.get(mark.get("organisation"), ""),
        )
        for change, mark in zip(ordered, marks, strict=True)
    ]


def _mark(version: Any) -> dict[str, Any]:
    """What the transition left beside the version (areas/transitions/upkeep.py)."""
    return version.pgh_context.metadata if version.pgh_context else {}


def _names(model: type[models.Model], keys: set[int | None]) -> dict[int | None, str]:
    known = [key for key in keys if key is not None]
    manager: Any = model._default_manager  # noqa: SLF001 - Django's public API
    return dict(manager.filter(pk__in=known).values_list("pk", "name")) if known else {}
