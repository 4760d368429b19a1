"""Taking in list files."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection, models, transaction

from accounts.actors import Actor
from areas.list_files import CountRow, ListFile, ListingRow, Refusal, RowRefused
from areas.models import AreaList, AreaListing, HousingArea, Municipality
from areas.querysets import FLAGS
from areas.rules.standing import Status
from areas.transitions.events import record, require
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.words import gettext_noop

COUNTS: dict[Status, str] = {
    Status.CONVERSION_AREA: "conversion_area_count",
    Status.PARALLEL_SOCIETY: "parallel_society_count",
    Status.EXPOSED: "exposed_count",
    Status.PREVENTION_AREA: "prevention_area_count",
}
LISTING_FIELDS = [*FLAGS.values(), "official_term", "evidence", "sources", "note"]
COUNT_FIELDS = [*COUNTS.values(), "count_sources"]
# Imports wait for each other: each compares with what the one before it left. Any number that nothing else uses.
IMPORT_LOCK = 610_001


@dataclasses.dataclass
class ImportResult:
    """What an import did, row by row in numbers, and which rows it refused."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refusal] = dataclasses.field(default_factory=list)

    @property
    def changed(self) -> int:
        """Rows that made or changed something."""
        return self.created + self.updated


def import_area_lists(files: Sequence[ListFile], *, by: Actor, dry_run: bool = False) -> ImportResult:
    """Take in list files: all rows that can be used, in one transaction, the same result however often it is run.

    Rows that contradict the register (an unknown municipality, another list date, an area in another municipality, a row
    twice) are refused with a reason; the others go in. A dry run does all of it and takes it back.

    Errors: NotAllowed.
    """
    require(by, "import")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
        importing = _ListImport()
        for file in files:
            importing.take(file)
        importing.save()
        result = importing.result
        if result.changed:
            record("area_lists:imported", by=by, act="import", data=_told(files, result))
        transaction.set_rollback(dry_run)
    return result


