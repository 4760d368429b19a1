"""What happens to a running effort, verb by verb."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from applications import signals
from applications import transitions as case_transitions
from applications.models import Application, BoardSeat, SeatKind
from applications.states import State as CaseState
from applications.transitions import SeatChoice
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken
from ledger import posting
from ledger.models import Allocation, Entry, FrameYear
from monitoring import transitions
from monitoring.models import Effort, Measurement
from monitoring.states import State
from monitoring.transitions import ChangeSubject
from tests.factories import applications as cases
from tests.factories import monitoring as efforts
from tests.factories.accounts import UserFactory
from tests.factories.applications import AT, CaseCast
from tests.factories.monitoring import FIRST_DAY, measured

ONE_DAY = datetime.timedelta(days=1)


def held_by(effort: Effort) -> tuple[Decimal, Decimal]:
    """What the case holds of the frame: social, rent."""
    place = Allocation.objects.place_of(str(effort.application.case_number))
    return (place.social, place.rent) if place else (Decimal(0), Decimal(0))


# Opening


def test_a_commitment_opens_its_effort_with_the_period_of_the_plan(pending: Effort) -> None:
    assert pending.state == State.PENDING
    assert (pending.starts_on, pending.ends_on) == (cases.PLAN_STARTS_ON, cases.PLAN_ENDS_ON)
    assert pending.agreed_ends_on == cases.PLAN_ENDS_ON
    assert [event.event for event in pending.events.all()] == ["effort:opened"]


def test_an_effort_that_cannot_be_opened_undoes_the_commitment(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    case = cases.make_recommended(case_cast)

    def fails(**_facts: object) -> None:
        raise RuntimeError("the effort cannot be opened")

    signals.committed.connect(fails)
    try:
        with pytest.raises(RuntimeError):
            case_transitions.commit(case, by=case_cast.director, at=AT, reason="Opfylder betingelserne for tilsagn.")
    finally:
        signals.committed.disconnect(fails)
    assert Application.objects.get(pk=case.pk).state == CaseState.PLAN_SUBMITTED
    assert not Effort.objects.exists()
    assert not Entry.objects.exists()


# Starting


def test_the_effort_starts_on_its_first_day(pending: Effort) -> None:
    transitions.start(pending, by=SYSTEM, at=FIRST_DAY)
    assert pending.state == State.ACTIVE
    started = pending.events.last()
    assert started is not None
    assert (started.event, started.user, started.state_from, started.state_to) == (
        "effort:started",
        None,
        State.PENDING,
        State.ACTIVE,
    )


def test_the_effort_does_not_start_the_day_before(pending: Effort, case_officer: Actor) -> None:
    with pytest.raises(RuleBroken) as refused:
        transitions.start(pending, by=case_officer, at=FIRST_DAY - ONE_DAY)
    assert [violation.code for violation in refused.value.violations] == ["before_start"]
    assert Effort.objects.get().state == State.PENDING


def test_the_effort_does_not_start_without_its_board(pending: Effort) -> None:
    """A seat that has ended is none (R98)."""
    pending.application.board_seats.update(valid_to=FIRST_DAY.date() - ONE_DAY)
    effort = Effort.objects.with_case_relations().get()
    with pytest.raises(RuleBroken) as refused:
        transitions.start(effort, by=SYSTEM, at=FIRST_DAY)
    codes = {violation.code for violation in refused.value.violations}
    assert codes == {"municipal_member_missing", "organisation_member_missing", "chair_missing"}


def test_started_twice_it_starts_once(active: Effort, case_officer: Actor) -> None:
    with pytest.raises(IllegalMove):
        transitions.start(active, by=case_officer, at=FIRST_DAY)


# Changes


@pytest.mark.parametrize(("days_after", "is_made"), [(0, True), (1, False)])
def test_a_seat_counts_on_the_day_of_the_act_whatever_day_it_is(active: Effort, days_after: int, *, is_made: bool) -> None:
    secretary = Actor(UserFactory.create(), None, frozenset())
    last_day = FIRST_DAY.date() + 7 * ONE_DAY
    seat = active.application.board_seats.filter(is_chair=False).first()
    assert seat is not None
    BoardSeat.objects.filter(pk=seat.pk).update(kind=SeatKind.SECRETARIAT, user=secretary.user, valid_to=last_day)

    def ask() -> None:
        at = FIRST_DAY + (7 + days_after) * ONE_DAY
        transitions.request_change(active, subject=ChangeSubject.PERIOD, reason="Mere tid.", by=secretary, at=at)

    if not is_made:
        with pytest.raises(NotAllowed):
            ask()
        return
    ask()
    event = active.events.get(event="effort:change_requested")
    assert (event.role, event.user) == (Role.SECRETARIAT, secretary.user)


def test_the_applicant_asks_for_a_change_and_the_fund_answers(active: Effort, case_cast: CaseCast) -> None:
    transitions.request_change(
        active, subject=ChangeSubject.BUDGET, reason="En medarbejder mere.", by=case_cast.applicant, at=FIRST_DAY
    )
    assert active.state == State.CHANGE_PENDING
    asked = active.events.last()
    assert asked is not None
    assert asked.data == {"subject": "BUDGET"}
    transitions.approve_change(active, reason="Inden for rammen.", by=case_cast.case_officer, at=FIRST_DAY)
    assert active.state == State.ACTIVE


def test_a_rejected_change_leaves_the_effort_running(active: Effort, case_cast: CaseCast) -> None:
    transitions.request_change(
        active, subject=ChangeSubject.PERIOD, reason="Vi vil slutte før.", by=case_cast.applicant, at=FIRST_DAY
    )
    transitions.reject_change(active, reason="Planen holder.", by=case_cast.case_officer, at=FIRST_DAY)
    assert active.state == State.ACTIVE
    assert active.events.filter(event="effort:change_rejected").exists()


def test_the_municipality_does_not_ask_for_changes(active: Effort, case_cast: CaseCast) -> None:
    with pytest.raises(NotAllowed):
        transitions.request_change(active, subject=ChangeSubject.BUDGET, reason="Mere.", by=case_cast.municipality, at=FIRST_DAY)


def test_the_secretariat_of_the_board_asks_for_changes(case_cast: CaseCast, adviser: Actor, today: datetime.date) -> None:
    """The seat gives the right, whatever organisation the person acts for (R97)."""
    assert adviser.user is not None
    case = cases.make_plan_ready(case_cast)
    seats = [
        SeatChoice(
            kind=seat.kind,
            name=seat.name,
            email=seat.email,
            title=seat.title,
            organisation=seat.organisation,
            other_organisation="",
            is_chair=seat.is_chair,
            valid_from=seat.valid_from,
        )
        for seat in case.board_seats.select_related("organisation")
    ]
    secretary = SeatChoice(SeatKind.SECRETARIAT, "Sekretær", adviser.user.email, "", None, "Sekretariatet", False, today)
    case_transitions.save_board(case, [*seats, secretary], by=case_cast.applicant, at=AT)
    seat = case.board_seats.get(kind=SeatKind.SECRETARIAT)
    assert seat.user == adviser.user


# Extension


def test_an_extension_moves_the_end_and_keeps_what_was_agreed(active: Effort, case_officer: Actor) -> None:
    new_end = datetime.date(2031, 6, 30)
    transitions.extend(active, ends_on=new_end, reason="Et forløb mangler.", by=case_officer, at=FIRST_DAY)
    stored = Effort.objects.get()
    assert (stored.state, stored.ends_on, stored.agreed_ends_on) == (State.EXTENDED, new_end, cases.PLAN_ENDS_ON)
    event = active.events.last()
    assert event is not None
    assert event.data == {"before": "2030-12-31", "after": "2031-06-30"}


def test_an_extension_of_more_than_a_year_is_refused(active: Effort, case_officer: Actor) -> None:
    with pytest.raises(RuleBroken):
        transitions.extend(active, ends_on=datetime.date(2032, 1, 1), reason="Mere tid.", by=case_officer, at=FIRST_DAY)
    assert Effort.objects.get().ends_on == cases.PLAN_ENDS_ON


def test_an_effort_is_extended_once(active: Effort, case_officer: Actor) -> None:
    transitions.extend(active, ends_on=datetime.date(2031, 3, 31), reason="Et forløb mangler.", by=case_officer, at=FIRST_DAY)
    with pytest.raises(IllegalMove):
        transitions.extend(active, ends_on=datetime.date(2031, 6, 30), reason="Igen.", by=case_officer, at=FIRST_DAY)


# The end


def test_the_last_day_still_belongs_to_the_effort(active: Effort) -> None:
    with pytest.raises(RuleBroken):
        transitions.begin_closing(active, by=SYSTEM, at=efforts.day_after_end(active) - ONE_DAY)
    transitions.begin_closing(active, by=SYSTEM, at=efforts.day_after_end(active))
    assert active.state == State.CLOSING


def test_closing_gives_unspent_money_back_to_the_frame_of_its_year(case_cast: CaseCast) -> None:
    effort = efforts.make_closing(case_cast, wants_rent_support=True)
    assert held_by(effort) == (Decimal(9_000_000), Decimal(2_952_000))
    transitions.close(
        effort,
        unspent_social=Decimal("250000.50"),
        unspent_rent=Decimal(52_000),
        reason="Regnskabet er godkendt.",
        by=case_cast.case_officer,
        at=efforts.day_after_end(effort),
    )
    assert effort.state == State.CLOSED
    assert held_by(effort) == (Decimal("8749999.50"), Decimal(2_900_000))
    assert FrameYear.objects.get(year=2026).position.committed == Decimal("11649999.50")
    closed = effort.events.last()
    assert closed is not None
    assert closed.data == {"frame_year": 2026, "social": "250000.50", "rent": "52000", "is_released": True}


def test_closing_with_everything_spent_posts_nothing(closing: Effort, case_officer: Actor) -> None:
    before = Entry.objects.count()
    transitions.close(
        closing,
        unspent_social=Decimal(0),
        unspent_rent=Decimal(0),
        reason="Alt er brugt.",
        by=case_officer,
        at=efforts.day_after_end(closing),
    )
    assert Entry.objects.count() == before
    assert closing.state == State.CLOSED


def test_more_than_the_case_holds_is_not_given_back(closing: Effort, case_officer: Actor) -> None:
    with pytest.raises(RuleBroken):
        transitions.close(
            closing,
            unspent_social=Decimal(9_000_001),
            unspent_rent=Decimal(0),
            reason="For meget.",
            by=case_officer,
            at=efforts.day_after_end(closing),
        )
    assert Effort.objects.get().state == State.CLOSING
    assert held_by(closing) == (Decimal(9_000_000), Decimal(0))


def test_a_negative_amount_is_refused(closing: Effort, case_officer: Actor) -> None:
    with pytest.raises(RuleBroken) as refused:
        transitions.close(
            closing,
            unspent_social=Decimal(-1),
            unspent_rent=Decimal(0),
            reason="Forkert.",
            by=case_officer,
            at=efforts.day_after_end(closing),
        )
    assert [violation.code for violation in refused.value.violations] == ["amount_negative"]


def test_a_closed_year_takes_nothing_back_and_the_event_says_so(closing: Effort, case_cast: CaseCast) -> None:
    posting.close_year(
        2026,
        on=datetime.date(2027, 2, 1),
        by=case_cast.finance_officer,
        seconded_by=case_cast.director,
        reason="Året er gjort op.",
    )
    transitions.close(
        closing,
        unspent_social=Decimal(100_000),
        unspent_rent=Decimal(0),
        reason="Regnskabet er godkendt.",
        by=case_cast.case_officer,
        at=efforts.day_after_end(closing),
    )
    assert held_by(closing) == (Decimal(9_000_000), Decimal(0))
    closed = closing.events.last()
    assert closed is not None
    assert closed.data == {"frame_year": 2026, "social": "100000", "rent": "0", "is_released": False}


def test_the_director_revokes_and_the_officer_closes(active: Effort, case_cast: CaseCast) -> None:
    transitions.revoke(
        active,
        released_social=Decimal(9_000_000),
        released_rent=Decimal(0),
        reason="Indsatsen er ikke påbegyndt.",
        by=case_cast.director,
        at=FIRST_DAY,
    )
    assert active.state == State.REVOKED
    assert held_by(active) == (Decimal(0), Decimal(0))
    transitions.close(
        active, unspent_social=Decimal(0), unspent_rent=Decimal(0), reason="Afregnet.", by=case_cast.case_officer, at=FIRST_DAY
    )
    assert active.state == State.CLOSED


def test_a_case_officer_does_not_revoke(active: Effort, case_officer: Actor) -> None:
    with pytest.raises(NotAllowed):
        transitions.revoke(
            active,
            released_social=Decimal(1),
            released_rent=Decimal(0),
            reason="Misbrug.",
            by=case_officer,
            at=FIRST_DAY,
        )


# Measurements


def test_measurements_are_stored_with_batch_and_source_and_leave_an_event(active: Effort, case_officer: Actor) -> None:
    new = transitions.record_measurements(
        active, "2027, forår", [measured(2027, "63.5"), measured(2028, "64")], by=case_officer, at=FIRST_DAY
    )
    assert new == 2
    first = active.measurements.first()
    assert first is not None
    assert (first.value, first.data_year, first.batch, first.source) == (Decimal("63.5"), 2027, "2027, forår", "Beboerdata")
    event = active.events.last()
    assert event is not None
    assert (event.event, event.data) == ("effort:measured", {"batch": "2027, forår", "count": 2})


def test_the_same_batch_again_adds_nothing(active: Effort) -> None:
    rows = [measured(2027, "63.5")]
    assert transitions.record_measurements(active, "A", rows, by=SYSTEM, at=FIRST_DAY) == 1
    assert transitions.record_measurements(active, "A", rows, by=SYSTEM, at=FIRST_DAY) == 0
    assert active.measurements.count() == 1
    assert active.events.filter(event="effort:measured").count() == 1


def test_a_later_batch_puts_a_value_right(active: Effort) -> None:
    transitions.record_measurements(active, "A", [measured(2027, "63.5")], by=SYSTEM, at=FIRST_DAY)
    transitions.record_measurements(active, "B", [measured(2027, "64")], by=SYSTEM, at=FIRST_DAY)
    assert [measurement.value for measurement in active.measurements.standing()] == [Decimal(64)]
    assert active.measurements.count() == 2


def test_a_suppressed_value_stays_empty_with_its_reason(active: Effort) -> None:
    row = measured(2027, None, suppressed_reason="Færre end 5 personer")
    transitions.record_measurements(active, "A", [row], by=SYSTEM, at=FIRST_DAY)
    stored = Measurement.objects.get()
    assert (stored.value, stored.suppressed_reason) == (None, "Færre end 5 personer")


@pytest.mark.parametrize(("value", "reason"), [(None, ""), ("5", "Færre end 5 personer")])
def test_a_value_comes_with_no_reason_and_a_reason_with_no_value(active: Effort, value: str | None, reason: str) -> None:
    with pytest.raises(RuleBroken):
        transitions.record_measurements(active, "A", [measured(2027, value, suppressed_reason=reason)], by=SYSTEM, at=FIRST_DAY)
    assert not Measurement.objects.exists()


def test_the_parties_do_not_record_measurements(active: Effort, case_cast: CaseCast) -> None:
    with pytest.raises(NotAllowed):
        transitions.record_measurements(active, "A", [measured(2027, "1")], by=case_cast.applicant, at=FIRST_DAY)


def test_a_measurement_is_written_once(active: Effort) -> None:
    transitions.record_measurements(active, "A", [measured(2027, "63.5")], by=SYSTEM, at=FIRST_DAY)
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE monitoring_measurement SET value = 99")
