"""The regulation after 2026 is data and a mapping: a made-up rule set, moved to by the same code, end to end."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.actors import SYSTEM
from applications import moved
from applications.models import Application
from applications.rules import rule_sets, transfer
from applications.rules.rule_sets import EffortArea, Terms
from applications.rules.transfer import Anew, Transition
from applications.transitions import transfer_runs
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

pytestmark = pytest.mark.django_db

R2027 = "R2027"
IN_FORCE = datetime.datetime(2027, 1, 4, 10, tzinfo=ZoneInfo("Europe/Copenhagen"))
TERMS_2027 = Terms(
    name="2027-34-midlerne",
    regulation="Regulativ af 2. november 2026",
    valid_from=datetime.date(2027, 1, 1),
    effort_areas=(EffortArea("LEARNING", "Læring"), EffortArea("SAFETY", "Tryghed")),
    papers=rule_sets.TERMS[rule_sets.RuleSet.R2019].papers,
)
TO_2027 = Transition(
    sources=frozenset({"R2019"}),
    target=R2027,
    day=datetime.date(2027, 1, 1),
    numbers="",
    mapping={"EDUCATION": "LEARNING", "CRIME_PREVENTION": "SAFETY"},
)


@pytest.fixture
def next_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Transition]:
    """The new regulation in force, in the two tables, and in the constraints that a migration would widen."""
    monkeypatch.setattr(rule_sets, "TERMS", MappingProxyType({**rule_sets.TERMS, R2027: TERMS_2027}))
    monkeypatch.setattr(transfer, "TRANSITIONS", MappingProxyType({**transfer.TRANSITIONS, R2027: TO_2027}))
    monkeypatch.setattr("applications.tasks.queue_letter", lambda _event_pk: None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("ALTER TABLE applications_application DROP CONSTRAINT application_rule_set_is_known")
        cursor.execute("SET LOCAL ROLE lbf_portal_app")
    with time_machine.travel(IN_FORCE, tick=False):
        yield TO_2027


def run(transition: Transition) -> transfer_runs.Report:
    return transfer_runs.run(transition, as_of=transition.day, today=timezone.localdate(), by=SYSTEM)


def test_areas_of_the_mapping_follow_along_with_their_goals_and_the_rest_is_asked_anew(
    case_cast: CaseCast, next_rules: Transition
) -> None:
    application = cases.make_plan_ready(case_cast)  # EDUCATION and COHESION, a goal in each
    connection.check_constraints()

    report = run(next_rules)

    after = Application.objects.get(pk=application.pk)
    row = after.transfers.get()
    assert report.moved == [application.case_number]
    assert (after.rule_set, after.plan.effort_areas) == (R2027, ["LEARNING"])
    assert [goal.effort_area for goal in after.plan.goals.all()] == ["LEARNING"]
    assert row.after["areas_put_aside"] == ["COHESION"]
    assert row.after["anew"] == [Anew.EFFORT_AREAS, Anew.GOALS]
    assert after.terms.regulation == "Regulativ af 2. november 2026"


def test_it_is_taken_back_to_what_it_was(case_cast: CaseCast, next_rules: Transition) -> None:
    from applications.transitions import transfer_back

    application = cases.make_plan_ready(case_cast)
    goals = list(application.plan.goals.order_by("pk").values())
    run(next_rules)

    row = application.transfers.get()
    transfer_back.take_back(row, by=SYSTEM, at=timezone.now(), reason="Prøve")

    back = Application.objects.get(pk=application.pk)
    assert (back.rule_set, back.plan.effort_areas) == ("R2019", ["EDUCATION", "COHESION"])
    assert list(back.plan.goals.order_by("pk").values()) == goals


def test_what_the_first_move_took_along_moves_on_by_the_next(case_cast: CaseCast, next_rules: Transition) -> None:
    from tests.factories import transfers as old

    application = old.make_old_plan(case_cast)
    run(transfer.TRANSITIONS["R2019"])

    run(next_rules)

    twice = Application.objects.get(pk=application.pk)
    said = moved.of_case(twice)
    assert twice.rule_set == R2027
    assert said is not None
    assert (said.old.regulation, said.new.regulation) == ("Regulativ af 11. december 2019", "Regulativ af 2. november 2026")
    assert [row.to_rule_set for row in application.transfers.order_by("pk")] == ["R2019", R2027]
