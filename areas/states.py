"""Where an import stands and how it moves: the table that areas/transitions/imports.py, the pages and the database share.

Data only. The database refuses every other change of state (migration 0002).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import FUND_ROLES, Role
from lbf_portal.lib.moves import Move
from lbf_portal.lib.words import gettext_noop


class State(models.TextChoices):
    """Where an import stands."""

    WAITING = "WAITING", _("Læses")
    UNREADABLE = "UNREADABLE", _("Kan ikke læses")
    PREVIEWED = "PREVIEWED", _("Klar til godkendelse")
    CONFIRMED = "CONFIRMED", _("Indlæses")
    IMPORTED = "IMPORTED", _("Indlæst")
    TAKEN_BACK = "TAKEN_BACK", _("Taget tilbage")
    DISCARDED = "DISCARDED", _("Kasseret")


S = State
# A worker has it, or will have it.
IN_WORK = frozenset({S.WAITING, S.CONFIRMED})
# Its rows are in the registers.
IN_FORCE = frozenset({S.IMPORTED})

UPLOADED = "import:uploaded"
WHO = frozenset(FUND_ROLES | {Role.SYSTEM})


def _move(name: str, event: str, label: str, sources: set[State], target: State, *, needs_reason: bool = False) -> Move:
    return Move(name, f"import:{event}", label, frozenset(sources), target, WHO, needs_reason)


PREVIEW = _move("preview", "previewed", gettext_noop("Gennemgå filen"), {S.WAITING}, S.PREVIEWED)
GIVE_UP = _move("give_up", "unreadable", gettext_noop("Opgiv filen"), {S.WAITING}, S.UNREADABLE)
CONFIRM = _move("confirm", "confirmed", gettext_noop("Indlæs"), {S.PREVIEWED}, S.CONFIRMED)
IMPORT = _move("import", "imported", gettext_noop("Skriv i registrene"), {S.CONFIRMED}, S.IMPORTED)
# The registers changed between preview and import: somebody has to look again.
PREVIEW_AGAIN = _move("preview_again", "previewed_again", gettext_noop("Gennemgå filen igen"), {S.CONFIRMED}, S.PREVIEWED)
DISCARD = _move("discard", "discarded", gettext_noop("Kassér"), {S.WAITING, S.PREVIEWED}, S.DISCARDED)
TAKE_BACK = _move(
    "take_back", "taken_back", gettext_noop("Tag indlæsningen tilbage"), {S.IMPORTED}, S.TAKEN_BACK, needs_reason=True
)

MOVES: tuple[Move, ...] = (PREVIEW, GIVE_UP, CONFIRM, IMPORT, PREVIEW_AGAIN, DISCARD, TAKE_BACK)


def pairs() -> set[tuple[str, str]]:
    """Every (from, to) that some move makes."""
    return set[tuple[str, str]]().union(*(move.pairs for move in MOVES))
