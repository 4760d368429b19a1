"""Who may do what with an effort. Moves carry their own roles (states.py); an act that is not in the table raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.actors import Actor
from accounts.roles import FUND_ROLES, Role

if TYPE_CHECKING:
    from monitoring.models import Effort

PARTIES = frozenset({Role.APPLICANT, Role.HOUSING_SIGNATORY, Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY})
BOARD = frozenset({Role.BOARD_MEMBER, Role.SECRETARIAT})

ACTS: dict[str, frozenset[Role]] = {
    "view": FUND_ROLES | PARTIES | BOARD,
    "list": FUND_ROLES | PARTIES | BOARD,
    "export": FUND_ROLES | PARTIES | BOARD,
    # Statistics come from the fund's own import, twice a year (R128, C25).
    "record_measurements": frozenset({Role.CASE_OFFICER, Role.SYSTEM}),
}


def roles_in(actor: Actor, effort: Effort) -> frozenset[str]:
    """The roles this actor has in the effort: those in its case, seats on its board included."""
    return effort.application.roles_of(actor)


def may(actor: Actor, act: str, effort: Effort) -> bool:
    """True when the actor holds a role in this effort that the act asks for.

    Errors: KeyError for an unknown act.
    """
    return bool(ACTS[act] & roles_in(actor, effort))
