"""Facts of a case as the rules ask for them (rules/*.Facts); nothing is decided here."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from accounts.models import Organisation
from applications import attachments, sections
from applications.models import Agreement, Application, AttachmentVersion, ComprehensivePlan, Recommendation
from applications.recommendation_states import RecommendationState
from applications.rules import (
    agreement,
    board,
    cofinancing,
    commitment,
    documents,
    plan,
    prequalification,
    refusal,
    rent_support,
    reservation,
)
from applications.rules.documents import DocumentType
from applications.rules.rule_sets import RuleSet
from applications.states import State
from areas.models import Department
from ledger import signals as ledger
from ledger.kinds import FrameKind, Money
from ledger.models import FrameYear, Reservation


def of_budget(application: Application) -> cofinancing.Facts:
    """Total budget and who pays (C11)."""
    return cofinancing.Facts(
        rule_set=RuleSet(application.rule_set),
        total=application.total_budget or Decimal(0),
        contributions=tuple(
            cofinancing.Contribution(
                source=cofinancing.Source(line.source),
                amount=line.amount,
                kind=cofinancing.Kind(line.kind),
                accepted_as_local=line.accepted_as_local,
            )
            for line in application.funding_lines.all()
        ),
    )


def of_documents(application: Application, versions: Iterable[AttachmentVersion]) -> documents.Facts:
    """What is attached, and what is required as a file as the case stands."""
    phase = attachments.phase_of(application)
    return documents.Facts(
        rule_set=RuleSet(application.rule_set),
        attached=attachments.as_facts(versions),
        required=documents.REQUIRED[phase] if phase else frozenset(),
    )


def of_prequalification(application: Application, *, on: datetime.date, attached: documents.Facts) -> prequalification.Facts:
    """Completeness of the application (C10); what is attached may stand for what is not written in the portal."""
    figures = {row.department_id: row for row in application.department_figures.all()}
    outdated = _gone_through_before_it_changed(application, on=on)
    return prequalification.Facts(
        rule_set=RuleSet(application.rule_set),
        housing_organisation_count=len(application.housing_organisations()),
        municipality_count=1,
        departments=tuple(
            prequalification.Department(
                name=str(row.department),
                is_in_area=not row.is_connected,
                reason=row.connection_reason,
                has_key_figures=row.department_id in figures and figures[row.department_id].is_complete,
                key_figures_absence=figures[row.department_id].absence if row.department_id in figures else "",
                is_confirmed=row.master_data_on is not None and row.department_id not in outdated,
            )
            for row in application.application_departments.all()
        ),
        challenges=application.challenges,
        has_description=documents.has(attached, DocumentType.D2),
        has_municipal_recommendation=documents.has(attached, DocumentType.D5)
        or any(one.state == RecommendationState.GIVEN for one in application.municipal_recommendations.all()),
        problems=frozenset(prequalification.Problem(value) for value in application.problem_types),
        figures=frozenset(
            prequalification.Problem(row.problem)
            for row in application.problem_figures.all()
            if row.value is not None and row.year is not None
        ),
        has_key_figures_attached=documents.has(attached, DocumentType.D3),
        budget=of_budget(application),
        has_development_plan=application.area.development_plans.binding(on).exists(),
        coordination=application.coordination,
    )


def _gone_through_before_it_changed(application: Application, *, on: datetime.date) -> set[int]:
    """Departments of which the register says something else than what the applicant confirmed (R63).

    Only of a draft: once the application is sent, it is that day's register that counts.
    """
    confirmed = {row.department_id: row.master_data for row in application.application_departments.all() if row.master_data_on}
    if not confirmed or application.state != State.DRAFT:
        return set()
    register = Department.objects.with_residents(on).select_related("organisation").filter(pk__in=confirmed)
    return {department.pk for department in register if sections.master_data(department) != confirmed[department.pk]}


def of_rent_support(application: Application) -> rent_support.Facts:
    """Rent support asked for, department by department; none when the applicant does not ask."""
    in_case = {row.department_id for row in application.application_departments.all()}
    own_plan: ComprehensivePlan | None = getattr(application, "plan", None)
    lines = application.rent_supports.all() if application.wants_rent_support else ()
    return rent_support.Facts(
        rule_set=RuleSet(application.rule_set),
        lines=tuple(
            rent_support.Line(
                department=str(row.department),
                is_in_case=row.department_id in in_case,
                amount_per_m2=row.amount_per_m2,
                area_m2=row.area_m2,
                start=row.starts_on,
                end=row.ends_on,
            )
            for row in lines
        ),
        plan_start=own_plan.starts_on if own_plan else None,
        plan_end=own_plan.ends_on if own_plan else None,
    )


def rent_total(application: Application) -> Decimal:
    """All rent support asked for, over the whole period, in DKK."""
    return sum((rent_support.total_amount(line) for line in of_rent_support(application).lines), start=Decimal(0))


def rent_asked(application: Application) -> Decimal:
    """The same of a case that is still being written: nothing while its months are not whole, which sending it refuses."""
    try:
        return rent_total(application)
    except ValueError:
        return Decimal(0)


def of_plan(application: Application) -> plan.Facts:
    """Period, effort areas and goals."""
    own = application.plan
    return plan.Facts(
        rule_set=RuleSet(application.rule_set),
        start=own.starts_on,
        end=own.ends_on,
        effort_areas=tuple(own.effort_areas),
        goals=tuple(
            plan.Goal(
                effort_area=goal.effort_area,
                text=goal.sub_goal,
                indicator=goal.indicator.code,
                direction=plan.Direction(goal.indicator.direction),
                baseline=goal.baseline_value,
                baseline_on=goal.baseline_on,
                target=goal.target_value,
                target_on=goal.target_on,
            )
            for goal in own.goals.all()
        ),
    )


def _organisation(organisation: Organisation) -> board.Organisation:
    return board.Organisation(key=str(organisation.pk), name=organisation.name)


def of_board(application: Application, *, on: datetime.date) -> board.Facts:
    """The board's composition on the day."""
    return board.Facts(
        rule_set=RuleSet(application.rule_set),
        on=on,
        municipality=_organisation(application.municipality.organisation),
        housing_organisations=tuple(_organisation(organisation) for organisation in application.housing_organisations()),
        members=tuple(
            board.Member(
                organisation=str(seat.organisation_id or ""),
                since=seat.valid_from,
                until=seat.valid_to,
                is_chair=seat.is_chair,
            )
            for seat in application.board_seats.all()
            if seat.kind == "BOARD"
        ),
    )


