"""Who may change the registers: one table."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.roles import FUND_ROLES, Role

ACTS: dict[str, frozenset[Role]] = {
    "import": FUND_ROLES | {Role.SYSTEM},
    "register": FUND_ROLES | {Role.SYSTEM},
}


def may(actor: Actor, act: str) -> bool:
    """True when the actor may do this. To read asks for no right: registers and lists are public facts (querysets.py).

    Errors: KeyError for an unknown act.
    """
    return actor.has(*ACTS[act])
