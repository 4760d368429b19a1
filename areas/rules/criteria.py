"""The shapes that every wording of §§ 61 a and 61 b shares: values, criteria with three answers, and what decides a status.

Basis: Almenboligloven § 61 a, stk. 1-3, and § 61 b; R26-R32 [SOURCE]. Q13: values are compared as they are, never rounded.
The numbers of each wording stand in its own module: section_61a_2013.py, section_61a_2018.py, section_61b_2021.py.

- What is not known is never guessed: a criterion without value, limit or statement is unknown, and a status is unknown until
  the criteria that are known decide it, whatever the others turn out to be.
- A value decides over what a source says of the same criterion; when the two differ, the row says so.
- The one thing presumed: residents that are not known are taken to be enough (docs/decisions/0011), because the ministry
  counts the criteria for areas that it has found large enough. `Classification.presumes_size` says when an answer rests on it.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from areas.rules.standing import CATEGORIES, Reason, Status
from lbf_portal.lib.words import gettext_noop

# The limit for convicted is printed with the list as so many times the country's share.
PRINTED_TIMES = 3
THOUSANDTH = Decimal("0.001")


class Met(enum.StrEnum):
    """Three answers to a criterion, in the words of the command `classify_areas`."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, flag: bool | None) -> Met:  # noqa: FBT001 - a flag as stored: yes, no or not known
        """Read a flag."""
        if flag is None:
            return cls.UNKNOWN
        return cls.MET if flag else cls.NOT_MET


def at_least(needed: int, answers: Iterable[Met]) -> Met:
    """So many of them are met: also when the rest is unknown; not met when even the unknown could not make it."""
    counted = list(answers)
    met = counted.count(Met.MET)
    if met >= needed:
        return Met.MET
    return Met.UNKNOWN if met + counted.count(Met.UNKNOWN) >= needed else Met.NOT_MET


def all_of(*answers: Met) -> Met:
    """Every one of them is met; one that is not met decides."""
    if Met.NOT_MET in answers:
        return Met.NOT_MET
    return Met.UNKNOWN if Met.UNKNOWN in answers else Met.MET


class Measure(enum.StrEnum):
    """What is measured of an area, in the words of the command `classify_areas`."""

    OUTSIDE_LABOUR_MARKET = "outside_labour_market"
    CONVICTED = "convicted"
    BASIC_SCHOOL_ONLY = "basic_school_only"
    INCOME = "income"
    NON_WESTERN = "non_western"
    RESIDENTS = "residents"


@dataclasses.dataclass(frozen=True)
class Values:
    """The figures of an area for one list year, as published; shares in per cent. What is missing is None.

    `convicted_limit_pct` is three times the country's share as printed with the list. `said` is what a source says of a
    criterion of § 61 a in the wording of that year; it counts where the value is missing.
    """

    outside_labour_market_pct: Decimal | None = None
    convicted_pct: Decimal | None = None
    convicted_limit_pct: Decimal | None = None
    basic_school_only_pct: Decimal | None = None
    income_pct_of_region: Decimal | None = None
    non_western_pct: Decimal | None = None
    residents: int | None = None
    said: Mapping[Measure, bool] = dataclasses.field(default_factory=dict, hash=False)


# The value of each measure, its name for people, and its unit.
FIELDS: dict[Measure, str] = {
    Measure.OUTSIDE_LABOUR_MARKET: "outside_labour_market_pct",
    Measure.CONVICTED: "convicted_pct",
    Measure.BASIC_SCHOOL_ONLY: "basic_school_only_pct",
    Measure.INCOME: "income_pct_of_region",
    Measure.NON_WESTERN: "non_western_pct",
    Measure.RESIDENTS: "residents",
}
NAMES: dict[Measure, str] = {
    Measure.OUTSIDE_LABOUR_MARKET: gettext_noop("Uden for arbejdsmarked og uddannelse"),
    Measure.CONVICTED: gettext_noop("Dømte"),
    Measure.BASIC_SCHOOL_ONLY: gettext_noop("Kun grundskole"),
    Measure.INCOME: gettext_noop("Indkomst i forhold til regionen"),
    Measure.NON_WESTERN: gettext_noop("Indvandrere og efterkommere fra ikke-vestlige lande"),
    Measure.RESIDENTS: gettext_noop("Beboere 1. januar"),
}
PER_CENT = gettext_noop("pct.")
PERSONS = gettext_noop("beboere")


