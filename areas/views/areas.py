"""Pages of the register of areas, for every signed-in person: the lists are public (§ 61 a, stk. 5; R33)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from areas.forms import AreaFilterForm
from areas.models import (
    AreaList,
    AreaListing,
    Department,
    Evidence,
    HousingArea,
    Municipality,
    lists_held,
    standing_of,
)
from areas.querysets import FLAGS
from areas.rules.standing import CATEGORIES, Answer, ListFacts, Status, YearAnswers, answers_of, timeline
from lbf_portal.lib.tables import Column, export, export_format, ordered_by, page_of

ORDERS = {
    "name": ["sort_key"],
    "municipality": ["municipality__sort_key", "sort_key"],
    "region": ["municipality__region_name", "sort_key"],
    "status": ["severity", "sort_key"],
}
ANSWERS = {Answer.YES: _("Ja"), Answer.NO: _("Nej"), Answer.UNKNOWN: _("Ukendt")}


@dataclasses.dataclass(frozen=True)
class AreaRow:
    """An area with what the chosen list says of it."""

    area: HousingArea
    answers: YearAnswers | None
    listing: AreaListing | None


@require_safe
def area_list(request: PortalRequest) -> HttpResponseBase:
    """Areas with their status on a list, the latest when no other is chosen."""
    lists = {held.year: held for held in AreaList.objects.held().with_held_counts()}
    municipalities = Municipality.objects.filter(areas__isnull=False).distinct()
    form = AreaFilterForm(request.GET, years=lists, municipalities=municipalities)
    form.is_valid()
    chosen = form.cleaned_data
    published = [year for year, held in lists.items() if held.published_on <= request.today]
    used = lists.get(chosen.get("year") or max(published, default=0))

    areas = HousingArea.objects.visible_to(request.actor).with_severity(used).select_related("municipality")
    if text := chosen.get("q"):
        areas = areas.matching(text)
    if code := chosen.get("municipality"):
        areas = areas.filter(municipality__code=code)
    if status := chosen.get("status"):
        areas = areas.filter((f"listed__{FLAGS[Status(status)]}", True))
    areas = ordered_by(request, areas, ORDERS, default="name")
    areas = areas.prefetch_related(
        Prefetch("listings", queryset=AreaListing.objects.filter(area_list=used), to_attr="listings_on_list")
    )

    facts = used.facts() if used else None
    if wanted := export_format(request):
        return export(_rows(areas.iterator(chunk_size=500), facts), EXPORT, wanted, name=gettext("Boligområder"))
    page = page_of(request, areas)
    context = {
        "form": form,
        "is_filtered": any(chosen.values()),
        "page_obj": page,
        "rows": list(_rows(page, facts)),
        "used": used,
        "completeness": _completeness(used) if used else [],
    }
    return render(request, "areas/list.html", context)


@require_safe
def area_detail(request: PortalRequest, key: str) -> HttpResponseBase:
    """One area: its standing today and why, its status year by year, its departments, its development plans."""
    area = get_object_or_404(HousingArea.objects.visible_to(request.actor).select_related("municipality"), key=key)
    listings = {listing.area_list.year: listing for listing in area.listings.select_related("area_list")}
    years = timeline(lists_held(), {year: listing.facts() for year, listing in listings.items()}, on=request.today)
    standing = standing_of(area, on=request.today)
    context = {
        "area": area,
        "standing": standing,
        "answers": {category.name: ANSWERS[standing.statuses[status]] for status, category in CATEGORIES.items()},
        "priority": ANSWERS[standing.has_priority],
        "development_plan": ANSWERS[standing.has_development_plan],
        "reasons": [{"text": reason.sentence(gettext, date_format), "basis": reason.basis} for reason in standing.reasons],
        "timeline": [(answers, listings.get(answers.year)) for answers in years],
        "plans": area.development_plans.all(),
        "departments": Department.objects.visible_to(request.actor)
        .in_area(area, on=request.today)
        .with_residents(request.today)
        .select_related("organisation"),
    }
    return render(request, "areas/detail.html", context)


def _rows(areas: Iterable[Any], facts: ListFacts | None) -> Iterator[AreaRow]:
    """The areas, read with `listings_on_list`, beside what the list says of each."""
    for area in areas:
        listing = next(iter(area.listings_on_list), None)
        answers = answers_of(facts, listing.facts() if listing else None) if facts else None
        yield AreaRow(area, answers, listing)


def _completeness(used: AreaList) -> list[dict[str, Any]]:
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
    Column(_("Datidens betegnelse"), lambda row: row.listing.official_term if row.listing else ""),
    Column(_("Belæg"), lambda row: Evidence(row.listing.evidence).label if row.listing else ""),
    Column(_("Kilder"), lambda row: row.listing.sources if row.listing else ""),
]
