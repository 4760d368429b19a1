"""Which departments take part: those of the area by a tick, connected ones by a row with the reason (R52)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.forms.rows import Rows, ThingField, by_key, offer, rows_of
from applications.forms.section import SectionForms, filled
from applications.sections import Values
from applications.transitions import DepartmentChoice
from areas.models import Department
from lbf_portal.lib.forms import LongTextField, PortalForm, PortalFormSet


class InAreaForm(PortalForm):
    """A tick for each department that lies in the area."""

    marks_optional = False
    departments = forms.MultipleChoiceField(label=_("Afdelinger i området"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: QueryDict | None, *, departments: dict[str, Department], chosen: list[str]) -> None:
        super().__init__(data, initial={"departments": chosen})
        self.fields["departments"].choices = [(key, str(department)) for key, department in departments.items()]  # type: ignore[attr-defined]  # a choice field


class ConnectedForm(PortalForm):
    """A department outside the area, and how it hangs together with it."""

    department: ThingField[Department] = ThingField(label=_("Afdeling"), blank=_("Vælg en afdeling"))
    connection_reason = LongTextField(
        label=_("Hvorfor hører afdelingen til indsatsen?"),
        required=False,
        max_length=1000,
        rows=3,
        help_text=_("Fx at de unge bruger den samme klub. Skal være skrevet, før ansøgningen kan indsendes."),
    )

    def __init__(self, *args: Any, departments: dict[str, Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "department", departments)


class ConnectedRows(Rows):
    """Connected departments."""

    row_name = _("Tilknyttet afdeling")
    add_text = _("Tilføj en tilknyttet afdeling")

    def clean(self) -> None:
        """The same department twice would have two reasons."""
        chosen = [row["department"] for row in filled(self)]
        if len(set(chosen)) < len(chosen):
            raise forms.ValidationError(_("Den samme afdeling står to gange. Fjern den ene."), code="department_twice")


class DepartmentsForms(SectionForms):
    """Departments of the case's housing organisations: those in the area, ticked from the start, and connected ones."""

    def build_form(self) -> PortalForm:
        application = self.application
        in_area = set(Department.objects.in_area(application.area, on=self.on).values_list("pk", flat=True))
        rows = list(application.application_departments.all())
        # What was chosen stays in sight, also when its organisation no longer takes part.
        own = (
            Department.objects.with_residents(self.on)
            .filter(Q(organisation__in=application.housing_organisations()) | Q(pk__in=[row.department_id for row in rows]))
            .select_related("organisation")
        )
        # A department that was chosen as one of the area's stays there, also when the register has moved it since.
        here = in_area | {row.department_id for row in rows if not row.is_connected}
        self.in_area = by_key(department for department in own if department.pk in here)
        self.elsewhere = by_key(department for department in own if department.pk not in in_area)
        self.connected = [row for row in rows if row.is_connected]
        chosen = [str(row.department_id) for row in rows if not row.is_connected] if rows else list(self.in_area)
        return InAreaForm(self.data, departments=self.in_area, chosen=chosen)

    def build_rows(self) -> Sequence[PortalFormSet]:
        """Connected departments, with one empty row to begin with when there are any to choose."""
        self.connected_rows = rows_of(
            ConnectedRows,
            ConnectedForm,
            self.data,
            extra=0 if self.connected else 1,
            prefix="connected",
            initial=[
                {"department": self.elsewhere.get(str(row.department_id)), "connection_reason": row.connection_reason}
                for row in self.connected
            ],
            form_kwargs={"departments": self.elsewhere},
        )
        return (self.connected_rows,)

    @property
    def register(self) -> list[tuple[Department, bool]]:
        """Departments of the area as the register has them, each with whether it is ticked."""
        chosen = {str(key) for key in self.form["departments"].value() or []}
        return [(department, key in chosen) for key, department in self.in_area.items()]

    def choices(self) -> Values:
        """For `transitions.save_departments`. A department that is ticked and connected is simply of the area."""
        ticked = [self.in_area[key] for key in self.form.cleaned_data["departments"]]
        connected = [
            DepartmentChoice(row["department"], is_connected=True, connection_reason=row["connection_reason"])
            for row in self.connected_rows.filled
            if row["department"] not in ticked
        ]
        return {"choices": [*(DepartmentChoice(department) for department in ticked), *connected]}
