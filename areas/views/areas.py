"""The list of areas, for every signed-in person: the lists are public (§ 61 a, stk. 5; R33)."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from areas.forms import AreaFilterForm, PlanChoice
from areas.models import (
    AreaChange,
    AreaChangeKind,
    AreaList,
    AreaListing,
    Evidence,
    HousingArea,
    Municipality,
    bound_by_origin,
    inherited_on,
    successions,
)
from areas.permissions import may
from areas.querysets import HousingAreaQuerySet
from areas.rules.standing import CATEGORIES, Answer, ListFacts, ListingFacts, Status, YearAnswers, answers_of
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of

ORDERS = {
    "name": ["sort_key"],
    "municipality": ["municipality__sort_key", "sort_key"],
    "region": ["municipality__region_name", "sort_key"],
    "status": ["severity", "sort_key"],
    "plan": ["has_plan", "sort_key"],
}
ANSWERS = {Answer.YES: _("Ja"), Answer.NO: _("Nej"), Answer.UNKNOWN: _("Ukendt")}


@dataclasses.dataclass(frozen=True)
class AreaRow:
    """An area with what the chosen list says of it, itself or by the area it came from."""

    area: HousingArea
    answers: YearAnswers | None
    listing: AreaListing | None
    is_inherited: bool
    has_plan: bool
    merger: AreaChange | None


@require_safe
def area_list(request: PortalRequest) -> HttpResponseBase:
    """Areas with their status on a list, the latest when no other is chosen."""
    lists = {held.year: held for held in AreaList.objects.held().with_held_counts()}
    form = AreaFilterForm(request.GET, years=lists, municipalities=Municipality.objects.all())
    form.is_valid()
    chosen = form.cleaned_data
    used = list_used(lists, chosen.get("year"), on=request.today)
    known = successions()
    inherited = inherited_on(used, known) if used else {}

    areas = HousingArea.objects.visible_to(request.actor).with_severity(used, inherited)
    areas = areas.with_plan(bound_by_origin(known, on=request.today), on=request.today)
    areas = ordered_by(request, _narrowed(areas, chosen, inherited, request.today), ORDERS, default="name")
    areas = areas.select_related("municipality").prefetch_related(
        Prefetch("listings", queryset=AreaListing.objects.filter(area_list=used), to_attr="listings_on_list"),
        Prefetch("successions", queryset=_mergers(request.today), to_attr="mergers"),
    )

    facts = used.facts() if used else None
    if wanted := export_format(request):
        rows = _rows(areas.iterator(chunk_size=500), facts, inherited)
        return export(rows, EXPORT, wanted, name=gettext("Boligområder"))
    page = page_of(request, areas)
    context = {
        "form": form,
        "is_filtered": any(chosen.values()),
        "page_obj": page,
        "rows": list(_rows(page, facts, inherited)),
        "used": used,
        "completeness": completeness_of(used) if used else [],
        "may_import": may(request.actor, "import"),
        "can_compare": sum(held.published_on <= request.today for held in lists.values()) > 1,
    }
    return render(request, "areas/list.html", context)


def list_used(lists: Mapping[int, AreaList], year: int | None, *, on: datetime.date) -> AreaList | None:
    """The list of the year, or the latest published by the day when no year is chosen."""
    published = [held_year for held_year, held in lists.items() if held.published_on <= on]
    return lists.get(year or max(published, default=0))


def completeness_of(used: AreaList) -> list[dict[str, Any]]:
    """How much of the list the portal holds, by status that the law knew in its year."""
    facts = used.facts()
    return [
        {
            "name": category.name,
            "held": facts.held[status],
            "published": facts.published[status],
            "is_complete": facts.is_complete(status),
        }
        for status, category in CATEGORIES.items()
        if used.year >= category.since
    ]


def _narrowed(
    areas: HousingAreaQuerySet, chosen: Mapping[str, Any], inherited: Mapping[int, ListingFacts], today: datetime.date
) -> HousingAreaQuerySet:
    """The areas that fit the filters. One that was merged away stands under its successor, and is found by its old name."""
    areas = areas.matching(chosen["q"]) if chosen.get("q") else areas.not_merged_away(on=today)
    if region := chosen.get("region"):
        areas = areas.filter(municipality__region_code=region)
    if code := chosen.get("municipality"):
        areas = areas.filter(municipality__code=code)
    if status := chosen.get("status"):
        areas = areas.listed_as(Status(status), inherited)
    if plan := chosen.get("plan"):
        areas = areas.filter(("has_plan", plan == PlanChoice.BINDING))
    return areas


def _mergers(today: datetime.date) -> Any:
    return AreaChange.objects.filter(kind=AreaChangeKind.MERGED, changed_on__lte=today).select_related("area")


def _rows(areas: Iterable[Any], facts: ListFacts | None, inherited: Mapping[int, ListingFacts]) -> Iterator[AreaRow]:
    """The areas, read with `listings_on_list`, `mergers` and `has_plan`, beside what the list says of each."""
    for area in areas:
        listing = next(iter(area.listings_on_list), None)
        said = listing.facts() if listing else inherited.get(area.pk)
        yield AreaRow(
            area=area,
            answers=answers_of(facts, said) if facts else None,
            listing=listing,
            is_inherited=listing is None and said is not None,
            has_plan=area.has_plan,
            merger=next(iter(area.mergers), None),
        )


def _answer(status: Status) -> Column[AreaRow]:
    return Column(
        _(CATEGORIES[status].name),
        lambda row: ANSWERS[row.answers.statuses[status] if row.answers else Answer.UNKNOWN],
    )


EXPORT: list[Column[AreaRow]] = [
    Column(_("Nøgle"), lambda row: row.area.key),
    Column(_("Boligområde"), lambda row: row.area.name),
    Column(_("Kommunekode"), lambda row: row.area.municipality.code),
    Column(_("Kommune"), lambda row: row.area.municipality.name),
    Column(_("Region"), lambda row: row.area.municipality.region_name),
    Column(_("Liste"), lambda row: row.answers.year if row.answers else None),
    *(_answer(status) for status in CATEGORIES),
    Column(_("Datidens betegnelse"), lambda row: row.answers.official_term if row.answers else ""),
    Column(_("Følger af et tidligere område"), lambda row: row.is_inherited),
    Column(_("Bundet af en udviklingsplan"), lambda row: row.has_plan),
    Column(_("Lagt sammen med"), lambda row: row.merger.area.name if row.merger else ""),
    Column(_("Belæg"), lambda row: Evidence(row.listing.evidence).label if row.listing else ""),
    Column(_("Kilder"), lambda row: row.listing.sources if row.listing else ""),
]
