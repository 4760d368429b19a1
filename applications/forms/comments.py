"""Forms of comments: begin a thread, answer in one, and the list's filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lbf_portal.lib.forms import FilterForm, LongTextField, PortalForm

LONGEST = 4000
OPEN = "open"
RESOLVED = "resolved"


class ReplyForm(PortalForm):
    """A text."""

    text = LongTextField(
        label=_("Svar"), max_length=LONGEST, rows=3, error_messages={"required": _("Skriv en kommentar, før du sender")}
    )


class CommentForm(PortalForm):
    """A text about a section."""

    section = forms.ChoiceField(label=_("Hvilket afsnit gælder det?"))
    text = LongTextField(
        label=_("Kommentar"), max_length=LONGEST, rows=4, error_messages={"required": _("Skriv en kommentar, før du sender")}
    )

    def __init__(self, data: QueryDict | None = None, *, sections: Sequence[Any], chosen: str = "") -> None:
        super().__init__(data, initial={"section": chosen})
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Vælg")), *sections]


class ThreadFilterForm(FilterForm):
    """What narrows the threads."""

    section = forms.ChoiceField(label=_("Afsnit"), required=False)
    show = forms.ChoiceField(label=_("Vis"), choices=[("", _("Alle")), (OPEN, _("Åbne")), (RESOLVED, _("Løste"))], required=False)

    def __init__(self, data: Any, *, sections: Sequence[Any]) -> None:
        super().__init__(data)
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Alle")), *sections]
