"""What each posting by hand asks for. A form gives the act (`ledger.proposed`); whether it can be posted, its rehearsal says."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lbf_portal.lib.forms import AmountField, DateField, FilterForm, LongTextField, PortalForm
from ledger import proposed
from ledger.kinds import FrameKind, Money, ProposalKind, ReleaseCause, Reuse
from ledger.models import FrameYear, GrantPeriod
from ledger.querysets import FrameYearQuerySet, ProposalQuerySet
from ledger.states import State

Text = str | Promise
ALL: tuple[str, Text] = ("", _("Alle"))
# What the release and the reversal of a commitment rest on, until somebody writes otherwise.
RELEASED = "Almenboligloven § 91 a, stk. 1; R6"
CORRECTED = "Almenboligloven § 91 a, stk. 1"
FIRST_YEAR, LAST_YEAR = 2019, 2099
# What a number of the database can have at most; a longer text is not even made a number.
LONGEST_NUMBER = len(str(2**63))


class YearField(forms.ModelChoiceField):  # type: ignore[type-arg]  # django-stubs' field is generic, Django's is not
    """A year of one of the two frames; which years, the form says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(FrameYear.objects.none(), **{"label": _("Årsramme"), "empty_label": _("Vælg et år"), **kwargs})

    def label_from_instance(self, obj: FrameYear) -> str:
        """The year; which frame and whether it is closed only where that is not what one expects."""
        notes = []
        if obj.kind == FrameKind.EXTRA_RENT:
            notes.append(gettext("ekstra ramme"))
        if obj.closed_on:
            notes.append(gettext("lukket"))
        return f"{obj.year} ({', '.join(notes)})" if notes else str(obj.year)


class PeriodField(forms.ModelChoiceField):  # type: ignore[type-arg]  # as above
    """A period that has frames in the portal."""

    def __init__(self) -> None:
        super().__init__(
            GrantPeriod.objects.exclude(frame=""),
            label=_("Bevillingsperiode"),
            empty_label=_("Vælg en periode"),
            to_field_name="code",
        )


