"""Any sequence of postings, from two connections: a model in plain Python foretells every answer, and plain SQL counts.

Postings by hand are made at once, with both names, or proposed by the one hand and approved by the other.
Everything is committed, so that what the database checks at the end of a transaction is checked here too.
"""

from __future__ import annotations

import datetime
import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from lbf_portal.lib.refusals import RuleBroken
from lbf_portal.lib.sql import APP_ROLE
from ledger import checking, history, proposals, proposed
from ledger.kinds import RENT_MONEY, FrameKind, Money, ReleaseCause, Reuse
from ledger.models import Entry, FrameYear, Proposal
from tests.factories.ledger import FrameYearFactory, GrantPeriodFactory
from tests.ledger.acts import (
    BASIS,
    DECISION,
    MILLION,
    carry_over,
    close,
    commit,
    finance,
    open_carried,
    regulate,
    release,
    release_by_carry_over,
    reserve,
    reverse,
    second,
    set_rule,
    settle,
    unreserve,
)

ORDINARY, EXTRA = FrameKind.ORDINARY, FrameKind.EXTRA_RENT
# A year of a frame.
Frame = tuple[FrameKind, int]
FRAMES: list[Frame] = [(ORDINARY, 2025), (ORDINARY, 2026), (ORDINARY, 2027), (EXTRA, 2025), (EXTRA, 2026)]
# What one case holds of one kind of money.
Place = tuple[Frame, str, Money]
CASES = ("100001", "100002")
HELD_FIRST: list[Place] = [
    ((ORDINARY, 2025), "100001", Money.SOCIAL),
    ((ORDINARY, 2025), "100002", Money.RENT),
    ((ORDINARY, 2026), "100001", Money.SOCIAL),
    ((EXTRA, 2025), "100002", Money.RENT),
]
# After every year here, so that the rule for releases holds once it is set.
LATE = datetime.date(2028, 1, 5)
NOON = datetime.datetime(2028, 1, 5, 12, tzinfo=datetime.UTC)
LAST: Frame = (ORDINARY, 2027)

frames = st.sampled_from(FRAMES)
cases = st.sampled_from(CASES)
monies = st.sampled_from(list(Money))
# Few and large, so that ceilings are met often; one odd øre, so that rounding would show.
amounts = st.sampled_from(
    [Decimal("0.01"), Decimal(10) * MILLION, Decimal(69) * MILLION, Decimal(70) * MILLION, Decimal("239999999.99")]
)
# What is given back is seldom more than a case holds, else all of it would be refused.
parts = st.sampled_from([Decimal("0.01"), Decimal(10) * MILLION, Decimal(70) * MILLION, Decimal("70000000.01")])
hands = st.integers(0, 1)
# Whether a posting by hand is made at once, or proposed and approved.
ways = st.sampled_from(["posted", "proposed"])

RECOUNT = """
    SELECT y.kind, y.year, y.committed, y.rent_committed, y.withheld, y.carried_in, y.carried_out, y.carried_out_by_decision,
           coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('COMMIT', 'RELEASE', 'REVERSAL') AND NOT e.is_withheld), 0),
           coalesce(sum(e.amount) FILTER (WHERE e.money IN ('RENT', 'VACANCY') AND NOT e.is_withheld), 0),
           coalesce(-sum(e.amount) FILTER (WHERE e.is_withheld), 0),
           coalesce(sum(e.amount) FILTER (WHERE e.kind = 'CARRY_IN'), 0),
           coalesce(-sum(e.amount) FILTER (WHERE e.kind = 'CARRY_OUT'), 0),
           coalesce(-sum(e.amount) FILTER (WHERE e.kind = 'CARRY_OUT' AND e.decision <> ''), 0),
           coalesce(y.regulated_total, y.base_total), coalesce(y.regulated_rent, y.base_rent),
           (SELECT coalesce(sum(a.held), 0) FROM ledger_allocation a WHERE a.frame_year_id = y.id),
           (SELECT coalesce(sum(d.committed), 0) FROM ledger_frameday d WHERE d.frame_year_id = y.id),
           (SELECT coalesce(sum(r.amount), 0) FROM ledger_reservation r WHERE r.frame_year_id = y.id)
    FROM ledger_frameyear y LEFT JOIN ledger_entry e ON e.frame_year_id = y.id
    GROUP BY y.id ORDER BY y.kind, y.year
"""
EMPTY = """
    TRUNCATE ledger_grantperiod, ledger_releaserule, ledger_frameyear, ledger_frameyearevent, ledger_frameday, ledger_allocation,
             ledger_entry, ledger_reservation, ledger_reservationversion, ledger_proposal, ledger_proposalevent CASCADE
"""


