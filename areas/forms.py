"""The filters above the list of areas, the changes between two lists, and the map."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from areas.models import Municipality
from areas.rules.movement import Movement, Scope
from areas.rules.standing import CATEGORIES
from lbf_portal.lib.forms import FilterForm


class PlanChoice(enum.StrEnum):
    """Whether a development plan binds the area today, as far as one is registered."""

    BINDING = "binding"
    NONE = "none"


class Measured(enum.StrEnum):
    """What the map of municipalities shows."""

    AREAS = "areas"
    RESIDENTS = "residents"


class _RegisterFilterForm(FilterForm):
    """Everything is optional; a value that does not exist is told and otherwise ignored."""

    def _choose(self, name: str, choices: Iterable[tuple[Any, str]], nothing: str | None = None) -> None:
        """Offer the choices, after an empty one that says what no choice means."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*([("", nothing)] if nothing else []), *choices]

    def _choose_years(self, name: str, years: Iterable[int], nothing: str | None = None) -> None:
        self._choose(name, [(year, str(year)) for year in years], nothing)

    def _choose_places(self, municipalities: Iterable[Municipality]) -> None:
        """Regions and municipalities; the regions are those of the municipalities."""
        offered = list(municipalities)
        regions = {one.region_code: one.region_name for one in offered}
        self._choose("region", sorted(regions.items(), key=lambda region: region[1]), gettext("Alle"))
        self._choose("municipality", [(one.code, one.name) for one in offered], gettext("Alle"))


class AreaFilterForm(_RegisterFilterForm):
    """What narrows the list of areas."""

    q = forms.CharField(label=_("Søg efter område eller kommune"), max_length=100, required=False)
    year = forms.TypedChoiceField(label=_("Liste"), coerce=int, empty_value=None, required=False)
    status = forms.ChoiceField(label=_("Status på listen"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    municipality = forms.ChoiceField(label=_("Kommune"), required=False)
    plan = forms.ChoiceField(label=_("Udviklingsplan"), required=False)

    def __init__(self, *args: Any, years: Iterable[int], municipalities: Iterable[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose_years("year", years, gettext("Seneste"))
        self._choose("status", [(status, gettext(category.name)) for status, category in CATEGORIES.items()], gettext("Alle"))
        self._choose_places(municipalities)
        plans = [(PlanChoice.BINDING, gettext("Bundet af en plan")), (PlanChoice.NONE, gettext("Ingen plan registreret"))]
        self._choose("plan", plans, gettext("Alle"))


class ChangesFilterForm(_RegisterFilterForm):
    """Which two lists are compared, and which of the areas on them are shown."""

    year_from = forms.TypedChoiceField(label=_("Fra listen"), coerce=int, empty_value=None, required=False)
    year_to = forms.TypedChoiceField(label=_("Til listen"), coerce=int, empty_value=None, required=False)
    scope = forms.ChoiceField(label=_("Status efter"), required=False)
    movement = forms.ChoiceField(label=_("Ændring"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    municipality = forms.ChoiceField(label=_("Kommune"), required=False)
    # The address says `from` and `to`, which Python keeps for itself.
    addressed_as = {"year_from": "from", "year_to": "to"}

    def __init__(self, *args: Any, years: Iterable[int], municipalities: Iterable[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = list(years)
        self._choose_years("year_from", held, gettext("Næstseneste"))
        self._choose_years("year_to", held, gettext("Seneste"))
        scopes = [(Scope.SECTION_61A, gettext("§ 61 a")), (Scope.ALL, gettext("§ 61 a og § 61 b"))]
        self._choose("scope", scopes)
        self._choose("movement", [(one, gettext(one.label)) for one in Movement], gettext("Alle"))
        self._choose_places(municipalities)

    def add_prefix(self, field_name: str) -> str:
        """The name in the address."""
        return super().add_prefix(self.addressed_as.get(field_name, field_name))

    def clean(self) -> dict[str, Any]:
        """An older list comes before a newer one."""
        chosen = super().clean() or {}
        before, after = chosen.get("year_from"), chosen.get("year_to")
        if before and after and before >= after:
            self.add_error("year_from", gettext("Vælg en liste, der er ældre end den, du sammenligner med."))
        return chosen


class MapFilterForm(_RegisterFilterForm):
    """What the map of municipalities shows."""

    measure = forms.ChoiceField(label=_("Vis"), required=False)
    year = forms.TypedChoiceField(label=_("Liste"), coerce=int, empty_value=None, required=False)
    status = forms.ChoiceField(label=_("Status på listen"), required=False)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measures = [(Measured.AREAS, gettext("Antal boligområder")), (Measured.RESIDENTS, gettext("Beboere i boligområderne"))]
        self._choose("measure", measures)
        self._choose_years("year", years, gettext("Seneste"))
        self._choose("status", [(status, gettext(category.name)) for status, category in CATEGORIES.items()], gettext("Alle"))
