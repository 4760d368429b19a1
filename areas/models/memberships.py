"""Which departments lie in an area, and which are connected to it."""

from __future__ import annotations

import datetime

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from areas.models.areas import HousingArea
from areas.models.periods import never_twice_at_a_time
from areas.models.registers import Department
from areas.querysets import AreaMembershipQuerySet, ConnectedDepartmentQuerySet


@pghistory.track(model_name="AreaMembershipVersion")
class AreaMembership(models.Model):
    """A department lies in an area from a day to a day (both included); in one area at a time (R30-R31)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til"), null=True, blank=True)

    objects = AreaMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("afdeling i område")
        verbose_name_plural = _("afdelinger i områder")
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(
                name="area_membership_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Slutdatoen ligger før startdatoen. Vælg startdatoen eller en senere dag."),
            ),
            never_twice_at_a_time(
                "area_membership_one_area_at_a_time",
                ("department",),
                "valid_from",
                "valid_to",
                _("Afdelingen ligger allerede i et område i denne periode."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}, {self.area}"

    def holds_on(self, day: datetime.date) -> bool:
        """True when the period covers the day, both ends included."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


@pghistory.track(model_name="ConnectedDepartmentVersion")
class ConnectedDepartment(models.Model):
    """A department outside the area that is connected to it (i tilknytning hertil, R52), with the reason why."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="connections", verbose_name=_("afdeling"))
    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, related_name="connections", verbose_name=_("boligområde"))
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til"), null=True, blank=True)
    reason = models.TextField(_("begrundelse for tilknytningen"))

    objects = ConnectedDepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("tilknyttet afdeling")
        verbose_name_plural = _("tilknyttede afdelinger")
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(
                name="connected_department_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Skriv, hvorfor afdelingen er knyttet til området."),
            ),
            models.CheckConstraint(
                name="connected_department_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("Slutdatoen ligger før startdatoen. Vælg startdatoen eller en senere dag."),
            ),
            never_twice_at_a_time(
                "connected_department_once_at_a_time",
                ("department", "area"),
                "valid_from",
                "valid_to",
                _("Afdelingen er allerede knyttet til området i denne periode."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}, {self.area}"

    def holds_on(self, day: datetime.date) -> bool:
        """True when the period covers the day, both ends included."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)
