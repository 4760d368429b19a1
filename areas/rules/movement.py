"""How an area moved from one list to a later one: in, out, up or down.

Basis: Almenboligloven § 61 a, stk. 1, 2 and 4, and § 61 b; R26-R29 [SOURCE]: the statuses have an order, for every conversion
area is a parallel society and every parallel society an exposed area (domain.md, 3.1 [INFERRED]); § 61 b stands below them.

Nothing is guessed: an incomplete list leaves room for several statuses, and a direction is given only when it holds for each
of them (domain.md, 3.2).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from areas.rules.standing import CATEGORIES, IN_SECTION_61A, Answer, Status, YearAnswers
from lbf_portal.lib.words import gettext_noop


class Movement(enum.StrEnum):
    """What became of an area between two lists; the two in the middle are certain of the direction only."""

    IN = "in"
    UP = "up"
    IN_OR_UP = "in_or_up"
    DOWN_OR_OUT = "down_or_out"
    DOWN = "down"
    OUT = "out"
    SAME = "same"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """In Danish (a message id)."""
        return _NAMES[self]


_NAMES = {
    Movement.IN: gettext_noop("Ind"),
    Movement.UP: gettext_noop("Op"),
    Movement.IN_OR_UP: gettext_noop("Ind eller op"),
    Movement.DOWN_OR_OUT: gettext_noop("Ned eller ud"),
    Movement.DOWN: gettext_noop("Ned"),
    Movement.OUT: gettext_noop("Ud"),
    Movement.SAME: gettext_noop("Uændret"),
    Movement.UNKNOWN: gettext_noop("Ukendt"),
}


class Scope(enum.StrEnum):
    """Which lists are compared: the three statuses of § 61 a, or prevention areas as well."""

    SECTION_61A = "61a"
    ALL = "all"

    @property
    def statuses(self) -> Sequence[Status]:
        """The statuses compared, the most severe first."""
        return IN_SECTION_61A if self is Scope.SECTION_61A else tuple(CATEGORIES)


def movement(before: YearAnswers, after: YearAnswers, scope: Scope = Scope.SECTION_61A) -> Movement:
    """Say how the highest status moved from one list to the other."""
    low_before, high_before = possible_ranks(before, scope)
    low_after, high_after = possible_ranks(after, scope)
    if low_after > high_before:
        return _beyond(low_before, high_before, certain=Movement.UP, perhaps=Movement.IN_OR_UP, wholly=Movement.IN)
    if high_after < low_before:
        return _beyond(low_after, high_after, certain=Movement.DOWN, perhaps=Movement.DOWN_OR_OUT, wholly=Movement.OUT)
    if low_before == high_before == low_after == high_after:
        return Movement.SAME
    return Movement.UNKNOWN


def _beyond(low: int, high: int, *, certain: Movement, perhaps: Movement, wholly: Movement) -> Movement:
    """What to call a move, by whether its lower end was on the list: certainly, perhaps, or not at all."""
    if low > 0:
        return certain
    return perhaps if high > 0 else wholly


def possible_ranks(answers: YearAnswers, scope: Scope = Scope.SECTION_61A) -> tuple[int, int]:
    """The lowest and the highest rank that the list leaves room for; 0 is not on the list, the first status ranks highest."""
    ranks = dict(zip(scope.statuses, range(len(scope.statuses), 0, -1), strict=True))
    known = [rank for status, rank in ranks.items() if answers.statuses[status] is Answer.YES]
    possible = [rank for status, rank in ranks.items() if _is_possible(status, answers)]
    low = max(known, default=0)
    return low, max([low, *possible])


def _is_possible(status: Status, answers: YearAnswers) -> bool:
    """Neither the status nor one that it implies is ruled out.

    A status that the law did not know that year rules nothing out: a ghetto area of 2017 was no exposed area.
    """
    below = IN_SECTION_61A[IN_SECTION_61A.index(status) + 1 :] if status in IN_SECTION_61A else ()
    implied = (one for one in below if answers.year >= CATEGORIES[one].since)
    return all(answers.statuses[one] is not Answer.NO for one in (status, *implied))
