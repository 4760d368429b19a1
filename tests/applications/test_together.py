"""Several cases decided together: all or none, whoever else is there in the same moment."""

from __future__ import annotations

import dataclasses
import datetime
import threading
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import Organisation, actor_for
from accounts.roles import Role
from applications import tasks, transitions
from applications.models import Application, Decision
from applications.states import State
from applications.transitions import Changed, Choice, NotTogether
from lbf_portal.lib.refusals import NotAllowed, Refused, RuleBroken
from ledger.models import Entry, FrameYear
from tests.applications.lines import give_priority
from tests.cast import member
from tests.factories import applications as cases
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.applications import AT, MIO, CaseCast

TODAY = AT.date()
REASON = "Indsatsen opfylder betingelserne for tilsagn."


def choices(applications: Sequence[Application], by: Actor, *, reason: str = REASON) -> list[Choice]:
    """What a page that shows these cases now would send."""
    preview = transitions.preview_together([one.case_number for one in applications], by=by, on=TODAY)
    return [Choice(row.application.case_number, str(row.seen), reason) for row in preview.rows]


def recommended(cast: CaseCast, count: int, *, total: Decimal = cases.BUDGET) -> list[Application]:
    return [cases.make_recommended(cast, title=f"Indsats {number}", total=total) for number in range(count)]


def states_of(applications: Sequence[Application]) -> list[str]:
    keys = [one.pk for one in applications]
    return list(Application.objects.filter(pk__in=keys).order_by("case_number").values_list("state", flat=True))


@pytest.mark.django_db
def test_all_are_committed_each_with_its_own_reason(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 3)
    wanted = [
        dataclasses.replace(choice, reason=f"Begrundelse {choice.case_number}.") for choice in choices(found, case_cast.director)
    ]

    decisions = transitions.decide_together(wanted, by=case_cast.director, at=AT)

    assert states_of(found) == [State.COMMITTED] * 3
    assert {one.reasons for one in decisions} == {f"Begrundelse {one.case_number}." for one in found}
    assert FrameYear.objects.get(year=2026).committed == 27 * MIO
    assert Entry.objects.count() == 3


@pytest.mark.django_db
def test_each_gets_its_letter_as_when_decided_alone(
    case_cast: CaseCast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 2)
    wanted = choices(found, case_cast.director)
    queued: list[int] = []
    monkeypatch.setattr(tasks, "queue_letter", queued.append)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # a context manager
        transitions.decide_together(wanted, by=case_cast.director, at=AT)

    events = [one.events.get(event="application:committed").pk for one in found]
    assert sorted(queued) == sorted(events)


@pytest.mark.django_db
def test_without_room_for_all_nothing_happens_and_the_answer_names_who_does_not_fit(case_cast: CaseCast) -> None:
    """20 mio. are left and three ask for 9 each: the third, in their order, does not fit."""
    cases.make_frame(case_cast, total=20 * MIO, rent=5 * MIO)
    found = recommended(case_cast, 3)
    wanted = choices(found, case_cast.director)

    with pytest.raises(NotTogether) as refused:
        transitions.decide_together(wanted, by=case_cast.director, at=AT)

    told = str(refused.value)
    assert "er der 20.000.000 kr. tilbage" in told
    assert "De valgte sager er på 27.000.000 kr." in told
    assert f"Der er ikke plads til: {found[2].case_number}." in told
    assert states_of(found) == [State.PLAN_SUBMITTED] * 3
    assert not Entry.objects.exists()
    assert not Decision.objects.filter(outcome="COMMITTED").exists()
    assert FrameYear.objects.get(year=2026).committed == 0


@pytest.mark.django_db
def test_one_that_may_not_be_committed_stops_all_and_is_named(case_cast: CaseCast) -> None:
    """The director has recommended one of them: four eyes."""
    cases.make_frame(case_cast)
    found = recommended(case_cast, 2)
    officer = case_cast.case_officer
    MembershipFactory.create(user=officer.user, organisation=officer.organisation, role=Role.DIRECTOR)
    assert officer.user is not None
    both = actor_for(officer.user, officer.organisation, on=TODAY)

    with pytest.raises(NotTogether) as refused:
        transitions.decide_together(choices(found, both), by=both, at=AT)

    assert set(refused.value.by_case) == {one.case_number for one in found}
    assert "Du har selv indstillet sagen" in str(refused.value.by_case[found[0].case_number][0].message)
    assert states_of(found) == [State.PLAN_SUBMITTED] * 2


