"""Rows of a preview as people read them: what each changes in which field, and why it is refused."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from areas.models import ImportBatch, ImportRow
from areas.rules.classification import NOT_KNOWN, VERDICT_NAMES, Verdict
from areas.rules.standing import CATEGORIES, Status
from lbf_portal.lib import danish
from lbf_portal.lib.tables import Column

# Fields that no form shows, and so have no name for people.
LABELS: dict[str, str | Promise] = {
    "met_outside_labour_market": _("Kilden: arbejdsmarked opfyldt"),
    "met_convicted": _("Kilden: dømte opfyldt"),
    "met_basic_school_only": _("Kilden: grundskole opfyldt"),
    "met_income": _("Kilden: indkomst opfyldt"),
    "met_non_western": _("Kilden: over halvdelen ikke-vestlige"),
}
ABSENCE = "_absence"
# The words of the files for a status, beside those of `Verdict`.
PUBLISHED_NAMES = {
    "omdannelsesområde": CATEGORIES[Status.CONVERSION_AREA].name,
    "forebyggelsesområde": CATEGORIES[Status.PREVENTION_AREA].name,
}


@dataclasses.dataclass(frozen=True)
class Difference:
    """A field of the registers: what was there, and what the file puts there."""

    label: str
    before: str
    after: str
    is_new: bool


@dataclasses.dataclass(frozen=True)
class Line:
    """A row of the preview."""

    row: ImportRow

    @property
    def reason(self) -> str:
        """Why the row is refused, in the reader's language."""
        return gettext(self.row.reason) % self.row.reason_params if self.row.reason else ""

    @property
    def differences(self) -> list[Difference]:
        """Field by field."""
        return [
            Difference(_label(name), _value(name, self.row.before.get(name)), _value(name, value), name not in self.row.before)
            for name, value in self.row.after.items()
        ]

    @property
    def computed(self) -> str:
        """What the law makes of the figures."""
        return _status_name(self.row.computed)

    @property
    def published(self) -> str:
        """What the list says."""
        return _status_name(self.row.published)


def lines_of(rows: Iterable[ImportRow]) -> list[Line]:
    """The rows as they are shown."""
    return [Line(row) for row in rows]


def refused_columns(batch: ImportBatch) -> list[Column[ImportRow]]:
    """The columns of the file itself, so that a corrected row can be brought again, and why each was refused."""
    columns: list[Column[ImportRow]] = [
        Column(heading, lambda row, place=place: row.cells[place] if place < len(row.cells) else "")  # type: ignore[misc]  # bound now
        for place, heading in enumerate(batch.header)
    ]
    return [*columns, Column(_("Hvorfor rækken blev afvist"), lambda row: Line(row).reason)]


def _field(name: str) -> models.Field[Any, Any]:
    label, _dot, field_name = name.rpartition(".")
    field = apps.get_model(label)._meta.get_field(field_name)  # noqa: SLF001 - the public way to a model's fields
    assert isinstance(field, models.Field)
    return field


def _label(name: str) -> str:
    field_name = name.rpartition(".")[2]
    if field_name.endswith(ABSENCE):
        return gettext("%(field)s: hvorfor værdien mangler") % {
            "field": capfirst(_field(name.removesuffix(ABSENCE)).verbose_name)
        }
    return str(LABELS.get(field_name) or capfirst(_field(name).verbose_name))


def _value(name: str, value: Any) -> str:
    """The value as pages write it."""
    field = _field(name)
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("Ja") if value else gettext("Nej")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateField):
        return date_format(datetime.date.fromisoformat(value))
    if isinstance(field, models.DecimalField | models.PositiveIntegerField):
        return danish.number(Decimal(str(value)))
    return str(value)


def _status_name(status: str) -> str:
    if status in set(Verdict):
        return gettext(VERDICT_NAMES[Verdict(status)])
    return "" if status in NOT_KNOWN else gettext(PUBLISHED_NAMES.get(status, status))


def _told(differences: list[Difference]) -> str:
    return "; ".join(
        f"{one.label}: {one.after}" if one.is_new else f"{one.label}: {one.before} → {one.after}" for one in differences
    )


AGREES: dict[bool | None, str | Promise] = {True: _("Ja"), False: _("Nej"), None: ""}
EXPORT: list[Column[Line]] = [
    Column(_("Række"), lambda line: line.row.number),
    Column(_("Gælder"), lambda line: line.row.subject),
    Column(_("Udfald"), lambda line: line.row.get_outcome_display()),
    Column(_("Hvad rækken ændrer"), lambda line: _told(line.differences)),
    Column(_("Hvorfor rækken blev afvist"), lambda line: line.reason),
    Column(_("Beregnet status"), lambda line: line.computed),
    Column(_("Offentliggjort status"), lambda line: line.published),
    Column(_("Enige"), lambda line: AGREES[line.row.agrees]),
]
