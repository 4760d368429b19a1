"""Who acts: a person, the organisation acted for, and the roles held there (domain.md 11.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.roles import OrganisationKind, Role

if TYPE_CHECKING:
    from accounts.models import Mandate, Organisation, User


@dataclass(frozen=True)
class Actor:
    """A person acting for an organisation, or for none (a board member from outside the portal's organisations).

    By a `mandate` the person is of another organisation, which the mandate names as its holder; `organisation` is the one
    acted for either way.
    """

    user: User | None
    organisation: Organisation | None
    roles: frozenset[Role]
    mandate: Mandate | None = None

    @property
    def is_system(self) -> bool:
        """True for the portal itself."""
        return self.user is None

    @property
    def is_fund(self) -> bool:
        """True for people acting for the fund."""
        return self.organisation is not None and self.organisation.kind == OrganisationKind.FUND

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The organisation acted for, and those that were merged into it."""
        if self.organisation is None:
            return frozenset()
        return frozenset({self.organisation.pk, *self.organisation.predecessor_ids})

    @property
    def mandated(self) -> dict[str, Any]:
        """What an event keeps of the mandate: which one, and whose people acted by it."""
        return {"mandate": self.mandate.pk, "holder": self.mandate.holder_id} if self.mandate else {}

    @property
    def key(self) -> str:
        """Who this is, for a page that saves by itself: the person, the organisation acted for, and the mandate."""
        parts = (self.user, self.organisation, self.mandate)
        return "-".join("" if part is None else str(part.pk) for part in parts)

    def has(self, *roles: Role) -> bool:
        """True when the actor holds one of the roles in the organisation acted for."""
        return bool(self.roles & set(roles))

    def __str__(self) -> str:
        return str(self.user) if self.user else str(Role.SYSTEM.label)


SYSTEM = Actor(user=None, organisation=None, roles=frozenset({Role.SYSTEM}))
