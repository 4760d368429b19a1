"""Municipalities and areas as they are held, for files that name both."""

from __future__ import annotations

import datetime

from areas.imports import RowRefused
from areas.imports.area_lists import ListingRow
from areas.imports.key_figures import FiguresRow
from areas.models import HousingArea, Municipality, successions
from areas.transitions.importing.changes import Changes, Values
from lbf_portal.lib.danish import sort_key
from lbf_portal.lib.words import gettext_noop

# A row that names an area and its municipality.
NamesAnArea = ListingRow | FiguresRow


class AreasHeld:
    """Finds the area of a row, or makes it."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._municipalities = {municipality.code: municipality for municipality in Municipality.objects.all()}
        self._areas = {area.key: area for area in HousingArea.objects.select_related("municipality")}
        self._successions = successions()

    def key_on(self, key: str, day: datetime.date) -> str:
        """The key that rows of the day stand under: that of the successor, where the area was merged away by then (R31)."""
        return self._successions.current_key(key, on=day)

    def municipality(self, code: str, name: str = "") -> Municipality:
        """The municipality with the code; a name beside it must be its own.

        Errors: RowRefused.
        """
        municipality = self._municipalities.get(code)
        if municipality is None:
            raise RowRefused(gettext_noop("Kommunekode %(code)s er ukendt."), code=code)
        if name and municipality.name != name:
            raise RowRefused(
                gettext_noop("Kommunekode %(code)s er %(name)s, men rækken siger %(said)s."),
                code=code,
                name=municipality.name,
                said=name,
            )
        return municipality

    def check(self, row: NamesAnArea) -> Municipality:
        """The row's municipality, which must be the area's, when that is held.

        Errors: RowRefused.
        """
        municipality = self.municipality(row.municipality_code, row.municipality_name)
        area = self.get(row.area_key)
        if area is not None and area.municipality != municipality:
            raise RowRefused(
                gettext_noop("Området ligger i %(held)s efter registeret, men rækken siger %(said)s."),
                held=area.municipality.name,
                said=municipality.name,
            )
        return municipality

    def get(self, key: str) -> HousingArea | None:
        """The area, if it is held or was made by an earlier row."""
        return self._areas.get(key)

    def find_or_make(self, row: NamesAnArea, municipality: Municipality) -> tuple[HousingArea, Values]:
        """The area of the row, and what people should see of it when it is new."""
        area = self._areas.get(row.area_key)
        if area is not None:
            return area, {}
        area = HousingArea(key=row.area_key, name=row.area_name, sort_key=sort_key(row.area_name), municipality=municipality)
        self._areas[row.area_key] = area
        return area, self._changes.make(area, "name", "municipality")
