"""The page of one area: what it is and why, its figures against the law, its departments, plans and cases."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from areas import charts, readable
from areas.models import (
    Answer,
    AreaChange,
    AreaChangeKind,
    AreaHistory,
    AreaListing,
    Department,
    DevelopmentPlan,
    HousingArea,
    history_of,
    residents_in,
)
from areas.permissions import may
from areas.querysets import holds_on
from areas.rules.criteria import SIZE
from areas.rules.standing import CATEGORIES, YearAnswers
from areas.views.areas import ANSWERS


@dataclasses.dataclass(frozen=True)
class YearRow:
    """A year of the area's history: what the list says, and the listings that say so, the area's own or its origin's."""

    answers: YearAnswers
    listings: tuple[AreaListing, ...]
    inherited_from: tuple[HousingArea, ...]


@require_safe
def area_detail(request: PortalRequest, key: str) -> HttpResponse:
    """One area, as it is today."""
    area = get_object_or_404(HousingArea.objects.visible_to(request.actor).select_related("municipality"), key=key)
    today = request.today
    history = history_of(area, on=today)
    standing = history.standing
    years = readable.held_against_the_law(area.key_figures.all())
    changes = _changes(area)
    departments = Department.objects.visible_to(request.actor).with_residents(today).select_related("organisation")
    context = {
        "area": area,
        "standing": standing,
        "may_register": may(request.actor, "register"),
        "answers": {category.name: ANSWERS[standing.statuses[status]] for status, category in CATEGORIES.items()},
        "priority": ANSWERS[standing.has_priority],
        "development_plan": ANSWERS[standing.has_development_plan],
        "must_coordinate": standing.has_development_plan is Answer.YES,
        "reasons": [{"text": reason.sentence(gettext, date_format), "basis": reason.basis} for reason in standing.reasons],
        "timeline": _year_rows(area, history),
        "band": charts.band(history.years),
        "criteria": readable.criteria(years),
        "comparisons": readable.comparisons(years, {answers.year: answers for answers in history.years}),
        "size": _size(area, today),
        "plans": [(plan, _plan_state(plan, today)) for plan in area.development_plans.all()],
        "changes": changes,
        "merger": next((one for one in changes if _is_merged_away(area, one, today)), None),
        "departments": departments.in_area(area, on=today),
        "connected": departments.filter(holds_on(today, "connections__"), connections__area=area).annotate(
            reason=F("connections__reason"), connected_from=F("connections__valid_from")
        ),
    }
    return render(request, "areas/detail.html", context)


def _year_rows(area: HousingArea, history: AreaHistory) -> list[YearRow]:
    """Each year with the listings behind it."""
    return [_year_row(area, answers, tuple(history.listings.get(answers.year, ()))) for answers in history.years]


def _year_row(area: HousingArea, answers: YearAnswers, listings: tuple[AreaListing, ...]) -> YearRow:
    return YearRow(answers, listings, tuple(listing.area for listing in listings if listing.area_id != area.pk))


def _size(area: HousingArea, today: datetime.date) -> Mapping[str, Any]:
    """The residents on 1 January, counted from the departments, against the 1,000 of § 61 a, stk. 3 (R30, R32)."""
    counted_on = datetime.date(today.year, 1, 1)
    found = residents_in(area, on=counted_on)
    limit = int(SIZE.limit or 0)
    return {"counted_on": counted_on, "found": found, "limit": limit, "reaches": found.reaches(limit), "basis": SIZE.basis}


def _plan_state(plan: DevelopmentPlan, today: datetime.date) -> str:
    if plan.starts_on > today:
        return gettext("Gælder endnu ikke")
    return gettext("Ophørt") if plan.ends_on and plan.ends_on < today else gettext("Bindende")


def _changes(area: HousingArea) -> list[AreaChange]:
    """What became of the area, and which areas it came from or went into, the latest first."""
    concerning = AreaChange.objects.filter(Q(area=area) | Q(predecessor=area)).select_related("area", "predecessor")
    return sorted(concerning, key=lambda change: (change.changed_on, change.pk), reverse=True)


def _is_merged_away(area: HousingArea, change: AreaChange, today: datetime.date) -> bool:
    return change.predecessor_id == area.pk and change.kind == AreaChangeKind.MERGED and change.changed_on <= today
