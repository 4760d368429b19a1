"""The filter above the list of areas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from areas.models import Municipality
from areas.rules.standing import CATEGORIES
from lbf_portal.lib.forms import FilterForm


class AreaFilterForm(FilterForm):
    """Everything is optional; a value that does not exist is told and otherwise ignored."""

    q = forms.CharField(label=_("Søg efter område eller kommune"), max_length=100, required=False)
    year = forms.TypedChoiceField(label=_("Liste"), coerce=int, empty_value=None, required=False)
    status = forms.ChoiceField(label=_("Status på listen"), required=False)
    municipality = forms.ChoiceField(label=_("Kommune"), required=False)

    def __init__(self, *args: Any, years: Iterable[int], municipalities: Iterable[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("year", gettext("Seneste"), [(year, str(year)) for year in years])
        self._choose("status", gettext("Alle"), [(status, gettext(category.name)) for status, category in CATEGORIES.items()])
        self._choose("municipality", gettext("Alle"), [(one.code, one.name) for one in municipalities])

    def _choose(self, name: str, nothing: str, choices: Iterable[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", nothing), *choices]
