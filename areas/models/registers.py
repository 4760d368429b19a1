"""Municipalities, departments and their residents."""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from areas.querysets import DepartmentQuerySet
from lbf_portal.lib.danish import sort_key


class Municipality(models.Model):
    """One of the 98 municipalities; acts in the portal through its organisation."""

    code = models.CharField(_("kommunekode"), max_length=4, unique=True)
    name = models.CharField(_("navn"), max_length=100)
    sort_key = models.CharField(max_length=200, editable=False)
    region_code = models.CharField(_("regionskode"), max_length=4)
    region_name = models.CharField(_("region"), max_length=100)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="municipality")

    class Meta:
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(name="municipality_code_has_four_digits", condition=Q(code__regex=r"^[0-9]{4}$")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("areas:municipality", args=[self.code])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the Danish sort key beside the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class OwnerKind(models.TextChoices):
    """Whose the dwellings are: the regulation covers departments, and youth and elderly dwellings of other owners (R56)."""

    DEPARTMENT = "DEPARTMENT", _("Afdeling i en boligorganisation")
    YOUTH_SELF_OWNING = "YOUTH_SELF_OWNING", _("Ungdomsboliger, selvejende institution")
    ELDERLY_SELF_OWNING = "ELDERLY_SELF_OWNING", _("Ældreboliger, selvejende institution")
    ELDERLY_MUNICIPAL = "ELDERLY_MUNICIPAL", _("Ældreboliger, kommune")
    ELDERLY_REGIONAL = "ELDERLY_REGIONAL", _("Ældreboliger, region")


@pghistory.track(model_name="DepartmentVersion")
class Department(models.Model):
    """A department (afdeling): an estate with its own economy, owned by a housing organisation (R56)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="departments", verbose_name=_("boligorganisation")
    )
    number = models.CharField(_("afdelingsnummer"), max_length=10)
    name = models.CharField(_("navn"), max_length=150)
    sort_key = models.CharField(max_length=300, editable=False)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="departments", verbose_name=_("kommune")
    )
    owner_kind = models.CharField(_("ejer"), max_length=30, choices=OwnerKind, default=OwnerKind.DEPARTMENT)
    addresses = models.CharField(_("adresser"), max_length=300, blank=True)
    postcode = models.CharField(_("postnummer"), max_length=4, blank=True)
    floor_area_m2 = models.DecimalField(_("areal i m²"), max_digits=10, decimal_places=2, null=True, blank=True)
    # All dwellings, and as many of each kind as are known.
    dwellings = models.PositiveIntegerField(_("boliger"), null=True, blank=True)
    family_dwellings = models.PositiveIntegerField(_("familieboliger"), null=True, blank=True)
    youth_dwellings = models.PositiveIntegerField(_("ungdomsboliger"), null=True, blank=True)
    elderly_dwellings = models.PositiveIntegerField(_("ældreboliger"), null=True, blank=True)
    is_demo = models.BooleanField(_("opdigtet til demo"), default=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("afdeling")
        verbose_name_plural = _("afdelinger")
        ordering = ["organisation__sort_key", "number"]
        constraints = [
            models.UniqueConstraint(
                name="department_number_unique_in_organisation",
                fields=["organisation", "number"],
                violation_error_message=_("Boligorganisationen har allerede en afdeling med dette nummer."),
            ),
            models.CheckConstraint(
                name="department_floor_area_is_positive",
                condition=Q(floor_area_m2__isnull=True) | Q(floor_area_m2__gt=0),
                violation_error_message=_("Arealet skal være større end 0."),
            ),
            models.CheckConstraint(name="department_owner_kind_is_known", condition=Q(owner_kind__in=OwnerKind.values)),
            models.CheckConstraint(
                name="department_postcode_has_four_digits",
                condition=Q(postcode="") | Q(postcode__regex=r"^[0-9]{4}$"),
                violation_error_message=_("Et postnummer har fire cifre."),
            ),
            models.CheckConstraint(
                name="department_dwellings_of_each_kind_fit_the_total",
                condition=Q(dwellings__isnull=True)
                | Q(
                    dwellings__gte=Coalesce("family_dwellings", Value(0))
                    + Coalesce("youth_dwellings", Value(0))
                    + Coalesce("elderly_dwellings", Value(0))
                ),
                violation_error_message=_("Der er flere boliger af de enkelte slags end boliger i alt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("areas:department", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the Danish sort key beside the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


@pghistory.track(model_name="ResidentCountVersion")
class ResidentCount(models.Model):
    """How many lived in a department on a day, as a rule 1 January, the day the lists count by (R32)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="resident_counts")
    counted_on = models.DateField(_("opgjort den"))
    residents = models.PositiveIntegerField(_("beboere"))

    class Meta:
        verbose_name = _("beboertal")
        verbose_name_plural = _("beboertal")
        ordering = ["-counted_on"]
        constraints = [
            models.UniqueConstraint(
                name="resident_count_once_a_day",
                fields=["department", "counted_on"],
                violation_error_message=_("Afdelingen har allerede et beboertal for denne dag."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}, {self.counted_on}"
