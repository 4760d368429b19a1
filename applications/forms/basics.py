"""Forms that begin an application: where, what it is called, who takes part, and that all of it is true."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import OrganisationKind
from applications.forms.rows import Rows, ThingField, by_key, offer, rows_of
from applications.forms.section import SectionForms
from applications.sections import Values
from applications.transitions import DepartmentChoice
from areas.models import PROBLEM_NAMES, ConnectedDepartment, Department, HousingArea, Standing, standings
from lbf_portal.lib.forms import DateField, PortalForm, PortalFormSet


class NewApplicationForm(PortalForm):
    """The area, a name for the effort, and what was chosen beforehand; everything else is filled in afterwards."""

    area: ThingField[HousingArea] = ThingField(
        label=_("Boligområde"),
        blank=_("Vælg et boligområde"),
        help_text=_(
            "Områder på den seneste liste står først. Et område behøver ikke at stå på en liste for at få støtte (§ 91 a), "
            "men områder efter § 61 a har fortrin."
        ),
        error_messages={"required": _("Vælg det boligområde, I søger for")},
    )
    title = forms.CharField(
        label=_("Indsatsens navn"),
        max_length=150,
        help_text=_("Fx »Sammen om Bakkeparken«. I kan ændre navnet senere."),
    )

    department: forms.ModelMultipleChoiceField[Department] = forms.ModelMultipleChoiceField(
        queryset=Department.objects.none(),
        widget=forms.MultipleHiddenInput,
        required=False,
        error_messages={"invalid_choice": _("En af de valgte afdelinger er ikke jeres. Vælg afdelinger igen.")},
    )
    problem = forms.MultipleChoiceField(
        choices=[(str(value), name) for value, name in PROBLEM_NAMES.items()], widget=forms.MultipleHiddenInput, required=False
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        on: datetime.date,
        own: QuerySet[Department],
        area_key: str = "",
        departments: Sequence[Department] = (),
        problems: Sequence[str] = (),
    ) -> None:
        chosen = [department.pk for department in departments]
        super().__init__(data, initial={"area": area_key, "department": chosen, "problem": problems})
        self.on = on
        self.fields["department"].queryset = own  # type: ignore[attr-defined]  # a model choice field
        standing = HousingArea.objects.not_merged_away(on=on).select_related("municipality")
        areas = list(standing.order_by("municipality__sort_key", "sort_key"))
        offer(self, "area", {area.key: area for area in areas}, area_choices(areas, on=on))

    def choices(self) -> Values:
        """For `transitions.create_application`. A department outside the chosen area is a connected one (R52)."""
        chosen = self.cleaned_data
        area, departments = chosen["area"], list(chosen["department"])
        in_area = set(Department.objects.in_area(area, on=self.on).values_list("pk", flat=True))
        connections = ConnectedDepartment.objects.current(self.on).filter(area=area, department__in=departments)
        reasons = dict(connections.values_list("department", "reason"))
        return {
            "title": chosen["title"],
            "area": area,
            "problem_types": chosen["problem"],
            "departments": [
                DepartmentChoice(department)
                if department.pk in in_area
                else DepartmentChoice(department, is_connected=True, connection_reason=reasons.get(department.pk, ""))
                for department in departments
            ],
        }


def area_choices(areas: Sequence[HousingArea], *, on: datetime.date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Areas in groups of a municipality: first those with a status on the latest list held, then all others."""
    standing_of = standings(areas, on=on)
    listed = [area for area in areas if standing_of[area.pk].highest]
    others = [area for area in areas if not standing_of[area.pk].highest]
    published_on = next((standing.list_published_on for standing in standing_of.values()), None)
    day = date_format(published_on) if published_on else ""
    on_list = gettext("%(municipality)s: på listen af %(day)s")
    other = gettext("%(municipality)s: andre områder")
    return [
        *_groups(listed, standing_of, lambda name: on_list % {"municipality": name, "day": day}),
        *_groups(others, standing_of, lambda name: other % {"municipality": name}),
    ]


def _groups(
    areas: Iterable[HousingArea], standing_of: dict[int, Standing], title: Any
) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    for municipality, members in groupby(areas, key=lambda area: area.municipality.name):
        yield title(municipality), [(area.key, _named(area, standing_of[area.pk])) for area in members]


def _named(area: HousingArea, standing: Standing) -> str:
    names = ", ".join(gettext(name).lower() for name in standing.names)
    return f"{area.name} ({names})" if names else area.name


class BasicsForm(PortalForm):
    """Name and start."""

    title = forms.CharField(label=_("Indsatsens navn"), max_length=150)
    expected_start_on = DateField(
        label=_("Forventet start"),
        required=False,
        help_text=_("Den dag, I regner med at begynde, fx 1 1 2028. Der går ofte over et år fra ansøgning til start."),
    )


class ParticipantForm(PortalForm):
    """Another housing organisation that takes part."""

    organisation: ThingField[Organisation] = ThingField(
        label=_("Boligorganisation"), blank=_("Vælg en boligorganisation"), required=False
    )

    def __init__(self, *args: Any, organisations: dict[str, Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", organisations)


class ParticipantRows(Rows):
    """Housing organisations beside the lead."""

    row_name = _("Deltager")
    add_text = _("Tilføj en boligorganisation")


class BasicsForms(SectionForms):
    """Name of the effort, housing organisations taking part, expected start."""

    def build_form(self) -> PortalForm:
        application = self.application
        return BasicsForm(self.data, initial={"title": application.title, "expected_start_on": application.expected_start_on})

    def build_rows(self) -> Sequence[PortalFormSet]:
        """Everybody but the lead, who is always there."""
        if not self.may_name_parties:
            return ()
        standing = Q(succeeded_by__isnull=True) | Q(participations=self.application)
        candidates = Organisation.objects.filter(standing, kind=OrganisationKind.HOUSING).distinct()
        candidates = candidates.exclude(pk=self.application.organisation_id)
        self.participants = rows_of(
            ParticipantRows,
            ParticipantForm,
            self.data,
            prefix="participants",
            extra=1,
            initial=[{"organisation": organisation} for organisation in self.application.participants.all()],
            form_kwargs={"organisations": by_key(candidates)},
        )
        return (self.participants,)

    def choices(self) -> Values:
        """For `transitions.save_basics`. The same organisation twice is one participant."""
        if not self.may_name_parties:
            return {**self.form.cleaned_data, "participants": list(self.application.participants.all())}
        chosen = [row["organisation"] for row in self.participants.filled if row["organisation"]]
        return {**self.form.cleaned_data, "participants": list(dict.fromkeys(chosen))}


class SubmitForm(PortalForm):
    """The declaration without which nothing is sent, in the words of the case's rule set."""

    declared = forms.BooleanField(error_messages={"required": _("Sæt hak i erklæringen, før du indsender ansøgningen")})

    def __init__(self, data: QueryDict | None = None, *, declaration: str) -> None:
        super().__init__(data)
        self["declared"].label = declaration
