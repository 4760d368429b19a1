"""What prequalified cases are expected to take of a year."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger.kinds import Money
from ledger.models.fields import kroner_field
from ledger.models.frames import FrameYear
from ledger.querysets import ReservationQuerySet


@pghistory.track(model_name="ReservationVersion")
class Reservation(models.Model):
    """An expected amount and year of a prequalified case: no commitment, and no ceiling holds it.

    It may be changed and taken away, with a version kept of each; the case's commitment of the same money ends it.
    """

    case_reference = models.CharField(_("sagsnummer"), max_length=20)
    frame_year = models.ForeignKey(
        FrameYear, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("årsramme"), db_index=False
    )
    money = models.CharField(_("formål"), max_length=10, choices=Money.choices)
    amount = kroner_field(_("forventet beløb"))
    reserved_on = models.DateField(_("reserveret"))
    note = models.CharField(_("bemærkning"), max_length=500, blank=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservationer")
        ordering = ["reserved_on", "id"]
        constraints = [
            models.CheckConstraint(name="reservation_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="reservation_money_is_known", condition=Q(money__in=Money.values)),
            models.CheckConstraint(name="reservation_names_its_case", condition=~Q(case_reference="")),
            # A case expects each kind of money in one year.
            models.UniqueConstraint(name="reservation_once", fields=["case_reference", "money"]),
        ]
        indexes = [models.Index(fields=["frame_year", "reserved_on"], name="reservation_of_year_by_date")]

    def __str__(self) -> str:
        return f"{self.case_reference} ({Money(self.money).label})"
