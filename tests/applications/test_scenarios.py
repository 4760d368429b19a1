"""Scenarios: made, shared, copied, changed with a history; what the database itself refuses."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.actors import Actor
from accounts.roles import Role
from applications import planning, scenario_history, transitions
from applications.models import Application, Scenario, ScenarioCase, ScenarioEvent
from applications.rules.fitting import Carrying, Passing
from applications.transitions import Outdated, scenarios
from applications.transitions.scenarios import CaseChoice, Settings
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken
from tests.applications.lines import REASON, make_scenario, set_case, waiting
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.applications import AT, MIO, CaseCast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def line(case_cast: CaseCast) -> list[Application]:
    """Three cases, and a frame for them."""
    cases.make_frame(case_cast, 2026)
    return waiting(case_cast, 3, 4, 5)


@pytest.fixture
def officer(case_cast: CaseCast) -> Actor:
    return case_cast.case_officer


@pytest.fixture
def scenario(officer: Actor, line: list[Application]) -> Scenario:
    return make_scenario(officer)


def history(scenario: Scenario) -> list[str]:
    return [one.what for one in scenario_history.lines(scenario.events.select_related("user"))]


def refused(act: Callable[[], object], kind: type[Refused] = RuleBroken) -> list[str]:
    with pytest.raises(kind) as caught:
        act()
    return [violation.code for violation in caught.value.violations]


# Who


@pytest.mark.parametrize("who", ["applicant", "municipality", "auditor", "adviser", "outsider"])
def test_nobody_outside_the_fund_makes_or_touches_a_scenario(
    who: str, scenario: Scenario, line: list[Application], request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(who)

    assert refused(lambda: make_scenario(actor, "Udefra"), NotAllowed) == ["not_allowed"]
    assert refused(lambda: set_case(scenario, line[0], by=actor, year=2026), NotAllowed) == ["not_allowed"]
    assert not Scenario.objects.visible_to(actor).exists()


def test_a_role_of_another_organisation_is_no_role_in_the_fund(scenario: Scenario, applicant: Actor) -> None:
    false = Actor(applicant.user, applicant.organisation, frozenset({Role.CASE_OFFICER}))

    assert not Scenario.objects.visible_to(false).exists()


def test_a_private_scenario_is_its_owners_and_a_shared_one_everybodys(
    officer: Actor, director: Actor, line: list[Application]
) -> None:
    private, shared = make_scenario(officer, "Mit", shared=False), make_scenario(officer, "Vores")

    assert set(Scenario.objects.visible_to(officer)) == {private, shared}
    assert set(Scenario.objects.visible_to(director)) == {shared}
    assert refused(lambda: set_case(private, line[0], by=director, year=2026), NotAllowed) == ["not_allowed"]
    set_case(shared, line[0], by=director, year=2026)
    assert shared.cases.get().year == 2026


def test_only_the_owner_changes_the_settings(scenario: Scenario, officer: Actor, director: Actor) -> None:
    wanted = Settings(name="Fyldt op", passing=Passing.FILL_GAPS, carrying=Carrying.ALL)

    assert refused(lambda: scenarios.change_settings(scenario, wanted, by=director, at=AT), NotAllowed) == ["not_the_owner"]
    scenarios.change_settings(scenario, wanted, by=officer, at=AT)
    assert scenarios.settings_of(Scenario.objects.get()) == wanted
    assert history(scenario)[0] == (
        "Indstillinger er ændret: navn, delt med alle i fonden, når en sag må vente, overførsel til året efter"
    )


# Names


def test_a_name_is_used_once_by_each_person(scenario: Scenario, officer: Actor, director: Actor) -> None:
    assert refused(lambda: make_scenario(officer, " Først de dyre ")) == ["scenario_name_taken"]
    assert make_scenario(director).name == scenario.name
    assert refused(lambda: make_scenario(officer, "  ")) == ["scenario_without_name"]


# What is set


def test_what_is_set_is_kept_with_who_and_why(scenario: Scenario, line: list[Application], director: Actor) -> None:
    set_case(scenario, line[2], by=director, reason=REASON, social_amount=2 * MIO, year=2026, later_share=Decimal("0.4"), place=1)
    set_case(scenario, line[2], by=director, reason=REASON, social_amount=1 * MIO, year=2026, place=1)

    event = scenario.events.last()
    assert event is not None
    assert (event.user, event.role, event.reason) == (director.user, Role.DIRECTOR, REASON)
    number = line[2].case_number
    assert history(scenario) == [
        f"Sag {number}: til den boligsociale indsats 1.000.000 kr. (før 2.000.000 kr.), andel året efter følger sagen (før 40 %)",
        f"Sag {number}: til den boligsociale indsats 2.000.000 kr., ramme 2026, andel året efter 40 %, plads 1",
        "Scenariet er lavet",
    ]


def test_nothing_set_follows_the_case_again(scenario: Scenario, line: list[Application], officer: Actor) -> None:
    set_case(scenario, line[0], by=officer, year=2026)
    set_case(scenario, line[0], by=officer)
    set_case(scenario, line[0], by=officer)

    assert not scenario.cases.exists()
    assert history(scenario)[0] == f"Sag {line[0].case_number} følger igen sagen selv"
    assert scenario.events.count() == 3


def test_setting_changes_neither_case_nor_frame(scenario: Scenario, line: list[Application], officer: Actor) -> None:
    before = list(Application.objects.order_by("pk").values())
    events = line[0].events.count()

    set_case(scenario, line[0], by=officer, social_amount=9 * MIO, place=3, reason=REASON)

    assert list(Application.objects.order_by("pk").values()) == before
    assert line[0].events.count() == events


@pytest.mark.parametrize(
    ("choice", "reason", "expected"),
    [
        ({"place": 1}, "", ["move_without_reason"]),
        ({"place": 0}, REASON, ["place_outside_line"]),
        ({"place": 4}, REASON, ["place_outside_line"]),
        ({"place": 3}, REASON, ["place_taken"]),
        ({"year": 2025}, "", ["year_not_planned"]),
        ({"year": 2027}, "", ["year_not_planned"]),
        ({"social_amount": Decimal(-1)}, "", ["planned_amount_negative"]),
        ({"rent_amount": Decimal(-1)}, "", ["planned_amount_negative"]),
    ],
)
def test_what_makes_no_sense_is_refused(
    choice: dict[str, Any], reason: str, expected: list[str], *, scenario: Scenario, line: list[Application], officer: Actor
) -> None:
    set_case(scenario, line[1], by=officer, place=3, reason=REASON)

    assert refused(lambda: set_case(scenario, line[0], by=officer, reason=reason, **choice)) == expected


def test_a_case_that_left_the_line_is_not_set(
    scenario: Scenario, line: list[Application], officer: Actor, applicant: Actor
) -> None:
    transitions.withdraw(line[0], by=applicant, at=AT, reason="Vi venter et år.")

    assert refused(lambda: set_case(scenario, line[0], by=officer, year=2026), IllegalMove) == ["case_not_in_line"]


@pytest.mark.parametrize("more", [{}, {"year": 2026}])
def test_the_place_of_a_case_that_left_the_line_is_free_and_the_history_says_so(
    more: dict[str, int], *, scenario: Scenario, line: list[Application], officer: Actor, applicant: Actor
) -> None:
    set_case(scenario, line[0], by=officer, place=2, reason=REASON, **more)
    transitions.withdraw(line[0], by=applicant, at=AT, reason="Vi venter et år.")

    set_case(scenario, line[2], by=officer, place=2, reason=REASON)

    assert scenario.cases.get(application=line[2]).place == 2
    assert [(one.place, one.year) for one in scenario.cases.filter(application=line[0])] == ([(None, 2026)] if more else [])
    gone, moved = line[0].case_number, line[2].case_number
    assert history(scenario)[0] == f"Sag {moved}: plads 2; pladsen er taget fra {gone}, der er ude af rækken"


def test_a_refused_move_takes_no_place(scenario: Scenario, line: list[Application], officer: Actor, applicant: Actor) -> None:
    set_case(scenario, line[0], by=officer, place=2, reason=REASON)
    transitions.withdraw(line[0], by=applicant, at=AT, reason="Vi venter et år.")

    assert refused(lambda: set_case(scenario, line[2], by=officer, place=2)) == ["move_without_reason"]
    assert scenario.cases.get().place == 2


def test_whoever_saves_second_is_told_of_the_first(
    scenario: Scenario, line: list[Application], officer: Actor, director: Actor
) -> None:
    seen = scenarios.version_of(None)
    set_case(scenario, line[0], by=director, social_amount=2 * MIO)

    def save(seen: str) -> None:
        choice = CaseChoice(social_amount=1 * MIO)
        scenarios.set_case(scenario, line[0], choice, reason="", by=officer, at=AT, seen=seen)

    assert refused(lambda: save(seen), Outdated) == ["outdated"]
    save(scenarios.version_of(scenario.cases.get()))
    assert scenario.cases.get().social_amount == 1 * MIO


# Copies


def test_a_copy_is_ones_own_with_all_that_is_set(
    scenario: Scenario, line: list[Application], officer: Actor, director: Actor
) -> None:
    set_case(scenario, line[0], by=officer, social_amount=2 * MIO, place=2, reason=REASON)

    copy = scenarios.copy_scenario(scenario, Settings(name="Min egen"), by=director, at=AT)
    set_case(copy, line[1], by=director, year=2026)

    assert (copy.owner, copy.is_shared, copy.copied_from, copy.basis) == (director.user, False, scenario, scenario.basis)
    assert [one.as_json() | {"reason": one.reason} for one in copy.cases.filter(application=line[0])] == [
        one.as_json() | {"reason": one.reason} for one in scenario.cases.all()
    ]
    assert history(copy)[-1] == "Scenariet er lavet som kopi af »Først de dyre«"
    assert scenario.cases.count() == 1


# Taking note


def test_taking_note_drops_what_was_set_for_cases_that_left(
    scenario: Scenario, line: list[Application], officer: Actor, applicant: Actor
) -> None:
    for case in line[:2]:
        set_case(scenario, case, by=officer, year=2026)
    transitions.withdraw(line[0], by=applicant, at=AT, reason="Vi venter et år.")

    scenarios.take_note(scenario, by=officer, at=AT + datetime.timedelta(days=1))

    assert [one.application for one in scenario.cases.all()] == [line[1]]
    assert scenario.basis.keys() == {str(case.case_number) for case in line[1:]}
    assert scenario.basis_on == (AT + datetime.timedelta(days=1)).date()
    assert history(scenario)[0].endswith(f"væk er det, der var sat for {line[0].case_number}")


def test_whoever_takes_note_of_less_than_has_happened_is_told(
    scenario: Scenario, line: list[Application], officer: Actor, applicant: Actor
) -> None:
    transitions.withdraw(line[0], by=applicant, at=AT, reason="Vi venter et år.")
    shown = planning.mark_of(planning.changes_since(scenario, planning.desk(on=AT.date())))
    set_case(scenario, line[1], by=officer, year=2026)
    transitions.withdraw(line[1], by=applicant, at=AT, reason="Vi også.")

    assert refused(lambda: scenarios.take_note(scenario, by=officer, at=AT, seen=shown), Outdated) == ["outdated"]
    assert scenario.cases.exists()
    now = planning.mark_of(planning.changes_since(scenario, planning.desk(on=AT.date())))
    scenarios.take_note(scenario, by=officer, at=AT, seen=now)
    assert not scenario.cases.exists()


# The database


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({}, "scenario_case_sets_something"),
        ({"place": 2}, "scenario_case_moved_with_reason"),
        ({"place": 0, "reason": REASON}, "scenario_case_moved_with_reason"),
        ({"social_amount": Decimal(-1)}, "scenario_case_social_is_not_negative"),
        ({"rent_amount": Decimal(-1)}, "scenario_case_rent_is_not_negative"),
        ({"later_share": Decimal(0)}, "scenario_case_share_is_a_part"),
        ({"later_share": Decimal(1)}, "scenario_case_share_is_a_part"),
        ({"year": 2026, "application": 1}, "scenario_case_once"),
        ({"place": 1, "reason": REASON}, "scenario_case_place_once"),
    ],
)
def test_the_database_refuses_what_must_never_be(
    fields: dict[str, Any], constraint: str, *, scenario: Scenario, line: list[Application], officer: Actor
) -> None:
    set_case(scenario, line[1], by=officer, place=1, reason=REASON)
    which = line[fields.pop("application", 0)]

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ScenarioCase.objects.create(scenario=scenario, application=which, **fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"name": ""}, "scenario_has_a_name"),
        ({"passing": "LUCK"}, "scenario_passing_is_known"),
        ({"carrying": "SOME"}, "scenario_carrying_is_known"),
        ({"changed_at": AT - datetime.timedelta(days=1)}, "scenario_changed_after_it_was_made"),
    ],
)
def test_a_scenario_is_what_it_says(fields: dict[str, Any], constraint: str, scenario: Scenario) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Scenario.objects.filter(pk=scenario.pk).update(**fields)


def test_the_history_is_append_only(scenario: Scenario) -> None:
    for act in (
        lambda: ScenarioEvent.objects.update(reason="Noget andet"),
        lambda: ScenarioEvent.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match=r"permission denied|append-only"), transaction.atomic():
            act()


def test_another_persons_scenario_of_the_same_fund_is_found_by_its_id_only_when_shared(
    officer: Actor, fund: Any, today: datetime.date
) -> None:
    colleague = member(fund, Role.CASE_OFFICER, email="kollega.i.fonden@example.org", today=today)
    private = make_scenario(officer, "Kun mit", shared=False)

    assert not Scenario.objects.visible_to(colleague).filter(pk=private.pk).exists()
