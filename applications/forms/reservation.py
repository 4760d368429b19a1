"""Forms of what a case is expected to take of a year's frame."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.transitions import Expected
from lbf_portal.lib.forms import AmountField, LongTextField, PortalForm

NOTHING = Decimal(0)


class ReservationFields(PortalForm):
    """Year and amounts. An empty amount is none."""

    frame_year = forms.TypedChoiceField(
        label=_("Ramme, som tilsagnet ventes taget af"),
        coerce=int,
        help_text=_("Det år, sagen ventes at få tilsagn i."),
    )
    social_amount = AmountField(label=_("Ventet til den boligsociale indsats"), required=False)
    rent_amount = AmountField(label=_("Ventet til huslejestøtte"), required=False)

    def __init__(self, data: QueryDict | None = None, *, years: Sequence[int], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        if not years:
            for name in ("frame_year", "social_amount", "rent_amount"):
                del self.fields[name]
            return
        field = self.fields["frame_year"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(year, str(year)) for year in years]

    @property
    def expected(self) -> Expected | None:
        """What is to be reserved; None where no year is chosen, or none is open."""
        chosen = self.cleaned_data
        if not chosen.get("frame_year"):
            return None
        return Expected(chosen["frame_year"], chosen["social_amount"] or NOTHING, chosen["rent_amount"] or NOTHING)


class PrequalifyForm(ReservationFields):
    """The reasons of the preliminary yes, and what may be reserved with it."""

    reason = LongTextField(
        label=_("Begrundelse for prækvalifikationen"),
        help_text=_("Regler, hensyn og oplysninger, der er lagt vægt på. Begrundelsen står i brevet til ansøgeren."),
        max_length=8000,
        rows=8,
        error_messages={"required": _("Skriv en tekst, før du går videre")},
    )
    field_order = ("reason", "frame_year", "social_amount", "rent_amount")

    def __init__(self, data: QueryDict | None = None, *, years: Sequence[int], initial: dict[str, Any]) -> None:
        super().__init__(data, years=years, initial=initial)
        if years:
            self.fields["frame_year"].required = False


class ReservationForm(ReservationFields):
    """Another amount or year, and why."""

    reason = LongTextField(
        label=_("Hvorfor ændres reservationen?"),
        help_text=_("Kun Landsbyggefonden kan læse det. Skriv 0 i begge beløb for at ophæve reservationen."),
        max_length=500,
        rows=4,
    )
