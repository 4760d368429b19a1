"""Counting anew: what it finds, and what the command tells people and machines."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal
from django.utils import timezone

from lbf_portal.lib.sql import APP_ROLE
from ledger import checking, history
from ledger.findings import Finding
from ledger.kinds import FrameKind, Money, Reuse
from ledger.models import Entry, FrameYear, FrameYearEvent, GrantPeriod
from ledger.positions import Position
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate, release, reverse, set_rule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_knows_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger by itself: its tests post for cases that are in no table (tests/applications/test_ledger_checks.py asks)."""
    monkeypatch.setattr("ledger.signals.cases_asked", Signal())


@pytest.fixture
def two_years(db: None) -> None:
    """2026 with 12 mio. for social efforts, 30 for rent, 5 carried over; 2027 for carry-over."""
    FrameYearFactory.create()
    FrameYearFactory.create(year=2027, carried=True)
    commit(15 * MILLION)
    release(3 * MILLION)
    commit(30 * MILLION, money=Money.RENT)
    carry_over(5 * MILLION)


@contextmanager
def as_owner() -> Iterator[None]:
    """The database's owner can do what the portal cannot; the check is there to notice."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        yield
        cursor.execute(f"SET ROLE {APP_ROLE}")


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_frame", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_sound_ledger_has_no_findings(two_years: None) -> None:
    code, text = run()

    assert code == 0
    assert text.splitlines()[0] == (
        "2026: 42.000.000 kr. af 375.000.000 kr., heraf husleje 30.000.000 kr. af 240.000.000 kr.; tilbage 333.000.000 kr."
    )
    assert text.splitlines()[-1] == "Alt stemmer."


def test_machines_get_amounts_as_text_with_two_decimals(two_years: None) -> None:
    regulate(400 * MILLION, 250 * MILLION)

    code, text = run("--json", "--year", "2026")

    assert code == 0
    assert json.loads(text) == {
        "ok": True,
        "years": [
            {
                "year": 2026,
                "period": "P2019_26",
                "base": "380000000.00",
                "regulated": "400000000.00",
                "carried_in": "0.00",
                "carried_out": "5000000.00",
                "ceiling": "400000000.00",
                "committed": "42000000.00",
                "rent_ceiling": "250000000.00",
                "rent_committed": "30000000.00",
                "reserved": "0.00",
                "available": "353000000.00",
            }
        ],
        "findings": [],
    }


@pytest.mark.parametrize(
    ("tampering", "codes"),
    [
        ("UPDATE ledger_frameyear SET committed = committed + 1 WHERE year = 2026", {"committed_differs"}),
        ("UPDATE ledger_frameyear SET rent_committed = 1 WHERE year = 2026", {"rent_committed_differs"}),
        (
            (
                "UPDATE ledger_frameyear SET regulated_total = 390000000, regulated_rent = 240000000, regulated_document = 'x' "
                "WHERE year = 2026"
            ),
            {"regulated_differs", "regulated_rent_differs"},
        ),
        ("UPDATE ledger_frameyear SET carried_in = 0 WHERE year = 2027", {"carried_in_differs"}),
        ("UPDATE ledger_allocation SET held = held + 1 WHERE money = 'RENT'", {"allocation_differs"}),
        ("UPDATE ledger_frameyear SET withheld = 1 WHERE year = 2026", {"withheld_differs"}),
        (
            "UPDATE ledger_frameyear SET carried_out_by_decision = 1 WHERE year = 2026",
            {"carried_out_by_decision_differs"},
        ),
        ("UPDATE ledger_frameday SET rent_committed = rent_committed - 1 WHERE carried_out > 0", {"day_differs"}),
        ("DELETE FROM ledger_frameday", {"day_differs"}),
        ("UPDATE ledger_frameyear SET base_total = 480000000 WHERE year = 2026", {"base_differs"}),
        ("UPDATE ledger_frameyear SET closed_on = '2028-01-01' WHERE year = 2026", {"closing_differs"}),
    ],
)
def test_tampering_by_the_owner_is_found(two_years: None, tampering: str, codes: set[str]) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(tampering)

    report = checking.check()

    assert {finding.code for finding in report.findings} == codes
    assert run()[0] == 1
    assert json.loads(run("--json")[1])["ok"] is False


def test_entries_written_past_the_guards_are_found(two_years: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute(
            """
            INSERT INTO ledger_entry (frame_year_id, allocation_id, kind, cause, money, amount, is_withheld, key, pair, decision,
                                      by_id, seconded_by_id, role, at, decided_on, legal_basis, reason)
            SELECT frame_year_id, allocation_id, kind, '', money, 400000000, false, 'past', NULL, '', NULL, NULL, 'SYSTEM', at,
                   date '2025-12-31', 'x', 'x'
                FROM ledger_entry WHERE money = 'RENT'
            UNION ALL
            SELECT y.id, NULL, 'CARRY_IN', '', '', 7, false, 'alone', gen_random_uuid(), '', e.by_id, e.seconded_by_id,
                   'FINANCE_OFFICER', now(), '2026-11-22', 'x', 'x'
                FROM ledger_frameyear y, ledger_entry e WHERE y.year = 2027 AND e.kind = 'CARRY_OUT'
            """
        )
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")

    found = {(finding.code, finding.year) for finding in checking.check().findings}

    assert found == {
        ("frame_overspent", 2026),
        ("frame_rent_overspent", 2026),
        ("committed_differs", 2026),
        ("rent_committed_differs", 2026),
        ("allocation_differs", 2026),
        ("carried_in_differs", 2027),
        ("carry_over_unequal", 2027),
        ("day_differs", 2026),
        ("day_differs", 2027),
        ("commitment_misplaced", 2026),
    }


@contextmanager
def without_guards(*tables: str) -> Iterator[CursorWrapper]:
    """As the owner with the triggers off, and the checks that look at several columns away."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found(code: str) -> list[Finding]:
    """The findings of the code; others may stand beside them."""
    return [finding for finding in checking.check().findings if finding.code == code]


