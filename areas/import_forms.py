"""The forms of imports: the file itself, the filters of the two lists, and why an import is taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from areas.imports.tables import LARGEST_FILE
from areas.models import ImportBatch, ImportKind, RowOutcome
from areas.states import State
from lbf_portal.lib.forms import FilterForm, LongTextField, PortalForm

MEGABYTE = 1024 * 1024
DISAGREEING = "DISAGREEING"


class UploadForm(PortalForm):
    """One file; what it is about is told by its headings."""

    file = forms.FileField(
        label=_("Fil"),
        help_text=_("CSV eller Excel (XLSX), højst 20 MB. Portalen ser på overskrifterne, hvad filen handler om."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"empty": _("Filen er tom. Vælg en fil med rækker.")},
    )

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A file that is too large was never received, so the field is empty for a reason of its own.
        if is_too_large:
            self.fields["file"].error_messages["required"] = _(
                "Filen er større end 20 MB. En liste fylder langt mindre; er det den rigtige fil?"
            )


class BatchFilterForm(FilterForm):
    """What narrows the list of imports."""

    kind = forms.ChoiceField(label=_("Art"), choices=[("", _("Alle")), *ImportKind.choices], required=False)
    state = forms.ChoiceField(label=_("Status"), choices=[("", _("Alle")), *State.choices], required=False)


class LineFilterForm(FilterForm):
    """Which rows of a preview are shown; each choice says how many there are."""

    outcome = forms.ChoiceField(label=_("Vis rækker"), required=False)

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counted = [
            ("", _("Alle"), batch.rows),
            (RowOutcome.CREATED, _("Nye"), batch.created),
            (RowOutcome.CHANGED, _("Ændrede"), batch.changed),
            (RowOutcome.UNCHANGED, _("Uændrede"), batch.unchanged),
            (RowOutcome.REFUSED, _("Afviste"), batch.refused),
            (DISAGREEING, _("Beregning og liste er uenige"), batch.disagreements),
        ]
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(value, f"{label} ({count})") for value, label, count in counted]


class TakeBackForm(PortalForm):
    """Why everything is put back; the event keeps it."""

    reason = LongTextField(
        label=_("Hvorfor tages indlæsningen tilbage?"),
        help_text=_("Begrundelsen gemmes sammen med indlæsningen."),
        max_length=1000,
        rows=3,
    )


assert LARGEST_FILE == 20 * MEGABYTE  # what the texts above say
