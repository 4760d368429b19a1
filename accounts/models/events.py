"""The abstract audit event that every app uses, and that of accounts."""

from __future__ import annotations

import datetime
from typing import Any, cast

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models.people import Organisation, User
from accounts.roles import Role


class AuditEvent(models.Model):
    """Who did what, when, in which role, for which organisation, and why (domain.md 11.3). Append-only in every app.

    Concrete event tables add a foreign key to what the event is about and are made append-only by their migration.
    Personal data beyond the actor stays out, so nothing here ever needs erasing.
    """

    event = models.CharField(_("hændelse"), max_length=60)
    at = models.DateTimeField(_("tidspunkt"), default=timezone.now)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    reason = models.TextField(_("begrundelse"), blank=True)
    state_from = models.CharField(max_length=30, blank=True)
    state_to = models.CharField(max_length=30, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.event


class LeavesEvents(models.Model):
    """What keeps a history of its own (a case, an effort): its event table points back under the name `events`."""

    class Meta:
        abstract = True

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:
        """The roles that the actor has in this very case or effort on the day."""
        raise NotImplementedError  # each model has rules of its own; Django's metaclass leaves no room for an abstract method

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
        """Leave an event: who, in which role (of `roles`, else of all held that day), for which organisation, what and why."""
        held = self.roles_of(by, on=timezone.localdate(at)) if roles is None else roles
        left: AuditEvent = cast("Any", self).events.create(
            event=event,
            at=at,
            user=by.user,
            organisation=by.organisation,
            role=min(held) if held else Role.SYSTEM,
            reason=reason,
            state_from=state_from,
            state_to=state_to,
            data={**(data or {}), **by.mandated},
        )
        return left


class AccountEvent(AuditEvent):
    """Sign-in, sign-out, change of the organisation acted for, rights given and taken."""

    subject = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("kontohændelse")
        verbose_name_plural = _("kontohændelser")
        indexes = [
            # Each try to sign in counts those of the last quarter (transitions.authenticate_person).
            models.Index(fields=["at"], name="account_event_at"),
        ]
