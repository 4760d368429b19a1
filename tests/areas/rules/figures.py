"""Values of areas for the tests of §§ 61 a and 61 b."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from areas.rules.classification import Classification, classify
from areas.rules.criteria import Measure, Met, Values

D = Decimal
NATIONAL = D("0.70")  # per cent convicted in the country
LIMIT = 3 * NATIONAL


def values(
    *,
    labour: str | None = "0",
    convicted: str | None = "0",
    school: str | None = "0",
    income: str | None = "100",
    non_western: str | None = "0",
    residents: int | None = 1500,
    limit: Decimal | None = LIMIT,
    said: dict[Measure, bool] | None = None,
) -> Values:
    """An area that meets no criterion and is large enough, unless told otherwise."""
    labour_pct, convicted_pct, school_pct, income_pct, non_western_pct = (
        None if text is None else D(text) for text in (labour, convicted, school, income, non_western)
    )
    return Values(
        outside_labour_market_pct=labour_pct,
        convicted_pct=convicted_pct,
        convicted_limit_pct=limit,
        basic_school_only_pct=school_pct,
        income_pct_of_region=income_pct,
        non_western_pct=non_western_pct,
        residents=residents,
        said=said or {},
    )


NOTHING_KNOWN = Values()


def criteria(found: Values, *, year: int = 2026) -> dict[Measure, Met]:
    return classify(found, year=year).criteria


def prevention(found: Classification) -> dict[Measure, Met]:
    return {row.criterion.measure: row.answer for row in found.prevention_rows}


# Values around every limit there is, and anything between.
_LIMITS = [D(limit) + step for limit in ("0.5", "1.4", "2.1", "2.7", "30", "40", "50", "55", "60", "65") for step in (-1, 0, 1)]
_HUNDREDTHS = [D(limit) + D(step) for limit in ("1.4", "2.1", "2.7", "40", "50", "55", "60") for step in ("-0.01", "0.01")]
shares = st.one_of(st.sampled_from([*_LIMITS, *_HUNDREDTHS]), st.decimals(0, 100, places=2)).filter(lambda share: share >= 0)
heads = st.one_of(st.sampled_from([999, 1000, 1001]), st.integers(0, 20_000))
limits = st.sampled_from([D("1.98"), D("2.03"), LIMIT, D("2.35")])
years = st.sampled_from([2013, 2017, 2018, 2020, 2021, 2026])

known_values = st.builds(Values, shares, shares, limits, shares, shares, shares, heads)
_any_share = st.none() | shares
any_values = st.builds(Values, _any_share, _any_share, st.none() | limits, _any_share, _any_share, _any_share, st.none() | heads)
