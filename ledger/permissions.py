"""Who may do what with the frames. People outside the fund never see them: they are the fund's own bookkeeping."""

from __future__ import annotations

import enum

from accounts.actors import Actor
from accounts.roles import Role


class Act(enum.StrEnum):
    """What can be done."""

    SEE = "see"
    POST = "post"
    MANAGE = "manage"


# In the order in which an act is ascribed to somebody who holds several of the roles.
ACTS: dict[Act, tuple[Role, ...]] = {
    Act.SEE: (Role.DIRECTOR, Role.CASE_OFFICER, Role.FINANCE_OFFICER),
    # Commit, release, reverse: whoever decides the case (applications has its own table), or the portal when time runs out.
    Act.POST: (Role.DIRECTOR, Role.CASE_OFFICER, Role.FINANCE_OFFICER, Role.SYSTEM),
    # Open, regulate, carry over, close (C5, C6).
    Act.MANAGE: (Role.FINANCE_OFFICER, Role.SYSTEM),
}


def role_for(actor: Actor, act: Act) -> Role | None:
    """The role in which the actor may do it; None when the actor may not."""
    if not (actor.is_fund or actor.is_system):
        return None
    return next((role for role in ACTS[act] if role in actor.roles), None)


def may(actor: Actor, act: Act) -> bool:
    """Whether the actor may do it."""
    return role_for(actor, act) is not None
