"""Where the control of an attached file stands, and the moves between: scanned and judged by a worker, confirmed by a person.

Data only, like states.py; the database refuses every other change (see the migration that makes the table). A file is in
quarantine until it is accepted: nobody can fetch it, and no case goes on with it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from lbf_portal.lib.moves import Move
from lbf_portal.lib.words import gettext_noop


class FileState(models.TextChoices):
    """Where a file stands."""

    CHECKING = "CHECKING", _("Kontrolleres")
    TO_CONFIRM = "TO_CONFIRM", _("Skal bekræftes")
    ACCEPTED = "ACCEPTED", _("Godkendt")
    REFUSED = "REFUSED", _("Afvist")


# The kind of badge each gets (components/badge.html).
BADGES = {
    FileState.CHECKING: "info",
    FileState.TO_CONFIRM: "warning",
    FileState.ACCEPTED: "success",
    FileState.REFUSED: "error",
}
# Whose file holds something that must be confirmed may look at it; nobody fetches what is in quarantine or refused.
CAN_BE_FETCHED = frozenset({FileState.ACCEPTED, FileState.TO_CONFIRM})

_SYSTEM = frozenset({Role.SYSTEM})
_CHECKING = frozenset({FileState.CHECKING})

ACCEPT = Move("accept", "application:attachment_accepted", gettext_noop("Godkend"), _CHECKING, FileState.ACCEPTED, _SYSTEM)
ASK = Move(
    "ask", "application:attachment_to_confirm", gettext_noop("Bed om bekræftelse"), _CHECKING, FileState.TO_CONFIRM, _SYSTEM
)
REFUSE = Move("refuse", "application:attachment_refused", gettext_noop("Afvis"), _CHECKING, FileState.REFUSED, _SYSTEM)
CONFIRM = Move(
    "confirm",
    "application:attachment_confirmed",
    gettext_noop("Bekræft"),
    frozenset({FileState.TO_CONFIRM}),
    FileState.ACCEPTED,
    frozenset({Role.APPLICANT, Role.ADVISER, Role.MUNICIPAL_OFFICER}),
)
MOVES = (ACCEPT, ASK, REFUSE, CONFIRM)


def pairs() -> set[tuple[str, str]]:
    """Every (from, to) that some move makes."""
    return set[tuple[str, str]]().union(*(move.pairs for move in MOVES))
