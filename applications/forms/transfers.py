"""Forms of the move to other rules: filters of its lists, and why a move is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import TransferOutcome
from applications.models.transfers import RULE_SETS
from applications.querysets import ApplicationQuerySet, TransferredCaseQuerySet
from applications.rules.transfer import Transition
from applications.states import AFTER_PREQUALIFICATION
from lbf_portal.lib.forms import FilterForm, LongTextField, PortalForm

MOVES, STAYS = "moves", "stays"


class PreviewFilterForm(FilterForm):
    """Which cases of the preview are shown."""

    what = forms.ChoiceField(
        label=_("Vis sager"), choices=[("", _("Alle")), (MOVES, _("Flyttes")), (STAYS, _("Bliver"))], required=False
    )
    from_rule_set = forms.ChoiceField(label=_("Fra regelsæt"), required=False)
    q = forms.CharField(label=_("Søg"), required=False, max_length=100)

    def __init__(self, data: Mapping[str, Any], *, transition: Transition) -> None:
        super().__init__(data)
        field = self.fields["from_rule_set"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Alle")), *((value, name) for value, name in RULE_SETS if value in transition.sources)]

    def narrow(self, cases: ApplicationQuerySet) -> ApplicationQuerySet:
        """The cases that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("what") == MOVES:
            cases = cases.filter(state__in=AFTER_PREQUALIFICATION)
        elif chosen.get("what") == STAYS:
            cases = cases.exclude(state__in=AFTER_PREQUALIFICATION)
        if chosen.get("from_rule_set"):
            cases = cases.filter(rule_set=chosen["from_rule_set"])
        return cases.matching(chosen["q"]) if chosen.get("q") else cases

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())


class ReportFilterForm(FilterForm):
    """Which cases of a run are shown; each choice says how many there are."""

    outcome = forms.ChoiceField(label=_("Vis sager"), required=False)
    q = forms.CharField(label=_("Søg"), required=False, max_length=100)

    def __init__(self, data: Mapping[str, Any], *, counts: Mapping[str, int]) -> None:
        super().__init__(data)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        named = [(value, f"{label} ({counts[value]})") for value, label in TransferOutcome.choices if counts[value]]
        field.choices = [("", f"{_('Alle')} ({sum(counts.values())})"), *named]

    def narrow(self, rows: TransferredCaseQuerySet) -> TransferredCaseQuerySet:
        """The cases that fit."""
        self.is_valid()
        if self.cleaned_data.get("outcome"):
            rows = rows.filter(outcome=self.cleaned_data["outcome"])
        return rows.matching(self.cleaned_data["q"]) if self.cleaned_data.get("q") else rows

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())


class TakeBackForm(PortalForm):
    """Why the move is taken back; the event and the letter say so."""

    reason = LongTextField(
        label=_("Hvorfor tages flytningen tilbage?"),
        help_text=_("Begrundelsen står i brevet til parterne."),
        max_length=2000,
        rows=4,
    )
