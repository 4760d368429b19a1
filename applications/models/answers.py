"""What the applicant answers about problems and departments, who saved a section last, and the application as it was sent."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models.application import Application, ApplicationEvent
from applications.querysets import RowsWithDepartment
from applications.rules.prequalification import PROBLEM_NAMES, Problem
from areas.models import Department

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
HIGHEST_SHARE = 1000  # an income may be far above the region's


def _year() -> Any:
    return models.PositiveSmallIntegerField(_("år"), null=True, blank=True)


def _share(name: Any) -> Any:
    return models.DecimalField(name, max_digits=7, decimal_places=3, null=True, blank=True)


def _year_is_likely(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(year__isnull=True) | Q(year__range=(EARLIEST_YEAR, LATEST_YEAR)))


class ProblemFigure(models.Model):
    """The figure that shows one of the significant problems (R5), with its unit, its year and where it comes from (C14)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="problem_figures")
    problem = models.CharField(_("problem"), max_length=20, choices=[(value, _(name)) for value, name in PROBLEM_NAMES.items()])
    value = models.DecimalField(_("tal"), max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("enhed"), max_length=60, blank=True)
    year = _year()
    source = models.CharField(_("kilde"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("tal for et problem")
        verbose_name_plural = _("tal for problemer")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="problem_figure_once_per_problem", fields=["application", "problem"]),
            models.CheckConstraint(name="problem_figure_problem_is_known", condition=Q(problem__in=list(Problem))),
            models.CheckConstraint(name="problem_figure_is_not_negative", condition=Q(value__isnull=True) | Q(value__gte=0)),
            _year_is_likely("problem_figure_year_is_likely"),
        ]

    def __str__(self) -> str:
        return f"{self.get_problem_display()}: {self.value} ({self.year})"


# The five of § 61 a: the key figures that the portal knows of everywhere (areas.KeyFigures). What the KÅS figures of a
# department hold beside them was not found.
KEY_FIGURES = (
    "outside_labour_market_pct",
    "convicted_pct",
    "basic_school_only_pct",
    "income_pct_of_region",
    "non_western_pct",
)


class DepartmentFigures(models.Model):
    """The key figures of one department of the case (R64), or the reason why they are not there (C10). Shares are per cent."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="department_figures")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("afdeling"))
    year = _year()
    outside_labour_market_pct = _share(_("uden for arbejdsmarkedet, pct."))
    convicted_pct = _share(_("dømte, pct."))
    basic_school_only_pct = _share(_("kun grundskole, pct."))
    income_pct_of_region = _share(_("indkomst, pct. af regionen"))
    non_western_pct = _share(_("ikke-vestlige lande, pct."))
    absence = models.TextField(_("hvorfor tal mangler"), blank=True)

    objects = RowsWithDepartment()

    class Meta:
        verbose_name = _("afdelingens nøgletal")
        verbose_name_plural = _("afdelingernes nøgletal")
        ordering = ["department__number", "id"]
        constraints = [
            models.UniqueConstraint(name="department_figures_once_per_department", fields=["application", "department"]),
            _year_is_likely("department_figures_year_is_likely"),
            *(
                models.CheckConstraint(
                    name=f"department_figures_{name}_is_a_share",
                    condition=Q((f"{name}__isnull", True))
                    | Q((f"{name}__range", (0, HIGHEST_SHARE if name == "income_pct_of_region" else 100))),
                )
                for name in KEY_FIGURES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} ({self.year})"

    @property
    def is_complete(self) -> bool:
        """All five figures with their year."""
        return self.year is not None and all(getattr(self, name) is not None for name in KEY_FIGURES)


class SectionSave(models.Model):
    """Who saved a section last, and when: what colleagues and the person see. The whole history stands in the events."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="section_saves")
    section = models.CharField(max_length=20)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(_("gemt"))

    class Meta:
        verbose_name = _("gemt afsnit")
        verbose_name_plural = _("gemte afsnit")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="section_save_once_per_section", fields=["application", "section"])]

    def __str__(self) -> str:
        return f"{self.section} {self.saved_at:%Y-%m-%d %H:%M}"


class Submission(models.Model):
    """The application as it was sent: one canonical text with its SHA-256, and the declaration under it. Append-only.

    The text is kept as it was hashed, so that anybody can count the hash again with a tool of their own; the database counts
    it, too.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="submissions")
    event = models.OneToOneField(ApplicationEvent, on_delete=models.PROTECT, related_name="submission")
    content = models.TextField(_("indhold"))
    content_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("indsendelse")
        verbose_name_plural = _("indsendelser")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="submission_hash_is_of_its_content",
                condition=Q(
                    content_hash=Func(
                        Func(Func(F("content"), Value("UTF8"), function="convert_to"), function="sha256"),
                        Value("hex"),
                        function="encode",
                        output_field=models.TextField(),
                    )
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.application.case_number}: {self.content_hash[:12]}"
