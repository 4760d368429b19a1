"""Local co-financing: who pays how much of the plan.

Basis: Almenboligloven § 91 a, stk. 3 (a plan with a financing plan attached), as worded since act no. 1561 of 18 December
2018, with the regulation of 11 December 2019 (in force 1 January 2020). Rule numbers and certainty (domain.md, 4.4 and Q5):
- R75: at least 25 % is local [SOURCE] for R2019
- R76: the fund pays at most 75 % [SOURCE, old]
- C11: the two above, and that the contributions add up to the budget exactly [INFERRED]
- Q5: cash from municipality, housing organisation and department is local; work in kind and money from others is recorded
  and counts when the fund accepts it as local [INFERRED]
The rates of R2015 and R2011 were not found; those of today stand in for them, unconfirmed (Q1).
Amounts are compared as they are, never rounded.
"""

import dataclasses
import enum
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from types import MappingProxyType

from applications.rules.rule_sets import TERMS, Rate, RuleSet, Setting, cite
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

ACT = "Almenboligloven § 91 a, stk. 3"

MINIMUM_LOCAL_SHARE: Mapping[RuleSet, Rate] = MappingProxyType(
    {rule_set: terms.settings[Setting.MINIMUM_LOCAL_SHARE] for rule_set, terms in TERMS.items()}
)
MAXIMUM_FUND_SHARE: Mapping[RuleSet, Rate] = MappingProxyType(
    {rule_set: terms.settings[Setting.MAXIMUM_FUND_SHARE] for rule_set, terms in TERMS.items()}
)


class Source(enum.StrEnum):
    """Who contributes."""

    FUND = "FUND"
    MUNICIPALITY = "MUNICIPALITY"
    ORGANISATION = "ORGANISATION"
    DEPARTMENT = "DEPARTMENT"
    OTHER = "OTHER"


SOURCE_NAMES: Mapping[Source, str] = MappingProxyType(
    {
        Source.FUND: gettext_noop("Landsbyggefonden"),
        Source.MUNICIPALITY: gettext_noop("Kommunen"),
        Source.ORGANISATION: gettext_noop("Boligorganisationen"),
        Source.DEPARTMENT: gettext_noop("Afdelingen"),
        Source.OTHER: gettext_noop("Andre, fx fonde"),
    }
)
LOCAL_SOURCES = frozenset({Source.MUNICIPALITY, Source.ORGANISATION, Source.DEPARTMENT})


class Kind(enum.StrEnum):
    """Money, or work and rooms put at the effort's disposal."""

    CASH = "CASH"
    IN_KIND = "IN_KIND"


KIND_NAMES: Mapping[Kind, str] = MappingProxyType(
    {Kind.CASH: gettext_noop("Penge"), Kind.IN_KIND: gettext_noop("Arbejdstid eller lokaler")}
)


@dataclasses.dataclass(frozen=True)
class Contribution:
    """One line of the financing plan."""

    source: Source
    amount: Decimal
    kind: Kind = Kind.CASH
    accepted_as_local: bool = False

    @property
    def is_local(self) -> bool:
        """Whether it counts in the local share (Q5); the fund's own money never does."""
        if self.source is Source.FUND:
            return False
        return self.accepted_as_local or (self.source in LOCAL_SOURCES and self.kind is Kind.CASH)


@dataclasses.dataclass(frozen=True)
class Facts:
    """`total` is the whole plan's budget (what it costs), `contributions` is how it is paid."""

    rule_set: RuleSet
    total: Decimal
    contributions: tuple[Contribution, ...]

    @property
    def fund(self) -> Decimal:
        return self._sum_of(lambda line: line.source is Source.FUND)

    @property
    def local(self) -> Decimal:
        return self._sum_of(lambda line: line.is_local)

    @property
    def uncounted(self) -> Decimal:
        """What others contribute without its counting as local."""
        return self._sum_of(lambda line: line.source is not Source.FUND and not line.is_local)

    @property
    def financed(self) -> Decimal:
        return self._sum_of(lambda _line: True)

    def _sum_of(self, counts: Callable[[Contribution], bool]) -> Decimal:
        return sum((line.amount for line in self.contributions if counts(line)), start=Decimal(0))


