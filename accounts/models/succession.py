"""Names that organisations had, and who came after whom."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Organisation, User


class FormerName(models.Model):
    """A name that an organisation had up to and including a day; the present one stands on the organisation. Append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(_("navn"), max_length=200)
    last_day = models.DateField(_("til og med"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("registreret"))

    class Meta:
        verbose_name = _("tidligere navn")
        verbose_name_plural = _("tidligere navne")
        ordering = ["-last_day"]
        constraints = [
            models.UniqueConstraint(name="former_name_one_a_day", fields=["organisation", "last_day"]),
            models.CheckConstraint(name="former_name_is_not_empty", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """One merger: from the day on the successor stands in the predecessor's place. Append-only."""

    predecessor = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="succession")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    effective_on = models.DateField(_("fra"))
    reason = models.CharField(_("grundlag"), max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("registreret"))

    class Meta:
        verbose_name = _("sammenlægning")
        verbose_name_plural = _("sammenlægninger")
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.CheckConstraint(name="succession_is_of_two", condition=~Q(predecessor=F("successor"))),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


def read_former_names(organisations: Iterable[Organisation | None]) -> None:
    """Read earlier names along for `Organisation.name_on`, in one query; in none where nobody had another name."""
    renamed = [organisation for organisation in organisations if organisation is not None and organisation.renamed_on]
    if renamed:
        prefetch_related_objects(renamed, "former_names")
