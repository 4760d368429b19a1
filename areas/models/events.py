"""What was done to the registers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from areas.models.areas import HousingArea
from areas.models.imports import ImportBatch
from areas.models.registers import Department


class AreaEvent(AuditEvent):
    """What was imported, registered and placed, by whom. Append-only."""

    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, null=True, related_name="events")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="events")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="events")

    class Meta:
        verbose_name = _("registerhændelse")
        verbose_name_plural = _("registerhændelser")
        ordering = ["id"]
