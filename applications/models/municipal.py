"""The municipality's recommendation of an application (R66), asked for and answered in the portal."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AuditEvent, Organisation, User
from applications.models.application import Application
from applications.querysets import MunicipalRecommendationQuerySet
from applications.recommendation_states import ANSWERED, STANDING, RecommendationState


class MunicipalRecommendation(models.Model):
    """A request and its answer: dated, named, and never changed once given (the database holds that, too)."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="municipal_recommendations", verbose_name=_("sag")
    )
    state = models.CharField(
        _("status"), max_length=10, choices=RecommendationState, default=RecommendationState.ASKED, editable=False
    )
    state_since = models.DateTimeField(default=timezone.now, editable=False)
    asked_at = models.DateTimeField(_("bedt om"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("bedt om af"))
    message = models.TextField(_("besked til kommunen"), blank=True)
    wanted_on = models.DateField(_("ønsket svar"), null=True, blank=True)
    # The answer.
    answered_at = models.DateTimeField(_("besvaret"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("besvaret af")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for")
    )
    name = models.CharField(_("navn"), max_length=200, blank=True)
    title = models.CharField(_("titel"), max_length=200, blank=True)
    text = models.TextField(_("anbefaling"), blank=True)
    # Whether the municipality itself stands for the person: one of its own, or let in by one. An applicant can invite
    # anybody "of the municipality", and the fund must see that nobody there has said so.
    is_vouched_for = models.BooleanField(_("kommunen står inde for personen"), default=False)
    # SHA-256 of each section as it was answered upon.
    seen = models.JSONField(default=dict)

    objects = MunicipalRecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("kommunens anbefaling")
        verbose_name_plural = _("kommunens anbefalinger")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="municipal_recommendation_state_is_known", condition=Q(state__in=RecommendationState.values)
            ),
            models.UniqueConstraint(
                name="municipal_recommendation_one_stands", fields=["application"], condition=Q(state__in=sorted(STANDING))
            ),
            models.CheckConstraint(
                name="municipal_recommendation_answered_is_dated_named_and_said",
                condition=Q(
                    ~Q(state__in=sorted(ANSWERED)), answered_at__isnull=True, answered_by__isnull=True, organisation__isnull=True
                )
                | Q(
                    ~Q(name=""),
                    ~Q(title=""),
                    ~Q(text=""),
                    state__in=sorted(ANSWERED),
                    answered_at__gte=F("asked_at"),
                    answered_by__isnull=False,
                    organisation__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number}, {self.get_state_display()}"

    # For lib/moves.py

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:
        """The actor's roles in the case."""
        return self.application.roles_of(actor, on=on)

    def record(
        self,
        event: str,
        *,
        by: Actor,
        at: datetime.datetime,
        roles: frozenset[str] | None = None,
        reason: str = "",
        state_from: str = "",
        state_to: str = "",
        data: dict[str, Any] | None = None,
    ) -> AuditEvent:
        """Leave an event of the case; this row's states stand in its data and not where the case's do."""
        stood = {"recommendation_state": state_to, "was": state_from} if state_to else {}
        about = {"municipal_recommendation": self.pk, **stood, **(data or {})}
        return self.application.record(event, by=by, at=at, roles=roles, reason=reason, data=about)
