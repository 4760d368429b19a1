"""The strategic cooperation agreement: numbered versions that never change, and the signatures under them (R80-R85)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.roles import Role
from applications.models.application import Application
from applications.querysets import AgreementQuerySet


class Agreement(models.Model):
    """One version, made from the plan when it is sent for signature.

    `content` is all that is agreed, as plain JSON; `content_hash` is the SHA-256 of its canonical form. The portal's role
    may write nothing here but `voided_at` (migration 0002), so what was signed cannot change.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="agreements")
    number = models.PositiveSmallIntegerField(_("udgave"))
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("samarbejdsaftale")
        verbose_name_plural = _("samarbejdsaftaler")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="agreement_number_once", fields=["application", "number"]),
            models.UniqueConstraint(name="agreement_hash_of_version", fields=["id", "content_hash"]),
            models.UniqueConstraint(
                name="agreement_one_standing_version", fields=["application"], condition=Q(voided_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number}, {self.number}"


class Signature(models.Model):
    """A party's signature: who, in which role, for whom, when, how, and the hash of exactly what was read. Append-only."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    name = models.CharField(_("navn"), max_length=200)
    title = models.CharField(_("stilling"), max_length=150)
    # With the agreement's id a foreign key to (id, content_hash): nobody signs anything but this version (migration 0002).
    content_hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField(default=timezone.now)
    method = models.CharField(_("måde at logge ind på"), max_length=30, default="password")

    class Meta:
        verbose_name = _("underskrift")
        verbose_name_plural = _("underskrifter")
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(name="signature_once_per_party", fields=["agreement", "organisation"]),
            models.CheckConstraint(
                name="signature_by_a_signatory", condition=Q(role__in=[Role.HOUSING_SIGNATORY, Role.MUNICIPAL_SIGNATORY])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"
