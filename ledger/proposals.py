"""Postings by hand, with four eyes: one person proposes, another approves, and the approval posts in the same transaction.

The posting's key is the proposal's, so that a double click posts once. `by` of the posting is the proposer, in the role
held when proposing; `seconded_by` is whoever approved.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from lbf_portal.lib.moves import Move, moving
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger import permissions, posting, proposed
from ledger.kinds import ProposalKind
from ledger.models import Entry, FrameYear, GrantPeriod, Proposal
from ledger.states import APPROVE, REJECT, WITHDRAW, State

# Who may propose what; whoever holds Act.SECOND may approve it.
PROPOSERS: dict[ProposalKind, permissions.Act] = {
    ProposalKind.OPEN: permissions.Act.MANAGE,
    ProposalKind.REGULATE: permissions.Act.MANAGE,
    ProposalKind.CLOSE: permissions.Act.MANAGE,
    ProposalKind.CARRY_OVER: permissions.Act.MANAGE,
    ProposalKind.RELEASE: permissions.Act.CORRECT,
    ProposalKind.RELEASE_BY_CARRY_OVER: permissions.Act.MANAGE,
    ProposalKind.REVERSE: permissions.Act.CORRECT,
    ProposalKind.SET_RELEASE_RULE: permissions.Act.MANAGE,
}


def propose(act: proposed.Act, *, by: Actor, at: datetime.datetime, reason: str) -> Proposal:
    """Put a posting forward for another person's approval; nothing is posted yet.

    Errors: NotAllowed; RuleBroken without a reason, or when what it is about does not exist.
    """
    role = permissions.role_for(by, PROPOSERS[act.kind])
    if role is None or by.user is None or by.organisation is None:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til at foreslå denne postering."), "")])
    if not reason.strip():
        raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
    with transaction.atomic():
        proposal = Proposal.objects.create(
            kind=act.kind,
            payload=proposed.written(act),
            year=_year(act),
            reason=reason.strip(),
            proposed_by=by.user,
            proposed_role=role,
            organisation=by.organisation,
            proposed_at=at,
            state_since=at,
        )
        proposal.record("proposal:proposed", by=by, at=at, roles=frozenset({role}), reason=reason.strip(), state_to=State.WAITING)
    return proposal


def approve(proposal: Proposal, *, by: Actor, at: datetime.datetime, note: str = "") -> Proposal:
    """Approve the proposal of another person, and post what it says in the same transaction.

    Errors: NotAllowed; IllegalMove when it is decided already; RuleBroken for one's own, or when the posting is refused.
    """
    return _decide(proposal, APPROVE, by=by, at=at, note=note, then=lambda: _post(proposal, by=by, at=at))


def reject(proposal: Proposal, *, by: Actor, at: datetime.datetime, note: str) -> Proposal:
    """Say no to the proposal of another person, and why.

    Errors: NotAllowed; IllegalMove when it is decided already; RuleBroken for one's own, or without a note.
    """
    return _decide(proposal, REJECT, by=by, at=at, note=note)


def withdraw(proposal: Proposal, *, by: Actor, at: datetime.datetime, note: str = "") -> Proposal:
    """Take one's own proposal back.

    Errors: NotAllowed for another person's; IllegalMove when it is decided already.
    """
    return _decide(proposal, WITHDRAW, by=by, at=at, note=note)


def _decide(
    proposal: Proposal, how: Move, *, by: Actor, at: datetime.datetime, note: str, then: Callable[[], None] | None = None
) -> Proposal:
    with moving(proposal, how, by=by, at=at, reason=note) as move:
        is_own = by.user == proposal.proposed_by
        if how is WITHDRAW and not is_own:
            text = gettext_noop("Kun den, der har foreslået posteringen, kan trække forslaget tilbage.")
            raise NotAllowed([Violation("not_own", text, "")])
        if how is not WITHDRAW and is_own:
            text = gettext_noop("Du har selv foreslået posteringen. En anden skal tage stilling til den.")
            raise RuleBroken([Violation("same_person", text, "")])
        if then:
            then()
        proposal.decided_by, proposal.note = by.user, note.strip()
        move.save("decided_by", "note")
    return proposal


def _post(proposal: Proposal, *, by: Actor, at: datetime.datetime) -> None:
    """Carry the proposal out."""
    how: dict[str, Any] = {
        "key": proposal.key,
        "on": timezone.localdate(at),
        "by": proposal.proposer,
        "seconded_by": by,
        "reason": proposal.reason,
        "at": at,
    }
    match proposal.act:
        case proposed.Open() as act:
            posting.open_year(
                _period(act.period),
                act.year,
                base_total=act.base_total,
                base_rent=act.base_rent,
                base_vacancy=act.base_vacancy,
                **how,
            )
        case proposed.Regulate() as act:
            posting.regulate(act.year, total=act.total, rent=act.rent, document=act.document, frame=act.frame, **how)
        case proposed.Close(carries_over=True) as act:
            posting.settle_year(act.year, frame=act.frame, **how)
        case proposed.Close() as act:
            posting.close_year(act.year, frame=act.frame, **how)
        case proposed.CarryOver() as act:
            posting.carry_over(act.year, act.amount, decision=act.decision, frame=act.frame, **how)
        case proposed.ReleaseByCarryOver() as act:
            posting.release_by_carry_over(decision=act.decision, **_released(act), **how)
        case proposed.Release() as act:
            posting.release(**_released(act), **how)
        case proposed.Reverse() as act:
            posting.reverse(_entry(act.entry), legal_basis=act.legal_basis, **how)
        case proposed.SetReleaseRule() as act:
            posting.set_release_rule(_period(act.period), act.rule, valid_from=act.valid_from, source=act.source, **how)


def _released(act: proposed.Release | proposed.ReleaseByCarryOver) -> dict[str, Any]:
    names = ("year", "case_reference", "money", "amount", "cause", "legal_basis", "frame")
    return {name: getattr(act, name) for name in names}


def _year(act: proposed.Act) -> int | None:
    """The year the act is about.

    Errors: RuleBroken when it is about something that does not exist.
    """
    match act:
        case proposed.Open() as opened:
            _period(opened.period)
            return opened.year
        case proposed.SetReleaseRule() as rule:
            _period(rule.period)
            return None
        case proposed.Reverse() as reversal:
            return _entry(reversal.entry).frame_year.year
        case other:
            if not FrameYear.objects.of(other.frame).filter(year=other.year).exists():
                text = gettext_noop("Der er ingen ramme for %(year)s.")
                raise RuleBroken(
                    [Violation("no_frame", text, "Almenboligloven § 91 a, stk. 1; R1", params={"year": str(other.year)})]
                )
            return other.year


def _period(code: str) -> GrantPeriod:
    try:
        return GrantPeriod.objects.get(code=code)
    except GrantPeriod.DoesNotExist:
        text = gettext_noop("Bevillingsperioden findes ikke.")
        raise RuleBroken([Violation("no_period", text, "", field="period")]) from None


def _entry(number: int) -> Entry:
    try:
        return Entry.objects.with_names().get(pk=number)
    except Entry.DoesNotExist:
        text = gettext_noop("Der er ingen postering med det nummer.")
        raise RuleBroken([Violation("no_entry", text, "", field="entry")]) from None