class ProposalForm(PortalForm):
    """Base: why, for every kind; and the years that can be chosen, as things stand today."""

    kind: ClassVar[ProposalKind]
    lead: ClassVar[Text]
    # What stands there instead of the form when there is no year to choose.
    none_to_choose: ClassVar[Text] = _("Ingen årsramme er åbnet endnu.")

    reason = LongTextField(
        label=_("Begrundelse"), help_text=_("Begrundelsen følger posteringen og kan læses af alle i fonden."), rows=4
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        if isinstance(field := self.fields.get("frame_year"), YearField):
            field.queryset = self.years()

    def years(self) -> FrameYearQuerySet:
        """The years that can be chosen, newest first."""
        return FrameYear.objects.select_related("period").order_by("-year", "-kind")

    @property
    def has_choice(self) -> bool:
        """False when the act needs a year and there is none."""
        return "frame_year" not in self.fields or self.years().exists()

    @property
    def chosen_year(self) -> FrameYear | None:
        """The year as chosen so far: in the form that was sent, else in the address."""
        if "frame_year" not in self.fields:
            return None
        value = self["frame_year"].value()
        if isinstance(value, FrameYear):
            return value
        number = str(value or "")
        is_number = number.isdecimal() and number.isascii() and len(number) < LONGEST_NUMBER
        return self.years().filter(pk=number).first() if is_number else None

    def year_of_address(self, address: Mapping[str, str]) -> FrameYear | None:
        """The year that `?year=2026` names, with `&frame=EXTRA_RENT` for the extra one."""
        year = address.get("year", "")
        if not (year.isdecimal() and year.isascii()) or len(year) > len(str(LAST_YEAR)):
            return None
        return self.years().filter(year=int(year), kind=address.get("frame") or FrameKind.ORDINARY).first()

    def filled_from(self, address: Mapping[str, str]) -> None:
        """Fill in what the address says, as a link from the year or an entry does: only what is one text."""
        texts = {name for name, field in self.fields.items() if isinstance(field.widget, forms.TextInput | forms.Textarea)}
        self.initial = {name: value for name, value in address.items() if name in texts}
        if "frame_year" in self.fields:
            self.initial["frame_year"] = self.year_of_address(address)

    def act(self) -> proposed.Act:
        """What is proposed."""
        raise NotImplementedError  # each kind has fields of its own

    def _value(self, name: str) -> Any:
        return self.cleaned_data[name]

    def _of_year(self) -> dict[str, Any]:
        frame_year: FrameYear = self._value("frame_year")
        return {"year": frame_year.year, "frame": FrameKind(frame_year.kind)}


class OpenForm(ProposalForm):
    """The frame of a year with its base amounts (R2, R8, R9)."""

    kind = ProposalKind.OPEN
    lead = _("Portalen åbner selv de år, loven giver penge til. Her kan et år åbnes, som kun får penge ved overførsel.")

    period = PeriodField()
    year = forms.IntegerField(label=_("År"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    base_total = AmountField(label=_("Grundbeløb"), help_text=_("Skriv 0 for året efter perioden: det får kun overførte penge."))
    base_rent = AmountField(label=_("Heraf højst til husleje"))
    base_vacancy = AmountField(label=_("Heraf afsat til tomgangsleje"))

    def act(self) -> proposed.Act:
        return proposed.Open(
            period=self._value("period").code,
            year=self._value("year"),
            base_total=self._value("base_total"),
            base_rent=self._value("base_rent"),
            base_vacancy=self._value("base_vacancy"),
        )


class RegulateForm(ProposalForm):
    """The year's regulated amounts and the document that states them (R7, C5)."""

    kind = ProposalKind.REGULATE
    lead = _("Skriv de regulerede beløb, som de står i dokumentet. De gælder i stedet for grundbeløbet.")
    none_to_choose = _("Alle årsrammer er lukket, og et lukket år kan ikke reguleres.")

    frame_year = YearField()
    total = AmountField(label=_("Reguleret beløb"))
    rent = AmountField(label=_("Heraf højst til husleje"))
    document = forms.CharField(
        label=_("Dokument"), max_length=200, help_text=_("Hvor beløbene står, fx »Brev fra ministeriet af 2. januar 2026«.")
    )

    def years(self) -> FrameYearQuerySet:
        return super().years().filter(closed_on__isnull=True)

    def act(self) -> proposed.Act:
        return proposed.Regulate(
            total=self._value("total"), rent=self._value("rent"), document=self._value("document"), **self._of_year()
        )


class CloseForm(ProposalForm):
    """A year that is over (R6, G2)."""

    kind = ProposalKind.CLOSE
    lead = _("Et år lukkes, når det er slut. Derefter kan der kun overføres penge fra det, og kun når året efter er åbnet.")
    none_to_choose = _("Ingen åbne årsrammer er slut. Et år kan lukkes fra den 1. januar året efter.")

    frame_year = YearField()
    carries_over = forms.ChoiceField(
        label=_("Hvad skal der ske med det, der er tilbage?"),
        choices=[
            ("yes", _("Overfør det, der kan overføres uden beslutning, og luk året")),
            ("no", _("Luk året uden at overføre noget")),
        ],
        initial="yes",
        widget=forms.RadioSelect,
    )

    def years(self) -> FrameYearQuerySet:
        return super().years().filter(closed_on__isnull=True, year__lt=self.today.year).order_by("year", "-kind")

    def filled_from(self, address: Mapping[str, str]) -> None:
        """Without a year the oldest that can be closed: years are closed in order."""
        super().filled_from(address)
        chosen = self.initial["frame_year"] = self.initial["frame_year"] or self.years().first()
        self.initial["carries_over"] = "yes" if chosen is None or chosen.is_followed else "no"

    def act(self) -> proposed.Act:
        return proposed.Close(carries_over=self._value("carries_over") == "yes", **self._of_year())


class CarryOverForm(ProposalForm):
    """Unused money of a year to the following one (R6, C6, Q4)."""

    kind = ProposalKind.CARRY_OVER
    lead = _("Penge, der ikke er brugt, kan overføres til året efter.")

    frame_year = YearField(label=_("Overfør fra"))
    amount = AmountField(label=_("Beløb"), min_value=Decimal("0.01"))
    decision = forms.CharField(
        label=_("Økonomis beslutning"),
        required=False,
        max_length=300,
        help_text=_("Kræves kun for penge, der selv er overført hertil fra året før. Skriv beslutningen, eller hvor den står."),
    )

    def act(self) -> proposed.Act:
        return proposed.CarryOver(amount=self._value("amount"), decision=self._value("decision"), **self._of_year())


class ReleaseForm(ProposalForm):
    """What a case holds of an open year and will not use."""

    kind = ProposalKind.RELEASE
    lead = _("Giv et beløb tilbage til det år, tilsagnet blev givet i. Er året lukket, frigives beløbet ved overførsel i stedet.")

    frame_year = YearField(label=_("Årsramme, tilsagnet er givet af"))
    case_reference = forms.CharField(label=_("Sagsnummer"), max_length=20)
    money = forms.TypedChoiceField(label=_("Formål"), choices=[("", _("Vælg et formål")), *Money.choices], coerce=Money)
    amount = AmountField(label=_("Beløb"), min_value=Decimal("0.01"))
    cause = forms.TypedChoiceField(
        label=_("Årsag"), choices=[("", _("Vælg en årsag")), *ReleaseCause.choices], coerce=ReleaseCause
    )
    legal_basis = forms.CharField(label=_("Hjemmel"), max_length=200, initial=RELEASED)

    def filled_from(self, address: Mapping[str, str]) -> None:
        super().filled_from(address)
        self.initial.setdefault("legal_basis", RELEASED)

    def act(self) -> proposed.Act:
        return proposed.Release(**self._released(), **self._of_year())

    def _released(self) -> dict[str, Any]:
        return {name: self._value(name) for name in ("case_reference", "money", "amount", "cause", "legal_basis")}


class ReleaseByCarryOverForm(ReleaseForm):
    """What a case holds of a closed year, carried on to the first open one (R6, Q4)."""

    kind = ProposalKind.RELEASE_BY_CARRY_OVER
    lead = _("Et lukket år tager ikke penge tilbage. Beløbet frigives og overføres i samme postering til det første åbne år.")
    none_to_choose = _("Ingen årsrammer er lukket. Et beløb af et åbent år frigives i året selv.")

    frame_year = YearField(label=_("Lukket årsramme, tilsagnet er givet af"))
    decision = forms.CharField(
        label=_("Økonomis beslutning"), max_length=300, help_text=_("Skriv beslutningen, eller hvor den står.")
    )

    def years(self) -> FrameYearQuerySet:
        return super().years().filter(closed_on__isnull=False)

    def act(self) -> proposed.Act:
        return proposed.ReleaseByCarryOver(decision=self._value("decision"), **self._released(), **self._of_year())


class ReverseForm(ProposalForm):
    """The mirror image of a mistaken commitment or release."""

    kind = ProposalKind.REVERSE
    lead = _("En fejl rettes med en modpostering. Kun tilsagn og frigivelser kan tilbageføres, og kun én gang.")

    entry = forms.IntegerField(
        label=_("Posteringens nummer"),
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number", "autocomplete": "off"}),
        help_text=_("Nummeret står ved posteringen på årets side."),
    )
    legal_basis = forms.CharField(label=_("Hjemmel"), max_length=200, initial=CORRECTED)

    def filled_from(self, address: Mapping[str, str]) -> None:
        super().filled_from(address)
        self.initial.setdefault("legal_basis", CORRECTED)

    def act(self) -> proposed.Act:
        return proposed.Reverse(entry=self._value("entry"), legal_basis=self._value("legal_basis"))


class ReleaseRuleForm(ProposalForm):
    """Whether and where released money may be used again, from a day on."""

    kind = ProposalKind.SET_RELEASE_RULE
    lead = _("Reglen gælder fra en dag, der tidligst er dagen for godkendelsen. Den ændrer intet bagud.")

    period = PeriodField()
    rule = forms.TypedChoiceField(
        label=_("Frigivne beløb kan bruges igen"), choices=Reuse.choices, coerce=Reuse, widget=forms.RadioSelect
    )
    valid_from = DateField(label=_("Gælder fra"))
    source = forms.CharField(label=_("Kilde"), max_length=300, help_text=_("Hvem der har besluttet reglen, og hvor det står."))

    def act(self) -> proposed.Act:
        names = ("valid_from", "rule", "source")
        return proposed.SetReleaseRule(period=self._value("period").code, **{name: self._value(name) for name in names})


# In the order in which they are offered: what every year asks for first.
FORMS: dict[ProposalKind, type[ProposalForm]] = {
    form.kind: form
    for form in (
        RegulateForm,
        CloseForm,
        CarryOverForm,
        ReleaseForm,
        ReleaseByCarryOverForm,
        ReverseForm,
        OpenForm,
        ReleaseRuleForm,
    )
}


class WithdrawForm(PortalForm):
    """Why one takes one's own proposal back."""

    note = LongTextField(label=_("Bemærkning"), required=False, rows=4)


class AnswerForm(WithdrawForm):
    """What one says to a colleague's proposal."""

    note = LongTextField(
        label=_("Bemærkning"),
        help_text=_("Skal udfyldes, når forslaget afvises. Den, der har foreslået posteringen, kan læse den."),
        required=False,
        rows=4,
    )


class ProposalFilterForm(FilterForm):
    """What narrows the list. A value that makes no sense narrows nothing."""

    state = forms.ChoiceField(label=_("Status"), choices=[ALL, *State.choices], required=False)
    kind = forms.ChoiceField(label=_("Art"), choices=[ALL, *ProposalKind.choices], required=False)
    year = forms.IntegerField(label=_("År"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR, widget=forms.TextInput)

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return any(self._chosen().values())

    def narrow(self, proposals: ProposalQuerySet) -> ProposalQuerySet:
        """The proposals that fit."""
        return proposals.filter(**{name: value for name, value in self._chosen().items() if value})

    def _chosen(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data
