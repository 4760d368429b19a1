"""Every verb, from every state, by everybody; and what must hold when two act at once."""

from __future__ import annotations

import dataclasses
import datetime
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Max

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation, actor_for
from accounts.roles import Role
from applications import sections, states, transitions
from applications.models import Application, ApplicationEvent
from applications.rules.cofinancing import Kind, Source
from applications.states import State
from lbf_portal.lib.moves import Move
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken
from ledger.models import Entry, FrameYear
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.applications import AT, MIO, CaseCast

LATER = AT + datetime.timedelta(days=1)
REASON = "Det er begrundet i sagens oplysninger."
TOMORROW = LATER.date()

Act = Callable[[Application, Actor], object]


def hear(case: Application, by: Actor, *, at: datetime.datetime = LATER) -> None:
    transitions.open_hearing(case, by=by, at=at, reason=REASON, deadline=at.date() + datetime.timedelta(days=14))


# Every verb that is a move of its own. The last signature makes SUBMIT_PLAN, so that one is tested below; the import of earlier
# cases makes IMPORT (tests/applications/transfers).
VERBS: dict[Move, Act] = {
    states.SUBMIT: lambda case, by: transitions.submit(case, by=by, at=LATER),
    states.START_ASSESSMENT: lambda case, by: transitions.start_assessment(case, by=by, at=LATER),
    states.REQUEST_INFORMATION: lambda case, by: transitions.request_information(case, by=by, at=LATER, reason=REASON),
    states.ANSWER_INFORMATION: lambda case, by: transitions.answer_information(case, by=by, at=LATER, reason=REASON),
    states.PUT_ON_WAITING_LIST: lambda case, by: transitions.put_on_waiting_list(case, by=by, at=LATER, reason=REASON),
    states.PREQUALIFY: lambda case, by: transitions.prequalify(case, by=by, at=LATER, reason=REASON),
    states.OPEN_HEARING: hear,
    states.RESUME_ASSESSMENT: lambda case, by: transitions.resume(case, by=by, at=LATER, reason=REASON),
    states.REFUSE: lambda case, by: transitions.refuse(case, by=by, at=LATER, reason=REASON),
    states.START_PLAN: lambda case, by: transitions.start_plan(case, by=by, at=LATER),
    states.SEND_FOR_SIGNATURE: lambda case, by: transitions.send_for_signature(case, by=by, at=LATER),
    states.RECALL_AGREEMENT: lambda case, by: transitions.recall_agreement(case, by=by, at=LATER, reason=REASON),
    states.REQUEST_PLAN_INFORMATION: lambda case, by: transitions.return_plan(case, by=by, at=LATER, reason=REASON),
    states.OPEN_PLAN_HEARING: hear,
    states.RESUME_PLAN: lambda case, by: transitions.resume(case, by=by, at=LATER, reason=REASON),
    states.COMMIT: lambda case, by: transitions.commit(case, by=by, at=LATER, reason=REASON),
    states.WITHDRAW: lambda case, by: transitions.withdraw(case, by=by, at=LATER, reason=REASON),
    states.LAPSE: lambda case, by: transitions.lapse(case, by=by, at=LATER, reason=REASON),
}
# One verb, two moves: which one it is follows from where the case stands.
OF_PLAN = {states.OPEN_HEARING: states.OPEN_PLAN_HEARING, states.RESUME_ASSESSMENT: states.RESUME_PLAN}

# The roles that the cast holds in a submitted case, said once more, by hand: what `permissions.roles_in` must answer.
HELD: dict[str, set[Role]] = {
    "applicant": {Role.APPLICANT, Role.HOUSING_SIGNATORY},
    "colleague": {Role.APPLICANT},
    "municipality": {Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SIGNATORY},
    "case_officer": {Role.CASE_OFFICER},
    "director": {Role.DIRECTOR},
    "finance_officer": {Role.FINANCE_OFFICER},
    "board_member": {Role.BOARD_MEMBER},
    "outsider": set(),
    "other_municipality": set(),
    "adviser": set(),
    "system": {Role.SYSTEM},
}
OWN_DRAFT = {"applicant", "colleague", "system"}