class Book:
    """The ledger as a bookkeeper would keep it on paper."""

    def __init__(self) -> None:
        self.ceiling = {frame: Decimal(0) for frame in FRAMES}
        self.ceiling |= {(ORDINARY, 2025): 380 * MILLION, (ORDINARY, 2026): 380 * MILLION, (EXTRA, 2025): 350 * MILLION}
        self.rent_ceiling = {(ORDINARY, 2025): 240 * MILLION, (ORDINARY, 2026): 240 * MILLION, (ORDINARY, 2027): Decimal(0)}
        self.held: dict[tuple[Frame, str, Money], Decimal] = defaultdict(Decimal)
        # Given back, not to be used again: all of it, and the rent in it.
        self.withheld: dict[Frame, Decimal] = defaultdict(Decimal)
        self.rent_withheld: dict[Frame, Decimal] = defaultdict(Decimal)
        self.carried_in: dict[Frame, Decimal] = defaultdict(Decimal)
        self.carried_out: dict[Frame, Decimal] = defaultdict(Decimal)
        self.by_decision: dict[Frame, Decimal] = defaultdict(Decimal)
        self.reserved: dict[tuple[str, Money], tuple[Frame, Decimal]] = {}
        self.opened: set[Frame] = {frame for frame in FRAMES if frame != LAST}
        self.closed: set[Frame] = set()
        self.reuse = Reuse.SAME_YEAR_OR_CARRY_OVER

    def used(self, frame: Frame, monies: Sequence[Money] = tuple(Money)) -> Decimal:
        return sum((held for (of, _, money), held in self.held.items() if of == frame and money in monies), Decimal(0))

    def counted(self, frame: Frame) -> Decimal:
        return self.used(frame) + self.withheld[frame]

    def rent_counted(self, frame: Frame) -> Decimal:
        return self.used(frame, RENT_MONEY) + self.rent_withheld[frame]

    def left(self, frame: Frame) -> Decimal:
        return self.ceiling[frame] + self.carried_in[frame] - self.carried_out[frame] - self.counted(frame)

    def own_left(self, frame: Frame) -> Decimal:
        own = self.ceiling[frame] - (self.carried_out[frame] - self.by_decision[frame])
        return max(Decimal(0), min(self.left(frame), own))

    def takes(self, frame: Frame) -> bool:
        """Whether the year is there and not closed."""
        return frame in self.opened and frame not in self.closed

    def fits(self, frame: Frame, money: Money, amount: Decimal) -> bool:
        if not self.takes(frame) or amount > self.left(frame):
            return False
        if frame[0] == EXTRA:
            return money == Money.RENT
        return money not in RENT_MONEY or self.rent_counted(frame) + amount <= self.rent_ceiling[frame]

    def is_kept(self, frame: Frame) -> bool:
        """Whether released money stays where it is, unused."""
        reuse = self.reuse if frame[0] == ORDINARY else Reuse.SAME_YEAR_OR_CARRY_OVER
        return reuse == Reuse.NOT_REUSED or (reuse == Reuse.SAME_YEAR_ONLY and frame in self.closed)

    def commit(self, frame: Frame, case: str, money: Money, amount: Decimal) -> None:
        self.held[frame, case, money] += amount
        self.reserved.pop((case, money), None)

    def withhold(self, frame: Frame, money: Money, amount: Decimal) -> None:
        self.withheld[frame] += amount
        if money in RENT_MONEY:
            self.rent_withheld[frame] += amount

    def carry(self, frame: Frame, amount: Decimal, *, decided: bool) -> None:
        self.carried_out[frame] += amount
        self.by_decision[frame] += amount * decided
        self.carried_in[after(frame)] += amount

    def to_first_open(self, frame: Frame) -> list[Frame] | None:
        """The years that money of a closed one passes, without the open one it ends in; None when there is none."""
        passed: list[Frame] = []
        while frame in self.opened:
            if frame not in self.closed:
                return passed
            passed.append(frame)
            frame = after(frame)
        return None


