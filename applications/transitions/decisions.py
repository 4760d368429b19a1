"""The fund's work up to the commitment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from accounts.actors import SYSTEM, Actor
from applications import facts, notifications, signals, states
from applications.models import Application, Decision, FundingLine, Outcome, Recommendation
from applications.rules import agreement, commitment, reasons, rent_support
from applications.rules import recommendation as recommendation_rule
from applications.transitions.common import back_to_plan, day_of, locked, make_letter, person_of, record_decision
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import IllegalMove, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger import posting
from ledger.kinds import Money

LEGAL_BASIS = "Almenboligloven § 91 a, stk. 1"


LEGAL_BASIS_RENT = "Almenboligloven § 91 a, stk. 2"


def accept_as_local(application: Application, line: FundingLine, *, accepted: bool, by: Actor, at: datetime.datetime) -> None:
    """Count a contribution in kind or from others as local co-financing, or no longer (Q5)."""
    with locked(application, "recommend", by=by, at=at):
        if application.state in states.DECIDED | states.ENDED:
            text = gettext_noop("Sagen er afgjort eller afsluttet, og medfinansieringen ligger fast.")
            raise IllegalMove([Violation("case_closed", text, "")])
        line.accepted_as_local = accepted
        line.save(update_fields=["accepted_as_local"])
        application.record("application:accepted_as_local", by=by, at=at, data={"line": str(line), "accepted": accepted})


def return_plan(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Send the plan back with what must be changed; a new version has to be signed."""
    with moving(application, states.REQUEST_PLAN_INFORMATION, by=by, at=at, reason=reason):
        back_to_plan(application, by=by, at=at)
        notifications.plan_returned(application)


def recommend(
    application: Application,
    *,
    frame_year: int,
    social_amount: Decimal,
    rent_amount: Decimal,
    reason: str,
    by: Actor,
    at: datetime.datetime,
) -> Recommendation:
    """Recommend the commitment: amounts, the frame's year, reasons. Another person decides (four eyes)."""
    with locked(application, "recommend", by=by, at=at):
        if application.state != states.State.PLAN_SUBMITTED:
            text = gettext_noop("Der kan kun indstilles, når helhedsplanen er til afgørelse.")
            raise IllegalMove([Violation("not_for_recommendation", text, "")])
        asked = recommendation_rule.Facts(social_amount, rent_amount, facts.rent_total(application))
        broken = [*reasons.check(reasons.Facts(reason)), *recommendation_rule.check(asked)]
        if broken:
            raise RuleBroken(broken)
        recommendation = Recommendation.objects.create(
            application=application,
            frame_year=frame_year,
            social_amount=social_amount,
            rent_amount=rent_amount,
            reasons=reason.strip(),
            recommended_by=person_of(by),
            recommended_at=at,
        )
        application.record(
            "application:recommended",
            by=by,
            at=at,
            reason=reason,
            data={"frame_year": frame_year, "social_amount": str(social_amount), "rent_amount": str(rent_amount)},
        )
        notifications.recommended(application)
    return recommendation


def check_commitment(
    application: Application,
    *,
    by: Actor,
    reason: str,
    on: datetime.date,
    frames: Mapping[int, commitment.Frame] | None = None,
) -> list[Violation]:
    """What stands between the recommendation and the commitment, and advice on the frame (C1, C2, C11, C12, four eyes)."""
    recommendation = application.standing_recommendation
    decided_by = str(by.user.pk) if by.user else ""
    asked = facts.of_commitment(application, recommendation, decided_by=decided_by, reasons=reason, on=on, frames=frames)
    return [
        *commitment.check(asked),
        *agreement.check(facts.of_agreement(application, on=on)),
        *rent_support.check(facts.of_rent_support(application)),
    ]


def commit(application: Application, *, by: Actor, at: datetime.datetime, reason: str) -> Decision:
    """Give the commitment; the frame of the recommended year is charged in the same transaction (G1).

    Errors: RuleBroken with the remaining amount named when the frame, or its rent part, has no room (R2, R8).
    """
    on = day_of(at)
    with moving(application, states.COMMIT, by=by, at=at, reason=reason) as move:
        move.require(check_commitment(application, by=by, reason=reason, on=on))
        recommendation = application.standing_recommendation
        assert recommendation is not None  # four_eyes.check has required one
        amounts = {Money.SOCIAL: recommendation.social_amount, Money.RENT: recommendation.rent_amount}
        for money, amount in amounts.items():
            if amount:
                posting.commit(
                    recommendation.frame_year,
                    case_reference=str(application.case_number),
                    money=money,
                    amount=amount,
                    key=f"application:{application.pk}:commit:{money.lower()}",
                    on=on,
                    by=by,
                    legal_basis=LEGAL_BASIS_RENT if money == Money.RENT else LEGAL_BASIS,
                    reason=reason,
                    at=at,
                )
        # The ledger ends the reservation of the money that is committed; what else was expected of the case is over too.
        posting.unreserve(str(application.case_number), by=SYSTEM)
        application.decided_at = at
        move.save("decided_at").tell(
            frame_year=recommendation.frame_year,
            social_amount=str(recommendation.social_amount),
            rent_amount=str(recommendation.rent_amount),
        )
        decision = record_decision(application, Outcome.COMMITTED, by=by, at=at, reason=reason, recommendation=recommendation)
        signals.committed.send(sender=Application, application=application, decision=decision, by=by, at=at)
        move.then(make_letter)
    return decision
