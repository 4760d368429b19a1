"""The local board and the secretariat that serves it (R89, R90, R98)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from applications.forms.plan import NoForm
from applications.forms.rows import Rows, ThingField, by_key, offer, rows_of
from applications.forms.section import SectionForms
from applications.models import SeatKind
from applications.sections import Values
from applications.transitions import SeatChoice
from lbf_portal.lib.forms import DateField, PortalForm, PortalFormSet


class SeatForm(PortalForm):
    """One seat, from a day to a day."""

    kind = forms.ChoiceField(label=_("Plads"), choices=SeatKind.choices, initial=SeatKind.BOARD)
    name = forms.CharField(
        label=_("Navn"), max_length=200, error_messages={"required": _("Skriv navnet på den, der har pladsen")}
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Den, personen logger ind med. Så kan vedkommende følge indsatsen, mens pladsen gælder."),
    )
    title = forms.CharField(label=_("Stilling"), max_length=150, required=False)
    organisation: ThingField[Organisation] = ThingField(
        label=_("Part"), blank=_("En anden organisation"), required=False, help_text=_("Boligorganisation eller kommune i sagen")
    )
    other_organisation = forms.CharField(
        label=_("Anden organisation"), max_length=150, required=False, help_text=_("Fx politiet, en skole eller erhvervslivet")
    )
    is_chair = forms.BooleanField(label=_("Formand eller del af formandskabet"), required=False)
    valid_from = DateField(label=_("Fra"), error_messages={"required": _("Skriv, hvornår pladsen begynder")})
    valid_to = DateField(label=_("Til og med"), required=False, help_text=_("Tom, så længe pladsen ikke har en slutdato"))

    def __init__(self, *args: Any, parties: dict[str, Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", parties)

    def has_changed(self) -> bool:
        """A row counts once it says more than where the person comes from and a day: those are filled in beforehand."""
        typed = ("name", "email", "title", "other_organisation", "is_chair")
        return bool(set(self.changed_data) & set(typed))

    def clean(self) -> dict[str, Any]:
        """Where the person comes from, dates in order, and that only a board has a chair."""
        values: dict[str, Any] = super().clean() or {}
        if not values.get("organisation") and not values.get("other_organisation"):
            self.add_error("organisation", _("Vælg den part, personen kommer fra, eller skriv en anden organisation"))
        if values.get("is_chair") and values.get("kind") == SeatKind.SECRETARIAT:
            self.add_error("is_chair", _("Kun et medlem af bestyrelsen kan være formand"))
        valid_from, valid_to = values.get("valid_from"), values.get("valid_to")
        if valid_from and valid_to and valid_to < valid_from:
            self.add_error("valid_to", _("Pladsen kan ikke slutte, før den begynder"))
        return values


class SeatRows(Rows):
    """Seats."""

    row_name = _("Plads")
    add_text = _("Tilføj en plads")


class BoardForms(SectionForms):
    """Board and secretariat; a new board begins with one row for each party that must have a seat (R98)."""

    def build_form(self) -> PortalForm:
        return NoForm(self.data)

    def build_rows(self) -> Sequence[PortalFormSet]:
        parties = by_key(self.application.parties())
        names = (
            "kind",
            "name",
            "email",
            "title",
            "organisation",
            "other_organisation",
            "is_chair",
            "valid_from",
            "valid_to",
        )
        stored = [
            {name: getattr(seat, name) for name in names} for seat in self.application.board_seats.select_related("organisation")
        ]
        start = self.application.plan.starts_on
        needed = [{"organisation": party, "valid_from": start} for party in parties.values()]
        self.seats = rows_of(
            SeatRows, SeatForm, self.data, prefix="seats", initial=stored or needed, form_kwargs={"parties": parties}
        )
        return (self.seats,)

    def choices(self) -> Values:
        """For `transitions.save_board`."""
        return {
            "seats": [SeatChoice(**{name: value for name, value in row.items() if name != "DELETE"}) for row in self.seats.filled]
        }
