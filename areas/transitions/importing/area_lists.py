"""Lists of areas, held against the lists, areas and listings of the register."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from typing import Any, ClassVar

from django.db import models
from django.db.models import Max

from areas.imports import ReadFile, RowRefused
from areas.imports.area_lists import CountRow, ListingRow
from areas.models import AreaChange, AreaChangeKind, AreaList, AreaListing, HousingArea, RowOutcome
from areas.querysets import FLAGS
from areas.rules.standing import Status
from areas.transitions.importing.areas_held import AreasHeld
from areas.transitions.importing.changes import Changes, Values
from areas.transitions.importing.compared import Compared
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.words import gettext_noop

COUNTS: dict[Status, str] = {
    Status.CONVERSION_AREA: "conversion_area_count",
    Status.PARALLEL_SOCIETY: "parallel_society_count",
    Status.EXPOSED: "exposed_count",
    Status.PREVENTION_AREA: "prevention_area_count",
}


class AreaListComparison:
    """Holds rows of lists against what is held."""

    order: ClassVar[tuple[type[models.Model], ...]] = (AreaList, HousingArea, AreaListing)

    def __init__(self, file: ReadFile) -> None:
        self.changes = Changes()
        self.areas = AreasHeld(self.changes)
        self.lists = {held.year: held for held in AreaList.objects.all()}
        years = {row.year for row in file.rows if isinstance(row, ListingRow | CountRow)}
        listings = AreaListing.objects.filter(area_list__year__in=years).select_related("area_list", "area")
        self.listings = {(listing.area_list.year, listing.area.key): listing for listing in listings}
        # The latest list year that names the area.
        self.named_in: dict[str, int] = defaultdict(int)
        latest = AreaListing.objects.order_by().values("area__key").annotate(latest=Max("area_list__year"))
        self.named_in.update(latest.values_list("area__key", "latest"))
        self.named = {(row.year, row.area_key) for row in file.rows if isinstance(row, ListingRow)}
        renamings = AreaChange.objects.filter(kind=AreaChangeKind.RENAMED).order_by("changed_on")
        self.renamed_on: dict[str, datetime.date] = dict(renamings.values_list("area__key", "changed_on"))

    def compare(self, row: ListingRow | CountRow) -> Compared:
        """Hold a row against what is held. Errors: RowRefused."""
        return self._listing(row) if isinstance(row, ListingRow) else self._counts(row)

    def _listing(self, said: ListingRow) -> Compared:
        # A refused row leaves nothing behind, so all is checked before anything is made.
        row = self._under_successor(said)
        municipality = self.areas.check(row)
        self._refuse_other_date(row)
        area_list = self._list(row)
        area, new_area = self.areas.find_or_make(row, municipality)
        # A row under its successor has the name of the part, not of the whole.
        renamed = self._name(area, row) if row.area_key == said.area_key else ({}, {})
        values: dict[str, Any] = {
            "name_on_list": row.area_name,
            **{flag: row.flags[status] for status, flag in FLAGS.items()},
            "official_term": row.official_term,
            "evidence": row.evidence,
            "sources": row.sources,
            "note": row.note,
        }
        listing = self.listings.get((row.year, row.area_key))
        if listing is None:
            listing = AreaListing(area_list=area_list, area=area, **values)
            self.listings[row.year, row.area_key] = listing
            made = self.changes.make(listing, *values)
            return Compared(RowOutcome.CREATED, renamed[0], {**new_area, **renamed[1], **made})
        return Compared.of(renamed, self.changes.change(listing, values))

    def _under_successor(self, row: ListingRow) -> ListingRow:
        """The row under the area that stands on the list's day, when its own was merged away by then (R31).

        Errors: RowRefused when the file says something of the successor itself too.
        """
        key = self.areas.key_on(row.area_key, row.published_on)
        if key == row.area_key:
            return row
        if (row.year, key) in self.named:
            raise RowRefused(
                gettext_noop("Området er lagt sammen med »%(key)s«, som filen også nævner for %(year)s."), key=key, year=row.year
            )
        return dataclasses.replace(row, area_key=key)

    def _counts(self, row: CountRow) -> Compared:
        self._refuse_other_date(row)
        area_list = self._list(row)
        had_none = not area_list.count_sources
        values = {**{COUNTS[status]: count for status, count in row.counts.items()}, "count_sources": row.sources}
        before, after = self.changes.change(area_list, values)
        return Compared(RowOutcome.CREATED, {}, after) if had_none else Compared.of((before, after))

    def _refuse_other_date(self, row: ListingRow | CountRow) -> None:
        area_list = self.lists.get(row.year)
        if area_list is not None and area_list.published_on != row.published_on:
            raise RowRefused(
                gettext_noop("Listen for %(year)s er offentliggjort den %(held)s, men rækken siger %(said)s."),
                year=row.year,
                held=area_list.published_on,
                said=row.published_on,
            )

    def _list(self, row: ListingRow | CountRow) -> AreaList:
        area_list = self.lists.get(row.year)
        if area_list is None:
            area_list = AreaList(year=row.year, published_on=row.published_on)
            self.lists[row.year] = area_list
            self.changes.make(area_list)
        return area_list

    def _name(self, area: HousingArea, row: ListingRow) -> tuple[Values, Values]:
        """An area bears the name its latest list gives it; older lists keep their spelling on the listing.

        A name that the fund entered later than the list stays.
        """
        renamed_on = self.renamed_on.get(row.area_key, datetime.date.min)
        if row.year < self.named_in[row.area_key] or row.published_on < renamed_on:
            return {}, {}
        self.named_in[row.area_key] = row.year
        return self.changes.change(area, {"name": row.area_name, "sort_key": sort_key(row.area_name)})
