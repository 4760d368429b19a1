"""The filters above the list of deadlines, and the form that extends a prequalification."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from applications.deadlines import NAMES
from applications.due import Line
from applications.querysets import ApplicationQuerySet
from lbf_portal.lib.forms import DateField, FilterForm, LongTextField, PortalForm

SOON = datetime.timedelta(days=14)
OVERDUE, IN_TIME, WITHIN_SOON = "overdue", "in_time", "soon"
MINE = "mine"


class DeadlineFilterForm(FilterForm):
    """What narrows the list. A value that makes no sense narrows nothing."""

    q = forms.CharField(label=_("Søg"), required=False, max_length=100)
    who = forms.ChoiceField(
        label=_("Hvem skal handle"), required=False, choices=[("", _("Alle")), (MINE, _("Mig eller min organisation"))]
    )
    kind = forms.ChoiceField(
        label=_("Hvad"), required=False, choices=[("", _("Alle")), *((kind.value, NAMES[kind]) for kind in NAMES)]
    )
    when = forms.ChoiceField(
        label=_("Hvornår"),
        required=False,
        choices=[
            ("", _("Alle")),
            (OVERDUE, _("Overskredet")),
            (WITHIN_SOON, _("De næste 14 dage")),
            (IN_TIME, _("Ikke overskredet")),
        ],
    )

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())

    def cases(self, cases: ApplicationQuerySet) -> ApplicationQuerySet:
        """The cases that fit."""
        self.is_valid()
        text = self.cleaned_data.get("q", "").strip()
        return cases.matching(text) if text else cases

    def narrow(self, lines: list[Line], *, actor: Actor) -> list[Line]:
        """The deadlines that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        fits: list[Callable[[Line], bool]] = []
        if chosen.get("who"):
            fits.append(lambda line: line.is_for(actor))
        if kind := chosen.get("kind"):
            fits.append(lambda line: line.deadline.kind == kind)
        if when := chosen.get("when"):
            fits.append(lambda line: _is_when(line, when))
        return [line for line in lines if all(fit(line) for fit in fits)]


def _is_when(line: Line, when: str) -> bool:
    if when == OVERDUE:
        return line.is_overdue
    return not line.is_overdue and (when == IN_TIME or line.days_left <= SOON.days)


class ExtensionForm(PortalForm):
    """The new last day, and why."""

    until = DateField(label=_("Ny udløbsdag"), help_text=_("Falder dagen på en fridag, gælder den næste hverdag."))
    reason = LongTextField(
        label=_("Hvorfor forlænges prækvalifikationen?"),
        help_text=_("Parterne kan læse begrundelsen på sagen."),
        max_length=4000,
        rows=6,
        error_messages={"required": _("Skriv en tekst, før du går videre")},
    )

    def __init__(self, data: QueryDict | None = None, *, initial: datetime.date | None = None) -> None:
        super().__init__(data, initial={"until": initial})
