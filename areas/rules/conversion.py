"""Conversion areas (omdannelsesområder): counted from the lists, never computed from values.

Basis: Almenboligloven § 61 a, stk. 4; R28: an area that has been a parallel society in the latest five years [SOURCE], read as
five consecutive published lists including the current one, each judged by the criteria of its own year [INFERRED from S31].
For the lists of 2018, 2019 and 2020 five was an exception and four the text of the law (hårdt ghettoområde) [SOURCE]; the act
has said five since 30 November 2021 (L 23, 2021-22) [INFERRED]. So five is counted for every list there has been. What was
called ghettoområde on the lists before 2018 counts as a parallel society (domain.md, 3.2).

Three answers: one list that is known not to give the status is a no; a list that is not held, or that is incomplete and does
not name the area, is unknown, never a no.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from areas.rules.standing import CATEGORIES, Answer, ListFacts, ListingFacts, Reason, Status, status_on
from lbf_portal.lib.words import gettext_noop

LISTS_IN_A_ROW = 5
# The lists for which the five years were an exception from four.
BY_EXCEPTION = range(2018, 2021)

CATEGORY = CATEGORIES[Status.CONVERSION_AREA]
# There have been lists since 2010; the status came in 2018.
FIRST_YEAR = CATEGORIES[Status.PARALLEL_SOCIETY].since


@dataclasses.dataclass(frozen=True)
class Conversion:
    """Whether the area is a conversion area on the list of the year, and what each of the five lists says."""

    year: int
    answer: Answer
    years: Mapping[int, Answer] = dataclasses.field(hash=False)

    @property
    def deciding(self) -> tuple[int, ...]:
        """The list years that the answer rests on: all five of a yes, those that say no, or those that are missing."""
        return tuple(year for year, answer in self.years.items() if answer is self.answer)

    @property
    def reasons(self) -> list[Reason]:
        """The answer in words."""
        if self.year < CATEGORY.since:
            text = gettext_noop("Omdannelsesområde: Nej, for status findes først fra listen i %(since)s.")
            return [Reason(text, CATEGORY.basis, {"since": str(CATEGORY.since)})]
        params = {"years": ", ".join(str(year) for year in self.deciding), "year": str(self.year)}
        reasons = [Reason(_TEXTS[self.answer], CATEGORY.basis, params)]
        if self.year in BY_EXCEPTION:
            text = gettext_noop("For listerne fra 2018 til 2020 gjaldt fem år undtagelsesvis i stedet for fire.")
            reasons.append(Reason(text, CATEGORY.basis))
        return reasons


_TEXTS = {
    Answer.YES: gettext_noop("Omdannelsesområde på listen fra %(year)s: Ja, for området var parallelsamfund i %(years)s."),
    Answer.NO: gettext_noop("Omdannelsesområde på listen fra %(year)s: Nej, for området var ikke parallelsamfund i %(years)s."),
    Answer.UNKNOWN: gettext_noop(
        "Omdannelsesområde på listen fra %(year)s: Ukendt, for portalen har ikke hele listen fra %(years)s."
    ),
}


def window(year: int) -> range:
    """The years of the five lists up to the year."""
    return range(year - LISTS_IN_A_ROW + 1, year + 1)


def conversion(lists: Sequence[ListFacts], listings: Mapping[int, ListingFacts], year: int) -> Conversion:
    """Count the five lists up to the year. `lists` are those held, `listings` what each list year says of the area."""
    if year < CATEGORY.since:
        return Conversion(year, Answer.NO, {})
    held = {one.year: one for one in lists}
    years = {
        one: status_on(held[one], listings.get(one), Status.PARALLEL_SOCIETY) if one in held else Answer.UNKNOWN
        for one in window(year)
    }
    return Conversion(year, _all_five(set(years.values())), years)


def _all_five(answers: set[Answer]) -> Answer:
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES
