"""One demo for each data folder, and one web server for each port."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from lbf_portal.workbench import processes
from lbf_portal.workbench.places import Places
from lbf_portal.workbench.trouble import Trouble

DEFAULT_PORT = 8000
FIRST_OPEN_PORT = 1024  # those below are for root


def running(places: Places) -> dict[str, int] | None:
    """Process and port of the demo that runs on this data folder, if one does."""
    path = places.run / "demo.json"
    try:
        with path.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                found: dict[str, int] = json.loads(lock.read() or "{}")
                return found
    except FileNotFoundError:
        pass
    return None


@dataclass(frozen=True)
class Note:
    """Who holds the data folder, for `./portal stop` and for a second start."""

    lock: IO[str]

    def __call__(self, port: int) -> None:
        self.lock.seek(0)
        self.lock.truncate()
        json.dump({"process": os.getpid(), "port": port}, self.lock)
        self.lock.flush()


@contextmanager
def only_one(places: Places) -> Iterator[Note]:
    """Hold the data folder. Errors: Trouble that says who holds it already."""
    with (places.run / "demo.json").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = running(places) or {}
            where = f"on http://127.0.0.1:{other['port']} (process {other['process']})" if other else "and is just starting"
            raise Trouble(
                f"A demo with the data in {places.data} runs already {where}. Use that one, stop it with ./portal stop, "
                "or start a second one beside it: LBF_DATA_DIR=/another/folder ./portal demo --port 8001"
            ) from None
        yield Note(lock)


def choose_port(wished: int | None, *, is_check: bool = False) -> int:
    """The port asked for. A check that asked for none takes a free one when 8000 is in use: nobody has to find it.

    Errors: Trouble that says who is in the way.
    """
    port = wished or DEFAULT_PORT
    if processes.may_listen(port):
        return port
    if is_check and wished is None:
        return processes.free_port()
    if port < FIRST_OPEN_PORT and os.geteuid() != 0 and not processes.listener(port):
        raise Trouble(f"Port {port} is only for root. Choose one from 1024: ./portal demo --port {DEFAULT_PORT}")
    who = processes.listener(port)
    raise Trouble(
        f"Port {port} is in use{f' by {who}' if who else ''}. Stop that, or choose another: ./portal demo --port {port + 1}"
    )