class Operator(enum.StrEnum):
    """How a value is held against its limit; which one it is matters at the limit itself (domain.md, 3.1)."""

    MORE_THAN = ">"
    AT_LEAST = ">="
    LESS_THAN = "<"

    def holds(self, difference: Decimal) -> bool:
        """The value lies on the right side, given the value less the limit."""
        if self is Operator.MORE_THAN:
            return difference > 0
        return difference >= 0 if self is Operator.AT_LEAST else difference < 0

    @property
    def words(self) -> str:
        """The operator in Danish (a message id)."""
        return _OPERATOR_WORDS[self]


_OPERATOR_WORDS = {
    Operator.MORE_THAN: gettext_noop("mere end"),
    Operator.AT_LEAST: gettext_noop("mindst"),
    Operator.LESS_THAN: gettext_noop("mindre end"),
}


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One criterion of one wording: what is measured, the operator and the limit, and where it stands.

    A criterion with `times_national` has no limit of its own: it is so many times the country's share of convicted. One that
    `is_milder` than that of § 61 a takes a statement about § 61 a only when it says yes: whoever meets the stricter criterion
    meets the milder one, but not the other way round.
    """

    measure: Measure
    operator: Operator
    basis: str
    limit: Decimal | None = None
    times_national: int | None = None
    is_milder: bool = False

    @property
    def name(self) -> str:
        """What is measured, in Danish (a message id)."""
        return NAMES[self.measure]

    @property
    def unit(self) -> str:
        """What the value is counted in, in Danish (a message id)."""
        return PERSONS if self.measure is Measure.RESIDENTS else PER_CENT

    def value_in(self, values: Values) -> Decimal | None:
        """The value it is measured by."""
        value = getattr(values, FIELDS[self.measure])
        return None if value is None else Decimal(value)

    def limit_in(self, values: Values) -> Decimal | None:
        """The limit that holds for these values. Two thirds of a printed limit are shown to the thousandth, not compared so."""
        if self.times_national is None:
            return self.limit
        printed = values.convicted_limit_pct
        if printed is None or self.times_national == PRINTED_TIMES:
            return printed
        return (printed * self.times_national / PRINTED_TIMES).quantize(THOUSANDTH)

    def answer(self, values: Values) -> Met:
        """Met, not met or unknown: by the value, and by what the source says where there is none to compare."""
        return self.row(values).answer

    def distance(self, values: Values) -> Decimal | None:
        """How far the value is above its limit (below: negative); None when one of them is missing."""
        return self.row(values).distance

    def row(self, values: Values) -> Row:
        """Hold the values against the criterion."""
        value = self.value_in(values)
        difference = self._difference(value, values)
        by_value = None if difference is None else self.operator.holds(difference)
        said = self._said(values)
        return Row(
            criterion=self,
            answer=Met.of(said if by_value is None else by_value),
            value=value,
            limit=self.limit_in(values),
            difference=difference,
            is_said=by_value is None and said is not None,
            contradicts_source=by_value is not None and said is not None and by_value is not said,
        )

    def _difference(self, value: Decimal | None, values: Values) -> Decimal | None:
        """The exact value less the limit.

        Three times that where the limit is a multiple of the country's share, so that nothing is divided before it is compared.
        """
        if value is None:
            return None
        if self.times_national is None:
            return None if self.limit is None else value - self.limit
        printed = values.convicted_limit_pct
        return None if printed is None else value * PRINTED_TIMES - printed * self.times_national

    def _said(self, values: Values) -> bool | None:
        said = values.said.get(self.measure)
        return None if self.is_milder and said is False else said


class Row(NamedTuple):
    """A criterion and what the values say of it: a line of a table."""

    criterion: Criterion
    answer: Met
    value: Decimal | None
    limit: Decimal | None
    difference: Decimal | None
    is_said: bool = False
    contradicts_source: bool = False

    @property
    def key(self) -> str:
        """The measure, as the command names it."""
        return str(self.criterion.measure)

    @property
    def name(self) -> str:
        """What is measured, in Danish (a message id)."""
        return self.criterion.name

    @property
    def basis(self) -> str:
        """Where the criterion stands."""
        return self.criterion.basis

    @property
    def distance(self) -> Decimal | None:
        """How far the value is above its limit (below: negative), in its own unit."""
        if self.difference is None or self.criterion.times_national is None:
            return self.difference
        return self._in_own_unit(self.difference)

    @property
    def is_on_limit(self) -> bool:
        """The value as published is the limit itself, so that rounding before publication may have decided (Q13)."""
        return self.difference == 0 and self.criterion.measure is not Measure.RESIDENTS

    @property
    def reasons(self) -> list[Reason]:
        """The answer in words, and what to know before relying on it."""
        reasons = [Reason(self._text(), self.basis, self._params())]
        if self.contradicts_source:
            text = gettext_noop("%(name)s: Kilden siger det modsatte af værdien. Værdien er brugt.")
            reasons.append(Reason(text, self.basis, {"name": self.name}))
        if self.is_on_limit:
            text = gettext_noop(
                "%(name)s: Værdien er som offentliggjort præcis grænsen. Uafrundet kan den ligge på den anden side."
            )
            reasons.append(Reason(text, f"{self.basis}; Q13", {"name": self.name}))
        return reasons

    @staticmethod
    def _in_own_unit(difference: Decimal) -> Decimal:
        return (difference / PRINTED_TIMES).quantize(THOUSANDTH)

    def _text(self) -> str:
        if self.is_said:
            return _SAID_TEXTS[self.answer]
        if self.answer is Met.UNKNOWN and self.value is not None:
            return gettext_noop("%(name)s: %(value)s %(unit)s Ukendt, for årets grænse mangler.")
        return _ROW_TEXTS[self.answer]

    def _params(self) -> dict[str, str | Decimal]:
        params: dict[str, str | Decimal] = {"name": self.name}
        if self.value is not None and not self.is_said:
            params |= {"value": self.value, "unit": self.criterion.unit}
        if self.limit is not None and not self.is_said:
            params |= {"operator": self.criterion.operator.words, "limit": self.limit}
        return params


_ROW_TEXTS = {
    Met.MET: gettext_noop("%(name)s: %(value)s %(unit)s (grænse: %(operator)s %(limit)s). Opfyldt."),
    Met.NOT_MET: gettext_noop("%(name)s: %(value)s %(unit)s (grænse: %(operator)s %(limit)s). Ikke opfyldt."),
    Met.UNKNOWN: gettext_noop("%(name)s: Ukendt, for værdien mangler."),
}
_SAID_TEXTS = {
    Met.MET: gettext_noop("%(name)s: Opfyldt efter kilden, som ikke oplyser en værdi at regne efter."),
    Met.NOT_MET: gettext_noop("%(name)s: Ikke opfyldt efter kilden, som ikke oplyser en værdi at regne efter."),
}

# § 61 a, stk. 3, used by all statuses: the 1,000 must also hold on the count date, 1 January (R30, R32).
SIZE = Criterion(Measure.RESIDENTS, Operator.AT_LEAST, "Almenboligloven § 61 a, stk. 3; R30, R32", limit=Decimal(1000))


def size(values: Values) -> Row:
    """Hold the residents on 1 January against the 1,000 that § 61 a, stk. 3, asks for."""
    return SIZE.row(values)


@dataclasses.dataclass(frozen=True)
class StatusTest:
    """What it takes to have a status: so many of some criteria, and perhaps one that must be met besides."""

    status: Status
    basis: str
    needed: int
    counted: tuple[Measure, ...]
    besides: Measure | None = None

    def hold_against(self, size_row: Row, rows: Mapping[Measure, Row]) -> Finding:
        """Judge the status by the rows of all criteria."""
        return Finding(
            test=self,
            size=size_row,
            counted=tuple(rows[measure] for measure in self.counted),
            besides=rows[self.besides] if self.besides else None,
        )


@dataclasses.dataclass(frozen=True)
class Finding:
    """A status, whether the values give it to the area, and which criteria decide."""

    test: StatusTest
    size: Row
    counted: tuple[Row, ...]
    besides: Row | None

    @property
    def status(self) -> Status:
        """The status in question."""
        return self.test.status

    @property
    def basis(self) -> str:
        """Where the status stands."""
        return self.test.basis

    @cached_property
    def enough(self) -> Met:
        """Whether enough of the counted criteria are met."""
        return at_least(self.test.needed, (row.answer for row in self.counted))

    @cached_property
    def answer(self) -> Met:
        """The answer: too small is no; residents that are not known are presumed to be enough (docs/decisions/0011)."""
        if self.size.answer is Met.NOT_MET:
            return Met.NOT_MET
        return all_of(self.enough, self.besides.answer) if self.besides else self.enough

    @property
    def deciding(self) -> tuple[Row, ...]:
        """The criteria that the answer rests on; of an unknown answer, those that are missing for one."""
        answer = self.answer
        if self.size.answer is Met.NOT_MET:
            return (self.size,)
        parts: tuple[Row, ...] = self.counted if self.enough is answer else ()
        if self.besides and self.besides.answer is answer:
            parts = (self.besides, *parts)
        return tuple(row for row in parts if row.answer is answer)

    @property
    def presumes_size(self) -> bool:
        """The area has the status only if it has 1,000 residents, and nobody has said how many it has."""
        return self.answer is Met.MET and self.size.answer is Met.UNKNOWN

    @property
    def reason(self) -> Reason:
        """The answer in words."""
        return Reason(self._text(), self.basis, self._params())

    def _text(self) -> str:
        if self.size.answer is Met.NOT_MET:
            return _TOO_SMALL
        answer, besides = self.answer, self.besides.answer if self.besides else Met.MET
        if answer is Met.UNKNOWN:
            return _UNKNOWN_BESIDES if self.enough is Met.MET else _UNKNOWN
        if answer is Met.MET:
            return _YES_BESIDES if self.besides else _YES
        return _NO_BESIDES if besides is Met.NOT_MET else _NO

    def _params(self) -> dict[str, str | Decimal]:
        answers = [row.answer for row in self.counted]
        params: dict[str, str | Decimal] = {
            "status": CATEGORIES[self.status].name,
            "met": str(answers.count(Met.MET)),
            "at_most": str(len(answers) - answers.count(Met.NOT_MET)),
            "of": str(len(answers)),
            "needed": str(self.test.needed),
        }
        if self.size.limit is not None:
            params["least"] = self.size.limit
        if self.besides and self.besides.limit is not None:
            params["limit"] = self.besides.limit
        return params


_YES = gettext_noop("%(status)s: Ja, for %(met)s af %(of)s kriterier er opfyldt, og %(needed)s er nok.")
_YES_BESIDES = gettext_noop(
    "%(status)s: Ja, for %(met)s af %(of)s kriterier er opfyldt, og mere end %(limit)s pct. kommer fra ikke-vestlige lande."
)
_NO = gettext_noop("%(status)s: Nej, for højst %(at_most)s af %(of)s kriterier er opfyldt, og der skal %(needed)s til.")
_NO_BESIDES = gettext_noop("%(status)s: Nej, for der er ikke mere end %(limit)s pct. fra ikke-vestlige lande.")
_TOO_SMALL = gettext_noop("%(status)s: Nej, for området har færre end %(least)s beboere.")
_UNKNOWN = gettext_noop(
    "%(status)s: Ukendt, for der mangler oplysninger. %(met)s af %(of)s kriterier er opfyldt, og der skal %(needed)s til."
)
_UNKNOWN_BESIDES = gettext_noop("%(status)s: Ukendt, for andelen fra ikke-vestlige lande mangler.")


@dataclasses.dataclass(frozen=True)
class Wording:
    """A wording of the law: its criteria and the statuses they can give, from the first list it holds for."""

    since: int
    criteria: tuple[Criterion, ...]
    tests: tuple[StatusTest, ...]

    def rows(self, values: Values) -> dict[Measure, Row]:
        """Hold the values against every criterion."""
        return {criterion.measure: criterion.row(values) for criterion in self.criteria}
