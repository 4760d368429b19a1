"""Debian packages that no wheel carries: Pango for letters; Chromium, Redis and pdftotext for the tests."""

import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lbf_portal.workbench.trouble import Trouble, disk_full, last_lines, tells_of_a_full_disk


@dataclass(frozen=True)
class Package:
    name: str
    library: str = ""
    program: str = ""

    def is_there(self) -> bool:
        if self.program:
            return shutil.which(self.program) is not None
        return ctypes.util.find_library(self.library) is not None


LETTERS = (
    Package("libpango-1.0-0", library="pango-1.0"),
    Package("libpangoft2-1.0-0", library="pangoft2-1.0"),
    Package("libharfbuzz-subset0", library="harfbuzz-subset"),
)
TESTS = (
    *LETTERS,
    Package("chromium", program="chromium"),
    Package("redis-server", program="redis-server"),
    Package("poppler-utils", program="pdftotext"),
    Package("clamav-daemon", program="clamd"),
)


def missing(packages: Iterable[Package]) -> list[str]:
    return [package.name for package in packages if not package.is_there()]


def install_line(names: Iterable[str]) -> str:
    return f"apt-get install -y --no-install-recommends {' '.join(names)}"


def ensure(packages: Iterable[Package], *, log: Path) -> list[str]:
    """Install what is missing where that is allowed. Returns what is still missing.

    Errors: Trouble when it is allowed and fails.
    """
    names = missing(packages)
    prefix = _as_root()
    if not names or prefix is None:
        return names
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = [*prefix, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    with log.open("wb") as stream:
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *names]):
            subprocess.run(
                [*apt, *arguments], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env=environment, check=False
            )
    still = missing(packages)
    if still:
        end = last_lines(log, 6)
        if tells_of_a_full_disk(end, Path("/")):
            raise disk_full(Path("/"))
        raise Trouble(f"apt-get could not install {' '.join(still)}. Is there a network? The end of {log}:\n{end}")
    return []


def _as_root() -> list[str] | None:
    """What to write before apt-get; None where it may not be run."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None
