"""People let into one case: a colleague, an adviser, somebody of the municipality (docs/decisions/0018)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import HASH, Organisation, User
from accounts.roles import ROLE_OF_RIGHT, Right, Role
from applications.models.application import Application
from applications.querysets import CollaboratorQuerySet


class GuestKind(models.TextChoices):
    """As what somebody takes part."""

    COLLEAGUE = "COLLEAGUE", _("Kollega")
    ADVISER = "ADVISER", _("Rådgiver")
    MUNICIPALITY = "MUNICIPALITY", _("Kommunen")


# Only a colleague submits; of the municipality, who writes also answers for it (R66).
RIGHTS: dict[GuestKind, tuple[Right, ...]] = {
    GuestKind.COLLEAGUE: (Right.READ, Right.EDIT, Right.SUBMIT),
    GuestKind.ADVISER: (Right.READ, Right.EDIT),
    GuestKind.MUNICIPALITY: (Right.READ, Right.EDIT),
}
# A link in a mail opens for so long.
OPENS_FOR = datetime.timedelta(days=14)


class GuestStanding(models.TextChoices):
    """How far an access is on a day: follows from its dates."""

    INVITED = "INVITED", _("Inviteret")
    LINK_EXPIRED = "LINK_EXPIRED", _("Linket er udløbet")
    TO_BEGIN = "TO_BEGIN", _("Begynder senere")
    HOLDS = "HOLDS", _("Har adgang")
    OVER = "OVER", _("Ophørt")


class Collaborator(models.Model):
    """A person's access to one case: invited by mail, accepted, from a day to a day, ended.

    The secret of the link is kept as a hash only and opens once; sent again it is another one.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="collaborators", verbose_name=_("sag"))
    kind = models.CharField(_("som"), max_length=12, choices=GuestKind)
    right = models.CharField(_("ret"), max_length=6, choices=Right)
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("navn"), max_length=200)
    # The party that let them in; they are on its side.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("for"))
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("inviteret af"))
    invited_at = models.DateTimeField(_("inviteret"))
    token_hash = models.CharField(max_length=64, unique=True)
    link_expires_at = models.DateTimeField(_("linket udløber"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bruger"))
    accepted_at = models.DateTimeField(_("taget imod"), null=True, blank=True)
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til og med"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ophørt"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ophørt ved")
    )

    objects = CollaboratorQuerySet.as_manager()

    class Meta:
        verbose_name = _("adgang til en sag")
        verbose_name_plural = _("adgange til en sag")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="collaborator_right_is_one_of_the_kind",
                condition=Q(kind=GuestKind.COLLEAGUE, right__in=Right.values)
                | Q(kind__in=[GuestKind.ADVISER, GuestKind.MUNICIPALITY], right__in=[Right.READ, Right.EDIT]),
                violation_error_message=_("Kun en kollega kan få ret til at indsende."),
            ),
            models.CheckConstraint(name="collaborator_email_is_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(name="collaborator_hash_is_one", condition=Q(token_hash__regex=HASH)),
            models.CheckConstraint(
                name="collaborator_ends_after_it_begins", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="collaborator_accepted_by_somebody",
                condition=Q(user__isnull=True, accepted_at__isnull=True)
                | Q(user__isnull=False, accepted_at__gte=F("invited_at")),
            ),
            models.CheckConstraint(
                name="collaborator_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.UniqueConstraint(
                name="collaborator_once_at_a_time", fields=["application", "email"], condition=Q(ended_at__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="collaborator_person")]

    def __str__(self) -> str:
        return f"{self.name or self.email}, {self.get_kind_display()}"

    @property
    def role(self) -> Role:
        """The role that the access is in its case."""
        if self.kind == GuestKind.MUNICIPALITY and self.right == Right.EDIT:
            return Role.MUNICIPAL_OFFICER
        return ROLE_OF_RIGHT[Right(self.right)]

    @property
    def is_of_municipality(self) -> bool:
        """On the municipality's side; everybody else is on the applicant's."""
        return self.kind == GuestKind.MUNICIPALITY

    def holds_on(self, on: datetime.date) -> bool:
        """True when it was accepted, nobody ended it, and the day lies within it."""
        if self.user_id is None or self.ended_at is not None:
            return False
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def standing(self, *, on: datetime.date, at: datetime.datetime) -> GuestStanding:
        """How far it is."""
        if self.ended_at is not None or (self.valid_to is not None and self.valid_to < on):
            return GuestStanding.OVER
        if self.user_id is None:
            return GuestStanding.INVITED if at < self.link_expires_at else GuestStanding.LINK_EXPIRED
        return GuestStanding.HOLDS if self.valid_from <= on else GuestStanding.TO_BEGIN

    def as_data(self) -> dict[str, Any]:
        """What an event says of it: no address and no name, for events are never erased."""
        return {
            "collaborator": self.pk,
            "kind": self.kind,
            "right": self.right,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }
