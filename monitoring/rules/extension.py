"""Extension of an effort: once, by at most twelve months in all.

Basis: Almenboligloven § 91 a, stk. 1, with the regulation of 11 December 2019 (in force 1 January 2020). Rule numbers and
certainty (domain.md, section 13): Q7 [INFERRED]: an effort may be extended by the fund's decision, by at most 12 months in all,
without new money, once. That it happens once is the machine's (states.py: no way leads from EXTENDED to EXTENDED).
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

LONGEST_EXTENSION_MONTHS = 12  # Q7, the same in every rule set
BASIS = "Almenboligloven § 91 a, stk. 1; Q7"


@dataclasses.dataclass(frozen=True)
class Facts:
    """The last day as agreed, and the last day asked for. Both days count."""

    agreed_end: date
    new_end: date


def latest_end(agreed_end: date) -> date:
    """Return the last day an extended effort may have.

    The day after the agreed end is the first of the extension; it ends the day before that day returns.
    """
    first = agreed_end + timedelta(days=1)
    years, month = divmod(first.month - 1 + LONGEST_EXTENSION_MONTHS, 12)
    year = first.year + years
    try:
        back = date(year, month + 1, first.day)
    except ValueError:  # 29 February returns on 1 March
        back = date(year, month + 2, 1)
    return back - timedelta(days=1)


def check(facts: Facts) -> list[Violation]:
    """Return what is wrong with the new end."""
    if facts.new_end <= facts.agreed_end:
        text = gettext_noop("Indsatsen slutter allerede %(agreed)s. Vælg en senere dag.")
        return [
            Violation(
                "extension_not_later",
                text,
                BASIS,
                field="ends_on",
                params={"agreed": facts.agreed_end},
                is_confirmed=False,
            )
        ]
    latest = latest_end(facts.agreed_end)
    if facts.new_end > latest:
        text = gettext_noop("Indsatsen kan højst forlænges med %(months)s måneder i alt, til og med %(latest)s.")
        return [
            Violation(
                "extension_too_long",
                text,
                BASIS,
                field="ends_on",
                params={"months": str(LONGEST_EXTENSION_MONTHS), "latest": latest},
                is_confirmed=False,
            )
        ]
    return []
