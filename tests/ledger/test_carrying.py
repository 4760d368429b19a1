"""Carry-over: one step by itself, further only by finance's decision, and the end of the year (R6, Q4, G2)."""

from __future__ import annotations

import datetime

import pytest

from lbf_portal.lib.refusals import RuleBroken
from ledger import checking
from ledger.kinds import Money
from ledger.models import Entry, FrameYear
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import DECISION, MILLION, carry_over, close, commit, regulate, settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frames(db: None) -> None:
    for year in (2024, 2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)


def test_a_years_own_unused_money_goes_one_step_by_itself() -> None:
    out, arrived = carry_over(380 * MILLION, 2024)

    assert out.decision == arrived.decision == ""
    assert FrameYear.objects.position(2025).available == 760 * MILLION


def test_money_that_was_carried_in_goes_on_only_by_decision() -> None:
    carry_over(100 * MILLION, 2024)

    with pytest.raises(RuleBroken) as refused:
        carry_over(380 * MILLION + 1, 2025)

    assert str(refused.value) == (
        "Af rammen for 2025 kan 380.000.000 kr. overføres uden videre. Resten er selv overført hertil fra året før; at føre"
        " den videre kræver en særskilt beslutning fra økonomi."
    )
    assert refused.value.violations[0].basis == "Almenboligloven § 91 a, stk. 1; R6, Q4"
    out, arrived = carry_over(380 * MILLION + 1, 2025, decision=DECISION)
    assert out.decision == arrived.decision == DECISION
    assert FrameYear.objects.position(2025).carried_out_by_decision == 380 * MILLION + 1


def test_carried_money_counts_as_used_first() -> None:
    carry_over(100 * MILLION, 2024)
    commit(100 * MILLION, 2025)

    # The hundred carried in are used, the year's own 380 are left: all of it goes without a decision.
    carry_over(380 * MILLION, 2025)

    assert FrameYear.objects.position(2025).available == 0


def test_a_decision_carries_the_carried_money_first() -> None:
    carry_over(100 * MILLION, 2024)
    carry_over(100 * MILLION, 2025, decision=DECISION)

    carry_over(380 * MILLION, 2025)

    assert FrameYear.objects.position(2026).carried_in == 480 * MILLION
    assert FrameYear.objects.position(2026).carriable == 380 * MILLION


def test_the_own_money_goes_once() -> None:
    carry_over(100 * MILLION, 2024)
    carry_over(300 * MILLION, 2025)

    with pytest.raises(RuleBroken, match=r"kan 80\.000\.000 kr\. overføres uden videre"):
        carry_over(80 * MILLION + 1, 2025)
    carry_over(80 * MILLION, 2025)
    with pytest.raises(RuleBroken, match=r"kan 0 kr\. overføres uden videre"):
        carry_over(1, 2025)


def test_a_decision_gives_no_more_than_is_unused() -> None:
    carry_over(100 * MILLION, 2024)

    with pytest.raises(RuleBroken, match=r"har 480\.000\.000 kr\. tilbage"):
        carry_over(480 * MILLION + 1, 2025, decision=DECISION)


def test_the_regulated_amount_is_the_years_own() -> None:
    carry_over(100 * MILLION, 2024)
    regulate(400 * MILLION, 250 * MILLION, 2025)

    carry_over(400 * MILLION, 2025)

    assert FrameYear.objects.position(2025).available == 100 * MILLION


def test_a_blank_decision_is_none() -> None:
    carry_over(100 * MILLION, 2024)
    carry_over(380 * MILLION, 2025)

    with pytest.raises(RuleBroken, match="særskilt beslutning"):
        carry_over(1, 2025, decision="  ")


def test_the_entries_explain_themselves() -> None:
    out, arrived = carry_over(MILLION, 2024)
    decided, _ = carry_over(MILLION, 2025, decision=DECISION)

    assert out.explanation == "Penge, der ikke er brugt i 2024, er overført til 2025."
    assert arrived.explanation == "Penge, der ikke er brugt i 2024, er overført hertil."
    assert decided.explanation == f"Penge, der ikke er brugt i 2025, er overført til 2026 efter beslutning ({DECISION})."


# The end of the year


def test_the_years_end_carries_what_may_go_by_itself_and_closes() -> None:
    carry_over(50 * MILLION, 2024)
    commit(30 * MILLION, 2025)

    closed = settle(2025, key="end:2025")

    assert closed.closed_on == datetime.date(2026, 2, 1)
    # Thirty of the fifty carried in are used; twenty wait for finance's decision.
    assert FrameYear.objects.position(2025).available == 20 * MILLION
    assert FrameYear.objects.position(2026).carried_in == 380 * MILLION
    carry_over(20 * MILLION, 2025, decision=DECISION, on=datetime.date(2026, 3, 1))
    assert checking.check().is_ok


def test_the_years_end_twice_gives_the_same() -> None:
    commit(30 * MILLION, 2024)
    settle(2024, key="end:2024")
    before = list(FrameYear.objects.order_by("pk").values()), list(Entry.objects.order_by("pk").values())

    settle(2024, key="end:2024")

    assert (list(FrameYear.objects.order_by("pk").values()), list(Entry.objects.order_by("pk").values())) == before


def test_a_year_with_nothing_left_is_closed_and_carries_nothing() -> None:
    commit(380 * MILLION, 2024)

    settle(2024, key="end:2024")

    assert not Entry.objects.exclude(money=Money.SOCIAL).exists()


def test_the_years_end_is_all_or_nothing() -> None:
    with pytest.raises(RuleBroken, match="først lukkes, når året er slut"):
        settle(2024, key="early", on=datetime.date(2024, 12, 31))

    assert not Entry.objects.exists()


def test_a_decision_of_31_december_posted_on_2_january_charges_the_old_year_and_shows_from_its_posting() -> None:
    posted = datetime.datetime(2026, 1, 2, 9, tzinfo=datetime.UTC)

    entry = commit(10 * MILLION, 2025, on=datetime.date(2025, 12, 31), at=posted)

    assert entry.frame_year.year == 2025
    assert [checking.check(year=2025, as_of=day).positions[0].committed for day in DAYS] == [0, 10 * MILLION]
    with pytest.raises(RuleBroken, match=r"den 31\. december 2025, kan ikke bogføres på rammen for 2026"):
        commit(MILLION, 2026, on=datetime.date(2025, 12, 31), at=posted)
    close(2025)
    with pytest.raises(RuleBroken, match="lukket"):
        commit(MILLION, 2025, on=datetime.date(2025, 12, 31))


DAYS = (datetime.date(2026, 1, 1), datetime.date(2026, 1, 2))
