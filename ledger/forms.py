"""The filters of the frames' pages; each page can be asked for as the ledger stood in the evening of a past day."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lbf_portal.lib.danish import long_date
from lbf_portal.lib.forms import DateField, DateParts, FilterForm
from ledger.kinds import EntryKind, FrameKind, Money
from ledger.models import GrantPeriod


class AddressDay(DateParts):
    """Reads a day from its three fields, as the form sends it, and as one, as links do: `?on=2024-06-30`."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if not (whole := data.get(name, "").strip()):
            return super().value_from_datadict(data, files, name)
        parts = whole.split("-")
        return parts[::-1] if len(parts) == len(self.part_labels) else ["", "", whole]


class AsOfForm(FilterForm):
    """Everything is optional; a value that does not exist is told and otherwise ignored."""

    on = DateField(label=_("Som bogført den"), required=False, widget=AddressDay, help_text=_("Tomt felt: som det er nu"))

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> datetime.date | None:
        """What the ledger will say on a day to come nobody knows."""
        on: datetime.date | None = self.cleaned_data["on"]
        if on and on > self.today:
            raise ValidationError(
                gettext("Vælg en dag, der ikke ligger efter i dag, %(today)s") % {"today": long_date(self.today)}
            )
        return on

    @property
    def on_day(self) -> datetime.date | None:
        """The past day that is asked for; None for now, and for a day that cannot be."""
        day: datetime.date | None = self.cleaned_data.get("on")
        return day

    @property
    def is_of_no_day(self) -> bool:
        """Whether a day is asked for that cannot be: the page then shows now and says so, and no file is made."""
        return "on" in self.errors

    @property
    def is_filtered(self) -> bool:
        """Whether anything is chosen."""
        return any(self.cleaned_data.values())

    @property
    def narrows(self) -> bool:
        """Whether anything but the day is chosen."""
        return any(value for name, value in self.cleaned_data.items() if name != "on")


class FramesFilterForm(AsOfForm):
    """What narrows the list of years."""

    period = forms.ChoiceField(label=_("Bevillingsperiode"), required=False)
    frame = forms.ChoiceField(label=_("Ramme"), choices=[("", _("Alle")), *FrameKind.choices], required=False)

    field_order = ["period", "frame", "on"]

    def __init__(self, *args: Any, periods: Iterable[GrantPeriod], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("Alle")), *((period.code, period.name) for period in periods)]


class EntryFilterForm(AsOfForm):
    """What narrows the entries of a year."""

    q = forms.CharField(label=_("Sagsnummer"), max_length=20, required=False)
    kind = forms.ChoiceField(label=_("Art"), choices=[("", _("Alle")), *EntryKind.choices], required=False)
    money = forms.ChoiceField(label=_("Formål"), choices=[("", _("Alle")), *Money.choices], required=False)
    since = DateField(label=_("Besluttet fra og med"), required=False)
    until = DateField(label=_("Besluttet til og med"), required=False)

    field_order = ["q", "kind", "money", "since", "until", "on"]


class Has(enum.StrEnum):
    """What a case has of a year."""

    HELD = "held"
    RESERVED = "reserved"
    WAITING = "waiting"


class ShareFilterForm(AsOfForm):
    """What narrows the cases of a year."""

    q = forms.CharField(label=_("Sagsnummer"), max_length=20, required=False)
    has = forms.ChoiceField(
        label=_("Sager med"),
        choices=[
            ("", _("Alle")),
            (Has.HELD, _("Tilsagn")),
            (Has.RESERVED, _("Reservation")),
            (Has.WAITING, _("Afgørelse i vente")),
        ],
        required=False,
    )

    field_order = ["q", "has", "on"]
