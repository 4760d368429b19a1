"""The municipality's recommendation (R66): asked for, answered, taken back; who sees what; and what C10 makes of it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actors import Actor
from accounts.models import Membership, OutgoingMail
from accounts.roles import Right, Role
from applications import attachments, facts, permissions, recommendation_states, transitions
from applications.models import Application, GuestKind, MunicipalRecommendation
from applications.recommendation_states import RecommendationState
from applications.transitions import recommending
from applications.views.case import actions
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken
from tests.applications.working_together.people import let_in
from tests.factories import applications as cases
from tests.factories.applications import AT, CaseCast

pytestmark = pytest.mark.django_db

TODAY = AT.date()
DAY = datetime.timedelta(days=1)
SAID: dict[str, Any] = {"text": "Kommunen bakker op.", "name": "Kommunaldirektøren", "title": "Direktør"}


def ask(case: Application, by: Actor, *, wanted_on: datetime.date | None = None) -> MunicipalRecommendation:
    asked = recommending.ask_for_recommendation(case, message="Vi vil gerne i gang.", wanted_on=wanted_on, by=by, at=AT)
    case.refresh_from_db()
    return asked


def give(asked: MunicipalRecommendation, by: Actor, *, at: datetime.datetime = AT) -> None:
    recommending.answer(asked, recommends=True, **SAID, by=by, at=at)


def sees(actor: Actor, case: Application) -> bool:
    return Application.objects.visible_to(actor, on=TODAY).filter(pk=case.pk).exists()


def is_recommended(case: Application) -> bool:
    attached = facts.of_documents(case, attachments.current(case))
    return facts.of_prequalification(case, on=TODAY, attached=attached).has_municipal_recommendation


def test_the_municipality_sees_the_draft_once_it_is_asked_and_no_longer_when_that_is_called_off(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    assert not sees(case_cast.municipality, draft)

    asked = ask(draft, case_cast.applicant)
    assert sees(case_cast.municipality, draft)
    assert permissions.may(case_cast.municipality, "answer_recommendation", draft, on=TODAY)
    assert not permissions.may(case_cast.municipality, "edit", draft, on=TODAY)
    assert not sees(case_cast.case_officer, draft)
    assert not sees(case_cast.director, draft)

    delegate = let_in(draft, case_cast.municipality, email="fuldmagt@example.org", kind=GuestKind.MUNICIPALITY)
    ours = let_in(draft, case_cast.applicant)
    recommending.call_off(asked, by=case_cast.applicant, at=AT)
    assert not sees(case_cast.municipality, draft)
    assert not sees(delegate, draft)
    assert sees(ours, draft)
    assert draft.events.filter(event="application:access_ended").count() == 1
    assert permissions.roles_in(case_cast.municipality, Application.objects.get(pk=draft.pk), on=TODAY) == frozenset()


def test_given_it_is_dated_named_and_fulfils_c10(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    asked = ask(draft, case_cast.applicant)
    advice = {violation.code for violation in transitions.check_application(draft, on=TODAY)}
    assert "municipal_recommendation_missing" in advice
    assert not is_recommended(draft)

    give(asked, case_cast.municipality)
    draft.refresh_from_db()  # forgets what was read of its recommendations

    assert (asked.state, asked.answered_at, asked.name, asked.title) == ("GIVEN", AT, "Kommunaldirektøren", "Direktør")
    assert asked.organisation == case_cast.municipality_organisation
    assert asked.is_vouched_for
    assert is_recommended(draft)
    assert "municipal_recommendation_missing" not in {one.code for one in transitions.check_application(draft, on=TODAY)}
    event = draft.events.latest("pk")
    assert (event.event, event.role, event.state_to) == ("application:municipality_recommended", "MUNICIPAL_OFFICER", "")
    assert event.data["recommendation_state"] == "GIVEN"


def test_declined_it_says_why_and_does_not_count(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    asked = ask(draft, case_cast.applicant)

    with pytest.raises(RuleBroken) as refused:
        recommending.answer(asked, recommends=False, text=" ", name="", title="", by=case_cast.municipality, at=AT)
    assert {violation.field for violation in refused.value.violations} == {"text", "name", "title"}
    recommending.answer(asked, recommends=False, **SAID, by=case_cast.municipality, at=AT)

    assert asked.state == RecommendationState.DECLINED
    assert draft.events.latest("pk").reason == SAID["text"]
    assert not is_recommended(draft)
    # A declined one does not stand in the way of asking anew.
    assert ask(draft, case_cast.applicant).pk != asked.pk


def test_it_is_answered_once_whoever_is_quicker(case_cast: CaseCast) -> None:
    asked = ask(cases.make_draft(case_cast), case_cast.applicant)
    second = MunicipalRecommendation.objects.select_related("application").get(pk=asked.pk)

    give(asked, case_cast.municipality)
    with pytest.raises(IllegalMove):
        recommending.answer(second, recommends=False, **SAID, by=case_cast.municipality, at=AT)
    with pytest.raises(IllegalMove):
        ask(asked.application, case_cast.applicant)
    with pytest.raises(IllegalMove):
        recommending.call_off(asked, by=case_cast.applicant, at=AT)


def test_it_is_taken_back_with_a_reason_until_it_is_sent_along(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    given = ask(draft, case_cast.applicant)
    give(given, case_cast.municipality)

    with pytest.raises(RuleBroken):
        recommending.take_back(given, by=case_cast.municipality, at=AT, reason=" ")
    recommending.take_back(given, by=case_cast.municipality, at=AT, reason="Byrådet har ombestemt sig.")
    assert not is_recommended(draft)

    again = ask(draft, case_cast.applicant)
    give(again, case_cast.municipality)
    transitions.submit(draft, by=case_cast.applicant, at=AT + DAY)
    again.refresh_from_db()
    with pytest.raises(IllegalMove):
        recommending.take_back(again, by=case_cast.municipality, at=AT + DAY, reason="For sent.")
    assert is_recommended(draft)


def test_one_given_while_more_is_asked_for_can_be_taken_back_until_that_is_answered(case_cast: CaseCast) -> None:
    case = cases.make_information_requested(case_cast)
    given = ask(case, case_cast.applicant)
    give(given, case_cast.municipality, at=AT + DAY)
    assert recommending.can_take_back(given)

    transitions.answer_information(case, by=case_cast.applicant, at=AT + DAY, reason="Se kommunens anbefaling.")
    given = MunicipalRecommendation.objects.select_related("application").get(pk=given.pk)
    assert not recommending.can_take_back(given)


def test_the_page_knows_what_changed_since_the_answer(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    given = ask(draft, case_cast.applicant)
    give(given, case_cast.municipality)
    assert recommending.changed_since(given) == []

    transitions.save_basics(draft, title="Et andet navn", participants=[], expected_start_on=None, by=case_cast.applicant, at=AT)
    assert recommending.changed_since(MunicipalRecommendation.objects.get(pk=given.pk)) == ["basics"]


def test_once_prequalified_nobody_asks_and_nobody_answers(case_cast: CaseCast) -> None:
    case = cases.make_submitted(case_cast)
    asked = ask(case, case_cast.applicant)
    transitions.start_assessment(case, by=case_cast.case_officer, at=AT)
    transitions.prequalify(case, by=case_cast.case_officer, at=AT, reason="Væsentlige problemer.")

    with pytest.raises(IllegalMove):
        give(asked, case_cast.municipality)
    assert not MunicipalRecommendation.objects.of_municipality(case_cast.municipality, on=TODAY).waiting().exists()
    with pytest.raises(IllegalMove):
        ask(cases.make_prequalified(case_cast, title="En anden"), case_cast.applicant)


@pytest.mark.parametrize("who", ["applicant", "colleague", "outsider", "case_officer", "director", "adviser"])
def test_nobody_but_the_municipality_answers_for_it(case_cast: CaseCast, who: str, request: pytest.FixtureRequest) -> None:
    asked = ask(cases.make_draft(case_cast), case_cast.applicant)
    actor: Actor = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        give(asked, actor)
    with pytest.raises(RuleBroken):
        ask(cases.make_draft(case_cast, title="En anden"), case_cast.applicant, wanted_on=TODAY - DAY)


def test_once_submitted_calling_off_closes_nothing(case_cast: CaseCast) -> None:
    case = cases.make_submitted(case_cast)
    asked = ask(case, case_cast.applicant)
    delegate = let_in(case, case_cast.municipality, kind=GuestKind.MUNICIPALITY)

    recommending.call_off(asked, by=case_cast.applicant, at=AT)

    assert sees(delegate, case)


def test_the_applicants_own_people_answer_for_nobody_whatever_they_act_for(case_cast: CaseCast, colleague: Actor) -> None:
    draft = cases.make_draft(case_cast)
    asked = ask(draft, case_cast.applicant)
    let_in(draft, case_cast.municipality, person=colleague, kind=GuestKind.MUNICIPALITY)
    adviser = let_in(draft, case_cast.applicant, email="r@example.org")

    for actor in (colleague, Actor(colleague.user, None, frozenset()), adviser):
        with pytest.raises(NotAllowed):
            give(asked, actor)
    assert not recommending.answers_for_municipality(colleague, draft, on=TODAY)
    offered = {action.label for action in actions(Application.objects.get(pk=draft.pk), colleague, on=TODAY)}
    assert "Skriv kommunens svar" not in offered


def test_an_officer_whom_the_municipality_let_in_to_read_still_answers(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    asked = ask(draft, case_cast.applicant)
    let_in(draft, case_cast.applicant, person=case_cast.municipality, kind=GuestKind.MUNICIPALITY, right=Right.READ)

    give(asked, case_cast.municipality)

    assert asked.state == RecommendationState.GIVEN


def test_what_changed_while_the_municipality_wrote_is_named_and_nothing_is_recorded(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    asked = ask(draft, case_cast.applicant)
    read = recommending.fingerprints(draft)
    transitions.save_basics(draft, title="Et andet navn", participants=[], expected_start_on=None, by=case_cast.applicant, at=AT)

    with pytest.raises(recommending.Changed) as refused:
        recommending.answer(asked, recommends=True, **SAID, seen=read, by=case_cast.municipality, at=AT)
    assert refused.value.sections == ["basics"]
    asked.refresh_from_db()
    assert asked.state == RecommendationState.ASKED
    draft = Application.objects.get(pk=draft.pk)
    recommending.answer(asked, recommends=True, **SAID, seen=recommending.fingerprints(draft), by=case_cast.municipality, at=AT)
    assert asked.seen == recommending.fingerprints(draft)


def test_whom_the_applicant_invited_answers_but_the_fund_sees_that_nobody_vouches(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    asked = ask(draft, case_cast.applicant)
    stranger = let_in(draft, case_cast.applicant, email="kommune-agtig@example.org", kind=GuestKind.MUNICIPALITY)
    give(asked, stranger)
    assert not asked.is_vouched_for

    other = ask(cases.make_draft(case_cast, title="En anden"), case_cast.applicant)
    delegate = let_in(other.application, case_cast.municipality, email="fuldmagt@example.org", kind=GuestKind.MUNICIPALITY)
    give(other, delegate)
    assert other.is_vouched_for


def test_where_the_municipality_has_nobody_yet_asking_invites_somebody_or_does_neither(case_cast: CaseCast) -> None:
    draft = cases.make_draft(case_cast)
    Membership.objects.filter(organisation=case_cast.municipality_organisation).update(valid_to=TODAY - DAY)

    def both(case: Application, email: str) -> None:
        recommending.ask_and_invite(case, message="", wanted_on=None, name="Chefen", email=email, by=case_cast.applicant, at=AT)

    both(draft, "chef@kommune.example")
    assert OutgoingMail.objects.filter(event="case_invitation", to_address="chef@kommune.example").count() == 1
    other = cases.make_draft(case_cast, title="En anden")
    let_in(other, case_cast.applicant, email="chef2@kommune.example")
    with pytest.raises(RuleBroken):
        both(other, "chef2@kommune.example")
    assert not other.municipal_recommendations.exists()


def test_the_municipality_is_mailed_once_when_asked_and_the_applicant_when_answered(
    case_cast: CaseCast, colleague: Actor, outsider: Actor
) -> None:
    draft = cases.make_draft(case_cast)
    asked = ask(draft, case_cast.applicant)
    assert OutgoingMail.objects.filter(event="recommendation_asked", to_user=case_cast.municipality.user).count() == 1

    give(asked, case_cast.municipality)
    told = OutgoingMail.objects.filter(event="recommendation_answered").values_list("to_user", flat=True)
    assert set(told) == {person.user.pk for person in (case_cast.applicant, colleague) if person.user}
    assert "bakker op" not in "".join(OutgoingMail.objects.values_list("body", flat=True))
    assert not OutgoingMail.objects.filter(to_user=outsider.user).exists()


def test_where_only_somebody_signs_for_the_municipality_they_are_mailed(case_cast: CaseCast) -> None:
    Membership.objects.filter(user=case_cast.municipality.user, role=Role.MUNICIPAL_OFFICER).update(valid_to=TODAY - DAY)

    ask(cases.make_draft(case_cast), case_cast.applicant)

    assert OutgoingMail.objects.filter(event="recommendation_asked", to_user=case_cast.municipality.user).count() == 1


def test_the_queue_holds_the_municipalitys_own_and_nobody_elses(case_cast: CaseCast, outsider: Actor) -> None:
    asked = ask(cases.make_draft(case_cast), case_cast.applicant)

    def queue(actor: Actor) -> list[MunicipalRecommendation]:
        return list(MunicipalRecommendation.objects.of_municipality(actor, on=TODAY))

    assert queue(case_cast.municipality) == [asked]
    for other in (outsider, case_cast.applicant, case_cast.case_officer):
        assert queue(other) == []


def test_the_database_keeps_what_was_answered(case_cast: CaseCast) -> None:
    given = ask(cases.make_draft(case_cast), case_cast.applicant)
    rows = MunicipalRecommendation.objects.filter(pk=given.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(message="Noget andet")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(state="TAKEN_BACK")
    give(given, case_cast.municipality)
    changes: tuple[dict[str, object], ...] = ({"text": "Nej"}, {"name": "En anden"}, {"seen": {}}, {"state": "ASKED"})
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_the_database_knows_the_very_moves_of_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('applications_municipalrecommendation_legal_move'::regproc)")
        definition = str(cursor.fetchone())
    for source, target in recommendation_states.pairs():
        assert f"('{source}', '{target}')" in definition.replace("\\'", "'")