# A case in every state


def waiting(cast: CaseCast) -> Application:
    case = cases.make_under_assessment(cast)
    transitions.put_on_waiting_list(case, by=cast.case_officer, at=AT, reason=REASON)
    return case


def heard(cast: CaseCast) -> Application:
    """In hearing, and the party has answered."""
    case = cases.make_under_assessment(cast)
    hear(case, cast.case_officer, at=AT)
    transitions.answer_hearing(case, by=cast.applicant, at=AT, reply="Vi er ikke enige.")
    return case


def refused(cast: CaseCast) -> Application:
    case = heard(cast)
    transitions.refuse(case, by=cast.director, at=AT, reason=REASON)
    return case


def withdrawn(cast: CaseCast) -> Application:
    case = cases.make_submitted(cast)
    transitions.withdraw(case, by=cast.applicant, at=AT, reason=REASON)
    return case


def lapsed(cast: CaseCast) -> Application:
    case = cases.make_prequalified(cast)
    transitions.lapse(case, by=SYSTEM, at=AT, reason=REASON)
    return case


def returned(cast: CaseCast) -> Application:
    case = cases.make_plan_submitted(cast)
    transitions.return_plan(case, by=cast.case_officer, at=AT, reason=REASON)
    return case


def plan_heard(cast: CaseCast) -> Application:
    case = cases.make_plan_submitted(cast)
    hear(case, cast.case_officer, at=AT)
    transitions.answer_hearing(case, by=cast.applicant, at=AT, reply="Vi er ikke enige.")
    return case


def recommended(cast: CaseCast) -> Application:
    cases.make_frame(cast)
    return cases.make_recommended(cast)


WALKS: dict[State, Callable[[CaseCast], Application]] = {
    State.DRAFT: cases.make_draft,
    State.SUBMITTED: cases.make_submitted,
    State.INFO_REQUESTED: cases.make_information_requested,
    State.UNDER_ASSESSMENT: cases.make_under_assessment,
    State.WAITING_LIST: waiting,
    State.HEARING: heard,
    State.REFUSED: refused,
    State.PREQUALIFIED: cases.make_prequalified,
    State.PLAN_IN_PROGRESS: cases.make_plan_ready,
    State.LOCAL_APPROVAL: cases.make_out_for_signature,
    State.PLAN_SUBMITTED: recommended,
    State.INFO_REQUESTED_PLAN: returned,
    State.HEARING_PLAN: plan_heard,
    State.COMMITTED: cases.make_committed,
    State.WITHDRAWN: withdrawn,
    State.LAPSED: lapsed,
}


@pytest.fixture
def everybody(case_cast: CaseCast, request: pytest.FixtureRequest, today: datetime.date) -> dict[str, Actor]:
    """The cast, and those who must never get in. The board's chair has a seat in every case that has a board."""
    chair = UserFactory.create(email="formand@example.org")
    neighbour = OrganisationFactory.create(municipality=True)
    fixtures = (
        "applicant",
        "colleague",
        "municipality",
        "case_officer",
        "director",
        "finance_officer",
        "outsider",
        "adviser",
    )
    return {name: request.getfixturevalue(name) for name in fixtures} | {
        "board_member": actor_for(chair, None, on=today),
        "other_municipality": member(neighbour, Role.MUNICIPAL_SIGNATORY, email="nabo@example.org", today=today),
        "system": SYSTEM,
    }


