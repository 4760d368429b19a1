"""Housing areas, the changes of their name and shape, and their development plans."""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from areas.models.periods import never_twice_at_a_time
from areas.models.registers import Municipality
from areas.querysets import DevelopmentPlanQuerySet, HousingAreaQuerySet
from areas.rules.standing import PlanFacts
from lbf_portal.lib.danish import sort_key


class HousingArea(models.Model):
    """A housing area as the lists name it. `key` is the same in all files; its history stays with it."""

    key = models.CharField(_("nøgle"), max_length=80, unique=True)
    name = models.CharField(_("navn"), max_length=150)
    sort_key = models.CharField(max_length=300, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="areas", verbose_name=_("kommune"))

    objects = HousingAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("boligområde")
        verbose_name_plural = _("boligområder")
        ordering = ["sort_key"]
        constraints = [
            models.CheckConstraint(name="housing_area_key_is_a_slug", condition=Q(key__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("areas:detail", args=[self.key])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the Danish sort key beside the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class AreaChangeKind(models.TextChoices):
    """What became of an area between two lists."""

    RENAMED = "RENAMED", _("Nyt navn")
    MERGED = "MERGED", _("Lagt sammen")
    SPLIT = "SPLIT", _("Udskilt")  # R31
    ENLARGED = "ENLARGED", _("Udvidet")  # R31


@pghistory.track(model_name="AreaChangeVersion")
class AreaChange(models.Model):
    """An area got another name or another shape; its history stays under one area (R31).

    `area` is the one that stands after the change. When two keys became one (merged), or a part became an area of its own
    (split), `predecessor` is the other, and the lists before the change that name the predecessor count for `area` too.
    """

    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, related_name="changes", verbose_name=_("boligområde"))
    kind = models.CharField(_("ændring"), max_length=20, choices=AreaChangeKind)
    changed_on = models.DateField(_("fra"))
    predecessor = models.ForeignKey(
        HousingArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successions",
        verbose_name=_("tidligere område"),
    )
    former_name = models.CharField(_("tidligere navn"), max_length=150, blank=True)
    # The minister approves a split and the inclusion of adjoining parcels (§ 61 a, stk. 3; R31).
    approval = models.CharField(_("ministerens godkendelse"), max_length=300, blank=True)
    note = models.TextField(_("bemærkning"), blank=True)

    class Meta:
        verbose_name = _("ændring af område")
        verbose_name_plural = _("ændringer af områder")
        ordering = ["changed_on", "pk"]
        constraints = [
            models.CheckConstraint(name="area_change_kind_is_known", condition=Q(kind__in=AreaChangeKind.values)),
            models.CheckConstraint(
                name="area_change_names_its_predecessor",
                condition=Q(kind__in=[AreaChangeKind.MERGED, AreaChangeKind.SPLIT], predecessor__isnull=False)
                | Q(kind__in=[AreaChangeKind.RENAMED, AreaChangeKind.ENLARGED], predecessor__isnull=True),
                violation_error_message=_("Vælg det tidligere område, når områder er lagt sammen eller delt, ellers ikke."),
            ),
            models.CheckConstraint(
                name="area_change_has_the_former_name",
                condition=Q(kind=AreaChangeKind.RENAMED) & ~Q(former_name="")
                | ~Q(kind=AreaChangeKind.RENAMED) & Q(former_name=""),
                violation_error_message=_("Skriv det tidligere navn, når området har fået nyt navn, ellers ikke."),
            ),
            models.CheckConstraint(
                name="area_change_of_shape_is_approved",
                condition=~Q(kind__in=[AreaChangeKind.SPLIT, AreaChangeKind.ENLARGED]) | ~Q(approval=""),
                violation_error_message=_("Skriv, hvor ministeren har godkendt ændringen (§ 61 a, stk. 3)."),
            ),
            models.CheckConstraint(
                name="area_change_predecessor_is_another",
                condition=Q(predecessor__isnull=True) | ~Q(predecessor=F("area")),
                violation_error_message=_("Et område kan ikke følge efter sig selv."),
            ),
            models.UniqueConstraint(
                name="area_change_once",
                fields=["area", "kind", "changed_on", "predecessor"],
                nulls_distinct=False,
                violation_error_message=_("Ændringen er allerede registreret."),
            ),
            # A key that was merged away names nothing any more, so it cannot be merged twice.
            models.UniqueConstraint(
                name="area_change_merged_away_once",
                fields=["predecessor"],
                condition=Q(kind=AreaChangeKind.MERGED),
                violation_error_message=_("Området er allerede lagt sammen med et andet."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.get_kind_display()}, {self.changed_on}"


class PlanApproval(models.TextChoices):
    """How a development plan came to stand."""

    APPROVED = "APPROVED", _("Godkendt af ministeren")  # R38
    EXEMPTED = "EXEMPTED", _("Godkendt med fritagelse")  # R39-R40
    ORDERED = "ORDERED", _("Pålagt efter kommunens plan")  # R41


@pghistory.track(model_name="DevelopmentPlanVersion")
class DevelopmentPlan(models.Model):
    """A development plan (§§ 168 a-168 b; R34-R44). It binds the area whether or not the area is still on a list (R42)."""

    area = models.ForeignKey(
        HousingArea, on_delete=models.PROTECT, related_name="development_plans", verbose_name=_("boligområde")
    )
    starts_on = models.DateField(_("fra"))
    ends_on = models.DateField(_("til"), null=True, blank=True)
    approval = models.CharField(_("status"), max_length=20, choices=PlanApproval)
    source = models.TextField(_("kilde"))

    objects = DevelopmentPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("udviklingsplan")
        verbose_name_plural = _("udviklingsplaner")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(name="development_plan_approval_is_known", condition=Q(approval__in=PlanApproval.values)),
            models.CheckConstraint(
                name="development_plan_has_a_source",
                condition=~Q(source=""),
                violation_error_message=_("Skriv, hvor udviklingsplanen er godkendt eller pålagt."),
            ),
            models.CheckConstraint(
                name="development_plan_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Slutdatoen ligger før startdatoen. Vælg startdatoen eller en senere dag."),
            ),
            never_twice_at_a_time(
                "development_plan_one_at_a_time",
                ("area",),
                "starts_on",
                "ends_on",
                _("Området har allerede en udviklingsplan i denne periode."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.starts_on}"

    def facts(self) -> PlanFacts:
        """What the rules need of the plan."""
        return PlanFacts(self.starts_on)
