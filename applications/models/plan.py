"""The plan: its period, goals and local board."""

from __future__ import annotations

import datetime
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.roles import Role
from applications.models.application import Application
from applications.querysets import BoardSeatQuerySet, Goals, IndicatorDefinitionQuerySet
from applications.rules.plan import Direction

VALUE: dict[str, Any] = {"max_digits": 14, "decimal_places": 4}


class IndicatorDefinition(models.Model):
    """An indicator of the fund's catalogue (domain.md 5.2); seeded and unconfirmed, as the official list was not found (Q2)."""

    code = models.SlugField(_("kode"), unique=True)
    name_da = models.CharField(_("navn"), max_length=150)
    name_en = models.CharField(_("navn på engelsk"), max_length=150)
    effort_area = models.CharField(_("indsatsområde"), max_length=30)
    unit_da = models.CharField(_("enhed"), max_length=60)
    unit_en = models.CharField(_("enhed på engelsk"), max_length=60)
    direction = models.CharField(
        _("retning"), max_length=10, choices=[(Direction.UP, _("højere er bedre")), (Direction.DOWN, _("lavere er bedre"))]
    )
    source_register = models.CharField(_("kilde"), max_length=200, blank=True)
    is_confirmed = models.BooleanField(_("bekræftet af Landsbyggefonden"), default=False)

    objects = IndicatorDefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("indikator")
        verbose_name_plural = _("indikatorer")
        ordering = ["effort_area", "name_da"]
        constraints = [
            models.CheckConstraint(name="indicator_direction_is_known", condition=Q(direction__in=list(Direction))),
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_da

    @property
    def unit(self) -> str:
        """The unit in the reader's language; what is agreed upon keeps the Danish one."""
        return self.unit_en if get_language() == "en" else self.unit_da


@pghistory.track(model_name="ComprehensivePlanVersion")
class ComprehensivePlan(models.Model):
    """The comprehensive plan of a case (R11, R73): period and chosen effort areas; goals hang on it."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="plan")
    starts_on = models.DateField(_("fra"), null=True, blank=True)
    ends_on = models.DateField(_("til"), null=True, blank=True)
    summary = models.TextField(_("helhedsplanen i korte træk"), blank=True)
    effort_areas = ArrayField(models.CharField(max_length=30), verbose_name=_("indsatsområder"), default=list, blank=True)

    class Meta:
        verbose_name = _("helhedsplan")
        verbose_name_plural = _("helhedsplaner")
        constraints = [
            models.CheckConstraint(
                name="plan_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}"


@pghistory.track(model_name="PlanGoalVersion")
class PlanGoal(models.Model):
    """A local sub-goal under a fixed goal, with an indicator, where it starts and where it shall be (R78, R79; domain.md 5.3)."""

    plan = models.ForeignKey(ComprehensivePlan, on_delete=models.CASCADE, related_name="goals")
    effort_area = models.CharField(_("indsatsområde"), max_length=30)
    indicator = models.ForeignKey(IndicatorDefinition, on_delete=models.PROTECT, related_name="+", verbose_name=_("indikator"))
    sub_goal = models.CharField(_("lokalt delmål"), max_length=300)
    responsible_party = models.CharField(_("ansvarlig"), max_length=150, blank=True)
    baseline_value = models.DecimalField(_("udgangspunkt"), **VALUE, null=True, blank=True)
    baseline_on = models.DateField(_("målt den"), null=True, blank=True)
    target_value = models.DecimalField(_("måltal"), **VALUE, null=True, blank=True)
    target_on = models.DateField(_("skal nås den"), null=True, blank=True)

    objects = Goals()

    class Meta:
        verbose_name = _("mål")
        verbose_name_plural = _("mål")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="plan_goal_indicator_once", fields=["plan", "indicator"]),
            models.CheckConstraint(
                name="plan_goal_target_after_baseline",
                condition=Q(baseline_on__isnull=True) | Q(target_on__isnull=True) | Q(target_on__gt=F("baseline_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.sub_goal


class SeatKind(models.TextChoices):
    """A seat on the board, or a place in the secretariat that serves it (R90, R97)."""

    BOARD = "BOARD", _("Bestyrelse")
    SECRETARIAT = "SECRETARIAT", _("Sekretariat")


@pghistory.track(model_name="BoardSeatVersion")
class BoardSeat(models.Model):
    """Who sits on the local board or in its secretariat, from a day to a day (R89-R94).

    The seat belongs to the effort, not to the person's organisation; it gives the person a role in this case while it holds.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="board_seats")
    kind = models.CharField(_("plads"), max_length=12, choices=SeatKind, default=SeatKind.BOARD)
    name = models.CharField(_("navn"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    title = models.CharField(_("stilling"), max_length=150, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("part")
    )
    # Police, business and others join by choice (R90, R94) and have no organisation in the portal.
    other_organisation = models.CharField(_("anden organisation"), max_length=150, blank=True)
    is_chair = models.BooleanField(_("formand"), default=False)
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til"), null=True, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="board_seats", editable=False)

    objects = BoardSeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("plads i bestyrelsen")
        verbose_name_plural = _("pladser i bestyrelsen")
        ordering = ["kind", "-is_chair", "id"]
        constraints = [
            models.CheckConstraint(name="board_seat_kind_is_known", condition=Q(kind__in=SeatKind.values)),
            models.CheckConstraint(
                name="board_seat_ends_after_it_begins", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="board_seat_chairs_sit_on_the_board", condition=Q(is_chair=False) | Q(kind=SeatKind.BOARD)
            ),
        ]
        indexes = [models.Index(fields=["user"], name="board_seat_user")]

    def __str__(self) -> str:
        return f"{self.name}, {self.belongs_to}"

    @property
    def belongs_to(self) -> str:
        """The organisation as people read it."""
        return str(self.organisation) if self.organisation else self.other_organisation

    @property
    def role(self) -> Role:
        """The role that the seat gives in this case."""
        return Role.BOARD_MEMBER if self.kind == SeatKind.BOARD else Role.SECRETARIAT

    def holds_on(self, on: datetime.date) -> bool:
        """True from the first to the last day, both included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
