"""What Linux tells in /proc about running programs: ours, those in our way, and how much memory they take."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"  # state of a socket in /proc/net/tcp
MARK = "LBF_STARTED_FOR"  # in the environment of every part that a demo starts: its data folder


def all_ids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def is_alive(process: int) -> bool:
    """Whether the process runs; one that ended and waits for its parent to look (a zombie) does not."""
    try:
        status = (PROC / str(process) / "stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}


def working_folder(process: int) -> str:
    try:
        return str((PROC / str(process) / "cwd").readlink())
    except OSError:
        return ""


def command_line(process: int) -> str:
    try:
        return (PROC / str(process) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def working_in(folder: Path) -> list[int]:
    """Processes whose working folder this is: every PostgreSQL process works in its data folder."""
    wanted = str(folder.resolve())
    return [process for process in all_ids() if working_folder(process) == wanted and is_alive(process)]


def marked(data: Path) -> list[int]:
    """Parts that some demo started for this data folder and that still run, with all their children."""
    wanted = f"{MARK}={data}".encode()
    found = []
    for process in all_ids():
        try:
            environment = (PROC / str(process) / "environ").read_bytes()
        except OSError:
            continue
        if wanted in environment.split(b"\0") and process != os.getpid() and is_alive(process):
            found.append(process)
    return found


def family(process: int) -> list[int]:
    """The process and everything that descends from it."""
    parents: dict[int, int] = {}
    for candidate in all_ids():
        try:
            fields = (PROC / str(candidate) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[candidate] = int(fields[1])
    found, fresh = {process}, {process}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return sorted(found)


def memory(processes: Iterable[int]) -> int:
    """Bytes of memory these processes take together; what they share is counted once (PSS)."""
    total = 0
    for process in processes:
        try:
            rollup = (PROC / str(process) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total * 1024


def wait_until(is_true: Callable[[], bool], *, seconds: float, pause: float = 0.05) -> bool:
    """Look again and again until it is true; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def end(processes: Iterable[int], *, seconds: float = 10) -> None:
    """Ask them to stop, wait, and kill what still runs then."""
    waiting = list(processes)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in waiting:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                continue
        if wait_until(lambda: not any(map(is_alive, waiting)), seconds=seconds):
            return


def may_listen(port: int) -> bool:
    """Whether a server could take the port on this machine now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def listener(port: int) -> str:
    """Who listens on the port, as far as this user may see: 'process 123 (python3 -m http.server)', or nothing."""
    inodes = set()
    for table in ("tcp", "tcp6"):
        try:
            rows = (PROC / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for process in all_ids():
        try:
            handles = list((PROC / str(process) / "fd").iterdir())
        except OSError:
            continue
        for handle in handles:
            try:
                target = str(handle.readlink())
            except OSError:
                continue
            if target in inodes:
                return f"process {process} ({command_line(process)[:80]})"
    return ""
