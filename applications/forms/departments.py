"""Which departments take part: those of the area by a tick, connected ones by a row with the reason (R52)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import sections
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
    is_confirmed = forms.BooleanField(
        label=_("Vi har set stamdata efter. De er rigtige, eller vi har skrevet, hvad der er forkert."),
        help_text=_("Gælder alle afdelinger, der er med. Skal være bekræftet, før ansøgningen kan indsendes."),
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, departments: dict[str, Department], chosen: list[str], **initial: Any) -> None:
        super().__init__(data, initial={"departments": chosen, **initial})
        self.fields["departments"].choices = [(key, str(department)) for key, department in departments.items()]  # type: ignore[attr-defined]  # a choice field


def corrections_form(departments: dict[str, Department]) -> type[InAreaForm]:
    """The form with a line for each department in which to say what the register has wrong."""
    fields = {
        _correction(key): forms.CharField(label=_("Er noget forkert? Skriv hvad"), max_length=500, required=False)
        for key in departments
    }
    made: type[InAreaForm] = type("InAreaForm", (InAreaForm,), fields)
    return made


def _correction(key: str) -> str:
    return f"correction_{key}"


SHOWN = "shown_"  # before a department's key: the hash of what the page showed of it


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
    correction = forms.CharField(label=_("Er noget i registeret forkert? Skriv hvad"), max_length=500, required=False)

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
        kept = {**self.elsewhere, **self.in_area}
        self.master_data = {key: sections.master_data(department) for key, department in kept.items()}
        self.confirmed_on = max((row.master_data_on for row in rows if row.master_data_on), default=None)
        # Departments of which the register says something else by now than when the applicant went through them.
        self.changed_since = [
            row.department
            for row in rows
            if row.master_data is not None and row.master_data != self.master_data.get(str(row.department_id))
        ]
        is_confirmed = bool(rows) and not self.changed_since and all(row.master_data_on for row in rows)
        corrections = {_correction(str(row.department_id)): row.correction for row in rows}
        form = corrections_form(self.in_area)
        return form(self.data, departments=self.in_area, chosen=chosen, is_confirmed=is_confirmed, **corrections)

    def build_rows(self) -> Sequence[PortalFormSet]:
        """Connected departments, with one empty row to begin with when there are any to choose."""
        self.connected_rows = rows_of(
            ConnectedRows,
            ConnectedForm,
            self.data,
            extra=0 if self.connected else 1,
            prefix="connected",
            initial=[
                {
                    "department": self.elsewhere.get(str(row.department_id)),
                    "connection_reason": row.connection_reason,
                    "correction": row.correction,
                }
                for row in self.connected
            ],
            form_kwargs={"departments": self.elsewhere},
        )
        return (self.connected_rows,)

    @property
    def register(self) -> list[tuple[Department, bool, forms.BoundField]]:
        """Departments of the area as the register has them, each with whether it is ticked and the line for what is wrong."""
        chosen = {str(key) for key in self.form["departments"].value() or []}
        return [(department, key in chosen, self.form[_correction(key)]) for key, department in self.in_area.items()]

    @property
    def chosen_elsewhere(self) -> list[Department]:
        """Connected departments as stored, with what the register says of them."""
        return [self.elsewhere[str(row.department_id)] for row in self.connected if str(row.department_id) in self.elsewhere]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Name and hash of every department whose master data the page shows, to be sent along with the tick."""
        stored = {str(row.department_id) for row in self.connected}
        keys = [key for key in self.master_data if key in self.in_area or key in stored]
        return [(f"{SHOWN}{key}", sections.sha256(self.master_data[key])) for key in keys]

    @property
    def _seen(self) -> dict[int, str]:
        if self.data is None:
            return {}
        return {int(key): str(self.data[name]) for key in self.master_data if (name := f"{SHOWN}{key}") in self.data}

    @property
    def remarks(self) -> list[str]:
        """What is said of departments without a tick, and master data that are others by now than those the page showed."""
        chosen, told = self.form.cleaned_data, []
        unticked = [one for key, one in self.in_area.items() if key not in chosen["departments"] and chosen[_correction(key)]]
        if unticked:
            text = gettext("Det, I har skrevet om afdelinger uden hak, gemmes ikke: %(departments)s.")
            told.append(text % {"departments": _listed(unticked)})
        seen, taking_part = self._seen, [choice.department for choice in self.choices()["choices"]]
        unseen = [one for one in taking_part if seen.get(one.pk) != sections.sha256(self.master_data[str(one.pk)])]
        changed = [one for one in unseen if one.pk in seen]
        if chosen["is_confirmed"] and changed:
            text = gettext("Registeret er ændret, mens siden var åben: %(departments)s. Hent siden igen, og bekræft stamdata.")
            told.append(text % {"departments": _listed(changed)})
        if chosen["is_confirmed"] and (new := [one for one in unseen if one.pk not in seen]):
            text = gettext("Stamdata er ikke vist endnu for %(departments)s. Hent siden igen, og bekræft dem.")
            told.append(text % {"departments": _listed(new)})
        return told

    def choices(self) -> Values:
        """For `transitions.save_departments`. A department that is ticked and connected is simply of the area."""
        chosen = self.form.cleaned_data
        ticked = [self.in_area[key] for key in chosen["departments"]]
        connected = [
            DepartmentChoice(
                row["department"],
                is_connected=True,
                connection_reason=row["connection_reason"],
                correction=row["correction"],
            )
            for row in self.connected_rows.filled
            if row["department"] not in ticked
        ]
        in_area = [DepartmentChoice(one, correction=chosen[_correction(str(one.pk))]) for one in ticked]
        return {"choices": [*in_area, *connected], "is_confirmed": chosen["is_confirmed"], "shown": self._seen}


def _listed(departments: Sequence[Department]) -> str:
    return ", ".join(str(department) for department in departments)
