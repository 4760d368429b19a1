"""The years one act gives money for, and what may be done with money that comes back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Role
from ledger.kinds import FrameKind, Reuse
from ledger.models.fields import kroner_field, two_persons
from ledger.querysets import GrantPeriodQuerySet, ReleaseRuleQuerySet


class GrantPeriod(models.Model):
    """The years one act gives money for (R1, R15). Written once: another act is another period.

    A period before 2019 has no frames in the portal; what it gave each year is kept as information, for cases that moved
    over from it and for charts (domain.md 2.2).
    """

    code = models.CharField(_("kode"), max_length=20, unique=True)
    name = models.CharField(_("navn"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("første år"))
    last_year = models.PositiveSmallIntegerField(_("sidste år"))
    # The frames of its years; empty for a historic period.
    frame = models.CharField(_("ramme"), max_length=10, choices=FrameKind.choices, blank=True)
    legal_basis = models.CharField(_("hjemmel"), max_length=200)
    annual_total = kroner_field(_("årligt beløb"), null=True, blank=True)
    annual_rent = kroner_field(_("heraf højst til husleje"), null=True, blank=True)
    note = models.CharField(_("bemærkning"), max_length=300, blank=True)
    source = models.URLField(_("kilde"), max_length=500, blank=True)

    objects = GrantPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("bevillingsperiode")
        verbose_name_plural = _("bevillingsperioder")
        ordering = ["first_year", "code"]
        constraints = [
            models.CheckConstraint(name="grant_period_ends_after_it_begins", condition=Q(last_year__gte=F("first_year"))),
            models.CheckConstraint(name="grant_period_names_its_law", condition=~Q(legal_basis="")),
            models.CheckConstraint(
                name="grant_period_has_frames_or_is_history",
                condition=Q(frame__in=FrameKind.values, annual_total__isnull=True, annual_rent__isnull=True)
                | (
                    Q(frame="", annual_rent__gte=0, annual_total__gte=F("annual_rent"))
                    & Q(annual_total__isnull=False, annual_rent__isnull=False)
                    & ~Q(source="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReleaseRule(models.Model):
    """Whether and where money released in the period may be used again, from a day on (R6; our reading, dated).

    Until finance sets one, `Reuse.SAME_YEAR_OR_CARRY_OVER` holds. Written once; another rule follows from its own day, and
    never reaches back behind the day it was decided on.
    """

    period = models.ForeignKey(
        GrantPeriod, on_delete=models.PROTECT, related_name="release_rules", verbose_name=_("bevillingsperiode")
    )
    valid_from = models.DateField(_("gælder fra"))
    rule = models.CharField(_("regel"), max_length=30, choices=Reuse.choices)
    source = models.CharField(_("kilde"), max_length=300)
    decided_on = models.DateField(_("besluttet"))
    key = models.CharField(_("nøgle"), max_length=200, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("foreslået af"))
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("godkendt af")
    )
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("bogført"), default=timezone.now)
    reason = models.TextField(_("begrundelse"))

    objects = ReleaseRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("regel for frigivne beløb")
        verbose_name_plural = _("regler for frigivne beløb")
        ordering = ["period", "-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(name="release_rule_is_known", condition=Q(rule__in=Reuse.values)),
            models.CheckConstraint(name="release_rule_does_not_reach_back", condition=Q(valid_from__gte=F("decided_on"))),
            models.CheckConstraint(name="release_rule_is_seconded", condition=two_persons("by") & Q(role=Role.FINANCE_OFFICER)),
            models.CheckConstraint(name="release_rule_says_why", condition=~Q(source="") & ~Q(reason="") & ~Q(key="")),
        ]

    def __str__(self) -> str:
        return str(Reuse(self.rule).label)
