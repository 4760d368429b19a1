"""The filters above the list of cases; every one of them lives in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.querysets import ApplicationQuerySet
from applications.states import AWAITS_APPLICANT, AWAITS_FUND, AWAITS_PARTIES, DECIDED, ENDED, State
from areas.models import Municipality
from lbf_portal.lib.forms import FilterForm

TURNS = {
    "fund": (_("Landsbyggefonden"), AWAITS_FUND),
    "applicant": (_("Ansøgeren"), AWAITS_APPLICANT),
    "parties": (_("Aftalens parter"), AWAITS_PARTIES),
    "nobody": (_("Ingen: afgjort eller afsluttet"), DECIDED | ENDED),
}
MINE = "mine"
NOBODY = "nobody"


class CaseFilterForm(FilterForm):
    """What narrows the list. A value that makes no sense narrows nothing."""

    q = forms.CharField(label=_("Søg"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("Status"), required=False)
    turn = forms.ChoiceField(label=_("Hvis tur"), required=False)
    municipality = forms.ChoiceField(label=_("Kommune"), required=False)
    officer = forms.ChoiceField(label=_("Sagsbehandler"), required=False)
    year = forms.TypedChoiceField(label=_("Modtaget i"), required=False, coerce=int, empty_value=None)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        municipalities: Iterable[Municipality],
        years: Iterable[int],
        is_fund: bool,
    ) -> None:
        super().__init__(data)
        anything = [("", _("Alle"))]
        self._offer("state", [*anything, *State.choices])
        self._offer("turn", [*anything, *((key, name) for key, (name, _states) in TURNS.items())])
        self._offer("municipality", [*anything, *((area.code, area.name) for area in municipalities)])
        self._offer("year", [*anything, *((year, str(year)) for year in years)])
        if is_fund:
            self._offer("officer", [*anything, (MINE, _("Mine sager")), (NOBODY, _("Uden sagsbehandler"))])
        else:
            del self.fields["officer"]

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrow(self, cases: ApplicationQuerySet, *, person: User | None) -> ApplicationQuerySet:
        """The cases that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        if text := chosen.get("q", "").strip():
            cases = cases.matching(text)
        if state := chosen.get("state"):
            cases = cases.filter(state=state)
        if turn := chosen.get("turn"):
            cases = cases.filter(state__in=TURNS[turn][1])
        if municipality := chosen.get("municipality"):
            cases = cases.filter(municipality__code=municipality)
        if year := chosen.get("year"):
            cases = cases.filter(submitted_at__year=year)
        if officer := chosen.get("officer"):
            cases = cases.filter(Q(responsible=person) if officer == MINE else Q(responsible__isnull=True))
        return cases