@pytest.mark.django_db
def test_a_reason_that_is_missing_stops_all(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 2)
    first, second = choices(found, case_cast.director)

    with pytest.raises(NotTogether) as refused:
        transitions.decide_together([first, dataclasses.replace(second, reason=" ")], by=case_cast.director, at=AT)

    assert set(refused.value.by_case) == {second.case_number}
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_what_changed_since_it_was_seen_is_named_and_nothing_happens(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    first, second, third = found = recommended(case_cast, 3)
    wanted = choices(found, case_cast.director)
    by = case_cast.case_officer
    line = first.funding_lines.get(source="MUNICIPALITY")
    transitions.accept_as_local(first, line, accepted=True, by=by, at=AT)
    transitions.recommend(second, frame_year=2026, social_amount=8 * MIO, rent_amount=Decimal(0), reason="Mindre.", by=by, at=AT)
    transitions.commit(third, by=case_cast.director, at=AT, reason=REASON)

    with pytest.raises(Changed) as refused:
        transitions.decide_together(wanted, by=case_cast.director, at=AT)

    assert [violation.message for violation in refused.value.violations] == [
        f"I sag {first.case_number} er budgettet, medfinansieringen eller huslejestøtten ændret.",
        f"Indstillingen i sag {second.case_number} er ændret eller gælder ikke længere.",
        f"Sag {third.case_number} har fået en anden status: Tilsagn givet.",
    ]
    assert states_of(found) == [State.PLAN_SUBMITTED, State.PLAN_SUBMITTED, State.COMMITTED]


@pytest.mark.django_db
def test_decided_twice_the_second_is_told_and_nothing_is_posted_again(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 2)
    wanted = choices(found, case_cast.director)
    transitions.decide_together(wanted, by=case_cast.director, at=AT)

    with pytest.raises(Changed):
        transitions.decide_together(wanted, by=case_cast.director, at=AT)

    assert Entry.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["case_officer", "finance_officer", "applicant", "municipality"])
