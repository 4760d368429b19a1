"""§ 61 a for the lists from 1 December 2018: exposed housing areas and parallel societies.

Basis: Almenboligloven § 61 a, stk. 1 and 2, as amended by L 38 (2018-19) and renamed by L 23 (2021-22), in force; consolidated
act no. 1171 of 11 November 2024. Rules and certainty (domain.md, 3.1):
- R26: an exposed area (udsat boligområde) meets at least two of K1-K4 [SOURCE]
- R27: a parallel society (parallelsamfund; until 2021 ghettoområde) meets them, and more than 50 % of its residents are
  immigrants and descendants from non-western countries [SOURCE]
- K1-K4, operators and limits [SOURCE]; K2 is held against the limit printed with the list, three times the country's share
"""

from __future__ import annotations

from decimal import Decimal

from areas.rules.criteria import PRINTED_TIMES, Criterion, Measure, Operator, StatusTest, Wording
from areas.rules.standing import CATEGORIES, Status

ACT = "Almenboligloven § 61 a, stk. 1"

K1 = Criterion(Measure.OUTSIDE_LABOUR_MARKET, Operator.MORE_THAN, f"{ACT}, nr. 1; R26, K1", limit=Decimal(40))
K2 = Criterion(Measure.CONVICTED, Operator.AT_LEAST, f"{ACT}, nr. 2; R26, K2", times_national=PRINTED_TIMES)
K3 = Criterion(Measure.BASIC_SCHOOL_ONLY, Operator.MORE_THAN, f"{ACT}, nr. 3; R26, K3", limit=Decimal(60))
K4 = Criterion(Measure.INCOME, Operator.LESS_THAN, f"{ACT}, nr. 4; R26, K4", limit=Decimal(55))
NON_WESTERN = Criterion(Measure.NON_WESTERN, Operator.MORE_THAN, CATEGORIES[Status.PARALLEL_SOCIETY].basis, limit=Decimal(50))

COUNTED = (K1.measure, K2.measure, K3.measure, K4.measure)
WORDING = Wording(
    since=2018,
    criteria=(K1, K2, K3, K4, NON_WESTERN),
    tests=(
        StatusTest(
            Status.PARALLEL_SOCIETY,
            CATEGORIES[Status.PARALLEL_SOCIETY].basis,
            needed=2,
            counted=COUNTED,
            besides=Measure.NON_WESTERN,
        ),
        StatusTest(Status.EXPOSED, CATEGORIES[Status.EXPOSED].basis, needed=2, counted=COUNTED),
    ),
)