@contextmanager
def undone() -> Iterator[None]:
    """Try something: the database looks at it as at a commit, then it never happened."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def outcome(case: Application, act: Act, by: Actor) -> tuple[str, State, list[tuple[str, str, str]]]:
    """What became of it (the refusal's name, or `done`), the state then, and the events it left. Afterwards all is as before."""
    seen = ApplicationEvent.objects.filter(application=case).aggregate(last=Max("id"))["last"]
    word = "done"
    with undone():
        try:
            act(case, by)
        except Refused as refusal:
            word = type(refusal).__name__
        state = Application.objects.values_list("state", flat=True).get(pk=case.pk)
        events = case.events.filter(id__gt=seen).order_by("id").values_list("event", "state_from", "state_to")
        found = (word, State(state), list(events))
    if word == "done":
        case.refresh_from_db()
    return found


def test_there_is_a_walk_to_every_state_and_a_verb_for_every_move() -> None:
    assert set(WALKS) == set(State)
    assert set(VERBS) == set(states.MOVES) - {states.SUBMIT_PLAN, states.IMPORT}


@pytest.mark.django_db
@pytest.mark.parametrize("state", State)
def test_exactly_the_moves_of_the_table_are_made(state: State, case_cast: CaseCast, everybody: dict[str, Actor]) -> None:
    made = WALKS[state](case_cast)
    assert made.state == state
    case = Application.objects.with_case_relations().get(pk=made.pk)

    found = {(move.name, name): outcome(case, act, actor) for move, act in VERBS.items() for name, actor in everybody.items()}

    wanted = {(move.name, name): expectation(state, move, name) for move in VERBS for name in everybody}
    assert found == wanted


def expectation(state: State, move: Move, name: str) -> tuple[str, State, list[tuple[str, str, str]]]:
    """By the table alone: refused for whoever lacks the role, then for the state, else one event and the new state."""
    made = _meant(state, move)
    roles = HELD[name] if state != State.DRAFT or name in OWN_DRAFT else set()
    if name == "board_member" and state in WITHOUT_BOARD:
        roles = set()
    if not roles & made.by:
        return "NotAllowed", state, []
    if state not in made.sources:
        return "IllegalMove", state, []
    return "done", State(made.target), [(made.event, state, made.target)]


WITHOUT_BOARD = states.BEFORE_PREQUALIFICATION | {State.REFUSED, State.PREQUALIFIED, State.WITHDRAWN, State.LAPSED}


def _meant(state: State, move: Move) -> Move:
    """Opening and closing a hearing are about the plan once there is one."""
    by_verb = {about_plan: before for before, about_plan in OF_PLAN.items()}
    verb = by_verb.get(move, move)
    about_plan = OF_PLAN.get(verb)
    return about_plan if about_plan and state in about_plan.sources else verb


@pytest.mark.django_db
@pytest.mark.parametrize("move", [move for move in VERBS if move.needs_reason], ids=lambda move: move.name)
def test_a_move_that_needs_a_reason_is_not_made_without(move: Move, case_cast: CaseCast, everybody: dict[str, Actor]) -> None:
    case = WALKS[State(min(move.sources))](case_cast)
    by = next(actor for name, actor in everybody.items() if HELD[name] & move.by)
    verbs: dict[Move, Callable[..., object]] = {
        states.REQUEST_INFORMATION: transitions.request_information,
        states.ANSWER_INFORMATION: transitions.answer_information,
        states.PUT_ON_WAITING_LIST: transitions.put_on_waiting_list,
        states.PREQUALIFY: transitions.prequalify,
        states.RESUME_ASSESSMENT: transitions.resume,
        states.RESUME_PLAN: transitions.resume,
        states.REFUSE: transitions.refuse,
        states.RECALL_AGREEMENT: transitions.recall_agreement,
        states.REQUEST_PLAN_INFORMATION: transitions.return_plan,
        states.COMMIT: transitions.commit,
        states.WITHDRAW: transitions.withdraw,
        states.LAPSE: transitions.lapse,
    }
    deadline = (
        {"deadline": TOMORROW + datetime.timedelta(days=14)} if move in {states.OPEN_HEARING, states.OPEN_PLAN_HEARING} else {}
    )
    act = verbs.get(move, transitions.open_hearing)

    word, state, events = outcome(case, lambda case, by: act(case, by=by, at=LATER, reason=" \n ", **deadline), by)

    assert (word, state, events) == ("RuleBroken", State(case.state), [])


# Signatures


@pytest.mark.django_db
def test_the_last_signature_sends_the_plan(out_for_signature: Application, case_cast: CaseCast) -> None:
    cases.sign_as(out_for_signature, case_cast.municipality)
    assert out_for_signature.state == State.LOCAL_APPROVAL

    cases.sign_as(out_for_signature, case_cast.applicant)

    assert out_for_signature.state == State.PLAN_SUBMITTED
    last = out_for_signature.events.last()
    assert last is not None
    assert (last.event, last.role) == ("application:plan_submitted", Role.HOUSING_SIGNATORY)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(HELD) - {"applicant", "municipality"}))
