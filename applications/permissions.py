"""Who may do what with a case: one table, asked by views, transitions and templates.

Moves carry their own roles (states.py). An act that is not in the table raises, so that a misspelt one cannot pass.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from accounts.actors import Actor
from accounts.roles import BOARD_ROLES, FUND_ROLES, PARTY_ROLES, OrganisationKind, Role

if TYPE_CHECKING:
    from applications.models import Application

# act -> roles in the case. Where a state matters too, the transition checks it.
ACTS: dict[str, frozenset[Role]] = {
    "view": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    "create": frozenset({Role.APPLICANT}),
    "edit": frozenset({Role.APPLICANT}),
    "edit_plan": frozenset({Role.APPLICANT}),
    "answer_hearing": frozenset({Role.APPLICANT}),
    "take": frozenset({Role.CASE_OFFICER}),
    "recommend": frozenset({Role.CASE_OFFICER}),
    "reserve": frozenset({Role.CASE_OFFICER}),
    "extend_prequalification": frozenset({Role.CASE_OFFICER}),
    "view_assessment": FUND_ROLES,
    "view_agreement": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    "sign": frozenset({Role.HOUSING_SIGNATORY, Role.MUNICIPAL_SIGNATORY}),
    # What the parties attach; when and which documents, `attachments.types_open_to` says.
    "view_attachments": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    "attach": frozenset({Role.APPLICANT, Role.MUNICIPAL_OFFICER}),
    "view_documents": FUND_ROLES | PARTY_ROLES,
    "view_events": FUND_ROLES | PARTY_ROLES,
    "list": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    "export": FUND_ROLES | PARTY_ROLES,
}


def roles_in(actor: Actor, application: Application, *, on: datetime.date) -> frozenset[Role]:
    """The roles this actor has in this very case on the day; empty for an outsider.

    Fund roles hold in every case that was submitted; a draft is its applicant's own. An applicant's roles hold in cases
    where the organisation acted for is the lead or takes part, a municipality's in its own once submitted. Seats on the
    board and in its secretariat hold from-to, for the person.
    """
    if actor.is_system:
        return actor.roles
    organisation = actor.organisation
    roles: frozenset[Role] = frozenset()
    if organisation is not None:
        if organisation.pk in application.party_ids:
            roles = actor.roles & {Role.APPLICANT, Role.HOUSING_SIGNATORY}
        elif application.submitted_at is None:
            roles = frozenset()
        elif organisation.kind == OrganisationKind.FUND:
            roles = actor.roles & FUND_ROLES
        elif organisation.pk == application.municipality.organisation_id:
            roles = actor.roles & {Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY}
    return roles | application.seat_roles(actor, on=on)


def may(actor: Actor, act: str, application: Application, *, on: datetime.date) -> bool:
    """True when the actor holds a role in this case on the day that the act asks for.

    Errors: KeyError for an unknown act.
    """
    return bool(ACTS[act] & roles_in(actor, application, on=on))


def may_decide(actor: Actor) -> bool:
    """True when the actor may give commitments: the fund's director. Four eyes are each case's own matter."""
    return actor.is_fund and Role.DIRECTOR in actor.roles


def may_create(actor: Actor) -> bool:
    """True when the actor can start an application: an applicant of a housing or administration organisation."""
    return (
        actor.organisation is not None
        and actor.organisation.kind in {OrganisationKind.HOUSING, OrganisationKind.ADMINISTRATION}
        and bool(ACTS["create"] & actor.roles)
    )


def may_plan(actor: Actor) -> bool:
    """True when the actor can see and use the planner: people of the fund. What is tried out there binds nobody."""
    return actor.is_fund and bool(FUND_ROLES & actor.roles)


def may_see_transfers(actor: Actor) -> bool:
    """True for people of the fund: what the move from earlier rules would do, and what it did."""
    return actor.is_fund and bool(actor.roles & FUND_ROLES)


def may_transfer(actor: Actor) -> bool:
    """True when the actor may move cases to the next rule set and take it back: management and finance, or the portal itself.

    One pair of eyes is enough: the regulation itself says who moves (R49), no money is given, and it can be taken back.
    """
    return actor.has(Role.SYSTEM) or (actor.is_fund and actor.has(Role.DIRECTOR, Role.FINANCE_OFFICER))
