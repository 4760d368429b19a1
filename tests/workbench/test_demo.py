"""`./portal demo` itself, with real processes: it stops whole, tells what failed, and loses nothing after `kill -9`.

The demo data is left out here (its own tests load it): the people are enough to sign in with.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lbf_portal.workbench import database, processes, walk
from lbf_portal.workbench.attached import dies_with_parent
from lbf_portal.workbench.places import PROJECT, Places
from lbf_portal.workbench.stamps import Stamps

pytestmark = pytest.mark.slow

PEOPLE = (
    "from django.utils import timezone; from lbf_portal.demo.people import ensure_people; ensure_people(timezone.localdate())"
)
OFFICER = walk.Person("sagsbehandler@lbf.example", "Sagsbehandler", "/")
PATIENCE = 60


def portal(places: Places, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Run `./portal`, as somebody would who knows nothing of the tests' own settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LBF_", "DJANGO_", "PYTEST_"))}
    return subprocess.Popen(
        [str(PROJECT / "portal"), *arguments],
        cwd="/",
        env=clean | {"LBF_DATA_DIR": str(places.data)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads here; a run that is cut off leaves nothing behind
    )


def finish(places: Places, *arguments: str, **environment: str) -> tuple[int, str]:
    running = portal(places, *arguments, **environment)
    written, _ = running.communicate(timeout=PATIENCE * 2)
    return running.returncode, written


@dataclass
class Running:
    """A demo that is ready, and what it wrote."""

    process: subprocess.Popen[str]
    site: str
    written: list[str] = field(default_factory=list)

    def end(self) -> tuple[int, str]:
        """Wait until it has ended by itself: exit status, and what it said in the end."""
        said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said

    def part(self, name: str) -> int:
        """The process number of one of its parts."""
        words = {"web": "gunicorn", "worker": "celery", "postgresql": "bin/postgres"}
        children = (number for number in processes.family(self.process.pid) if parent(number) == self.process.pid)
        return next(number for number in children if words[name] in processes.command_line(number))


def parent(process: int) -> int:
    status = (processes.PROC / str(process) / "stat").read_text()
    return int(status.rpartition(")")[2].split()[1])


@contextmanager
def demo(places: Places, **environment: str) -> Iterator[Running]:
    process = portal(places, "demo", "--port", str(processes.free_port()), **environment)
    assert process.stdout is not None
    written = []
    try:
        for line in process.stdout:
            written.append(line)
            if found := re.search(r"is ready after .* (http://\S+)", line):
                yield Running(process, found.group(1), written)
                break
        else:
            pytest.fail("".join(written))
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def filled(places: Places) -> Iterator[Places]:
    """A data folder with the demo's people in it, and the mark that says that the demo data is there."""
    for arguments in (["migrate", "--no-input"], ["shell", "-c", PEOPLE]):
        status, written = finish(places, *arguments)
        assert status == 0, written
    cluster = database.own_cluster(places)
    Stamps(places.data / "stamps").set("filled", cluster.identity())
    yield places
    cluster.remove()


def nothing_runs(places: Places) -> bool:
    return not processes.marked(places.data) and not database.own_cluster(places).is_alive()


def signed_in(site: str) -> walk.Visitor:
    visitor = walk.Visitor(site)
    assert visitor.sign_in(OFFICER) == ""
    return visitor


def still_knows(visitor: walk.Visitor, site: str) -> bool:
    """The session that was made before is in the database still."""
    visitor.site = site
    return visitor.look_at(OFFICER, "/").is_good


def test_it_says_who_runs_already_and_stops_whole(filled: Places) -> None:
    with demo(filled) as running:
        status, written = finish(filled, "demo")
        assert status == 1
        assert f"runs already on {running.site} (process {running.process.pid})" in written
        status, written = finish(filled, "stop")
        assert (status, written) == (0, f"Stopped the demo on {running.site}.\n")
        assert running.end()[0] == 0
    assert nothing_runs(filled)


def test_whatever_is_killed_is_told_and_the_next_start_has_lost_nothing(filled: Places) -> None:
    """One demo after the other on the same data: each finds what the one before was killed with."""
    visitor = None
    for part in ("web", "worker", "postgresql"):
        with demo(filled) as running:
            visitor = found_again(visitor, running.site)
            os.kill(running.part(part), signal.SIGKILL)
            status, said = running.end()
            assert status == 1
            assert "killed" in said
            assert str(filled.log(part)) in said
            assert nothing_runs(filled)

    with demo(filled) as running:
        found_again(visitor, running.site)
        running.process.kill()
        running.process.wait()
        with demo(filled) as again:
            found_again(visitor, again.site)
            a_killed_child_of_the_web_server_is_replaced(again)
            again.process.send_signal(signal.SIGINT)
            assert again.end()[0] == 0
            assert nothing_runs(filled), "Ctrl-C stops everything"


def found_again(visitor: walk.Visitor | None, site: str) -> walk.Visitor:
    """Who has signed in before is signed in still; the first one signs in."""
    if visitor is None:
        return signed_in(site)
    assert still_knows(visitor, site)
    return visitor


def a_killed_child_of_the_web_server_is_replaced(running: Running) -> None:
    web = running.part("web")
    victim = processes.family(web)[1]
    os.kill(victim, signal.SIGKILL)
    assert processes.wait_until(lambda: len(processes.family(web)) == 3, seconds=20)
    assert walk.Visitor(running.site).fetch("/health")[0] == 200
    assert running.process.poll() is None


def test_a_server_of_ones_own_that_goes_away_is_told_and_waited_for(filled: Places, tmp_path: Path) -> None:
    server = database.own_cluster(filled)
    server.start()
    database.mark_as_demo(server.address())
    try:
        with demo(Places(tmp_path), LBF_DATABASE_URL=server.address()) as running:
            assert running.process.stdout is not None
            visitor = signed_in(running.site)
            server.stop()
            assert any("does not answer" in line for line in running.process.stdout)
            server.start()
            assert any("answers again" in line for line in running.process.stdout)
            assert still_knows(visitor, running.site)
    finally:
        server.stop()


def test_check_names_every_person_and_ends_with_zero(filled: Places) -> None:
    status, written = finish(filled, "demo", "--check")
    assert status == 0, written
    assert "sagsbehandler" in written.lower()
    assert re.search(r"Memory of all processes together: \d+ MB", written)
    assert nothing_runs(filled)
