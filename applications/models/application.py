"""The case and what its applicant fills in."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AuditEvent, LeavesEvents, Organisation, User
from accounts.roles import Role
from applications import permissions
from applications.querysets import ApplicationQuerySet, RowsWithDepartment
from applications.rules.cofinancing import KIND_NAMES, SOURCE_NAMES, Kind, Source
from applications.rules.prequalification import PROBLEM_NAMES
from applications.rules.rule_sets import TERMS, RuleSet, Terms, terms_of
from applications.states import (
    APPLICATION_IS_OPEN,
    AWAITS_APPLICANT,
    AWAITS_FUND,
    AWAITS_PARTIES,
    DECIDED,
    PLAN_IS_OPEN,
    State,
)
from areas.models import Department, HousingArea, Municipality

if TYPE_CHECKING:
    from applications.models.decision import Recommendation

AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


def _next_case_number() -> Func:
    """Six digits that carry no meaning (domain.md, section 9); from a sequence, so never twice."""
    return Func(Value("applications_case_number"), function="nextval", output_field=models.BigIntegerField())


@pghistory.track(model_name="ApplicationVersion")
class Application(LeavesEvents):
    """One case: one effort in one grant period, from draft to commitment or its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_number = models.IntegerField(_("sagsnummer"), unique=True, db_default=_next_case_number(), editable=False)
    title = models.CharField(_("indsatsens navn"), max_length=150)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="applications", verbose_name=_("boligorganisation")
    )
    participants = models.ManyToManyField(
        Organisation, related_name="participations", blank=True, verbose_name=_("deltagende boligorganisationer")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="applications", verbose_name=_("kommune")
    )
    area = models.ForeignKey(HousingArea, on_delete=models.PROTECT, related_name="applications", verbose_name=_("boligområde"))
    departments = models.ManyToManyField(Department, through="ApplicationDepartment", related_name="applications")
    grant_period = models.CharField(_("bevillingsperiode"), max_length=10, default="P2019_26")
    # Stored and shown, never guessed from dates (R51).
    rule_set = models.CharField(
        _("regelsæt"), max_length=10, choices=[(value, _(terms.name)) for value, terms in TERMS.items()], default=RuleSet.R2019
    )
    state = models.CharField(_("status"), max_length=30, choices=State.choices, default=State.DRAFT, editable=False)
    state_since = models.DateTimeField(default=timezone.now, editable=False)
    responsible = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="responsible_for", verbose_name=_("sagsbehandler")
    )
    problem_types = ArrayField(
        models.CharField(max_length=20, choices=[(value, _(name)) for value, name in PROBLEM_NAMES.items()]),
        verbose_name=_("problemtyper"),
        default=list,
        blank=True,
    )
    challenges = models.TextField(_("udfordringer"), blank=True)
    coordination = models.TextField(_("koordinering med andre indsatser"), blank=True)
    expected_start_on = models.DateField(_("forventet start"), null=True, blank=True)
    total_budget = models.DecimalField(_("samlet budget"), **AMOUNT, null=True, blank=True)
    wants_rent_support = models.BooleanField(_("søger også huslejestøtte"), default=False)
    # Empty for an earlier case that a file brought in (ImportedCase).
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("modtaget"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("afgjort"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(_("opdigtet til demo"), default=False, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("ansøgning")
        verbose_name_plural = _("ansøgninger")
        ordering = ["-case_number"]
        constraints = [
            models.CheckConstraint(
                name="application_case_number_has_six_digits", condition=Q(case_number__range=(100_000, 999_999))
            ),
            models.CheckConstraint(name="application_state_is_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="application_rule_set_is_known", condition=Q(rule_set__in=list(RuleSet))),
            models.CheckConstraint(
                name="application_decided_exactly_in_decided_states",
                condition=Q(decided_at__isnull=False, state__in=sorted(DECIDED))
                | Q(decided_at__isnull=True) & ~Q(state__in=sorted(DECIDED)),
            ),
            models.CheckConstraint(
                name="application_submitted_unless_draft",
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN]) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_decided_after_submitted",
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("submitted_at")),
            ),
            models.CheckConstraint(
                name="application_budget_is_positive", condition=Q(total_budget__isnull=True) | Q(total_budget__gt=0)
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-submitted_at"], name="application_state_submitted"),
            models.Index(fields=["organisation", "state"], name="application_organisation"),
            models.Index(fields=["municipality", "state"], name="application_municipality"),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("applications:case", args=[self.case_number])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Inserts read back the number that the sequence gave."""
        inserting = self._state.adding
        super().save(*args, **kwargs)
        if inserting:
            self.refresh_from_db(fields=["case_number"])

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        """Locked for a move or an act, the row brings its parties and area along: rights are asked for next."""
        if fields is None and from_queryset is not None:
            from_queryset = from_queryset.select_related("organisation", "municipality__organisation", "area")
        super().refresh_from_db(using, fields, from_queryset)
        self.__dict__.pop("party_ids", None)

    # Parties and rights

    @cached_property
    def party_ids(self) -> frozenset[int]:
        """Housing organisations of the case: the lead and those taking part."""
        prefetch_related_objects([self], "participants")
        return frozenset({self.organisation_id, *(organisation.pk for organisation in self.participants.all())})

    def housing_organisations(self) -> list[Organisation]:
        """The lead first, then those taking part, in Danish order."""
        return [self.organisation, *self.participants.all()]

    def parties(self) -> list[Organisation]:
        """Who co-signs the strategic cooperation agreement: every housing organisation and the municipality (R85)."""
        return [*self.housing_organisations(), self.municipality.organisation]

    def seat_roles(self, actor: Actor, *, on: datetime.date) -> frozenset[Role]:
        """Roles that the person's seats on this case's board or secretariat give on the day."""
        if actor.user is None:
            return frozenset()
        prefetch_related_objects([self], "board_seats")
        return frozenset(seat.role for seat in self.board_seats.all() if seat.user_id == actor.user.pk and seat.holds_on(on))

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:
        """For lib/moves.py: the actor's roles in this case."""
        return permissions.roles_in(actor, self, on=on)

    # Standing

    @property
    def terms(self) -> Terms:
        """What holds for the case by its rule set: regulation, effort areas."""
        return terms_of(self.rule_set)

    @property
    def standing_recommendation(self) -> Recommendation | None:
        """The latest recommendation since the plan came in; one made before it was sent back or heard speaks of another plan.

        Asks nothing where recommendations were read with the case.
        """
        since = [one for one in self.recommendations.all() if one.recommended_at >= self.state_since]
        return max(since, key=lambda recommendation: recommendation.pk, default=None)

    @property
    def is_open(self) -> bool:
        """True while the applicant may change the application's sections."""
        return self.state in APPLICATION_IS_OPEN

    @property
    def plan_is_open(self) -> bool:
        """True while the plan and the board may be changed."""
        return self.state in PLAN_IS_OPEN

    @property
    def awaits(self) -> str:
        """Whose turn it is: a unit, never a person."""
        if self.state in AWAITS_FUND:
            return str(_("Landsbyggefonden"))
        if self.state in AWAITS_APPLICANT:
            return str(self.organisation)
        if self.state in AWAITS_PARTIES:
            return str(_("Aftalens parter"))
        return ""


class ApplicationEvent(AuditEvent):
    """What happened in a case. Append-only; the journal and the timeline are read from here."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name = _("sagshændelse")
        verbose_name_plural = _("sagshændelser")
        ordering = ["id"]
        indexes = [models.Index(fields=["application", "id"], name="application_event_case")]


class ApplicationDepartment(models.Model):
    """A department of the case; a connected one (outside the area, R52) says why it belongs."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="application_departments")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    is_connected = models.BooleanField(_("i tilknytning til området"), default=False)
    connection_reason = models.TextField(_("hvorfor hører afdelingen til"), blank=True)

    objects = RowsWithDepartment()

    class Meta:
        verbose_name = _("afdeling i ansøgningen")
        verbose_name_plural = _("afdelinger i ansøgningen")
        ordering = ["department__number"]
        constraints = [
            models.UniqueConstraint(name="application_department_once", fields=["application", "department"]),
        ]

    def __str__(self) -> str:
        return str(self.department)


class FundingLine(models.Model):
    """Money in the budget from one source; what counts as local co-financing is the rule's matter (R75, Q5)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="funding_lines")
    source = models.CharField(_("kilde"), max_length=20, choices=[(value, _(name)) for value, name in SOURCE_NAMES.items()])
    kind = models.CharField(
        _("art"), max_length=10, choices=[(value, _(name)) for value, name in KIND_NAMES.items()], default=Kind.CASH
    )
    amount = models.DecimalField(_("beløb"), **AMOUNT)
    accepted_as_local = models.BooleanField(_("godkendt som lokal"), default=False)
    note = models.CharField(_("bemærkning"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("finansiering")
        verbose_name_plural = _("finansiering")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="funding_line_source_is_known", condition=Q(source__in=list(Source))),
            models.CheckConstraint(name="funding_line_kind_is_known", condition=Q(kind__in=list(Kind))),
            models.CheckConstraint(name="funding_line_amount_is_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}: {self.amount}"


@pghistory.track(model_name="RentSupportVersion")
class RentSupport(models.Model):
    """Rent reduction asked for one department: DKK per m2 and year, over a period of whole months (R114-R125, Q6)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="rent_supports")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("afdeling"))
    amount_per_m2 = models.DecimalField(_("kr. pr. m² pr. år"), max_digits=8, decimal_places=2)
    area_m2 = models.DecimalField(_("areal i m²"), max_digits=10, decimal_places=2)
    starts_on = models.DateField(_("fra"))
    ends_on = models.DateField(_("til"))

    objects = RowsWithDepartment()

    class Meta:
        verbose_name = _("huslejestøtte")
        verbose_name_plural = _("huslejestøtte")
        ordering = ["department__number"]
        constraints = [
            models.UniqueConstraint(name="rent_support_once_per_department", fields=["application", "department"]),
            models.CheckConstraint(name="rent_support_amount_is_positive", condition=Q(amount_per_m2__gt=0)),
            models.CheckConstraint(name="rent_support_area_is_positive", condition=Q(area_m2__gt=0)),
            models.CheckConstraint(name="rent_support_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.amount_per_m2}"
