"""The frames 2019-2026 as the portal keeps them, year by year with its end, with and without carry-over (R2, R6, R15, G4).

The files are what `check_frame --json` says; their sums were added up by hand once and stand there as the answer.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from ledger.kinds import FrameKind, Money
from ledger.models import Entry, FrameYear
from ledger.signals import cases_asked
from tests.ledger.acts import MILLION, carry_over, close, commit, regulate, release, settle

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).with_name("golden")
# Mio. kroner to rent and to social efforts, and what the social efforts gave back before the year closed.
YEARS: dict[int, tuple[int, int, int]] = {
    2019: (200, 140, 0),
    2020: (240, 140, 5),
    2021: (150, 140, 10),
    2022: (235, 150, 0),
    2023: (240, 130, 0),
    2024: (180, 145, 20),
    2025: (240, 120, 0),
    2026: (210, 135, 0),
}
CARRIED_EXTRA = 50


def play(*, carries_over: bool) -> None:
    """Every year's commitments, releases and end, as finance would post them."""
    call_command("load_frames", stdout=StringIO())
    commit(300 * MILLION, 2023, case_reference="102023", money=Money.RENT, frame=FrameKind.EXTRA_RENT)
    for year, (rent, social, back) in YEARS.items():
        case = f"10{year}"
        if year == 2022:
            regulate(Decimal(391400000), Decimal(247200000), year, key="regulation:2022")
        commit(rent * MILLION, year, case_reference=case, money=Money.RENT)
        commit(social * MILLION, year, case_reference=case)
        if back:
            release(back * MILLION, year, case_reference=case)
        end_of_year(year, carries_over=carries_over)
    if carries_over:
        carry_over(CARRIED_EXTRA * MILLION, 2023, frame=FrameKind.EXTRA_RENT, key="extra")


def end_of_year(year: int, *, carries_over: bool) -> None:
    """The closing run; 2026 is still running."""
    if year == max(YEARS):
        return
    if carries_over:
        settle(year, key=f"end:{year}")
    else:
        close(year, key=f"end:{year}")


@pytest.fixture(autouse=True)
def no_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases here are numbers alone: no application stands behind them, so nobody above the ledger is asked."""
    monkeypatch.setattr(cases_asked, "receivers", [])


def said() -> dict[str, Any]:
    out = StringIO()
    call_command("check_frame", "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


@pytest.mark.parametrize("carries_over", [True, False], ids=["with_carry_over", "without_carry_over"])
def test_the_frames_of_the_period_are_as_the_golden_file_says(carries_over: bool) -> None:  # noqa: FBT001 - a table
    play(carries_over=carries_over)

    name = "with_carry_over" if carries_over else "without_carry_over"
    assert said() == json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("carries_over", [True, False], ids=["with_carry_over", "without_carry_over"])
def test_the_closing_run_twice_gives_the_same(carries_over: bool) -> None:  # noqa: FBT001 - a table
    play(carries_over=carries_over)
    before = said(), Entry.objects.count(), list(FrameYear.objects.order_by("pk").values())

    for year in YEARS:
        end_of_year(year, carries_over=carries_over)

    assert (said(), Entry.objects.count(), list(FrameYear.objects.order_by("pk").values())) == before


def test_the_golden_files_say_what_the_years_add_up_to() -> None:
    """Counted here once more, from the table above and nothing else."""
    with_carry, without = (
        {
            row["year"]: row
            for row in json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))["years"]
            if row["period"] == "P2019_26"
        }
        for name in ("with_carry_over", "without_carry_over")
    )
    carried = Decimal(0)
    for year, (rent, social, back) in YEARS.items():
        ceiling = Decimal("391.4") if year == 2022 else Decimal(380)
        used = Decimal(rent + social - back)
        assert Decimal(without[year]["available"]) == (ceiling - used) * MILLION
        assert Decimal(with_carry[year]["carried_in"]) == carried * MILLION
        # Money carried in counts as used first; what is left of it stays, the year's own goes on.
        goes_on = Decimal(0) if year == 2026 else min(ceiling, ceiling + carried - used)
        assert Decimal(with_carry[year]["carried_out"]) == goes_on * MILLION
        assert Decimal(with_carry[year]["available"]) == (ceiling + carried - used - goes_on) * MILLION
        carried = goes_on
    assert Decimal(with_carry[2027]["ceiling"]) == Decimal(with_carry[2027]["available"]) == 0


def test_the_last_closing_names_the_day(today: datetime.date) -> None:
    play(carries_over=True)

    assert FrameYear.objects.numbered(2025).closed_on == datetime.date(2026, 2, 1) <= today