def test_a_finding_names_the_entries_of_its_day_and_its_case(two_years: None) -> None:
    rent = Entry.objects.get(money=Money.RENT)
    with without_guards("ledger_entry") as cursor:
        cursor.execute("UPDATE ledger_entry SET amount = amount + 1 WHERE id = %s", [rent.pk])

    [day], [allocation] = found("day_differs"), found("allocation_differs")
    assert set(day.entries) == set(Entry.objects.filter(frame_year__year=2026).values_list("pk", flat=True))
    assert (allocation.entries, allocation.case) == ((rent.pk,), "100001")
    assert allocation.text == "Sag 100001: posteringerne giver 30.000.001 kr., sagens række siger 30.000.000 kr."


def test_a_reversal_that_is_no_mirror_is_found(two_years: None) -> None:
    reversal = reverse(commit(2 * MILLION, case_reference="100002"))
    with without_guards("ledger_entry") as cursor:
        cursor.execute("UPDATE ledger_entry SET amount = amount + 1 WHERE id = %s", [reversal.pk])

    assert [finding.entries for finding in found("reversal_unequal")] == [(reversal.pk,)]


@pytest.mark.parametrize("rule", [None, *Reuse], ids=str)
def test_a_release_against_the_rule_of_its_period_is_found(two_years: None, rule: Reuse | None) -> None:
    if rule is not None:
        set_rule(rule)
    released = release(MILLION)
    assert not found("release_against_rule")
    with without_guards("ledger_entry") as cursor:
        cursor.execute("UPDATE ledger_entry SET is_withheld = NOT is_withheld WHERE id = %s", [released.pk])

    assert [finding.entries for finding in found("release_against_rule")] == [(released.pk,)]


def test_a_posting_that_overtook_the_closing_is_no_finding(db: None) -> None:
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)
    entry = commit(MILLION, year=2025)
    close(2025, at=entry.at - datetime.timedelta(seconds=1))

    assert not found("posted_after_closing")


def test_an_entry_on_a_year_that_was_closed_is_found(db: None) -> None:
    for year in (2025, 2026):
        FrameYearFactory.create(year=year)
    entry = commit(MILLION, year=2025)
    close(2025, at=timezone.now() + datetime.timedelta(minutes=1))
    assert not found("posted_after_closing")
    with without_guards("ledger_entry") as cursor:
        cursor.execute("UPDATE ledger_entry SET at = %s WHERE id = %s", [timezone.now() + datetime.timedelta(hours=1), entry.pk])

    assert [finding.entries for finding in found("posted_after_closing")] == [(entry.pk,)]


def test_an_entry_by_hand_that_nobody_approved_is_found(two_years: None) -> None:
    with without_guards("ledger_entry") as cursor:
        cursor.execute("ALTER TABLE ledger_entry DROP CONSTRAINT entry_is_seconded")
        cursor.execute("UPDATE ledger_entry SET seconded_by_id = by_id WHERE kind = 'CARRY_OUT'")

    [finding] = found("entry_not_seconded")
    assert finding.entries == (Entry.objects.get(kind="CARRY_OUT").pk,)


def test_money_carried_on_a_second_time_without_a_decision_is_found(two_years: None) -> None:
    with without_guards("ledger_entry") as cursor:
        cursor.execute("UPDATE ledger_entry SET frame_year_id = (SELECT id FROM ledger_frameyear WHERE year = 2027)")

    [finding] = found("carried_again_undecided")
    assert (finding.year, finding.text) == (2027, "5.000.000 kr. er overført videre for anden gang uden særskilt beslutning.")


