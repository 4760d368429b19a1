"""The dossier's vectors for C11, R75, R76 and Q5 (domain.md, 4.4), boundary by boundary."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.cofinancing import Contribution, Facts, Kind, Source, check, share
from applications.rules.rule_sets import RuleSet
from tests.applications.rules.answers import advises, blocks, the

D = Decimal
ZERO = Decimal(0)


def facts(
    total: str,
    *,
    fund: str | None = None,
    municipality: str = "0",
    rule_set: RuleSet = RuleSet.R2019,
    more: tuple[Contribution, ...] = (),
) -> Facts:
    """A plan whose fund part is what the others leave over, unless it is given."""
    others = D(municipality) + sum((line.amount for line in more), start=ZERO)
    fund_amount = D(total) - others if fund is None else D(fund)
    return Facts(
        rule_set,
        D(total),
        (Contribution(Source.FUND, fund_amount), Contribution(Source.MUNICIPALITY, D(municipality)), *more),
    )


@pytest.mark.parametrize(
    ("total", "local", "expected"),
    [
        ("12000000", "3000000", []),
        ("12000000", "2999999", ["local_share_too_low", "fund_share_too_high"]),
        ("12000000", "2999999.99", ["local_share_too_low", "fund_share_too_high"]),
        ("12000000", "3000000.01", []),
        ("12000000", "12000000", []),
        ("0.04", "0.01", []),
        ("0.05", "0.01", ["local_share_too_low", "fund_share_too_high"]),
        ("0", "0", ["budget_total_missing"]),
        ("-1", "0", ["budget_total_missing"]),
    ],
)
def test_at_least_a_quarter_is_local(total: str, local: str, expected: list[str]) -> None:
    assert blocks(check(facts(total, municipality=local))) == expected


def test_the_refusal_names_both_amounts_and_the_share() -> None:
    found = check(facts("12000000", municipality="2999999"))
    violation = the("local_share_too_low", found)
    assert violation.message == "Den lokale medfinansiering er 2.999.999 kr. Den skal være mindst 3.000.000 kr. (25 %)."
    assert violation.basis == "Almenboligloven § 91 a, stk. 3; Regulativ af 11. december 2019; R75, C11"
    assert the("fund_share_too_high", found).message == (
        "Landsbyggefondens del er 9.000.001 kr. Den kan højst være 9.000.000 kr. (75 %)."
    )


def test_limits_between_two_oere_are_told_on_the_side_that_passes() -> None:
    found = check(facts("10.01", municipality="2.50"))
    assert "mindst 2,51 kr." in the("local_share_too_low", found).message
    assert "højst være 7,50 kr." in the("fund_share_too_high", found).message
    assert check(facts("10.01", municipality="2.51")) == []


@pytest.mark.parametrize(
    ("fund", "expected"),
    [
        ("8999999.99", "Budgettet er 12.000.000 kr. Finansieringen er 11.999.999,99 kr. Der mangler finansiering af 0,01 kr."),
        ("9000000.01", "Budgettet er 12.000.000 kr. Finansieringen er 12.000.000,01 kr. Den er 0,01 kr. for stor."),
    ],
)
def test_contributions_add_up_to_the_oere(fund: str, expected: str) -> None:
    found = check(facts("12000000", municipality="3000000", fund=fund))
    assert the("financing_does_not_add_up", found).message == expected


def test_a_negative_contribution_is_refused_even_when_the_sum_is_right() -> None:
    found = check(facts("12000000", municipality="4000000", more=(Contribution(Source.OTHER, D(-1)),)))
    assert blocks(found) == ["contribution_negative"]


@pytest.mark.parametrize(
    ("line", "is_local"),
    [
        (Contribution(Source.MUNICIPALITY, D(1)), True),
        (Contribution(Source.ORGANISATION, D(1)), True),
        (Contribution(Source.DEPARTMENT, D(1)), True),
        (Contribution(Source.OTHER, D(1)), False),
        (Contribution(Source.OTHER, D(1), accepted_as_local=True), True),
        (Contribution(Source.MUNICIPALITY, D(1), Kind.IN_KIND), False),
        (Contribution(Source.MUNICIPALITY, D(1), Kind.IN_KIND, accepted_as_local=True), True),
        (Contribution(Source.FUND, D(1)), False),
        (Contribution(Source.FUND, D(1), accepted_as_local=True), False),
    ],
)
def test_what_counts_as_local(line: Contribution, is_local: bool) -> None:  # noqa: FBT001  # a column of the table
    assert line.is_local is is_local


def test_work_in_kind_is_recorded_and_counts_once_the_fund_accepts_it() -> None:
    rooms = Contribution(Source.ORGANISATION, D(1000000), Kind.IN_KIND)
    waiting = facts("12000000", municipality="2000000", more=(rooms,))
    assert blocks(check(waiting)) == ["local_share_too_low"]
    assert advises(check(waiting)) == ["contribution_not_counted_as_local"]
    assert the("contribution_not_counted_as_local", check(waiting)).message.startswith("1.000.000 kr. er arbejdstid")
    accepted = Contribution(Source.ORGANISATION, D(1000000), Kind.IN_KIND, accepted_as_local=True)
    assert check(facts("12000000", municipality="2000000", more=(accepted,))) == []


@pytest.mark.parametrize(("rule_set", "is_confirmed"), [(RuleSet.R2011, False), (RuleSet.R2015, False), (RuleSet.R2019, True)])
def test_the_quarter_is_confirmed_for_the_present_regulation_only(rule_set: RuleSet, is_confirmed: bool) -> None:  # noqa: FBT001  # a column of the table
    found = check(facts("12000000", municipality="2999999", rule_set=rule_set))
    assert the("local_share_too_low", found).is_confirmed is is_confirmed
    assert not the("fund_share_too_high", found).is_confirmed


def test_the_share_is_for_display() -> None:
    assert share(facts("12000000", municipality="3000000")) == D("0.25")
    assert share(facts("0")) is None


kroner_and_oere = st.decimals(min_value=0, max_value=D("999999999999.99"), places=2)
contributions = st.lists(
    st.builds(
        Contribution,
        source=st.sampled_from(Source),
        amount=kroner_and_oere,
        kind=st.sampled_from(Kind),
        accepted_as_local=st.booleans(),
    ),
    max_size=6,
).map(tuple)


def adding_up(lines: tuple[Contribution, ...]) -> Facts:
    return Facts(RuleSet.R2019, sum((line.amount for line in lines), start=ZERO), lines)


@given(contributions, st.one_of(st.just(ZERO), st.decimals(min_value=-1, max_value=1, places=2)))
def test_a_budget_that_passes_adds_up_to_the_oere(lines: tuple[Contribution, ...], error: Decimal) -> None:
    right = adding_up(lines)
    plan = Facts(right.rule_set, right.total + error, lines)
    stopped = blocks(check(plan))
    assert bool(error and plan.total > 0) == ("financing_does_not_add_up" in stopped)
    if not stopped:
        assert plan.fund + plan.local + plan.uncounted == plan.total
        assert 4 * plan.local >= plan.total
        assert 4 * plan.fund <= 3 * plan.total


@given(contributions)
def test_a_budget_that_adds_up_is_refused_for_its_shares_only_and_exactly_at_a_quarter(lines: tuple[Contribution, ...]) -> None:
    plan = adding_up(lines)
    if plan.total == 0:
        assert blocks(check(plan)) == ["budget_total_missing"]
        return
    expected = (["local_share_too_low"] if 4 * plan.local < plan.total else []) + (
        ["fund_share_too_high"] if 4 * plan.fund > 3 * plan.total else []
    )
    assert blocks(check(plan)) == expected


@given(contributions, kroner_and_oere)
def test_more_money_from_the_fund_never_mends_a_local_share(lines: tuple[Contribution, ...], extra: Decimal) -> None:
    before = adding_up(lines)
    after = adding_up((*lines, Contribution(Source.FUND, extra)))
    if "local_share_too_low" in blocks(check(before)):
        assert "local_share_too_low" in blocks(check(after))
