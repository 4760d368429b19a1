"""The planner's facts: amounts and years with their source, order by the lists, what the years have left (R53, R68, U7)."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import planning, transitions
from applications.models import Application
from applications.planning import AmountSource, CaseFacts, Planned, YearSource
from applications.rules.fitting import Obstacle
from applications.rules.forecast import ASSUMED, Assumption, Stage
from areas.models import Answer
from ledger import signals
from ledger.kinds import Money
from tests.applications.lines import REASON, give_priority, make_scenario, set_case, waiting
from tests.factories import applications as cases
from tests.factories.applications import MIO, CaseCast
from tests.ledger.acts import commit, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

TODAY = cases.AT.date()


def planned() -> Planned:
    return planning.planned(planning.desk(on=TODAY))


def facts_of(case: Application) -> CaseFacts:
    return planning.desk(on=TODAY).by_number[case.case_number]


def make_following_frame(cast: CaseCast) -> None:
    """The year after the period, which lives on what is carried to it (G4)."""
    cases.make_frame(cast, 2027, total=Decimal(0), rent=Decimal(0))


def answers(plan: Planned) -> dict[str, int | None]:
    return {row.case.application.title: row.placement.year for row in plan.rows}


# Who is in line


def test_waiting_and_prequalified_cases_are_in_line_and_no_others(case_cast: CaseCast) -> None:
    cases.make_draft(case_cast, title="Kladde")
    cases.make_under_assessment(case_cast, title="Vurderes")
    [waits] = waiting(case_cast, 5)
    in_line = [waits, cases.make_prequalified(case_cast), cases.make_plan_started(case_cast), cases.make_recommended(case_cast)]
    cases.make_committed(case_cast, title="Tilsagn")

    assert {case.number for case in planning.desk(on=TODAY).cases} == {case.case_number for case in in_line}


# Amounts and years


def test_before_anything_else_is_known_the_amount_is_what_is_asked_of_the_fund(case_cast: CaseCast) -> None:
    case = facts_of(cases.make_prequalified(case_cast, wants_rent_support=True))

    assert (case.social, case.rent) == (9 * MIO, Decimal(4 * 90 * 8200))
    assert case.amount_source is AmountSource.ASKED


def test_a_recommendation_counts_before_what_is_asked(case_cast: CaseCast) -> None:
    application = cases.make_recommended(case_cast)
    transitions.recommend(
        application,
        frame_year=2026,
        social_amount=7 * MIO,
        rent_amount=Decimal(0),
        reason="Mindre end søgt.",
        by=case_cast.case_officer,
        at=cases.AT,
    )

    case = facts_of(application)
    assert (case.social, case.amount_source, case.stage) == (7 * MIO, AmountSource.RECOMMENDED, Stage.RECOMMENDED)
    assert (case.year, case.year_source) == (2026, YearSource.RECOMMENDED)


def test_a_recommendation_counts_before_a_reservation_as_in_the_ledgers_outlook(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    make_following_frame(case_cast)
    application = cases.make_recommended(case_cast)
    reserve(6 * MIO, 2027, case_reference=str(application.case_number), on=TODAY)

    case = facts_of(application)
    assert (case.social, case.rent, case.amount_source) == (9 * MIO, Decimal(0), AmountSource.RECOMMENDED)
    assert (case.year, case.year_source) == (2026, YearSource.RECOMMENDED)
    [told] = signals.waiting(on=TODAY)
    assert (told.year, told.total) == (case.year, case.total)


def test_a_reservation_counts_before_what_is_asked(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    make_following_frame(case_cast)
    application = cases.make_prequalified(case_cast)
    number = str(application.case_number)
    reserve(6 * MIO, 2027, case_reference=number, on=TODAY)
    reserve(2 * MIO, 2027, case_reference=number, money=Money.RENT, on=TODAY)

    case = facts_of(application)
    assert (case.social, case.rent, case.amount_source) == (6 * MIO, 2 * MIO, AmountSource.RESERVED)
    assert (case.year, case.year_source) == (2027, YearSource.RESERVED)


def test_otherwise_the_year_is_the_one_in_which_a_decision_is_expected(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    make_following_frame(case_cast)
    case = facts_of(waiting(case_cast, 5)[0])

    assert (case.year, case.year_source) == (2027, YearSource.EXPECTED)


def test_rent_is_planned_for_the_last_year_that_has_a_rent_part(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    make_following_frame(case_cast)
    case = facts_of(cases.make_prequalified(case_cast, wants_rent_support=True))

    assert (case.year, case.year_source) == (2026, YearSource.RENT)


# Order


def test_an_area_of_section_61_a_comes_first_with_the_day_of_its_list(case_cast: CaseCast) -> None:
    listed = cases.make_area(case_cast, key="gellerup", name="Gellerupparken")
    waiting(case_cast, 1, 2, days_ago=100)
    give_priority(listed)
    [last] = waiting(case_cast, 3, area=listed)

    first = planned().rows[0]
    assert first.number == last.case_number
    assert (first.case.priority, first.case.listed_on) == (Answer.YES, datetime.date(2025, 12, 1))


def test_a_department_in_a_listed_area_gives_the_whole_case_priority(case_cast: CaseCast) -> None:
    listed = cases.make_area(case_cast, key="gellerup", name="Gellerupparken")
    give_priority(listed)
    [case] = waiting(case_cast, 3)
    case.application_departments.create(department=cases.make_department(case_cast, "77", area=listed), is_connected=True)

    assert facts_of(case).has_priority


def test_without_lists_priority_is_unknown_and_the_date_decides(case_cast: CaseCast) -> None:
    made = waiting(case_cast, 1, 2, 3)

    rows = planned().rows
    assert [row.number for row in rows] == [case.case_number for case in made]
    assert all(row.case.is_priority_unknown for row in rows)


# What the years have left


def test_committed_money_is_gone_and_what_is_reserved_for_others_too(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026, total=100 * MIO, rent=40 * MIO)
    commit(30 * MIO)
    commit(5 * MIO, money=Money.RENT)
    [case] = waiting(case_cast, 5)
    reserve(10 * MIO, case_reference="999998", on=TODAY)
    reserve(4 * MIO, case_reference="999997", money=Money.RENT, on=TODAY)
    reserve(8 * MIO, case_reference=str(case.case_number), on=TODAY)

    desk = planning.desk(on=TODAY)
    assert [(year.year, year.free, year.rent_free) for year in desk.years] == [(2026, 51 * MIO, 31 * MIO)]
    assert desk.elsewhere == {2026: 14 * MIO}


def test_only_this_year_and_the_next_are_planned(case_cast: CaseCast) -> None:
    for year in (2024, 2025, 2026):
        cases.make_frame(case_cast, year)
    make_following_frame(case_cast)

    assert [year.year for year in planning.desk(on=TODAY).years] == [2026, 2027]


# In a scenario


def test_a_scenario_follows_the_cases_except_for_what_it_sets(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026, total=20 * MIO, rent=Decimal(0))
    first, second, third = waiting(case_cast, 12, 9, 3)
    assert answers(planned()) == {"Etape 1": 2026, "Etape 2": None, "Etape 3": None}

    scenario = make_scenario(case_cast.case_officer)
    set_case(scenario, second, by=case_cast.case_officer, social_amount=5 * MIO)
    plan = planning.planned(planning.desk(on=TODAY), scenario, scenario.cases.select_related("application"))

    assert answers(plan) == {"Etape 1": 2026, "Etape 2": 2026, "Etape 3": 2026}
    assert [row.number for row in plan.rows] == [one.case_number for one in (first, second, third)]
    assert plan.left == 0
    assert answers(planned())["Etape 2"] is None


def test_a_moved_case_and_instalments_are_planned_as_they_are_set(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026, total=20 * MIO, rent=Decimal(0))
    make_following_frame(case_cast)
    *_, third = waiting(case_cast, 12, 9, 3)
    scenario = make_scenario(case_cast.case_officer)
    set_case(scenario, third, by=case_cast.case_officer, place=1, year=2026, later_share=Decimal("0.3333"), reason=REASON)

    row = planning.planned(planning.desk(on=TODAY), scenario, scenario.cases.select_related("application")).rows[0]
    assert row.is_moved
    assert row.placement.given == {2026: Decimal("2000100.00"), 2027: Decimal("999900.00")}


def test_what_is_set_for_a_case_that_left_counts_for_nothing(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    first, second = waiting(case_cast, 12, 9)
    scenario = make_scenario(case_cast.case_officer)
    set_case(scenario, second, by=case_cast.case_officer, place=1, reason=REASON)
    transitions.withdraw(second, by=case_cast.applicant, at=cases.AT, reason="Vi venter et år.")

    plan = planning.planned(planning.desk(on=TODAY), scenario, scenario.cases.select_related("application"))
    assert [row.number for row in plan.rows] == [first.case_number]


def test_a_scenario_tells_what_happened_since(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    stays, leaves, changes = waiting(case_cast, 1, 2, 3)
    officer = case_cast.case_officer
    scenario = make_scenario(officer)
    set_case(scenario, changes, by=officer, social_amount=4 * MIO)
    transitions.withdraw(leaves, by=case_cast.applicant, at=cases.AT, reason="Vi venter et år.")
    reserve(6 * MIO, case_reference=str(changes.case_number), on=TODAY)
    [comes] = waiting(case_cast, 5)

    own = list(scenario.cases.select_related("application"))
    found = {change.number: change for change in planning.changes_since(scenario, planning.desk(on=TODAY), own)}
    assert found.keys() == {leaves.case_number, changes.case_number, comes.case_number}
    assert (found[leaves.case_number].left, found[leaves.case_number].state) == (True, "Trukket tilbage")
    changed = found[changes.case_number]
    assert (changed.was, changed.now and changed.now.total, changed.kept) == (3 * MIO, 6 * MIO, 4 * MIO)
    assert found[comes.case_number].came
    assert stays.case_number not in found


def test_a_case_that_is_expected_in_another_year_is_told(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    make_following_frame(case_cast)
    [case] = waiting(case_cast, 3)
    scenario = make_scenario(case_cast.case_officer)
    shown = planning.mark_of(planning.changes_since(scenario, planning.desk(on=TODAY)))
    reserve(3 * MIO, 2026, case_reference=str(case.case_number), on=TODAY)

    [change] = changes = planning.changes_since(scenario, planning.desk(on=TODAY))
    assert (change.was, change.year_was, change.now and change.now.total, change.now and change.now.year) == (
        3 * MIO,
        2027,
        3 * MIO,
        2026,
    )
    assert change.other_year
    assert planning.mark_of(changes) != shown


# The forecast


def test_the_forecast_counts_the_whole_pipeline_by_stage(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    waiting(case_cast, 5, 7)
    cases.make_submitted(case_cast)
    cases.make_recommended(case_cast)

    answer = planning.outlook(on=TODAY).answer
    counted = {line.stage: (line.count, line.range.high) for line in answer.stages if line.count}
    assert counted == {
        Stage.SUBMITTED: (1, 9 * MIO),
        Stage.WAITING_LIST: (2, 12 * MIO),
        Stage.RECOMMENDED: (1, 9 * MIO),
    }
    assert answer.total.low == 9 * MIO


@pytest.mark.parametrize(("drafts", "told", "hidden"), [(0, 0, False), (1, 0, True), (2, 0, True), (3, 3, False)])
def test_drafts_are_told_of_only_when_there_are_several(case_cast: CaseCast, drafts: int, told: int, hidden: bool) -> None:  # noqa: FBT001
    for number in range(drafts):
        cases.make_draft(case_cast, title=f"Kladde {number}")

    outlook = planning.outlook(on=TODAY)
    assert next(line.count for line in outlook.answer.stages if line.stage is Stage.DRAFT) == told
    assert outlook.hidden_drafts is hidden


def test_drafts_fall_due_in_one_month_so_that_no_choice_of_months_shows_a_single_one(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    make_following_frame(case_cast)
    for number in range(3):
        cases.make_draft(case_cast, title=f"Kladde {number}", at=cases.AT - datetime.timedelta(days=40 * number))
    soon = {**ASSUMED, Stage.DRAFT: Assumption(Decimal("0.5"), 3)}

    months = planning.outlook(on=TODAY, assumed=soon).answer.months
    assert [one.month for one in months if one.due.high] == [datetime.date(2027, 2, 1)]


def test_the_pace_counts_a_year_of_commitments_in_the_ordinary_frame(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2025)
    cases.make_frame(case_cast, 2026)
    commit(24 * MIO, on=TODAY)
    commit(12 * MIO, 2025, on=datetime.date(2025, 11, 23))
    commit(50 * MIO, 2025, on=datetime.date(2025, 11, 22))

    assert planning.outlook(on=TODAY).answer.pace == 3 * MIO


def test_assumptions_are_the_readers(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    waiting(case_cast, 10)
    sure = {**ASSUMED, Stage.WAITING_LIST: Assumption(Decimal(1), 0)}

    assert planning.outlook(on=TODAY, assumed=sure).answer.total.low == 10 * MIO
    assert planning.outlook(on=TODAY).answer.total.low == 0


# Two and two hundred


def test_two_hundred_cases_take_as_many_queries_as_two(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026)
    counted = []
    for more in (2, 198):
        waiting(case_cast, *([1] * more))
        with CaptureQueriesContext(connection) as asked:
            plan = planned()
        counted.append(len(asked))
    assert len(plan.rows) == 200
    assert counted[0] == counted[1]


def test_the_first_that_does_not_fit_stops_the_line_and_says_why(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, 2026, total=10 * MIO, rent=Decimal(0))
    waiting(case_cast, 8, 5, 1)

    plan = planned()
    assert [row.placement.obstacle for row in plan.rows] == [None, Obstacle.FRAME, Obstacle.IN_LINE]
    assert plan.rows[1].placement.lacking == 3 * MIO
    assert (plan.fitting_count, plan.waiting_count, plan.waiting_amount) == (1, 2, 6 * MIO)
