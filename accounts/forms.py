"""Forms of accounts. They check shape; whether a password is right is the transition's business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import NotificationChoice, Organisation, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from accounts.transitions import PRINCIPALS
from lbf_portal.lib.forms import DateField, FilterForm, PortalForm, PortalModelForm


class SignInForm(PortalForm):
    """E-mail and password. Nothing is trimmed from a password."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Adgangskode"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class ForgottenPasswordForm(PortalForm):
    """The address to which the link goes."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Den adresse, du plejer at logge ind med"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class NewPasswordForm(PortalForm):
    """A new password, typed once: it can be shown while typing, and it can be reset by mail."""

    password = forms.CharField(
        label=_("Ny adgangskode"),
        strip=False,
        help_text=_("Mindst 12 tegn. Brug gerne flere ord efter hinanden. Den må ikke ligne dit navn eller din e-mail."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """Held to `AUTH_PASSWORD_VALIDATORS`, which also look at the person's name and address."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password


class ChangePasswordForm(NewPasswordForm):
    """The present password too, so that a page left open is not enough to take over an account."""

    present_password = forms.CharField(
        label=_("Nuværende adgangskode"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["present_password", "password"]

    def clean_present_password(self) -> str:
        """The password that is in use now."""
        password: str = self.cleaned_data["present_password"]
        if not self.user.check_password(password):
            raise ValidationError(_("Den nuværende adgangskode er forkert. Prøv igen."), code="password_incorrect")
        return password


class ProfileForm(PortalModelForm):
    """What a person may change about themselves; rights are the fund's to give."""

    class Meta:
        model = User
        fields = ["name", "language"]
        labels = {"name": _("Navn"), "language": _("Sprog")}
        help_texts = {"language": _("Sproget på siderne og i de mails, du får fra portalen")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"}), "language": forms.RadioSelect}


class MailsForm(PortalModelForm):
    """Which mails a person wants, and when."""

    class Meta:
        model = NotificationChoice
        fields = ["frequency", "only_when_i_act"]
        labels = {"frequency": _("Hvornår vil du have mails?"), "only_when_i_act": _("Kun mails, når jeg skal gøre noget")}
        help_texts = {
            "frequency": _("Den daglige mail sendes klokken 7."),
            "only_when_i_act": _("Du får ikke mails, der kun er til orientering."),
        }
        widgets = {"frequency": forms.RadioSelect}


# What each role lets a person do, for whoever gives it.
ROLE_HINTS = {
    Role.APPLICANT: _("Ansøger: skriver og indsender ansøgninger og planer"),
    Role.HOUSING_SIGNATORY: _("Tegningsberettiget: underskriver samarbejdsaftaler for organisationen"),
    Role.MUNICIPAL_OFFICER: _("Kommunal medarbejder: læser kommunens sager og skriver kommunens udtalelser"),
    Role.MUNICIPAL_SIGNATORY: _("Tegningsberettiget: underskriver samarbejdsaftaler for kommunen"),
    Role.ADVISER: _("Rådgiver: skriver i sager, som organisationen har fuldmagt til"),
    Role.AUDITOR: _("Revisor"),
    Role.ORG_ADMINISTRATOR: _("Brugeradministrator: inviterer, retter og fjerner medarbejdere"),
    Role.CASE_OFFICER: _("Sagsbehandler: behandler sager og indstiller"),
    Role.FINANCE_OFFICER: _("Økonomimedarbejder: passer rammen"),
    Role.DIRECTOR: _("Direktion: træffer afgørelser"),
}
# Where an administrator gives mandates, too.
GIVES_MANDATES = _("Brugeradministrator: inviterer, retter og fjerner medarbejdere og giver fuldmagter")


class RolesField(forms.TypedMultipleChoiceField):
    """The roles that an organisation's people can hold, each with what it lets them do."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Roller"))
        super().__init__(coerce=Role, widget=forms.CheckboxSelectMultiple, **kwargs)

    def offer(self, organisation: Organisation) -> None:
        """Those of the organisation's kind, in the order of the list of roles."""
        possible = ROLES_OF_KIND[OrganisationKind(organisation.kind)]
        hints = ROLE_HINTS | ({Role.ORG_ADMINISTRATOR: GIVES_MANDATES} if organisation.kind in PRINCIPALS else {})
        self.choices = [(role.value, hints[role]) for role in Role if role in possible]


class InviteForm(PortalForm):
    """Who is invited, to what, from when."""

    name = forms.CharField(label=_("Navn"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Invitationen sendes hertil. Personen logger ind med adressen."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    roles = RolesField()
    valid_from = DateField(label=_("Fra og med"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        assert isinstance(field, RolesField)
        field.offer(organisation)


class RolesForm(PortalForm):
    """The roles of one person."""

    roles = RolesField(
        help_text=_("En rolle, du fjerner, ophører med det samme, og personen skal logge ind igen."),
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        assert isinstance(field, RolesField)
        field.offer(organisation)


class InvitationForm(NewPasswordForm):
    """Somebody new: name and password."""

    name = forms.CharField(label=_("Navn"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "password"]


class PeopleFilterForm(FilterForm):
    """Filters of an organisation's people."""

    q = forms.CharField(label=_("Søg efter navn eller e-mail"), max_length=100, required=False)
    role = forms.ChoiceField(label=_("Rolle"), required=False)
    show = forms.ChoiceField(
        label=_("Vis"), choices=[("", _("Nuværende")), ("former", _("Tidligere")), ("all", _("Alle"))], required=False
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = ROLES_OF_KIND[OrganisationKind(organisation.kind)]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Alle")), *((role.value, role.label) for role in Role if role in possible)]
