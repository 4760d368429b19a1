"""Which area stands for which: areas that were merged away, and where an area's history comes from."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from areas.models.areas import AreaChange, AreaChangeKind, HousingArea


@dataclasses.dataclass(frozen=True)
class Succession:
    """One area followed another from a day on: it took it in (merged), or it was a part of it (split)."""

    area_id: int
    key: str
    predecessor_id: int
    predecessor_key: str
    changed_on: datetime.date
    is_merger: bool


@dataclasses.dataclass(frozen=True)
class Origin:
    """An area that another came from: its lists published before the day count for the other, the nearest first."""

    area_id: int
    before: datetime.date
    distance: int


@dataclasses.dataclass(frozen=True)
class Successions:
    """Every succession of the register; chains are followed: A into B, B into C."""

    known: tuple[Succession, ...]

    @cached_property
    def _merged_away(self) -> dict[int, Succession]:
        return {one.predecessor_id: one for one in self.known if one.is_merger}

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {one.predecessor_key: one.predecessor_id for one in self.known}

    def last(self, area_id: int, *, on: datetime.date) -> Succession | None:
        """The merger after which the area's successor of the day stands; None for an area that stands itself."""
        found, seen = None, {area_id}
        following = self._merged_away.get(area_id)
        # Transition and database refuse a ring; a reader comes to an end all the same.
        while following and following.changed_on <= on and following.area_id not in seen:
            found = following
            seen.add(found.area_id)
            following = self._merged_away.get(found.area_id)
        return found

    def current_id(self, area_id: int, *, on: datetime.date) -> int:
        """The area that stands for this one on the day, itself or its successor."""
        last = self.last(area_id, on=on)
        return last.area_id if last else area_id

    def current_key(self, key: str, *, on: datetime.date) -> str:
        """The key under which things of the day belong. An import asks with the day its list was published."""
        last = self.last(self._ids[key], on=on) if key in self._ids else None
        return last.key if last else key

    def origins_of(self, area_id: int) -> Iterator[Origin]:
        """Areas it came from, breadth first, so that the nearest come first; each once.

        A list of an origin counts when it is older than every change on the way.
        """
        came_from: dict[int, list[Succession]] = defaultdict(list)
        for one in self.known:
            came_from[one.area_id].append(one)
        seen = {area_id}
        generation = [Origin(area_id, datetime.date.max, 0)]
        while generation:
            generation = [
                Origin(one.predecessor_id, min(later.before, one.changed_on), later.distance + 1)
                for later in generation
                for one in came_from[later.area_id]
                if one.predecessor_id not in seen
            ]
            seen |= {origin.area_id for origin in generation}
            yield from generation


def successions() -> Successions:
    """Every succession, in one query."""
    changes = AreaChange.objects.filter(predecessor__isnull=False).select_related("area", "predecessor")
    return Successions(tuple(_read(changes)))


def _read(changes: Iterable[AreaChange]) -> Iterator[Succession]:
    for change in changes:
        if change.predecessor is not None:
            yield Succession(
                change.area_id,
                change.area.key,
                change.predecessor.pk,
                change.predecessor.key,
                change.changed_on,
                is_merger=change.kind == AreaChangeKind.MERGED,
            )


def current_area(key: str, *, on: datetime.date) -> HousingArea | None:
    """The area that stands for the key on the day; None for a key that the register does not know."""
    return HousingArea.objects.filter(key=successions().current_key(key, on=on)).first()
