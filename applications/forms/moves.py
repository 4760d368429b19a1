"""Forms of the moves: a reason, a hearing, a recommendation, a decision."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lbf_portal.lib.forms import AmountField, DateField, LongTextField, PortalForm

HEARING_DAYS = 14


def reason_form(data: QueryDict | None = None, *, question: Any, hint: Any = "") -> PortalForm:
    """A form of one text: why, what is asked for, or what is answered. The question comes from the move."""
    field = LongTextField(
        label=question,
        help_text=hint,
        max_length=8000,
        rows=8,
        error_messages={"required": _("Skriv en tekst, før du går videre")},
    )
    form: PortalForm = type("ReasonForm", (PortalForm,), {"reason": field})(data)
    return form


class HearingForm(PortalForm):
    """The facts that the party is heard about, and time to answer (R145)."""

    reason = LongTextField(
        label=_("Det, parten høres om"),
        help_text=_("Skriv de oplysninger, der taler imod ansøgningen, og hvad de fører til, hvis parten ikke siger andet."),
        max_length=8000,
        rows=10,
    )
    deadline = DateField(label=_("Sidste frist for svar"), help_text=_("Den sidste dag, parten kan svare. Sædvanligvis 14 dage."))

    def __init__(self, data: QueryDict | None = None, *, on: datetime.date) -> None:
        super().__init__(data, initial={"deadline": on + datetime.timedelta(days=HEARING_DAYS)})


class HearingReplyForm(PortalForm):
    """The party's comments."""

    reply = LongTextField(
        label=_("Jeres bemærkninger"),
        help_text=_("Skriv, hvad der er rigtigt og forkert, og hvad Landsbyggefonden bør lægge vægt på."),
        max_length=8000,
        rows=10,
    )


class RecommendationForm(PortalForm):
    """Amounts, the frame's year, reasons."""

    frame_year = forms.TypedChoiceField(
        label=_("Ramme, som tilsagnet tages af"),
        coerce=int,
        help_text=_("Et tilsagn tages af rammen for det år, det gives i."),
    )
    social_amount = AmountField(
        label=_("Til den boligsociale indsats"),
        min_value=Decimal("0.01"),
        help_text=_("Budgettets beløb fra Landsbyggefonden er sat ind."),
    )
    rent_amount = AmountField(
        label=_("Til huslejestøtte"),
        help_text=_("Det søgte beløb for hele perioden er sat ind. Skriv 0, hvis der ikke gives huslejestøtte."),
    )
    reason = LongTextField(
        label=_("Begrundelse for indstillingen"),
        help_text=_("Regler, hensyn og oplysninger, der er lagt vægt på (forvaltningsloven § 24)."),
        max_length=8000,
        rows=8,
    )

    def __init__(self, data: QueryDict | None = None, *, years: list[tuple[int, str]], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["frame_year"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = years


class DecisionForm(PortalForm):
    """The decision's reasons, and a tick that makes it deliberate."""

    reason = LongTextField(
        label=_("Begrundelse for afgørelsen"),
        help_text=_("Står i tilsagnsbrevet. Indstillingens begrundelse er sat ind; ret den, så den er din."),
        max_length=8000,
        rows=8,
    )
    is_sure = forms.BooleanField(
        label=_("Jeg giver tilsagnet. Beløbet bindes i årets ramme, og brevet sendes."),
        error_messages={"required": _("Sæt hak for at give tilsagnet")},
    )
