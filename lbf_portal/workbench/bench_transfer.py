"""`./portal bench transfer`: cases moved to the next rules by a real worker that is killed twice on the way.

On a database of its own beside the demo's, gone afterwards. The worker is the demo's, with the clock in it; it is killed with
everything it started, and begun anew as whoever watches it would. Afterwards the moves are taken back one by one, and the
tables that do not only grow are compared with what they held before. Letters are not waited for: the clock makes them
afterwards, up to 50 a minute.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from lbf_portal.workbench import database, django, parts, processes
from lbf_portal.workbench.bench_ledger import own_database, set_up
from lbf_portal.workbench.demo import SETTINGS
from lbf_portal.workbench.parts import Part
from lbf_portal.workbench.places import Places
from lbf_portal.workbench.steps import step, tell
from lbf_portal.workbench.trouble import Trouble

NAME = "lbf_portal_bench_transfer"
CASES = 10_000
# What issue 5 asks for.
SECONDS = 300.0
KILLED_AT = (0.2, 0.5)
PATIENCE = 600.0


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./portal bench transfer", description="Cases moved to the next rules.")
    parser.add_argument("--cases", type=int, default=CASES, help=f"how many ({CASES})")
    cases: int = parser.parse_args(arguments).cases
    if cases < 1:
        raise Trouble("Cases are at least 1.")
    places = Places.from_environment()
    places.make()
    with database.in_use(places) as server, own_database(server, NAME) as own:
        with step("Database"):
            owner = parts.marked_environment(places, SETTINGS, own.as_owner())
            django.manage(["migrate", "--no-input"], owner, log=places.log("bench"), what="The migration")
        # A queue of its own: a demo that runs beside it would take the work into its own database.
        with tempfile.TemporaryDirectory() as queue:
            environment = {
                **parts.marked_environment(places, SETTINGS, own.as_portal()),
                "LBF_BROKER_URL": f"filesystem://{queue}",
            }
            for folder in ("messages", "control"):
                (Path(queue) / folder).mkdir()
            os.environ.update(environment)
            set_up()
            return 0 if measured(places, environment, cases) else 1


def measured(places: Places, environment: Mapping[str, str], cases: int) -> bool:
    """Move, kill, move on, take back; tell, and say whether the goals are met."""
    from django.utils import timezone

    from accounts.actors import SYSTEM
    from applications import clock
    from applications.models import ApplicationEvent, TransferOutcome, TransferredCase
    from applications.models.transfers import TRANSFERRED
    from applications.rules.transfer import LATEST, transition_to
    from applications.transitions import transfers
    from lbf_portal.workbench import bench_transfer_cases

    with step(f"{cases} cases"):
        bench_transfer_cases.fill(cases)
    before = bench_transfer_cases.checksums()
    worker = worker_of(places, environment)
    worker.start()
    batch = transfers.begin(transition_to(LATEST), by=SYSTEM, at=timezone.now())
    began = time.monotonic()
    clock.queue_transfer(batch)
    moved = TransferredCase.objects.filter(batch=batch, outcome=TransferOutcome.MOVED)
    try:
        for share in KILLED_AT:
            wait_for(lambda share=share: moved.count() >= cases * share)  # type: ignore[misc]  # bound now
            tell(f"  {time.monotonic() - began:>5.0f} s: {moved.count()} moved, the worker is killed")
            kill(worker)
            worker = worker_of(places, environment)
            worker.start()
        wait_for(lambda: type(batch).objects.filter(pk=batch.pk, finished_at__isnull=False).exists())
        took = time.monotonic() - began
    finally:
        worker.stop()
    events = ApplicationEvent.objects.filter(event=TRANSFERRED)
    once = events.count() == events.values("application").distinct().count() == moved.count() == cases
    tell(f"  {took:>5.0f} s: {moved.count()} moved, {events.count()} events {_told(is_met=once and took <= SECONDS)}")
    began = time.monotonic()
    bench_transfer_cases.take_back_all()
    same = bench_transfer_cases.checksums() == before
    tell(f"  taken back in {time.monotonic() - began:.0f} s, the tables are as before {_told(is_met=same)}")
    return once and same and took <= SECONDS


def worker_of(places: Places, environment: Mapping[str, str]) -> Part:
    """The demo's worker, with the clock."""
    program = [sys.executable, "-m", "celery", "-A", "lbf_portal", "worker", "--loglevel", "INFO", "--concurrency", "2", "--beat"]
    program += ["--schedule", str(places.run / "bench-beat"), "--pidfile", "", "--without-gossip", "--without-mingle"]
    return Part("worker", program, environment, places.log("bench"))


def kill(worker: Part) -> None:
    """All of it at once, as when a machine is switched off: nobody is asked."""
    for process in processes.family(worker.number):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def wait_for(is_true: Callable[[], bool]) -> None:
    """Errors: Trouble when it never becomes true."""
    if not processes.wait_until(is_true, seconds=PATIENCE, pause=0.2):
        raise Trouble(f"The worker did not get on within {PATIENCE:.0f} s; its log is the workbench's log `bench`.")


def _told(*, is_met: bool) -> str:
    return "(met)" if is_met else "(NOT met)"