def test_only_the_director_decides(case_cast: CaseCast, role: str) -> None:
    cases.make_frame(case_cast)
    found = recommended(case_cast, 1)
    wanted = choices(found, case_cast.director)

    with pytest.raises(NotAllowed):
        transitions.decide_together(wanted, by=getattr(case_cast, role), at=AT)

    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_none_and_too_many_are_refused(case_cast: CaseCast) -> None:
    many = [Choice(100_000 + number, "", REASON) for number in range(transitions.MOST_TOGETHER + 1)]

    for wanted in ([], many):
        with pytest.raises(RuleBroken, match="Vælg mindst en sag og højst 50"):
            transitions.decide_together(wanted, by=case_cast.director, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("seen", ["", "PLAN_SUBMITTED", "a.b.c.d", "....."])
def test_a_page_that_showed_nothing_decides_nothing(case_cast: CaseCast, seen: str) -> None:
    cases.make_frame(case_cast)
    (application,) = recommended(case_cast, 1)

    with pytest.raises(Changed):
        transitions.decide_together([Choice(application.case_number, seen, REASON)], by=case_cast.director, at=AT)


@pytest.mark.django_db
def test_cases_nobody_recommended_or_that_are_not_there_are_named(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    application = cases.make_plan_submitted(case_cast)

    with pytest.raises(Changed) as refused:
        transitions.decide_together(
            [Choice(application.case_number, "", REASON), Choice(999_999, "", REASON)], by=case_cast.director, at=AT
        )

    assert [violation.message for violation in refused.value.violations] == [
        f"Sag {application.case_number} er ikke indstillet til tilsagn.",
        "Sag 999999 er ikke indstillet til tilsagn.",
    ]


@pytest.mark.django_db
def test_the_preview_asks_as_often_for_many_as_for_two(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    numbers = [one.case_number for one in recommended(case_cast, 6)]

    def asked(chosen: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            preview = transitions.preview_together(chosen, by=case_cast.director, on=TODAY)
        assert len(preview.rows) == len(chosen)
        return len(queries)

    assert asked(numbers[:2]) == asked(numbers) <= 25


@pytest.mark.django_db
def test_deciding_asks_so_often_a_case_and_no_more(case_cast: CaseCast) -> None:
    """Each case has its own checks, event and mails; nothing is asked about every case for every case."""
    cases.make_frame(case_cast)
    found = recommended(case_cast, 9)

    def asked(chosen: Sequence[Application]) -> int:
        wanted = choices(chosen, case_cast.director)
        with CaptureQueriesContext(connection) as queries:
            transitions.decide_together(wanted, by=case_cast.director, at=AT)
        return len(queries)

    one, two, six = asked(found[:1]), asked(found[1:3]), asked(found[3:])

    assert six - two == 4 * (two - one)


@pytest.mark.django_db
def test_a_case_that_is_blocked_takes_no_room_from_the_next(
    case_cast: CaseCast, fund: Organisation, today: datetime.date
) -> None:
    both = member(fund, Role.CASE_OFFICER, Role.DIRECTOR, email="begge@example.org", today=today)
    cases.make_frame(case_cast, total=10 * MIO, rent=5 * MIO)
    own, other = recommended(case_cast, 2)
    transitions.recommend(own, frame_year=2026, social_amount=9 * MIO, rent_amount=Decimal(0), reason="Egen.", by=both, at=AT)

    preview = transitions.preview_together([own.case_number, other.case_number], by=both, on=TODAY)

    assert [(row.step.fits, row.is_blocked) for row in preview.rows] == [(True, True), (True, False)]
    assert not preview.violations


@pytest.mark.django_db
def test_what_was_recommended_for_a_year_that_is_over_is_blocked(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    (case,) = recommended(case_cast, 1)

    preview = transitions.preview_together([case.case_number], by=case_cast.director, on=datetime.date(2027, 1, 2))

    assert "frame_of_earlier_year" in [violation.code for violation in preview.rows[0].violations]
    assert preview.blocked


@pytest.mark.django_db
def test_who_has_priority_comes_first(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast)
    elsewhere = cases.make_area(case_cast, key="aaparken", name="Åparken")
    found = [cases.make_recommended(case_cast, title="Den første", area=elsewhere), *recommended(case_cast, 1)]
    give_priority(found[1].area)

    preview = transitions.preview_together([one.case_number for one in found], by=case_cast.director, on=TODAY)

    assert [row.application for row in preview.rows] == [found[1], found[0]]
    assert [row.has_priority for row in preview.rows] == [True, False]


@pytest.mark.django_db
def test_among_equals_who_was_received_first_comes_first(case_cast: CaseCast) -> None:
    cases.make_frame(case_cast, total=10 * MIO, rent=5 * MIO)
    found = recommended(case_cast, 2)

    preview = transitions.preview_together([one.case_number for one in reversed(found)], by=case_cast.director, on=TODAY)

    assert [row.application for row in preview.rows] == found
    assert [(row.step.fits, row.is_blocked) for row in preview.rows] == [(True, False), (False, True)]
    (year,) = preview.years
    assert (year.before, year.total, year.left, year.without_room) == (10 * MIO, 18 * MIO, -8 * MIO, (found[1].case_number,))


# Two at once, on connections of their own


def at_once(acts: Sequence[Callable[[], object]]) -> list[BaseException | None]:
    """Run all in the same moment; what each raised, if anything."""
    start, raised = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=20)
            act()
        except BaseException as error:  # noqa: BLE001 - judged by the test
            raised[place] = error  # type: ignore[call-overload]  # a list of what comes
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return list(raised)


@pytest.mark.django_db(transaction=True)
def test_two_directors_with_overlapping_cases_never_lock_each_other(case_cast: CaseCast) -> None:
    """One decides 1, 2, 3, the other 3, 2, 4: one of them is first, the other is told what has changed."""
    cases.make_frame(case_cast)
    found = recommended(case_cast, 4)
    user = UserFactory.create(name="Direktion nr. to")
    MembershipFactory.create(user=user, organisation=case_cast.director.organisation, role=Role.DIRECTOR)
    other = actor_for(user, case_cast.director.organisation, on=TODAY)
    first = choices(found[:3], case_cast.director)
    second = choices([found[2], found[1], found[3]], other)[::-1]

    raised = at_once(
        [
            lambda: transitions.decide_together(first, by=case_cast.director, at=AT),
            lambda: transitions.decide_together(second, by=other, at=AT),
        ]
    )

    assert sorted(type(error).__name__ for error in raised) == ["Changed", "NoneType"]
    assert Entry.objects.count() == 3
    assert FrameYear.objects.get(year=2026).committed == 27 * MIO


@pytest.mark.django_db(transaction=True)
def test_together_and_alone_at_once_never_go_beyond_the_frame(case_cast: CaseCast) -> None:
    """18 mio.: either the two that are decided together, or the one alone with none of them."""
    cases.make_frame(case_cast, total=18 * MIO, rent=MIO)
    first, second, alone = recommended(case_cast, 3)
    wanted = choices([first, second], case_cast.director)

    raised = at_once(
        [
            lambda: transitions.decide_together(wanted, by=case_cast.director, at=AT),
            lambda: transitions.commit(alone, by=case_cast.director, at=AT, reason=REASON),
        ]
    )

    assert [isinstance(error, Refused) for error in raised].count(True) == 1
    committed = FrameYear.objects.get(year=2026).committed
    assert committed == (9 * MIO if raised[0] else 18 * MIO)
    assert states_of([first, second]) in ([State.COMMITTED] * 2, [State.PLAN_SUBMITTED] * 2)
