"""Invitations into an organisation."""

from __future__ import annotations

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.mails import HASH
from accounts.models.people import Organisation, User
from accounts.querysets import InvitationQuerySet
from accounts.roles import Role


class Invitation(models.Model):
    """A person asked to act for an organisation, in roles, from a day on. Nobody is a member before they accept it.

    The secret of the link is kept as a hash only; each sending makes a new one. Accepted or withdrawn it stays.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("navn"), max_length=200)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), verbose_name=_("roller"))
    valid_from = models.DateField(_("fra"))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("sendt"))
    expires_at = models.DateTimeField(_("udløber"))
    accepted_at = models.DateTimeField(_("taget imod"), null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitationer")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="invitation_one_open_per_address",
                fields=["organisation", "email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(name="invitation_email_is_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(name="invitation_is_to_a_role", condition=~Q(roles=[])),
            models.CheckConstraint(name="invitation_hash_is_one", condition=Q(token_hash__regex=HASH)),
            models.CheckConstraint(name="invitation_expires_after_sent", condition=Q(expires_at__gt=F("invited_at"))),
            models.CheckConstraint(
                name="invitation_ends_once", condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})"

    def role_names(self) -> list[str]:
        """The roles in the order of the list of roles, as people read them."""
        return [str(role.label) for role in Role if role in self.roles]

    def is_expired(self, at: datetime.datetime) -> bool:
        """True when the link no longer opens anything."""
        return self.expires_at <= at
