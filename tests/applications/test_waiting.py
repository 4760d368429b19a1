"""What waits for a decision, as the ledger asks for a year's outlook."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from applications import facts, transitions
from ledger.kinds import Money
from ledger.signals import Waiting, waiting
from tests.factories import applications as cases
from tests.factories.applications import AT, MIO, CaseCast
from tests.ledger.acts import reserve

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 22)


def test_a_recommended_case_waits_with_what_is_recommended(case_cast: CaseCast) -> None:
    case = cases.make_recommended(case_cast)
    recommendation = case.recommendations.get()

    assert waiting(on=TODAY) == [Waiting(str(case.case_number), 2026, recommendation.social_amount, recommendation.rent_amount)]


def test_the_latest_recommendation_counts(case_cast: CaseCast) -> None:
    case = cases.make_recommended(case_cast)
    transitions.recommend(
        case,
        frame_year=2026,
        social_amount=3 * MIO,
        rent_amount=Decimal(0),
        reason="Budgettet er mindre.",
        by=case_cast.case_officer,
        at=AT,
    )

    assert [one.total for one in waiting(on=TODAY)] == [3 * MIO]


def test_before_a_recommendation_a_case_waits_with_what_it_applies_for_of_the_running_year(case_cast: CaseCast) -> None:
    case = cases.make_plan_submitted(case_cast, wants_rent_support=True)
    applied = facts.of_budget(case).fund
    assert applied > 0

    [one] = waiting(on=TODAY)

    assert (one.year, one.social, one.rent) == (2026, applied, facts.rent_total(case))
    assert one.rent > 0


def test_nothing_waits_for_a_year_that_is_over(case_cast: CaseCast) -> None:
    cases.make_recommended(case_cast)

    assert [one.year for one in waiting(on=datetime.date(2027, 1, 4))] == [2027]


def test_cases_without_a_submitted_plan_and_decided_ones_do_not_wait(case_cast: CaseCast) -> None:
    cases.make_prequalified(case_cast)
    cases.make_out_for_signature(case_cast)
    cases.make_committed(case_cast)

    assert waiting(on=TODAY) == []


def test_the_years_page_shows_the_case_and_does_not_count_its_reservation_twice(case_cast: CaseCast, client: Client) -> None:
    cases.make_frame(case_cast)
    case = cases.make_recommended(case_cast)
    [one] = waiting(on=TODAY)
    reserve(one.social - MIO, case_reference=str(case.case_number), money=Money.SOCIAL)
    assert case_cast.case_officer.user is not None
    client.force_login(case_cast.case_officer.user)

    html = client.get(reverse("ledger:frame_cases", args=[2026]) + "?has=waiting").content.decode()

    assert reverse("applications:case", args=[case.case_number]) in html
    assert ">1.000.000 kr.<" in html


def test_one_case_takes_as_many_queries_as_three(
    case_cast: CaseCast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cases.make_plan_submitted(case_cast, wants_rent_support=True)
    with django_assert_max_num_queries(10) as few:
        assert len(waiting(on=TODAY)) == 1
    for _ in range(2):
        cases.make_plan_submitted(case_cast, wants_rent_support=True)
    with django_assert_max_num_queries(10) as many:
        assert len(waiting(on=TODAY)) == 3
    assert len(few) == len(many)


def test_months_that_are_not_whole_yet_break_no_page_of_the_funds(client: Client, case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    case = cases.make_recommended(case_cast, wants_rent_support=True)
    later = AT + datetime.timedelta(hours=1)
    transitions.return_plan(case, by=case_cast.case_officer, at=later, reason="Ret huslejen.")
    line = case.rent_supports.get()
    half = transitions.RentChoice(
        line.department, line.amount_per_m2, line.area_m2, datetime.date(2027, 1, 15), datetime.date(2030, 12, 31)
    )
    transitions.save_rent_support(case, wants_rent_support=True, lines=[half], by=case_cast.applicant, at=later)

    assert [one.rent for one in waiting(on=TODAY)] == [Decimal(0)]
    for actor, name in ((case_cast.case_officer, "reservation"), (case_cast.case_officer, "case"), (case_cast.applicant, "case")):
        assert actor.user is not None
        client.force_login(actor.user)
        assert client.get(reverse(f"applications:{name}", args=[case.case_number])).status_code == 200


def test_a_case_that_is_expected_next_year_waits_there(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    cases.make_frame(case_cast, 2027, total=Decimal(0), rent=Decimal(0))  # lives on what is carried in
    case = cases.make_plan_submitted(case_cast)
    reserve(3 * MIO, case_reference=str(case.case_number), money=Money.SOCIAL, year=2027)

    (one,) = waiting(on=TODAY)

    assert (one.year, one.social) == (2027, facts.of_budget(case).fund - 3 * MIO)
