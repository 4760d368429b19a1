"""What waits for a decision and would charge a year's frame: asked by the ledger for the outlook of a year (issue 4)."""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery
from django.dispatch import receiver

from applications import facts
from applications.models import Application, Recommendation
from applications.states import State
from ledger.kinds import Money
from ledger.models import Reservation
from ledger.signals import Waiting, waiting_asked

ZERO = Decimal("0.00")
# What is reserved, by case, year and kind of money.
Reserved = dict[tuple[str, int, str], Decimal]
# The signed plan is with the fund, or back for a moment: nothing but the decision is missing.
AWAITS_COMMITMENT = (State.PLAN_SUBMITTED, State.INFO_REQUESTED_PLAN, State.HEARING_PLAN)


@receiver(waiting_asked)
def waiting_cases(*, on: datetime.date, **_more: Any) -> list[Waiting]:
    """What each case would take beyond what is reserved for it: the amounts and year of its standing recommendation.

    Before there is one, what the applicant asks for. A commitment charges the year it is given in (G2), so nothing waits for a
    year that is over. As many queries for one case as for many.
    """
    since = {"application": OuterRef("pk"), "recommended_at__gte": OuterRef("state_since")}
    latest = Recommendation.objects.filter(**since).order_by("-pk")
    cases = Application.objects.filter(state__in=AWAITS_COMMITMENT).select_related("plan").with_contents()
    named = cases.annotate(
        recommended_year=Subquery(latest.values("frame_year")[:1]),
        recommended_social=Subquery(latest.values("social_amount")[:1]),
        recommended_rent=Subquery(latest.values("rent_amount")[:1]),
    )
    found = list(named.order_by("case_number"))
    held = Reservation.objects.filter(case_reference__in=[str(case.case_number) for case in found])
    rows = held.values_list("case_reference", "frame_year__year", "money", "amount")
    reserved: Reserved = {(case, year, money): amount for case, year, money, amount in rows}
    years = {case: year for case, year, _money in sorted(reserved)}
    return [_beyond(_waiting(case, years.get(str(case.case_number), on.year), on=on), reserved) for case in found]


def _waiting(case: Application, expected: int, *, on: datetime.date) -> Waiting:
    """What the case would take, before its reservation is counted; `expected` is the year before anybody has recommended one."""
    recommended = case.__dict__
    if (year := recommended["recommended_year"]) is None:
        return Waiting(str(case.case_number), max(expected, on.year), facts.of_budget(case).fund, facts.rent_asked(case))
    social, rent = recommended["recommended_social"], recommended["recommended_rent"]
    return Waiting(str(case.case_number), max(year, on.year), social, rent)


def _beyond(one: Waiting, reserved: Reserved) -> Waiting:
    """Less what is reserved for the very case in the very year: the outlook counts reservations already."""

    def beyond(money: Money, amount: Decimal) -> Decimal:
        return max(ZERO, amount - reserved.get((one.case_reference, one.year, money), ZERO))

    return dataclasses.replace(one, social=beyond(Money.SOCIAL, one.social), rent=beyond(Money.RENT, one.rent))
