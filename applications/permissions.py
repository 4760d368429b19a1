"""Who may do what with a case: one table, asked by views, transitions and templates.

Moves carry their own roles (states.py). An act that is not in the table raises, so that a misspelt one cannot pass.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from accounts.actors import Actor
from accounts.roles import BOARD_ROLES, FUND_ROLES, HOUSING_ROLES, MUNICIPAL_ROLES, PARTY_ROLES, OrganisationKind, Role

if TYPE_CHECKING:
    from applications.models import Application

# act -> roles in the case. Where a state matters too, the transition checks it.
ACTS: dict[str, frozenset[Role]] = {
    "view": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    "create": frozenset({Role.APPLICANT}),
    # An adviser writes and does not submit (domain.md, section 8).
    "edit": frozenset({Role.APPLICANT, Role.ADVISER}),
    "edit_plan": frozenset({Role.APPLICANT, Role.ADVISER}),
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
    "attach": frozenset({Role.APPLICANT, Role.ADVISER, Role.MUNICIPAL_OFFICER}),
    "view_documents": FUND_ROLES | PARTY_ROLES,
    "view_events": FUND_ROLES | PARTY_ROLES,
    "list": FUND_ROLES | PARTY_ROLES | BOARD_ROLES,
    "export": FUND_ROLES | PARTY_ROLES,
    # Who has access, and who let them in. Whoever lets others in does so for an organisation (`may_let_in`).
    "view_people": FUND_ROLES | PARTY_ROLES,
    "let_in": frozenset({Role.APPLICANT, Role.MUNICIPAL_OFFICER}),
    "change_contact": frozenset({Role.APPLICANT}),
    # The municipality's recommendation (R66).
    "view_recommendation": FUND_ROLES | PARTY_ROLES,
    "ask_for_recommendation": frozenset({Role.APPLICANT}),
    "answer_recommendation": frozenset({Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY}),
    # Notes of those who prepare the case, to each other: never the fund's (docs/decisions/0018).
    "view_comments": PARTY_ROLES,
    "comment": PARTY_ROLES - {Role.READER},
}


def roles_in(actor: Actor, application: Application, *, on: datetime.date) -> frozenset[Role]:
    """The roles this actor has in this very case on the day; empty for an outsider.

    Fund roles hold in every case that was submitted; a draft is its applicant's own. An applicant's roles hold in cases
    where the organisation acted for is the lead or takes part, a municipality's in its own once submitted or asked to
    recommend it (R66); an organisation stands in the place of those that were merged into it. Whoever acts by a mandate
    that names cases has a role in these only. Seats on the board and in its secretariat, and the access of those let into
    the case by an invitation, hold from-to, for the person, whatever the organisation acted for.
    """
    if actor.is_system:
        return actor.roles
    held = roles_through_organisation(actor, application)
    if actor.is_fund:
        return held | application.seat_roles(actor, on=on)
    return held | application.seat_roles(actor, on=on) | application.guest_roles(actor, on=on)


def roles_through_organisation(actor: Actor, application: Application) -> frozenset[Role]:
    """The part of `roles_in` that comes with the organisation acted for, by membership or by mandate."""
    organisation = actor.organisation
    if organisation is None or _is_beyond_mandate(actor, application):
        return frozenset()
    if actor.organisation_ids & application.party_ids:
        return actor.roles & HOUSING_ROLES
    if organisation.kind == OrganisationKind.FUND:
        return actor.roles & FUND_ROLES if application.submitted_at is not None else frozenset()
    if organisation.pk == application.municipality.organisation_id and application.is_known_to_municipality:
        return actor.roles & MUNICIPAL_ROLES
    return frozenset()


def _is_beyond_mandate(actor: Actor, application: Application) -> bool:
    mandate = actor.mandate
    return mandate is not None and mandate.is_limited and application.pk not in mandate.case_ids


def may(actor: Actor, act: str, application: Application, *, on: datetime.date) -> bool:
    """True when the actor holds a role in this case on the day that the act asks for.

    Errors: KeyError for an unknown act.
    """
    return bool(ACTS[act] & roles_in(actor, application, on=on))


def may_let_in(actor: Actor, application: Application) -> bool:
    """True when the actor can let others into the case: people of a party, never somebody who was let in themselves."""
    return actor.mandate is None and bool(ACTS["let_in"] & roles_through_organisation(actor, application))


def may_name_parties(actor: Actor, application: Application) -> bool:
    """True when the actor can say who else has rights here: which organisations take part, and whose seat opens the case.

    Only the housing organisations' own applicants. Whoever acts by a mandate, or was let in, could else name themselves, and
    stay when the mandate or the access is over.
    """
    own = actor.roles if actor.is_system else roles_through_organisation(actor, application)
    return actor.mandate is None and bool({Role.APPLICANT, Role.SYSTEM} & own)


def may_decide(actor: Actor) -> bool:
    """True when the actor may give commitments: the fund's director. Four eyes are each case's own matter."""
    return actor.is_fund and Role.DIRECTOR in actor.roles


def may_create(actor: Actor) -> bool:
    """True when the actor can start an application: an applicant of a housing or administration organisation.

    A mandate that lets its holder write in all cases lets them begin one, too; one that names cases does not.
    """
    if actor.organisation is None or actor.organisation.kind not in {OrganisationKind.HOUSING, OrganisationKind.ADMINISTRATION}:
        return False
    if actor.mandate is not None:
        return not actor.mandate.is_limited and bool(ACTS["edit"] & actor.roles)
    return bool(ACTS["create"] & actor.roles)


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
