"""Key figures, held against those of the register, and against what the law makes of them (§ 61 a; R26-R32)."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, ClassVar

from django.db import models

from areas.imports import ReadFile, RowRefused
from areas.imports.key_figures import NOT_FOUND, FiguresRow
from areas.models import Absence, AreaListing, HousingArea, KeyFigures, RowOutcome
from areas.rules.classification import Verdict, classify
from areas.transitions.importing.areas_held import AreasHeld
from areas.transitions.importing.changes import Changes
from areas.transitions.importing.compared import Compared
from lbf_portal.lib.words import gettext_noop

# What the listing's flags say in the words of the files, the highest first (areas/imports/area_lists.py).
CATEGORY_OF_FLAG = {
    "is_conversion_area": "omdannelsesområde",
    "is_parallel_society": "parallelsamfund",
    "is_exposed": "udsat",
    "is_prevention_area": "forebyggelsesområde",
}
NOT_LISTED = "not_listed"


class KeyFiguresComparison:
    """Holds rows of key figures against what is held. The published status stands, whatever is computed."""

    order: ClassVar[tuple[type[models.Model], ...]] = (HousingArea, KeyFigures)

    def __init__(self, file: ReadFile) -> None:
        self.changes = Changes()
        self.areas = AreasHeld(self.changes)
        years = {row.year for row in file.rows if isinstance(row, FiguresRow)}
        self.named = {(row.year, row.area_key) for row in file.rows if isinstance(row, FiguresRow)}
        figures = KeyFigures.objects.filter(list_year__in=years).select_related("area")
        self.figures = {(held.list_year, held.area.key): held for held in figures}
        listings = AreaListing.objects.filter(area_list__year__in=years).select_related("area", "area_list")
        self.listed = {(listing.area_list.year, listing.area.key): _category(listing) for listing in listings}

    def compare(self, row: FiguresRow) -> Compared:
        """Hold a row against what is held. Errors: RowRefused."""
        row = self._under_successor(row)
        municipality = self.areas.check(row)
        area, new_area = self.areas.find_or_make(row, municipality)
        held = self.figures.get((row.year, row.area_key))
        values = self._values(row, held)
        if held is None:
            held = KeyFigures(area=area, list_year=row.year, **values)
            self.figures[row.year, row.area_key] = held
            made = self.changes.make(held, *(name for name in values if not name.endswith("_absence")))
            return Compared(RowOutcome.CREATED, {}, {**new_area, **made}, **self._verdict(row, held))
        difference = self.changes.change(held, values)
        return Compared.of(difference, **self._verdict(row, held))

    def _under_successor(self, row: FiguresRow) -> FiguresRow:
        """The row under the area that stands when the list of its year comes out, 1 December (R31, R33).

        Errors: RowRefused when the file has figures of the successor itself too.
        """
        key = self.areas.key_on(row.area_key, datetime.date(row.year, 12, 1))
        if key == row.area_key:
            return row
        if (row.year, key) in self.named:
            raise RowRefused(
                gettext_noop("Området er lagt sammen med »%(key)s«, som filen også nævner for %(year)s."), key=key, year=row.year
            )
        return dataclasses.replace(row, area_key=key)

    def _values(self, row: FiguresRow, held: KeyFigures | None) -> dict[str, Any]:
        values: dict[str, Any] = {
            **row.values,
            **{f"{name}_absence": absence for name, absence in row.absences.items()},
            **row.statements,
            "convicted_limit_pct": row.convicted_limit_pct,
            "category_published": row.category_published,
            "sources": row.sources,
            "note": row.note,
        }
        for name, absence in row.absences.items():
            # What was suppressed stays so when a file merely does not have it.
            if absence == NOT_FOUND and held is not None and getattr(held, f"{name}_absence") == Absence.SUPPRESSED:
                values[f"{name}_absence"] = Absence.SUPPRESSED
        return values

    def _verdict(self, row: FiguresRow, figures: KeyFigures) -> dict[str, Any]:
        """What the law makes of the figures beside what was published: by the list itself when it is held, else by the file."""
        computed = classify(figures.facts(), year=row.year)
        published = self.listed.get((row.year, row.area_key)) or row.category_published
        agrees = computed.agrees_with(published)
        return {
            "computed": "" if computed.status is Verdict.UNDETERMINED else str(computed.status),
            "published": published,
            "agrees": agrees,
        }


def _category(listing: AreaListing) -> str:
    """The highest status that the list gives; nothing when part of it is not known and the rest is no."""
    for flag, category in CATEGORY_OF_FLAG.items():
        if getattr(listing, flag):
            return category
        if getattr(listing, flag) is None and flag in {"is_parallel_society", "is_exposed"}:
            return ""
    return NOT_LISTED
