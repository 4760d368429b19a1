"""What posting does, and what it says when it may not."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from ledger import posting
from ledger.kinds import EntryKind, FrameEventKind, Money, Reuse
from ledger.models import Allocation, Entry, FrameYear, FrameYearEvent
from tests.factories.ledger import FrameYearFactory, GrantPeriodFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate, release, reverse, set_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def frame(db: None) -> FrameYear:
    return FrameYearFactory.create()


def refusal(act: Callable[[], object]) -> RuleBroken:
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value


def test_a_commitment_charges_the_frame_and_says_who_when_and_why(frame: FrameYear, director: Actor) -> None:
    entry = commit(12 * MILLION, by=director, key="application:1:commit")

    position = FrameYear.objects.position(2026)
    assert (position.committed, position.rent_committed) == (12 * MILLION, Decimal(0))
    assert position.available == 368 * MILLION
    assert (entry.by, entry.role, entry.organisation) == (director.user, Role.DIRECTOR, director.organisation)
    assert entry.decided_on == datetime.date(2026, 11, 22)
    assert Allocation.objects.get().held == 12 * MILLION


def test_rent_and_vacancy_rent_fill_the_rent_part_together(frame: FrameYear) -> None:
    commit(200 * MILLION, money=Money.RENT)
    commit(10 * MILLION, money=Money.VACANCY)

    position = FrameYear.objects.position(2026)
    assert (position.committed, position.rent_committed) == (210 * MILLION, 210 * MILLION)
    assert position.rent_available == 30 * MILLION


def test_a_commitment_may_take_exactly_what_is_left(frame: FrameYear) -> None:
    commit(380 * MILLION)

    assert FrameYear.objects.position(2026).available == 0


def test_one_ore_beyond_the_frame_is_refused_and_the_rest_named(frame: FrameYear) -> None:
    commit(Decimal("372500000.00"))

    refused = refusal(lambda: commit(10 * MILLION))

    assert str(refused) == "Rammen for 2026 har 7.500.000 kr. tilbage. Tilsagnet på 10.000.000 kr. kan ikke rummes."
    assert refused.violations[0].basis == "Almenboligloven § 91 a, stk. 1; R2, C1"
    assert str(refusal(lambda: commit(Decimal("7500000.01")))).startswith("Rammen for 2026 har 7.500.000 kr. tilbage.")
    commit(Decimal("7500000.00"))


def test_one_ore_beyond_the_rent_part_is_refused_and_the_rest_named(frame: FrameYear) -> None:
    commit(240 * MILLION - 1, money=Money.RENT)

    refused = refusal(lambda: commit(Decimal("1.01"), money=Money.VACANCY))

    assert str(refused) == "Lejedelen af rammen for 2026 har 1 kr. tilbage. Tilsagnet på 1,01 kr. kan ikke rummes."
    assert refused.violations[0].basis == "Almenboligloven § 91 a, stk. 2; R8, C2"
    commit(1, money=Money.VACANCY)


def test_what_rent_leaves_may_go_to_social_efforts(frame: FrameYear) -> None:
    commit(200 * MILLION, money=Money.RENT)
    commit(180 * MILLION, money=Money.SOCIAL)

    position = FrameYear.objects.position(2026)
    assert position.is_past_guideline
    assert position.available == 0


def test_a_refusal_leaves_the_callers_transaction_usable(frame: FrameYear) -> None:
    with transaction.atomic():
        commit(5 * MILLION, case_reference="100001")
        refusal(lambda: commit(400 * MILLION, case_reference="100002"))

    assert [entry.amount for entry in Entry.objects.all()] == [5 * MILLION]
    assert [allocation.case_reference for allocation in Allocation.objects.all()] == ["100001"]


def test_the_same_key_and_content_returns_the_first_entry(frame: FrameYear) -> None:
    first = commit(5 * MILLION, key="application:1:commit")
    again = commit(5 * MILLION, key="application:1:commit")

    assert again.pk == first.pk
    assert FrameYear.objects.position(2026).committed == 5 * MILLION


@pytest.mark.parametrize(
    "other", [{"amount": 6 * MILLION}, {"case_reference": "100002"}, {"money": Money.RENT}, {"on": datetime.date(2026, 1, 1)}]
)
def test_the_same_key_with_other_content_is_refused(frame: FrameYear, other: dict[str, object]) -> None:
    commit(5 * MILLION, key="application:1:commit")

    facts = {"amount": 5 * MILLION, "key": "application:1:commit", **other}
    refused = refusal(lambda: commit(**facts))  # type: ignore[arg-type]  # a table of facts

    assert refused.violations[0].code == "key_reused"
    assert Entry.objects.count() == 1


def test_a_retry_finds_its_entry_in_a_year_closed_since(frame: FrameYear) -> None:
    first = commit(MILLION, key="application:1:commit")
    close(2026)

    assert commit(MILLION, key="application:1:commit").pk == first.pk


def test_what_is_released_may_be_committed_again(frame: FrameYear) -> None:
    commit(380 * MILLION)
    entry = release(30 * MILLION)

    assert entry.amount == -30 * MILLION
    assert Allocation.objects.get().held == 350 * MILLION
    commit(30 * MILLION, case_reference="100002")


def test_no_more_is_released_than_the_case_holds(frame: FrameYear) -> None:
    commit(5 * MILLION)
    commit(20 * MILLION, case_reference="100002")

    refused = refusal(lambda: release(6 * MILLION))

    assert str(refused) == "Sagen har 5.000.000 kr. af rammen for 2026. En nedsættelse på 6.000.000 kr. kan ikke rummes."


def test_money_held_for_rent_is_not_released_as_social(frame: FrameYear) -> None:
    commit(5 * MILLION, money=Money.RENT)

    assert refusal(lambda: release(MILLION, money=Money.SOCIAL)).violations[0].code == "more_than_held"
    assert Allocation.objects.count() == 1


def test_a_mistaken_commitment_is_put_right_by_its_mirror_image_once(frame: FrameYear) -> None:
    entry = commit(5 * MILLION, money=Money.RENT)
    mirror = reverse(entry, key="first")

    assert (mirror.amount, mirror.money, mirror.reverses) == (-5 * MILLION, Money.RENT, entry)
    assert FrameYear.objects.position(2026).rent_committed == 0
    assert reverse(entry, key="first").pk == mirror.pk
    assert str(refusal(lambda: reverse(entry, key="second"))) == "Posteringen er allerede tilbageført."


def test_a_reversal_and_a_carry_over_are_not_reversed(frame: FrameYear) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    mirror = reverse(commit(MILLION))
    out, _ = carry_over(MILLION)

    refused = [refusal(lambda: reverse(mirror)), refusal(lambda: reverse(out))]
    assert [str(each) for each in refused] == ["Kun tilsagn og frigivelser kan tilbageføres."] * 2


def test_a_commitment_partly_released_is_not_reversed_whole(frame: FrameYear) -> None:
    entry = commit(5 * MILLION)
    release(MILLION)

    assert refusal(lambda: reverse(entry)).violations[0].code == "more_than_held"


def test_reversing_a_release_needs_room_in_the_frame(frame: FrameYear) -> None:
    commit(380 * MILLION)
    given_back = release(MILLION)
    commit(MILLION, case_reference="100002")

    refused = refusal(lambda: reverse(given_back))

    assert str(refused) == "Rammen for 2026 har 0 kr. tilbage. Posteringen på 1.000.000 kr. kan ikke rummes."


def test_a_carry_over_is_two_equal_entries(frame: FrameYear) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    commit(300 * MILLION)

    out, arrived = carry_over(80 * MILLION, key="close-2026")

    assert (out.kind, out.amount, arrived.kind, arrived.amount) == (
        EntryKind.CARRY_OUT,
        -80 * MILLION,
        EntryKind.CARRY_IN,
        80 * MILLION,
    )
    assert FrameYear.objects.position(2026).available == 0
    assert FrameYear.objects.position(2027).available == 80 * MILLION
    assert [entry.pk for entry in carry_over(80 * MILLION, key="close-2026")] == [out.pk, arrived.pk]


def test_no_more_is_carried_over_than_is_unused(frame: FrameYear) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    commit(300 * MILLION)

    refused = refusal(lambda: carry_over(80 * MILLION + 1))

    assert str(refused) == "Rammen for 2026 har 80.000.000 kr. tilbage. En overførsel på 80.000.001 kr. kan ikke rummes."


def test_money_is_not_carried_over_into_a_year_without_a_frame(frame: FrameYear) -> None:
    assert str(refusal(lambda: carry_over(MILLION))) == "Der er ingen ramme for 2027."
    assert not Entry.objects.exists()


def test_the_year_after_the_period_gives_what_was_carried_over_and_no_more(frame: FrameYear) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    assert refusal(lambda: commit(1, year=2027)).violations[0].code == "frame_exceeded"
    carry_over(10 * MILLION)

    commit(10 * MILLION, year=2027)
    assert FrameYear.objects.position(2027).available == 0


def test_a_year_after_the_period_cannot_be_given_money_of_its_own() -> None:
    refused = refusal(lambda: FrameYearFactory.create(year=2027))

    assert refused.violations[0].code == "year_outside_period"
    assert not FrameYear.objects.exists()


def test_a_year_is_opened_once(frame: FrameYear) -> None:
    assert str(refusal(FrameYearFactory.create)) == "Rammen for 2026 er allerede åbnet."


def test_the_rent_part_lies_within_the_whole() -> None:
    assert refusal(lambda: FrameYearFactory.create(base_rent=400 * MILLION)).violations[0].code == "parts_exceed_whole"


def test_only_carry_over_leaves_a_closed_year(frame: FrameYear) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    entry = commit(5 * MILLION)
    close(2026)

    acts: list[Callable[[], object]] = [
        lambda: commit(1),
        lambda: release(1),
        lambda: reverse(entry),
        lambda: regulate(400 * MILLION, 250 * MILLION),
        lambda: close(2026),
    ]
    for act in acts:
        assert "lukket" in str(refusal(act))
    carry_over(375 * MILLION, on=datetime.date(2027, 2, 2))
    assert FrameYear.objects.position(2027).available == 375 * MILLION


def test_nothing_is_carried_into_a_closed_year() -> None:
    FrameYearFactory.create(year=2025)
    FrameYearFactory.create(year=2026)
    close(2026)

    assert refusal(lambda: carry_over(1, from_year=2025)).violations[0].code == "year_closed"
    assert not Entry.objects.exists()


def test_a_year_is_not_closed_before_it_is_over(frame: FrameYear) -> None:
    refused = refusal(lambda: close(2026, on=datetime.date(2026, 12, 31)))

    assert str(refused) == "Rammen for 2026 kan først lukkes, når året er slut."
    close(2026, on=datetime.date(2027, 1, 1))


def test_a_commitment_charges_the_year_of_its_decision(frame: FrameYear) -> None:
    refused = refusal(lambda: commit(1, on=datetime.date(2027, 1, 1)))

    assert str(refused) == "Et tilsagn, der gives den 1. januar 2027, kan ikke bogføres på rammen for 2026."
    commit(1, on=datetime.date(2026, 12, 31))


def test_a_regulated_amount_replaces_the_base_and_keeps_its_document(frame: FrameYear, finance_officer: Actor) -> None:
    assert not FrameYear.objects.position(2026).is_regulated
    regulate(400 * MILLION, 250 * MILLION, by=finance_officer)
    regulate(410 * MILLION, 260 * MILLION, by=finance_officer, document="Brev 2")

    stands = FrameYear.objects.numbered(2026)
    assert (stands.position.ceiling, stands.position.rent_ceiling) == (410 * MILLION, 260 * MILLION)
    assert (stands.base_total, stands.regulated_document) == (380 * MILLION, "Brev 2")
    regulations = FrameYearEvent.objects.filter(event=FrameEventKind.REGULATED).order_by("pk")
    assert [(event.total, event.user, event.role) for event in regulations] == [
        (400 * MILLION, finance_officer.user, Role.FINANCE_OFFICER),
        (410 * MILLION, finance_officer.user, Role.FINANCE_OFFICER),
    ]


def test_a_regulation_below_what_is_committed_is_refused(frame: FrameYear) -> None:
    commit(370 * MILLION)

    assert refusal(lambda: regulate(369 * MILLION, 240 * MILLION)).violations[0].code == "frame_year_not_overspent"
    assert not FrameYear.objects.position(2026).is_regulated


@pytest.mark.parametrize(
    ("total", "rent", "code"),
    [
        (3_800_000_000, 240_000_000, "frame_year_regulated_within_twice_base"),
        (380_000_000, 390_000_000, "frame_year_regulated_with_document"),
    ],
)
def test_a_mistyped_regulation_is_refused(frame: FrameYear, total: int, rent: int, code: str) -> None:
    assert refusal(lambda: regulate(total, rent)).violations[0].code == code


def test_a_regulation_needs_its_document(frame: FrameYear) -> None:
    assert refusal(lambda: regulate(400 * MILLION, 250 * MILLION, document=" ")).violations[0].field == "document"


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1000000000000"])
def test_an_amount_is_positive_and_whole_in_ore(frame: FrameYear, amount: str) -> None:
    assert refusal(lambda: commit(Decimal(amount))).violations[0].code == "amount_invalid"


def test_a_posting_says_why(frame: FrameYear) -> None:
    assert refusal(lambda: commit(1, reason=" ")).violations[0].code == "reason_missing"


def test_only_the_fund_posts(frame: FrameYear, applicant: Actor, municipality: Actor, auditor: Actor) -> None:
    for outsider in (applicant, municipality, auditor):
        with pytest.raises(NotAllowed):
            commit(1, by=outsider)


def test_only_finance_opens_regulates_carries_over_and_closes(frame: FrameYear, case_officer: Actor, director: Actor) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    acts: list[Callable[[Actor], object]] = [
        lambda by: FrameYearFactory.create(year=2025, by=by),
        lambda by: regulate(400 * MILLION, 250 * MILLION, by=by),
        lambda by: carry_over(1, by=by),
        lambda by: close(2026, by=by),
        lambda by: set_rule(Reuse.NOT_REUSED, by=by),
        lambda by: posting.add_period("P2027", "Efter 2026", first_year=2027, last_year=2030, by=by),
    ]
    for act in acts:
        for actor in (case_officer, director):
            with pytest.raises(NotAllowed):
                act(actor)


def test_the_portal_itself_posts_nothing_that_is_done_by_hand(frame: FrameYear) -> None:
    """It opens the years that the act gives; the rest is a finance officer's, whatever the clock says (C5, C6)."""
    FrameYearFactory.create(year=2027, carried=True)
    entry = commit(MILLION)
    acts: list[Callable[[], object]] = [
        lambda: regulate(400 * MILLION, 250 * MILLION, by=SYSTEM),
        lambda: carry_over(1, by=SYSTEM),
        lambda: close(2026, by=SYSTEM),
        lambda: reverse(entry, by=SYSTEM),
        lambda: set_rule(Reuse.NOT_REUSED, by=SYSTEM),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_a_posting_by_hand_has_four_eyes(frame: FrameYear, finance_officer: Actor, case_officer: Actor) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    entry = commit(MILLION)
    acts: list[Callable[[Actor | None], object]] = [
        lambda second: regulate(400 * MILLION, 250 * MILLION, by=finance_officer, seconded_by=second),
        lambda second: carry_over(1, by=finance_officer, seconded_by=second),
        lambda second: close(2026, by=finance_officer, seconded_by=second),
        lambda second: reverse(entry, by=finance_officer, seconded_by=second),
        lambda second: set_rule(Reuse.NOT_REUSED, by=finance_officer, seconded_by=second),
        lambda second: FrameYearFactory.create(year=2025, by=finance_officer, seconded_by=second),
    ]
    for act in acts:
        assert refusal(lambda act=act: act(finance_officer)).violations[0].code == "same_person"  # type: ignore[misc]  # bound now
        for nobody in (None, case_officer, SYSTEM):
            with pytest.raises(NotAllowed):
                act(nobody)
    assert refusal(lambda: release(1, by=finance_officer, seconded_by=finance_officer)).violations[0].code == "same_person"


def test_a_posting_by_hand_names_both_persons(frame: FrameYear, finance_officer: Actor, director: Actor) -> None:
    FrameYearFactory.create(year=2027, carried=True)
    commit(2 * MILLION)

    by_hand = [
        *carry_over(MILLION, by=finance_officer, seconded_by=director),
        reverse(commit(MILLION), by=finance_officer, seconded_by=director),
        release(MILLION, by=finance_officer, seconded_by=director),
    ]
    regulate(400 * MILLION, 250 * MILLION, by=finance_officer, seconded_by=director)

    event = FrameYearEvent.objects.get(event=FrameEventKind.REGULATED)
    assert {(entry.by, entry.seconded_by) for entry in by_hand} == {(finance_officer.user, director.user)}
    assert (event.user, event.seconded_by) == (finance_officer.user, director.user)
    assert {entry.role for entry in by_hand} == {Role.FINANCE_OFFICER}


def test_a_regulation_and_a_closing_of_the_same_key_happen_once(frame: FrameYear) -> None:
    for _ in range(2):
        regulate(400 * MILLION, 250 * MILLION, key="proposal:1")
        close(2026, key="proposal:2")

    events = FrameYearEvent.objects.exclude(event=FrameEventKind.OPENED).order_by("pk")
    assert [event.key for event in events] == ["proposal:1", "proposal:2"]
    assert refusal(lambda: close(2026, key="proposal:1")).violations[0].code == "key_reused"


def test_the_same_period_is_registered_once(finance_officer: Actor) -> None:
    period = GrantPeriodFactory.create()

    assert posting.add_period(period.code, period.name, first_year=2019, last_year=2026, by=finance_officer) == period


def test_every_opened_year_has_its_event(frame: FrameYear) -> None:
    event = FrameYearEvent.objects.get()
    assert (event.event, event.role, event.frame_year) == (FrameEventKind.OPENED, Role.SYSTEM, frame)


def test_a_year_is_not_opened_without_its_event(frame: FrameYear) -> None:
    def open_in_silence() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            FrameYear.objects.create(period=frame.period, year=2025, base_total=1, base_rent=1, base_vacancy=0)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="opened without an event"):
        open_in_silence()
