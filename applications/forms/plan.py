"""The comprehensive plan: its period, what it is about, and its goals (R73-R79)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.forms.rows import Rows, ThingField, by_key, offer, rows_of
from applications.forms.section import SectionForms
from applications.models import IndicatorDefinition
from applications.readable import ChosenArea, chosen_area
from applications.rules.rule_sets import TERMS, RuleSet
from applications.sections import Values
from applications.transitions import GoalChoice
from lbf_portal.lib.forms import DateField, DecimalField, LongTextField, PortalForm, PortalFormSet

LARGEST_VALUE = Decimal("9999999999.9999")  # NUMERIC(14,4)


class PlanForm(PortalForm):
    """Period, effort areas, summary."""

    marks_optional = False
    starts_on = DateField(label=_("Indsatsen begynder"), required=False, help_text=_("Fx 1 1 2028"))
    ends_on = DateField(
        label=_("Indsatsen slutter"),
        required=False,
        help_text=_(
            "Den sidste dag. En indsats kan vare højst 4 år: begynder den 1. januar 2028, slutter den senest 31. december 2031."
        ),
    )
    effort_areas = forms.MultipleChoiceField(
        label=_("Indsatsområder"),
        help_text=_("Vælg dem, indsatsen arbejder i. Målet for hvert område ligger fast."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    summary = LongTextField(
        label=_("Helhedsplanen i korte træk"),
        help_text=_("Skriv, hvad I vil, hvem det er for, og hvordan I griber det an."),
        required=False,
        rows=8,
    )

    def clean(self) -> dict[str, Any]:
        """The end comes after the start; how long the plan may be is the rule's matter."""
        values: dict[str, Any] = super().clean() or {}
        starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error(
                "ends_on", forms.ValidationError(_("Slutdatoen skal ligge efter startdatoen"), code="end_not_after_start")
            )
        return values


class PlanForms(SectionForms):
    """Period and effort areas."""

    field_map: ClassVar[Mapping[str, str]] = {"start": "starts_on", "end": "ends_on"}

    def build_form(self) -> PortalForm:
        plan = self.application.plan
        form = PlanForm(
            self.data,
            initial={
                "starts_on": plan.starts_on,
                "ends_on": plan.ends_on,
                "effort_areas": plan.effort_areas,
                "summary": plan.summary,
            },
        )
        areas = TERMS[RuleSet(self.application.rule_set)].effort_areas
        form.fields["effort_areas"].choices = [(area.code, _with_goal(area.name, area.goal)) for area in areas]  # type: ignore[attr-defined]  # a choice field
        return form

    def choices(self) -> Values:
        """For `transitions.save_plan`."""
        return self.form.cleaned_data


def _with_goal(name: str, goal: str) -> str:
    return f"{gettext(name)}: {gettext(goal)}" if goal else gettext(name)


class NoForm(PortalForm):
    """A section of rows only; carries what concerns all of them."""


class GoalForm(PortalForm):
    """One local goal, measured by an indicator of its effort area. Numbers may wait, but not beyond the signatures."""

    marks_optional = False
    indicator: ThingField[IndicatorDefinition] = ThingField(
        label=_("Indikator"), blank=_("Vælg, hvad målet måles på"), error_messages={"required": _("Vælg, hvad målet måles på")}
    )
    sub_goal = forms.CharField(label=_("Lokalt delmål"), max_length=300, error_messages={"required": _("Skriv, hvad I vil nå")})
    baseline_value = DecimalField(
        label=_("Udgangspunkt"), places=4, min_value=-LARGEST_VALUE, max_value=LARGEST_VALUE, required=False
    )
    baseline_on = DateField(label=_("Målt den"), required=False)
    target_value = DecimalField(label=_("Måltal"), places=4, min_value=-LARGEST_VALUE, max_value=LARGEST_VALUE, required=False)
    target_on = DateField(label=_("Skal nås den"), required=False)
    responsible_party = forms.CharField(label=_("Ansvarlig (frivilligt)"), max_length=150, required=False)

    def __init__(self, *args: Any, indicators: Sequence[IndicatorDefinition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(indicator.pk), indicator_label(indicator)) for indicator in indicators]
        offer(self, "indicator", by_key(indicators), choices)

    def clean(self) -> dict[str, Any]:
        """A goal is reached after it is measured for the first time."""
        values: dict[str, Any] = super().clean() or {}
        baseline_on, target_on = values.get("baseline_on"), values.get("target_on")
        if baseline_on and target_on and target_on <= baseline_on:
            message = _("Målet skal nås efter den dag, udgangspunktet er målt")
            self.add_error("target_on", forms.ValidationError(message, code="target_not_after_baseline"))
        return values


def indicator_label(indicator: IndicatorDefinition) -> str:
    """Name, unit, and which way is better: what somebody needs to choose."""
    return f"{indicator} ({indicator.unit}, {indicator.get_direction_display()})"


class GoalRows(Rows):
    """The goals of one effort area."""

    row_name = _("Mål")
    add_text = _("Tilføj et mål")

    def clean(self) -> None:
        """An indicator measures one goal of the plan, so that its history is one line."""
        chosen = [
            form.cleaned_data.get("indicator")
            for form in self.forms
            if form.has_changed() and not form.cleaned_data.get("DELETE")
        ]
        twice = {indicator for indicator in chosen if indicator and chosen.count(indicator) > 1}
        if twice:
            text = _("Samme indikator står ved to mål: %(names)s. Saml dem i ét mål, eller vælg en anden indikator.")
            names = ", ".join(sorted(str(indicator) for indicator in twice))
            raise forms.ValidationError(text, code="indicator_twice", params={"names": names})


class GoalsOfArea(GoalRows):
    """Rows with the effort area they belong to."""

    area: ChosenArea
    is_chosen: bool


class GoalsForms(SectionForms):
    """One set of rows for each chosen effort area, and for areas that still have goals although they are no longer chosen."""

    def build_form(self) -> PortalForm:
        return NoForm(self.data)

    def build_rows(self) -> Sequence[PortalFormSet]:
        plan = self.application.plan
        goals = list(plan.goals.all())
        codes = [*plan.effort_areas, *sorted({goal.effort_area for goal in goals} - set(plan.effort_areas))]
        indicators = list(IndicatorDefinition.objects.of_rule_set(frozenset(codes)))
        self.groups = [
            self._rows_of(
                code,
                [goal for goal in goals if goal.effort_area == code],
                [indicator for indicator in indicators if indicator.effort_area == code],
            )
            for code in codes
        ]
        return self.groups

    def _rows_of(self, code: str, goals: Sequence[Any], indicators: Sequence[IndicatorDefinition]) -> GoalsOfArea:
        names = (
            "indicator",
            "sub_goal",
            "responsible_party",
            "baseline_value",
            "baseline_on",
            "target_value",
            "target_on",
        )
        rows = rows_of(
            GoalsOfArea,
            GoalForm,
            self.data,
            prefix=f"goals-{code.lower()}",
            initial=[{name: getattr(goal, name) for name in names} for goal in goals],
            extra=0 if goals else 1,
            form_kwargs={"indicators": indicators},
        )
        rows.area = chosen_area(code, RuleSet(self.application.rule_set))
        rows.is_chosen = code in self.application.plan.effort_areas
        return rows

    def choices(self) -> Values:
        """For `transitions.save_goals`."""
        return {"goals": [GoalChoice(effort_area=rows.area.code, **_goal(row)) for rows in self.groups for row in rows.filled]}


def _goal(row: Values) -> Values:
    return {name: value for name, value in row.items() if name != "DELETE"}
