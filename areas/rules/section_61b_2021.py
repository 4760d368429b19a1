"""§ 61 b for the lists from 1 December 2021: prevention areas (forebyggelsesområder).

Basis: Almenboligloven § 61 b, inserted by L 23 (2021-22), in force since 30 November 2021. Rules and certainty (domain.md, 3.1):
- R29: more than 30 % non-western residents, and at least two of P1-P4 [SOURCE]
- P1-P4, operators and limits [SOURCE]; two sources paraphrase P2 as "at least" and "exceeds" twice the country's share, the
  dossier reads "at least" as in § 61 a
- Size and shape as in § 61 a, stk. 3 (R30) [SOURCE]
Each limit is milder than, or the same as, that of § 61 a: every parallel society meets these numbers too. Whether the published
list names such areas is not known, so a published list is entered as it is and never corrected by this.
"""

from __future__ import annotations

from decimal import Decimal

from areas.rules.criteria import Criterion, Measure, Operator, StatusTest, Wording
from areas.rules.standing import CATEGORIES, Status

ACT = "Almenboligloven § 61 b"

P1 = Criterion(Measure.OUTSIDE_LABOUR_MARKET, Operator.MORE_THAN, f"{ACT}, nr. 1; R29, P1", limit=Decimal(30), is_milder=True)
P2 = Criterion(Measure.CONVICTED, Operator.AT_LEAST, f"{ACT}, nr. 2; R29, P2", times_national=2, is_milder=True)
P3 = Criterion(Measure.BASIC_SCHOOL_ONLY, Operator.MORE_THAN, f"{ACT}, nr. 3; R29, P3", limit=Decimal(60))
P4 = Criterion(Measure.INCOME, Operator.LESS_THAN, f"{ACT}, nr. 4; R29, P4", limit=Decimal(65), is_milder=True)
NON_WESTERN = Criterion(
    Measure.NON_WESTERN, Operator.MORE_THAN, CATEGORIES[Status.PREVENTION_AREA].basis, limit=Decimal(30), is_milder=True
)

WORDING = Wording(
    since=2021,
    criteria=(P1, P2, P3, P4, NON_WESTERN),
    tests=(
        StatusTest(
            Status.PREVENTION_AREA,
            CATEGORIES[Status.PREVENTION_AREA].basis,
            needed=2,
            counted=(P1.measure, P2.measure, P3.measure, P4.measure),
            besides=Measure.NON_WESTERN,
        ),
    ),
)
