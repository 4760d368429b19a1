"""Which cases a reader sees, and the questions lists ask."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import models
from django.db.models import Q

from accounts.actors import Actor
from accounts.roles import FUND_ROLES, Role
from applications.states import AWAITS_APPLICANT, AWAITS_FUND, DECIDED, ENDED, State

if TYPE_CHECKING:
    from applications.models import Agreement, Application, BoardSeat, IndicatorDefinition, PlanGoal

CASE_NUMBER_DIGITS = 6
Row = TypeVar("Row", bound=models.Model)


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Cases."""

    def visible_to(self, actor: Actor, *, on: datetime.date) -> ApplicationQuerySet:
        """The rows the actor may know of, and no others.

        Applicants and signatories of a housing or administration organisation: cases where the organisation acted for
        is the lead or takes part, drafts included. Municipal people: submitted cases of their municipality. Fund roles:
        every submitted case. Whoever has a seat on a case's board or secretariat on the day: that case, whatever the
        organisation acted for. Advisers and auditors: none before they are given a mandate.
        """
        seen = Q(pk__in=self._seated(actor, on))
        organisation = actor.organisation
        if organisation is not None and actor.roles & FUND_ROLES:
            seen |= Q(submitted_at__isnull=False)
        elif organisation is not None and actor.has(Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY):
            seen |= Q(municipality__organisation=organisation, submitted_at__isnull=False)
        elif organisation is not None and actor.has(Role.APPLICANT, Role.HOUSING_SIGNATORY):
            taking_part = self.model.participants.through.objects.filter(organisation=organisation)
            seen |= Q(organisation=organisation) | Q(pk__in=taking_part.values("application_id"))
        return self.filter(seen)

    def _seated(self, actor: Actor, on: datetime.date) -> models.QuerySet[BoardSeat, Any]:
        seats = cast("type[BoardSeat]", self.model.board_seats.rel.related_model)
        return seats.objects.holding_on(on).filter(user=actor.user).values("application_id")

    def awaiting_fund(self) -> ApplicationQuerySet:
        """Cases where it is the fund's turn, oldest first."""
        return self.filter(state__in=AWAITS_FUND).order_by("state_since")

    def awaiting_signature_of(self, organisation_id: int) -> ApplicationQuerySet:
        """Cases out for signature whose standing agreement the organisation has not signed; recalled ones do not count."""
        agreements = cast("type[Agreement]", self.model.agreements.rel.related_model)
        signed = agreements.objects.standing().filter(signatures__organisation_id=organisation_id)
        return self.filter(state=State.LOCAL_APPROVAL).exclude(pk__in=signed.values("application_id"))

    def awaiting_applicant(self) -> ApplicationQuerySet:
        """Cases where it is the housing organisation's turn."""
        return self.filter(state__in=AWAITS_APPLICANT).order_by("state_since")

    def open(self) -> ApplicationQuerySet:
        """Cases neither decided nor ended."""
        return self.exclude(state__in=DECIDED | ENDED)

    def matching(self, text: str) -> ApplicationQuerySet:
        """Cases whose number, name, area or housing organisation holds the text."""
        found = Q(title__icontains=text) | Q(area__name__icontains=text) | Q(organisation__name__icontains=text)
        if text.isdecimal() and len(text) <= CASE_NUMBER_DIGITS:
            found |= Q(case_number=int(text))
        return self.filter(found)

    def with_list_relations(self) -> ApplicationQuerySet:
        """What a list row shows, without a query a row."""
        return self.select_related("organisation", "municipality", "area", "responsible")

    def with_case_relations(self) -> ApplicationQuerySet:
        """What a case page and its permissions ask for."""
        return self.select_related("organisation", "municipality__organisation", "area", "responsible", "plan").prefetch_related(
            "participants", "board_seats"
        )

    def with_contents(self) -> ApplicationQuerySet:
        """What was filled in, for pages that show it and ask the rules about it: each table once, however often it is asked."""
        return self.prefetch_related("application_departments", "funding_lines", "rent_supports", "plan__goals")


class RowsWithDepartment(models.Manager[Row]):
    """Rows about a department, read with it: whoever shows one names the department and its organisation."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().select_related("department__organisation")


class Goals(models.Manager["PlanGoal"]):
    """Goals, read with the indicator that measures them."""

    def get_queryset(self) -> models.QuerySet[PlanGoal]:
        return super().get_queryset().select_related("indicator")


class BoardSeatQuerySet(models.QuerySet["BoardSeat"]):
    """Seats on boards and in secretariats."""

    def holding_on(self, on: datetime.date) -> BoardSeatQuerySet:
        """Seats held on the day, both ends included."""
        return self.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Versions of agreements."""

    def standing(self) -> AgreementQuerySet:
        """Versions that were not recalled: at most one a case."""
        return self.filter(voided_at__isnull=True)


class IndicatorDefinitionQuerySet(models.QuerySet["IndicatorDefinition"]):
    """The catalogue of indicators."""

    def of_rule_set(self, areas: frozenset[str]) -> IndicatorDefinitionQuerySet:
        """Indicators of the effort areas."""
        return self.filter(effort_area__in=areas)
