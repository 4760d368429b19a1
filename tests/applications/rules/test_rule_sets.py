from collections import Counter
from datetime import date

import pytest

from applications.rules.rule_sets import TERMS, RuleSet, cite, rule_set_on


@pytest.mark.parametrize(
    ("on", "committed_on", "expected"),
    [
        (date(2011, 3, 22), None, RuleSet.R2011),
        (date(2015, 3, 18), None, RuleSet.R2011),
        (date(2015, 3, 19), None, RuleSet.R2015),
        (date(2019, 12, 31), None, RuleSet.R2015),
        (date(2020, 1, 1), None, RuleSet.R2019),
        (date(2026, 11, 22), None, RuleSet.R2019),
        (date(2026, 11, 22), date(2019, 12, 31), RuleSet.R2015),
        (date(2026, 11, 22), date(2015, 3, 18), RuleSet.R2011),
        (date(2026, 11, 22), date(2020, 1, 1), RuleSet.R2019),
    ],
)
def test_a_commitment_keeps_its_rules_and_all_else_follows_the_regulation_in_force(
    on: date, committed_on: date | None, expected: RuleSet
) -> None:
    assert rule_set_on(on, committed_on=committed_on) is expected


def test_a_case_prequalified_but_not_committed_before_2020_moves_to_the_new_regulation() -> None:
    assert rule_set_on(date(2019, 12, 31)) is RuleSet.R2015
    assert rule_set_on(date(2020, 1, 1)) is RuleSet.R2019


def test_a_commitment_that_lies_ahead_does_not_count_yet() -> None:
    assert rule_set_on(date(2019, 6, 1), committed_on=date(2020, 6, 1)) is RuleSet.R2015


def test_a_day_before_the_oldest_rule_set_is_an_error() -> None:
    with pytest.raises(LookupError, match="2011-03-21"):
        rule_set_on(date(2011, 3, 21))


@pytest.mark.parametrize(("rule_set", "count"), [(RuleSet.R2011, 7), (RuleSet.R2015, 4), (RuleSet.R2019, 4)])
def test_each_rule_set_has_its_own_effort_areas(rule_set: RuleSet, count: int) -> None:
    assert len(TERMS[rule_set].effort_areas) == count


def test_no_effort_area_code_is_shared_between_rule_sets() -> None:
    codes = Counter(area.code for terms in TERMS.values() for area in terms.effort_areas)
    assert set(codes.values()) == {1}


def test_the_four_areas_of_today_state_the_funds_goal() -> None:
    assert TERMS[RuleSet.R2019].effort_area_codes == {"EDUCATION", "EMPLOYMENT", "CRIME_PREVENTION", "COHESION"}
    assert all(area.goal for area in TERMS[RuleSet.R2019].effort_areas)


def test_a_basis_names_act_regulation_and_rule() -> None:
    assert cite(RuleSet.R2015, act="Almenboligloven § 91 a", numbers="R75") == (
        "Almenboligloven § 91 a; Regulativ af 19. marts 2015; R75"
    )
