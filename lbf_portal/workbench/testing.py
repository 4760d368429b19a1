"""`./portal test`: everything the tests need, then pytest."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lbf_portal.workbench import database, packages
from lbf_portal.workbench.demo import prepare
from lbf_portal.workbench.places import PROJECT, Places
from lbf_portal.workbench.steps import complain, step, tell
from lbf_portal.workbench.trouble import Trouble

# A file stays together: what its fixtures start is started once. The order of the files is ours (tests/order.py).
IN_PARALLEL = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
CHOOSES_PARALLEL = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "--collect-only", "--co")


def run(arguments: list[str]) -> int:
    places = Places.from_environment()
    places.make()
    tell(f"Preparing the tests in {places.data}")
    with only_one(places):
        missing = prepare(places, packages.TESTS, must_have=False)
        if address := database.named_address():
            database.examine(address, must_create=True)
            return pytest(arguments, places, database.of_server(address), missing)
        cluster = database.own_cluster(places, is_for_tests=True)
        with step("PostgreSQL for tests"):
            try:
                cluster.start(is_attached=True)
            except Trouble:
                # It runs without fsync: after a power cut nothing in it can be trusted, and nothing in it matters.
                cluster.remove()
                cluster.start(is_attached=True)
        try:
            return pytest(arguments, places, database.of_cluster(cluster), missing)
        finally:
            cluster.stop()


def pytest(arguments: list[str], places: Places, used: database.Database, missing: list[str]) -> int:
    chosen = [] if any(argument.startswith(CHOOSES_PARALLEL) for argument in arguments) else IN_PARALLEL
    environment = os.environ | used.as_owner() | {"LBF_DATA_DIR": str(places.data)}
    environment["DJANGO_SETTINGS_MODULE"] = "lbf_portal.settings.test"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches pytest too; it ends and reports first
    tell()
    try:
        program = [sys.executable, "-m", "pytest", *chosen, *arguments]
        return subprocess.run(program, cwd=PROJECT, env=environment, check=False, restore_signals=True).returncode
    finally:
        signal.signal(signal.SIGINT, before)
        if missing:
            complain(f"Tests that need them fail without these packages. As root: {packages.install_line(missing)}")


@contextmanager
def only_one(places: Places) -> Iterator[None]:
    """Two runs at once would share their test databases. Errors: Trouble."""
    with (places.run / "test.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"Tests run already with the data in {places.data}. Wait for them, or run beside them: "
                "LBF_DATA_DIR=/another/folder ./portal test"
            ) from None
        yield
