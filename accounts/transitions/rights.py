"""People and the roles they hold in organisations."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Membership, Organisation, User
from accounts.permissions import may_administer
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from accounts.transitions.events import record, require_fund
from accounts.transitions.outbox import queue_mail
from accounts.transitions.passwords import password_link
from lbf_portal.lib.refusals import NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


def register_user(email: str, name: str, *, by: Actor, is_invited: bool = True) -> User:
    """A new person, who chooses a password through the link in the mail that follows, when one is invited.

    Errors: NotAllowed unless the fund or the portal itself does it; RuleBroken when the address is known already.
    """
    require_fund(by)
    with transaction.atomic():
        user = User(email=email.strip().lower(), name=name)
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise RuleBroken(
                [Violation("email_taken", gettext_noop("Der findes allerede en bruger med denne e-mail."), "", field="email")]
            ) from error
        record("account:registered", by=by, subject=user)
        if is_invited:
            queue_mail("account_registered", key="registered", to=user, context=password_link(user))
    return user


def grant_membership(user: User, organisation: Organisation, role: Role, *, valid_from: datetime.date, by: Actor) -> Membership:
    """Give the person a role in the organisation from a day on (domain.md, section 8).

    The organisation's own administrator and the fund give rights. Roles in the fund itself are given by its management
    only, and nobody gives any to themselves: otherwise a case officer could become the second pair of the four eyes
    (section 8, [INFERRED]).

    Errors: NotAllowed; RuleBroken when the organisation's kind has no such role, or the person holds it already.
    """
    require_giver(organisation, user, by=by)
    if role not in ROLES_OF_KIND[OrganisationKind(organisation.kind)]:
        raise RuleBroken(
            [Violation("role_not_held_here", gettext_noop("Rollen findes ikke i denne art organisation."), "", field="role")]
        )
    with transaction.atomic():
        # The row lock makes two simultaneous grants one after the other; the unique constraint stands behind.
        User.objects.select_for_update().get(pk=user.pk)
        held = Membership.objects.current_or_later(valid_from)
        if held.filter(user=user, organisation=organisation, role=role).exists():
            raise RuleBroken([Violation("role_held", gettext_noop("Personen har allerede denne rolle."), "", field="role")])
        membership = Membership.objects.create(user=user, organisation=organisation, role=role, valid_from=valid_from)
        record("account:membership_granted", by=by, subject=user, data=facts_of(membership))
    return membership


def end_membership(membership: Membership, *, valid_to: datetime.date, by: Actor) -> None:
    """End a role; `valid_to` is its last day.

    Errors: NotAllowed; RuleBroken when it has an end already, or would end before it begins.
    """
    require_giver(membership.organisation, membership.user, by=by)
    with transaction.atomic():
        membership.refresh_from_db(from_queryset=Membership.objects.select_for_update(of=("self",)))
        if membership.valid_to is not None:
            raise RuleBroken([Violation("membership_ended", gettext_noop("Rollen er allerede afsluttet."), "")])
        if valid_to < membership.valid_from:
            raise RuleBroken(
                [
                    Violation(
                        "ends_before_it_begins",
                        gettext_noop("Slutdatoen ligger før startdatoen. Vælg startdatoen eller en senere dag."),
                        "",
                        field="valid_to",
                    )
                ]
            )
        membership.valid_to = valid_to
        membership.save(update_fields=["valid_to"])
        record("account:membership_ended", by=by, subject=membership.user, data=facts_of(membership))


def require_giver(organisation: Organisation, user: User | None, *, by: Actor) -> None:
    """Stop whoever may not give and take roles in the organisation, or would give themselves some.

    Errors: NotAllowed.
    """
    if by.is_fund and by.roles and organisation.kind == OrganisationKind.FUND and not by.has(Role.DIRECTOR):
        raise NotAllowed([Violation("fund_role", gettext_noop("Kun direktionen kan ændre rettigheder i Landsbyggefonden."), "")])
    if not (by.is_system or may_administer(by, organisation)):
        text = gettext_noop("Kun organisationens brugeradministrator eller Landsbyggefonden kan ændre rettigheder her.")
        raise NotAllowed([Violation("not_allowed", text, "")])
    if by.user is not None and by.user == user:
        raise NotAllowed([Violation("own_rights", gettext_noop("Du kan ikke ændre dine egne rettigheder."), "")])


def facts_of(membership: Membership) -> dict[str, Any]:
    return {
        "organisation": membership.organisation_id,
        "role": membership.role,
        "valid_from": membership.valid_from.isoformat(),
        "valid_to": membership.valid_to.isoformat() if membership.valid_to else None,
    }
