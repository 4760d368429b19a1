"""Forms of the strategic cooperation agreement: send it, sign it, call it back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lbf_portal.lib.forms import LongTextField, PortalForm


class SendForSignatureForm(PortalForm):
    """From here the text does not change."""

    confirmed = forms.BooleanField(
        label=_("Vi har læst aftalen igennem. Den sendes til parternes underskrift, og planen kan ikke rettes imens."),
        error_messages={"required": _("Sæt hak ved, at I har læst aftalen igennem")},
    )


class SignForm(PortalForm):
    """A signature: in what capacity, and that the text was read. The hash says which text."""

    title = forms.CharField(
        label=_("Din stilling"),
        max_length=150,
        help_text=_("Den står under aftalen sammen med dit navn, fx direktør eller borgmester."),
    )
    confirmed = forms.BooleanField(
        label=_("Jeg har læst aftalen og underskriver den på min organisations vegne."),
        error_messages={"required": _("Sæt hak ved, at du har læst aftalen og underskriver den")},
    )
    content_hash = forms.CharField(widget=forms.HiddenInput)


class RecallForm(PortalForm):
    """Why the agreement goes back."""

    reason = LongTextField(
        label=_("Hvorfor kalder I aftalen tilbage?"),
        help_text=_("Parterne får begrundelsen at se. Alle underskrifter under denne udgave bortfalder."),
        rows=4,
        max_length=2000,
        error_messages={"required": _("Skriv, hvorfor aftalen kaldes tilbage")},
    )
