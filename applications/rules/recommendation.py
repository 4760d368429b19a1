"""The recommendation of a commitment: amounts that can be granted at all.

Basis: Almenboligloven § 91 a, stk. 1-3, as worded since act no. 1561 of 18 December 2018. Rule numbers and certainty
(domain.md, 2.1 and 6): R2, R8 [SOURCE]; R115: rent support goes to departments of the plan [SOURCE]. That no more rent support
is granted than the parties agreed on is [INFERRED] from R11 and R115. The same in every rule set.
"""

import dataclasses
from decimal import Decimal

from lbf_portal.lib.danish import kroner
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop


@dataclasses.dataclass(frozen=True)
class Facts:
    """Amounts in DKK. `rent_agreed` is all rent support in the signed agreement, over the whole period."""

    social: Decimal
    rent: Decimal
    rent_agreed: Decimal


def check(facts: Facts) -> list[Violation]:
    """Return what is wrong with the amounts; the frame's room is the commitment's matter."""
    return [*_social(facts), *_rent(facts)]


def _social(facts: Facts) -> list[Violation]:
    if facts.social > 0:
        return []
    return [
        Violation(
            "social_amount_missing",
            gettext_noop("Skriv et beløb til den boligsociale indsats, der er større end 0 kr."),
            "Almenboligloven § 91 a, stk. 1; R2",
            field="social_amount",
        )
    ]


def _rent(facts: Facts) -> list[Violation]:
    if 0 <= facts.rent <= facts.rent_agreed:
        return []
    return [
        Violation(
            "rent_amount_too_high",
            gettext_noop("Huslejestøtten er %(rent)s Den kan ikke være større end det aftalte: %(agreed)s"),
            "Almenboligloven § 91 a, stk. 2; R8, R115",
            field="rent_amount",
            params={"rent": kroner(facts.rent), "agreed": kroner(facts.rent_agreed)},
            is_confirmed=False,
        )
    ]
