"""Forms of the planner: what narrows the line, what a forecast assumes, and what a scenario is and sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Scenario, ScenarioCase
from applications.planning import CaseFacts, Row
from applications.querysets import ScenarioQuerySet
from applications.rules.fitting import CARRYING_NAMES, PASSING_NAMES, Carrying, Passing
from applications.rules.forecast import ASSUMED, STAGE_NAMES, Assumption, Stage, check_assumed
from applications.transitions.scenarios import CaseChoice, Settings, settings_of, version_of
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.forms import AmountField, FilterForm, LongTextField, PercentField, PortalForm, apply_violations

FITS, WAITS = "fits", "waits"
MINE, SHARED, PUT_AWAY = "mine", "shared", "put_away"
FEWEST, MOST = 2, 3
# In the choice of what to compare: no scenario, but the cases as they are.
AS_THEY_ARE = "0"


class LineFilterForm(FilterForm):
    """What narrows the line as it is shown; places and sums stay those of the whole line."""

    q = forms.CharField(label=_("Søg"), required=False, max_length=100)
    answer = forms.ChoiceField(
        label=_("Svar"),
        required=False,
        choices=[("", _("Alle")), (FITS, _("Der er plads")), (WAITS, _("Venter"))],
    )
    priority = forms.ChoiceField(
        label=_("Fortrin efter § 61 a"),
        required=False,
        choices=[("", _("Alle")), ("yes", _("Ja")), ("no", _("Nej eller ukendt"))],
    )

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the line."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrow(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        text = chosen.get("q", "").strip().casefold()
        answer, priority = chosen.get("answer"), chosen.get("priority")
        return [
            row
            for row in rows
            if (not text or text in _text_of(row.case))
            and (not answer or row.fits is (answer == FITS))
            and (not priority or row.case.has_priority is (priority == "yes"))
        ]


def _text_of(case: CaseFacts) -> str:
    application = case.application
    return f"{case.number} {application.title} {application.area.name} {application.organisation.name}".casefold()


class AssumptionsForm(FilterForm):
    """A probability and a number of months for each stage, in the address, so that a forecast can be sent to a colleague."""

    def __init__(self, data: QueryDict) -> None:
        # Before the form begins, so that these fields get the portal's messages like all others.
        self.base_fields = {  # type: ignore[misc]  # this form's own: it has one pair a stage
            name: field for stage in Stage for name, field in _fields_of(stage)
        }
        super().__init__(self._completed(data) if any(name in data for name in self.base_fields) else None)

    def _completed(self, data: QueryDict) -> QueryDict:
        """What the address leaves out is as the portal assumes it."""
        asked = data.copy()
        for name, field in self.base_fields.items():
            asked.setdefault(name, str(field.prepare_value(field.initial)))
        return asked

    @property
    def is_changed(self) -> bool:
        """True when the forecast rests on other assumptions than the portal's own."""
        return self.is_bound and self.assumed() != ASSUMED

    def clean(self) -> dict[str, Any]:
        """Ask the rule about what could be read."""
        chosen = super().clean() or self.cleaned_data
        apply_violations(self, check_assumed({stage: _assumption(chosen, stage) for stage in Stage}))
        return chosen

    def assumed(self) -> Mapping[Stage, Assumption]:
        """What was typed; the portal's own assumptions while something typed makes no sense."""
        if not self.is_bound or not self.is_valid():
            return ASSUMED
        return {stage: _assumption(self.cleaned_data, stage) for stage in Stage}

    def fields_of(self, stage: Stage) -> tuple[forms.BoundField, forms.BoundField]:
        """The two fields of a stage."""
        return self[f"probability_{stage}"], self[f"months_{stage}"]


def _assumption(chosen: Mapping[str, Any], stage: Stage) -> Assumption:
    own = ASSUMED[stage]
    return Assumption(chosen.get(f"probability_{stage}", own.probability), chosen.get(f"months_{stage}", own.months))


def _fields_of(stage: Stage) -> Iterator[tuple[str, forms.Field]]:
    name, assumption = gettext(STAGE_NAMES[stage]), ASSUMED[stage]
    yield (
        f"probability_{stage}",
        PercentField(label=gettext("Sandsynlighed: %(stage)s") % {"stage": name}, initial=assumption.probability),
    )
    yield (
        f"months_{stage}",
        forms.IntegerField(
            label=gettext("Måneder til afgørelse: %(stage)s") % {"stage": name},
            initial=assumption.months,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number", "autocomplete": "off"}),
        ),
    )


class ScenarioFilterForm(FilterForm):
    """What narrows the list of scenarios. What is put away is shown only when it is asked for."""

    q = forms.CharField(label=_("Søg"), required=False, max_length=100)
    whose = forms.ChoiceField(
        label=_("Vis"),
        required=False,
        choices=[("", _("Alle")), (MINE, _("Mine")), (SHARED, _("Delte")), (PUT_AWAY, _("Lagt væk"))],
    )

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrow(self, scenarios: ScenarioQuerySet, *, person: User | None) -> ScenarioQuerySet:
        """The scenarios that fit."""
        self.is_valid()
        chosen = self.cleaned_data
        whose = chosen.get("whose")
        scenarios = scenarios.filter(is_put_away=whose == PUT_AWAY)
        if whose == MINE:
            scenarios = scenarios.filter(owner=person)
        if whose == SHARED:
            scenarios = scenarios.filter(is_shared=True)
        if text := chosen.get("q", "").strip():
            scenarios = scenarios.filter(name__icontains=text)
        return scenarios


