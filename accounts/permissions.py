"""Who sees an organisation's people and mandates, and who changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.actors import Actor
from accounts.roles import EVERYBODY, FUND_ROLES, OrganisationKind, Role

if TYPE_CHECKING:
    from accounts.models import Organisation


# act -> roles held in the organisation itself, and roles held in the fund that do for any other.
ACTS: dict[str, frozenset[Role]] = {
    "see": EVERYBODY - {Role.READER},
    "administer": frozenset({Role.ORG_ADMINISTRATOR}),
    # What others may do for an organisation is not the fund's to say.
    "give_mandates": frozenset({Role.ORG_ADMINISTRATOR}),
}
ACTS_OF_FUND: dict[str, frozenset[Role]] = {"see": FUND_ROLES, "administer": FUND_ROLES}
# The fund's own people are its management's matter.
ACTS_IN_FUND: dict[str, frozenset[Role]] = {"see": FUND_ROLES, "administer": frozenset({Role.DIRECTOR})}


def may_see(actor: Actor, organisation: Organisation) -> bool:
    """True for the organisation's own people and for the fund. Whoever acts by mandate is another organisation's."""
    return _may(actor, "see", organisation)


def may_administer(actor: Actor, organisation: Organisation) -> bool:
    """True when the actor looks after who may act for the organisation.

    That is its own administrator; the fund where there is none yet, or where help is asked for. In an organisation that was
    merged into another nobody is let in any more.
    """
    return organisation.succeeded_by_id is None and _may(actor, "administer", organisation)


def may_give_mandates(actor: Actor, organisation: Organisation) -> bool:
    """True for the organisation's own administrator alone."""
    return organisation.succeeded_by_id is None and _may(actor, "give_mandates", organisation)


def _may(actor: Actor, act: str, organisation: Organisation) -> bool:
    if actor.mandate is not None:
        return False
    if actor.is_fund:
        table = ACTS_IN_FUND if organisation.kind == OrganisationKind.FUND else ACTS_OF_FUND
        return bool(actor.roles & table.get(act, frozenset()))
    return actor.organisation == organisation and bool(actor.roles & ACTS[act])
