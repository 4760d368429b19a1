"""`./portal demo`: everything a portal needs, on one machine, with demo data; and the watch over it while it runs."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import psycopg

from lbf_portal.workbench import database, holding, packages, parts, processes, walk
from lbf_portal.workbench.cluster import Cluster
from lbf_portal.workbench.database import Database
from lbf_portal.workbench.django import manage
from lbf_portal.workbench.parts import Interrupted, Part
from lbf_portal.workbench.places import PROJECT, Places
from lbf_portal.workbench.stamps import Stamps, fingerprint
from lbf_portal.workbench.steps import step, tell
from lbf_portal.workbench.trouble import Trouble, disk_full, is_full

SETTINGS = "lbf_portal.settings.demo"
READY_WITHIN = 60.0
HIGHEST_PORT = 65535
MOST_MEMORY = 600_000_000  # bytes, of all processes together
OF_THE_DATABASE = ("files", "mails", "broker")  # folders that mean nothing without the database they belong to


@dataclass(frozen=True)
class Wishes:
    port: int | None
    is_reset: bool
    is_check: bool


def read_wishes(arguments: list[str]) -> Wishes:
    parser = argparse.ArgumentParser(prog="./portal demo", description="The portal with demo data, on this machine.")
    parser.add_argument("--port", type=int, help=f"where the web server listens ({holding.DEFAULT_PORT})")
    parser.add_argument("--reset", action="store_true", help="throw away what was entered and start from the demo data")
    parser.add_argument("--check", action="store_true", help="start, sign in as every role, print what answered, stop")
    given = parser.parse_args(arguments)
    if given.port is not None and not 0 < given.port <= HIGHEST_PORT:
        raise Trouble(f"--port {given.port}: a port is a number from 1 to 65535.")
    return Wishes(given.port, given.reset, given.check)


def run(arguments: list[str]) -> int:
    wishes = read_wishes(arguments)
    places = Places.from_environment()
    places.make()
    began = time.monotonic()
    parts.listen_for_the_end()
    try:
        with holding.only_one(places) as note:
            leftovers = processes.marked(places.data)
            if leftovers:
                with step("Ending what a killed demo left behind"):
                    processes.end(leftovers, seconds=4)
            port = holding.choose_port(wishes.port, is_check=wishes.is_check)
            note(port)
            return _run(Demo(places, port, began=began), wishes)
    except Interrupted:
        tell("\nStopped.")
        return 0


def _run(demo: "Demo", wishes: Wishes) -> int:
    try:
        demo.start(is_reset=wishes.is_reset)
        if wishes.is_check:
            return demo.check()
        demo.introduce()
        demo.watch()
    finally:
        parts.hear_no_more()
        demo.stop()
    return 0


class Demo:
    """All parts of one demo, in the order in which they start."""

    def __init__(self, places: Places, port: int, *, began: float) -> None:
        self.places = places
        self.port = port
        self.site = f"http://127.0.0.1:{port}"
        self.stamps = Stamps(places.data / "stamps")
        self.cluster: Cluster | None = None if database.named_address() else database.own_cluster(places)
        self.database: Database | None = None
        self.parts: list[Part] = []
        self.people: list[walk.Person] = []
        self.began = began
        self.ready_after = 0.0

    # Start

    def start(self, *, is_reset: bool) -> None:
        tell(f"Starting the portal with the data in {self.places.data}")
        self._complain_of_a_full_disk()
        if address := database.named_address():
            database.examine(address)
        prepare(self.places, packages.LETTERS)
        self._start_database(is_reset=is_reset)
        self._migrate()
        self._fill()
        self._collect_static_files()
        self._start_parts()
        self.ready_after = time.monotonic() - self.began

    def environment(self, *, as_owner: bool = False) -> dict[str, str]:
        assert self.database is not None
        address = self.database.as_owner() if as_owner else self.database.as_portal()
        return parts.marked_environment(self.places, SETTINGS, address) | {"LBF_PORTAL_ADDRESS": self.site}

    def _start_database(self, *, is_reset: bool) -> None:
        with step("PostgreSQL") as line:
            if self.cluster is None:
                self.database = database.of_server(database.named_address())
                line.note = "the one that LBF_DATABASE_URL names"
                if is_reset:
                    database.empty_if_demo(self.database)
                    self._forget_files()
                return
            if is_reset or self._was_filling_cut_off():
                self.cluster.remove()
                self._forget_files()
            self.cluster.start(is_attached=True)
            self.database = database.of_cluster(self.cluster)
            if self.cluster.place.is_symlink():
                line.note = f"in {self.cluster.home}, where its user may go"

    def _forget_files(self) -> None:
        self.stamps.forget("migrated", "filling", "filled")
        for folder in OF_THE_DATABASE:
            shutil.rmtree(self.places.data / folder, ignore_errors=True)

    def _was_filling_cut_off(self) -> bool:
        """The demo data came in only by half: nobody has used it yet, so it is made anew."""
        return (self.stamps.folder / "filling").exists()

    def _identity(self) -> str:
        """Which database the stamps speak of; empty for a server that others may change: there every step is taken."""
        return self.cluster.identity() if self.cluster else ""

    def _migrate(self) -> None:
        files = [*PROJECT.glob("*/migrations/*.py"), PROJECT / "lbf_portal/lib/sql.py", PROJECT / "locks/runtime.txt"]
        wanted = fingerprint(files, self._identity())
        with step("Migrations") as line:
            if self._identity() and self.stamps.has("migrated", wanted):
                line.note = "nothing new"
                return
            manage(
                ["migrate", "--no-input"], self.environment(as_owner=True), log=self.places.log("migrate"), what="The migration"
            )
            self.stamps.set("migrated", wanted)

    def _fill(self) -> None:
        with step("Demo data") as line:
            if self._is_filled():
                line.note = "kept as it was left"
                return
            if self._identity():
                self.stamps.set("filling", self._identity())
            manage(["seed"], self.environment(), log=self.places.log("seed"), what="Loading the demo data")
            if self.cluster is None:
                database.mark_as_demo(self.environment(as_owner=True)["LBF_DATABASE_URL"])
            self.stamps.set("filled", self._identity())
            self.stamps.forget("filling")

    def _is_filled(self) -> bool:
        if self.cluster is None:
            return database.is_marked_as_demo(database.named_address())
        return self.stamps.has("filled", self._identity())

    def _collect_static_files(self) -> None:
        sources = [path for folder in ("static", "build/assets") for path in (PROJECT / folder).rglob("*") if path.is_file()]
        wanted = fingerprint([*sources, PROJECT / "locks/runtime.txt"])
        with step("Static files") as line:
            if self.stamps.has("static", wanted) and (self.places.data / "static").is_dir():
                line.note = "nothing new"
                return
            log = self.places.log("static")
            manage(["collectstatic", "--no-input", "--clear"], self.environment(), log=log, what="Collecting the static files")
            self.stamps.set("static", wanted)

    def _start_parts(self) -> None:
        self.parts = [self._worker(), self._web()]
        with step("Web server and worker"):
            people = self._ask_for_people()
            for part in self.parts:
                part.start()
            self._await_web()
            self.people = read_people(people)

    def _worker(self) -> Part:
        for folder in ("messages", "control"):  # kombu reads both and makes neither
            (self.places.data / "broker" / folder).mkdir(parents=True, exist_ok=True)
        program = [sys.executable, "-m", "celery", "-A", "lbf_portal", "worker", "--loglevel", "INFO", "--concurrency", "2"]
        program += [
            "--beat",
            "--schedule",
            str(self.places.run / "beat"),
            "--pidfile",
            "",
            "--without-gossip",
            "--without-mingle",
        ]
        return Part("worker", program, self.environment(), self.places.log("worker"))

    def _web(self) -> Part:
        program = [sys.executable, "-m", "gunicorn", "lbf_portal.wsgi:application", "--bind", f"127.0.0.1:{self.port}"]
        # Threads: a browser opens connections in advance, and each would hold a whole worker until it times out.
        program += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--preload", "--no-control-socket"]
        program += ["--worker-tmp-dir", str(self.places.run), "--graceful-timeout", "5", "--access-logfile", "-"]
        # As in the Dockerfile: no queries, for one may hold the secret of a calendar's address.
        program += ["--access-logformat", '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s "%(a)s"']
        return Part("web", program, self.environment(), self.places.log("web"))

    def _ask_for_people(self) -> subprocess.Popen[str]:
        """Asked while web and worker start, for it takes as long as they do."""
        return subprocess.Popen(
            [sys.executable, "manage.py", "demo_people", "--json"],
            cwd=PROJECT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _await_web(self) -> None:
        visitor = walk.Visitor(self.site)

        def settled() -> bool:
            return visitor.fetch("/health")[0] == HTTPStatus.OK or not all(part.is_alive() for part in self.parts)

        is_settled = processes.wait_until(settled, seconds=READY_WITHIN, pause=0.1)
        self._complain_of_the_dead()
        if not is_settled:
            status = visitor.fetch("/health")[0]
            raise parts.crashed(
                "The web server", f"does not answer on /health ({status})", self.places.log("web"), self.places.data
            )

    # While it runs

    def introduce(self) -> None:
        tell(f"\nThe portal is ready after {self.ready_after:.1f} s: {self.site}")
        tell(f"Sign in on {self.site}{walk.SIGN_IN} with one press, as")
        wide = max((len(person.label) for person in self.people), default=0)
        for person in self.people:
            tell(f"  {person.label:<{wide}}  {person.email}")
        tell("Ctrl-C stops everything; what was entered is kept. What each part writes: ./portal logs")

    def watch(self) -> None:
        """Until somebody stops us, or a part stops by itself. Errors: Interrupted, Trouble."""
        look_at_server = time.monotonic()
        is_server_there = True
        while True:
            self._complain_of_a_full_disk()  # before the dead: it is what they die of
            self._complain_of_the_dead()
            if self.cluster is None and time.monotonic() > look_at_server:
                is_server_there = self._look_at_server(is_server_there)
                look_at_server = time.monotonic() + 5
            parts.pause()

    def _look_at_server(self, was_there: bool) -> bool:  # noqa: FBT001 - what the last look said
        """A server that is not ours may come back: the portal waits for it, and the person is told."""
        try:
            psycopg.connect(database.named_address(), connect_timeout=3).close()
        except psycopg.Error as error:
            if was_there:
                reason = str(error).strip().splitlines()[-1]
                tell(f"The database of LBF_DATABASE_URL does not answer ({reason}). The portal goes on when it is back.")
            return False
        if not was_there:
            tell("The database answers again.")
        return True

    def _complain_of_a_full_disk(self) -> None:
        """While it can still stop in order: on a full disk every page fails, and no log can say why."""
        folders = [self.places.data]
        if self.cluster is not None and self.cluster.home.exists():
            folders.append(self.cluster.home)
        for folder in folders:
            if is_full(folder):
                raise disk_full(folder)

    def _complain_of_the_dead(self) -> None:
        if self.cluster is not None and not self.cluster.is_alive():
            raise parts.crashed("PostgreSQL", "stopped or was killed", self.cluster.log, self.places.data)
        for part in self.parts:
            if not part.is_alive():
                raise parts.crashed(f"The part '{part.name}'", part.how_it_ended(), part.log, self.places.data)

    def check(self) -> int:
        """Sign in as everybody and tell what answered; 0 when all is well."""
        answers = walk.first_pages(self.site, self.people)
        tell(f"\nFirst pages on {self.site}")
        tell(walk.table(answers))
        self._complain_of_the_dead()
        used = processes.memory(self._everything())
        tell(f"\nReady after {self.ready_after:.1f} s. Memory of all processes together: {used / 1e6:.0f} MB.")
        found = faults(answers, used, self.places.logs)
        tell("\n".join(found) or "All answered.")
        return 1 if found else 0

    def _everything(self) -> list[int]:
        return processes.family(os.getpid())

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.stop()
        processes.end(processes.marked(self.places.data), seconds=2)  # children of a part that was killed
        if self.cluster is not None:
            self.cluster.stop()


def faults(answers: list[walk.Answer], memory: int, logs: Path) -> list[str]:
    """What `--check` finds wrong, a sentence each: pages that do not answer, and more memory than a small machine has."""
    found = []
    bad = [answer for answer in answers if not answer.is_good]
    if bad or not answers:
        found.append(f"{len(bad)} of {len(answers)} first pages did not answer as they should. What the parts wrote: {logs}")
    if memory > MOST_MEMORY:
        found.append(f"The portal takes {memory / 1e6:.0f} MB of memory. It must not take more than {MOST_MEMORY / 1e6:.0f} MB.")
    return found


# Steps that other commands take too


def prepare(places: Places, needed: tuple[packages.Package, ...], *, must_have: bool = True) -> list[str]:
    """Debian packages, assets and message catalogues. Returns the packages that are missing still."""
    with step("Debian packages") as line:
        missing = packages.ensure(needed, log=places.log("packages"))
        if missing:
            line.note = f"missing: {' '.join(missing)}"
    if missing and must_have:
        raise Trouble(f"Letters need packages that no Python wheel carries. As root: {packages.install_line(missing)}")
    with step("Assets (npm, Sass)") as line:
        from lbf_portal.workbench import assets

        try:
            line.note = "" if assets.build() else "nothing new"
        except assets.AssetsNotBuilt as failure:
            raise Trouble(str(failure)) from failure
    with step("Message catalogues"):
        from lbf_portal.workbench import catalogues

        catalogues.compile_all()
    return missing


def read_people(asked: subprocess.Popen[str]) -> list[walk.Person]:
    written, complaint = asked.communicate()
    if asked.returncode:
        raise Trouble(f"manage.py demo_people failed:\n{complaint.strip()[-2000:]}")
    return [walk.Person(entry["email"], entry["label"], entry["start"]) for entry in json.loads(written)]


def stop_running(places: Places) -> int:
    """`./portal stop`: end the demo on this data folder, or what a killed one left."""
    found = holding.running(places)
    if found:
        processes.end([found["process"]], seconds=40)
        tell(f"Stopped the demo on http://127.0.0.1:{found['port']}.")
        return 0
    leftovers = processes.marked(places.data)
    cluster = None if database.named_address() else database.own_cluster(places)
    is_left = cluster is not None and cluster.is_alive()
    processes.end(leftovers)
    if cluster is not None and is_left:
        cluster.stop()
    tell("Ended what a killed demo left behind." if leftovers or is_left else f"No demo runs with the data in {places.data}.")
    return 0


def log_of(places: Places, part: str) -> Path:
    path = places.log(part)
    if not path.exists():
        known = ", ".join(sorted(found.stem for found in places.logs.glob("*.log"))) or "none yet"
        raise Trouble(f"There is no log of '{part}'. There are: {known}.")
    return path
