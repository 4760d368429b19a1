"""Key figures of an area: the values that its status rests on."""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from areas.models.areas import HousingArea
from areas.rules.criteria import Measure, Values

# The five values in the order of the law, each with the source's word for whether its criterion is met; then the rest.
VALUES = {
    "outside_labour_market_pct": "met_outside_labour_market",
    "convicted_pct": "met_convicted",
    "basic_school_only_pct": "met_basic_school_only",
    "income_pct_of_region": "met_income",
    "non_western_pct": "met_non_western",
}
# Income can be above the region's; nobody's share of residents is above all of them.
HIGHEST = {"income_pct_of_region": 1000}
NULLABLE = ("residents", *VALUES)


class Absence(models.TextChoices):
    """Why a value is not there. What was suppressed stays suppressed."""

    SUPPRESSED = "SUPPRESSED", _("Diskretioneret")
    NOT_PUBLISHED = "NOT_PUBLISHED", _("Ikke offentliggjort")
    NOT_FOUND = "NOT_FOUND", _("Ikke fundet i kilderne")


def _absence() -> Any:
    return models.CharField(max_length=20, choices=Absence, blank=True)


def _share(name: Any) -> Any:
    return models.DecimalField(name, max_digits=7, decimal_places=3, null=True, blank=True)


@pghistory.track(model_name="KeyFiguresVersion")
class KeyFigures(models.Model):
    """The figures of an area for one list year (§ 61 a; R26-R32): the five values, the residents, and the limit of the year.

    Shares are per cent with as many decimals as were published; they are compared unrounded (Q13). `income_pct_of_region` is
    the mean gross income as per cent of the region's; `convicted_limit_pct` is three times the country's share as printed with
    the list. A value that is not there has a reason. `met_…` is what the source says of a criterion, which counts where the
    value is missing.
    """

    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, related_name="key_figures", verbose_name=_("boligområde"))
    list_year = models.PositiveSmallIntegerField(_("listens år"))
    residents = models.PositiveIntegerField(_("beboere 1. januar"), null=True, blank=True)
    outside_labour_market_pct = _share(_("uden for arbejdsmarkedet, pct."))
    convicted_pct = _share(_("dømte, pct."))
    convicted_limit_pct = _share(_("grænse for dømte, pct."))
    basic_school_only_pct = _share(_("kun grundskole, pct."))
    income_pct_of_region = _share(_("indkomst, pct. af regionen"))
    non_western_pct = _share(_("ikke-vestlige lande, pct."))
    residents_absence = _absence()
    outside_labour_market_pct_absence = _absence()
    convicted_pct_absence = _absence()
    basic_school_only_pct_absence = _absence()
    income_pct_of_region_absence = _absence()
    non_western_pct_absence = _absence()
    met_outside_labour_market = models.BooleanField(null=True)
    met_convicted = models.BooleanField(null=True)
    met_basic_school_only = models.BooleanField(null=True)
    met_income = models.BooleanField(null=True)
    met_non_western = models.BooleanField(null=True)
    # What the source of the figures says the area was, in the words of the file; the lists are a source of their own.
    category_published = models.CharField(_("offentliggjort status"), max_length=30, blank=True)
    sources = models.TextField(_("kilder"))
    note = models.TextField(_("bemærkning"), blank=True)

    class Meta:
        verbose_name = _("nøgletal")
        verbose_name_plural = _("nøgletal")
        ordering = ["-list_year", "area__sort_key"]
        constraints = [
            models.UniqueConstraint(name="key_figures_once_a_year", fields=["area", "list_year"]),
            models.CheckConstraint(name="key_figures_have_a_source", condition=~Q(sources="")),
            *(
                models.CheckConstraint(
                    name=f"key_figures_{value}_or_a_reason",
                    condition=Q((f"{value}__isnull", False), (f"{value}_absence", ""))
                    | Q((f"{value}__isnull", True), (f"{value}_absence__in", Absence.values)),
                )
                for value in NULLABLE
            ),
            *(
                models.CheckConstraint(
                    name=f"key_figures_{value}_is_a_share",
                    condition=Q((f"{value}__isnull", True)) | Q((f"{value}__range", (0, HIGHEST.get(value, 100)))),
                )
                for value in (*VALUES, "convicted_limit_pct")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.list_year}"

    def facts(self) -> Values:
        """What the rules need of the figures."""
        flags = {measure: getattr(self, f"met_{measure}", None) for measure in Measure}
        return Values(
            convicted_limit_pct=self.convicted_limit_pct,
            said={measure: flag for measure, flag in flags.items() if flag is not None},
            **{name: getattr(self, name) for name in NULLABLE},
        )
