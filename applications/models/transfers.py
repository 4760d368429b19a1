"""Moves of cases from earlier rule sets to the next, case by case, and the earlier cases that a file brought in."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.roles import Role
from applications.models.application import AMOUNT, Application, ApplicationEvent
from applications.querysets import TransferBatchQuerySet, TransferredCaseQuerySet
from applications.rules.rule_sets import TERMS
from lbf_portal.lib.refusals import Violation

TRANSFERRED = "application:transferred"
TRANSFER_TAKEN_BACK = "application:transfer_taken_back"
RULE_SETS = [(value.value, _(terms.name)) for value, terms in TERMS.items()]


class TransferBatch(models.Model):
    """One run of the move: to which rules, as of which day, who began it. Its cases are listed the moment it begins.

    A worker takes them a few at a time; `worked_at` is when it last did, so that one that died is noticed.
    """

    to_rule_set = models.CharField(_("til regelsæt"), max_length=10, choices=RULE_SETS)
    as_of = models.DateField(_("flyttet pr."))
    started_at = models.DateTimeField(_("begyndt"))
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("af"))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    worked_at = models.DateTimeField(_("sidst arbejdet på"))
    finished_at = models.DateTimeField(_("afsluttet"), null=True, blank=True)

    objects = TransferBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("flytning")
        verbose_name_plural = _("flytninger")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="transfer_batch_finishes_after_it_began",
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
            ),
            # Two runs at once would list the same cases.
            models.UniqueConstraint(
                name="transfer_batch_one_at_a_time", fields=["to_rule_set"], condition=Q(finished_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.get_to_rule_set_display()}"

    def get_absolute_url(self) -> str:
        return reverse("applications:transfer", args=[self.pk])

    @property
    def actor(self) -> Actor:
        """Who began it; the worker acts for them."""
        return Actor(self.started_by, self.organisation, frozenset({Role(self.role)}))


class TransferOutcome(models.TextChoices):
    """What became of a case in a run."""

    PENDING = "PENDING", _("Venter")
    MOVED = "MOVED", _("Flyttet")
    LEFT = "LEFT", _("Bliver")
    FAILED = "FAILED", _("Kunne ikke flyttes")
    TAKEN_BACK = "TAKEN_BACK", _("Taget tilbage")


class TransferredCase(models.Model):
    """A case in a run: what it was, what it became, what was put aside, and the event whose letter its parties get.

    `before` holds what taking back needs, `after` what the move left; both are plain values. Nothing that was put aside is
    lost: it stands here, and in the tables' histories.
    """

    batch = models.ForeignKey(TransferBatch, on_delete=models.PROTECT, related_name="cases")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="transfers")
    from_rule_set = models.CharField(_("fra regelsæt"), max_length=10, choices=RULE_SETS)
    to_rule_set = models.CharField(_("til regelsæt"), max_length=10, choices=RULE_SETS)
    outcome = models.CharField(_("udfald"), max_length=12, choices=TransferOutcome, default=TransferOutcome.PENDING)
    # Why a case stays or failed: code, Danish message id and basis of the violation.
    reason = models.JSONField(_("hvorfor"), default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    event = models.OneToOneField(
        ApplicationEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="transferred_case"
    )
    taken_back_event = models.OneToOneField(ApplicationEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = TransferredCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("sag i flytning")
        verbose_name_plural = _("sager i flytninger")
        ordering = ["application__case_number"]
        constraints = [
            models.UniqueConstraint(name="transferred_case_once_per_batch", fields=["batch", "application"]),
            models.UniqueConstraint(
                name="transferred_case_moves_once",
                fields=["application", "to_rule_set"],
                condition=Q(outcome__in=["PENDING", "MOVED"]),
            ),
            models.CheckConstraint(name="transferred_case_outcome_is_known", condition=Q(outcome__in=TransferOutcome.values)),
            models.CheckConstraint(
                name="transferred_case_moved_has_an_event",
                condition=Q(outcome__in=["MOVED", "TAKEN_BACK"], event__isnull=False)
                | ~Q(outcome__in=["MOVED", "TAKEN_BACK"]) & Q(event__isnull=True),
            ),
            models.CheckConstraint(
                name="transferred_case_taken_back_has_an_event",
                condition=Q(outcome="TAKEN_BACK", taken_back_event__isnull=False)
                | ~Q(outcome="TAKEN_BACK") & Q(taken_back_event__isnull=True),
            ),
            models.CheckConstraint(
                name="transferred_case_left_says_why",
                condition=Q(outcome__in=["LEFT", "FAILED"]) & ~Q(reason={}) | ~Q(outcome__in=["LEFT", "FAILED"]),
            ),
        ]
        indexes = [models.Index(fields=["batch", "outcome"], name="transferred_case_outcome")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.from_rule_set} → {self.to_rule_set}"

    @property
    def violation(self) -> Violation | None:
        """Why the case stays, or failed."""
        return Violation(**self.reason) if self.reason else None


def reason_of(violation: Violation) -> dict[str, Any]:
    """The violation as `TransferredCase.reason` keeps it."""
    return {"code": violation.code, "text": violation.text, "basis": violation.basis, "is_confirmed": violation.is_confirmed}


class ImportedCase(models.Model):
    """Where an earlier prequalified case came from: its number there, and what the file said that the portal has no place for.

    The reference makes importing the same file again change nothing.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="imported")
    reference = models.CharField(_("tidligere sagsnummer"), max_length=40, unique=True)
    prequalified_on = models.DateField(_("prækvalificeret"))
    effort_areas = ArrayField(models.CharField(max_length=30), verbose_name=_("indsatsområder"), default=list, blank=True)
    expected_amount = models.DecimalField(_("forventet beløb"), **AMOUNT, null=True, blank=True)
    file_name = models.CharField(_("fil"), max_length=200)
    row = models.PositiveIntegerField(_("række"))
    # Of the row's own cells, so that the same reference with other values is noticed.
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField(_("lagt ind"))

    class Meta:
        verbose_name = _("sag fra fil")
        verbose_name_plural = _("sager fra filer")
        ordering = ["reference"]
        constraints = [
            models.CheckConstraint(name="imported_case_has_a_reference", condition=~Q(reference="")),
            models.CheckConstraint(
                name="imported_case_amount_is_positive", condition=Q(expected_amount__isnull=True) | Q(expected_amount__gt=0)
            ),
            models.CheckConstraint(name="imported_case_sha256_is_one", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.reference