class _ListImport:
    """One import: reads what is held once, compares every row with it, and writes the difference in a few statements."""

    def __init__(self) -> None:
        self.result = ImportResult()
        self.municipalities = {municipality.code: municipality for municipality in Municipality.objects.all()}
        self.lists = {held.year: held for held in AreaList.objects.all()}
        self.areas = {area.key: area for area in HousingArea.objects.select_related("municipality")}
        self.listings: dict[tuple[int, str], AreaListing] = {}
        self.named_in: dict[str, int] = defaultdict(int)  # the latest list year that names the area
        for listing in AreaListing.objects.select_related("area_list", "area"):
            self.listings[listing.area_list.year, listing.area.key] = listing
            self.named_in[listing.area.key] = max(self.named_in[listing.area.key], listing.area_list.year)
        # What is to be written; dictionaries, because a row may change what an earlier row of the same import made.
        self.new: dict[type[models.Model], dict[int, Any]] = defaultdict(dict)
        self.changed: dict[type[models.Model], dict[int, Any]] = defaultdict(dict)

    def take(self, file: ListFile) -> None:
        """Compare the rows of a file with what is held."""
        self.result.rows += file.row_count
        refused = list(file.refused)
        seen: dict[tuple[int, str], int] = {}
        for row in file.rows:
            try:
                _refuse_twice(row, seen)
                outcome = self._listing(row) if isinstance(row, ListingRow) else self._counts(row)
            except RowRefused as refusal:
                refused.append(Refusal(file.name, row.row, refusal.text, refusal.params))
            else:
                setattr(self.result, outcome, getattr(self.result, outcome) + 1)
        self.result.refused += sorted(refused, key=lambda refusal: refusal.row)

    def save(self) -> None:
        """Write lists and areas before the listings that point at them."""
        for model in (AreaList, HousingArea, AreaListing):
            model._default_manager.bulk_create(self.new[model].values())  # noqa: SLF001 - the public way to a model's manager
        AreaList.objects.bulk_update(self.changed[AreaList].values(), COUNT_FIELDS)
        HousingArea.objects.bulk_update(self.changed[HousingArea].values(), ["name", "sort_key"])
        AreaListing.objects.bulk_update(self.changed[AreaListing].values(), LISTING_FIELDS)

    def _listing(self, row: ListingRow) -> str:
        # A refused row leaves nothing behind, so all is checked before anything is made.
        municipality = self._municipality(row)
        self._refuse_other_date(row)
        self._refuse_other_municipality(row, municipality)
        area_list = self._list(row)
        area, is_renamed = self._area(row, municipality)
        values = {
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
            self.new[AreaListing][id(listing)] = listing
            return "created"
        return "updated" if self._change(listing, values) or is_renamed else "unchanged"

    def _counts(self, row: CountRow) -> str:
        self._refuse_other_date(row)
        area_list = self._list(row)
        values = {**{COUNTS[status]: count for status, count in row.counts.items()}, "count_sources": row.sources}
        had_none = not area_list.count_sources
        changed = self._change(area_list, values)
        if had_none:
            return "created"
        return "updated" if changed else "unchanged"

    def _change(self, instance: models.Model, values: dict[str, Any]) -> bool:
        """Set the values on a row; true when one of them was another."""
        changed = {name for name, value in values.items() if getattr(instance, name) != value}
        for name in changed:
            setattr(instance, name, values[name])
        if changed and instance.pk is not None:
            self.changed[type(instance)][id(instance)] = instance
        return bool(changed)

    def _municipality(self, row: ListingRow) -> Municipality:
        municipality = self.municipalities.get(row.municipality_code)
        if municipality is None:
            raise RowRefused(gettext_noop("Kommunekode %(code)s er ukendt."), code=row.municipality_code)
        if municipality.name != row.municipality_name:
            raise RowRefused(
                gettext_noop("Kommunekode %(code)s er %(name)s, men rækken siger %(said)s."),
                code=row.municipality_code,
                name=municipality.name,
                said=row.municipality_name,
            )
        return municipality

    def _refuse_other_date(self, row: ListingRow | CountRow) -> None:
        area_list = self.lists.get(row.year)
        if area_list is not None and area_list.published_on != row.published_on:
            raise RowRefused(
                gettext_noop("Listen for %(year)s er offentliggjort den %(held)s, men rækken siger %(said)s."),
                year=row.year,
                held=area_list.published_on,
                said=row.published_on,
            )

    def _refuse_other_municipality(self, row: ListingRow, municipality: Municipality) -> None:
        area = self.areas.get(row.area_key)
        if area is not None and area.municipality != municipality:
            raise RowRefused(
                gettext_noop("Området ligger i %(held)s efter registeret, men rækken siger %(said)s."),
                held=area.municipality.name,
                said=municipality.name,
            )

    def _list(self, row: ListingRow | CountRow) -> AreaList:
        area_list = self.lists.get(row.year)
        if area_list is None:
            area_list = AreaList(year=row.year, published_on=row.published_on)
            self.lists[row.year] = area_list
            self.new[AreaList][id(area_list)] = area_list
        return area_list

    def _area(self, row: ListingRow, municipality: Municipality) -> tuple[HousingArea, bool]:
        """Find or make the area of the row, and whether the row renames it: it bears the name its latest list gives it."""
        area = self.areas.get(row.area_key)
        if area is None:
            area = HousingArea(key=row.area_key, name=row.area_name, sort_key=sort_key(row.area_name), municipality=municipality)
            self.areas[row.area_key] = area
            self.new[HousingArea][id(area)] = area
        is_latest = row.year >= self.named_in[row.area_key]
        self.named_in[row.area_key] = max(self.named_in[row.area_key], row.year)
        name = row.area_name if is_latest else area.name
        return area, self._change(area, {"name": name, "sort_key": sort_key(name)})


def _refuse_twice(row: ListingRow | CountRow, seen: dict[tuple[int, str], int]) -> None:
    """A file says a thing once: the second row for the same area (or the same numbers) and year is refused."""
    key = (row.year, row.area_key if isinstance(row, ListingRow) else "")
    first = seen.setdefault(key, row.row)
    if first != row.row:
        raise RowRefused(gettext_noop("Rækken gentager række %(first)s: samme år og samme område."), first=first)


def _told(files: Sequence[ListFile], result: ImportResult) -> dict[str, Any]:
    """What the event keeps: which files, by content, and what came of them."""
    return {
        "files": [{"name": file.name, "sha256": file.sha256} for file in files],
        "rows": result.rows,
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "refused": len(result.refused),
    }
