"""Forms of accounts. They check shape; whether a password is right is the transition's business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import NotificationChoice, User
from lbf_portal.lib.forms import PortalForm, PortalModelForm


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
