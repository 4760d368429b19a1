"""The parts of a running portal, and the watch over them: one stops, all stop, and the person is told which and why."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lbf_portal.workbench import processes
from lbf_portal.workbench.attached import dies_with_parent
from lbf_portal.workbench.places import PROJECT, Places
from lbf_portal.workbench.trouble import Trouble, disk_full, last_lines, tells_of_a_full_disk

LOGS_GROW_TO = 10 * 1024 * 1024
PATIENCE = 10.0
WAYS_TO_ASK = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Part:
    """One program of the portal, in a session of its own: Ctrl-C in the terminal reaches only the watch."""

    name: str
    program: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOGS_GROW_TO:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                list(self.program),
                cwd=PROJECT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - we start no threads
            )

    @property
    def number(self) -> int:
        assert self._process is not None
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def how_it_ended(self) -> str:
        code = self._process.returncode if self._process else None
        if code is not None and code < 0:
            return f"was killed ({signal.Signals(-code).name})"
        return f"stopped by itself (exit code {code})"

    def stop(self) -> None:
        """Ask it to finish what it does, and kill it when it takes too long. Orphans it leaves still bear its mark."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def marked_environment(places: Places, settings: str, address: Mapping[str, str]) -> dict[str, str]:
    """What every part gets to know: its settings, its database, its data folder, and for whom it was started."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings,
        "LBF_DATA_DIR": str(places.data),
        "LBF_SECRET_KEY": os.environ.get("LBF_SECRET_KEY") or places.secret_key(),
        "PYTHONUNBUFFERED": "1",
        processes.MARK: str(places.data),
        **address,
    }


def crashed(name: str, ended: str, log: Path, data: Path) -> Trouble:
    end = last_lines(log)
    advice = f"\n{disk_full(data)}" if tells_of_a_full_disk(end, data) else ""
    written = f" and ends:\n{end}" if end else " (it is empty)."
    return Trouble(f"{name} {ended}; everything else was stopped. Its log is {log}{written}{advice}")


class Interrupted(Exception):
    """Somebody asked us to stop: Ctrl-C, `./portal stop`, the end of the terminal."""


def listen_for_the_end() -> None:
    """Turn the three ways of being asked to stop into one exception; a second one is not heard while we stop."""

    def ask(number: int, _frame: object) -> None:
        hear_no_more()
        raise Interrupted(signal.Signals(number).name)

    for number in WAYS_TO_ASK:
        signal.signal(number, ask)


def hear_no_more() -> None:
    """While everything is being stopped, an impatient second Ctrl-C must not leave half of it running."""
    for number in WAYS_TO_ASK:
        signal.signal(number, signal.SIG_IGN)


def pause() -> None:
    time.sleep(0.25)
