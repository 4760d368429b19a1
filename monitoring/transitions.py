"""What happens to a running effort: one verb a function. The only writer of the app's tables.

Every function takes `by` (who acts) and `at` (when), opens its own transaction, locks the effort, asks the rules, and writes
rows, event and postings together.

Errors, everywhere: NotAllowed, IllegalMove, RuleBroken (lbf_portal.lib.refusals).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from applications import transitions as cases
from applications.models import Application, IndicatorDefinition, Outcome
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.moves import moving
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger import posting, proposals, proposed
from ledger.kinds import Money, ReleaseCause
from ledger.models import Allocation, Proposal
from monitoring import notifications, permissions, states
from monitoring.models import Effort, GiveBack, Measurement
from monitoring.rules import extension

LEGAL_BASIS = "Almenboligloven § 91 a, stk. 1; R6"
LEGAL_BASIS_RENT = "Almenboligloven § 91 a, stk. 2; R8"


class ChangeSubject(models.TextChoices):
    """What a change is about; each needs the fund's approval (R82; domain.md, section 10, list of changes)."""

    AGREEMENT = "AGREEMENT", _("Samarbejdsaftalen")
    PARTIES = "PARTIES", _("Afdelinger eller parter")
    EFFORT_AREAS = "EFFORT_AREAS", _("Indsatsområder og mål")
    BUDGET = "BUDGET", _("Budget eller medfinansiering")
    PERIOD = "PERIOD", _("Start eller slut")
    LEAD = "LEAD", _("Ansvarlig boligorganisation")


def _day(at: datetime.datetime) -> datetime.date:
    return timezone.localdate(at)


def open_effort(application: Application, *, by: Actor, at: datetime.datetime) -> Effort:
    """Open the effort that a commitment was given to, with the period of the signed plan; it waits for its first day."""
    with transaction.atomic():
        plan = application.plan
        assert plan.starts_on is not None  # plan.check_period has asked for both before anybody signed
        assert plan.ends_on is not None
        effort = Effort.objects.create(
            application=application,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            agreed_ends_on=plan.ends_on,
            state_since=at,
        )
        effort.record(states.OPENED, by=by, at=at, state_to=states.State.PENDING)
    return effort


def start(effort: Effort, *, by: Actor, at: datetime.datetime) -> None:
    """The effort runs: its first day has come, and its board is registered (R77, R89, R98)."""
    with moving(effort, states.START, by=by, at=at) as move:
        move.require(_before_start(effort, _day(at)), cases.check_board(effort.application, on=_day(at)))


def _before_start(effort: Effort, on: datetime.date) -> list[Violation]:
    if on >= effort.starts_on:
        return []
    text = gettext_noop("Indsatsen kan først sættes i gang på sin første dag.")
    return [Violation("before_start", text, "R77")]


# Changes on the way (R82)


def request_change(effort: Effort, *, subject: ChangeSubject, reason: str, by: Actor, at: datetime.datetime) -> None:
    """Ask the fund to approve a change of what was agreed (R82)."""
    with moving(effort, states.REQUEST_CHANGE, by=by, at=at, reason=reason) as move:
        move.tell(subject=subject.value)


def approve_change(effort: Effort, *, reason: str, by: Actor, at: datetime.datetime) -> None:
    """Approve the change that was asked for."""
    with moving(effort, states.APPROVE_CHANGE, by=by, at=at, reason=reason):
        pass


def reject_change(effort: Effort, *, reason: str, by: Actor, at: datetime.datetime) -> None:
    """Say no to the change; the effort goes on as agreed."""
    with moving(effort, states.REJECT_CHANGE, by=by, at=at, reason=reason):
        pass


def extend(effort: Effort, *, ends_on: datetime.date, reason: str, by: Actor, at: datetime.datetime) -> None:
    """Let the effort end later, once, by at most twelve months and without new money (Q7)."""
    with moving(effort, states.EXTEND, by=by, at=at, reason=reason) as move:
        move.require(extension.check(extension.Facts(effort.agreed_ends_on, ends_on)))
        move.tell(before=effort.ends_on.isoformat(), after=ends_on.isoformat())
        effort.ends_on = ends_on
        move.save("ends_on")


