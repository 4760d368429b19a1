"""Several connections at once, each a thread of its own, on the row that all of them want."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from lbf_portal.lib.refusals import RuleBroken
from ledger import checking
from ledger.kinds import EntryKind, Money
from ledger.models import Allocation, Entry, FrameYear
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, release

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Entry | tuple[Entry, Entry] | None]) -> list[object]:
    """What each act returned, or the refusal it met; all start together, each on its own connection."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            # Connected before the start, so that nobody is ahead by that.
            connection.ensure_connection()
            start.wait(timeout=30)
            return act()
        except RuleBroken as refused:
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

    at_once(lambda: commit(10 * MILLION), lambda: carry_over(10 * MILLION), lambda: carry_over(10 * MILLION, key="again"))

    assert FrameYear.objects.position(2026).available == 0
    assert Entry.objects.exclude(kind=EntryKind.CARRY_IN).count() == 2
    assert checking.check().is_ok


def test_nothing_slips_into_a_year_while_it_is_closed() -> None:
    FrameYearFactory.create(year=2025)

    acts: list[Callable[[], Entry | None]] = [
        lambda case=case: commit(MILLION, year=2025, case_reference=f"{200000 + case}")  # type: ignore[misc]  # bound now
        for case in range(6)
    ]
    at_once(*acts, lambda: close(2025, on=datetime.date(2026, 1, 1)))

    frame_year = FrameYear.objects.numbered(2025)
    assert frame_year.closed_on == datetime.date(2026, 1, 1)
    assert frame_year.committed == Entry.objects.count() * MILLION
    assert checking.check().is_ok
