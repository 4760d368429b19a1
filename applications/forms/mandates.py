"""Forms of mandates."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Right
from accounts.transitions import HOLDERS
from applications.models import Application
from applications.querysets import ApplicationQuerySet
from lbf_portal.lib.forms import DateField, FilterForm, PortalForm

RIGHT_NAMES = [
    (Right.READ.value, _("Læse: ser sager, aftaler, bilag og breve")),
    (Right.EDIT.value, _("Læse og skrive: udfylder ansøgninger og planer og lægger bilag ind")),
    (Right.SUBMIT.value, _("Læse, skrive og indsende: som organisationens egne ansøgere, men underskriver ikke")),
]
# More than people look through; whoever has more of them searches.
MOST_CASES = 200
STATES = [
    ("", _("Alle")),
    ("holds", _("Gælder nu")),
    ("coming", _("Begynder senere")),
    ("over", _("Udløbet")),
    ("revoked", _("Tilbagekaldt")),
]


class MandateForm(PortalForm):
    """To whom, how far, from when to when, and what shows it."""

    holder = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Hvem får fuldmagt?"),
        empty_label=_("Vælg en organisation"),
        help_text=_("En rådgiver, en administrationsorganisation eller en anden boligorganisation"),
    )
    right = forms.TypedChoiceField(label=_("Hvad må de?"), choices=RIGHT_NAMES, coerce=Right, widget=forms.RadioSelect)
    is_limited = forms.TypedChoiceField(
        label=_("Hvilke sager gælder den?"),
        choices=[("no", _("Alle organisationens sager, også dem, der kommer")), ("yes", _("Kun de sager, der er valgt her"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    cases = forms.ModelMultipleChoiceField(
        Application.objects.none(), label=_("Sager"), required=False, widget=forms.CheckboxSelectMultiple
    )
    valid_from = DateField(label=_("Fra og med"))
    valid_to = DateField(label=_("Til og med"), help_text=_("Højst fem år"))
    evidence = forms.CharField(
        label=_("Dokumentation"),
        max_length=300,
        help_text=_("Hvad viser fuldmagten, og hvor ligger den? Fx »Fuldmagt af 12. november 2026, journalnr. 26/118«."),
    )

    def __init__(self, *args: Any, principal: Organisation, cases: ApplicationQuerySet, text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holders = Organisation.objects.standing().filter(kind__in=sorted(HOLDERS)).exclude(pk=principal.pk)
        _choose(self.fields["holder"], holders.order_by("sort_key"))
        if cases.exists():
            self._offer(cases, text)
        else:
            del self.fields["cases"]

    def _offer(self, cases: ApplicationQuerySet, text: str) -> None:
        """Those that the text finds, the newest first and no more than people read; and those that were chosen already."""
        field = self.fields["cases"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = cases
        found = (cases.matching(text) if text else cases).order_by("-case_number")[:MOST_CASES]
        chosen = cases.filter(pk__in=_keys(self["cases"].value())).order_by("-case_number")
        field.choices = [(case.pk, str(case)) for case in dict.fromkeys([*found, *chosen])]

    def clean_evidence(self) -> str:
        """Spaces are no evidence."""
        text: str = self.cleaned_data["evidence"].strip()
        if not text:
            raise ValidationError(_("Skriv, hvad der viser fuldmagten."), code="required")
        return text


class CaseSearchForm(FilterForm):
    """Which of the organisation's cases are offered for choice."""

    q = forms.CharField(label=_("Søg blandt organisationens sager"), max_length=100, required=False)


class RevokeForm(PortalForm):
    """Why it ends."""

    reason = forms.CharField(label=_("Begrundelse"), max_length=300, help_text=_("Begge organisationer kan læse den."))


class MandateFilterForm(FilterForm):
    """Filters of the list."""

    q = forms.CharField(label=_("Søg efter organisation"), max_length=100, required=False)
    side = forms.ChoiceField(
        label=_("Vis"), choices=[("", _("Alle")), ("given", _("Givet af os")), ("held", _("Givet til os"))], required=False
    )
    state = forms.ChoiceField(label=_("Status"), choices=STATES, required=False)


def _keys(values: Any) -> list[uuid.UUID]:
    """What was typed into an address may be anything."""
    keys = []
    for value in values or ():
        with contextlib.suppress(ValueError):
            keys.append(uuid.UUID(str(value)))
    return keys


def _choose(field: forms.Field, rows: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
