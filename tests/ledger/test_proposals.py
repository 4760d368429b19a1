"""Postings by hand: one person proposes, another approves, and the approval posts once."""

from __future__ import annotations

import dataclasses
import datetime
import typing
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken
from ledger import checking, proposals, proposed, states
from ledger.kinds import FrameKind, Money, ProposalKind, ReleaseCause, Reuse
from ledger.models import Entry, FrameYear, FrameYearEvent, Proposal, ProposalEvent, ReleaseRule
from ledger.states import State
from tests.cast import member
from tests.factories.ledger import FrameYearFactory, GrantPeriodFactory
from tests.ledger.acts import MILLION, close, commit

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
BASIS = "Almenboligloven § 91 a, stk. 1"


@pytest.fixture(autouse=True)
def frames(db: None) -> None:
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)


@pytest.fixture
def colleague_in_finance(finance_officer: Actor, today: datetime.date) -> Actor:
    assert finance_officer.organisation is not None
    return member(finance_officer.organisation, Role.FINANCE_OFFICER, email="oekonomi2@example.org", today=today)


CARRY = proposed.CarryOver(2026, 5 * MILLION)


def propose(act: proposed.Act, by: Actor, reason: str = "Midlerne er ikke brugt") -> Proposal:
    return proposals.propose(act, by=by, at=NOON, reason=reason)


def approve(proposal: Proposal, by: Actor) -> Proposal:
    return proposals.approve(proposal, by=by, at=NOON)


def test_a_proposal_posts_nothing_until_another_person_approves_it(finance_officer: Actor, director: Actor) -> None:
    proposal = propose(CARRY, finance_officer)
    assert (proposal.state, Entry.objects.count()) == (State.WAITING, 0)

    approve(proposal, director)

    out, arrived = Entry.objects.order_by("pk")
    assert (out.by, out.seconded_by, out.role) == (finance_officer.user, director.user, Role.FINANCE_OFFICER)
    assert (out.key, arrived.key, out.reason) == (f"{proposal.key}:out", f"{proposal.key}:in", "Midlerne er ikke brugt")
    assert out.decided_on == datetime.date(2026, 11, 22)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (State.APPROVED, director.user)
    assert checking.check().is_ok


def test_a_second_finance_officer_may_approve_too(finance_officer: Actor, colleague_in_finance: Actor) -> None:
    approve(propose(CARRY, finance_officer), colleague_in_finance)

    assert FrameYear.objects.position(2027).carried_in == 5 * MILLION


def test_nobody_decides_ones_own(finance_officer: Actor) -> None:
    proposal = propose(CARRY, finance_officer)

    for act in (approve, lambda proposal, by: proposals.reject(proposal, by=by, at=NOON, note="Nej")):
        with pytest.raises(RuleBroken, match="En anden skal tage stilling"):
            act(proposal, finance_officer)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, Entry.objects.count()) == (State.WAITING, None, 0)


def test_a_double_click_posts_once(finance_officer: Actor, director: Actor) -> None:
    proposal = propose(CARRY, finance_officer)
    stale = Proposal.objects.get(pk=proposal.pk)
    approve(proposal, director)

    with pytest.raises(IllegalMove):
        approve(stale, director)
    assert Entry.objects.count() == 2


def test_a_refused_posting_leaves_the_proposal_waiting(finance_officer: Actor, director: Actor) -> None:
    proposal = propose(proposed.CarryOver(2026, 381 * MILLION), finance_officer)

    with pytest.raises(RuleBroken, match=r"har 380\.000\.000 kr\. tilbage"):
        approve(proposal, director)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (State.WAITING, None)
    assert [event.event for event in proposal.events.all()] == ["proposal:proposed"]


def test_a_rejection_says_why_and_posts_nothing(finance_officer: Actor, director: Actor) -> None:
    proposal = propose(CARRY, finance_officer)
    with pytest.raises(RuleBroken, match="Skriv en begrundelse"):
        proposals.reject(proposal, by=director, at=NOON, note=" ")

    proposals.reject(proposal, by=director, at=NOON, note="Vent på regnskabet")

    proposal.refresh_from_db()
    assert (proposal.state, proposal.note, Entry.objects.count()) == (State.REJECTED, "Vent på regnskabet", 0)
    with pytest.raises(IllegalMove):
        approve(proposal, director)


def test_only_the_proposer_takes_it_back(finance_officer: Actor, colleague_in_finance: Actor, director: Actor) -> None:
    proposal = propose(CARRY, finance_officer)
    for other in (colleague_in_finance, director):
        with pytest.raises(NotAllowed):
            proposals.withdraw(proposal, by=other, at=NOON)

    proposals.withdraw(proposal, by=finance_officer, at=NOON)

    assert Proposal.objects.get().state == State.WITHDRAWN
    assert not Proposal.objects.waiting().exists()


