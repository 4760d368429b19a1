"""A whole run of the move in one go, as the command makes it, and what it comes to."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.actors import Actor
from applications.models import TransferBatch, TransferOutcome, TransferredCase
from applications.rules import transfer
from applications.rules.transfer import Transition
from applications.transitions import transfers
from applications.transitions.transfer_facts import already_moved, in_question, stays
from lbf_portal.lib.refusals import RuleBroken

# Where a worker holds the cases that are left, this long until one looks again.
PAUSE = datetime.timedelta(milliseconds=200)


@dataclass
class Report:
    """Case numbers, and reasons in Danish."""

    moved: list[int] = field(default_factory=list)
    already: list[int] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)

    def lists(self) -> dict[str, list[Any]]:
        """By the names of the contract."""
        return {"moved": self.moved, "already": self.already, "left": self.left, "failed": self.failed}


def foresee(transition: Transition, *, as_of: datetime.date, today: datetime.date) -> Report:
    """What a run would do now; only reads.

    Errors: RuleBroken when the day is too early, or still to come.
    """
    if wrong := transfer.check_day(transition, as_of, today=today):
        raise RuleBroken(wrong)
    report = Report(already=list(already_moved(transition)))
    for number, rule_set, state in in_question(transition).values_list("case_number", "rule_set", "state"):
        why = stays(rule_set, state, transition)
        if why is None:
            report.moved.append(number)
        else:
            report.left.append({"case": number, "reason": why.message})
    return report


def run(transition: Transition, *, as_of: datetime.date, today: datetime.date, by: Actor) -> Report:
    """Move every case that moves, and tell; first what a run that was cut off has left.

    Errors: NotAllowed; RuleBroken when the day is too early, or still to come.
    """
    transfers.require_right(by)
    before = foresee(transition, as_of=as_of, today=today)
    batches = list(TransferBatch.objects.filter(to_rule_set=transition.target, finished_at__isnull=True))
    for batch in batches:
        finish(batch)
    if foresee(transition, as_of=as_of, today=today).moved:
        batches.append(transfers.begin(transition, by=by, at=timezone.now(), as_of=as_of))
        finish(batches[-1])
    after = foresee(transition, as_of=as_of, today=today)
    failed = TransferredCase.objects.filter(batch__in=batches, outcome=TransferOutcome.FAILED).select_related("application")
    why = {row.application.case_number: row.violation for row in failed}
    return Report(
        moved=sorted(set(after.already) - set(before.already)),
        already=before.already,
        left=after.left,
        failed=[{"case": number, "reason": violation.message} for number, violation in sorted(why.items()) if violation],
    )


def finish(batch: TransferBatch) -> None:
    """Work until the run is through; where others hold what is left, wait for them."""
    while batch.finished_at is None:
        if not transfers.work(batch, at=timezone.now()):
            batch.refresh_from_db()
            if batch.finished_at is None:
                time.sleep(PAUSE.total_seconds())
