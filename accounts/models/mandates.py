"""Mandates: one organisation acts for another."""

from __future__ import annotations

import datetime
import uuid
from functools import cached_property
from typing import Any, cast

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Organisation, User
from accounts.querysets import MandateQuerySet
from accounts.roles import ROLE_OF_RIGHT, Right, Role


class Mandate(models.Model):
    """The holder's people act for the principal, as far as `right` goes, from a day to a day (both included).

    It covers all cases of the principal or, limited, those that `applications.MandatedCase` names. What was given never
    changes; it is revoked, and another is given. Revoked it holds on no day from `revoked_on` on.
    """

    principal = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="mandates_given", verbose_name=_("fuldmagtsgiver")
    )
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates_held", verbose_name=_("fuldmægtig"))
    right = models.CharField(_("omfang"), max_length=10, choices=Right)
    is_limited = models.BooleanField(_("kun bestemte sager"), default=False)
    # How many cases a limited one was given for; the database lets no more be named later.
    case_count = models.PositiveIntegerField(_("antal sager"), default=0)
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til og med"))
    evidence = models.CharField(_("dokumentation"), max_length=300)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("givet"))
    revoked_on = models.DateField(_("tilbagekaldt"), null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoke_reason = models.CharField(_("begrundelse"), max_length=300, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("fuldmagt")
        verbose_name_plural = _("fuldmagter")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(name="mandate_is_between_two", condition=~Q(principal=F("holder"))),
            models.CheckConstraint(name="mandate_right_is_known", condition=Q(right__in=Right.values)),
            models.CheckConstraint(name="mandate_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(name="mandate_has_evidence", condition=~Q(evidence="")),
            models.CheckConstraint(
                name="mandate_names_cases_exactly_when_limited",
                condition=Q(is_limited=False, case_count=0) | Q(is_limited=True, case_count__gt=0),
            ),
            models.CheckConstraint(
                name="mandate_revoked_with_a_reason", condition=Q(revoked_on__isnull=True) | ~Q(revoke_reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["holder"], condition=Q(revoked_on__isnull=True), name="mandate_held"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} ({self.holder})"

    @property
    def role(self) -> Role:
        """The role in the principal's cases."""
        return ROLE_OF_RIGHT[Right(self.right)]

    def holds_on(self, on: datetime.date) -> bool:
        """True when it holds on the day."""
        return self.valid_from <= on <= self.valid_to and (self.revoked_on is None or on < self.revoked_on)

    @cached_property
    def case_ids(self) -> frozenset[uuid.UUID]:
        """The cases that a limited mandate covers: one query, whoever asks. The app above names them (`mandated_cases`)."""
        return frozenset(cast("Any", self).mandated_cases.values_list("application_id", flat=True))
