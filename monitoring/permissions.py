"""Who may do what with an effort. Moves carry their own roles (states.py); an act that is not in the table raises."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from accounts.actors import Actor
from accounts.roles import BOARD_ROLES, FUND_ROLES, PARTY_ROLES, Role

if TYPE_CHECKING:
    from monitoring.models import Effort

ACTS: dict[str, frozenset[Role]] = {
    "view": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    "list": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    "export": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    # Statistics come from the fund's own import, twice a year (R128, C25).
    "record_measurements": frozenset({Role.CASE_OFFICER, Role.SYSTEM}),
}

# Acts on what efforts give back to the frames: the fund's own bookkeeping, whatever the effort.
FUND_ACTS: dict[str, frozenset[Role]] = {
    "see_give_backs": FUND_ROLES,
    # As `ledger.permissions.Act.MANAGE`: money of a closed year is finance's to decide on (R6, C6).
    "propose_give_back": frozenset({Role.FINANCE_OFFICER}),
}


def may_in_fund(actor: Actor, act: str) -> bool:
    """True when the actor acts for the fund in a role that the act asks for.

    Errors: KeyError for an unknown act.
    """
    return actor.is_fund and bool(FUND_ACTS[act] & actor.roles)


def roles_in(actor: Actor, effort: Effort, *, on: datetime.date) -> frozenset[str]:
    """The roles this actor has in the effort on the day: those in its case, seats on its board included."""
    return effort.application.roles_of(actor, on=on)


def may(actor: Actor, act: str, effort: Effort, *, on: datetime.date) -> bool:
    """True when the actor holds a role in this effort on the day that the act asks for.

    Errors: KeyError for an unknown act.
    """
    return bool(ACTS[act] & roles_in(actor, effort, on=on))
