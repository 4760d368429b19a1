"""Whom a person can act for, and who they are when they do."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from accounts.actors import Actor
from accounts.models.mandates import Mandate
from accounts.models.people import Membership, Organisation, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role


@dataclass(frozen=True)
class ActingChoice:
    """One line of the actor switcher: an organisation of one's own, or one that gave one's own a mandate."""

    organisation: Organisation
    mandate: Mandate | None = None

    @property
    def key(self) -> str:
        """What the form sends and the session keeps."""
        return f"m{self.mandate.pk}" if self.mandate else str(self.organisation.pk)

    def __str__(self) -> str:
        return str(self.organisation)


def organisations_of(user: User, *, on: datetime.date) -> list[Organisation]:
    """Organisations the user is a member of on the day, in Danish order."""
    ids = Membership.objects.current(on).filter(user=user).values("organisation_id")
    return list(Organisation.objects.filter(pk__in=ids).acted_for())


def choices_of(user: User, *, on: datetime.date) -> list[ActingChoice]:
    """One's own organisations, then those that gave one of them a mandate. Mandates are asked for where there are any."""
    own = organisations_of(user, on=on)
    choices = [ActingChoice(organisation) for organisation in own]
    if any(getattr(organisation, "has_held_mandates", True) for organisation in own):
        choices += [ActingChoice(mandate.principal, mandate) for mandate in Mandate.objects.usable_by(user, on=on)]
    return choices


def actor_for(user: User, organisation: Organisation | None, *, on: datetime.date, mandate: Mandate | None = None) -> Actor:
    """The actor that the user is in the organisation on the day, or for it by the mandate.

    A role that the organisation's kind does not hold has no effect: nobody becomes a case officer by a row in a
    housing organisation. By mandate there is the one role that the mandate gives, as long as it holds and the person
    does such work in the organisation that has it.
    """
    if organisation is None:
        return Actor(user, None, frozenset())
    if mandate is not None:
        is_held = (
            mandate.principal_id == organisation.pk and Mandate.objects.usable_by(user, on=on).filter(pk=mandate.pk).exists()
        )
        return Actor(user, organisation, frozenset({mandate.role} if is_held else ()), mandate)
    held = Membership.objects.current(on).filter(user=user, organisation=organisation).values_list("role", flat=True)
    possible = ROLES_OF_KIND[OrganisationKind(organisation.kind)]
    return Actor(user, organisation, frozenset(Role(role) for role in held) & possible)
