"""Where the municipality's recommendation stands (R66), and the moves between: asked for, given or declined, taken back.

Data only, like states.py; the database refuses every other change. What was answered never changes: a municipality that took
its recommendation back is asked anew, and both answers stay.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from lbf_portal.lib.moves import Move
from lbf_portal.lib.words import gettext_noop


class RecommendationState(models.TextChoices):
    """Where it stands."""

    ASKED = "ASKED", _("Afventer kommunen")
    GIVEN = "GIVEN", _("Anbefalet")
    DECLINED = "DECLINED", _("Ikke anbefalet")
    TAKEN_BACK = "TAKEN_BACK", _("Trukket tilbage")
    CALLED_OFF = "CALLED_OFF", _("Aflyst af ansøgeren")


R = RecommendationState
# The kind of badge each gets (components/badge.html).
BADGES = {R.ASKED: "info", R.GIVEN: "success", R.DECLINED: "error", R.TAKEN_BACK: "warning", R.CALLED_OFF: ""}
STANDING = frozenset({R.ASKED, R.GIVEN})
ANSWERED = frozenset({R.GIVEN, R.DECLINED, R.TAKEN_BACK})

_MUNICIPALITY = frozenset({Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY})
_ASKED = frozenset({R.ASKED})

GIVE = Move("give", "application:municipality_recommended", gettext_noop("Giv anbefalingen"), _ASKED, R.GIVEN, _MUNICIPALITY)
DECLINE = Move(
    "decline",
    "application:municipality_declined",
    gettext_noop("Anbefal ikke"),
    _ASKED,
    R.DECLINED,
    _MUNICIPALITY,
    needs_reason=True,
)
TAKE_BACK = Move(
    "take_back",
    "application:municipality_took_back",
    gettext_noop("Træk anbefalingen tilbage"),
    frozenset({R.GIVEN}),
    R.TAKEN_BACK,
    _MUNICIPALITY,
    needs_reason=True,
)
CALL_OFF = Move(
    "call_off",
    "application:recommendation_called_off",
    gettext_noop("Aflys"),
    _ASKED,
    R.CALLED_OFF,
    frozenset({Role.APPLICANT}),
)
MOVES = (GIVE, DECLINE, TAKE_BACK, CALL_OFF)


def pairs() -> set[tuple[str, str]]:
    """Every (from, to) that some move makes."""
    return set[tuple[str, str]]().union(*(move.pairs for move in MOVES))
