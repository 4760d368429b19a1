"""Forms of letting people into a case: invite, change an access, sign up by a link, choose the contact person."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Right
from applications.models import Collaborator, GuestKind
from applications.models.collaborators import RIGHTS, GuestStanding
from lbf_portal.lib.forms import DateField, FilterForm, PortalForm

# Of an access without a last day.
OPEN_END = _("Lad den stå tom, hvis adgangen ikke skal slutte af sig selv.")


def _offer(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class InviteForm(PortalForm):
    """Who, as what, with which right, and perhaps until when."""

    kind = forms.TypedChoiceField(label=_("Hvem inviterer I?"), coerce=GuestKind, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Navn"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Personen får en mail med et link, der kan bruges én gang inden for 14 dage."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    right = forms.TypedChoiceField(
        label=_("Hvad må personen?"),
        help_text=_("Kun en kollega kan få ret til at indsende. Den fra kommunen, der kan skrive, kan også svare for kommunen."),
        coerce=Right,
        choices=Right.choices,
        widget=forms.RadioSelect,
    )
    valid_to = DateField(label=_("Adgang til og med"), help_text=OPEN_END, required=False)

    def __init__(self, data: QueryDict | None = None, *, kinds: Sequence[GuestKind], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        _offer(self, "kind", [(kind.value, kind.label) for kind in kinds])
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0]
            _offer(self, "right", [(right.value, right.label) for right in RIGHTS[kinds[0]]])


class AccessForm(PortalForm):
    """What the person may, and until when."""

    right = forms.TypedChoiceField(label=_("Hvad må personen?"), coerce=Right, widget=forms.RadioSelect)
    valid_to = DateField(label=_("Adgang til og med"), help_text=OPEN_END, required=False)

    def __init__(self, data: QueryDict | None = None, *, guest: Collaborator) -> None:
        super().__init__(data, initial={"right": guest.right, "valid_to": guest.valid_to})
        _offer(self, "right", [(right.value, right.label) for right in RIGHTS[GuestKind(guest.kind)]])


class SignUpForm(PortalForm):
    """Name and a first password of somebody who came by an invitation."""

    name = forms.CharField(label=_("Dit navn"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Vælg en adgangskode"),
        strip=False,
        help_text=_("Mindst 12 tegn. Brug gerne flere ord efter hinanden. Den må ikke ligne dit navn eller din e-mail."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: QueryDict | None = None, *, guest: Collaborator) -> None:
        super().__init__(data, initial={"name": guest.name})
        self.email = guest.email

    def clean(self) -> dict[str, Any]:
        """Held to `AUTH_PASSWORD_VALIDATORS`, which also look at the person's name and address."""
        cleaned = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            try:
                password_validation.validate_password(password, User(email=self.email, name=cleaned.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ContactForm(PortalForm):
    """Who answers for the case at the applicant's."""

    contact = forms.TypedChoiceField(label=_("Kontaktperson"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, data: QueryDict | None = None, *, people: Sequence[tuple[int, str]], chosen: User | None) -> None:
        super().__init__(data, initial={"contact": chosen.pk if chosen else None})
        _offer(self, "contact", people)


class PeopleFilterForm(FilterForm):
    """What narrows the list of who has access."""

    kind = forms.ChoiceField(label=_("Som"), choices=[("", _("Alle")), *GuestKind.choices], required=False)
    right = forms.ChoiceField(label=_("Ret"), choices=[("", _("Alle")), *Right.choices], required=False)
    standing = forms.ChoiceField(label=_("Status"), choices=[("", _("Alle")), *GuestStanding.choices], required=False)

    def narrow(self, guests: Sequence[Collaborator], *, on: datetime.date, at: datetime.datetime) -> list[Collaborator]:
        """Those that fit. Standing follows from dates, and a case has few."""
        self.is_valid()
        chosen = self.cleaned_data
        return [
            guest
            for guest in guests
            if chosen.get("kind") in {"", None, guest.kind}
            and chosen.get("right") in {"", None, guest.right}
            and chosen.get("standing") in {"", None, guest.standing(on=on, at=at).value}
        ]

    @property
    def is_filtering(self) -> bool:
        """True when something narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())
