"""Forms of deciding several cases together: which, and why each."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.querysets import ApplicationQuerySet
from applications.transitions import Choice, Weighed
from areas.models import Municipality
from lbf_portal.lib.forms import FilterForm, LongTextField, PortalForm


class ToDecideFilterForm(FilterForm):
    """What narrows the list of recommended cases. A value that makes no sense narrows nothing."""

    q = forms.CharField(label=_("Søg"), required=False, max_length=100)
    municipality = forms.ChoiceField(label=_("Kommune"), required=False)
    year = forms.TypedChoiceField(label=_("Ramme"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Mapping[str, Any], *, municipalities: Iterable[Municipality], years: Iterable[int]) -> None:
        super().__init__(data)
        anything = [("", _("Alle"))]
        self._offer("municipality", [*anything, *((one.code, one.name) for one in municipalities)])
        self._offer("year", [*anything, *((year, str(year)) for year in years)])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrow(self, cases: ApplicationQuerySet) -> ApplicationQuerySet:
        """The cases that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        if text := chosen.get("q", "").strip():
            cases = cases.matching(text)
        if municipality := chosen.get("municipality"):
            cases = cases.filter(municipality__code=municipality)
        if year := chosen.get("year"):
            cases = cases.filter(recommended_year=year)  # type: ignore[misc]  # annotated by recommended()
        return cases


class How(enum.StrEnum):
    """Whether every case has reasons of its own or all have the same."""

    EACH = "each"
    COMMON = "common"


class TogetherForm(PortalForm):
    """One reason for all, or one for each case; what was seen of each; a tick that makes it deliberate."""

    # Which of the reasons is needed follows from the first answer.
    marks_optional = False

    how = forms.ChoiceField(
        label=_("Begrundelse"),
        choices=[
            (How.EACH, _("Hver sag får sin egen. Indstillingens begrundelse er sat ind.")),
            (How.COMMON, _("Alle sagerne får den samme.")),
        ],
        widget=forms.RadioSelect,
    )
    common = LongTextField(
        label=_("Begrundelse for alle sagerne"),
        help_text=_("Udfyldes kun, når alle får den samme. Står i hvert tilsagnsbrev."),
        max_length=8000,
        rows=5,
        required=False,
    )
    is_sure = forms.BooleanField(
        label=_("Jeg giver tilsagn i alle sagerne. Beløbene bindes i rammen, og brevene sendes."),
        error_messages={"required": _("Sæt hak for at give tilsagn i sagerne")},
    )

    def __init__(self, data: QueryDict | None = None, *, rows: Sequence[Weighed]) -> None:
        self.rows = rows
        initial: dict[str, Any] = {"how": How.EACH}
        for row in rows:
            initial |= {_reason(row.application): row.recommendation.reasons, _seen(row.application): str(row.seen)}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """The letters need reasons (forvaltningsloven § 24): the common one, or one for each."""
        chosen = super().clean() or {}
        how = chosen.get("how")
        if how == How.COMMON and not chosen.get("common", "").strip() and "common" not in self.errors:
            self.add_error("common", gettext("Skriv den begrundelse, som alle sagerne skal have."))
        for row in self.rows if how == How.EACH else ():
            name = _reason(row.application)
            if name not in self.errors and not chosen.get(name, "").strip():
                told = gettext("Skriv en begrundelse for sag %(case)s.") % {"case": row.application.case_number}
                self.add_error(name, told)
        return chosen

    @property
    def choices(self) -> list[Choice]:
        """What is to be decided."""
        chosen = self.cleaned_data
        return [
            Choice(
                row.application.case_number,
                chosen[_seen(row.application)],
                chosen["common"] if chosen["how"] == How.COMMON else chosen[_reason(row.application)],
            )
            for row in self.rows
        ]


def _reason(application: Application) -> str:
    return f"reason_{application.case_number}"


def _seen(application: Application) -> str:
    return f"seen_{application.case_number}"


def together_form(data: QueryDict | None = None, *, rows: Sequence[Weighed]) -> TogetherForm:
    """The form with two fields for each of the cases, between the common reason and the tick."""
    own: dict[str, forms.Field] = {}
    for row in rows:
        own |= {
            _reason(row.application): LongTextField(
                label=_("Begrundelse for %(case)s") % {"case": row.application}, max_length=8000, rows=5, required=False
            ),
            _seen(row.application): forms.CharField(max_length=200, required=False, widget=forms.HiddenInput),
        }
    made: type[TogetherForm] = type("TogetherForm", (TogetherForm,), {**own, "field_order": ("how", "common", *own, "is_sure")})
    return made(data, rows=rows)


def seen_anew(data: QueryDict, rows: Sequence[Weighed]) -> QueryDict:
    """What was posted, with what the page shows now, so that the next answer is about it; the tick has to be set again."""
    renewed = data.copy()
    for row in rows:
        renewed[_seen(row.application)] = str(row.seen)
    renewed.pop("is_sure", None)
    return renewed
