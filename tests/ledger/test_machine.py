"""Any sequence of postings: a model in plain Python foretells every answer, and plain SQL counts after every step."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from lbf_portal.lib.refusals import RuleBroken
from ledger import checking
from ledger.kinds import RENT_MONEY, EntryKind, Money
from ledger.models import Entry, FrameYear
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate, release, reverse

YEARS = (2025, 2026, 2027)
CASES = ("100001", "100002")

years = st.sampled_from(YEARS)
cases = st.sampled_from(CASES)
monies = st.sampled_from(list(Money))
# Few and large, so that ceilings are met often; one odd øre, so that rounding would show.
amounts = st.sampled_from(
    [Decimal("0.01"), Decimal(10) * MILLION, Decimal(70) * MILLION, Decimal(140) * MILLION, Decimal("239999999.99")]
)

RECOUNT = """
    SELECT y.year, y.committed, y.rent_committed, y.carried_in, y.carried_out,
           coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('COMMIT', 'RELEASE', 'REVERSAL')), 0),
           coalesce(sum(e.amount) FILTER (WHERE e.money IN ('RENT', 'VACANCY')), 0),
           coalesce(sum(e.amount) FILTER (WHERE e.kind = 'CARRY_IN'), 0),
           coalesce(-sum(e.amount) FILTER (WHERE e.kind = 'CARRY_OUT'), 0),
           coalesce(y.regulated_total, y.base_total), coalesce(y.regulated_rent, y.base_rent)
    FROM ledger_frameyear y LEFT JOIN ledger_entry e ON e.frame_year_id = y.id
    GROUP BY y.id ORDER BY y.year
"""


class Postings(RuleBasedStateMachine):
    """The ledger as a bookkeeper would keep it on paper, beside the real one."""

    def __init__(self) -> None:
        super().__init__()
        self.all = transaction.atomic()
        self.all.__enter__()
        self.keys = itertools.count(1)
        self.ceiling = {2025: 380 * MILLION, 2026: 380 * MILLION, 2027: Decimal(0)}
        self.rent_ceiling = {2025: 240 * MILLION, 2026: 240 * MILLION, 2027: Decimal(0)}
        self.held: dict[tuple[int, str, Money], Decimal] = {}
        self.closed: set[int] = set()
        self.reversible: list[Entry] = []

    @initialize()
    def open_the_years(self) -> None:
        for year in YEARS:
            FrameYearFactory.create(year=year, carried=year == 2027)

    def teardown(self) -> None:
        assert checking.check().is_ok
        transaction.set_rollback(True)
        self.all.__exit__(None, None, None)

    # What the bookkeeper knows.

    def used(self, year: int, monies: tuple[Money, ...] = tuple(Money)) -> Decimal:
        return sum((held for (of, _, money), held in self.held.items() if of == year and money in monies), Decimal(0))

    def fits(self, year: int, money: Money, amount: Decimal) -> bool:
        is_rent = money in RENT_MONEY
        return (
            year not in self.closed
            and self.used(year) + amount <= self.ceiling[year]
            and (not is_rent or self.used(year, RENT_MONEY) + amount <= self.rent_ceiling[year])
        )

    def post(self, act: Callable[[], Entry | None], *, expected: bool) -> Entry | None:
        try:
            entry = act()
        except RuleBroken:
            assert not expected, "the ledger refused what the book allows"
            return None
        assert expected, "the ledger let through what the book forbids"
        return entry

    # What may happen.

    @rule(year=years, case=cases, money=monies, amount=amounts, again=st.booleans())
    def commit(self, year: int, case: str, money: Money, amount: Decimal, *, again: bool) -> None:
        key = f"machine:{next(self.keys)}"

        def act() -> Entry:
            return commit(amount, year=year, case_reference=case, money=money, key=key)

        entry = self.post(act, expected=self.fits(year, money, amount))
        if entry is None:
            return
        self.held[year, case, money] = self.held.get((year, case, money), Decimal(0)) + amount
        self.reversible.append(entry)
        if again:
            assert act().pk == entry.pk

    @rule(year=years, case=cases, money=monies, amount=amounts)
    def release(self, year: int, case: str, money: Money, amount: Decimal) -> None:
        held = self.held.get((year, case, money), Decimal(0))
        expected = year not in self.closed and amount <= held
        entry = self.post(lambda: release(amount, year=year, case_reference=case, money=money), expected=expected)
        if entry is not None:
            self.held[year, case, money] = held - amount
            self.reversible.append(entry)

    @precondition(lambda self: self.reversible)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        original = data.draw(st.sampled_from(self.reversible))
        assert original.allocation is not None
        place = (original.frame_year.year, original.allocation.case_reference, Money(original.money))
        is_reversed = Entry.objects.filter(reverses=original).exists()
        fits = self.fits(place[0], place[2], -original.amount) and self.held[place] >= original.amount
        if self.post(lambda: reverse(original), expected=fits and not is_reversed):
            self.held[place] -= original.amount

    @rule(year=st.sampled_from([2025, 2026]), amount=amounts)
    def carry_over(self, year: int, amount: Decimal) -> None:
        expected = self.used(year) + amount <= self.ceiling[year] and year + 1 not in self.closed
        if self.post(lambda: carry_over(amount, from_year=year)[0], expected=expected):
            self.ceiling[year] -= amount
            self.ceiling[year + 1] += amount

    @rule(year=st.sampled_from([2025, 2026]), total=st.sampled_from([300, 395]), rent=st.sampled_from([150, 250]))
    def regulate(self, year: int, total: int, rent: int) -> None:
        position = FrameYear.objects.position(year)
        ceiling = self.ceiling[year] - position.ceiling + total * MILLION
        expected = year not in self.closed and self.used(year) <= ceiling and self.used(year, RENT_MONEY) <= rent * MILLION
        self.post(lambda: regulate(total * MILLION, rent * MILLION, year=year), expected=expected)
        if expected:
            self.ceiling[year], self.rent_ceiling[year] = ceiling, rent * MILLION

    @rule()
    def close_the_oldest(self) -> None:
        self.post(lambda: close(2025, on=datetime.date(2026, 2, 1)), expected=2025 not in self.closed)
        self.closed.add(2025)

    # What must hold after every step.

    @invariant()
    def the_sums_hold(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(RECOUNT)
            rows = cursor.fetchall()
        for year, committed, rent, carried_in, carried_out, *counted, ceiling, rent_ceiling in rows:
            assert [committed, rent, carried_in, carried_out] == counted
            assert committed + carried_out <= ceiling + carried_in
            assert rent <= rent_ceiling
            assert (committed, rent) == (self.used(year), self.used(year, RENT_MONEY))
        carried = Entry.objects.filter(kind__in=[EntryKind.CARRY_IN, EntryKind.CARRY_OUT])
        assert sum((entry.amount for entry in carried), Decimal(0)) == 0


@pytest.mark.django_db
def test_every_sequence_of_postings_adds_up() -> None:
    # The same sequences every time: a red build should be red again.
    run_state_machine_as_test(
        Postings, settings=settings(max_examples=50, stateful_step_count=15, deadline=None, derandomize=True, database=None)
    )
