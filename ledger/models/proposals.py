"""A posting by hand that one person proposed and another is to approve (four eyes)."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AuditEvent, LeavesEvents, Organisation
from accounts.roles import Role
from ledger import permissions
from ledger.kinds import ProposalKind
from ledger.proposed import Act, Malformed, read
from ledger.querysets import ProposalQuerySet
from ledger.states import DECIDED, State


class Proposal(LeavesEvents):
    """What is proposed, by whom and why; who decided it, and how. The posting is made by the approval, in one transaction."""

    kind = models.CharField(_("art"), max_length=30, choices=ProposalKind.choices)
    # The fields of the act as `ledger.proposed` writes and reads them.
    payload = models.JSONField(_("indhold"))
    # The year the act is about, for lists; empty for a rule.
    year = models.PositiveSmallIntegerField(_("år"), null=True, blank=True)
    reason = models.TextField(_("begrundelse"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("foreslået af")
    )
    proposed_role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("foreslået"))
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.WAITING, editable=False)
    state_since = models.DateTimeField(_("status siden"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("afgjort af")
    )
    note = models.TextField(_("svar"), blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("forslag til postering")
        verbose_name_plural = _("forslag til posteringer")
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(name="proposal_kind_is_known", condition=Q(kind__in=ProposalKind.values)),
            models.CheckConstraint(name="proposal_says_why", condition=~Q(reason="") & Q(proposed_role__in=Role.values)),
            models.CheckConstraint(
                name="proposal_decided_by_another",
                condition=Q(state=State.WAITING, decided_by__isnull=True)
                | (Q(state__in=sorted(DECIDED), decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")))
                | Q(state=State.WITHDRAWN, decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(name="proposal_rejected_with_reason", condition=~Q(state=State.REJECTED) | ~Q(note="")),
        ]
        indexes = [models.Index(fields=["state", "proposed_at"], name="proposal_by_state")]

    def __str__(self) -> str:
        return f"{ProposalKind(self.kind).label} {self.year or ''}".strip()

    @property
    def act(self) -> Act:
        """What is to be posted, as the typed act it was proposed as."""
        return read(ProposalKind(self.kind), self.payload)

    @property
    def told(self) -> str:
        """The act in one sentence; a row that somebody wrote by other means says that it cannot be read."""
        try:
            return self.act.told
        except Malformed:
            return gettext("Indholdet kan ikke læses")

    @property
    def key(self) -> str:
        """Names the posting in the ledger."""
        return f"proposal:{self.pk}"

    @property
    def proposer(self) -> Actor:
        """Who proposed it, in the role held then."""
        return Actor(self.proposed_by, self.organisation, frozenset({Role(self.proposed_role)}))

    def get_absolute_url(self) -> str:
        return reverse("ledger:proposal", args=[self.pk])

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:  # noqa: ARG002 - the middleware asked for the day
        """For lib/moves.py: the roles the actor holds in the fund."""
        return permissions.roles_in_fund(actor)


class ProposalEvent(AuditEvent):
    """What happened to a proposal. Append-only."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name = _("forslagshændelse")
        verbose_name_plural = _("forslagshændelser")
        ordering = ["id"]