def of_agreement(application: Application, *, on: datetime.date) -> agreement.Facts:
    """Parties with their signatures under the standing version, and the content's own facts (C12).

    The board is judged on the plan's first day, or today when that is later: it has to stand when the effort starts.
    """
    standing_version = standing_agreement(application)
    signed = {signature.organisation_id: signature for signature in standing_version.signatures.all()} if standing_version else {}
    municipality_id = application.municipality.organisation_id
    start = application.plan.starts_on
    return agreement.Facts(
        rule_set=RuleSet(application.rule_set),
        content_hash=standing_version.content_hash if standing_version else "",
        made_under=standing_version.content["rule_set"] if standing_version else "",
        parties=tuple(
            agreement.Party(
                key=str(party.pk),
                name=party.name,
                side=agreement.Side.MUNICIPALITY if party.pk == municipality_id else agreement.Side.HOUSING_ORGANISATION,
                signed_hash=signed[party.pk].content_hash if party.pk in signed else "",
                signed_on=signed[party.pk].signed_at.date() if party.pk in signed else None,
            )
            for party in application.parties()
        ),
        plan=of_plan(application),
        board=of_board(application, on=max(on, start) if start else on),
        budget=of_budget(application),
    )


def standing_agreement(application: Application) -> Agreement | None:
    """The version that was not recalled; asks nothing where agreements were read with the case."""
    if "agreements" in getattr(application, "_prefetched_objects_cache", {}):
        return next((version for version in application.agreements.all() if version.voided_at is None), None)
    return application.agreements.standing().prefetch_related("signatures").first()


