"""Forms of the check's pages."""

from __future__ import annotations

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from lbf_portal.lib.forms import FilterForm, LongTextField, PortalForm
from ledger.querysets import FrameFindingQuerySet


class Which(models.TextChoices):
    """Which findings are shown."""

    STANDING = "standing", _("Dem, der står")
    GONE = "gone", _("Dem, der er væk igen")
    ALL = "all", _("Alle")


class FindingFilterForm(FilterForm):
    """What narrows the list; without a choice, what still stands is shown. A value that makes no sense narrows nothing."""

    which = forms.ChoiceField(label=_("Fund"), choices=Which.choices, required=False)
    year = forms.IntegerField(label=_("År"), required=False, min_value=1, max_value=9999, widget=forms.TextInput)
    q = forms.CharField(label=_("Sagsnummer"), max_length=20, required=False)

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        self.is_valid()
        chosen = self.cleaned_data
        return bool(chosen.get("year") or chosen.get("q") or chosen.get("which") not in ("", None, Which.STANDING))

    def narrow(self, findings: FrameFindingQuerySet) -> FrameFindingQuerySet:
        """The findings that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        match chosen.get("which"):
            case Which.ALL:
                pass
            case Which.GONE:
                findings = findings.gone()
            case _:
                findings = findings.standing()
        if year := chosen.get("year"):
            findings = findings.filter(year=year)
        return findings.filter(case_reference__startswith=chosen.get("q") or "")


class FindingNoteForm(PortalForm):
    """What is known about a finding."""

    note = LongTextField(
        label=_("Bemærkning"), rows=4, help_text=_("Skriv, hvad I ved om fundet. Bemærkningen kan ikke slettes.")
    )
