"""What changed between two lists: which areas came in, left, moved up or down, and what an incomplete list leaves unknown."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from areas.forms import ChangesFilterForm
from areas.models import AreaList, AreaListing, HousingArea, Municipality, Successions, inherited_on, successions
from areas.rules.movement import Movement, Scope, movement, possible_ranks
from areas.rules.standing import ListingFacts, YearAnswers, answers_of
from areas.views.areas import completeness_of
from lbf_portal.lib.tables import Column, export, export_format, page_of

# § 61 a of 1 December 2018 has other criteria and statuses than the one before (domain.md, 3.2).
LAW_CHANGED = 2018
MOVEMENTS = list(Movement)


@dataclasses.dataclass(frozen=True)
class ChangeRow:
    """An area with what two lists say of it."""

    area: HousingArea
    before: YearAnswers
    after: YearAnswers
    movement: Movement


SORTS: dict[str, Callable[[ChangeRow], Any]] = {
    "movement": lambda row: (MOVEMENTS.index(row.movement), row.area.sort_key),
    "name": lambda row: row.area.sort_key,
    "municipality": lambda row: (row.area.municipality.sort_key, row.area.sort_key),
    "before": lambda row: (possible_ranks(row.before, Scope.ALL), row.area.sort_key),
    "after": lambda row: (possible_ranks(row.after, Scope.ALL), row.area.sort_key),
}


@require_safe
def area_changes(request: PortalRequest) -> HttpResponseBase:
    """Two lists held against each other, the two latest when no others are chosen."""
    lists = {held.year: held for held in AreaList.objects.held().with_held_counts() if held.published_on <= request.today}
    form = ChangesFilterForm(request.GET, years=lists, municipalities=Municipality.objects.all())
    form.is_valid()
    chosen = form.cleaned_data
    before, after = _compared(lists, chosen)
    scope = Scope(chosen.get("scope") or Scope.SECTION_61A)

    found = list(_rows(request, before, after, scope, chosen)) if before and after else []
    counts = Counter(row.movement for row in found)
    wanted_movement = chosen.get("movement")
    rows = _sorted(request, [row for row in found if not wanted_movement or row.movement == wanted_movement])
    if wanted := export_format(request):
        return export(rows, EXPORT, wanted, name=gettext("Ændringer mellem lister"))
    page = page_of(request, rows)  # type: ignore[type-var]  # a paginator takes any sequence
    context = {
        "form": form,
        "is_filtered": any(chosen.values()),
        "page_obj": page,
        "rows": page.object_list,
        "before": before,
        "after": after,
        "counts": [(one, counts[one]) for one in Movement if counts[one]],
        "skipped": [year for year in range(before.year + 1, after.year) if year not in lists] if before and after else [],
        "law_changed": bool(before and after and before.year < LAW_CHANGED <= after.year),
        "completeness": [(held, completeness_of(held)) for held in (before, after) if held],
    }
    return render(request, "areas/changes.html", context)


def _compared(lists: Mapping[int, AreaList], chosen: Mapping[str, Any]) -> tuple[AreaList | None, AreaList | None]:
    """The two lists: the chosen ones, else the latest and the one before it, as far as the portal holds them."""
    year_from, year_to = chosen.get("year_from"), chosen.get("year_to")
    later = [year for year in lists if year_from is None or year > year_from]
    after = year_to or max(later, default=0)
    before = year_from or max((year for year in lists if year < after), default=0)
    return lists.get(before), lists.get(after)


def _rows(
    request: PortalRequest, before: AreaList, after: AreaList, scope: Scope, chosen: Mapping[str, Any]
) -> Iterator[ChangeRow]:
    """Areas that one of the lists names with a status, or may have given one, as they stood when the later came out (R31)."""
    known = successions()
    said_before, said_after = _said(before, known), _said(after, known)
    areas = HousingArea.objects.visible_to(request.actor).not_merged_away(on=after.published_on).select_related("municipality")
    areas = areas.filter(Q(pk__in=said_before.keys() | said_after.keys()))
    if region := chosen.get("region"):
        areas = areas.filter(municipality__region_code=region)
    if code := chosen.get("municipality"):
        areas = areas.filter(municipality__code=code)
    facts_before, facts_after = before.facts(), after.facts()
    for area in areas:
        was = answers_of(facts_before, said_before.get(area.pk))
        now = answers_of(facts_after, said_after.get(area.pk))
        if possible_ranks(was, scope) != NOT_LISTED or possible_ranks(now, scope) != NOT_LISTED:
            yield ChangeRow(area, was, now, movement(was, now, scope))


NOT_LISTED = (0, 0)


def _said(area_list: AreaList, known: Successions) -> dict[int, ListingFacts]:
    """What the list says of each area, itself or by the area it came from."""
    named = {listing.area_id: listing.facts() for listing in AreaListing.objects.filter(area_list=area_list)}
    return {**inherited_on(area_list, known), **named}


def _sorted(request: PortalRequest, rows: list[ChangeRow]) -> list[ChangeRow]:
    """In the order of `?sort=<name>`, `-<name>` turned round; an unknown name means the default, so old links go on working."""
    wanted = request.GET.get("sort", "")
    key = SORTS.get(wanted.removeprefix("-"))
    if key is None:
        return sorted(rows, key=SORTS["movement"])
    return sorted(rows, key=key, reverse=wanted.startswith("-"))


def _statuses(answers: YearAnswers) -> str:
    if answers.is_unknown:
        return gettext("Ukendt")
    return ", ".join(gettext(name) for name in answers.names) or gettext("Ikke på listen")


EXPORT: list[Column[ChangeRow]] = [
    Column(_("Nøgle"), lambda row: row.area.key),
    Column(_("Boligområde"), lambda row: row.area.name),
    Column(_("Kommunekode"), lambda row: row.area.municipality.code),
    Column(_("Kommune"), lambda row: row.area.municipality.name),
    Column(_("Region"), lambda row: row.area.municipality.region_name),
    Column(_("Fra listen"), lambda row: row.before.year),
    Column(_("Status før"), lambda row: _statuses(row.before)),
    Column(_("Til listen"), lambda row: row.after.year),
    Column(_("Status efter ændringen"), lambda row: _statuses(row.after)),
    Column(_("Ændring"), lambda row: gettext(row.movement.label)),
]
