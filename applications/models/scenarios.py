"""Scenarios of the planner: what somebody in the fund tries out. They bind nobody and change no case.

A scenario follows the cases as they are, except for what it sets itself (`ScenarioCase`). What it last saw of them stands in
`basis`, so that it can say what has happened since.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AuditEvent, LeavesEvents, User
from accounts.roles import FUND_ROLES
from applications.models.application import AMOUNT, Application
from applications.querysets import ScenarioQuerySet
from applications.rules.fitting import CARRYING_NAMES, PASSING_NAMES, Carrying, Passing


class Scenario(LeavesEvents):
    """A named way to use the frame. Private to its owner, or shared with everybody in the fund."""

    name = models.CharField(_("navn"), max_length=100)
    note = models.TextField(_("beskrivelse"), blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("ejer"))
    is_shared = models.BooleanField(_("delt med alle i fonden"), default=False)
    is_put_away = models.BooleanField(_("lagt væk"), default=False)
    passing = models.CharField(
        _("når en sag må vente"),
        max_length=10,
        choices=[(value.value, _(name)) for value, name in PASSING_NAMES.items()],
        default=Passing.STRICT.value,
    )
    carrying = models.CharField(
        _("overførsel til året efter"),
        max_length=10,
        choices=[(value.value, _(name)) for value, name in CARRYING_NAMES.items()],
        default=Carrying.OWN.value,
    )
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kopi af")
    )
    # The cases as the scenario last saw them, by case number: plain values (applications/planning.py).
    basis = models.JSONField(default=dict)
    basis_on = models.DateField(_("sagerne som de stod"))
    made_at = models.DateTimeField(_("lavet"), default=timezone.now)
    changed_at = models.DateTimeField(_("ændret"), default=timezone.now)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("scenarie")
        verbose_name_plural = _("scenarier")
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.CheckConstraint(name="scenario_has_a_name", condition=~Q(name="")),
            models.UniqueConstraint(name="scenario_name_once_per_owner", fields=["owner", "name"]),
            models.CheckConstraint(name="scenario_passing_is_known", condition=Q(passing__in=[value.value for value in Passing])),
            models.CheckConstraint(
                name="scenario_carrying_is_known", condition=Q(carrying__in=[value.value for value in Carrying])
            ),
            models.CheckConstraint(name="scenario_changed_after_it_was_made", condition=Q(changed_at__gte=F("made_at"))),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("planner:scenario", args=[self.pk])

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:  # noqa: ARG002 - held all day
        """The roles the actor holds in the fund; nobody else has any in a scenario."""
        return frozenset(actor.roles & FUND_ROLES) if actor.is_fund else frozenset()

    def is_owned_by(self, actor: Actor) -> bool:
        """Whether it is the actor's own."""
        return actor.user is not None and self.owner_id == actor.user.pk


class ScenarioCase(models.Model):
    """What a scenario sets for one case; what is empty follows the case."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="cases", verbose_name=_("scenarie"))
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+", verbose_name=_("sag"))
    social_amount = models.DecimalField(_("til den boligsociale indsats"), **AMOUNT, null=True, blank=True)
    rent_amount = models.DecimalField(_("til huslejestøtte"), **AMOUNT, null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("rammeår"), null=True, blank=True)
    # An instalment in the following year, as a share of the whole, so that it follows a change of the amount.
    later_share = models.DecimalField(_("andel året efter"), max_digits=5, decimal_places=4, null=True, blank=True)
    place = models.PositiveSmallIntegerField(_("plads i rækken"), null=True, blank=True)
    reason = models.TextField(_("begrundelse"), blank=True)

    class Meta:
        verbose_name = _("sag i scenarie")
        verbose_name_plural = _("sager i scenarier")
        ordering = ["application__case_number"]
        constraints = [
            models.UniqueConstraint(name="scenario_case_once", fields=["scenario", "application"]),
            # Two cases cannot stand on one place.
            models.UniqueConstraint(name="scenario_case_place_once", fields=["scenario", "place"]),
            models.CheckConstraint(
                name="scenario_case_sets_something",
                condition=Q(social_amount__isnull=False)
                | Q(rent_amount__isnull=False)
                | Q(year__isnull=False)
                | Q(later_share__isnull=False)
                | Q(place__isnull=False),
            ),
            models.CheckConstraint(
                name="scenario_case_social_is_not_negative", condition=Q(social_amount__isnull=True) | Q(social_amount__gte=0)
            ),
            models.CheckConstraint(
                name="scenario_case_rent_is_not_negative", condition=Q(rent_amount__isnull=True) | Q(rent_amount__gte=0)
            ),
            models.CheckConstraint(
                name="scenario_case_share_is_a_part",
                condition=Q(later_share__isnull=True) | Q(later_share__gt=0, later_share__lt=1),
            ),
            # An officer may move a case, with a reason (rules/order.py).
            models.CheckConstraint(
                name="scenario_case_moved_with_reason",
                condition=Q(place__isnull=True) | (Q(place__gte=1) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario}, {self.application.case_number}"

    def as_json(self) -> dict[str, Any]:
        """What it sets, as plain values, for the scenario's history."""
        return {
            "social_amount": _text(self.social_amount),
            "rent_amount": _text(self.rent_amount),
            "year": self.year,
            "later_share": None if self.later_share is None else f"{self.later_share:.4f}",
            "place": self.place,
        }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


class ScenarioEvent(AuditEvent):
    """What somebody changed in a scenario, and why. Append-only."""

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name = _("scenariehændelse")
        verbose_name_plural = _("scenariehændelser")
        ordering = ["id"]
