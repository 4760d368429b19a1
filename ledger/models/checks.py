"""Checks that were made, what they found, and what happened to each finding. Nothing of it is ever deleted."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, Organisation
from accounts.roles import Role
from ledger.findings import MOST_NAMED, NO_SUCH_CASE
from ledger.kinds import FindingEventKind, FrameKind
from ledger.models.fields import portal_or_person
from ledger.querysets import FrameCheckQuerySet, FrameFindingQuerySet


class FrameCheck(models.Model):
    """One check of all frames: when, by whom, of how many entries, and what was compared year by year. Append-only."""

    at = models.DateTimeField(_("kontrolleret"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("af"), db_index=False
    )
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    milliseconds = models.PositiveIntegerField(_("varighed i millisekunder"))
    entries = models.PositiveBigIntegerField(_("posteringer"))
    # As `ledger.keeping` writes and reads them: amounts as text.
    years = models.JSONField(_("år"))
    found = models.PositiveIntegerField(_("fund"))
    new = models.PositiveIntegerField(_("nye fund"))

    objects = FrameCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("kontrol af rammen")
        verbose_name_plural = _("kontroller af rammen")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(name="frame_check_person_or_portal", condition=portal_or_person("by")),
            models.CheckConstraint(name="frame_check_new_among_found", condition=Q(new__lte=F("found"))),
        ]
        indexes = [models.Index(fields=["at"], name="frame_check_in_time")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%d.%m.%Y %H.%M}"

    @property
    def is_ok(self) -> bool:
        """True when all added up."""
        return not self.found

    @property
    def who(self) -> str:
        """The person, or the portal."""
        return str(self.by) if self.by else str(Role.SYSTEM.label)


class FrameFinding(models.Model):
    """Something that did not add up, from the check that found it first to the last one that still did.

    It stays one row while it stands, whatever its amounts do; found again after it was gone, it is a new one. The database
    lets nothing be changed but what later checks say (migration 0003).
    """

    # Of what, where and whom: `ledger.findings.Finding.key`.
    key = models.CharField(_("nøgle"), max_length=300)
    code = models.CharField(_("kode"), max_length=60)
    year = models.PositiveSmallIntegerField(_("år"))
    frame = models.CharField(_("ramme"), max_length=10, choices=FrameKind.choices)
    case_reference = models.CharField(_("sagsnummer"), max_length=20, blank=True)
    # A marked message and what stands in it, so that everybody reads it in their language.
    wording = models.TextField(_("ordlyd"))
    values = models.JSONField(_("beløb og navne"), default=dict)
    entries = ArrayField(models.BigIntegerField(), verbose_name=_("posteringer"), default=list)
    first_check = models.ForeignKey(
        FrameCheck, on_delete=models.PROTECT, related_name="first_findings", verbose_name=_("fundet første gang")
    )
    last_check = models.ForeignKey(
        FrameCheck, on_delete=models.PROTECT, related_name="last_findings", verbose_name=_("fundet senest")
    )
    # The first check that no longer found it.
    gone_check = models.ForeignKey(
        FrameCheck, on_delete=models.PROTECT, null=True, related_name="gone_findings", verbose_name=_("væk siden")
    )

    objects = FrameFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("fund")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="frame_finding_stands_once", fields=["key"], condition=Q(gone_check__isnull=True)),
            models.CheckConstraint(
                name="frame_finding_says_what",
                condition=~Q(key="") & ~Q(code="") & ~Q(wording="") & Q(frame__in=FrameKind.values),
            ),
            models.CheckConstraint(
                name="frame_finding_checks_in_order",
                condition=Q(last_check__gte=F("first_check")) & (Q(gone_check__isnull=True) | Q(gone_check__gt=F("last_check"))),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("ledger:finding", args=[self.pk])

    @property
    def text(self) -> str:
        """The finding as a sentence."""
        told: str = gettext(self.wording) % self.values
        return told

    @property
    def stands(self) -> bool:
        """True while the latest check still found it."""
        return self.gone_check_id is None

    @property
    def has_more_entries(self) -> bool:
        """True when only the first of them may be named."""
        return len(self.entries) >= MOST_NAMED

    @property
    def names_a_case(self) -> bool:
        """True when it is about a case that the portal has."""
        return bool(self.case_reference) and self.code != NO_SUCH_CASE

    @property
    def is_of_ordinary_frame(self) -> bool:
        """True for the frame whose years have a page of their own."""
        return self.frame == FrameKind.ORDINARY


class FrameFindingEvent(AuditEvent):
    """A finding was found, found with other amounts, noted on, or no longer found. Append-only."""

    finding = models.ForeignKey(FrameFinding, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name = _("hændelse for fund")
        verbose_name_plural = _("hændelser for fund")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="finding_event_is_known", condition=Q(event__in=FindingEventKind.values)),
            models.CheckConstraint(
                name="finding_event_note_is_a_persons",
                condition=~Q(event=FindingEventKind.NOTED) | (Q(user__isnull=False) & ~Q(reason="")),
            ),
        ]

    @property
    def told(self) -> dict[str, Any]:
        """The event as a timeline shows it; a change with what was found before."""
        before = self.data.get("wording")
        return {
            "what": FindingEventKind(self.event).label,
            "who": self.user or self.get_role_display(),
            "at": self.at,
            "why": gettext("Før: %(text)s") % {"text": gettext(before) % self.data["values"]} if before else self.reason,
        }
