"""From which earlier application, which sections, and whether amounts come along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.forms.rows import ThingField, by_key, offer
from applications.models import Application
from applications.sections import NAMES
from applications.transitions import COPYABLE
from lbf_portal.lib.forms import PortalForm


class CopyForm(PortalForm):
    """Everything is chosen beforehand but the amounts: they belong to another effort."""

    marks_optional = False

    source: ThingField[Application] = ThingField(
        label=_("Tidligere ansøgning"),
        blank=_("Vælg en ansøgning"),
        error_messages={"required": _("Vælg den ansøgning, der skal kopieres fra")},
    )
    sections = forms.MultipleChoiceField(
        label=_("Hvad skal med?"),
        help_text=_("Det, der står i de valgte dele af kladden, bliver erstattet."),
        choices=[(name, NAMES[name]) for name in COPYABLE],
        initial=list(COPYABLE),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Vælg mindst én del")},
    )
    with_amounts = forms.BooleanField(label=_("Tag også budgettets beløb med"), required=False)

    def __init__(self, data: QueryDict | None = None, *, sources: Sequence[Application], **initial: Any) -> None:
        super().__init__(data, initial=initial)
        named = [(key, f"{case}, {case.get_state_display()}") for key, case in by_key(sources).items()]
        offer(self, "source", by_key(sources), named)