# The end


def begin_closing(effort: Effort, *, by: Actor, at: datetime.datetime) -> None:
    """The last day is over: final accounts, final report and evaluation follow (R99, R109)."""
    with moving(effort, states.BEGIN_CLOSING, by=by, at=at) as move:
        if _day(at) <= effort.ends_on:
            text = gettext_noop("Indsatsen er ikke slut endnu.")
            move.require([Violation("before_end", text, "R77")])


def close(
    effort: Effort,
    *,
    unspent_social: Decimal,
    unspent_rent: Decimal,
    reason: str,
    by: Actor,
    at: datetime.datetime,
) -> None:
    """Accept the final accounts; what was not spent goes back to the frame of its year."""
    with moving(effort, states.CLOSE, by=by, at=at, reason=reason) as move:
        amounts = {Money.SOCIAL: unspent_social, Money.RENT: unspent_rent}
        move.tell(**_give_back(effort, amounts, act="close", by=by, at=at, reason=reason))


def revoke(
    effort: Effort,
    *,
    released_social: Decimal,
    released_rent: Decimal,
    reason: str,
    by: Actor,
    at: datetime.datetime,
) -> None:
    """Withdraw the commitment (Q8); what is not to be paid goes back to the frame of its year."""
    with moving(effort, states.REVOKE, by=by, at=at, reason=reason) as move:
        amounts = {Money.SOCIAL: released_social, Money.RENT: released_rent}
        move.tell(**_give_back(effort, amounts, act="revoke", by=by, at=at, reason=reason))


CAUSES = {"close": ReleaseCause.UNUSED, "revoke": ReleaseCause.REVOKED}


def _give_back(
    effort: Effort, amounts: Mapping[Money, Decimal], *, act: str, by: Actor, at: datetime.datetime, reason: str
) -> dict[str, object]:
    """Release the amounts in the ledger, and tell the event what was done.

    A year that is closed takes back nothing that could be used again (G2): the amounts are kept, marked as not released, until
    finance proposes to carry them on (`propose_give_back`). Otherwise no effort of an old year could ever be closed.

    Errors: RuleBroken for a negative amount, or more than the case holds.
    """
    if broken := [_negative(money) for money, amount in amounts.items() if amount < 0]:
        raise RuleBroken(broken)
    year = effort.application.decisions.get(outcome=Outcome.COMMITTED).frame_year
    assert year is not None  # decision_commitment_is_complete
    takes_back = posting.takes_back(year, on=_day(at))
    for money, amount in amounts.items():
        if not amount:
            continue
        _refuse_more_than_held(effort, year, money, amount)
        if not takes_back:
            _keep(effort, year, money, amount, cause=CAUSES[act], at=at, reason=reason)
        else:
            posting.release(
                year,
                case_reference=str(effort.application.case_number),
                money=money,
                amount=amount,
                cause=CAUSES[act],
                key=f"effort:{effort.pk}:{act}:{money.lower()}",
                on=_day(at),
                by=by,
                legal_basis=LEGAL_BASIS_RENT if money == Money.RENT else LEGAL_BASIS,
                reason=reason,
                at=at,
            )
    return {
        "frame_year": year,
        "social": str(amounts[Money.SOCIAL]),
        "rent": str(amounts[Money.RENT]),
        "is_released": takes_back,
    }


def _refuse_more_than_held(effort: Effort, year: int, money: Money, amount: Decimal) -> None:
    """What the case has given back already, and nobody has approved the release of, is not there to be given back once more.

    Errors: RuleBroken when the case does not hold as much beside it: nobody could ever release it.
    """
    reference = str(effort.application.case_number)
    owed = effort.give_backs.owed().filter(frame_year=year, money=money).aggregate(total=Sum("amount", default=Decimal(0)))
    left = Allocation.objects.held_by(reference, year=year, money=money) - owed["total"]
    if amount > left:
        text = gettext_noop("Sagen har %(left)s af rammen for %(year)s. En nedsættelse på %(amount)s kan ikke rummes.")
        facts = {"left": kroner(left), "year": str(year), "amount": kroner(amount)}
        raise RuleBroken([Violation("more_than_held", text, LEGAL_BASIS, params=facts)])


