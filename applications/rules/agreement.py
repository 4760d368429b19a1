"""The strategic cooperation agreement: ready to be signed, and signed by all.

Basis: Almenboligloven § 91 a, stk. 3, as worded since act no. 1561 of 18 December 2018, with the regulation of 11 December
2019 (in force 1 January 2020). Rule numbers and certainty (domain.md, 4.5):
- R80: an agreement is required to get support [SOURCE]
- R81: it binds municipality and housing organisations [SOURCE, old]; R85: they sign it, with a date [SOURCE, old]
- C12: ready for the fund, as far as annexes are not concerned [INFERRED]
- an agreement made under the rules that the case followed before it was moved carries no decision (transfer.py) [INFERRED]
A signature holds for the text that was signed: `content_hash` names it, and whoever signed another text signs again (R82).
The same in every rule set, but for the rates of `plan` and `cofinancing`.
"""

import dataclasses
import enum
from collections.abc import Iterator
from datetime import date

from applications.rules import board, cofinancing, plan, transfer
from applications.rules.rule_sets import RuleSet, cite
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

ACT = "Almenboligloven § 91 a, stk. 3"


class Side(enum.StrEnum):
    """What a party is in the agreement."""

    HOUSING_ORGANISATION = "HOUSING_ORGANISATION"
    MUNICIPALITY = "MUNICIPALITY"


@dataclasses.dataclass(frozen=True)
class Party:
    """A party with its signature: the hash of the text it signed, and the day; empty and None while it has not."""

    key: str
    name: str
    side: Side
    signed_hash: str = ""
    signed_on: date | None = None


@dataclasses.dataclass(frozen=True)
class Facts:
    """`made_under` is the rule set that the standing version names; empty while there is none."""

    rule_set: RuleSet
    content_hash: str
    parties: tuple[Party, ...]
    plan: plan.Facts
    board: board.Facts
    budget: cofinancing.Facts
    made_under: str = ""


def check(facts: Facts) -> list[Violation]:
    """Return what stands between the agreement and the fund's decision (C12): its content, its parties, their signatures."""
    return [*transfer.check_agreement(facts.rule_set, facts.made_under), *check_content(facts), *_signatures(facts)]


def check_content(facts: Facts) -> list[Violation]:
    """Return what stands between the agreement and its first signature: C12 without the signatures."""
    return [*_parties(facts), *plan.check(facts.plan), *board.check(facts.board), *cofinancing.check(facts.budget)]


def has_signed(party: Party, content_hash: str) -> bool:
    """Whether the party has signed this very text, with a date."""
    return bool(content_hash) and party.signed_hash == content_hash and party.signed_on is not None


def still_to_sign(facts: Facts) -> list[Party]:
    """Return the parties whose signature is still lacking, in the agreement's order."""
    return [party for party in facts.parties if not has_signed(party, facts.content_hash)]


def _parties(facts: Facts) -> list[Violation]:
    basis = cite(facts.rule_set, act=ACT, numbers="R80, R81, C12")
    found = []
    if not any(party.side is Side.HOUSING_ORGANISATION for party in facts.parties):
        found.append(
            Violation(
                "agreement_without_housing_organisation",
                gettext_noop("Aftalen har ingen boligorganisation som part. Tilføj mindst én."),
                basis,
                field="parties",
                is_confirmed=False,
            )
        )
    municipalities = sum(party.side is Side.MUNICIPALITY for party in facts.parties)
    if municipalities != 1:
        found.append(
            Violation(
                "agreement_needs_one_municipality",
                gettext_noop("Aftalen har %(count)s kommuner som part. Den skal have præcis én."),
                basis,
                field="parties",
                params={"count": str(municipalities)},
                is_confirmed=False,
            )
        )
    return found


def _signatures(facts: Facts) -> Iterator[Violation]:
    basis = cite(facts.rule_set, act=ACT, numbers="R85, C12")
    for party in still_to_sign(facts):
        if party.signed_hash and party.signed_hash != facts.content_hash:
            code = "signed_another_text"
            text = gettext_noop("%(party)s har underskrevet en anden udgave af aftalen. Den gældende udgave skal underskrives.")
        else:
            code = "signature_missing"
            text = gettext_noop("%(party)s har ikke underskrevet aftalen endnu.")
        yield Violation(code, text, basis, field="parties", params={"party": party.name}, is_confirmed=False)
