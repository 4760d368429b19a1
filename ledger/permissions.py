"""Who may do what with the frames. People outside the fund never see them: they are the fund's own bookkeeping."""

from __future__ import annotations

import enum

from accounts.actors import Actor
from accounts.roles import Role


class Act(enum.StrEnum):
    """What can be done."""

    SEE = "see"
    POST = "post"
    RESERVE = "reserve"
    OPEN = "open"
    MANAGE = "manage"
    CORRECT = "correct"
    SECOND = "second"
    CHECK = "check"


# In the order in which an act is ascribed to somebody who holds several of the roles.
ACTS: dict[Act, tuple[Role, ...]] = {
    Act.SEE: (Role.DIRECTOR, Role.CASE_OFFICER, Role.FINANCE_OFFICER),
    # Commit and release as a case decides it (applications has its own table), or the portal when time runs out.
    Act.POST: (Role.DIRECTOR, Role.CASE_OFFICER, Role.FINANCE_OFFICER, Role.SYSTEM),
    # What a prequalified case is expected to take.
    Act.RESERVE: (Role.CASE_OFFICER, Role.DIRECTOR, Role.FINANCE_OFFICER, Role.SYSTEM),
    # The portal opens the years that the act itself gives; any other year is opened by finance.
    Act.OPEN: (Role.FINANCE_OFFICER, Role.SYSTEM),
    # Regulate, carry over, close, decide on released money (C5, C6, Q4): propose it, that is.
    Act.MANAGE: (Role.FINANCE_OFFICER,),
    # Reverse, or release by hand: propose it.
    Act.CORRECT: (Role.FINANCE_OFFICER, Role.CASE_OFFICER, Role.DIRECTOR),
    # Approve what another person proposed.
    Act.SECOND: (Role.FINANCE_OFFICER, Role.DIRECTOR),
    # Have everything counted anew, and write a note on what was found; the portal counts every night.
    Act.CHECK: (Role.FINANCE_OFFICER, Role.SYSTEM),
}


def role_for(actor: Actor, act: Act) -> Role | None:
    """The role in which the actor may do it; None when the actor may not."""
    if not (actor.is_fund or actor.is_system):
        return None
    return next((role for role in ACTS[act] if role in actor.roles), None)


def may(actor: Actor, act: Act) -> bool:
    """Whether the actor may do it."""
    return role_for(actor, act) is not None


def roles_in_fund(actor: Actor) -> frozenset[str]:
    """The roles the actor holds in the fund; none for anybody else."""
    return frozenset(actor.roles) if actor.is_fund else frozenset()
