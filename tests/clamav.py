"""A real ClamAV daemon for tests: its one signature is EICAR's, so it starts in a second and needs no network."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from applications.files import scanner
from tests.applications.files.made import EICAR

SECONDS_TO_START = 30


class Clamd:
    """The daemon, which can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "clamd.ctl")
        self._configuration = folder / "clamd.conf"
        self._log = folder / "clamd.log"
        signatures = folder / "signatures"
        signatures.mkdir()
        (signatures / "eicar.ndb").write_text(f"LBF.Eicar:0:*:{EICAR.hex()}\n")
        self._configuration.write_text(
            f"LocalSocket {self.address}\nDatabaseDirectory {signatures}\nForeground yes\nStreamMaxLength 60M\nMaxFileSize 60M\n"
            "MaxThreads 2\nConcurrentDatabaseReload no\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it answers."""
        program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            pytest.fail("Tests of the virus scanner need ClamAV: apt-get install -y --no-install-recommends clamav-daemon")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([program, "--config-file", str(self._configuration)], stdout=log, stderr=log)
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        self.stop()
        pytest.fail(f"clamd did not start:\n{self._log.read_text()[-2000:]}")

    def _answers(self) -> bool:
        try:
            scanner.scan(io.BytesIO(b""), self.address)
        except scanner.ScannerUnreachable:
            return False
        return True

    def stop(self) -> None:
        """And wait until it is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None
        Path(self.address).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def clamd() -> Iterator[Clamd]:
    """One daemon for the run, in a folder whose name is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder:
        daemon = Clamd(Path(folder))
        daemon.start()
        yield daemon
        daemon.stop()
