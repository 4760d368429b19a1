"""Which cases a reader sees, and the questions lists ask."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum

from accounts.actors import Actor
from accounts.roles import FUND_ROLES, HOUSING_ROLES, Right, Role
from applications.file_states import FileState
from applications.recommendation_states import RecommendationState
from applications.states import AWAITS_APPLICANT, AWAITS_FUND, BEFORE_PREQUALIFICATION, DECIDED, ENDED, State

if TYPE_CHECKING:
    from accounts.models import Organisation
    from applications.models import (
        Agreement,
        Application,
        Attachment,
        AttachmentVersion,
        BoardSeat,
        Collaborator,
        CommentThread,
        IndicatorDefinition,
        MunicipalRecommendation,
        PlanGoal,
        Recommendation,
        Scenario,
        TransferBatch,
        TransferredCase,
    )

CASE_NUMBER_DIGITS = 6
# The tables that an application's sections are kept in.
CONTENTS = ("application_departments", "problem_figures", "department_figures", "funding_lines", "rent_supports")
Row = TypeVar("Row", bound=models.Model)


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Cases."""

    def visible_to(self, actor: Actor, *, on: datetime.date) -> ApplicationQuerySet:
        """The rows the actor may know of, and no others.

        Applicants and signatories of a housing or administration organisation: cases where the organisation acted for
        is the lead or takes part, or one that was merged into it, drafts included. Whoever acts for it by a mandate: the
        same, or the cases that the mandate names. Municipal people: submitted cases of their municipality. Fund roles:
        every submitted case. Whoever has a seat on a case's board or secretariat on the day: that case, whatever the
        organisation acted for; likewise whoever accepted an invitation into the case, while it holds. A municipality sees a
        draft that it was asked to recommend (R66). Advisers and auditors acting for themselves: none.
        """
        seen = Q(pk__in=self._seated(actor, on))
        if not actor.is_fund:
            seen |= Q(pk__in=self._let_in(actor, on))
        organisation = actor.organisation
        if organisation is not None and actor.roles & FUND_ROLES:
            seen |= Q(submitted_at__isnull=False)
        elif organisation is not None and actor.has(Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY):
            known = Q(submitted_at__isnull=False) | Q(pk__in=self._asked_to_recommend())
            seen |= Q(municipality__organisation=organisation) & known
        elif organisation is not None and actor.roles & HOUSING_ROLES:
            ours = actor.organisation_ids
            taking_part = self.model.participants.through.objects.filter(organisation__in=ours)
            of_ours = Q(organisation__in=ours) | Q(pk__in=taking_part.values("application_id"))
            if actor.mandate is not None and actor.mandate.is_limited:
                of_ours &= Q(pk__in=actor.mandate.case_ids)
            seen |= of_ours
        return self.filter(seen)

    def _seated(self, actor: Actor, on: datetime.date) -> models.QuerySet[BoardSeat, Any]:
        seats = cast("type[BoardSeat]", self.model.board_seats.rel.related_model)
        return seats.objects.holding_on(on).filter(user=actor.user).values("application_id")

    def _let_in(self, actor: Actor, on: datetime.date) -> models.QuerySet[Collaborator, Any]:
        guests = cast("type[Collaborator]", self.model.collaborators.rel.related_model)
        return guests.objects.holding_on(on).filter(user=actor.user).values("application_id")

    def _asked_to_recommend(self) -> models.QuerySet[MunicipalRecommendation, Any]:
        asked = cast("type[MunicipalRecommendation]", self.model.municipal_recommendations.rel.related_model)
        return asked.objects.exclude(state=RecommendationState.CALLED_OFF).values("application_id")

    def awaiting_fund(self) -> ApplicationQuerySet:
        """Cases where it is the fund's turn, oldest first."""
        return self.filter(state__in=AWAITS_FUND).order_by("state_since")

    def awaiting_signature_of(self, *organisation_ids: int) -> ApplicationQuerySet:
        """Cases out for signature that one of the organisations is a party of and has not signed; recalled ones do not count.

        An organisation signs for itself and for each that was merged into it.
        """
        agreements = cast("type[Agreement]", self.model.agreements.rel.related_model)
        standing = agreements.objects.standing()
        taking_part = self.model.participants.through.objects.filter(organisation__in=organisation_ids)

        def signed(application: str, organisation: str) -> Exists:
            return Exists(standing.filter(application=OuterRef(application), signatures__organisation=OuterRef(organisation)))

        unsigned = taking_part.exclude(signed("application_id", "organisation_id"))
        lead = Q(organisation__in=organisation_ids) & ~Q(signed("pk", "organisation_id"))
        municipality = Q(municipality__organisation__in=organisation_ids) & ~Q(signed("pk", "municipality__organisation_id"))
        to_sign = lead | municipality | Q(pk__in=unsigned.values("application_id"))
        return self.filter(to_sign, state=State.LOCAL_APPROVAL)

    def awaiting_applicant(self) -> ApplicationQuerySet:
        """Cases where it is the housing organisation's turn."""
        return self.filter(state__in=AWAITS_APPLICANT).order_by("state_since")

    def open(self) -> ApplicationQuerySet:
        """Cases neither decided nor ended."""
        return self.exclude(state__in=DECIDED | ENDED)

    def matching(self, text: str) -> ApplicationQuerySet:
        """Cases whose number, name, area or housing organisation holds the text, by a name that it had, too."""
        found = Q(title__icontains=text) | Q(area__name__icontains=text) | Q(organisation__name__icontains=text)
        organisations = cast("type[Organisation]", self.model.organisation.field.related_model)
        renamed = organisations.objects.filter(former_names__name__icontains=text)
        found |= Q(organisation__in=renamed.values("pk"))
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
            "organisation", "municipality__organisation", "area", "responsible", "contact", "created_by", "plan", "imported"
        ).prefetch_related("participants", "board_seats")

    def with_contents(self) -> ApplicationQuerySet:
        """What was filled in, for pages that show it and ask the rules about it: each table once, however often it is asked."""
        return self.prefetch_related(*CONTENTS, "plan__goals")

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


