"""A running effort, its events, and what is measured in it."""

from __future__ import annotations

import datetime

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AuditEvent, LeavesEvents, User
from applications.models import Application, IndicatorDefinition
from ledger.kinds import Money, ReleaseCause
from ledger.models import Proposal
from monitoring import permissions
from monitoring.querysets import EffortQuerySet, GiveBackQuerySet, MeasurementQuerySet
from monitoring.states import RUNNING, State


@pghistory.track(model_name="EffortVersion")
class Effort(LeavesEvents):
    """The effort that a commitment was given to, from the commitment to the final accounts. One a case.

    That its case is committed is checked by the database when the transaction ends (migration 0002).
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="effort", verbose_name=_("sag"))
    state = models.CharField(_("status"), max_length=30, choices=State.choices, default=State.PENDING, editable=False)
    state_since = models.DateTimeField(default=timezone.now, editable=False)
    starts_on = models.DateField(_("start"))
    ends_on = models.DateField(_("slut"))
    # As the parties signed it; `ends_on` moves when the fund extends the effort (Q7).
    agreed_ends_on = models.DateField(_("aftalt slut"), editable=False)

    objects = EffortQuerySet.as_manager()

    class Meta:
        verbose_name = _("indsats")
        verbose_name_plural = _("indsatser")
        ordering = ["-application__case_number"]
        constraints = [
            models.CheckConstraint(name="effort_state_is_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="effort_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(
                name="effort_ends_as_agreed_unless_extended",
                condition=Q(ends_on=F("agreed_ends_on"))
                | Q(ends_on__gt=F("agreed_ends_on"), state__in=[State.EXTENDED, State.CLOSING, State.CLOSED]),
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_on"], name="effort_state_start")]

    def __str__(self) -> str:
        return str(self.application)

    def get_absolute_url(self) -> str:
        return reverse("monitoring:dashboard", args=[self.application.case_number])

    @property
    def is_running(self) -> bool:
        """True while the effort works and is measured."""
        return self.state in RUNNING

    @property
    def is_extended(self) -> bool:
        """True when the effort ends later than the parties agreed."""
        return self.ends_on > self.agreed_ends_on

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:
        """For lib/moves.py: the actor's roles in this effort."""
        return permissions.roles_in(actor, self, on=on)


class EffortEvent(AuditEvent):
    """What happened to an effort. Append-only."""

    effort = models.ForeignKey(Effort, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name = _("indsatshændelse")
        verbose_name_plural = _("indsatshændelser")
        ordering = ["id"]
        indexes = [models.Index(fields=["effort", "id"], name="effort_event_effort")]


class Measurement(models.Model):
    """A value of an indicator on a day, as one dated batch brought it (C20, C24, C25). Append-only.

    A suppressed value is empty and says why (C23); a later batch puts a value right by a row of its own.
    """

    effort = models.ForeignKey(Effort, on_delete=models.PROTECT, related_name="measurements")
    indicator = models.ForeignKey(IndicatorDefinition, on_delete=models.PROTECT, related_name="+", verbose_name=_("indikator"))
    measured_on = models.DateField(_("opgjort pr."))
    value = models.DecimalField(_("værdi"), max_digits=14, decimal_places=4, null=True, blank=True)
    suppressed_reason = models.CharField(_("hvorfor værdien er skjult"), max_length=200, blank=True)
    source = models.CharField(_("kilde"), max_length=200)
    batch = models.CharField(_("leverance"), max_length=60)
    is_demo = models.BooleanField(_("opdigtet til demo"), default=False)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("indlæst"), default=timezone.now)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = _("måling")
        verbose_name_plural = _("målinger")
        ordering = ["measured_on", "id"]
        constraints = [
            models.UniqueConstraint(name="measurement_once_per_batch", fields=["effort", "indicator", "measured_on", "batch"]),
            models.CheckConstraint(
                name="measurement_has_a_value_or_says_why_not",
                condition=Q(value__isnull=False, suppressed_reason="") | Q(value__isnull=True) & ~Q(suppressed_reason=""),
            ),
            models.CheckConstraint(name="measurement_names_source_and_batch", condition=~Q(source="") & ~Q(batch="")),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.measured_on}"

    @property
    def data_year(self) -> int:
        """The year the value is about: shown per indicator, for registers lag differently (C24, R140)."""
        return self.measured_on.year


class GiveBack(models.Model):
    """What a case gives back of a year that is closed (R6, G2), until finance has proposed its release. Append-only.

    The case officer who closes an effort may not decide on a closed year's money; finance may, and another person approves.
    """

    effort = models.ForeignKey(Effort, on_delete=models.PROTECT, related_name="give_backs", verbose_name=_("indsats"))
    frame_year = models.PositiveSmallIntegerField(_("årsramme"))
    money = models.CharField(_("formål"), max_length=10, choices=Money.choices)
    amount = models.DecimalField(_("beløb"), max_digits=14, decimal_places=2)
    cause = models.CharField(_("årsag"), max_length=10, choices=ReleaseCause.choices)
    reason = models.TextField(_("begrundelse"))
    noted_at = models.DateTimeField(_("opgjort"), default=timezone.now)

    objects = GiveBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("beløb til frigivelse")
        verbose_name_plural = _("beløb til frigivelse")
        ordering = ["noted_at", "id"]
        constraints = [
            models.CheckConstraint(name="give_back_is_an_amount", condition=Q(amount__gt=0) & ~Q(reason="")),
            models.CheckConstraint(
                name="give_back_kinds_are_known", condition=Q(money__in=Money.values, cause__in=ReleaseCause.values)
            ),
            models.UniqueConstraint(name="give_back_once_per_end", fields=["effort", "money", "cause"]),
        ]

    def __str__(self) -> str:
        return f"{self.effort}: {self.amount}"


class GiveBackProposal(models.Model):
    """The proposal that finance made of it; another one when the first was rejected or taken back. Append-only."""

    give_back = models.ForeignKey(GiveBack, on_delete=models.PROTECT, related_name="proposals")
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="+", verbose_name=_("forslag"))

    class Meta:
        verbose_name = _("forslag til frigivelse")
        verbose_name_plural = _("forslag til frigivelse")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.proposal)