def test_who_proposes_and_who_approves(
    finance_officer: Actor, case_officer: Actor, director: Actor, applicant: Actor, municipality: Actor
) -> None:
    commit(MILLION)
    release = proposed.Release(2026, "100001", Money.SOCIAL, MILLION, ReleaseCause.LAPSED, BASIS)
    for outsider in (case_officer, director, applicant, municipality, SYSTEM):
        with pytest.raises(NotAllowed):
            propose(CARRY, outsider)
    for outsider in (applicant, municipality, SYSTEM):
        with pytest.raises(NotAllowed):
            propose(release, outsider)
    waiting = propose(release, case_officer)
    for outsider in (applicant, municipality, SYSTEM):
        with pytest.raises(NotAllowed):
            approve(waiting, outsider)

    approve(waiting, finance_officer)

    assert Entry.objects.latest("pk").role == Role.CASE_OFFICER


def test_every_step_leaves_an_event(finance_officer: Actor, director: Actor) -> None:
    approve(propose(CARRY, finance_officer), director)
    proposals.withdraw(propose(CARRY, finance_officer), by=finance_officer, at=NOON)

    events = ProposalEvent.objects.values_list("event", "user", "state_from", "state_to")
    assert finance_officer.user is not None
    assert director.user is not None
    assert list(events) == [
        ("proposal:proposed", finance_officer.user.pk, "", "WAITING"),
        ("proposal:approved", director.user.pk, "WAITING", "APPROVED"),
        ("proposal:proposed", finance_officer.user.pk, "", "WAITING"),
        ("proposal:withdrawn", finance_officer.user.pk, "WAITING", "WITHDRAWN"),
    ]


def test_every_kind_of_posting_can_be_proposed_and_approved(finance_officer: Actor, director: Actor) -> None:
    FrameYearFactory.create(year=2024)
    commit(MILLION, 2024, case_reference="100024")
    commit(2 * MILLION)
    close(2024)
    acts: list[proposed.Act] = [
        proposed.Open("P2019_26", 2023, 380 * MILLION, 240 * MILLION, 10 * MILLION),
        proposed.Regulate(2026, 400 * MILLION, 250 * MILLION, "Brev af 2. januar"),
        proposed.CarryOver(2025, MILLION),
        proposed.Release(2026, "100001", Money.SOCIAL, Decimal("0.01"), ReleaseCause.UNUSED, BASIS),
        proposed.ReleaseByCarryOver(2024, "100024", Money.SOCIAL, MILLION, ReleaseCause.LAPSED, BASIS, "Notat 7"),
        proposed.Reverse(commit(3 * MILLION, case_reference="100003").pk, BASIS),
        proposed.SetReleaseRule("P2019_26", datetime.date(2027, 1, 1), Reuse.NOT_REUSED, "Bestyrelsens møde"),
        proposed.Close(2025, carries_over=True),
    ]

    for act in acts:
        approve(propose(act, finance_officer), director)

    assert {act.kind for act in acts} == set(ProposalKind)
    assert FrameYear.objects.position(2026).ceiling == 400 * MILLION
    # One million by hand, one released from 2024 by way of 2025 (which was open then), and all that 2025 had left.
    assert FrameYear.objects.numbered(2025).closed_on == datetime.date(2026, 11, 22)
    assert FrameYear.objects.position(2025).available == MILLION
    assert FrameYear.objects.position(2026).carried_in == 380 * MILLION
    assert ReleaseRule.objects.get().rule == Reuse.NOT_REUSED
    assert FrameYear.objects.numbered(2023).events.get().seconded_by == director.user
    assert checking.check().is_ok


def test_a_year_can_be_closed_without_carrying_over(finance_officer: Actor, director: Actor) -> None:
    approve(propose(proposed.Close(2025), finance_officer), director)

    assert FrameYear.objects.position(2025).available == 380 * MILLION
    assert FrameYearEvent.objects.get(event="frame_year:closed").user == finance_officer.user


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (proposed.CarryOver(2031, MILLION), "no_frame"),
        (proposed.CarryOver(2026, MILLION, frame=FrameKind.EXTRA_RENT), "no_frame"),
        (proposed.Reverse(0, BASIS), "no_entry"),
        (proposed.Open("P1999", 2026, MILLION, MILLION, MILLION), "no_period"),
        (proposed.SetReleaseRule("P1999", datetime.date(2027, 1, 1), Reuse.NOT_REUSED, "x"), "no_period"),
    ],
)
def test_what_does_not_exist_is_not_proposed(act: proposed.Act, code: str, finance_officer: Actor) -> None:
    with pytest.raises(RuleBroken) as refused:
        propose(act, finance_officer)
    assert refused.value.violations[0].code == code


def test_a_proposal_says_why(finance_officer: Actor) -> None:
    with pytest.raises(RuleBroken, match="Skriv en begrundelse"):
        propose(CARRY, finance_officer, reason=" ")


