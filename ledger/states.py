"""Where a proposal of a posting stands and how it moves. Four eyes: whoever approves is not whoever proposed.

The database refuses every other change (migration 0002).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from lbf_portal.lib.moves import Move
from lbf_portal.lib.words import gettext_noop


class State(models.TextChoices):
    """Where a proposal stands."""

    WAITING = "WAITING", _("Venter på godkendelse")
    APPROVED = "APPROVED", _("Godkendt og bogført")
    REJECTED = "REJECTED", _("Afvist")
    WITHDRAWN = "WITHDRAWN", _("Trukket tilbage")


S = State
DECIDED = frozenset({S.APPROVED, S.REJECTED})
DECIDERS = frozenset({Role.FINANCE_OFFICER, Role.DIRECTOR})
PROPOSERS = frozenset({Role.FINANCE_OFFICER, Role.CASE_OFFICER, Role.DIRECTOR})

APPROVE = Move("approve", "proposal:approved", gettext_noop("Godkend og bogfør"), frozenset({S.WAITING}), S.APPROVED, DECIDERS)
REJECT = Move(
    "reject", "proposal:rejected", gettext_noop("Afvis"), frozenset({S.WAITING}), S.REJECTED, DECIDERS, needs_reason=True
)
WITHDRAW = Move("withdraw", "proposal:withdrawn", gettext_noop("Træk tilbage"), frozenset({S.WAITING}), S.WITHDRAWN, PROPOSERS)

MOVES = (APPROVE, REJECT, WITHDRAW)


def pairs() -> set[tuple[str, str]]:
    """Every (from, to) that some move makes, as the database must let it through."""
    return set().union(*(move.pairs for move in MOVES))
