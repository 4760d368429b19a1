"""Development plans (§§ 168 a-168 b)."""

from __future__ import annotations

import datetime

from accounts.actors import Actor
from areas.models import DevelopmentPlan, HousingArea, PlanApproval
from areas.transitions.upkeep import assign, require_standing, upkeep
from lbf_portal.lib.rows import lock, save

PLAN_FIELDS = ("starts_on", "ends_on", "approval", "source")


def register_development_plan(
    area: HousingArea,
    *,
    starts_on: datetime.date,
    approval: PlanApproval,
    source: str,
    by: Actor,
    ends_on: datetime.date | None = None,
) -> DevelopmentPlan:
    """Enter a development plan; it binds the area from its start, whatever later lists say (§§ 168 a-168 b; R42).

    Errors: NotAllowed; RuleBroken when the area has a plan already in that period, or was merged away before it starts.
    """
    plan = DevelopmentPlan(area=area, starts_on=starts_on, ends_on=ends_on, approval=approval, source=source)
    with upkeep("development_plan:registered", by=by, area=area):
        # A plan that began before the area was merged goes with it, so only its first day is asked about.
        require_standing(area, until=starts_on, field="starts_on")
        save(plan)
    return plan


def change_development_plan(plan: DevelopmentPlan, *, by: Actor, seen: str | None = None, **values: object) -> None:
    """Correct a plan, or close it by a last day; `values` are fields of `PLAN_FIELDS`.

    Errors: NotAllowed; Outdated; RuleBroken as for `register_development_plan`; KeyError for another field.
    """
    if unknown := values.keys() - set(PLAN_FIELDS):
        raise KeyError(unknown)
    with upkeep("development_plan:changed", by=by, area=plan.area) as told:
        lock(plan, PLAN_FIELDS, seen=seen)
        told["fields"] = assign(plan, values)
        told["starts_on"] = plan.starts_on.isoformat()
        require_standing(plan.area, until=plan.starts_on, field="starts_on")
        save(plan)
