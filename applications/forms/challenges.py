"""The significant problems of the area (R4, R5), in words, and how the effort hangs together with others (R44)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.section import SectionForms
from applications.rules.prequalification import PROBLEM_NAMES
from applications.sections import Values
from areas.models import Answer, standing_of
from lbf_portal.lib.forms import LongTextField, PortalForm

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
        """For `transitions.save_challenges`."""
        return self.form.cleaned_data
