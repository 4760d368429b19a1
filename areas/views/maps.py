"""The map of municipalities, by the number of areas on a list or by those who live in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from areas.charts import Step, step_of, steps
from areas.forms import MapFilterForm, Measured
from areas.models import AreaList, AreaListing, KeyFigures, Municipality
from areas.outlines import Outline, is_of_the_capital, outlines
from areas.querysets import FLAGS, has_status
from areas.rules.standing import Status
from areas.views.areas import completeness_of, list_used
from lbf_portal.lib.danish import number
from lbf_portal.lib.tables import Column, export, export_format


@dataclasses.dataclass(frozen=True)
class MunicipalityRow:
    """A municipality with its areas on the list; `residents` is None when no area's number is known."""

    municipality: Municipality
    areas: int
    residents: int | None
    without_residents: int
    url: str

    @property
    def areas_text(self) -> str:
        """`6 områder`."""
        return ngettext("%(count)s område", "%(count)s områder", self.areas) % {"count": self.areas}

    @property
    def residents_text(self) -> str:
        """`12.345 beboere`, with what is missing."""
        if self.residents is None:
            return gettext("Ukendt")
        text = ngettext("%(count)s beboer", "%(count)s beboere", self.residents) % {"count": number(Decimal(self.residents))}
        if not self.without_residents:
            return text
        missing = ngettext("%(count)s område uden tal", "%(count)s områder uden tal", self.without_residents)
        return f"{text} ({missing % {'count': self.without_residents}})"

    @property
    def label(self) -> str:
        """What the map says of the municipality."""
        if not self.areas:
            return f"{self.municipality.name}: {self.areas_text}"
        return f"{self.municipality.name}: {self.areas_text}, {self.residents_text}"


@dataclasses.dataclass(frozen=True)
class Shape:
    """A municipality on the map."""

    row: MunicipalityRow
    outline: Outline
    letter: str
    style: str
    is_of_the_capital: bool


SORTS: dict[str, Callable[[MunicipalityRow], Any]] = {
    "name": lambda row: row.municipality.sort_key,
    "areas": lambda row: row.areas,
    "residents": lambda row: -1 if row.residents is None else row.residents,
}


@require_safe
def municipality_map(request: PortalRequest) -> HttpResponseBase:
    """All municipalities, for one list, the latest when no other is chosen."""
    lists = {held.year: held for held in AreaList.objects.held().with_held_counts()}
    form = MapFilterForm(request.GET, years=lists)
    form.is_valid()
    chosen = form.cleaned_data
    used = list_used(lists, chosen.get("year"), on=request.today)
    status = Status(chosen["status"]) if chosen.get("status") else None
    measure = Measured(chosen.get("measure") or Measured.AREAS)
    rows = _rows(used, status)
    if wanted := export_format(request):
        return export(_sorted(request, rows), EXPORT, wanted, name=gettext("Boligområder efter kommune"))
    classes = steps(_value(row, measure) or 0 for row in rows)
    context = {
        "form": form,
        "is_filtered": any(chosen.values()),
        "used": used,
        "completeness": completeness_of(used) if used else [],
        "measure": measure,
        "title": _title(measure, used),
        "rows": _sorted(request, rows),
        "drawing": outlines(),
        "shapes": _shapes(rows, measure, classes),
        "steps": classes,
        "has_unknown": any(_value(row, measure) is None for row in rows),
    }
    return render(request, "areas/map.html", context)


def _rows(used: AreaList | None, status: Status | None) -> list[MunicipalityRow]:
    """Every municipality in Danish order, with the areas that the list names; in three queries."""
    flag = Q((FLAGS[status], True)) if status else has_status()
    named = AreaListing.objects.filter(flag, area_list=used)
    areas = dict(named.values_list("area__municipality").annotate(number=Count("pk")))
    counted = KeyFigures.objects.filter(
        list_year=used.year if used else 0, area__in=named.values("area"), residents__isnull=False
    )
    residents = {
        place: (total, number)
        for place, total, number in counted.values_list("area__municipality").annotate(Sum("residents"), Count("pk"))
    }
    return [
        _row(municipality, areas.get(municipality.pk, 0), residents.get(municipality.pk, (0, 0)), _query(used, status))
        for municipality in Municipality.objects.all()
    ]


def _row(municipality: Municipality, areas: int, residents: tuple[int, int], query: Mapping[str, Any]) -> MunicipalityRow:
    total, counted = residents
    return MunicipalityRow(
        municipality=municipality,
        areas=areas,
        residents=None if areas and not counted else total,
        without_residents=areas - counted,
        url=f"{reverse('areas:list')}?{urlencode({'municipality': municipality.code, **query})}",
    )


def _query(used: AreaList | None, status: Status | None) -> dict[str, Any]:
    """What the list of areas has to be asked for to show the same list and status."""
    return {**({"year": used.year} if used else {}), **({"status": status} if status else {})}


def _value(row: MunicipalityRow, measure: Measured) -> int | None:
    return row.areas if measure is Measured.AREAS else row.residents


def _shapes(rows: list[MunicipalityRow], measure: Measured, classes: tuple[Step, ...]) -> list[Shape]:
    """The municipalities that can be drawn, which are all 98."""
    drawn = outlines().by_code
    return [
        _shape(row, drawn[row.municipality.code], _value(row, measure), classes) for row in rows if row.municipality.code in drawn
    ]


def _shape(row: MunicipalityRow, outline: Outline, value: int | None, classes: tuple[Step, ...]) -> Shape:
    step = step_of(value, classes)
    if value is None:
        letter, style = "?", "unknown"
    else:
        letter, style = (step.letter, step.letter.lower()) if step else ("", "none")
    return Shape(row, outline, letter, style, is_of_the_capital(row.municipality.code))


def _title(measure: Measured, used: AreaList | None) -> str:
    if used is None:
        return gettext("Kommunerne")
    texts = {
        Measured.AREAS: gettext("Boligområder på listen fra %(year)s efter kommune"),
        Measured.RESIDENTS: gettext("Beboere i boligområderne på listen fra %(year)s efter kommune"),
    }
    return texts[measure] % {"year": used.year}


def _sorted(request: PortalRequest, rows: list[MunicipalityRow]) -> list[MunicipalityRow]:
    """In the order of `?sort=<name>`, `-<name>` turned round; most areas first without it, and for an unknown name.

    The rows come in Danish order, which stays among those that are alike.
    """
    wanted = request.GET.get("sort", "")
    if wanted.removeprefix("-") not in SORTS:
        wanted = "-areas"
    return sorted(rows, key=SORTS[wanted.removeprefix("-")], reverse=wanted.startswith("-"))


EXPORT: list[Column[MunicipalityRow]] = [
    Column(_("Kommunekode"), lambda row: row.municipality.code),
    Column(_("Kommune"), lambda row: row.municipality.name),
    Column(_("Region"), lambda row: row.municipality.region_name),
    Column(_("Boligområder"), lambda row: row.areas),
    Column(_("Beboere"), lambda row: row.residents),
    Column(_("Boligområder uden beboertal"), lambda row: row.without_residents),
]
