"""Where a running effort stands and how it moves: the table a case officer would draw (domain.md, section 10).

Data only. `applications` owns a case up to the commitment; from there it is this machine's. The database refuses every other
change of state (migration 0002).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from lbf_portal.lib.moves import Move
from lbf_portal.lib.words import gettext_noop


class State(models.TextChoices):
    """Where an effort stands."""

    PENDING = "PENDING", _("Afventer start")
    ACTIVE = "ACTIVE", _("I gang")
    CHANGE_PENDING = "CHANGE_PENDING", _("Ændring til godkendelse")
    EXTENDED = "EXTENDED", _("Forlænget")
    CLOSING = "CLOSING", _("Under afslutning")
    CLOSED = "CLOSED", _("Afsluttet")
    REVOKED = "REVOKED", _("Tilsagn tilbagekaldt")


S = State
# Where the effort works and is measured.
RUNNING = frozenset({S.ACTIVE, S.CHANGE_PENDING, S.EXTENDED})
# Whose last day the clock watches. A change that waits for its answer is answered first.
ENDS_BY_CALENDAR = frozenset({S.ACTIVE, S.EXTENDED})


def _move(
    name: str, event: str, label: str, start: set[State], target: State, *, by: set[Role], needs_reason: bool = True
) -> Move:
    return Move(name, f"effort:{event}", label, frozenset(start), target, frozenset(by), needs_reason)


START = _move(
    "start",
    "started",
    gettext_noop("Sæt indsatsen i gang"),
    {S.PENDING},
    S.ACTIVE,
    by={Role.CASE_OFFICER, Role.SYSTEM},
    needs_reason=False,
)
REQUEST_CHANGE = _move(
    "request_change",
    "change_requested",
    gettext_noop("Søg om en ændring"),
    {S.ACTIVE},
    S.CHANGE_PENDING,
    by={Role.APPLICANT, Role.SECRETARIAT},
)
APPROVE_CHANGE = _move(
    "approve_change", "change_approved", gettext_noop("Godkend ændringen"), {S.CHANGE_PENDING}, S.ACTIVE, by={Role.CASE_OFFICER}
)
REJECT_CHANGE = _move(
    "reject_change", "change_rejected", gettext_noop("Afvis ændringen"), {S.CHANGE_PENDING}, S.ACTIVE, by={Role.CASE_OFFICER}
)
EXTEND = _move("extend", "extended", gettext_noop("Forlæng indsatsen"), {S.ACTIVE}, S.EXTENDED, by={Role.CASE_OFFICER})
BEGIN_CLOSING = _move(
    "begin_closing",
    "closing_begun",
    gettext_noop("Begynd afslutningen"),
    {S.ACTIVE, S.EXTENDED},
    S.CLOSING,
    by={Role.SYSTEM},
    needs_reason=False,
)
CLOSE = _move("close", "closed", gettext_noop("Afslut indsatsen"), {S.CLOSING, S.REVOKED}, S.CLOSED, by={Role.CASE_OFFICER})
REVOKE = _move("revoke", "revoked", gettext_noop("Kald tilsagnet tilbage"), {S.PENDING, S.ACTIVE}, S.REVOKED, by={Role.DIRECTOR})

MOVES: tuple[Move, ...] = (START, REQUEST_CHANGE, APPROVE_CHANGE, REJECT_CHANGE, EXTEND, BEGIN_CLOSING, CLOSE, REVOKE)

# An effort begins by the commitment itself; nobody presses a button for it.
OPENED = "effort:opened"


def pairs() -> set[tuple[str, str]]:
    """Every (from, to) that some move makes."""
    return set[tuple[str, str]]().union(*(move.pairs for move in MOVES))