def test_what_waits_comes_oldest_first_in_one_query(
    finance_officer: Actor, director: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second, third = (propose(proposed.CarryOver(2026, number * MILLION), finance_officer) for number in (1, 2, 3))
    approve(second, director)

    with django_assert_num_queries(1):
        waiting = [(proposal.pk, str(proposal.proposed_by), proposal.act.told) for proposal in Proposal.objects.waiting()]
    assert [pk for pk, _, _ in waiting] == [first.pk, third.pk]
    assert waiting[0][2] == "Overfør 1.000.000 kr. fra 2026 til 2027"


# Values and JSON

EXAMPLES: list[proposed.Act] = [
    proposed.Open("P2019_26", 2026, Decimal("380000000.00"), Decimal(240), Decimal(10)),
    proposed.Regulate(2026, Decimal("400000000.01"), Decimal(250), "Brev"),
    proposed.Close(2025, carries_over=True, frame=FrameKind.EXTRA_RENT),
    proposed.Close(2025),
    proposed.CarryOver(2025, Decimal("0.01"), "Notat"),
    proposed.Release(2026, "100001", Money.RENT, Decimal(1), ReleaseCause.REVOKED, BASIS),
    proposed.ReleaseByCarryOver(2024, "100001", Money.VACANCY, Decimal(1), ReleaseCause.LAPSED, BASIS, "Notat"),
    proposed.Reverse(7, BASIS),
    proposed.SetReleaseRule("P2019_26", datetime.date(2027, 1, 1), Reuse.SAME_YEAR_ONLY, "Bestyrelsen"),
]


def test_every_kind_has_its_act() -> None:
    assert set(proposed.OF_KIND) == set(ProposalKind) == set(proposals.PROPOSERS)
    assert {type(act) for act in EXAMPLES} == set(typing.get_args(proposed.Act))


@pytest.mark.parametrize("act", EXAMPLES, ids=lambda act: f"{act.kind}")
def test_an_act_is_read_back_as_it_was_written_and_reads_as_a_sentence(act: proposed.Act) -> None:
    again = proposed.read(act.kind, proposed.written(act))

    assert again == act
    assert [type(value) for value in dataclasses.astuple(again)] == [type(value) for value in dataclasses.astuple(act)]
    assert "%(" not in act.told


@pytest.mark.parametrize(
    "payload",
    [
        {"year": 2026, "amount": "1"},
        {"year": 2026, "amount": "1", "decision": "", "frame": "ORDINARY", "more": 1},
        {"year": "2026", "amount": "1", "decision": "", "frame": "ORDINARY"},
        {"year": True, "amount": "1", "decision": "", "frame": "ORDINARY"},
        {"year": 2026, "amount": 1, "decision": "", "frame": "ORDINARY"},
        {"year": 2026, "amount": "en million", "decision": "", "frame": "ORDINARY"},
        {"year": 2026, "amount": "1", "decision": "", "frame": "SECRET"},
    ],
)
def test_what_is_no_act_is_refused_rather_than_guessed_at(payload: dict[str, object]) -> None:
    with pytest.raises(proposed.Malformed):
        proposed.read(ProposalKind.CARRY_OVER, payload)


# What the database says by itself


def test_the_database_knows_the_very_moves_of_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('ledger_proposal_legal_move'::regproc)")
        (definition,) = cursor.fetchone()

    assert all(f"('{source}', '{target}')" in definition for source, target in states.pairs())


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"state": "APPROVED", "decided_by": "own"}, "proposal_decided_by_another"),
        ({"state": "APPROVED"}, "proposal_decided_by_another"),
        ({"state": "REJECTED", "decided_by": "other"}, "proposal_rejected_with_reason"),
        ({"state": "WITHDRAWN", "decided_by": "other"}, "proposal_decided_by_another"),
        ({"state": "APPROVED", "decided_by": "other"}, "proposal_approved_is_posted"),
    ],
)
def test_a_decision_written_past_the_portal_is_refused(
    columns: dict[str, str], constraint: str, finance_officer: Actor, director: Actor
) -> None:
    proposal = propose(CARRY, finance_officer)
    persons = {"own": finance_officer.user, "other": director.user}

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            values = {name: persons.get(value, value) for name, value in columns.items()}
            ProposalEvent.objects.create(proposal=proposal, event="x", role="DIRECTOR", state_to=columns["state"])
            Proposal.objects.filter(pk=proposal.pk).update(**values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as refused:
        write()
    assert refused.value.__cause__ is not None
    assert getattr(refused.value.__cause__, "diag").constraint_name == constraint  # noqa: B009 - of psycopg


def test_what_is_decided_stays(finance_officer: Actor, director: Actor) -> None:
    proposal = approve(propose(CARRY, finance_officer), director)

    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(note="Alligevel ikke")


def test_a_rule_may_be_proposed_for_another_period(finance_officer: Actor, director: Actor) -> None:
    GrantPeriodFactory.create(extra=True)
    rule = proposed.SetReleaseRule("P2023_EXTRA", datetime.date(2026, 12, 1), Reuse.SAME_YEAR_ONLY, "Bestyrelsen")

    approve(propose(rule, finance_officer), director)

    assert ReleaseRule.objects.get().period.code == "P2023_EXTRA"