class CollaboratorQuerySet(models.QuerySet["Collaborator"]):
    """Who was let into cases."""

    def standing(self) -> CollaboratorQuerySet:
        """Those whose access nobody has ended."""
        return self.filter(ended_at__isnull=True)

    def holding_on(self, on: datetime.date) -> CollaboratorQuerySet:
        """Those who accepted, and whose access holds on the day, both ends included."""
        accepted = self.standing().filter(user__isnull=False, valid_from__lte=on)
        return accepted.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))

    def reachable(self, *, on: datetime.date, at: datetime.datetime) -> CollaboratorQuerySet:
        """Those who have access on the day, and those whose link still opens."""
        accepted = Q(user__is_active=True, valid_from__lte=on) | Q(user__isnull=True, link_expires_at__gt=at)
        return self.standing().filter(accepted).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class MunicipalRecommendationQuerySet(models.QuerySet["MunicipalRecommendation"]):
    """Requests for a municipality's recommendation, and its answers."""

    def standing(self) -> MunicipalRecommendationQuerySet:
        """Those that wait for an answer and those that were given: at most one a case."""
        return self.filter(state__in=[RecommendationState.ASKED, RecommendationState.GIVEN])

    def of_municipality(self, actor: Actor, *, on: datetime.date) -> MunicipalRecommendationQuerySet:
        """Those that the actor answers for a municipality: their own organisation's, and of cases they were let into for it."""
        own = Q(pk__in=[])
        if actor.organisation is not None and actor.has(Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY):
            own = Q(application__municipality__organisation=actor.organisation)
        case = cast("type[Application]", self.model.application.field.related_model)
        guests = cast("type[Collaborator]", case.collaborators.rel.related_model)
        let_in = guests.objects.holding_on(on).filter(user=actor.user, kind="MUNICIPALITY", right=Right.EDIT)
        shown = self.exclude(state=RecommendationState.CALLED_OFF)
        return shown.filter(own | Q(application__in=let_in.values("application_id")))

    def waiting(self) -> MunicipalRecommendationQuerySet:
        """Those that can be answered now."""
        return self.filter(state=RecommendationState.ASKED, application__state__in=BEFORE_PREQUALIFICATION)


class CommentThreadQuerySet(models.QuerySet["CommentThread"]):
    """Threads of comments."""

    def open(self) -> CommentThreadQuerySet:
        """Those that nobody has resolved."""
        return self.filter(resolved_at__isnull=True)


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
