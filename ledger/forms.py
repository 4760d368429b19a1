"""The filter above the entries of a year."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lbf_portal.lib.forms import DateField, FilterForm
from ledger.kinds import EntryKind, Money


class EntryFilterForm(FilterForm):
    """Everything is optional; a value that does not exist is told and otherwise ignored."""

    q = forms.CharField(label=_("Sagsnummer"), max_length=20, required=False)
    kind = forms.ChoiceField(label=_("Art"), choices=[("", _("Alle")), *EntryKind.choices], required=False)
    money = forms.ChoiceField(label=_("Formål"), choices=[("", _("Alle")), *Money.choices], required=False)
    since = DateField(label=_("Besluttet fra og med"), required=False)
    until = DateField(label=_("Besluttet til og med"), required=False)
