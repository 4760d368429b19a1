"""Sections as people read them: sums, names, and shares that never look better than they are."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from applications.readable import readable
from applications.rules.rule_sets import RuleSet
from applications.sections import canonical


def budget(total: str, **amounts: str) -> Any:
    lines = [
        {"source": source.upper(), "kind": "CASH", "amount": amount, "accepted_as_local": False, "note": ""}
        for source, amount in amounts.items()
    ]
    return readable("budget", {"total_budget": total, "lines": lines}, RuleSet.R2019)


@pytest.mark.parametrize(
    ("local", "share"),
    [("3000000", Decimal("0.25")), ("2999999.99", Decimal("0.249")), ("3000000.01", Decimal("0.25"))],
)
def test_the_local_share_is_never_told_too_high(local: str, share: Decimal) -> None:
    assert budget("12000000", fund="9000000", municipality=local).local_share == share


@pytest.mark.parametrize(("fund", "share"), [("9000000", Decimal("0.75")), ("9000000.01", Decimal("0.751"))])
def test_the_funds_share_is_never_told_too_low(fund: str, share: Decimal) -> None:
    assert budget("12000000", fund=fund, municipality="3000000").fund_share == share


def test_a_budget_that_is_not_entered_has_no_shares() -> None:
    empty = readable("budget", {"total_budget": None, "lines": []}, RuleSet.R2019)

    assert (empty.total, empty.local_share, empty.fund_share) == (None, None, None)


def rent_line(ends_on: str) -> dict[str, Any]:
    return {
        "department": "11 Bakken",
        "amount_per_m2": "90.00",
        "area_m2": "8200",
        "starts_on": "2027-01-01",
        "ends_on": ends_on,
    }


def test_rent_support_of_whole_months_has_a_total() -> None:
    rent = readable("rent", {"wants_rent_support": True, "lines": [rent_line("2030-12-31")]}, RuleSet.R2019)

    assert (rent.yearly, rent.total) == (Decimal(738_000), Decimal(2_952_000))


def test_rent_support_of_broken_months_has_none() -> None:
    lines = [rent_line("2030-12-31"), rent_line("2030-12-30")]
    rent = readable("rent", {"wants_rent_support": True, "lines": lines}, RuleSet.R2019)

    assert (rent.yearly, rent.total) == (Decimal(1_476_000), None)


def test_goals_stand_under_their_effort_area_in_the_regulations_order() -> None:
    goal: dict[str, Any] = {
        "indicator": "x",
        "indicator_name": "Indikator",
        "unit": "%",
        "sub_goal": "Delmål",
        "responsible_party": "",
        "baseline_value": "61.5000",
        "baseline_on": "2026-01-01",
        "target_value": None,
        "target_on": None,
    }
    goals = [{**goal, "effort_area": "COHESION"}, {**goal, "effort_area": "EDUCATION"}]

    groups = readable("goals", {"goals": goals}, RuleSet.R2019)

    assert [group.area.name for group in groups] == ["Uddannelse og livschancer", "Sammenhængskraft og medborgerskab"]
    assert groups[0].goals[0].baseline_value == Decimal("61.5")
    assert groups[0].goals[0].baseline_on == datetime.date(2026, 1, 1)


def test_an_effort_area_of_another_rule_set_stands_for_itself() -> None:
    plan = {"starts_on": None, "ends_on": None, "summary": "", "effort_areas": ["EDUCATION", "FREMMED"]}

    assert [area.name for area in readable("plan", plan, RuleSet.R2019).effort_areas] == ["Uddannelse og livschancer", "FREMMED"]


def test_stored_text_and_live_values_read_alike() -> None:
    live = {"title": "Sammen", "participants": [], "expected_start_on": datetime.date(2028, 1, 1)}
    stored = {**live, "expected_start_on": "2028-01-01"}

    assert canonical(live) == canonical(stored)
    assert readable("basics", live, RuleSet.R2019) == readable("basics", stored, RuleSet.R2019)
