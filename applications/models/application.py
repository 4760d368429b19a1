"""The case and what its applicant fills in."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
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
from applications.recommendation_states import RecommendationState
from applications.rules.cofinancing import KIND_NAMES, SOURCE_NAMES, Kind, Source
from applications.rules.prequalification import PROBLEM_NAMES
from applications.rules.rule_sets import TERMS, RuleSet, Terms, terms_of
from applications.states import (
    APPLICATION_IS_OPEN,
    AWAITS_APPLICANT,
    AWAITS_FUND,
    AWAITS_PARTIES,
    DECIDED,
    ENDED,
    PLAN_IS_OPEN,
    State,
)
from areas.models import Department, HousingArea, Municipality

if TYPE_CHECKING:
    from applications.models.collaborators import Collaborator
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
    # Whom the fund and the municipality turn to at the applicant's; empty: whoever began the case.
    contact = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_for", verbose_name=_("kontaktperson")
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
        if fields is None:
            # Who was let in, and who was asked: rights are judged by what is in the database now.
            prefetched = self.__dict__.get("_prefetched_objects_cache", {})
            for name in ("collaborators", "municipal_recommendations"):
                prefetched.pop(name, None)

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

    def guest_roles(self, actor: Actor, *, on: datetime.date, side: Organisation | None = None) -> frozenset[Role]:
        """Roles that an accepted invitation into this very case gives the person on the day; on one party's side, when named."""
        guests = [guest for guest in self._guests(actor) if guest.holds_on(on)]
        if side is not None:
            is_municipality = side.pk == self.municipality.organisation_id
            guests = [guest for guest in guests if guest.is_of_municipality == is_municipality]
        return frozenset(guest.role for guest in guests)

    def organisation_of(self, actor: Actor, *, on: datetime.date) -> Organisation | None:
        """Whose side the actor is on here: the party acted for; for who was invited, the party that invited them."""
        acting_for = actor.organisation
        if actor.is_fund or permissions.roles_through_organisation(actor, self):
            return acting_for
        return next((guest.organisation for guest in self._guests(actor) if guest.holds_on(on)), acting_for)

    def _guests(self, actor: Actor) -> list[Collaborator]:
        if actor.user is None:
            return []
        prefetch_related_objects([self], "collaborators__organisation")
        return [guest for guest in self.collaborators.all() if guest.user_id == actor.user.pk]

    @property
    def is_known_to_municipality(self) -> bool:
        """Once submitted; a draft when the municipality was asked to recommend it, and that was not called off."""
        if self.submitted_at is not None:
            return True
        prefetch_related_objects([self], "municipal_recommendations")
        return any(one.state != RecommendationState.CALLED_OFF for one in self.municipal_recommendations.all())

    @property
    def contact_person(self) -> User | None:
        """Whom others turn to at the applicant's; nobody in a case that a file brought in."""
        return self.contact or self.created_by

    @property
    def is_closed(self) -> bool:
        """True once decided or ended: from then on the parties keep the names of that day."""
        return self.state in DECIDED | ENDED

    @property
    def organisation_name(self) -> str:
        """The lead's name: of the day when the case was closed, until then today's."""
        return self._name_of(self.organisation)

    @property
    def participant_names(self) -> list[str]:
        """Likewise of those taking part, in Danish order."""
        return [self._name_of(organisation) for organisation in self.participants.all()]

    def _name_of(self, organisation: Organisation) -> str:
        if not self.is_closed:
            return organisation.name
        return organisation.name_on(timezone.localdate(self.decided_at or self.state_since))

    def applicant_at(self, at: datetime.datetime) -> str:
        """For whom the case was at a moment that is over: the lead of then, by the name of the day.

        The case's own events tell: the organisation that came after it may have been merged into another in turn.
        """
        succeeded = self.events.filter(event="application:party_succeeded", data__was_lead=True, at__gt=at)
        first = succeeded.order_by("pk").first()
        lead = Organisation.objects.get(pk=first.data["from"]) if first else self.organisation
        return lead.name_on(timezone.localdate(at))

    @property
    def applicant_when_submitted(self) -> str:
        """For whom it was submitted."""
        return self.applicant_at(self.submitted_at) if self.submitted_at else self.organisation.name

    def party_for(self, actor: Actor, *, signed: Collection[int] = ()) -> Organisation | None:
        """The party that the actor stands for here: the organisation acted for, or one that was merged into it.

        One that has not signed before one that has, where an organisation stands for two.
        """
        ours = [party for party in self.parties() if party.pk in actor.organisation_ids]
        return min(ours, key=lambda party: party.pk in signed, default=None)

    def roles_of(self, actor: Actor, *, on: datetime.date) -> frozenset[str]:
        """For lib/moves.py: the actor's roles in this case."""
        return permissions.roles_in(actor, self, on=on)

    def record(
        self,
        event: str,
        *,
        by: Actor,
        at: datetime.datetime,
        roles: frozenset[str] | None = None,
        reason: str = "",
        state_from: str = "",
        state_to: str = "",
        data: dict[str, Any] | None = None,
    ) -> AuditEvent:
        """Leave an event; of whoever was let in by a party it says for which, beside the organisation they acted for."""
        side = self.organisation_of(by, on=timezone.localdate(at))
        let_in_by = {"for": side.pk} if side is not None and side != by.organisation else {}
        about = {**(data or {}), **let_in_by}
        return super().record(
            event, by=by, at=at, roles=roles, reason=reason, state_from=state_from, state_to=state_to, data=about
        )

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
    # What the register said of the department (its master data, R63) when the applicant went through it, and the day; and
    # what the applicant says is wrong with it. Empty until somebody has.
    master_data = models.JSONField(_("stamdata"), null=True, blank=True)
    master_data_on = models.DateField(_("stamdata bekræftet"), null=True, blank=True)
    correction = models.TextField(_("rettelse til stamdata"), blank=True)

    objects = RowsWithDepartment()

    class Meta:
        verbose_name = _("afdeling i ansøgningen")
        verbose_name_plural = _("afdelinger i ansøgningen")
        ordering = ["department__number"]
        constraints = [
            models.UniqueConstraint(name="application_department_once", fields=["application", "department"]),
            models.CheckConstraint(
                name="application_department_master_data_has_a_day",
                condition=Q(master_data__isnull=True, master_data_on__isnull=True)
                | Q(master_data__isnull=False, master_data_on__isnull=False),
            ),
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
