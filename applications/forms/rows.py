"""Rows of like fields in a section, and choices that are read once for all rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from areas.models import Department
from lbf_portal.lib.forms import PortalForm, PortalFormSet, formset_of

Thing = TypeVar("Thing")


class Rows(PortalFormSet):
    """A section's rows. What is posted is all there is: a stored row that was emptied is gone, not wrong."""

    def initial_form_count(self) -> int:
        """Posted rows are all alike; only a fresh page shows stored ones."""
        return 0 if self.is_bound else super().initial_form_count()


class DepartmentRowForm(PortalForm):
    """A row about one department of the case; one that left it while the page was open is told, never dropped."""

    marks_optional = False
    department = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, departments: Mapping[str, Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._departments = departments

    def clean(self) -> dict[str, Any]:
        """Only rows that somebody filled in are asked."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("department") not in self._departments:
            message = _("Afdelingen er ikke længere med i ansøgningen. Slet det, der står her, eller vælg afdelingen igen.")
            self.add_error(self.visible_fields()[0].name, forms.ValidationError(message, code="left"))
        return values


class DepartmentRows(Rows):
    """One row for each department of the case."""

    row_name = _("Afdeling")

    @property
    def posted(self) -> set[str]:
        """Departments that the page showed a row for."""
        return {str(form["department"].value()) for form in self.forms} if self.is_bound else set()


def named_in_rows(application: Application, data: QueryDict | None, prefix: str) -> dict[str, Department]:
    """Departments of the case's organisations that posted rows are about: those that left meanwhile, too, are shown by name."""
    row = re.compile(rf"{re.escape(prefix)}-\d+-department")
    posted = {value for name, value in (data or {}).items() if row.fullmatch(name)}
    own = Department.objects.filter(organisation__in=application.housing_organisations()).select_related("organisation")
    return {key: department for key, department in by_key(own).items() if key in posted} if posted else {}


RowSet = TypeVar("RowSet", bound=Rows)


def rows_of(
    kind: type[RowSet],
    form: type[PortalForm],
    data: QueryDict | None,
    *,
    prefix: str,
    initial: Sequence[Mapping[str, Any]],
    extra: int = 0,
    can_delete: bool = True,
    form_kwargs: dict[str, Any] | None = None,
) -> RowSet:
    """Rows of a form: those stored, and `extra` empty ones to begin with."""
    made = formset_of(form, kind, extra=extra, can_delete=can_delete)
    # What is stored is shown once. Compared with it, a posted row that nobody changed would count as empty.
    stored = list(initial) if data is None else None
    return made(data, prefix=prefix, initial=stored, form_kwargs=form_kwargs or {})


class ThingField(forms.TypedChoiceField, Generic[Thing]):
    """A choice among things that the page has read already: twenty rows ask the database once.

    The form offers them: `self.fields["department"].offer(things)`. `blank` is what stands while nothing is chosen.
    """

    def __init__(self, *, blank: str | Promise, **kwargs: Any) -> None:
        self.blank = blank
        super().__init__(empty_value=None, **kwargs)

    def offer(self, things: Mapping[str, Thing], choices: list[tuple[Any, Any]] | None = None) -> None:
        """Choose among these, from value in the form to thing; `choices` may name and group them otherwise."""
        named = [(key, str(thing)) for key, thing in things.items()] if choices is None else choices
        self.choices = [("", self.blank), *named]
        self.coerce = things.__getitem__

    def prepare_value(self, value: Any) -> Any:
        """A thing is chosen by its key."""
        return str(value.pk) if hasattr(value, "pk") else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """A new row that nobody touched has no choice made."""
        return super().has_changed(self.prepare_value(initial), data)


def offer(form: forms.BaseForm, name: str, things: Mapping[str, Any], choices: list[tuple[Any, Any]] | None = None) -> None:
    """Give a form's field the things to choose among."""
    field = form.fields[name]
    assert isinstance(field, ThingField)
    field.offer(things, choices)


def by_key(things: Any) -> dict[str, Any]:
    """Things by their primary key as text, in the order given."""
    return {str(thing.pk): thing for thing in things}
