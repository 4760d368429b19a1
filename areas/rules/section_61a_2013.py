"""§ 61 a as it stood for the lists of 2013-17: a ghetto area (ghettoområde) met three of five criteria.

Basis: Almenboligloven § 61 a as amended by L 45 of 31 October 2013; replaced for the list of 1 December 2018. Rules and
certainty (domain.md, 3.2): the five limits and "three of five" [SOURCE: S29, S30], at least 1,000 residents [SOURCE], the
criterion on convicted being a fixed share, not a multiple of the country's [SOURCE]. The order of the numbers follows the
sources' own order [INFERRED], the text itself was not seen; nor is it known whether the list of October 2013, made before
the act was passed, used the older criteria. What was then called a ghetto area is kept as a parallel society (R27).
"""

from __future__ import annotations

from decimal import Decimal

from areas.rules.criteria import Criterion, Measure, Operator, StatusTest, Wording
from areas.rules.standing import Status

ACT = "Almenboligloven § 61 a, stk. 1 (2013-2017)"


def _number(place: int) -> str:
    return f"{ACT}, nr. {place}; domain.md 3.2"


CRITERIA = (
    Criterion(Measure.OUTSIDE_LABOUR_MARKET, Operator.MORE_THAN, _number(1), limit=Decimal(40)),
    Criterion(Measure.NON_WESTERN, Operator.MORE_THAN, _number(2), limit=Decimal(50)),
    Criterion(Measure.CONVICTED, Operator.MORE_THAN, _number(3), limit=Decimal("2.7")),
    Criterion(Measure.BASIC_SCHOOL_ONLY, Operator.MORE_THAN, _number(4), limit=Decimal(50)),
    Criterion(Measure.INCOME, Operator.LESS_THAN, _number(5), limit=Decimal(55)),
)
WORDING = Wording(
    since=2013,
    criteria=CRITERIA,
    tests=(
        StatusTest(
            Status.PARALLEL_SOCIETY,
            f"{ACT}; R27",
            needed=3,
            counted=tuple(criterion.measure for criterion in CRITERIA),
        ),
    ),
)
