"""Two people and one frame, in the browser's terms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.roles import Role
from applications.models import Application
from applications.states import State
from ledger.models import Entry, FrameYear
from tests.factories import applications as cases
from tests.factories.accounts import MembershipFactory
from tests.factories.applications import MIO, CaseCast

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def url(name: str, application: Application) -> str:
    return reverse(f"applications:{name}", args=[application.case_number])


SURE = {"reason": "Betingelserne er opfyldt.", "is_sure": "on"}


def test_the_recommendation_is_prefilled_with_what_was_asked_for(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    application = cases.make_plan_submitted(case_cast, wants_rent_support=True)

    content = signed_in(case_cast.case_officer).get(url("recommend", application)).content.decode()

    assert 'value="9.000.000"' in content
    assert 'value="2.952.000"' in content  # 90 kr. x 8.200 m2 x 4 years


def test_recommended_by_one_and_decided_by_another_the_frame_is_charged(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    application = cases.make_plan_submitted(case_cast, wants_rent_support=True)
    posted = {"frame_year": "2026", "social_amount": "9.000.000", "rent_amount": "2.952.000,00", "reason": "God plan."}
    signed_in(case_cast.case_officer).post(url("recommend", application), posted)

    answer = signed_in(case_cast.director).post(url("decide", application), SURE, follow=True)

    assert "Der er givet tilsagn" in answer.content.decode()
    application.refresh_from_db()
    assert application.state == State.COMMITTED
    frame = FrameYear.objects.get(year=2026)
    assert (frame.committed, frame.rent_committed) == (Decimal("11952000.00"), Decimal("2952000.00"))
    assert Entry.objects.count() == 2


def test_whoever_recommended_cannot_decide(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    application = cases.make_recommended(case_cast)
    MembershipFactory.create(
        user=case_cast.case_officer.user, organisation=case_cast.case_officer.organisation, role=Role.DIRECTOR
    )

    answer = signed_in(case_cast.case_officer).post(url("decide", application), SURE)

    assert "Du har selv indstillet sagen" in answer.content.decode()
    assert not Entry.objects.exists()


def test_a_frame_without_room_refuses_and_names_what_is_left(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, total=10 * MIO, rent=5 * MIO)
    cases.make_committed(case_cast)
    second = cases.make_recommended(case_cast, title="En anden indsats")

    answer = signed_in(case_cast.director).post(url("decide", second), SURE)

    assert "1.000.000 kr." in answer.content.decode()
    second.refresh_from_db()
    assert second.state == State.PLAN_SUBMITTED
    assert not second.decisions.filter(outcome="COMMITTED").exists()


def test_more_rent_support_than_agreed_is_refused_beside_the_field(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    application = cases.make_plan_submitted(case_cast)
    posted = {"frame_year": "2026", "social_amount": "9.000.000", "rent_amount": "1", "reason": "God plan."}

    answer = signed_in(case_cast.case_officer).post(url("recommend", application), posted)

    assert "Huslejestøtten er 1 kr. Den kan ikke være større" in answer.content.decode()


def test_a_decision_needs_the_tick(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    application = cases.make_recommended(case_cast)

    answer = signed_in(case_cast.director).post(url("decide", application), {"reason": "Ja."})

    assert "Sæt hak for at give tilsagnet" in answer.content.decode()


def test_what_counts_as_local_is_settled_with_the_decision(case_cast: CaseCast) -> None:
    application = cases.make_committed(case_cast)
    line = application.funding_lines.filter(source="MUNICIPALITY").get()

    answer = signed_in(case_cast.case_officer).post(
        url("accept_as_local", application), {"line": str(line.pk), "accepted": "yes"}, follow=True
    )

    assert "medfinansieringen ligger fast" in answer.content.decode()
    line.refresh_from_db()
    assert not line.accepted_as_local
