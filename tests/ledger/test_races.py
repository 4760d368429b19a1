"""Several connections at once, each a thread of its own, on the row that all of them want."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lbf_portal.lib.refusals import IllegalMove, Refused, RuleBroken
from ledger import checking, proposals, proposed
from ledger.kinds import EntryKind, Money
from ledger.models import Allocation, Entry, FrameYear, Proposal
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import (
    DECISION,
    MILLION,
    carry_over,
    close,
    commit,
    finance,
    release,
    release_by_carry_over,
    second,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returned, or the refusal it met; all start together, each on its own connection."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            # Connected before the start, so that nobody is ahead by that.
            connection.ensure_connection()
            start.wait(timeout=30)
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_twenty_people_on_the_last_hundred_million_are_ten_commitments_and_ten_refusals() -> None:
    FrameYearFactory.create()
    commit(280 * MILLION, case_reference="100000")

    acts = [lambda case=case: commit(10 * MILLION, case_reference=f"{200000 + case}") for case in range(20)]
    outcomes = at_once(*acts)

    refused = [str(outcome) for outcome in outcomes if isinstance(outcome, RuleBroken)]
    assert sum(isinstance(outcome, Entry) for outcome in outcomes) == 10
    assert refused == ["Rammen for 2026 har 0 kr. tilbage. Tilsagnet på 10.000.000 kr. kan ikke rummes."] * 10
    assert FrameYear.objects.position(2026).available == 0
    assert Entry.objects.count() == 11
    assert checking.check().is_ok


def test_rent_and_social_race_for_the_same_room() -> None:
    FrameYearFactory.create()
    commit(235 * MILLION, money=Money.RENT, case_reference="100000")
    commit(140 * MILLION, case_reference="100000")

    acts = [
        lambda money=money, case=case: commit(MILLION, money=money, case_reference=f"{200000 + case}")
        for case, money in enumerate([Money.RENT, Money.SOCIAL, Money.VACANCY] * 4)
    ]
    outcomes = at_once(*acts)

    position = FrameYear.objects.position(2026)
    assert sum(isinstance(outcome, Entry) for outcome in outcomes) == 5
    assert position.available == 0
    assert position.rent_committed <= position.rent_ceiling
    assert checking.check().is_ok


def test_the_same_act_in_eight_hands_is_one_entry() -> None:
    FrameYearFactory.create()

    outcomes = at_once(*[lambda: commit(10 * MILLION, key="application:1:commit", money=Money.RENT)] * 8)

    entry = Entry.objects.get()
    assert [outcome.pk for outcome in outcomes if isinstance(outcome, Entry)] == [entry.pk] * 8
    assert FrameYear.objects.position(2026).committed == 10 * MILLION


def test_the_same_money_is_not_released_twice() -> None:
    FrameYearFactory.create()
    commit(10 * MILLION)

    outcomes = at_once(*[lambda: release(10 * MILLION)] * 6)

    assert sum(isinstance(outcome, Entry) for outcome in outcomes) == 1
    assert Allocation.objects.get().held == 0


def test_the_same_unused_money_is_not_both_committed_and_carried_over() -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(year=2027, carried=True)
    commit(370 * MILLION)

    by_hand: dict[str, Any] = {"by": finance(), "seconded_by": second()}

    at_once(
        lambda: commit(10 * MILLION),
        lambda: carry_over(10 * MILLION, **by_hand),
        lambda: carry_over(10 * MILLION, key="again", **by_hand),
    )

    assert FrameYear.objects.position(2026).available == 0
    assert Entry.objects.exclude(kind=EntryKind.CARRY_IN).count() == 2
    assert checking.check().is_ok


def test_nothing_slips_into_a_year_while_it_is_closed() -> None:
    FrameYearFactory.create(year=2025)

    acts: list[Callable[[], object]] = [
        lambda case=case: commit(MILLION, year=2025, case_reference=f"{200000 + case}")  # type: ignore[misc]  # bound now
        for case in range(6)
    ]
    finance(), second()  # the persons are there before anybody asks for them at once
    at_once(*acts, lambda: close(2025, on=datetime.date(2026, 1, 1)))

    frame_year = FrameYear.objects.numbered(2025)
    assert frame_year.closed_on == datetime.date(2026, 1, 1)
    assert frame_year.committed == Entry.objects.count() * MILLION
    assert checking.check().is_ok


def test_money_carried_in_does_not_go_on_in_two_hands_without_a_decision() -> None:
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2027, carried=True)
    carry_over(20 * MILLION, from_year=2025)
    by_hand: dict[str, Any] = {"by": finance(), "seconded_by": second()}

    outcomes = at_once(*[lambda: carry_over(200 * MILLION, from_year=2026, **by_hand)] * 2)

    assert sum(isinstance(outcome, tuple) for outcome in outcomes) == 1
    assert FrameYear.objects.position(2026).carriable == 180 * MILLION
    assert checking.check().is_ok


def test_a_proposal_in_two_hands_is_posted_once() -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(year=2027, carried=True)
    director, now = second(), timezone.now()
    proposal = proposals.propose(proposed.CarryOver(2026, 10 * MILLION), by=finance(), at=now, reason="Ikke brugt")

    outcomes = at_once(*[lambda: proposals.approve(Proposal.objects.get(pk=proposal.pk), by=director, at=now)] * 4)

    assert sum(isinstance(outcome, Proposal) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 3
    assert FrameYear.objects.position(2027).carried_in == 10 * MILLION


def test_a_release_by_carry_over_meets_the_closing_of_the_year_it_goes_to() -> None:
    """Either the money arrives before the year closes, or the whole act is refused: never a closed year that changed."""
    for year in (2024, 2025):
        FrameYearFactory.create(year=year)
    FrameYearFactory.create(year=2026)
    commit(10 * MILLION, year=2024)
    close(2024)
    by_hand: dict[str, Any] = {"by": finance(), "seconded_by": second()}

    at_once(
        lambda: release_by_carry_over(10 * MILLION, year=2024, decision=DECISION, **by_hand),
        lambda: close(2025, **by_hand),
    )

    assert FrameYear.objects.numbered(2025).closed_on is not None
    released = not Allocation.objects.get(frame_year__year=2024).held
    arrived = sum(FrameYear.objects.position(year).available - 380 * MILLION for year in (2025, 2026))
    assert arrived == (10 * MILLION if released else 0)
    assert FrameYear.objects.position(2024).available == 370 * MILLION
    assert checking.check().is_ok