def test_only_signatories_sign(name: str, out_for_signature: Application, everybody: dict[str, Actor]) -> None:
    word, _state, events = outcome(out_for_signature, cases.sign_as, everybody[name])

    assert (word, events) == ("NotAllowed", [])


@pytest.mark.django_db
def test_a_party_signs_once(out_for_signature: Application, case_cast: CaseCast) -> None:
    cases.sign_as(out_for_signature, case_cast.applicant)

    with pytest.raises(IllegalMove, match="allerede underskrevet for Boligforeningen Ågården"):
        cases.sign_as(out_for_signature, case_cast.applicant)


@pytest.mark.django_db
def test_a_text_that_was_not_read_is_not_signed(out_for_signature: Application, case_cast: CaseCast) -> None:
    with pytest.raises(IllegalMove, match="ændret, siden du åbnede den"):
        transitions.sign(out_for_signature, content_hash="0" * 64, title="Direktør", by=case_cast.applicant, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("ended_by", [states.RECALL_AGREEMENT, states.WITHDRAW, states.LAPSE], ids=lambda move: move.name)
def test_an_agreement_that_was_taken_back_no_longer_stands(
    ended_by: Move, out_for_signature: Application, everybody: dict[str, Actor]
) -> None:
    by = next(actor for name, actor in everybody.items() if HELD[name] & ended_by.by)

    VERBS[ended_by](out_for_signature, by)

    assert not out_for_signature.agreements.standing().exists()
    assert out_for_signature.agreements.get().voided_at == LATER


@pytest.mark.django_db
def test_a_returned_plan_is_signed_anew_in_a_new_version(case_cast: CaseCast) -> None:
    case = returned(case_cast)

    transitions.send_for_signature(case, by=case_cast.applicant, at=LATER)

    assert [version.voided_at is None for version in case.agreements.all()] == [False, True]
    assert case.agreements.standing().get().signatures.count() == 0


# The decision


@pytest.mark.django_db
def test_whoever_recommended_does_not_decide(case_cast: CaseCast, fund: Organisation, today: datetime.date) -> None:
    both = member(fund, Role.CASE_OFFICER, Role.DIRECTOR, email="begge@example.org", today=today)
    cases.make_frame(case_cast)
    case = cases.make_plan_submitted(case_cast)
    transitions.recommend(case, frame_year=2026, social_amount=9 * MIO, rent_amount=Decimal(0), reason=REASON, by=both, at=AT)

    with pytest.raises(RuleBroken, match="En anden medarbejder"):
        transitions.commit(case, by=both, at=AT, reason=REASON)
    transitions.commit(case, by=case_cast.director, at=AT, reason=REASON)

    assert case.state == State.COMMITTED


@pytest.mark.django_db
def test_a_commitment_beyond_the_frame_names_what_is_left_and_leaves_nothing(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, total=10 * MIO, rent=Decimal(0))
    cases.make_committed(case_cast, title="Den første", total=4 * MIO)
    case = cases.make_recommended(case_cast, title="Den anden")
    entries, events = Entry.objects.count(), case.events.count()

    with pytest.raises(RuleBroken, match=r"7\.000\.000 kr\. tilbage"):
        transitions.commit(case, by=case_cast.director, at=AT, reason=REASON)

    case.refresh_from_db()
    assert case.state == State.PLAN_SUBMITTED
    assert (Entry.objects.count(), case.events.count(), case.decisions.filter(outcome="COMMITTED").count()) == (
        entries,
        events,
        0,
    )


@pytest.mark.django_db
def test_a_recommendation_holds_for_the_plan_it_was_made_of(case_cast: CaseCast) -> None:
    case = recommended(case_cast)
    transitions.return_plan(case, by=case_cast.case_officer, at=LATER, reason=REASON)
    again = LATER + datetime.timedelta(days=1)
    transitions.send_for_signature(case, by=case_cast.applicant, at=again)
    cases.sign_as(case, case_cast.applicant, at=again)
    cases.sign_as(case, case_cast.municipality, at=again)

    assert not Application.objects.recommended().exists()
    with pytest.raises(RuleBroken) as refused:
        transitions.commit(case, by=case_cast.director, at=again, reason=REASON)
    assert "recommendation_missing" in [violation.code for violation in refused.value.violations]


@pytest.mark.django_db
def test_a_commitment_charges_the_frame_by_kind_of_money(case_cast: CaseCast) -> None:
    case = cases.make_committed(case_cast, wants_rent_support=True)

    position = FrameYear.objects.position(2026)
    # 90 kr. for each of 8,200 m2, for four years, and three quarters of the budget.
    assert position.rent_committed == 90 * 8200 * 4
    assert position.committed == 9 * MIO + 90 * 8200 * 4
    assert {entry.case_reference for entry in Entry.objects.with_names()} == {str(case.case_number)}


@pytest.mark.django_db
def test_only_a_plan_is_recommended_and_only_by_a_case_officer(
    prequalified: Application, plan_submitted: Application, everybody: dict[str, Actor]
) -> None:
    def recommend(case: Application, by: Actor) -> object:
        return transitions.recommend(
            case, frame_year=2026, social_amount=9 * MIO, rent_amount=Decimal(0), reason=REASON, by=by, at=AT
        )

    words = {name: outcome(plan_submitted, recommend, actor)[0] for name, actor in everybody.items()}

    assert words == dict.fromkeys(everybody, "NotAllowed") | {"case_officer": "done"}
    assert outcome(prequalified, recommend, everybody["case_officer"])[0] == "IllegalMove"


@pytest.mark.django_db
@pytest.mark.parametrize(("social", "rent"), [(Decimal(0), Decimal(0)), (9 * MIO, Decimal("0.01")), (9 * MIO, Decimal(-1))])
def test_no_more_rent_support_is_recommended_than_was_asked_for(
    social: Decimal, rent: Decimal, plan_submitted: Application, case_cast: CaseCast
) -> None:
    with pytest.raises(RuleBroken):
        transitions.recommend(
            plan_submitted,
            frame_year=2026,
            social_amount=social,
            rent_amount=rent,
            reason=REASON,
            by=case_cast.case_officer,
            at=AT,
        )
    assert not plan_submitted.recommendations.exists()


@pytest.mark.django_db
def test_a_refusal_waits_for_the_partys_answer(case_cast: CaseCast) -> None:
    case = cases.make_under_assessment(case_cast)
    hear(case, case_cast.case_officer, at=AT)

    with pytest.raises(RuleBroken, match=r"Parten har frist til og med 6\. december 2026"):
        transitions.refuse(case, by=case_cast.director, at=LATER, reason=REASON)
    transitions.refuse(case, by=case_cast.director, at=AT + datetime.timedelta(days=15), reason=REASON)

    assert case.state == State.REFUSED


# The application


@pytest.mark.django_db
def test_an_incomplete_application_is_not_submitted(empty_draft: Application, case_cast: CaseCast) -> None:
    word, state, events = outcome(empty_draft, VERBS[states.SUBMIT], case_cast.applicant)

    assert (word, state, events) == ("RuleBroken", State.DRAFT, [])


@pytest.mark.django_db
def test_nobody_applies_for_an_organisation_they_do_not_act_for(case_cast: CaseCast, other_housing: Organisation) -> None:
    for by in (case_cast.applicant, case_cast.case_officer, case_cast.municipality, SYSTEM):
        with pytest.raises(NotAllowed):
            transitions.create_application(
                title="For andre", area=cases.make_area(case_cast), organisation=other_housing, by=by, at=AT
            )
    assert not Application.objects.exists()


@pytest.mark.django_db
def test_what_was_submitted_is_closed_until_the_fund_asks(submitted: Application, case_cast: CaseCast) -> None:
    def rename(case: Application, by: Actor) -> None:
        transitions.save_basics(case, title="Nyt navn", participants=[], expected_start_on=None, by=by, at=LATER)

    assert outcome(submitted, rename, case_cast.applicant)[0] == "IllegalMove"

    transitions.request_information(submitted, by=case_cast.case_officer, at=AT, reason=REASON)

    assert outcome(submitted, rename, case_cast.applicant)[0] == "done"
    assert outcome(submitted, rename, case_cast.municipality)[0] == "NotAllowed"


@pytest.mark.django_db
def test_a_saved_section_keeps_what_stood_before(draft: Application, case_cast: CaseCast) -> None:
    transitions.save_basics(draft, title="Nyt navn", participants=[], expected_start_on=None, by=case_cast.applicant, at=LATER)

    event = draft.events.last()
    assert event is not None
    assert event.data["before"]["title"] == "Sammen om Bakkeparken"
    assert event.data["after"]["title"] == "Nyt navn"


@pytest.mark.django_db
def test_saving_what_stands_there_leaves_no_event(draft: Application, case_cast: CaseCast) -> None:
    before = draft.events.count()

    transitions.save_basics(draft, title=draft.title, participants=[], expected_start_on=None, by=case_cast.applicant, at=LATER)

    assert draft.events.count() == before


@pytest.mark.django_db
def test_the_second_of_two_writers_is_told(draft: Application, case_cast: CaseCast, colleague: Actor) -> None:
    seen = sections.fingerprint(draft, "basics")
    transitions.save_basics(
        draft, title="Den enes", participants=[], expected_start_on=None, by=case_cast.applicant, at=LATER, seen=seen
    )

    with pytest.raises(transitions.Outdated):
        transitions.save_basics(
            draft, title="Den andens", participants=[], expected_start_on=None, by=colleague, at=LATER, seen=seen
        )
    draft.refresh_from_db()
    assert draft.title == "Den enes"


@pytest.mark.django_db
def test_what_the_fund_accepted_as_local_does_not_outlive_a_change_of_the_line(draft: Application, case_cast: CaseCast) -> None:
    hours = transitions.FundingChoice(Source.MUNICIPALITY, MIO, Kind.IN_KIND, "Lokaler og timer")

    def save(*lines: transitions.FundingChoice) -> None:
        transitions.save_budget(
            draft, total_budget=sum((line.amount for line in lines), start=Decimal(0)), lines=lines, by=case_cast.applicant, at=AT
        )

    save(transitions.FundingChoice(Source.FUND, 9 * MIO), transitions.FundingChoice(Source.MUNICIPALITY, 4 * MIO), hours)
    transitions.submit(draft, by=case_cast.applicant, at=AT)
    line = draft.funding_lines.get(kind=Kind.IN_KIND)
    transitions.accept_as_local(draft, line, accepted=True, by=case_cast.case_officer, at=AT)
    transitions.request_information(draft, by=case_cast.case_officer, at=AT, reason=REASON)

    save(transitions.FundingChoice(Source.FUND, 9 * MIO), transitions.FundingChoice(Source.MUNICIPALITY, 4 * MIO), hours)
    assert draft.funding_lines.get(kind=Kind.IN_KIND).accepted_as_local

    more = transitions.FundingChoice(Source.MUNICIPALITY, 2 * MIO, Kind.IN_KIND, "Lokaler og timer")
    save(transitions.FundingChoice(Source.FUND, 9 * MIO), transitions.FundingChoice(Source.MUNICIPALITY, 4 * MIO), more)
    assert not draft.funding_lines.get(kind=Kind.IN_KIND).accepted_as_local


@pytest.mark.django_db
def test_what_is_half_typed_takes_no_line_from_what_the_fund_accepted_as_local(draft: Application, case_cast: CaseCast) -> None:
    hours = transitions.FundingChoice(Source.MUNICIPALITY, MIO, Kind.IN_KIND, "Lokaler og timer")
    half_typed = dataclasses.replace(hours, amount=Decimal(10))

    def save(*lines: transitions.FundingChoice, is_autosave: bool = False) -> None:
        transitions.save_budget(draft, total_budget=12 * MIO, lines=lines, by=case_cast.applicant, at=AT, is_autosave=is_autosave)

    def ticks() -> list[bool]:
        return [line.accepted_as_local for line in draft.funding_lines.filter(kind=Kind.IN_KIND)]

    save(hours)
    draft.funding_lines.update(accepted_as_local=True)
    with pytest.raises(RuleBroken) as refused:
        save(half_typed, is_autosave=True)
    save(hours, transitions.FundingChoice(Source.FUND, 9 * MIO), hours, is_autosave=True)

    assert [violation.code for violation in refused.value.violations] == ["accepted_line_changed"]
    assert ticks() == [True, False], "a second line like it was not accepted"
    save(half_typed)
    assert ticks() == [False]


@pytest.mark.django_db
def test_a_figure_that_comes_twice_for_a_problem_is_the_last_of_the_two(draft: Application, case_cast: CaseCast) -> None:
    figures = [transitions.FigureChoice("VIOLENCE", Decimal(value), year=2025) for value in (1, 2)]

    transitions.save_challenges(
        draft,
        problem_types=["VIOLENCE"],
        challenges="",
        coordination="",
        figures=figures,
        by=case_cast.applicant,
        at=AT,
    )

    assert [row.value for row in draft.problem_figures.all()] == [2]


# Two at once


@pytest.mark.django_db
def test_the_second_tab_meets_what_the_first_one_did(submitted: Application, case_cast: CaseCast) -> None:
    first, second = (Application.objects.get(pk=submitted.pk) for _tab in range(2))
    transitions.start_assessment(first, by=case_cast.case_officer, at=LATER)

    with pytest.raises(IllegalMove, match="Se sagens status"):
        transitions.start_assessment(second, by=case_cast.case_officer, at=LATER)

    assert submitted.events.filter(event="application:assessment_started").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_the_same_moment_one_decides(case_cast: CaseCast) -> None:
    case = recommended(case_cast)
    start = threading.Barrier(2)

    def act(verb: Act, by: Actor) -> str:
        try:
            mine = Application.objects.get(pk=case.pk)
            start.wait(timeout=30)
            verb(mine, by)
        except IllegalMove:
            return "IllegalMove"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as threads:
        decided = threads.submit(act, VERBS[states.COMMIT], case_cast.director)
        returned_ = threads.submit(act, VERBS[states.REQUEST_PLAN_INFORMATION], case_cast.case_officer)

    assert sorted([decided.result(), returned_.result()]) == ["IllegalMove", "done"]
    case.refresh_from_db()
    assert (case.state == State.COMMITTED) == (decided.result() == "done") == Entry.objects.exists()