def _keep(
    effort: Effort, year: int, money: Money, amount: Decimal, *, cause: ReleaseCause, at: datetime.datetime, reason: str
) -> None:
    """Keep what a closed year does not take back, and tell finance."""
    kept = GiveBack.objects.create(
        effort=effort, frame_year=year, money=money, amount=amount, cause=cause, reason=reason, noted_at=at
    )
    notifications.give_back_due(kept, on=_day(at))


def propose_give_back(give_back: GiveBack, *, decision: str, reason: str, by: Actor, at: datetime.datetime) -> Proposal:
    """Propose the release of what a closed year did not take back; another person approves it in the ledger.

    Errors: RuleBroken when it is proposed already.
    """
    with transaction.atomic():
        # One at a time for an effort, so that two colleagues do not propose the same.
        Effort.objects.select_for_update(of=("self",)).get(pk=give_back.effort_id)
        if not GiveBack.objects.due().filter(pk=give_back.pk).exists():
            text = gettext_noop("Frigivelsen er allerede foreslået.")
            raise RuleBroken([Violation("proposed_already", text, "")])
        act = release_of(give_back, decision=decision, on=_day(at))
        proposal = proposals.propose(act, by=by, at=at, reason=reason, is_claimed=True)
        give_back.proposals.create(proposal=proposal)
    return proposal


def release_of(give_back: GiveBack, *, decision: str, on: datetime.date) -> proposed.ReleaseByCarryOver | proposed.Release:
    """The posting that gives it back: carried on to the first open year, or kept in its own when the period's rule says so."""
    facts: dict[str, Any] = {
        "year": give_back.frame_year,
        "case_reference": str(give_back.effort.application.case_number),
        "money": Money(give_back.money),
        "amount": give_back.amount,
        "cause": ReleaseCause(give_back.cause),
        "legal_basis": LEGAL_BASIS_RENT if give_back.money == Money.RENT else LEGAL_BASIS,
    }
    if posting.takes_back(give_back.frame_year, on=on):
        return proposed.Release(**facts)
    return proposed.ReleaseByCarryOver(decision=decision, **facts)


def _negative(money: Money) -> Violation:
    text = gettext_noop("Skriv et beløb på 0 kr. eller mere.")
    return Violation("amount_negative", text, LEGAL_BASIS, field=money.lower())


# Measurements


@dataclass(frozen=True)
class MeasuredValue:
    """One value of a batch. Without a value it says why (C23)."""

    indicator: IndicatorDefinition
    measured_on: datetime.date
    value: Decimal | None
    source: str
    suppressed_reason: str = ""
    is_demo: bool = False


def record_measurements(effort: Effort, batch: str, rows: Sequence[MeasuredValue], *, by: Actor, at: datetime.datetime) -> int:
    """Store a batch's values for the effort and return how many were new; the same batch again adds nothing (C25).

    Errors: RuleBroken when a row has neither a value nor a reason, or both.
    """
    if not permissions.may(by, "record_measurements", effort, on=_day(at)):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til dette i denne sag."), "")])
    if any((row.value is None) == (not row.suppressed_reason) for row in rows):
        text = gettext_noop("En måling har enten en værdi eller en grund til, at værdien er skjult.")
        raise RuleBroken([Violation("value_or_reason", text, "C23")])
    with transaction.atomic():
        # One batch of an effort at a time, so that counting and writing agree.
        effort.refresh_from_db(from_queryset=Effort.objects.select_for_update(of=("self",)))
        held = set(effort.measurements.filter(batch=batch).values_list("indicator_id", "measured_on"))
        new = [row for row in rows if (row.indicator.pk, row.measured_on) not in held]
        Measurement.objects.bulk_create(
            Measurement(
                effort=effort,
                indicator=row.indicator,
                measured_on=row.measured_on,
                value=row.value,
                suppressed_reason=row.suppressed_reason,
                source=row.source,
                batch=batch,
                is_demo=row.is_demo,
                recorded_by=by.user,
                recorded_at=at,
            )
            for row in new
        )
        if new:
            effort.record("effort:measured", by=by, at=at, data={"batch": batch, "count": len(new)})
    return len(new)
