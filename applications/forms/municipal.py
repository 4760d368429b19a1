"""Forms of the municipality's recommendation (R66): ask for it, answer, and the filters of the municipality's queue."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.querysets import MunicipalRecommendationQuerySet
from applications.recommendation_states import RecommendationState
from lbf_portal.lib.forms import DateField, FilterForm, LongTextField, PortalForm

WAITING = "waiting"


class AskForm(PortalForm):
    """A word to the municipality, and by when an answer is hoped for."""

    message = LongTextField(
        label=_("Besked til kommunen"),
        help_text=_("Skriv kort, hvad indsatsen går ud på, og hvem kommunen kan ringe til. Kommunen kan læse hele kladden."),
        max_length=2000,
        rows=5,
        required=False,
    )
    wanted_on = DateField(
        label=_("Hvornår håber I på svar?"), help_text=_("Ikke en frist. Dagen står i mailen til kommunen."), required=False
    )


class InviteOfMunicipalityForm(AskForm):
    """The same, where nobody of the municipality uses the portal yet: somebody is invited along with it."""

    name = forms.CharField(label=_("Navn på den, I skriver til i kommunen"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail i kommunen"),
        help_text=_("Personen får en mail med et link, der kan bruges én gang inden for 14 dage."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["name", "email", "message", "wanted_on"]


class AnswerForm(PortalForm):
    """Yes or no with why, and who says it."""

    recommends = forms.TypedChoiceField(
        label=_("Kommunens svar"),
        choices=[("yes", _("Kommunen anbefaler ansøgningen")), ("no", _("Kommunen anbefaler ikke ansøgningen"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = LongTextField(
        label=_("Begrundelse"),
        help_text=_("Skriv, hvordan indsatsen hænger sammen med kommunens egne indsatser, og hvad kommunen bidrager med."),
        max_length=8000,
        rows=10,
    )
    name = forms.CharField(label=_("Navn"), max_length=200, help_text=_("Den, der svarer for kommunen."))
    title = forms.CharField(label=_("Titel"), max_length=200)
    # What the application was when the page was opened, section by section.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, *, name: str, stands: Mapping[str, str]) -> None:
        self.stands = " ".join(f"{section}:{fingerprint}" for section, fingerprint in stands.items())
        super().__init__(data, initial={"name": name, "seen": self.stands})

    def clean_seen(self) -> dict[str, str]:
        """By section; whatever else a browser sends is no section that was seen."""
        pairs = (pair.partition(":") for pair in self.cleaned_data["seen"].split())
        return {section: fingerprint for section, _colon, fingerprint in pairs}

    def show_as_it_stands(self) -> None:
        """Shown again, the page offers the application as it is now; what was typed stays."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = self.stands
        self.data = data


class QueueFilterForm(FilterForm):
    """What narrows the municipality's queue."""

    q = forms.CharField(label=_("Søg"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("Status"),
        choices=[
            ("", _("Alle")),
            (WAITING, _("Venter på os")),
            *((state.value, state.label) for state in RecommendationState if state != RecommendationState.CALLED_OFF),
        ],
        required=False,
    )

    def narrow(self, rows: MunicipalRecommendationQuerySet) -> MunicipalRecommendationQuerySet:
        """Those that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        state = chosen.get("state")
        if state == WAITING:
            rows = rows.waiting()
        elif state:
            rows = rows.filter(state=state)
        if text := chosen.get("q", "").strip():
            found = Q(application__title__icontains=text) | Q(application__area__name__icontains=text)
            found |= Q(application__organisation__name__icontains=text)
            if text.isdecimal() and len(text) <= 6:  # noqa: PLR2004 - digits of a case number
                found |= Q(application__case_number=int(text))
            rows = rows.filter(found)
        return rows

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())
