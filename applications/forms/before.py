"""Before an application begins: which departments, and which problems there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from areas.models import PROBLEM_NAMES, Department
from lbf_portal.lib.forms import FilterForm

# All of them stand in the address of the page, which has to stay short enough for every server on the way.
MOST_DEPARTMENTS = 100


class BeforeForm(FilterForm):
    """Departments by a tick each, narrowed by a search; the page shows them in a table of its own."""

    q = forms.CharField(label=_("Søg efter afdeling, organisation eller område"), max_length=100, required=False)
    department: forms.ModelMultipleChoiceField[Department] = forms.ModelMultipleChoiceField(
        label=_("Afdelinger"),
        queryset=Department.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": _("En af de valgte afdelinger findes ikke blandt dem, du kan vælge. Vælg igen."),
            "invalid_pk_value": _("En af de valgte afdelinger findes ikke blandt dem, du kan vælge. Vælg igen."),
        },
    )
    problem = forms.MultipleChoiceField(
        label=_("Hvilke væsentlige problemer er der?"),
        help_text=_("I kan vente med at svare. Loven nævner de seks første som eksempler (§ 91 a, stk. 1)."),
        choices=[(str(value), _(name)) for value, name in PROBLEM_NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, data: Mapping[str, Any], *, offered: QuerySet[Department]) -> None:
        super().__init__(data)
        self.fields["department"].queryset = offered  # type: ignore[attr-defined]  # a model choice field

    def clean_department(self) -> QuerySet[Department]:
        """Not more than an effort has, and than an address can hold."""
        chosen: QuerySet[Department] = self.cleaned_data["department"]
        if len(chosen) > MOST_DEPARTMENTS:
            raise forms.ValidationError(_("Vælg højst %(most)s afdelinger."), "too_many", {"most": MOST_DEPARTMENTS})
        return chosen
