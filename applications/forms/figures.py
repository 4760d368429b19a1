"""Key figures department by department (R64), or why they are not there (C10)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.rows import DepartmentRowForm, DepartmentRows, named_in_rows, rows_of
from applications.forms.section import SectionForms, YearField
from applications.models import KEY_FIGURES
from applications.models.answers import HIGHEST_SHARE
from applications.readable import KEY_FIGURE_NAMES
from applications.sections import Values
from applications.transitions import KeyFiguresChoice
from areas.models import Department
from lbf_portal.lib.forms import DecimalField, LongTextField, PortalForm, PortalFormSet


class FiguresForm(PortalForm):
    """Nothing stands once: all of it is about a department."""


class _KeyFiguresForm(DepartmentRowForm):
    year = YearField(label=_("År"), required=False)

    def has_changed(self) -> bool:
        """A row counts once anything stands in it."""
        if not self.is_bound:
            return super().has_changed()
        names = ("year", *KEY_FIGURES, "absence")
        return any(self.data.get(self.add_prefix(name), "").strip() for name in names)


def _share(name: str) -> DecimalField:
    highest = HIGHEST_SHARE if name == "income_pct_of_region" else 100
    return DecimalField(
        label=KEY_FIGURE_NAMES[name], suffix="%", places=3, min_value=Decimal(0), max_value=Decimal(highest), required=False
    )


KeyFiguresForm: type[_KeyFiguresForm] = type(
    "KeyFiguresForm",
    (_KeyFiguresForm,),
    {
        "__doc__": "One department of the case.",
        **{name: _share(name) for name in KEY_FIGURES},
        "absence": LongTextField(
            label=_("Mangler der tal? Skriv hvorfor"),
            help_text=_("Fx at afdelingen har for få beboere til, at tallene offentliggøres."),
            max_length=1000,
            rows=2,
            required=False,
        ),
    },
)


class FiguresForms(SectionForms):
    """A row a department."""

    def build_form(self) -> PortalForm:
        return FiguresForm(self.data)

    def build_rows(self) -> Sequence[PortalFormSet]:
        """Departments of the case, in their order."""
        self.stored = stored = {row.department_id: row for row in self.application.department_figures.all()}
        of_case = [row.department for row in self.application.application_departments.all()]
        self.departments = {str(department.pk): department for department in of_case}
        self.shown = {**named_in_rows(self.application, self.data, "figures"), **self.departments}
        self.figures = rows_of(
            DepartmentRows,
            KeyFiguresForm,
            self.data,
            prefix="figures",
            can_delete=False,
            initial=[
                {
                    "department": key,
                    **{name: getattr(stored.get(department.pk), name, None) for name in ("year", *KEY_FIGURES, "absence")},
                }
                for key, department in self.departments.items()
            ],
            form_kwargs={"departments": self.departments},
        )
        return (self.figures,)

    @property
    def rows_with_department(self) -> list[tuple[Department, forms.BaseForm]]:
        """Each row with the department it is about; a row about a department that is unknown here is not shown."""
        return [(self.shown[key], form) for form in self.figures.forms if (key := str(form["department"].value())) in self.shown]

    def choices(self) -> Values:
        """For `transitions.save_figures`; a row twice for one department is the last of the two.

        A department that came while the page was open had no row there, and keeps what is stored.
        """
        rows = {row["department"]: row for row in self.figures.filled}
        kept = [
            KeyFiguresChoice(
                department=department,
                year=row.year,
                shares={name: getattr(row, name) for name in KEY_FIGURES},
                absence=row.absence,
            )
            for key, department in self.departments.items()
            if key not in self.figures.posted and (row := self.stored.get(department.pk))
        ]
        return {
            "choices": [
                *kept,
                *(
                    KeyFiguresChoice(
                        department=self.departments[key],
                        year=row["year"],
                        shares={name: row[name] for name in KEY_FIGURES},
                        absence=row["absence"],
                    )
                    for key, row in rows.items()
                ),
            ]
        }