def of_refusal(application: Application, *, on: datetime.date, reasons: str) -> refusal.Facts:
    """The latest hearing and the reasons."""
    hearing = application.hearings.last()
    return refusal.Facts(
        on=on,
        hearing_sent_on=hearing.sent_on if hearing else None,
        hearing_deadline=hearing.deadline if hearing else None,
        replied_on=hearing.replied_on if hearing else None,
        reasons=reasons,
    )


def of_commitment(
    application: Application,
    recommendation: Recommendation | None,
    *,
    decided_by: str,
    reasons: str,
    on: datetime.date,
    frames: Mapping[int, commitment.Frame] | None = None,
) -> commitment.Facts:
    """What the commitment is judged by; with no recommendation the rules say that one is missing.

    Whoever asks about many cases reads the `frames` once.
    """
    grants = []
    year = on.year
    if recommendation is not None:
        year = recommendation.frame_year
        grants.append(commitment.Grant(commitment.Purpose.SOCIAL, recommendation.social_amount))
        if recommendation.rent_amount:
            grants.append(commitment.Grant(commitment.Purpose.RENT, recommendation.rent_amount))
    return commitment.Facts(
        rule_set=RuleSet(application.rule_set),
        decided_on=on,
        year=year,
        frame=frame_of(year) if frames is None else frames.get(year),
        grants=tuple(grants),
        budget=of_budget(application),
        recommended_by=str(recommendation.recommended_by_id) if recommendation else "",
        decided_by=decided_by,
        reasons=reasons,
    )


def frame_of(year: int) -> commitment.Frame | None:
    """The year's frame as the rule sees it, or None when the ledger has no such year."""
    return frames_of({year}).get(year)


def frames_of(years: Collection[int]) -> dict[int, commitment.Frame]:
    """The frames of these years that the ledger has: one query."""
    rows = FrameYear.objects.of(FrameKind.ORDINARY).with_reserved().select_related("period").filter(year__in=years)
    return {
        row.year: commitment.Frame(
            year=row.year,
            is_open=row.closed_on is None,
            ceiling=position.disposable,
            committed=position.committed,
            rent_ceiling=position.rent_ceiling,
            rent_committed=position.rent_committed,
        )
        for row in rows
        for position in (row.position,)
    }


class Reserved(NamedTuple):
    """What is reserved for a case in a year, for the social effort and for rent."""

    year: int
    social: Decimal
    rent: Decimal

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.social + self.rent


def reserved(application: Application) -> Reserved | None:
    """What the case is expected to take, or None; the portal reserves both kinds of money in the same year."""
    held = Reservation.objects.filter(case_reference=str(application.case_number)).select_related("frame_year")
    by_money = {row.money: row for row in held}
    if not by_money:
        return None
    year = max(row.frame_year.year for row in by_money.values())
    social, rent = (by_money[money].amount if money in by_money else reservation.ZERO for money in (Money.SOCIAL, Money.RENT))
    return Reserved(year, social, rent)


def outlook_of(application: Application, year: int, *, on: datetime.date) -> reservation.Outlook | None:
    """What the year would have left without this case, or None when the ledger has no such year."""
    row = FrameYear.objects.of(FrameKind.ORDINARY).with_reserved().select_related("period").filter(year=year).first()
    if row is None:
        return None
    position, number = row.position, str(application.case_number)
    others = [one for one in ledger.waiting(on=on) if one.year == year and one.case_reference != number]
    own = reserved(application)
    own = own if own and own.year == year else Reserved(year, reservation.ZERO, reservation.ZERO)
    left = position.outlook_available(sum((one.total for one in others), start=reservation.ZERO)) + own.total
    rent_expected = position.rent_reserved - own.rent + sum((one.rent for one in others), start=reservation.ZERO)
    rent_left = min(position.rent_ceiling - position.rent_committed - rent_expected, left)
    return reservation.Outlook(year, row.closed_on is None, left, rent_left)


def of_reservation(
    application: Application, *, year: int, social: Decimal, rent: Decimal, on: datetime.date
) -> reservation.Facts:
    """What is to be reserved, beside what the year would have left without the case."""
    return reservation.Facts(on.year, year, social, rent, outlook_of(application, year, on=on))