class ScenarioForm(PortalForm):
    """What a scenario is called, who sees it, how it counts."""

    name = forms.CharField(label=_("Navn"), max_length=100)
    note = LongTextField(
        label=_("Beskrivelse"),
        required=False,
        max_length=2000,
        rows=4,
        help_text=_("Hvad vil du undersøge? Kollegerne kan læse det."),
    )
    passing = forms.TypedChoiceField(
        label=_("Når en sag må vente"),
        choices=[(value.value, _(name)) for value, name in PASSING_NAMES.items()],
        coerce=Passing,
        widget=forms.RadioSelect,
        help_text=_(
            "Loven siger ikke, om en mindre sag må gå forbi. Streng rækkefølge er det sædvanlige: "
            "den sikrer, at ingen får penge, fordi en anden søger om flere."
        ),
    )
    carrying = forms.TypedChoiceField(
        label=_("Det, der er tilbage i år, og som regnes med næste år"),
        choices=[(value.value, _(name)) for value, name in CARRYING_NAMES.items()],
        coerce=Carrying,
        widget=forms.RadioSelect,
    )
    is_shared = forms.BooleanField(
        label=_("Delt med alle i Landsbyggefonden"),
        required=False,
        help_text=_(
            "Kollegerne kan se scenariet, ændre sager i det og lave kopier. Kun du kan ændre det, der står på denne side."
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, scenario: Scenario | None = None, name: str = "") -> None:
        start = settings_of(scenario) if scenario else Settings(name="")
        initial = start.as_json() | ({"name": name} if name else {})
        super().__init__(data, initial=initial)

    def settings(self, *, is_put_away: bool = False) -> Settings:
        """What was chosen."""
        return Settings(**{"is_put_away": is_put_away} | self.cleaned_data)


class ChangeScenarioForm(ScenarioForm):
    """The same, and away with it when it has served."""

    is_put_away = forms.BooleanField(
        label=_("Læg scenariet væk"), required=False, help_text=_("Det findes stadig, men står ikke længere på listen.")
    )


class CaseInScenarioForm(PortalForm):
    """What the scenario sets for one case. An empty field follows the case."""

    marks_optional = False
    social_amount = AmountField(label=_("Til den boligsociale indsats"), required=False)
    rent_amount = AmountField(label=_("Til huslejestøtte"), required=False)
    year = forms.TypedChoiceField(label=_("Ramme"), required=False, coerce=int, empty_value=None)
    later_share = PercentField(
        label=_("Andel, der gives året efter"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal("0.99"),
        help_text=_("Skriv fx 40, hvis beløbet deles i to rater med 60 % i det første år. Tomt felt: alt på én gang."),
    )
    place = forms.IntegerField(
        label=_("Plads i rækken"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-number", "autocomplete": "off"}),
    )
    reason = LongTextField(
        label=_("Begrundelse"),
        required=False,
        max_length=2000,
        rows=4,
        help_text=_("Skal udfyldes, når sagen får en anden plads. Den står i scenariets historik."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        case: CaseFacts,
        held: ScenarioCase | None,
        years: Sequence[int],
        line: tuple[int, int],
    ) -> None:
        fields = ("social_amount", "rent_amount", "year", "later_share", "place", "reason")
        initial = {name: getattr(held, name) for name in fields} if held else {}
        super().__init__(data, initial=initial | {"seen": version_of(held)})
        follows = gettext("Tomt felt følger sagen: %(value)s")
        place, last = line
        self["social_amount"].help_text = follows % {"value": kroner(case.social)}
        self["rent_amount"].help_text = follows % {"value": kroner(case.rent)}
        self["place"].help_text = gettext("Fra 1 til %(last)s. Tomt felt følger rækkefølgen: plads %(place)s") % {
            "last": last,
            "place": place,
        }
        year = self.fields["year"]
        assert isinstance(year, forms.ChoiceField)
        year.choices = [("", gettext("Følger sagen: %(year)s") % {"year": case.year}), *((one, str(one)) for one in years)]

    def choice(self) -> CaseChoice:
        """What was chosen."""
        return CaseChoice(
            **{name: self.cleaned_data[name] for name in ("social_amount", "rent_amount", "year", "later_share", "place")}
        )

    def show_again(self, held: ScenarioCase | None) -> None:
        """Keep what was typed, on top of what a colleague saved in between."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, as it was posted
        data["seen"] = version_of(held)
        self.data = data


class CompareForm(FilterForm):
    """Two or three to compare; the cases as they are can be one of them."""

    scenario = forms.MultipleChoiceField(
        label=_("Vælg to eller tre"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Et af de valgte scenarier findes ikke længere, eller det er ikke delt med dig")},
    )

    def __init__(self, data: QueryDict, *, scenarios: Sequence[Scenario]) -> None:
        super().__init__(data if "scenario" in data else None)
        self.known = {str(scenario.pk): scenario for scenario in scenarios}
        field = self.fields["scenario"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (AS_THEY_ARE, gettext("Sagerne, som de er")),
            *((key, labelled(scenario)) for key, scenario in self.known.items()),
        ]

    def clean_scenario(self) -> list[str]:
        """Two or three, or nothing to see."""
        chosen: list[str] = list(dict.fromkeys(self.cleaned_data["scenario"]))
        if not FEWEST <= len(chosen) <= MOST:
            raise forms.ValidationError(gettext("Vælg to eller tre"))
        return chosen

    def chosen(self) -> Iterator[Scenario | None]:
        """What to compare, the cases as they are first."""
        if self.is_bound and self.is_valid():
            yield from (self.known.get(key) for key in sorted(self.cleaned_data["scenario"], key=int))


def labelled(scenario: Scenario) -> str:
    """The name with its owner: names are used once by each person."""
    return f"{scenario.name} ({scenario.owner})"
