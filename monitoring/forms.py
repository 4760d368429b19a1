"""Forms of efforts: the list's filters, and what each act asks. Field names are the transitions' own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from areas.models import Municipality
from lbf_portal.lib.forms import AmountField, DateField, FilterForm, LongTextField, PortalForm
from monitoring.models import Effort
from monitoring.querysets import EffortQuerySet, GiveBackQuerySet
from monitoring.states import State
from monitoring.transitions import ChangeSubject


class EffortFilterForm(FilterForm):
    """What narrows the list. A value that makes no sense narrows nothing."""

    q = forms.CharField(label=_("Søg"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("Status"), required=False)
    municipality = forms.ChoiceField(label=_("Kommune"), required=False)

    def __init__(self, *args: Any, municipalities: Iterable[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("state", State.choices)
        self._offer("municipality", [(one.code, one.name) for one in municipalities])

    def _offer(self, name: str, choices: Iterable[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Alle")), *choices]

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrow(self, efforts: EffortQuerySet) -> EffortQuerySet:
        """The efforts that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        if text := chosen.get("q", "").strip():
            efforts = efforts.matching(text)
        if state := chosen.get("state"):
            efforts = efforts.filter(state=state)
        if code := chosen.get("municipality"):
            efforts = efforts.filter(application__municipality__code=code)
        return efforts


class GiveBackFilterForm(FilterForm):
    """What is due, until somebody asks for all."""

    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Det, der skal foreslås")), ("proposed", _("Foreslået eller frigivet")), ("all", _("Alle"))],
    )

    @property
    def is_filtering(self) -> bool:
        """True when the list is not what is due."""
        return self.is_valid() and bool(self.cleaned_data["state"])

    def narrow(self, found: GiveBackQuerySet) -> GiveBackQuerySet:
        """The rows that fit."""
        self.is_valid()
        match self.cleaned_data.get("state"):
            case "all":
                return found
            case "proposed":
                return found.dealt_with()
            case _:
                return found.due()


class GiveBackForm(PortalForm):
    """Finance's decision on a closed year's money, and why (R6, Q4)."""

    decision = forms.CharField(
        label=_("Økonomis beslutning"), max_length=300, help_text=_("Skriv beslutningen, eller hvor den står.")
    )
    reason = LongTextField(
        label=_("Begrundelse"), help_text=_("Begrundelsen følger posteringen og kan læses af alle i fonden."), rows=4
    )


class ActForm(PortalForm):
    """Base of what an act asks; knows the effort it is about."""

    def __init__(self, *args: Any, effort: Effort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.effort = effort


class StartForm(ActForm):
    """Nothing but the button."""


class ReasonForm(ActForm):
    """One text: why."""

    reason = LongTextField(label=_("Begrundelse"), help_text=_("Begrundelsen kan læses af sagens parter og bestyrelse."), rows=6)


class ChangeForm(ActForm):
    """What shall change, and why (R82)."""

    subject = forms.ChoiceField(label=_("Hvad skal ændres?"), choices=ChangeSubject.choices, widget=forms.RadioSelect)
    reason = LongTextField(
        label=_("Beskriv ændringen"), help_text=_("Skriv, hvad der skal ændres fra og til, og hvorfor det er nødvendigt."), rows=8
    )

    def clean_subject(self) -> ChangeSubject:
        """The choice as the transition takes it."""
        return ChangeSubject(self.cleaned_data["subject"])


class ExtendForm(ActForm):
    """The new last day (Q7)."""

    ends_on = DateField(label=_("Ny sidste dag"), help_text=_("Højst 12 måneder efter den aftalte sidste dag."))
    reason = LongTextField(label=_("Begrundelse"), rows=6)


class CloseForm(ActForm):
    """What was not spent, by purpose."""

    unspent_social = AmountField(
        label=_("Ikke brugt af tilskuddet til den boligsociale indsats"), help_text=_("Skriv 0, hvis hele tilskuddet er brugt.")
    )
    unspent_rent = AmountField(
        label=_("Ikke brugt af huslejestøtten"), help_text=_("Skriv 0, hvis hele støtten er brugt, eller der ingen er.")
    )
    reason = LongTextField(label=_("Begrundelse"), help_text=_("Henvis til det godkendte regnskab."), rows=6)


class RevokeForm(ActForm):
    """What goes back to the frame, and why (Q8)."""

    released_social = AmountField(
        label=_("Tilbage til rammen fra den boligsociale indsats"), help_text=_("Det, der ikke er og ikke bliver udbetalt.")
    )
    released_rent = AmountField(label=_("Tilbage til rammen fra huslejestøtten"), help_text=_("Skriv 0, hvis der ingen er."))
    reason = LongTextField(
        label=_("Begrundelse"),
        help_text=_("Fx ikke påbegyndt, væsentlig misligholdelse, misbrug eller manglende indberetninger efter to rykkere."),
        rows=6,
    )
