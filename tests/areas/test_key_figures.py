"""From the figures of the register to the rules."""

from __future__ import annotations

from decimal import Decimal

from areas.models import KeyFigures
from areas.rules.classification import Verdict, classify
from areas.rules.criteria import Measure, Met, Values, size


def test_the_rules_get_every_figure_and_every_statement() -> None:
    figures = KeyFigures(
        list_year=2023,
        residents=1587,
        outside_labour_market_pct=Decimal("26.7"),
        convicted_pct=Decimal("1.62"),
        convicted_limit_pct=Decimal("2.35"),
        basic_school_only_pct=Decimal("77.3"),
        income_pct_of_region=Decimal("54.2"),
        non_western_pct=Decimal("66.4"),
        met_outside_labour_market=False,
        met_convicted=False,
        met_basic_school_only=True,
        met_income=True,
        met_non_western=True,
    )

    assert figures.facts() == Values(
        outside_labour_market_pct=Decimal("26.7"),
        convicted_pct=Decimal("1.62"),
        convicted_limit_pct=Decimal("2.35"),
        basic_school_only_pct=Decimal("77.3"),
        income_pct_of_region=Decimal("54.2"),
        non_western_pct=Decimal("66.4"),
        residents=1587,
        said={
            Measure.OUTSIDE_LABOUR_MARKET: False,
            Measure.CONVICTED: False,
            Measure.BASIC_SCHOOL_ONLY: True,
            Measure.INCOME: True,
            Measure.NON_WESTERN: True,
        },
    )
    assert classify(figures.facts(), year=figures.list_year).status is Verdict.PARALLEL_SOCIETY


def test_what_is_missing_stays_missing() -> None:
    facts = KeyFigures(list_year=2023, residents=966).facts()

    assert facts == Values(residents=966)
    assert size(facts).answer is Met.NOT_MET
    assert classify(facts, year=2023).status is Verdict.NOT_LISTED