def _hang_up() -> None:
    """Close the connection of the thread that calls this."""
    connection.close()


def after(frame: Frame) -> Frame:
    return frame[0], frame[1] + 1


class Postings(RuleBasedStateMachine):
    """The real ledger beside the book, written to by two hands."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.hands = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]
        self.keys = itertools.count(1)
        # The portal's clock: every act is a second after the one before.
        self.seconds = itertools.count(1)
        self.reversible: list[Entry] = []

    @initialize(is_closed=st.booleans(), is_last_opened=st.booleans())
    def open_the_years(self, *, is_closed: bool, is_last_opened: bool) -> None:
        FrameYearFactory.create(year=2025)
        FrameYearFactory.create(year=2026)
        if is_last_opened:
            FrameYearFactory.create(year=2027, carried=True)
            self.book.opened.add(LAST)
        extra = GrantPeriodFactory.create(extra=True, first_year=2025, last_year=2025)
        FrameYearFactory.create(extra=True, period=extra, year=2025)
        FrameYearFactory.create(extra_carried=True, period=extra, year=2026)
        # Something to give back from the start.
        for frame, case, money in HELD_FIRST:
            self.commit_now(frame, case, money, Decimal(70) * MILLION)
        if is_closed:
            close(2025, at=self.moment())
            self.book.closed.add((ORDINARY, 2025))

    def moment(self) -> datetime.datetime:
        return NOON + datetime.timedelta(seconds=next(self.seconds))

    def commit_now(self, frame: Frame, case: str, money: Money, amount: Decimal) -> None:
        self.reversible.append(commit(amount, frame[1], frame=frame[0], case_reference=case, money=money, at=self.moment()))
        self.book.commit(frame, case, money, amount)

    def drawn_place(self, data: st.DataObject) -> Place:
        """A case that holds something of a year, or for once any."""
        places: list[Place] = [place for place, held in self.book.held.items() if held]
        return data.draw(st.sampled_from([*places, (LAST, "100001", Money.RENT)]), label="place")

    def teardown(self) -> None:
        for hand in self.hands:
            hand.submit(_hang_up).result()
            hand.shutdown()
        try:
            assert checking.check().is_ok
            assert history.positions_on(datetime.date(2030, 1, 1)) == FrameYear.objects.positions()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE NONE")
                cursor.execute(EMPTY)
                cursor.execute(f"SET ROLE {APP_ROLE}")

    def post(self, hand: int, act: Callable[[], Any], *, expected: bool) -> Any:
        future = self.hands[hand].submit(act)
        refused = future.exception()
        assert isinstance(refused, RuleBroken | None), refused
        assert (refused is None) == expected, f"the book expected otherwise: {refused or future.result()}"
        return None if refused else future.result()

    def by_hand(self, hand: int, way: str, act: Callable[[datetime.datetime], Any], what: proposed.Act, *, expected: bool) -> Any:
        """The posting with both names at once; or what is proposed by the one hand, approved by the other."""
        if way == "posted":
            return self.post(hand, functools.partial(act, self.moment()), expected=expected)
        at = self.moment()

        def propose() -> Proposal:
            return proposals.propose(what, by=finance(), at=at, reason="Efter aftale")

        made = self.hands[hand].submit(propose)
        if isinstance(made.exception(), RuleBroken):
            assert not expected, f"the book expected otherwise: {made.exception()}"
            return None
        proposal = made.result()
        approved = self.post(
            1 - hand, lambda: proposals.approve(Proposal.objects.get(pk=proposal.pk), by=second(), at=at), expected=expected
        )
        if approved is None:
            # What the ledger has refused waits as before, until its proposer takes it back.
            proposals.withdraw(Proposal.objects.get(pk=proposal.pk), by=finance(), at=at)
        return approved

    # What may happen.

    @precondition(lambda self: LAST not in self.book.opened)
    @rule(hand=hands, way=ways)
    def open_the_last_year(self, hand: int, way: str) -> None:
        what = proposed.Open("P2019_26", LAST[1], Decimal(0), Decimal(0), Decimal(0))
        self.by_hand(hand, way, lambda at: open_carried(LAST[1], at=at), what, expected=True)
        self.book.opened.add(LAST)

    @rule(hand=hands, frame=frames, case=cases, money=monies, amount=amounts, again=st.booleans())
    def commit(self, hand: int, frame: Frame, case: str, money: Money, amount: Decimal, *, again: bool) -> None:
        key, at = f"machine:{next(self.keys)}", self.moment()

        def act() -> Entry:
            return commit(amount, year=frame[1], frame=frame[0], case_reference=case, money=money, key=key, at=at)

        entry = self.post(hand, act, expected=self.book.fits(frame, money, amount))
        if entry is None:
            return
        self.book.commit(frame, case, money, amount)
        self.reversible.append(entry)
        if again:
            assert self.hands[1 - hand].submit(act).result().pk == entry.pk

    @rule(frame=frames, money=monies, two=st.tuples(amounts, amounts))
    def commit_at_once(self, frame: Frame, money: Money, two: tuple[Decimal, Decimal]) -> None:
        """Both hands in the same moment: one comes after the other, whichever that is."""
        kinds: dict[str, Any] = {"year": frame[1], "frame": frame[0], "money": money, "at": self.moment()}
        started = [
            hand.submit(lambda amount=amount, case=case: commit(amount, case_reference=case, **kinds))  # type: ignore[misc]  # bound now
            for hand, amount, case in zip(self.hands, two, CASES, strict=True)
        ]
        went = tuple(future.exception() is None for future in started)
        assert all(isinstance(future.exception(), RuleBroken | None) for future in started)

        def in_turn(order: tuple[int, int]) -> tuple[bool, bool]:
            first = self.book.fits(frame, money, two[order[0]])
            second = self.book.fits(frame, money, two[order[1]] + two[order[0]] * first)
            return (first, second) if order == (0, 1) else (second, first)

        assert went in {in_turn((0, 1)), in_turn((1, 0))}
        for future, amount, case, is_in in zip(started, two, CASES, went, strict=True):
            if is_in:
                self.book.commit(frame, case, money, amount)
                self.reversible.append(future.result())

    @rule(hand=hands, way=ways, data=st.data(), amount=parts)
    def release(self, hand: int, way: str, data: st.DataObject, amount: Decimal) -> None:
        frame, case, money = self.drawn_place(data)
        held, kept = self.book.held[frame, case, money], self.book.is_kept(frame)
        expected = amount <= held and (frame not in self.book.closed or kept)

        def act(at: datetime.datetime) -> Entry:
            return release(amount, year=frame[1], frame=frame[0], case_reference=case, money=money, on=LATE, at=at)

        what = proposed.Release(frame[1], case, money, amount, ReleaseCause.UNUSED, BASIS, frame[0])
        if done := self.by_hand(hand, way, act, what, expected=expected):
            entry = done if isinstance(done, Entry) else Entry.objects.get(key=done.key)
            assert entry.is_withheld == kept
            self.book.held[frame, case, money] -= amount
            if kept:
                self.book.withhold(frame, money, amount)
            self.reversible.append(entry)

    @rule(hand=hands, way=ways, data=st.data(), amount=parts)
    def release_by_carry_over(self, hand: int, way: str, data: st.DataObject, amount: Decimal) -> None:
        frame, case, money = self.drawn_place(data)
        passed = self.book.to_first_open(frame)
        expected = bool(passed) and amount <= self.book.held[frame, case, money] and not self.book.is_kept(frame)

        def act(at: datetime.datetime) -> list[Entry]:
            return release_by_carry_over(amount, frame[1], frame=frame[0], case_reference=case, money=money, on=LATE, at=at)

        what = proposed.ReleaseByCarryOver(
            frame[1], case, money, amount, ReleaseCause.UNUSED, BASIS, decision=DECISION, frame=frame[0]
        )
        if self.by_hand(hand, way, act, what, expected=expected):
            self.book.held[frame, case, money] -= amount
            for closed in passed or ():
                self.book.carry(closed, amount, decided=True)

    @precondition(lambda self: self.reversible)
    @rule(hand=hands, way=ways, data=st.data())
    def reverse(self, hand: int, way: str, data: st.DataObject) -> None:
        original = data.draw(st.sampled_from(self.reversible))
        assert original.allocation is not None
        frame = (FrameKind(original.frame_year.kind), original.frame_year.year)
        place = (frame, original.allocation.case_reference, Money(original.money))
        is_reversed = Entry.objects.filter(reverses=original).exists()
        if original.is_withheld:
            fits = frame not in self.book.closed
        else:
            fits = self.book.fits(frame, place[2], -original.amount) and self.book.held[place] >= original.amount
        what = proposed.Reverse(original.pk, BASIS)
        if self.by_hand(hand, way, lambda at: reverse(original, at=at), what, expected=fits and not is_reversed):
            self.book.held[place] -= original.amount
            if original.is_withheld:
                self.book.withhold(frame, place[2], original.amount)

    @rule(hand=hands, way=ways, frame=frames, amount=amounts, decision=st.sampled_from(["", DECISION]))
    def carry_over(self, hand: int, way: str, frame: Frame, amount: Decimal, decision: str) -> None:
        may_go = self.book.left(frame) if decision else self.book.own_left(frame)
        expected = amount <= may_go and self.book.takes(after(frame))

        def act(at: datetime.datetime) -> tuple[Entry, Entry]:
            return carry_over(amount, from_year=frame[1], frame=frame[0], decision=decision, at=at)

        if self.by_hand(hand, way, act, proposed.CarryOver(frame[1], amount, decision, frame[0]), expected=expected):
            self.book.carry(frame, amount, decided=bool(decision))

    @rule(hand=hands, way=ways, frame=frames, total=st.sampled_from([300, 395]), rent=st.sampled_from([150, 250]))
    def regulate(self, hand: int, way: str, frame: Frame, total: int, rent: int) -> None:
        book, ceiling = self.book, total * MILLION
        rent_ceiling = ceiling if frame[0] == EXTRA else rent * MILLION
        room = ceiling + book.carried_in[frame] - book.carried_out[frame]
        expected = (
            frame not in book.closed
            and book.ceiling[frame] > 0  # within twice the base
            and book.counted(frame) <= room
            and (frame[0] == EXTRA or book.rent_counted(frame) <= rent_ceiling)
        )
        what = proposed.Regulate(frame[1], ceiling, rent_ceiling, "Brev", frame[0])

        def act(at: datetime.datetime) -> FrameYear:
            return regulate(ceiling, rent_ceiling, year=frame[1], frame=frame[0], at=at)

        if self.by_hand(hand, way, act, what, expected=expected):
            book.ceiling[frame], book.rent_ceiling[frame] = ceiling, rent_ceiling

    @precondition(lambda self: len(self.book.closed) < 2)
    @rule(hand=hands, way=ways, frame=frames)
    def close(self, hand: int, way: str, frame: Frame) -> None:
        what = proposed.Close(frame[1], frame=frame[0])
        if self.by_hand(hand, way, lambda at: close(frame[1], frame=frame[0], at=at), what, expected=self.book.takes(frame)):
            self.book.closed.add(frame)

    @precondition(lambda self: len(self.book.closed) < 3)
    @rule(hand=hands, way=ways, frame=frames)
    def settle(self, hand: int, way: str, frame: Frame) -> None:
        rest = self.book.own_left(frame)
        expected = self.book.takes(frame) and (not rest or self.book.takes(after(frame)))
        what = proposed.Close(frame[1], carries_over=True, frame=frame[0])
        if self.by_hand(hand, way, lambda at: settle(frame[1], frame=frame[0], at=at), what, expected=expected):
            if rest:
                self.book.carry(frame, rest, decided=False)
            self.book.closed.add(frame)

    @rule(hand=hands, way=ways, reuse=st.sampled_from([*Reuse, Reuse.SAME_YEAR_OR_CARRY_OVER]))
    def decide_on_releases(self, hand: int, way: str, reuse: Reuse) -> None:
        what = proposed.SetReleaseRule("P2019_26", LATE, reuse, "Bestyrelsen")
        self.by_hand(hand, way, lambda at: set_rule(reuse, valid_from=LATE, on=LATE, at=at), what, expected=True)
        self.book.reuse = reuse

    @rule(hand=hands, frame=frames, case=cases, money=monies, amount=amounts)
    def reserve(self, hand: int, frame: Frame, case: str, money: Money, amount: Decimal) -> None:
        expected = frame in self.book.opened and (frame[0] == ORDINARY or money == Money.RENT)

        def act() -> object:
            return reserve(amount, frame[1], frame=frame[0], case_reference=case, money=money)

        if self.post(hand, act, expected=expected):
            self.book.reserved[case, money] = frame, amount

    @rule(hand=hands, case=cases, money=st.sampled_from([None, *Money]))
    def unreserve(self, hand: int, case: str, money: Money | None) -> None:
        ended = [(of, kind) for of, kind in self.book.reserved if of == case and money in (None, kind)]
        assert self.hands[hand].submit(lambda: unreserve(case, money)).result() == len(ended)
        for place in ended:
            del self.book.reserved[place]

    @rule(hand=hands, frame=frames, amount=amounts, is_own=st.booleans())
    def propose_in_vain(self, hand: int, frame: Frame, amount: Decimal, *, is_own: bool) -> None:
        """What is rejected or taken back moves nothing, and may be proposed again."""
        if frame not in self.book.opened:
            return

        at = self.moment()

        def act() -> Proposal:
            made = proposals.propose(
                proposed.CarryOver(frame[1], amount, DECISION, frame[0]), by=finance(), at=at, reason="Efter aftale"
            )
            if is_own:
                return proposals.withdraw(made, by=finance(), at=at)
            return proposals.reject(made, by=second(), at=at, note="Vent")

        self.post(hand, act, expected=True)

    # What must hold after every step.

    @invariant()
    def the_sums_hold(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(RECOUNT)
            rows = cursor.fetchall()
        for kind, year, *figures in rows:
            totals, counted, (ceiling, rent_ceiling, held, by_day, reserved) = figures[:6], figures[6:12], figures[12:]
            committed, rent, withheld, carried_in, carried_out, by_decision = totals
            frame, book = (FrameKind(kind), year), self.book
            assert totals == counted
            assert by_day == committed == held + withheld
            assert committed + carried_out <= ceiling + carried_in
            assert rent <= rent_ceiling or kind == EXTRA
            assert (committed, rent) == (book.counted(frame), book.rent_counted(frame))
            assert (withheld, carried_in) == (book.withheld[frame], book.carried_in[frame])
            assert (carried_out, by_decision) == (book.carried_out[frame], book.by_decision[frame])
            assert reserved == sum((amount for of, amount in book.reserved.values() if of == frame), Decimal(0))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_sequence_of_postings_adds_up() -> None:
    # The same sequences every time: a red build should be red again.
    run_state_machine_as_test(
        Postings, settings=settings(max_examples=50, stateful_step_count=20, deadline=None, derandomize=True, database=None)
    )
