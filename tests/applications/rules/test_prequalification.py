"""Completeness C10 (domain.md, 4.3), one lack at a time."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from applications.rules import cofinancing
from applications.rules.prequalification import PROBLEM_NAMES, Department, Facts, Problem, check
from applications.rules.rule_sets import RuleSet
from tests.applications.rules.answers import advises, blocks, the

BUDGET = cofinancing.Facts(
    RuleSet.R2019,
    Decimal(12000000),
    (
        cofinancing.Contribution(cofinancing.Source.FUND, Decimal(9000000)),
        cofinancing.Contribution(cofinancing.Source.MUNICIPALITY, Decimal(3000000)),
    ),
)
COMPLETE = Facts(
    RuleSet.R2019,
    housing_organisation_count=1,
    municipality_count=1,
    departments=(Department("Afdeling 1", is_in_area=True, has_key_figures=True, is_confirmed=True),),
    challenges="Mange unge er uden for uddannelse.",
    problems=frozenset({Problem.SOCIAL_PROBLEMS}),
    figures=frozenset({Problem.SOCIAL_PROBLEMS}),
    budget=BUDGET,
    has_municipal_recommendation=True,
)


def but(**changes: Any) -> Facts:
    return dataclasses.replace(COMPLETE, **changes)


def test_a_complete_application_passes_without_a_word() -> None:
    assert check(COMPLETE) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (but(housing_organisation_count=0), ["housing_organisation_missing"]),
        (but(housing_organisation_count=3), []),
        (but(municipality_count=0), ["municipality_missing"]),
        (but(municipality_count=2), ["more_than_one_municipality"]),
        (but(departments=()), ["department_missing"]),
        (but(challenges=" \n"), ["challenges_not_described"]),
        (but(problems=frozenset()), ["problem_not_named"]),
        (but(problems=frozenset(Problem), figures=frozenset(Problem)), []),
        (but(has_development_plan=True), ["coordination_not_described"]),
        (but(has_development_plan=True, coordination=" "), ["coordination_not_described"]),
        (but(has_development_plan=True, coordination="Fælles styregruppe."), []),
        (but(budget=dataclasses.replace(BUDGET, total=Decimal(0))), ["budget_total_missing"]),
        (
            but(budget=dataclasses.replace(BUDGET, contributions=())),
            [
                "nothing_applied_for",
                "financing_does_not_add_up",
                "local_share_too_low",
            ],
        ),
    ],
)
def test_what_is_missing_is_named(facts: Facts, expected: list[str]) -> None:
    assert blocks(check(facts)) == expected


def test_a_connected_department_says_how_it_is_connected() -> None:
    near = Department("Afdeling 2", is_in_area=False, has_key_figures=True, is_confirmed=True)
    found = check(but(departments=(*COMPLETE.departments, near)))
    assert blocks(found) == ["connection_not_explained"]
    assert found[0].message == "Afdeling 2 ligger uden for området. Skriv, hvordan afdelingen hænger sammen med det."
    assert found[0].basis.endswith("R52")
    explained = dataclasses.replace(near, reason="Samme skole og samme stisystem.")
    assert check(but(departments=(*COMPLETE.departments, explained))) == []


def test_each_department_has_key_figures_or_a_reason() -> None:
    lacking = tuple(Department(f"Afdeling {number}", is_in_area=True, is_confirmed=True) for number in (1, 2))
    found = check(but(departments=(*COMPLETE.departments, *lacking)))
    assert blocks(found) == ["key_figures_missing"]
    assert "Afdeling 1, Afdeling 2" in the("key_figures_missing", found).message
    assert the("key_figures_missing", found).basis.endswith("R64, C10")
    explained = [dataclasses.replace(one, key_figures_absence="Færre end 100 beboere.") for one in lacking]
    assert check(but(departments=tuple(explained))) == []
    assert blocks(check(but(departments=(dataclasses.replace(lacking[0], key_figures_absence=" "),)))) == ["key_figures_missing"]


def test_a_file_of_key_figures_stands_for_those_of_every_department() -> None:
    lacking = Department("Afdeling 1", is_in_area=True, is_confirmed=True)
    assert check(but(departments=(lacking,), has_key_figures_attached=True)) == []


def test_master_data_are_confirmed_for_every_department() -> None:
    new = Department("Afdeling 2", is_in_area=True, has_key_figures=True)
    found = check(but(departments=(*COMPLETE.departments, new)))
    assert blocks(found) == ["master_data_confirmation_missing"]
    assert found[0].message == "Se stamdata efter, og bekræft dem, for: Afdeling 2."


def test_a_problem_without_a_figure_and_the_recommendation_are_asked_for_and_do_not_block() -> None:
    found = check(but(problems=frozenset({Problem.VIOLENCE, Problem.SOCIAL_PROBLEMS}), has_municipal_recommendation=False))
    assert blocks(found) == []
    assert advises(found) == ["problem_without_figure", "municipal_recommendation_missing"]
    assert found[0].message.startswith("Vold: ")


def test_every_problem_has_a_danish_name() -> None:
    assert set(PROBLEM_NAMES) == set(Problem)
