"""Where a goal stands: reached, on the way, where it began, or further away.

Basis: Almenboligloven § 91 a, stk. 1 (evaluation of the effort), with the regulation of 11 December 2019 (in force 1 January
2020). Rule numbers and certainty (domain.md, sections 4.7, 5.3 and 7): R109 (evaluation) [SOURCE]; that a goal is judged by its
latest value against baseline and target is 5.3 [INFERRED]; C23, a suppressed value is no value and never 0 [INFERRED].
The words are a reading of numbers, not the yearly goal sheet (R102), which people fill in.
"""

from __future__ import annotations

import dataclasses
import enum
from decimal import Decimal

from lbf_portal.lib.words import gettext_noop


class Progress(enum.StrEnum):
    """How the latest value lies between baseline and target."""

    REACHED = "REACHED"
    ON_THE_WAY = "ON_THE_WAY"
    UNCHANGED = "UNCHANGED"
    AWAY = "AWAY"
    NOT_MEASURED = "NOT_MEASURED"


PROGRESS_NAMES: dict[Progress, str] = {
    Progress.REACHED: gettext_noop("Nået"),
    Progress.ON_THE_WAY: gettext_noop("På vej"),
    Progress.UNCHANGED: gettext_noop("Uændret"),
    Progress.AWAY: gettext_noop("Væk fra målet"),
    Progress.NOT_MEASURED: gettext_noop("Ikke målt endnu"),
}


@dataclasses.dataclass(frozen=True)
class Facts:
    """`higher_is_better` is the indicator's direction; it decides only where the target equals the baseline."""

    higher_is_better: bool
    baseline: Decimal | None
    target: Decimal | None
    latest: Decimal | None


def judge(facts: Facts) -> Progress:
    """Say where the goal stands. The target's own side of the baseline is the way to go."""
    if facts.latest is None or facts.target is None or facts.baseline is None:
        return Progress.NOT_MEASURED
    upwards = facts.target > facts.baseline if facts.target != facts.baseline else facts.higher_is_better
    # Seen so that more is always better.
    latest, target, baseline = (value if upwards else -value for value in (facts.latest, facts.target, facts.baseline))
    if latest >= target:
        return Progress.REACHED
    if latest > baseline:
        return Progress.ON_THE_WAY
    return Progress.UNCHANGED if latest == baseline else Progress.AWAY


def share_of_way(facts: Facts) -> Decimal | None:
    """Return how much of the way from baseline to target is walked, 0 to 1 for what lies between; None without a way."""
    if facts.latest is None or facts.target is None or facts.baseline is None or facts.target == facts.baseline:
        return None
    return (facts.latest - facts.baseline) / (facts.target - facts.baseline)
