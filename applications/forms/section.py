"""What the pages of all sections have in common: a form, rows of forms, and the values they carry to the transition."""

from __future__ import annotations

import abc
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from applications import permissions
from applications.models import Application
from applications.models.answers import EARLIEST_YEAR, LATEST_YEAR
from applications.sections import Values
from lbf_portal.lib.forms import PortalForm, PortalFormSet, apply_violations
from lbf_portal.lib.refusals import Violation


class YearField(forms.IntegerField):
    """A year with four digits, as text: browsers put arrows beside numbers, and a wheel turns 2025 into 2024."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "class": "input-year", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.error_messages["invalid"] = _("Skriv årstallet med fire cifre, fx 2025")

    def clean(self, value: Any) -> int | None:
        """Years that the portal can keep; others are as wrong as letters."""
        year: int | None = super().clean(value)
        if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return year


class SectionForms(abc.ABC):
    """The form of a section and its rows, bound to what was posted or showing what is stored.

    Subclasses make their parts in `build`, and say in `choices` what they carry to the section's transition. They check
    shape only: a draft may be saved before a rule is met.
    """

    # From the facts a rule names to the fields of this section's form.
    field_map: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self, application: Application, data: QueryDict | None = None, *, on: datetime.date, by: Actor | None = None
    ) -> None:
        self.application = application
        self.may_name_parties = by is None or permissions.may_name_parties(by, application)
        self.data = data
        self.on = on
        self.form = self.build_form()
        self.rows = self.build_rows()

    @abc.abstractmethod
    def build_form(self) -> PortalForm:
        """The fields that stand once."""

    def build_rows(self) -> Sequence[PortalFormSet]:
        """The rows; none unless a section says otherwise."""
        return ()

    @abc.abstractmethod
    def choices(self) -> Values:
        """Keyword arguments of the section's transition; ask after `is_valid`."""

    @property
    def parts(self) -> list[forms.BaseForm | forms.BaseFormSet[Any]]:
        """Everything that can hold an error, in the order of the page."""
        return [self.form, *self.rows]

    @property
    def asks_for_more_rows(self) -> bool:
        """Somebody without scripts wants more rows, and saves nothing yet."""
        return any(rows.asks_for_more for rows in self.rows)

    def is_valid(self) -> bool:
        """True when every part is; all are asked, so that all errors are told at once."""
        return all([part.is_valid() for part in self.parts])  # noqa: C419 - a list, so that no part is left unasked

    @property
    def remarks(self) -> Sequence[str]:
        """What somebody typed that is not kept though the section is saved, in sentences; ask after `is_valid`."""
        return ()

    @property
    def first_error(self) -> str:
        """The first thing wrong, in the order of the page; ask after `is_valid`."""
        return next((str(message) for part in self.parts for message in _errors_of(part)), "")

    def apply(self, violations: Iterable[Violation]) -> None:
        """Put a refusal beside the fields it is about."""
        apply_violations(self.form, violations, self.field_map)


def _errors_of(part: forms.BaseForm | forms.BaseFormSet[Any]) -> Iterable[Any]:
    if isinstance(part, forms.BaseForm):
        return [message for messages in part.errors.values() for message in messages]
    return [*part.non_form_errors(), *(message for form in part.forms for message in _errors_of(form))]


def filled(rows: PortalFormSet) -> list[dict[str, Any]]:
    """Rows that are filled in and right, also while others are wrong: what a preview can count."""
    return [
        form.cleaned_data for form in rows.forms if form.is_valid() and form.has_changed() and not form.cleaned_data.get("DELETE")
    ]
