"""Who acts: a person, the organisation acted for, and the roles held there (domain.md 11.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.roles import OrganisationKind, Role

if TYPE_CHECKING:
    from accounts.models import Organisation, User


@dataclass(frozen=True)
class Actor:
    """A person acting for an organisation, or for none (a board member from outside the portal's organisations)."""

    user: User | None
    organisation: Organisation | None
    roles: frozenset[Role]

    @property
    def is_system(self) -> bool:
        """True for the portal itself."""
        return self.user is None

    @property
    def is_fund(self) -> bool:
        """True for people acting for the fund."""
        return self.organisation is not None and self.organisation.kind == OrganisationKind.FUND

    def has(self, *roles: Role) -> bool:
        """True when the actor holds one of the roles in the organisation acted for."""
        return bool(self.roles & set(roles))

    def __str__(self) -> str:
        return str(self.user) if self.user else str(Role.SYSTEM.label)


SYSTEM = Actor(user=None, organisation=None, roles=frozenset({Role.SYSTEM}))
