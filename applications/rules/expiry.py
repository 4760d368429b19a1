"""When a prequalification without a plan expires, after which warnings, and whether an extension can be given.

Basis: Almenboligloven § 91 a with the rule set's regulation. Rule numbers and certainty (domain.md, 4.4 and 10):
- R72: from prequalification to a plan takes typically 8-14 months [SOURCE, old]; that a prequalification ends at all without
  a plan was found in no source, only that a case may lapse for lack of progress (section 10) [INFERRED]
- months, warnings and extension are therefore a setting of the rule set, `Setting.PREQUALIFICATION_MONTHS`; 0 is off, and
  off is what every rule set says until the fund has decided otherwise [INFERRED]
- each warning leaves the days that it names, however late it is given: a clock that stood still, or a setting that was put
  on later, shortens nobody's notice [INFERRED]
- it ends on a working day (forældelsesloven § 27, stk. 2, by analogy) [INFERRED]
"""

import dataclasses
from calendar import monthrange
from datetime import date, timedelta

from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop
from lbf_portal.lib.working_days import next_working_day

BASIS = "Almenboligloven § 91 a; R72"
# Days before the end on which the parties are warned.
WARNINGS = (90, 30, 7)
MONTHS_OF_YEAR = 12


@dataclasses.dataclass(frozen=True)
class Notice:
    """A warning that was given: how many days it left, and when."""

    days: int
    given_on: date


@dataclasses.dataclass(frozen=True)
class Facts:
    """What decides when a prequalification ends. `counted_from`: the day it was given, or came under its present rules.

    `warnings` are those given since the last extension. `wanted` is the new end that an extension would give.
    """

    on: date
    months: int
    counted_from: date
    extended_to: date | None = None
    warnings: tuple[Notice, ...] = ()
    wanted: date | None = None


def ends_on(facts: Facts) -> date | None:
    """Return the last day of the prequalification; None where it does not expire.

    Before the first warning it is never nearer than that warning's notice.
    """
    if not facts.months:
        return None
    promised = [warning.given_on + timedelta(days=warning.days) for warning in facts.warnings]
    return next_working_day(max([_planned(facts), *(promised or [facts.on + timedelta(days=WARNINGS[0])])]))


def warning_due(facts: Facts) -> int | None:
    """Return the warning to give on the day, by its days: the latest one reached, 90 before all others; None for one given."""
    end = ends_on(facts)
    if end is None:
        return None
    if not facts.warnings:
        return WARNINGS[0] if _planned(facts) <= facts.on + timedelta(days=WARNINGS[0]) else None
    reached = min((days for days in WARNINGS if (end - facts.on).days <= days), default=None)
    is_given = reached is None or any(warning.days <= reached for warning in facts.warnings)
    return None if is_given else reached


def has_ended(facts: Facts) -> bool:
    """True when the last day is over and the last warning was given in time."""
    end = ends_on(facts)
    return end is not None and facts.on > end and any(warning.days == WARNINGS[-1] for warning in facts.warnings)


def check(facts: Facts) -> list[Violation]:
    """Return why the prequalification cannot be extended to `wanted`; empty when it can."""
    end = ends_on(facts)
    if end is None:
        text = gettext_noop("Prækvalifikationen udløber ikke, så den kan ikke forlænges.")
        return [Violation("expiry_does_not_apply", text, BASIS, is_confirmed=False)]
    if facts.wanted is None or facts.wanted <= max(end, facts.on):
        text = gettext_noop("Vælg en dag, der ligger efter den nuværende udløbsdag.")
        return [Violation("extension_is_no_later", text, BASIS, field="until", is_confirmed=False)]
    return []


def _planned(facts: Facts) -> date:
    """The end without regard to warnings."""
    return facts.extended_to or _months_after(facts.counted_from, facts.months)


def _months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last."""
    years, month = divmod(day.month - 1 + months, MONTHS_OF_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
