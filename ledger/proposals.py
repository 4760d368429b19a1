"""Postings by hand, with four eyes: one person proposes, another approves, and the approval posts in the same transaction.

The posting's key is the proposal's, so that a double click posts once. `by` of the posting is the proposer, in the role
held when proposing; `seconded_by` is whoever approved.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from lbf_portal.lib.moves import Move, moving
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop
from ledger import acting, approvers, notifications, permissions, proposed, signals
from ledger.kinds import ProposalKind
from ledger.models import FrameYear, Proposal
from ledger.states import APPROVE, REJECT, WITHDRAW, State

# Proposals are made one after the other.
PROPOSING_LOCK = 910_001
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


class Moved(RuleBroken):
    """What would be posted is not what was shown to whoever approves."""


def propose(act: proposed.Act, *, by: Actor, at: datetime.datetime, reason: str, is_claimed: bool = False) -> Proposal:
    """Put a posting forward for another person's approval; nothing is posted yet.

    `is_claimed` is for whoever keeps the very money for this posting (`signals.claims`).
    Errors: NotAllowed; RuleBroken without a reason, when what it is about does not exist, when somebody else keeps the
    money, or when the very same waits already: approved twice, an amount would be moved twice.
    """
    role = permissions.role_for(by, PROPOSERS[act.kind])
    if role is None or by.user is None or by.organisation is None:
        raise NotAllowed([Violation("not_allowed", gettext_noop("Du har ikke ret til at foreslå denne postering."), "")])
    if not reason.strip():
        raise RuleBroken([Violation("reason_missing", gettext_noop("Skriv en begrundelse."), "", field="reason")])
    with transaction.atomic():
        _refuse_the_same(act)
        if not is_claimed:
            _refuse_claimed(act)
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
        notifications.posting_proposed(proposal, on=timezone.localdate(at))
    return proposal


def may_propose(actor: Actor, kind: ProposalKind) -> bool:
    """Whether the actor may propose it."""
    return permissions.may(actor, PROPOSERS[kind])


def rehearse(act: proposed.Act, *, by: Actor, at: datetime.datetime, reason: str = "–") -> acting.Effect:
    """What the act would do if somebody else approved it now; nothing is posted.

    `by` is who proposes it, or has proposed it. Whether the money is kept for somebody else, `signals.claims` tells.
    Errors: NotAllowed; RuleBroken when nobody else may approve, or when the posting would be refused.
    """
    second = approvers.somebody(by, on=timezone.localdate(at))
    if second is None:
        text = gettext_noop(
            "Ingen anden i fonden kan godkende posteringen. Det kræver en økonomimedarbejder mere eller direktionen."
        )
        raise RuleBroken([Violation("nobody_to_approve", text, "")])
    return acting.rehearse(act, by=by, seconded_by=second, reason=reason, at=at)


def approve(proposal: Proposal, *, by: Actor, at: datetime.datetime, note: str = "", seen: str | None = None) -> Proposal:
    """Approve the proposal of another person, and post what it says in the same transaction.

    `seen` is the fingerprint of the effect that was shown (`acting.Effect`).
    Errors: NotAllowed; IllegalMove when it is decided already; Moved when something else than `seen` would be posted;
    RuleBroken for one's own, when the posting is refused, or when somebody else keeps the money.
    """
    return _decide(proposal, APPROVE, by=by, at=at, note=note, then=lambda: _carry_out(proposal, by=by, at=at, seen=seen))


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
        if not is_own:
            notifications.posting_decided(proposal)
    return proposal


def _year(act: proposed.Act) -> int | None:
    """The year the act is about.

    Errors: RuleBroken when it is about something that does not exist.
    """
    match act:
        case proposed.Open() as opened:
            acting.period(opened.period)
            return opened.year
        case proposed.SetReleaseRule() as rule:
            acting.period(rule.period)
            return None
        case proposed.Reverse() as reversal:
            return acting.entry(reversal.entry).frame_year.year
        case other:
            if not FrameYear.objects.of(other.frame).filter(year=other.year).exists():
                text = gettext_noop("Der er ingen ramme for %(year)s.")
                raise RuleBroken(
                    [Violation("no_frame", text, "Almenboligloven § 91 a, stk. 1; R1", params={"year": str(other.year)})]
                )
            return other.year


def _carry_out(proposal: Proposal, *, by: Actor, at: datetime.datetime, seen: str | None) -> None:
    """Post what the proposal says, under its key; what was posted is compared with what was seen.

    Errors: as `acting.carry_out`; RuleBroken when its row was written by other means and says nothing; Moved.
    """
    try:
        act = proposal.act
    except proposed.Malformed:
        text = gettext_noop("Forslagets indhold kan ikke læses. Afvis det, og lad det blive foreslået igen.")
        raise RuleBroken([Violation("unreadable", text, "")]) from None
    _refuse_claimed(act, proposal)
    acting.carry_out(act, key=proposal.key, by=proposal.proposer, seconded_by=by, reason=proposal.reason, at=at)
    if seen is not None and seen != acting.fingerprint(act, acting.posted(proposal.key)):
        text = gettext_noop("Forslaget gør nu noget andet, end da du så det. Se det igennem, og godkend igen, hvis du er enig.")
        raise Moved([Violation("moved", text, "")])


def _refuse_claimed(act: proposed.Act, proposal: Proposal | None = None) -> None:
    """Errors: RuleBroken when the money is kept for a posting of somebody else's."""
    if claims := signals.claims(act, proposal=proposal):
        raise RuleBroken([claim.violation for claim in claims])


def _refuse_the_same(act: proposed.Act) -> None:
    """One of the same at a time: a double click finds its first, and two colleagues do not release the same twice.

    Errors: RuleBroken.
    """
    payload = proposed.written(act)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROPOSING_LOCK])
    if Proposal.objects.waiting().filter(kind=act.kind, payload=payload).exists():
        text = gettext_noop("Der venter allerede et forslag om det samme.")
        raise RuleBroken([Violation("proposed_already", text, "")])
