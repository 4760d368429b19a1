"""The local board: across municipality and housing organisations, with a chair.

Basis: Almenboligloven § 91 a, stk. 3, as worded since act no. 1561 of 18 December 2018, with the regulation of 11 December
2019 (in force 1 January 2020); before it § 6, stk. 6, nr. 2, of the regulation of 19 March 2015 (R51). Rule numbers and
certainty (domain.md, 4.6):
- R89: unambiguous management, with a board across municipality and housing organisations [SOURCE]
- R90: it consists of management of the municipality and of the housing organisations; others may join [SOURCE]
- R98: the minimum numbers below, and 1 chair or 2 co-chairs [INFERRED]
Members sit from-to and both days count; the board is looked at on the day `on`.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from applications.rules.rule_sets import RuleSet, cite
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

ACT = "Almenboligloven § 91 a, stk. 3"


@dataclasses.dataclass(frozen=True)
class Minimum:
    """How many a board needs (R98), and how many may share the chair."""

    municipal_members: int
    members_per_organisation: int
    most_chairs: int


MINIMUM: Mapping[RuleSet, Minimum] = MappingProxyType(
    {rule_set: Minimum(municipal_members=1, members_per_organisation=1, most_chairs=2) for rule_set in RuleSet}
)


@dataclasses.dataclass(frozen=True)
class Organisation:
    """A party as rules know it: a key that tells it from others, and its name."""

    key: str
    name: str


@dataclasses.dataclass(frozen=True)
class Member:
    """A seat. `organisation` is a key, empty for others such as the police; `until` is the last day, None while it is open."""

    organisation: str
    since: date
    until: date | None = None
    is_chair: bool = False

    def sits_on(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@dataclasses.dataclass(frozen=True)
class Facts:
    rule_set: RuleSet
    on: date
    municipality: Organisation
    housing_organisations: tuple[Organisation, ...]
    members: tuple[Member, ...]


def check(facts: Facts) -> list[Violation]:
    """Return what the board lacks on the day `on`."""
    sitting = [member for member in facts.members if member.sits_on(facts.on)]
    return [*_periods(facts), *_municipal_members(facts, sitting), *_organisations(facts, sitting), *_chairs(facts, sitting)]


def _basis(facts: Facts) -> str:
    return cite(facts.rule_set, act=ACT, numbers="R89, R90, R98")


def _periods(facts: Facts) -> list[Violation]:
    return [
        Violation(
            "seat_ends_before_it_begins",
            gettext_noop("En plads i bestyrelsen slutter %(until)s, før den begynder %(since)s. Ret datoerne."),
            _basis(facts),
            field="members",
            params={"since": member.since, "until": member.until},
        )
        for member in facts.members
        if member.until is not None and member.until < member.since
    ]


def _municipal_members(facts: Facts, sitting: list[Member]) -> list[Violation]:
    count = sum(member.organisation == facts.municipality.key for member in sitting)
    if count >= MINIMUM[facts.rule_set].municipal_members:
        return []
    return [
        Violation(
            "municipal_member_missing",
            gettext_noop("Bestyrelsen har intet medlem fra %(municipality)s den %(on)s. Tilføj mindst ét."),
            _basis(facts),
            field="members",
            params={"municipality": facts.municipality.name, "on": facts.on},
        )
    ]


def _organisations(facts: Facts, sitting: list[Member]) -> list[Violation]:
    needed = MINIMUM[facts.rule_set].members_per_organisation
    return [
        Violation(
            "organisation_member_missing",
            gettext_noop("Bestyrelsen har intet medlem fra boligorganisationen %(organisation)s den %(on)s. Tilføj mindst ét."),
            _basis(facts),
            field="members",
            params={"organisation": organisation.name, "on": facts.on},
        )
        for organisation in facts.housing_organisations
        if sum(member.organisation == organisation.key for member in sitting) < needed
    ]


def _chairs(facts: Facts, sitting: list[Member]) -> list[Violation]:
    most = MINIMUM[facts.rule_set].most_chairs
    count = sum(member.is_chair for member in sitting)
    if 1 <= count <= most:
        return []
    text = (
        gettext_noop("Bestyrelsen har ingen formand den %(on)s. Vælg én formand eller et formandskab på %(most)s.")
        if count == 0
        else gettext_noop("Bestyrelsen har %(count)s formænd den %(on)s. Vælg én formand eller et formandskab på %(most)s.")
    )
    return [
        Violation(
            "chair_missing" if count == 0 else "too_many_chairs",
            text,
            _basis(facts),
            field="members",
            params={"on": facts.on, "count": str(count), "most": str(most)},
            is_confirmed=False,
        )
    ]
