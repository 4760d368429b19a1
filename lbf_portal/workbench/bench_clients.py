"""The half of `./portal bench ledger` that is the portal itself: clients that post, and what reading the ledger takes.

Imported once Django is set up, as the portal's own database role.
"""

import datetime
import multiprocessing
import statistics
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing.sharedctypes import SynchronizedArray
from multiprocessing.synchronize import Barrier

from django.db import connection

from accounts.actors import SYSTEM
from lbf_portal.workbench.trouble import Trouble
from ledger import checking, history, posting
from ledger.kinds import Money
from ledger.models import Entry, FrameYear

CODE = "BENCH"
YEAR = 2026
YEARS = range(2019, 2027)
BASE = Decimal(900_000_000_000)  # so that no ceiling ends the run
PATIENCE = 60.0  # until all clients are there
DAY = datetime.date(YEAR, 11, 22)


@dataclass(frozen=True)
class Reading:
    """Milliseconds that reading takes, the median of some rounds."""

    balance: float
    as_of: float
    check: float


def open_years() -> None:
    """A period of large frames."""
    period = posting.add_period(CODE, "Måling", first_year=YEARS[0], last_year=YEARS[-1], by=SYSTEM)
    for year in YEARS:
        on = datetime.date(year, 1, 1)
        posting.open_year(period, year, base_total=BASE, base_rent=BASE, base_vacancy=Decimal(0), on=on, by=SYSTEM)


def postings_per_second(clients: int, seconds: float) -> float:
    """Commitments, each of another case, that so many processes post to one year at once.

    The processes are forked, so that none is ahead by its own start; connecting is not counted.
    """
    before, run = Entry.objects.count(), uuid.uuid4().hex[:6]
    connection.close()
    forked = multiprocessing.get_context("fork")
    start, counts = forked.Barrier(clients + 1, timeout=PATIENCE), forked.Array("q", clients)
    processes = [
        forked.Process(target=_post_for, args=(run, number, seconds, start, counts), daemon=True) for number in range(clients)
    ]
    for process in processes:
        process.start()
    with suppress(threading.BrokenBarrierError):  # a client is missing: its exit code says so
        start.wait()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise Trouble("A client that posts has failed; what it said stands above.")
    posted: int = sum(counts[number] for number in range(clients))
    # One each before the start.
    if Entry.objects.count() - before != posted + clients:
        raise Trouble(f"{posted} commitments were posted, and the ledger holds another number of them.")
    return posted / seconds


def _post_for(run: str, number: int, seconds: float, start: Barrier, counts: "SynchronizedArray[int]") -> None:
    _post(f"{run}-{number}")
    start.wait()
    end, posted = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        posted += 1
        _post(f"{run}-{number}-{posted}")
    counts[number] = posted
    connection.close()


def _post(name: str) -> None:
    posting.commit(
        YEAR,
        case_reference=name,
        money=Money.SOCIAL,
        amount=Decimal(1),
        key=f"bench:{name}",
        on=DAY,
        by=SYSTEM,
        legal_basis="Almenboligloven § 91 a, stk. 1",
        reason="Måling",
    )


def reading() -> Reading:
    """What the balance of a year, all years as of a past day, and the full check take."""
    day = datetime.date(YEARS[3], 6, 30)
    return Reading(
        balance=_median(lambda: FrameYear.objects.position(YEAR)),
        as_of=_median(lambda: history.positions_on(day)),
        check=_median(_check, times=3),
    )


def _check() -> None:
    report = checking.check()
    if report.findings:
        raise Trouble(f"The check finds something: {report.findings[0].text}")


def _median(act: Callable[[], object], times: int = 7) -> float:
    act()  # plans and caches are warm, as in a portal that runs
    return statistics.median(_milliseconds(act) for _ in range(times))


def _milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
