"""Checks that are kept: a finding is one row from first to last, finance hears of it once, nothing is deleted."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from accounts.actors import SYSTEM, Actor
from accounts.models import OutgoingMail
from lbf_portal.lib.refusals import NotAllowed, RuleBroken
from lbf_portal.lib.sql import APP_ROLE
from ledger import clock, keeping
from ledger.findings import Finding
from ledger.kinds import FindingEventKind
from ledger.models import FrameCheck, FrameFinding, FrameFindingEvent
from ledger.signals import cases_asked
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, commit, regulate

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 11, 22, 9, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


class Cases:
    """Somebody who knows cases, and says what is in `findings`."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.asked_at: list[datetime.datetime] = []

    def __call__(self, at: datetime.datetime, **_more: Any) -> list[Finding]:
        self.asked_at.append(at)
        return self.findings


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Cases:
    """The only one who is asked about cases."""
    cases = Cases()
    monkeypatch.setattr(cases_asked, "receivers", [])
    cases_asked.sender_receivers_cache.clear()
    cases_asked.connect(cases, weak=False)
    return cases


def something(amount: str = "5 kr.", case: str = "204017", **more: Any) -> Finding:
    return Finding("commitment_differs", 2026, "Sag %(case)s: %(amount)s", {"case": case, "amount": amount}, case=case, **more)


def run(hours: int = 0, by: Actor = SYSTEM) -> FrameCheck:
    return keeping.run(by=by, at=AT + hours * HOUR)


def events(finding: FrameFinding) -> list[str]:
    return list(finding.events.values_list("event", flat=True))


def test_a_check_keeps_what_was_compared(told: Cases, finance_officer: Actor) -> None:
    FrameYearFactory.create()
    regulate(390 * MILLION, 245 * MILLION)
    commit(12 * MILLION)

    check = run(by=finance_officer)

    assert (check.is_ok, check.found, check.new, check.entries) == (True, 0, 0, 1)
    assert (check.by, check.role, check.organisation) == (finance_officer.user, "FINANCE_OFFICER", finance_officer.organisation)
    [year] = keeping.compared(FrameCheck.objects.get())
    assert (year.year, year.period, year.is_ok, year.has_page) == (2026, "P2019_26", True, True)
    assert year.counted == year.stands
    assert {name: year.counted[name] for name in ("base", "regulated", "ceiling", "committed", "rent_ceiling")} == {
        "base": 380 * MILLION,
        "regulated": 390 * MILLION,
        "ceiling": 390 * MILLION,
        "committed": 12 * MILLION,
        "rent_ceiling": 245 * MILLION,
    }


def test_a_year_that_differs_keeps_both_sides(told: Cases) -> None:
    FrameYearFactory.create()
    FrameYearFactory.create(year=2025)
    commit(12 * MILLION)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("UPDATE ledger_frameyear SET committed = committed + 1 WHERE year = 2026")
        cursor.execute(f"SET ROLE {APP_ROLE}")

    earlier, later = keeping.compared(run())

    assert (earlier.is_ok, later.is_ok) == (True, False)
    assert (later.counted["committed"], later.stands["committed"]) == (12 * MILLION, 12 * MILLION + Decimal(1))
    assert FrameFinding.objects.get().code == "committed_differs"


def test_a_finding_that_stands_is_one_with_first_and_last(told: Cases) -> None:
    told.findings = [something(entries=(7, 8))]
    first, second, third = run(), run(1), run(2)

    finding = FrameFinding.objects.get()
    assert (finding.first_check, finding.last_check, finding.gone_check) == (first, third, None)
    assert [check.new for check in (first, second, third)] == [1, 0, 0]
    assert (finding.stands, finding.entries, finding.text) == (True, [7, 8], "Sag 204017: 5 kr.")
    assert events(finding) == [FindingEventKind.FOUND]


def test_a_finding_with_other_amounts_is_the_same_and_tells_what_it_was(told: Cases) -> None:
    told.findings = [something("5 kr.")]
    run()
    told.findings = [something("6 kr.")]
    run(1)

    finding = FrameFinding.objects.get()
    assert finding.text == "Sag 204017: 6 kr."
    assert events(finding) == [FindingEventKind.FOUND, FindingEventKind.CHANGED]
    changed = finding.events.get(event=FindingEventKind.CHANGED)
    assert changed.told["why"] == "Før: Sag 204017: 5 kr."
    assert changed.told["who"] == "Portalen"


def test_a_finding_goes_and_when_it_comes_back_it_is_another(told: Cases) -> None:
    told.findings = [something()]
    run()
    told.findings = []
    gone = run(1)
    told.findings = [something()]
    back = run(2)

    first, again = FrameFinding.objects.order_by("pk")
    assert (first.gone_check, first.stands, events(first)) == (gone, False, [FindingEventKind.FOUND, FindingEventKind.GONE])
    assert (again.first_check, again.stands, back.new) == (back, True, 1)


def test_finance_gets_one_mail_for_what_is_new(told: Cases, finance_officer: Actor, director: Actor) -> None:
    told.findings = [something()]
    run()
    run(1)
    assert [mail.to_user for mail in OutgoingMail.objects.filter(event="check_found")] == [finance_officer.user]

    told.findings = [something(), something(case="204018"), something(case="204019")]
    run(2)

    latest = OutgoingMail.objects.filter(event="check_found").latest("queued_at")
    assert latest.subject == "Kontrol af rammen: 2 nye fund"
    assert "I alt er der nu 3 fund" in latest.body
    assert "/frames/check/" in latest.body
    assert "204018" not in latest.subject + latest.body + latest.body_html

    told.findings = []
    run(3)
    assert OutgoingMail.objects.filter(event="check_found").count() == 2


