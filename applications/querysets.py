"""Which cases a reader sees, and the questions lists ask."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum

from accounts.actors import Actor
from accounts.roles import FUND_ROLES, Role
from applications.file_states import FileState
from applications.states import AWAITS_APPLICANT, AWAITS_FUND, DECIDED, ENDED, State

if TYPE_CHECKING:
    from applications.models import (
        Agreement,
        Application,
        Attachment,
        AttachmentVersion,
        BoardSeat,
        IndicatorDefinition,
        PlanGoal,
        Recommendation,
        Scenario,
        TransferBatch,
        TransferredCase,
    )

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
        found |= Q(imported__reference__icontains=text)
        if text.isdecimal() and len(text) <= CASE_NUMBER_DIGITS:
            found |= Q(case_number=int(text))
        return self.filter(found)

    def with_list_relations(self) -> ApplicationQuerySet:
        """What a list row shows, without a query a row."""
        return self.select_related("organisation", "municipality", "area", "responsible")

    def with_case_relations(self) -> ApplicationQuerySet:
        """What a case page and its permissions ask for."""
        return self.select_related(
            "organisation", "municipality__organisation", "area", "responsible", "plan", "imported"
        ).prefetch_related("participants", "board_seats")

    def with_contents(self) -> ApplicationQuerySet:
        """What was filled in, for pages that show it and ask the rules about it: each table once, however often it is asked."""
        return self.prefetch_related("application_departments", "funding_lines", "rent_supports", "plan__goals")

    def with_commitment(self) -> ApplicationQuerySet:
        """What the commitment is judged by beside the contents: recommendations, and the agreement with its signatures."""
        return self.prefetch_related("recommendations__recommended_by", "agreements__signatures")

    def recommended(self) -> ApplicationQuerySet:
        """Cases that somebody has recommended and nobody has decided, with what the standing recommendation says."""
        recommendations = cast("type[Recommendation]", self.model.recommendations.rel.related_model)
        since = {"application": OuterRef("pk"), "recommended_at__gte": OuterRef("state_since")}
        latest = recommendations.objects.filter(**since).order_by("-pk")
        cases = self.filter(state=State.PLAN_SUBMITTED).annotate(
            recommended_year=Subquery(latest.values("frame_year")[:1]),
            recommended_rent=Subquery(latest.values("rent_amount")[:1]),
            recommended_total=Subquery(latest.annotate(total=F("social_amount") + F("rent_amount")).values("total")[:1]),
            recommended_at=Subquery(latest.values("recommended_at")[:1]),
            recommender=Subquery(latest.values("recommended_by__name")[:1]),
            recommender_id=Subquery(latest.values("recommended_by_id")[:1]),
        )
        return cases.filter(recommended_year__isnull=False)


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


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    """The planner's scenarios."""

    def visible_to(self, actor: Actor) -> ScenarioQuerySet:
        """For people of the fund: what is shared, and their own. For nobody else."""
        if actor.user is None or not actor.is_fund or not actor.roles & FUND_ROLES:
            return self.none()
        return self.filter(Q(is_shared=True) | Q(owner=actor.user))

    def with_names(self) -> ScenarioQuerySet:
        """With what a list shows, in one query."""
        return self.select_related("owner", "copied_from")


class TransferBatchQuerySet(models.QuerySet["TransferBatch"]):
    """Runs of the move from earlier rules."""

    def visible_to(self, actor: Actor) -> TransferBatchQuerySet:
        """For people of the fund. Parties see what became of their own case there."""
        if actor.user is None or not actor.is_fund or not actor.roles & FUND_ROLES:
            return self.none()
        return self

    def left_waiting(self, *, before: datetime.datetime) -> TransferBatchQuerySet:
        """Runs that are not through and that no worker has touched since."""
        return self.filter(finished_at__isnull=True, worked_at__lt=before)

    def with_counts(self) -> TransferBatchQuerySet:
        """With how many cases came to what, in one query."""
        outcomes = ("PENDING", "MOVED", "LEFT", "FAILED", "TAKEN_BACK")
        counts = {outcome.lower(): models.Count("cases", filter=Q(cases__outcome=outcome)) for outcome in outcomes}
        return self.annotate(total=models.Count("cases"), **counts)


class TransferredCaseQuerySet(models.QuerySet["TransferredCase"]):
    """Cases in runs."""

    def matching(self, text: str) -> TransferredCaseQuerySet:
        """Rows of cases whose number, name or housing organisation holds the text."""
        found = Q(application__title__icontains=text) | Q(application__organisation__name__icontains=text)
        if text.isdecimal() and len(text) <= CASE_NUMBER_DIGITS:
            found |= Q(application__case_number=int(text))
        return self.filter(found)

    def standing(self) -> TransferredCaseQuerySet:
        """Moves that were made and not taken back."""
        return self.filter(outcome="MOVED")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """What is attached to cases."""

    def standing(self) -> AttachmentQuerySet:
        """Those that nobody has taken away."""
        return self.filter(hidden_at__isnull=True)


class AttachmentVersionQuerySet(models.QuerySet["AttachmentVersion"]):
    """Files of attachments."""

    def current(self) -> AttachmentVersionQuerySet:
        """The latest version of each attachment that nobody has taken away, with it and who brought it: one query."""
        return self._latest().filter(attachment__hidden_at__isnull=True)

    def hidden(self) -> AttachmentVersionQuerySet:
        """The latest version of each attachment that somebody has taken away."""
        return self._latest().filter(attachment__hidden_at__isnull=False)

    def _latest(self) -> AttachmentVersionQuerySet:
        later = self.model.objects.filter(attachment=OuterRef("attachment"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later)).select_related("attachment", "organisation")

    def of_case(self, application: Application) -> AttachmentVersionQuerySet:
        """Those of one case, in the order in which the documents came."""
        return self.filter(attachment__application=application).order_by("attachment_id", "number")

    def with_people(self) -> AttachmentVersionQuerySet:
        """With who brought and who confirmed them."""
        return self.select_related("attachment", "uploaded_by", "organisation", "confirmed_by")

    def total_size(self) -> int:
        """How many bytes they are together."""
        return self.order_by().aggregate(total=Sum("size"))["total"] or 0

    def left_waiting(self, *, idle_before: datetime.datetime, taken_on_before: datetime.datetime) -> AttachmentVersionQuerySet:
        """Files that nobody controls: no worker heard of them, the scanner gave no answer, or the worker at it has died."""
        unheard = Q(tried_at__isnull=True, uploaded_at__lt=idle_before)
        unanswered = Q(waits_for_scanner=True, tried_at__lt=idle_before)
        return self.filter(unheard | unanswered | Q(tried_at__lt=taken_on_before), state=FileState.CHECKING)
