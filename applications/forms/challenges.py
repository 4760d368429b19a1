"""The significant problems of the area (R4, R5) with figures and words, and how the effort is coordinated with others (R44)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.forms.rows import Rows, rows_of
from applications.forms.section import SectionForms, YearField
from applications.models import ProblemFigure
from applications.rules.prequalification import PROBLEM_NAMES, UNITS, Problem
from applications.sections import Values
from applications.transitions import FigureChoice
from areas.models import Answer, standing_of
from lbf_portal.lib.forms import DecimalField, LongTextField, PortalForm, PortalFormSet

# Five pages (R62) of some 2,400 characters.
LONGEST_DESCRIPTION = 12_000


class ChallengesForm(PortalForm):
    """Problem types and texts."""

    marks_optional = False
    problem_types = forms.MultipleChoiceField(
        label=_("Hvilke væsentlige problemer skal indsatsen løse?"),
        help_text=_("Vælg mindst ét. Loven nævner de seks første som eksempler (§ 91 a, stk. 1)."),
        choices=[(str(value), _(name)) for value, name in PROBLEM_NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    challenges = LongTextField(
        label=_("Områdets sociale udfordringer"),
        help_text=_("Beskriv dem kort, højst hvad der svarer til fem sider. Brug gerne tal, og skriv, hvor de kommer fra."),
        max_length=LONGEST_DESCRIPTION,
        rows=12,
        required=False,
    )
    coordination = LongTextField(label=_("Samordning med andre indsatser"), required=False)


class ProblemFigureForm(PortalForm):
    """The figure that shows a problem. It counts once something stands there that the page did not write itself: the unit.

    Under a problem that is not ticked nothing is asked, and so nothing is wrong: the page does not even show it.
    """

    marks_optional = False
    problem = forms.CharField(widget=forms.HiddenInput)
    value = DecimalField(label=_("Tal"), min_value=Decimal(0), max_value=Decimal("9999999999.99"), required=False)
    unit = forms.CharField(label=_("Enhed"), max_length=60, required=False)
    year = YearField(label=_("År"), required=False)
    source = forms.CharField(label=_("Hvor kommer tallet fra?"), max_length=150, required=False)

    def __init__(self, *args: Any, ticked: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ticked = ticked

    def has_changed(self) -> bool:
        """Whether somebody typed anything about a problem that is ticked."""
        if not self.is_bound:
            return super().has_changed()
        typed = {
            name: self.data.get(self.add_prefix(name), "").strip() for name in ("problem", "value", "unit", "year", "source")
        }
        has_own_unit = typed["unit"] not in ("", _usual_unit(typed["problem"]))
        return typed["problem"] in self._ticked and any([typed["value"], typed["year"], typed["source"], has_own_unit])


class ProblemFigureRows(Rows):
    """One row for each problem that the act names, in its order."""

    row_name = _("Tal")


class ChallengesForms(SectionForms):
    """Why the area needs an effort."""

    field_map: ClassVar[Mapping[str, str]] = {"problems": "problem_types"}

    def build_form(self) -> PortalForm:
        application = self.application
        form = ChallengesForm(
            self.data,
            initial={
                "problem_types": application.problem_types,
                "challenges": application.challenges,
                "coordination": application.coordination,
            },
        )
        form["coordination"].help_text = self._about_coordination()
        return form

    def build_rows(self) -> Sequence[PortalFormSet]:
        """A row for every problem, so that ticking one without scripts leaves room for its figure."""
        stored = {row.problem: row for row in self.application.problem_figures.all()}
        self.figures = rows_of(
            ProblemFigureRows,
            ProblemFigureForm,
            self.data,
            prefix="figures",
            can_delete=False,
            initial=[_row(problem, stored.get(problem)) for problem in Problem],
            form_kwargs={"ticked": self.data.getlist("problem_types") if self.data is not None else ()},
        )
        return (self.figures,)

    @property
    def problems(self) -> list[tuple[BoundWidget, forms.BaseForm]]:
        """Each problem's tick with the row of its figure; a row about a problem that is unknown here is not shown."""
        rows = {str(form["problem"].value()): form for form in self.figures.forms}
        return [(tick, rows[tick.data["value"]]) for tick in self.form["problem_types"].subwidgets if tick.data["value"] in rows]

    def _about_coordination(self) -> str:
        if standing_of(self.application.area, on=self.on).has_development_plan is Answer.YES:
            return str(_("Området er bundet af en udviklingsplan. Skriv, hvordan indsatsen er samordnet med den (§ 168 a)."))
        return str(
            _(
                "Skriv, hvordan indsatsen hænger sammen med andre indsatser i området. "
                "Har området en udviklingsplan, skal den med."
            )
        )

    def choices(self) -> Values:
        """For `transitions.save_challenges`. A figure belongs to a problem that is ticked."""
        return {**self.form.cleaned_data, "figures": [FigureChoice(**row) for row in self.figures.filled]}


def _row(problem: Problem, stored: ProblemFigure | None) -> Values:
    if stored is None:
        return {"problem": problem, "unit": _usual_unit(problem)}
    return {name: getattr(stored, name) for name in ("problem", "value", "unit", "year", "source")}


def _usual_unit(problem: str) -> str:
    """What the page fills in beforehand."""
    return gettext(UNITS[Problem(problem)]) if problem in set(UNITS) else ""
