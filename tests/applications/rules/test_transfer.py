from datetime import date

import pytest

from applications.rules import transfer
from applications.rules.rule_sets import TERMS
from applications.rules.transfer import Anew, Facts, Goal, Standing, change_of, check, check_agreement, check_day, transition_to

TO_2019 = transition_to("R2019")


def codes(facts: Facts) -> list[str]:
    return [violation.code for violation in check(facts)]


@pytest.mark.parametrize("rule_set", ["R2011", "R2015"])
def test_what_was_prequalified_under_earlier_rules_moves(rule_set: str) -> None:
    assert check(Facts(TO_2019, rule_set, Standing.PREQUALIFIED)) == []


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (Standing.COMMITTED, "transfer_committed"),
        (Standing.REFUSED, "transfer_refused"),
        (Standing.WITHDRAWN, "transfer_withdrawn"),
        (Standing.LAPSED, "transfer_lapsed"),
        (Standing.NOT_PREQUALIFIED, "transfer_not_prequalified"),
    ],
)
def test_everything_else_stays_and_says_why(standing: Standing, code: str) -> None:
    [why] = check(Facts(TO_2019, "R2015", standing))

    assert why.code == code
    assert "Regulativ af 11. december 2019" in why.basis


def test_a_case_under_the_new_rules_is_not_in_question() -> None:
    assert codes(Facts(TO_2019, "R2019", Standing.PREQUALIFIED)) == ["transfer_other_rule_set"]


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (date(2019, 12, 31), ["transfer_too_early"]),
        (date(2020, 1, 1), []),
        (date(2026, 11, 22), []),
        (date(2026, 11, 23), ["transfer_in_the_future"]),
    ],
)
def test_cases_move_as_of_a_day_since_the_regulation_and_not_after_today(day: date, refused: list[str]) -> None:
    assert [violation.code for violation in check_day(TO_2019, day, today=date(2026, 11, 22))] == refused


def test_without_a_mapping_all_areas_and_goals_are_put_aside() -> None:
    areas = ("SAFETY_AND_WELL_BEING", "PARENTAL_RESPONSIBILITY")
    goals = (Goal("1", "SAFETY_AND_WELL_BEING"), Goal("2", "PARENTAL_RESPONSIBILITY"))
    change = change_of(Facts(TO_2019, "R2015", Standing.PREQUALIFIED, areas, goals, has_plan=True, has_agreement=True))

    assert (change.effort_areas, change.areas_put_aside) == ((), areas)
    assert (change.goals, change.goals_put_aside) == ({}, ("1", "2"))
    assert change.anew == (Anew.EFFORT_AREAS, Anew.GOALS, Anew.AGREEMENT)


def test_from_2011_the_papers_of_the_agreement_are_asked_for_too() -> None:
    change = change_of(Facts(TO_2019, "R2011", Standing.PREQUALIFIED))

    assert [paper.code for paper in change.papers] == ["D10", "D11", "D12", "D13", "D15", "D16", "D17"]
    assert change.anew == (Anew.EFFORT_AREAS, Anew.PAPERS)


def test_an_agreement_under_other_rules_carries_nothing() -> None:
    assert [violation.code for violation in check_agreement("R2019", "R2015")] == ["agreement_under_other_rules"]
    assert check_agreement("R2019", "R2019") == check_agreement("R2019", "") == []


def test_no_mapping_is_made_up_between_effort_areas_of_todays_rule_sets() -> None:
    assert all(not transition.mapping for transition in transfer.TRANSITIONS.values())


def test_every_transition_leads_from_older_rules_to_newer_ones_on_their_first_day() -> None:
    for target, transition in transfer.TRANSITIONS.items():
        assert transition.target == target
        assert transition.day == TERMS[target].valid_from  # type: ignore[index]  # names and members are the same keys
        assert all(TERMS[source].valid_from < transition.day for source in transition.sources)  # type: ignore[index]  # as above
