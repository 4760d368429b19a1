"""What the workbench learns from /proc about running programs."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lbf_portal.workbench import holding, parts, processes
from lbf_portal.workbench.places import Places
from lbf_portal.workbench.trouble import Trouble

SLEEP = [sys.executable, "-c", "print('ready', flush=True); import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)",
]


@contextmanager
def program(words: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has begun to sleep; killed at the end."""
    with subprocess.Popen(words, env=os.environ | environment, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        yield running
        running.kill()


def test_whoever_listens_on_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not processes.may_listen(port)
        assert str(os.getpid()) in processes.listener(port)
        with pytest.raises(Trouble, match=rf"Port {port} is in use by process {os.getpid()} .*--port {port + 1}"):
            holding.choose_port(port)
    assert processes.may_listen(port)
    assert processes.listener(port) == ""


def test_a_check_that_names_no_port_takes_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(holding, "DEFAULT_PORT", server.getsockname()[1])
        assert processes.may_listen(holding.choose_port(None, is_check=True))


def test_parts_of_a_demo_are_known_by_their_mark(tmp_path: Path) -> None:
    with program(SLEEP, LBF_STARTED_FOR=str(tmp_path)) as ours, program(SLEEP, LBF_STARTED_FOR="/another") as other:
        assert processes.marked(tmp_path) == [ours.pid]
        assert other.pid not in processes.marked(tmp_path)


def test_what_does_not_want_to_stop_is_killed() -> None:
    with program(STUBBORN) as stubborn:
        processes.end([stubborn.pid], seconds=0.2)
        assert stubborn.wait(5) == -signal.SIGKILL


def test_memory_of_a_family_counts_children() -> None:
    alone = processes.memory([os.getpid()])
    with program(SLEEP) as child:
        assert child.pid in processes.family(os.getpid())
        assert processes.memory(processes.family(os.getpid())) > alone > 1_000_000


def test_a_part_dies_with_whoever_started_it(tmp_path: Path) -> None:
    """Even after `kill -9` of the watch nothing stays behind."""
    watch = (
        "import os, pathlib, time\n"
        "from lbf_portal.workbench.parts import Part\n"
        f"part = Part('p', {SLEEP!r}, dict(os.environ), pathlib.Path({str(tmp_path / 'p.log')!r}))\n"
        "part.start(); print(part.number, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", watch], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        number = int(running.stdout.readline())
        assert processes.is_alive(number)
        running.kill()
    assert processes.wait_until(lambda: not processes.is_alive(number), seconds=10)


def test_a_part_that_ends_is_told_with_its_log(tmp_path: Path) -> None:
    part = parts.Part("web", [sys.executable, "-c", "raise SystemExit('no such table')"], dict(os.environ), tmp_path / "web.log")
    part.start()
    assert processes.wait_until(lambda: not part.is_alive(), seconds=10)
    told = str(parts.crashed("The part 'web'", part.how_it_ended(), part.log, tmp_path))
    assert "stopped by itself (exit code 1)" in told
    assert str(part.log) in told
    assert "no such table" in told


def test_a_part_that_met_a_full_disk_says_what_to_do(tmp_path: Path) -> None:
    log = tmp_path / "postgresql.log"
    log.write_text("PANIC:  could not write to file: No space left on device\n")
    told = str(parts.crashed("PostgreSQL", "stopped or was killed", log, tmp_path))
    assert "Free some space" in told


def test_only_one_demo_holds_a_data_folder(places: Places) -> None:
    with holding.only_one(places) as note:
        note(8123)
        assert holding.running(places) == {"process": os.getpid(), "port": 8123}
        with pytest.raises(Trouble, match=r"runs already on http://127\.0\.0\.1:8123 .*\./portal stop"), holding.only_one(places):
            pass
    assert holding.running(places) is None
