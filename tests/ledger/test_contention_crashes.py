"""The same year while everything is killed (issue 4): nothing is lost, nothing is posted twice.

Ten times the server is killed and started again, and with it backends and workers, each time with postings under way: held
at the year's row, so that it is known who is in the middle of what. Each attempt is made again with its key until it is
answered. The cluster is as the demo has it, with fsync; what the kernel was given survives `kill -9`, as it should.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lbf_portal.workbench import django, processes
from lbf_portal.workbench.cluster import APP_ROLE, Cluster
from lbf_portal.workbench.places import Places
from tests.ledger.crew import NAMED, Crew, crew, key_of
from tests.ledger.test_contention import ATTEMPTS, REFUSED, ROOM_FOR, WORKERS

pytestmark = pytest.mark.slow

ROUNDS = 10
# Four new attempts a round, each in five hands at once: so there is something to post in every round. The last brings the rest.
FRESH, HANDS = 4, 5
SETTINGS = {"DJANGO_SETTINGS_MODULE": "lbf_portal.settings.test", "LBF_DATABASE_ROLE": ""}
WAITING = """
    SELECT pid, substr(application_name, %s)::int FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND starts_with(application_name, %s) ORDER BY pid
"""
RECOUNT = """
    SELECT y.committed, count(e.id), count(DISTINCT e.key), coalesce(sum(e.amount), 0),
           (SELECT coalesce(sum(held), 0) FROM ledger_allocation WHERE frame_year_id = y.id),
           (SELECT coalesce(sum(committed), 0) FROM ledger_frameday WHERE frame_year_id = y.id)
    FROM ledger_frameyear AS y LEFT JOIN ledger_entry AS e ON e.frame_year_id = y.id
    WHERE y.year = 2026 AND y.kind = 'ORDINARY' GROUP BY y.id
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of its own, with the frames of 2019-2026."""
    # Not below pytest's own folder: as root the database's user may not go there.
    places = Places(Path(tempfile.mkdtemp(prefix="lbf-crashes-")))
    places.data.chmod(0o755)
    places.make()
    cluster = Cluster(places.data / "postgresql", places.log("postgresql"), places.run)
    cluster.start(is_attached=True)
    owner = {**os.environ, **SETTINGS, "LBF_DATABASE_URL": cluster.address()}
    for command in (["migrate", "--no-input"], ["load_frames"]):
        django.manage(command, owner, log=places.log("set-up"), what="Setting up")
    yield cluster
    cluster.remove()
    shutil.rmtree(places.data)


def held_at_the_year(
    cluster: Cluster, hands: Crew, numbers: list[int]
) -> tuple[psycopg.Connection[tuple[object, ...]], list[tuple[int, int]]]:
    """Hand out the attempts and let them come as far as the year's row: who holds it, and (backend, worker) of who waits."""
    holder = psycopg.connect(cluster.address())
    holder.execute("SELECT FROM ledger_frameyear WHERE year = 2026 AND kind = 'ORDINARY' FOR UPDATE")
    hands.hand_out(numbers)
    waiting: list[tuple[int, int]] = []

    def are_there() -> bool:
        # A backend whose worker was killed may wait as well; it is no living worker's.
        with psycopg.connect(cluster.address()) as looker:
            rows = looker.execute(WAITING, [len(NAMED) + 1, NAMED]).fetchall()
        waiting[:] = [(backend, worker) for backend, worker in rows if processes.is_alive(worker)]
        return len(waiting) >= min(len(numbers), WORKERS)

    assert processes.wait_until(are_there, seconds=60, pause=0.02), f"{len(waiting)} of {len(numbers)} wait"
    return holder, waiting


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def kill_server(cluster: Cluster) -> None:
    server = cluster.process()
    assert server is not None
    kill(server)


def is_answering(cluster: Cluster) -> bool:
    try:
        psycopg.connect(cluster.address(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def test_nothing_is_lost_or_posted_twice_while_server_backends_and_workers_are_killed(cluster: Cluster, tmp_path: Path) -> None:
    environment = {**SETTINGS, "LBF_DATABASE_URL": cluster.address(APP_ROLE)}
    restarts = 0

    with crew(WORKERS, tmp_path, environment, is_mortal=True) as hands:
        for number in range(ROUNDS):
            is_last = number == ROUNDS - 1
            fresh = range(FRESH * number, ATTEMPTS if is_last else FRESH * (number + 1))
            before = len(hands.answers())
            holder, waiting = held_at_the_year(cluster, hands, [*fresh] if is_last else [*fresh] * HANDS)
            # Two workers go in the middle of their posting; what their backends do then is not known to anybody.
            for _, worker in waiting[:2]:
                kill(worker)
            if number % 2:
                # One backend goes, and the server throws all others out and recovers by itself.
                kill(waiting[-1][0])
                assert processes.wait_until(lambda: is_answering(cluster), seconds=60), "the server recovers from a lost backend"
            else:
                # The row is let go, and the server is killed while the postings come through.
                holder.rollback()
                hands.until_answered(before + 1)
            holder.close()
            kill_server(cluster)
            restarts += cluster.start(is_attached=True)
        hands.until_answered(ATTEMPTS)

    assert restarts == ROUNDS
    answers = hands.answers()
    posted = {key_of(number): answer for number, answer in answers.items() if answer != REFUSED}
    with psycopg.connect(cluster.address()) as owner:
        rows = owner.execute("SELECT key, 'entry ' || id FROM ledger_entry").fetchall()
        recounted = owner.execute(RECOUNT).fetchone()
    # What was answered stands, and nothing stands that was not answered.
    assert {str(key): entry for key, entry in rows} == posted
    assert len(answers) == ATTEMPTS
    assert recounted == (380_000_000, ROOM_FOR, ROOM_FOR, 380_000_000, 380_000_000, 380_000_000)
    # Those of round after round were killed between the commit and the answer, and found their entry again.
    assert {0, 4, 8, 12, 16, 20, 24, 28, 32} <= set(hands.untold())
    assert findings(cluster) == "[]"


def findings(cluster: Cluster) -> str:
    """What the portal's own check of the ledger says."""
    environment = {**os.environ, **SETTINGS, "LBF_DATABASE_URL": cluster.address(APP_ROLE)}
    asked = "from ledger import checking; print(checking.check().findings)"
    program = [sys.executable, "manage.py", "shell", "--no-imports", "-c", asked]
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout.strip()