def test_a_check_sees_one_moment_though_somebody_posts_meanwhile(transactional_db: None) -> None:
    FrameYearFactory.create()
    commit(MILLION)
    asked = FrameYear.objects.positions

    def posting_meanwhile() -> list[Position]:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(elsewhere, lambda: commit(MILLION, case_reference="100002")).result()
        return asked()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FrameYear.objects, "positions", posting_meanwhile)
        report = checking.check()

    assert report.is_ok
    assert (report.positions[0].committed, FrameYear.objects.position(2026).committed) == (MILLION, 2 * MILLION)


def elsewhere(act: Callable[[], object]) -> None:
    """On a connection of its own, which is given back."""
    try:
        act()
    finally:
        connection.close()


def test_the_ledger_as_it_stood_on_an_evening() -> None:
    FrameYearFactory.create()
    commit(10 * MILLION, on=datetime.date(2026, 1, 2), at=datetime.datetime(2026, 1, 2, 12, tzinfo=datetime.UTC))
    # Half past eleven at night in Denmark, and half past midnight.
    evening, night = (datetime.datetime(2026, 3, 31, hour, 30, tzinfo=datetime.UTC) for hour in (21, 22))
    commit(20 * MILLION, money=Money.RENT, on=datetime.date(2026, 3, 1), at=evening)
    regulate(400 * MILLION, 250 * MILLION, at=evening)
    commit(40 * MILLION, on=datetime.date(2026, 3, 31), at=night)
    regulate(410 * MILLION, 260 * MILLION, at=night)

    def standing(day: str) -> tuple[object, ...]:
        [position] = history.positions_on(datetime.date.fromisoformat(day))
        assert [position] == checking.check(as_of=datetime.date.fromisoformat(day)).positions
        return position.committed / MILLION, position.rent_committed / MILLION, position.ceiling / MILLION

    assert standing("2026-01-01") == (0, 0, 380)
    assert standing("2026-01-02") == (10, 0, 380)
    assert standing("2026-03-31") == (30, 20, 400)
    assert standing("2026-04-01") == (70, 20, 410)
    assert run("--as-of", "2026-03-31")[1].startswith("2026: 30.000.000 kr. af 400.000.000 kr.")


def test_a_year_without_a_frame_is_told() -> None:
    with pytest.raises(CommandError, match=r"Der er ingen ramme for 2019\."):
        call_command("check_frame", "--year", "2019")


def test_the_frames_of_the_period_are_loaded_once() -> None:
    for _ in range(2):
        call_command("load_frames", stdout=StringIO())

    positions = FrameYear.objects.positions()
    ordinary = [position for position in positions if position.frame == FrameKind.ORDINARY]
    assert [position.year for position in ordinary] == list(range(2019, 2028))
    assert {(position.base, position.base_rent) for position in ordinary[:-1]} == {(380 * MILLION, 240 * MILLION)}
    assert ordinary[-1].base == ordinary[-1].base_rent == 0
    years = FrameYear.objects.of(FrameKind.ORDINARY).exclude(year=2027)
    assert {frame_year.base_vacancy for frame_year in years} == {10 * MILLION}
    assert not any(position.is_regulated for position in positions)
    assert FrameYearEvent.objects.count() == 11


def test_the_extra_frame_of_2023_is_loaded_beside_the_ordinary_one() -> None:
    call_command("load_frames", stdout=StringIO())

    extra = [position for position in FrameYear.objects.positions() if position.frame == FrameKind.EXTRA_RENT]
    assert [(position.year, position.period, position.base, position.base_rent) for position in extra] == [
        (2023, "P2023_EXTRA", 350 * MILLION, 350 * MILLION),
        (2024, "P2023_EXTRA", 0, 0),
    ]


def test_historic_periods_are_loaded_as_information() -> None:
    call_command("load_frames", stdout=StringIO())

    told = GrantPeriod.objects.historic().values_list("code", "annual_total", "annual_rent")
    assert [(code, total / MILLION, rent / MILLION) for code, total, rent in told] == [
        ("P2006", 600, 200),
        ("P2007_10", 400, 200),
        ("P2011_14", 440, 220),
        ("P2015_18", 465, Decimal("232.5")),
    ]
    assert not FrameYear.objects.filter(year__lt=2019).exists()
    assert all(period.source and period.legal_basis for period in GrantPeriod.objects.all())


def test_loading_leaves_a_year_in_use_as_it_is() -> None:
    FrameYearFactory.create()
    commit(5 * MILLION)

    call_command("load_frames", stdout=StringIO())

    assert FrameYear.objects.position(2026).committed == 5 * MILLION
    assert Entry.objects.count() == 1
