"""What is due, for whom and when it is reminded of: pure, state by state."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest

from accounts.roles import Role
from applications.deadlines import AFTERWARDS, NAMES, Deadline, Facts, Hearing, Kind, due, reminder_due
from applications.standing import NEXT, ROAD, WITH_DAY
from applications.states import DECIDED, ENDED, State

day = datetime.date.fromisoformat
DAY = datetime.timedelta(days=1)
ON = day("2026-11-23")
# Organisations of the case.
LEAD, MUNICIPALITY = 1, 2
HEARD = Hearing(day("2026-11-16"), day("2026-11-30"), is_answered=False)
ANSWERED = dataclasses.replace(HEARD, is_answered=True)


def facts(state: State, *, on: datetime.date = ON, **more: object) -> Facts:
    return dataclasses.replace(
        Facts(on, state, day("2026-11-16"), LEAD, submitted_on=day("2026-11-02")),
        **more,  # type: ignore[arg-type]  # a test's shorthand
    )


def told(facts: Facts) -> list[tuple[str, str, int | None]]:
    return [(deadline.kind.value, deadline.due_on.isoformat(), deadline.organisation) for deadline in due(facts)]


@pytest.mark.parametrize("state", [State.DRAFT, State.WAITING_LIST, *sorted(ENDED | DECIDED)])
def test_nothing_is_due_where_nobody_has_a_day(state: State) -> None:
    assert due(facts(state, hearing=HEARD, plan_starts_on=ON, expires_on=ON, unsigned=(LEAD,))) == []


@pytest.mark.parametrize("state", [State.SUBMITTED, State.UNDER_ASSESSMENT])
def test_the_fund_means_to_answer_within_ninety_days_on_a_working_day(state: State) -> None:
    # 90 days after 2 November is Sunday 31 January.
    assert told(facts(state)) == [("answer", "2027-02-01", None)]
    [deadline] = due(facts(state))
    assert (deadline.since, deadline.is_blocking, deadline.is_confirmed) == (day("2026-11-02"), False, False)


def test_a_request_for_information_gives_twenty_working_days() -> None:
    assert told(facts(State.INFO_REQUESTED)) == [("information", "2026-12-14", LEAD)]
    assert told(facts(State.INFO_REQUESTED_PLAN)) == [("information", "2026-12-14", LEAD)]


@pytest.mark.parametrize(("state", "fund"), [(State.HEARING, "2027-02-01"), (State.HEARING_PLAN, "2027-02-08")])
def test_a_hearing_is_the_partys_until_it_is_answered_or_over(state: State, fund: str) -> None:
    open_one = facts(state, hearing=HEARD, plan_submitted_on=day("2026-11-09"))
    [deadline] = due(open_one)
    assert (deadline.kind, deadline.due_on, deadline.is_blocking, deadline.is_confirmed) == (
        Kind.HEARING,
        day("2026-11-30"),
        True,
        True,
    )
    assert told(dataclasses.replace(open_one, on=day("2026-11-30"))) == [("hearing", "2026-11-30", LEAD)]
    assert told(dataclasses.replace(open_one, on=day("2026-12-01")))[1] == ("answer", fund, None)
    assert told(dataclasses.replace(open_one, hearing=ANSWERED)) == [("answer", fund, None)]


def test_the_answer_to_a_plan_counts_from_the_last_signature() -> None:
    assert told(facts(State.PLAN_SUBMITTED, plan_submitted_on=day("2026-11-09"))) == [("answer", "2027-02-08", None)]


def test_an_old_hearing_is_nobodys_deadline() -> None:
    assert [kind for kind, _day, _who in told(facts(State.UNDER_ASSESSMENT, hearing=HEARD))] == ["answer"]


def test_a_plan_is_wanted_before_its_own_first_day() -> None:
    assert told(facts(State.PLAN_IN_PROGRESS)) == []
    assert told(facts(State.PLAN_IN_PROGRESS, plan_starts_on=day("2027-01-01"))) == [("plan", "2027-01-01", LEAD)]


def test_each_party_that_has_not_signed_has_a_deadline_of_its_own() -> None:
    out = facts(State.LOCAL_APPROVAL, plan_starts_on=day("2027-01-01"), unsigned=(LEAD, MUNICIPALITY))
    assert told(out) == [("signature", "2027-01-01", LEAD), ("signature", "2027-01-01", MUNICIPALITY)]
    assert due(out)[0].roles == {Role.HOUSING_SIGNATORY, Role.MUNICIPAL_SIGNATORY}


@pytest.mark.parametrize("state", [State.PREQUALIFIED, State.PLAN_IN_PROGRESS])
def test_an_expiry_is_due_and_the_nearest_comes_first(state: State) -> None:
    expiring = facts(state, expires_on=day("2026-12-21"), prequalified_on=day("2024-12-20"), plan_starts_on=day("2027-01-01"))
    first = due(expiring)[0]
    assert (first.kind, first.since, first.is_blocking) == (Kind.EXPIRY, day("2024-12-20"), True)


# Words


def test_everything_that_can_be_due_has_its_words() -> None:
    assert set(NAMES) == set(AFTERWARDS) == set(Kind)


def test_every_state_has_one_sentence_and_a_place_on_the_road_or_an_end() -> None:
    assert set(NEXT) == set(State)
    on_the_road = set[State]().union(*(step.states for step in ROAD))
    assert on_the_road | ENDED | {State.COMMITTED} == set(State)
    assert sum(len(step.states) for step in ROAD) == len(on_the_road), "each state is in one step"


def test_whatever_is_due_in_a_state_has_a_sentence_with_its_day() -> None:
    everything: dict[str, Any] = {
        "plan_starts_on": day("2027-01-01"),
        "unsigned": (LEAD,),
        "plan_submitted_on": ON,
        "expires_on": day("2027-03-01"),
    }
    possible = {
        (state, deadline.kind)
        for state in State
        for hearing in (None, HEARD, ANSWERED)
        for deadline in due(facts(state, hearing=hearing, **everything))
    }
    assert possible == set(WITH_DAY)
    for sentence in WITH_DAY.values():
        assert str(sentence).count("%(day)s") == 1


# Reminders


def deadline_on(written: str, since: str = "2026-11-01", kind: Kind = Kind.HEARING) -> Deadline:
    return Deadline(kind, day(written), day(since), LEAD, frozenset({Role.APPLICANT}), "")


@pytest.mark.parametrize(
    ("on", "days"),
    [
        ("2026-11-25", None),
        ("2026-11-26", 14),
        ("2026-12-02", 14),
        ("2026-12-03", 7),
        ("2026-12-08", 7),
        ("2026-12-09", 1),
        ("2026-12-10", 1),
        ("2026-12-11", None),
    ],
)
def test_reminders_fourteen_seven_and_one_day_before(on: str, days: int | None) -> None:
    # Thursday 10 December; each of the three falls on a working day.
    assert reminder_due(deadline_on("2026-12-10"), day(on)) == days


def test_a_reminder_that_falls_on_a_day_off_leaves_on_the_working_day_before() -> None:
    monday = deadline_on("2026-12-14")
    assert reminder_due(monday, day("2026-12-10")) == 7
    assert reminder_due(monday, day("2026-12-11")) == 1


def test_nobody_is_reminded_of_what_they_were_just_asked() -> None:
    fresh = deadline_on("2026-12-10", since="2026-11-27")
    assert reminder_due(fresh, day("2026-11-27")) is None
    assert reminder_due(fresh, day("2026-12-02")) is None
    assert reminder_due(fresh, day("2026-12-03")) == 7


def test_an_expiry_has_warnings_instead_of_reminders() -> None:
    assert reminder_due(deadline_on("2026-12-10", kind=Kind.EXPIRY), day("2026-12-09")) is None
