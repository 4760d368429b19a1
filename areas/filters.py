"""Filters above the lists of organisations, departments and municipalities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.roles import OrganisationKind
from areas.models import Municipality, OwnerKind
from lbf_portal.lib.forms import FilterForm

# The organisations of the register: those that own departments, and those that run their offices.
REGISTERED_KINDS = (OrganisationKind.HOUSING, OrganisationKind.ADMINISTRATION)
ALL = [("", _("Alle"))]


class MunicipalityChoice(FilterForm):
    """The filter that two lists share."""

    def offer_municipalities(self, municipalities: Iterable[Municipality]) -> None:
        field = self.fields["municipality"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*ALL, *((one.code, one.name) for one in municipalities)]


class OrganisationFilterForm(MunicipalityChoice):
    """Everything is optional; a value that does not exist is told and otherwise ignored."""

    q = forms.CharField(label=_("Søg efter navn, CVR- eller LBF-nummer"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=_("Art"), choices=[*ALL, *((kind.value, kind.label) for kind in REGISTERED_KINDS)], required=False
    )
    municipality = forms.ChoiceField(label=_("Kommune"), required=False)

    def __init__(self, *args: Any, municipalities: Iterable[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_municipalities(municipalities)


class DepartmentFilterForm(MunicipalityChoice):
    """As above."""

    q = forms.CharField(label=_("Søg efter afdeling, adresse eller boligorganisation"), max_length=100, required=False)
    municipality = forms.ChoiceField(label=_("Kommune"), required=False)
    owner_kind = forms.ChoiceField(label=_("Ejer"), choices=[*ALL, *OwnerKind.choices], required=False)
    placed = forms.ChoiceField(
        label=_("Boligområde"),
        choices=[*ALL, ("yes", _("Ligger i et boligområde")), ("no", _("Ligger ikke i et boligområde"))],
        required=False,
    )

    def __init__(self, *args: Any, municipalities: Iterable[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_municipalities(municipalities)


class MunicipalityFilterForm(FilterForm):
    """As above."""

    q = forms.CharField(label=_("Søg efter kommune"), max_length=100, required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, *args: Any, regions: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*ALL, *regions]
