"""Which areas the lists make conversion areas: counted over five lists (areas/rules/conversion.py)."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

from areas.models.areas import HousingArea
from areas.models.lists import listings_of, lists_held
from areas.models.successions import successions
from areas.rules.conversion import Conversion, conversion
from areas.rules.standing import Answer, ListFacts


@dataclasses.dataclass(frozen=True)
class ConversionAreas:
    """The answer for all areas on the list of a year: keys in order. Every other area is known not to be one."""

    year: int
    areas: tuple[str, ...]
    undetermined: tuple[str, ...]


def conversion_areas(year: int) -> ConversionAreas:
    """Count the five lists up to the year for every area there was when the list was published, in six queries.

    An area that was merged away by then is not asked about; its history counts for the one that stands (R31).
    """
    lists = lists_held()
    on = _published_on(lists, year)
    mergers = successions()
    standing = [area for area in HousingArea.objects.all() if mergers.current_key(area.key, on=on) == area.key]
    found = conversions(standing, lists, year)
    return ConversionAreas(year, _with(Answer.YES, found), _with(Answer.UNKNOWN, found))


def conversions(areas: Iterable[HousingArea], lists: list[ListFacts], year: int) -> dict[str, Conversion]:
    """By key, what the five lists up to the year say of each area."""
    asked = list(areas)
    listings = listings_of(asked)
    return {area.key: conversion(lists, listings[area.pk], year) for area in asked}


def _published_on(lists: list[ListFacts], year: int) -> datetime.date:
    """The day of the list; 1 December, when lists are due, of one that is not held (§ 61 a, stk. 5; R33)."""
    return next((held.published_on for held in lists if held.year == year), datetime.date(year, 12, 1))


def _with(answer: Answer, found: dict[str, Conversion]) -> tuple[str, ...]:
    return tuple(sorted(key for key, one in found.items() if one.answer is answer))