def check(facts: Facts) -> list[Violation]:
    """Return what is wrong with the financing plan (C11), and what the fund may want to accept as local (Q5)."""
    if facts.total <= 0:
        return [_total_missing(facts)]
    return [*_negative_amounts(facts), *_sum(facts), *_local_share(facts), *_fund_share(facts), *_uncounted(facts)]


def share(facts: Facts) -> Decimal | None:
    """Return the local share of the budget, for display; None without a budget. Rules compare amounts, not this."""
    return facts.local / facts.total if facts.total > 0 else None


def _total_missing(facts: Facts) -> Violation:
    return Violation(
        "budget_total_missing",
        gettext_noop("Budgettet er tomt. Skriv, hvad indsatsen koster i alt."),
        cite(facts.rule_set, act=ACT, numbers="R65, C11"),
        field="total",
    )


def _negative_amounts(facts: Facts) -> list[Violation]:
    if all(line.amount >= 0 for line in facts.contributions):
        return []
    return [
        Violation(
            "contribution_negative",
            gettext_noop("Et beløb i finansieringen er mindre end 0 kr. Skriv, hvad hver part betaler."),
            cite(facts.rule_set, act=ACT, numbers="C11"),
            field="contributions",
        )
    ]


def _sum(facts: Facts) -> list[Violation]:
    if facts.financed == facts.total:
        return []
    text = (
        gettext_noop("Budgettet er %(total)s Finansieringen er %(financed)s Der mangler finansiering af %(difference)s")
        if facts.financed < facts.total
        else gettext_noop("Budgettet er %(total)s Finansieringen er %(financed)s Den er %(difference)s for stor.")
    )
    return [
        Violation(
            "financing_does_not_add_up",
            text,
            cite(facts.rule_set, act=ACT, numbers="C11"),
            field="contributions",
            params={
                "total": kroner(facts.total),
                "financed": kroner(facts.financed),
                "difference": kroner(abs(facts.total - facts.financed)),
            },
        )
    ]


def _local_share(facts: Facts) -> list[Violation]:
    rate = MINIMUM_LOCAL_SHARE[facts.rule_set]
    minimum = rate.value * facts.total
    if facts.local >= minimum:
        return []
    return [
        Violation(
            "local_share_too_low",
            gettext_noop("Den lokale medfinansiering er %(local)s Den skal være mindst %(minimum)s (%(percent)s %%)."),
            cite(facts.rule_set, act=ACT, numbers=f"{rate.basis}, C11"),
            field="contributions",
            params={
                "local": kroner(facts.local),
                "minimum": kroner(_whole_oere(minimum, ROUND_CEILING)),
                "percent": _percent(rate),
            },
            is_confirmed=rate.is_confirmed,
        )
    ]


def _fund_share(facts: Facts) -> list[Violation]:
    rate = MAXIMUM_FUND_SHARE[facts.rule_set]
    maximum = rate.value * facts.total
    if facts.fund <= maximum:
        return []
    return [
        Violation(
            "fund_share_too_high",
            gettext_noop("Landsbyggefondens del er %(fund)s Den kan højst være %(maximum)s (%(percent)s %%)."),
            cite(facts.rule_set, act=ACT, numbers=f"{rate.basis}, C11"),
            field="contributions",
            params={
                "fund": kroner(facts.fund),
                "maximum": kroner(_whole_oere(maximum, ROUND_FLOOR)),
                "percent": _percent(rate),
            },
            is_confirmed=rate.is_confirmed,
        )
    ]


def _uncounted(facts: Facts) -> list[Violation]:
    if facts.uncounted <= 0:
        return []
    return [
        Violation(
            "contribution_not_counted_as_local",
            gettext_noop(
                "%(amount)s er arbejdstid, lokaler eller penge fra andre. "
                "Beløbet tæller kun med i den lokale medfinansiering, hvis Landsbyggefonden godkender det."
            ),
            cite(facts.rule_set, act=ACT, numbers="R75, Q5"),
            field="contributions",
            params={"amount": kroner(facts.uncounted)},
            is_blocking=False,
            is_confirmed=False,
        )
    ]


def _whole_oere(amount: Decimal, rounding: str) -> Decimal:
    """A limit as it is told: always on the side where the amount told passes."""
    return amount.quantize(Decimal("0.01"), rounding=rounding)


def _percent(rate: Rate) -> str:
    return f"{rate.value:.0%}".removesuffix("%")
