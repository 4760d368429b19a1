"""Forms of attachments: bring files, replace one, take one away, confirm what was found, and the list's filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.file_states import FileState
from applications.files.findings import KNOWN
from applications.files.kinds import SUFFIXES
from applications.rules.documents import NAMES, DocumentType
from lbf_portal.lib.forms import FilterForm, LongTextField, PortalForm

HINT = _("PDF, Word (DOCX), Excel (XLSX), PNG eller JPEG, højst 50 MB pr. fil. Filen må ikke have adgangskode eller makroer.")
ACCEPTED = ",".join(SUFFIXES)


class SeveralFiles(forms.FileInput):
    """Takes as many files as somebody chooses."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; those that are empty are told by what brings them, each with its name."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:  # noqa: ARG002 - Django's own
        """All of them, in the order in which they were chosen."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return list(files)


class _BringingForm(PortalForm):
    """Files that never arrived whole have an error of their own, so that the field does not say it is empty."""

    def __init__(self, *args: Any, not_received: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.not_received = not_received
        self.taken: list[UploadedFile[Any]] = []
        if not_received:
            self.fields["chosen"].required = False

    def clean(self) -> dict[str, Any]:
        """Name each file that was not received, and why; an error takes the field's value away, so the files are kept here."""
        cleaned = super().clean() or self.cleaned_data
        self.taken = cleaned.get("chosen", [])
        for name, text in self.not_received:
            self.refuse(name, text)
        return cleaned

    def refuse(self, name: str, text: str) -> None:
        """Say why a file was not taken."""
        self.add_error("chosen", gettext("%(name)s: %(text)s") % {"name": name, "text": text})


class AttachForm(_BringingForm):
    """One document type, one or more files."""

    document_type = forms.TypedChoiceField(label=_("Hvad er det for et dokument?"), coerce=DocumentType)
    chosen = FilesField(
        label=_("Filer"),
        help_text=HINT,
        widget=SeveralFiles(attrs={"accept": ACCEPTED}),
        error_messages={"required": _("Vælg mindst én fil")},
    )

    def __init__(self, *args: Any, types: Sequence[DocumentType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document_type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Vælg")), *((kind.value, _(NAMES[kind])) for kind in types)]


class ReplaceForm(_BringingForm):
    """The new version."""

    chosen = FilesField(
        label=_("Ny udgave"),
        help_text=HINT,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": _("Vælg den nye fil")},
    )
    # The version that somebody had on the screen, to tell whether a colleague was quicker.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class HideForm(PortalForm):
    """Why it is taken away."""

    reason = LongTextField(
        label=_("Hvorfor fjernes bilaget?"),
        help_text=_("Bilaget tages ud af sagen. Alle udgaver bliver gemt, og begrundelsen står i sagens forløb."),
        max_length=1000,
        rows=3,
    )


class ConfirmForm(PortalForm):
    """What somebody says they have seen (R156)."""

    is_seen = forms.BooleanField(
        label=_("Jeg har set det, og filen må indsendes"),
        error_messages={"required": _("Sæt hak, hvis filen må indsendes. Ellers skal den erstattes eller fjernes")},
    )


class AttachmentFilterForm(FilterForm):
    """What narrows the list."""

    document_type = forms.ChoiceField(label=_("Dokument"), required=False)
    state = forms.ChoiceField(label=_("Kontrol"), choices=[("", _("Alle")), *FileState.choices], required=False)
    show = forms.ChoiceField(label=_("Vis"), choices=[("", _("Gældende")), ("hidden", _("Fjernede"))], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document_type"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Alle")), *((kind.value, _(NAMES[kind])) for kind in DocumentType)]


def text_of(code: str) -> str:
    """The sentence of something found before the file was kept."""
    return gettext(KNOWN[code].text)
