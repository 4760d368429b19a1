"""The catalogue of indicators: loaded from the file, again without harm."""

from __future__ import annotations

import csv

import pytest
from django.core.management import call_command

from accounts.actors import SYSTEM, Actor
from applications import transitions
from applications.models import IndicatorDefinition
from applications.rules.rule_sets import TERMS, RuleSet
from lbf_portal.lib.refusals import NotAllowed

pytestmark = pytest.mark.django_db


def test_every_effort_area_of_the_rules_in_force_has_indicators() -> None:
    call_command("load_indicators", verbosity=0)

    areas = set(IndicatorDefinition.objects.values_list("effort_area", flat=True))
    assert areas == TERMS[RuleSet.R2019].effort_area_codes


def test_every_row_of_the_file_is_complete_and_unconfirmed() -> None:
    with transitions.INDICATORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert all(value for row in rows for value in row.values())
    assert {row["is_confirmed"] for row in rows} == {"no"}


def test_loading_again_refreshes_names_and_keeps_what_the_fund_confirmed() -> None:
    count = transitions.load_indicators(by=SYSTEM)
    IndicatorDefinition.objects.filter(code="tryghed").update(is_confirmed=True, name_da="Gammelt navn")

    assert transitions.load_indicators(by=SYSTEM) == count == IndicatorDefinition.objects.count()

    indicator = IndicatorDefinition.objects.get(code="tryghed")
    assert (indicator.name_da, indicator.is_confirmed) == ("Oplevet tryghed", True)


def test_people_do_not_load_the_catalogue(case_officer: Actor) -> None:
    with pytest.raises(NotAllowed):
        transitions.load_indicators(by=case_officer)