def test_a_check_that_began_before_one_that_is_kept_says_nothing_new(told: Cases) -> None:
    later = run(1)
    told.findings = [something()]

    assert run() == later
    assert not FrameFinding.objects.exists()


def test_the_clock_checks_once_a_day(told: Cases, finance_officer: Actor) -> None:
    told.findings = [something()]
    run(by=finance_officer)
    night = datetime.datetime(2026, 11, 23, 0, 20, tzinfo=datetime.UTC)
    for hours in range(3):
        with time_machine.travel(night + hours * HOUR, tick=False):
            clock.check_frames()
    assert list(FrameCheck.objects.filter(by=None).values_list("at", flat=True)) == [night]

    # Just after midnight in Denmark, still the day before in London.
    with time_machine.travel(datetime.datetime(2026, 11, 23, 23, 20, tzinfo=datetime.UTC), tick=False):
        clock.check_frames()
    assert FrameCheck.objects.filter(by=None).count() == 2
    assert OutgoingMail.objects.filter(event="check_found").count() == 1


def test_two_workers_of_one_night_keep_one_check(told: Cases) -> None:
    first = keeping.run(by=SYSTEM, at=AT, once_on=AT.date())

    assert keeping.run(by=SYSTEM, at=AT + HOUR, once_on=AT.date()) == first
    assert FrameCheck.objects.count() == 1


def test_a_check_that_is_cut_off_leaves_nothing(told: Cases, finance_officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    told.findings = [something()]

    def killed(*_arguments: object, **_more: object) -> None:
        raise SystemExit

    monkeypatch.setattr("ledger.notifications.check_found", killed)
    with pytest.raises(SystemExit):
        run()
    assert not FrameCheck.objects.exists()
    assert not FrameFinding.objects.exists()

    monkeypatch.undo()
    cases_asked.connect(told, weak=False)
    run(1)
    cases_asked.disconnect(told)
    assert OutgoingMail.objects.filter(event="check_found").count() == 1


def test_finance_writes_a_note_that_stays(told: Cases, finance_officer: Actor, director: Actor) -> None:
    told.findings = [something()]
    run()
    finding = FrameFinding.objects.get()

    keeping.note(finding, text="  Rettes i morgen. ", by=finance_officer, at=AT)

    noted = finding.events.get(event=FindingEventKind.NOTED)
    assert (noted.reason, noted.user, noted.role) == ("Rettes i morgen.", finance_officer.user, "FINANCE_OFFICER")
    with pytest.raises(RuleBroken):
        keeping.note(finding, text="   ", by=finance_officer, at=AT)
    with pytest.raises(NotAllowed):
        keeping.note(finding, text="Nej", by=director, at=AT)


@pytest.mark.parametrize("role", ["director", "case_officer", "applicant"])
def test_nobody_but_finance_and_the_portal_checks(told: Cases, role: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        run(by=request.getfixturevalue(role))
    assert told.asked_at == []


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM ledger_framefinding",
        "TRUNCATE ledger_framefinding CASCADE",
        "UPDATE ledger_framefinding SET code = 'x'",
        "UPDATE ledger_framefinding SET year = 2020",
        "UPDATE ledger_framefinding SET first_check_id = last_check_id",
        "UPDATE ledger_framecheck SET found = 0",
        "DELETE FROM ledger_framecheck",
        "UPDATE ledger_framefindingevent SET reason = 'x'",
        "DELETE FROM ledger_framefindingevent",
    ],
)
def test_the_portals_own_role_takes_nothing_back(told: Cases, sql: str) -> None:
    told.findings = [something()]
    run()

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE ledger_framefinding SET last_check_id = first_check_id", "finding_only_goes_on"),
        ("UPDATE ledger_framefinding SET gone_check_id = last_check_id", "frame_finding_checks_in_order"),
        ("UPDATE ledger_framefinding SET wording = ''", "frame_finding_says_what"),
    ],
)
def test_what_the_role_may_write_goes_forward_only(told: Cases, sql: str, constraint: str) -> None:
    told.findings = [something()]
    run()
    run(1)

    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert constraint in (refused.value.__cause__.diag.constraint_name or "")  # type: ignore[union-attr]  # psycopg's


@pytest.mark.parametrize("sql", ["UPDATE ledger_framefinding SET gone_check_id = NULL", "DELETE FROM ledger_framefinding"])
def test_a_finding_that_is_gone_stays_gone_for_the_owner_too(told: Cases, sql: str) -> None:
    told.findings = [something()]
    run()
    told.findings = []
    run(1)

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        with pytest.raises(DatabaseError, match=r"gone|append-only"), transaction.atomic():
            cursor.execute(sql)
        cursor.execute(f"SET ROLE {APP_ROLE}")


def test_a_note_names_a_person(told: Cases) -> None:
    told.findings = [something()]
    run()

    with pytest.raises(DatabaseError, match="finding_event_note_is_a_persons"), transaction.atomic():
        FrameFindingEvent.objects.create(
            finding=FrameFinding.objects.get(), event=FindingEventKind.NOTED, role="SYSTEM", reason="Alt er vel"
        )


def test_the_check_keeps_two_hundred_findings_with_as_many_queries_as_two(
    told: Cases, django_assert_max_num_queries: Any
) -> None:
    told.findings = [something(case=str(204000 + number)) for number in range(200)]
    with django_assert_max_num_queries(45):
        run()
    with django_assert_max_num_queries(45):
        run(1)
    told.findings = []
    with django_assert_max_num_queries(45):
        run(2)
    assert FrameFinding.objects.gone().count() == 200
