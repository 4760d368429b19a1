"""Taking a move back, case by case, until something new was written in the case."""

from __future__ import annotations

import datetime

from django.db import transaction

from accounts.actors import Actor
from applications.history import WRITES_NOTHING
from applications.models import Application, ApplicationEvent, ComprehensivePlan, PlanGoal, TransferOutcome, TransferredCase
from applications.models.transfers import TRANSFER_TAKEN_BACK
from applications.transitions.common import make_letter
from applications.transitions.transfer_facts import goal_again
from applications.transitions.transfers import require_right, role_of
from lbf_portal.lib.refusals import IllegalMove, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


def take_back(row: TransferredCase, *, by: Actor, at: datetime.datetime, reason: str) -> None:
    """Put the case back under its earlier rules, with all that was put aside; its parties get a letter.

    Errors: NotAllowed; IllegalMove when it is not moved (any more); RuleBroken without a reason, or when the case has gone on.
    """
    require_right(by)
    if not reason.strip():
        raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
    with transaction.atomic():
        application = Application.objects.select_for_update(of=("self",)).get(pk=row.application_id)
        row.refresh_from_db(from_queryset=TransferredCase.objects.select_for_update(of=("self",)))
        if gone_on := check(row, application):
            raise gone_on
        _put_back(row, application)
        event = ApplicationEvent.objects.create(
            application=application,
            event=TRANSFER_TAKEN_BACK,
            at=at,
            user=by.user,
            organisation=by.organisation,
            role=role_of(by),
            reason=reason.strip(),
            data={"from": row.to_rule_set, "to": row.from_rule_set, "batch": row.batch_id},
        )
        row.outcome, row.taken_back_event = TransferOutcome.TAKEN_BACK, event
        row.save(update_fields=["outcome", "taken_back_event"])
        make_letter(event)


def check(row: TransferredCase, application: Application) -> IllegalMove | RuleBroken | None:
    """What stands in the way of taking the move back; None when it can be."""
    if row.outcome != TransferOutcome.MOVED or row.event_id is None:
        text = gettext_noop("Sagen er ikke flyttet, eller flytningen er allerede taget tilbage.")
        return IllegalMove([Violation("transfer_not_standing", text, "")])
    newer = application.events.filter(pk__gt=row.event_id).exclude(event__in=WRITES_NOTHING)
    if newer.exists() or not _is_as_the_move_left_it(row, application):
        text = gettext_noop("Der er siden skrevet nyt i sagen. Flytningen kan ikke tages tilbage.")
        return RuleBroken([Violation("transfer_built_upon", text, "")])
    return None


def _is_as_the_move_left_it(row: TransferredCase, application: Application) -> bool:
    """Whatever wrote without leaving an event is noticed too."""
    plan = ComprehensivePlan.objects.filter(application=application).first()
    goals = plan.goals.order_by("pk").values_list("pk", "effort_area") if plan else ()
    now = (application.rule_set, application.state, list(plan.effort_areas) if plan else [], [list(goal) for goal in goals])
    return now == (row.to_rule_set, row.before["state"], row.after["effort_areas"], row.after["goals"])


def _put_back(row: TransferredCase, application: Application) -> None:
    application.rule_set = row.from_rule_set
    application.save(update_fields=["rule_set"])
    plan = ComprehensivePlan.objects.filter(application=application).first()
    if plan is None:
        return
    if plan.effort_areas != row.before["effort_areas"]:
        plan.effort_areas = row.before["effort_areas"]
        plan.save(update_fields=["effort_areas"])
    still_there = dict(plan.goals.values_list("pk", "effort_area"))
    for kept in row.before["goals"]:
        if kept["id"] in still_there:
            PlanGoal.objects.filter(pk=kept["id"]).update(effort_area=kept["effort_area"])
        else:
            goal_again(plan, kept).save(force_insert=True)
