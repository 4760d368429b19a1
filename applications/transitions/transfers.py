"""Moving cases to the next rule set (R49, R50, G3): listed in one go, moved a few at a time, each once, whatever happens.

`begin` lists every case under the earlier rules: those that move wait, those that stay say why. `work` takes some that wait,
looks at each again under lock, and moves them in one transaction with their events; killed in the middle, none of them is
moved and the next worker begins with the same. Letters are made afterwards from the events (clock.render_missing_letters):
ten thousand take hours, the move takes minutes.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.actors import Actor
from accounts.roles import Role
from applications import permissions
from applications.models import (
    Application,
    ApplicationEvent,
    ComprehensivePlan,
    PlanGoal,
    TransferBatch,
    TransferOutcome,
    TransferredCase,
)
from applications.models.transfers import TRANSFERRED, reason_of
from applications.rules import transfer
from applications.rules.transfer import Transition
from applications.transitions.common import day_of, make_letter
from applications.transitions.transfer_facts import Judged, in_question, judge, kept_goals, stays, with_facts
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop

CASES_AT_ONCE = 100
ROWS_AT_ONCE = 1000
# So many letters are queued with the move itself; those of a larger run are left to the clock, which makes some a minute, so
# that the letters of other cases are not held up.
LETTERS_AT_ONCE = 20


def begin(transition: Transition, *, by: Actor, at: datetime.datetime, as_of: datetime.date | None = None) -> TransferBatch:
    """List the cases in question and leave the moving to `work`; nothing is moved yet.

    Errors: NotAllowed; RuleBroken when the day is too early or still to come, or no case would move; IllegalMove while another
    run is not through.
    """
    require_right(by)
    day = as_of or transition.day
    if wrong := transfer.check_day(transition, day, today=day_of(at)):
        raise RuleBroken(wrong)
    try:
        with transaction.atomic():
            batch = TransferBatch.objects.create(
                to_rule_set=transition.target,
                as_of=day,
                started_at=at,
                started_by=by.user,
                organisation=by.organisation,
                role=role_of(by),
                worked_at=at,
            )
            if not _list_cases(batch, transition):
                text = gettext_noop("Ingen sager skal flyttes.")
                raise RuleBroken([Violation("nothing_to_transfer", text, transition.basis)])
    except IntegrityError:
        text = gettext_noop("En flytning til de samme regler er i gang. Vent, til den er færdig.")
        raise IllegalMove([Violation("transfer_in_progress", text, "")]) from None
    return batch


def require_right(by: Actor) -> None:
    """Refuse everybody whom the table of rights does not name. Errors: NotAllowed."""
    if not permissions.may_transfer(by):
        text = gettext_noop("Kun Landsbyggefondens direktion og økonomi kan flytte sager til nye regler.")
        raise NotAllowed([Violation("not_allowed", text, "")])


def role_of(by: Actor) -> Role:
    """The role that the actor moves cases in."""
    return Role.SYSTEM if by.is_system else min(by.roles & {Role.DIRECTOR, Role.FINANCE_OFFICER})


def _list_cases(batch: TransferBatch, transition: Transition) -> int:
    """A row for every case in question; return how many will move."""
    waiting = 0
    rows = []
    for pk, rule_set, state in in_question(transition).values_list("pk", "rule_set", "state"):
        why = stays(rule_set, state, transition)
        waiting += why is None
        rows.append(
            TransferredCase(
                batch=batch,
                application_id=pk,
                from_rule_set=rule_set,
                to_rule_set=transition.target,
                outcome=TransferOutcome.LEFT if why else TransferOutcome.PENDING,
                reason=reason_of(why) if why else {},
            )
        )
    TransferredCase.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    return waiting


def work(batch: TransferBatch, *, at: datetime.datetime, most: int = CASES_AT_ONCE) -> int:
    """Move some of the cases that wait, and return how many were dealt with; nobody waits any more: the run is through.

    Two workers on one run take different cases.
    """
    with transaction.atomic():
        waiting = TransferredCase.objects.filter(batch=batch, outcome=TransferOutcome.PENDING)
        rows = list(waiting.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:most])
        if rows:
            _move_together(batch, rows, at=at)
            TransferBatch.objects.filter(pk=batch.pk).update(worked_at=at)
        elif not waiting.exists():
            TransferBatch.objects.filter(pk=batch.pk, finished_at__isnull=True).update(finished_at=at, worked_at=at)
    return len(rows)


def _move_together(batch: TransferBatch, rows: Sequence[TransferredCase], *, at: datetime.datetime) -> None:
    """All of them, or when one of them cannot be moved each by itself, so that one case stops no other."""
    if _try(batch, rows, at=at) is None:
        return
    for row in rows:
        if (error := _try(batch, [row], at=at)) is not None:
            row.outcome, row.event, row.before, row.after = TransferOutcome.FAILED, None, {}, {}
            text = gettext_noop("Sagen kunne ikke flyttes: %(error)s")
            row.reason = {**reason_of(Violation("transfer_failed", text, "")), "params": {"error": _short(error)}}
            row.save(update_fields=["outcome", "event", "before", "after", "reason"])


def _try(batch: TransferBatch, rows: Sequence[TransferredCase], *, at: datetime.datetime) -> DatabaseError | None:
    try:
        with transaction.atomic():
            _move(batch, rows, at=at)
            # What the database looks at when a transaction ends, it looks at here, while it is known whose case it is.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except DatabaseError as error:
        return error
    return None


def _short(error: DatabaseError) -> str:
    """The database's own first line: what it refused, without the row's values."""
    return str(error).partition("\n")[0][:200]


def _move(batch: TransferBatch, rows: Sequence[TransferredCase], *, at: datetime.datetime) -> None:
    transition = transfer.transition_to(batch.to_rule_set)
    wanted = Application.objects.filter(pk__in=[row.application_id for row in rows])
    list(wanted.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    held = {application.pk: judge(application, transition) for application in with_facts(wanted)}
    moving: list[tuple[TransferredCase, Judged]] = []
    for row in rows:
        judged = held[row.application_id]
        if judged.stays is None:
            moving.append((row, judged))
        else:
            # Withdrawn, say, since the run was begun.
            row.outcome, row.reason = TransferOutcome.LEFT, reason_of(judged.stays)
    _write(batch, moving, at=at)
    TransferredCase.objects.bulk_update(rows, ["outcome", "reason", "before", "after", "event"])


def _write(batch: TransferBatch, moving: Sequence[tuple[TransferredCase, Judged]], *, at: datetime.datetime) -> None:
    """Rules, plans and goals of the cases, and an event for each."""
    plans: list[ComprehensivePlan] = []
    put_aside: list[str] = []
    for row, judged in moving:
        plan: ComprehensivePlan | None = getattr(judged.application, "plan", None)
        row.before = _before(judged, plan)
        row.after = _after(judged, plan)
        if plan is not None and plan.effort_areas != row.after["effort_areas"]:
            plan.effort_areas = row.after["effort_areas"]
            plans.append(plan)
        put_aside += judged.change.goals_put_aside
        for goal in judged.goals:
            area = judged.change.goals.get(str(goal.pk), goal.effort_area)
            if area != goal.effort_area:
                PlanGoal.objects.filter(pk=goal.pk).update(effort_area=area)
    ComprehensivePlan.objects.bulk_update(plans, ["effort_areas"])
    PlanGoal.objects.filter(pk__in=put_aside).delete()
    moved = [judged.application.pk for _row, judged in moving]
    Application.objects.filter(pk__in=moved).update(rule_set=batch.to_rule_set)
    events = ApplicationEvent.objects.bulk_create([_event(batch, row, at=at) for row, _judged in moving])
    few = batch.cases.exclude(outcome=TransferOutcome.LEFT).count() <= LETTERS_AT_ONCE
    for (row, _judged), event in zip(moving, events, strict=True):
        row.outcome, row.event = TransferOutcome.MOVED, event
        if few:
            make_letter(event)


def _before(judged: Judged, plan: ComprehensivePlan | None) -> dict[str, object]:
    changed = [goal for goal in judged.goals if judged.change.goals.get(str(goal.pk)) != goal.effort_area]
    return {
        "state": judged.application.state,
        "effort_areas": list(plan.effort_areas) if plan else [],
        "goals": kept_goals(changed),
    }


def _after(judged: Judged, plan: ComprehensivePlan | None) -> dict[str, object]:
    change = judged.change
    return {
        "effort_areas": list(change.effort_areas) if plan else [],
        "goals": [[int(key), area] for key, area in sorted(change.goals.items(), key=lambda goal: int(goal[0]))],
        "areas_put_aside": list(change.areas_put_aside),
        "goals_put_aside": len(change.goals_put_aside),
        "anew": list(change.anew),
        "papers": [paper.code for paper in change.papers],
    }


def _event(batch: TransferBatch, row: TransferredCase, *, at: datetime.datetime) -> ApplicationEvent:
    told = ("areas_put_aside", "goals_put_aside", "anew", "papers")
    return ApplicationEvent(
        application_id=row.application_id,
        event=TRANSFERRED,
        at=at,
        user=batch.started_by,
        organisation=batch.organisation,
        role=batch.role,
        data={
            "from": row.from_rule_set,
            "to": row.to_rule_set,
            "as_of": batch.as_of.isoformat(),
            "batch": batch.pk,
            **{name: row.after[name] for name in told},
        },
    )
