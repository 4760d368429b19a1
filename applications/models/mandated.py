"""The cases that a limited mandate covers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from applications.models.application import Application


class MandatedCase(models.Model):
    """A case of the principal that the holder of a limited mandate acts in. Append-only, as the mandate is."""

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="mandated_cases")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("sag i fuldmagt")
        verbose_name_plural = _("sager i fuldmagter")
        constraints = [
            models.UniqueConstraint(name="mandated_case_once", fields=["mandate", "application"]),
        ]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.application}"
