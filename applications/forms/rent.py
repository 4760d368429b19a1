"""Rent reduction per department (R114-R125): whether it is asked for, how much, and how long."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.forms.rows import DepartmentRowForm, DepartmentRows, named_in_rows, rows_of
from applications.forms.section import SectionForms, filled
from applications.models import ComprehensivePlan
from applications.rules.plan import last_possible_day
from applications.rules.rule_sets import RuleSet
from applications.sections import Values
from applications.transitions import RentChoice
from areas.models import Department
from lbf_portal.lib.forms import DateField, DecimalField, PortalForm, PortalFormSet

CENT = Decimal("0.01")
YES, NO = "yes", "no"


class RentForm(PortalForm):
    """Yes or no."""

    wants_rent_support = forms.TypedChoiceField(
        label=_("Søger I også om støtte til at sætte huslejen ned?"),
        help_text=_("Huslejestøtte er en del af den samme sag og kræver den samme helhedsplan (§ 91 a, stk. 2)."),
        choices=[(YES, _("Ja")), (NO, _("Nej"))],
        coerce=lambda value: value == YES,
        widget=forms.RadioSelect,
    )


class RentRowForm(DepartmentRowForm):
    """One department of the case; without an amount nothing is asked for it."""

    amount_per_m2 = DecimalField(
        label=_("Støtte pr. m² om året"),
        suffix=_("kr."),  # type: ignore[arg-type]  # lazy text, translated when shown
        min_value=CENT,
        max_value=Decimal("999999.99"),
        required=False,
    )
    area_m2 = DecimalField(label=_("Areal"), suffix="m²", min_value=CENT, max_value=Decimal("99999999.99"), required=False)
    starts_on = DateField(label=_("Fra"), required=False, help_text=_("Den første i en måned"))
    ends_on = DateField(label=_("Til og med"), required=False, help_text=_("Den sidste dag i en måned"))

    def has_changed(self) -> bool:
        """A row counts once an amount stands in it: the area and the dates are filled in beforehand."""
        return bool(self.data.get(self.add_prefix("amount_per_m2"), "").strip()) if self.is_bound else super().has_changed()

    def clean(self) -> dict[str, Any]:
        """What an amount needs to be paid out by."""
        values: dict[str, Any] = super().clean() or {}
        needed = {
            "area_m2": _("Skriv, hvor mange m² støtten gælder"),
            "starts_on": _("Skriv, hvornår støtten begynder"),
            "ends_on": _("Skriv, hvornår støtten slutter"),
        }
        for name, message in needed.items():
            if values.get(name) is None and name not in self.errors:
                self.add_error(name, forms.ValidationError(message, code="required"))
        starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error(
                "ends_on", forms.ValidationError(_("Støtten skal slutte efter, at den begynder"), code="end_not_after_start")
            )
        return values


class RentForms(SectionForms):
    """Rent reduction: yes or no, and a row a department."""

    def build_form(self) -> PortalForm:
        return RentForm(self.data, initial={"wants_rent_support": YES if self.application.wants_rent_support else NO})

    def build_rows(self) -> Sequence[PortalFormSet]:
        """Departments of the case, in their order; a department that left the case keeps its row while it has an amount."""
        application = self.application
        self.stored = stored = {row.department_id: row for row in application.rent_supports.all()}
        of_case = [row.department for row in application.application_departments.all()]
        left = [row.department for row in stored.values() if row.department not in of_case]
        self.departments = {str(department.pk): department for department in [*of_case, *left]}
        self.shown = {**named_in_rows(application, self.data, "rent"), **self.departments}
        starts_on, ends_on = self._usual_period()
        self.lines = rows_of(
            DepartmentRows,
            RentRowForm,
            self.data,
            prefix="rent",
            can_delete=False,
            initial=[
                {
                    "department": key,
                    "amount_per_m2": stored[department.pk].amount_per_m2 if department.pk in stored else None,
                    "area_m2": stored[department.pk].area_m2 if department.pk in stored else department.floor_area_m2,
                    "starts_on": stored[department.pk].starts_on if department.pk in stored else starts_on,
                    "ends_on": stored[department.pk].ends_on if department.pk in stored else ends_on,
                }
                for key, department in self.departments.items()
            ],
            form_kwargs={"departments": self.departments},
        )
        return (self.lines,)

    def _usual_period(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The plan's period; before there is one, four years from the month in which the effort is expected to begin."""
        plan: ComprehensivePlan | None = getattr(self.application, "plan", None)
        if plan is not None and plan.starts_on:
            return plan.starts_on, plan.ends_on
        expected = self.application.expected_start_on
        if expected is None:
            return None, None
        first = expected.replace(day=1)
        return first, last_possible_day(RuleSet(self.application.rule_set), first)

    @property
    def rows_with_department(self) -> list[tuple[Department, forms.BaseForm]]:
        """Each row with the department it is about; a row about a department that is unknown here is not shown."""
        return [(self.shown[key], form) for form in self.lines.forms if (key := str(form["department"].value())) in self.shown]

    def is_valid(self) -> bool:
        """Without rent support what stands in the rows is not asked for, and not judged; with it there is an amount."""
        if not super().is_valid():
            return self.form.is_valid() and not self.form.cleaned_data["wants_rent_support"]
        if self.form.cleaned_data["wants_rent_support"] and not self.lines.filled:
            message = gettext("Skriv beløbet for mindst én afdeling, eller svar nej")
            self.form.add_error("wants_rent_support", forms.ValidationError(message, code="no_amount"))
        return self.form.is_valid()

    def choices(self) -> Values:
        """For `transitions.save_rent_support`; a row twice for one department is the last of the two.

        A department that came while the page was open had no row there, and keeps what is stored.
        """
        if not self.form.cleaned_data["wants_rent_support"]:
            return {"wants_rent_support": False, "lines": []}
        kept = [
            RentChoice(department, row.amount_per_m2, row.area_m2, row.starts_on, row.ends_on)
            for key, department in self.departments.items()
            if key not in self.lines.posted and (row := self.stored.get(department.pk))
        ]
        typed = {
            row["department"]: RentChoice(
                department=self.departments[row["department"]],
                amount_per_m2=row["amount_per_m2"],
                area_m2=row["area_m2"],
                starts_on=row["starts_on"],
                ends_on=row["ends_on"],
            )
            for row in self.lines.filled
        }
        return {"wants_rent_support": True, "lines": [*kept, *typed.values()]}

    @property
    def remarks(self) -> list[str]:
        """Amounts under a no."""
        if self.form.cleaned_data["wants_rent_support"] or not any(row.has_changed() for row in self.lines.forms):
            return []
        return [gettext("Beløb gemmes først, når I svarer ja til huslejestøtte.")]

    def so_far(self) -> Values:
        """The section's values as far as they can be read now, for sums while somebody types."""
        self.form.is_valid()
        return {
            "wants_rent_support": self.form.cleaned_data.get("wants_rent_support", True),
            "lines": [
                {**row, "department": str(self.departments[row["department"]])}
                for row in filled(self.lines)
                if row["department"] in self.departments
            ],
        }
