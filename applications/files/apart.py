"""Judging in a process of its own, with limits on memory and time: a file made to harm its reader harms nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from applications.files.findings import Finding
from applications.files.judging import Judged

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
# What passes through; the settings with their secrets do not.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR")


def judge(path: Path) -> Judged:
    """Judge the file apart. One that takes too long, too much memory, or breaks the process is refused, not tried for ever."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell; the path is the storage's
            [sys.executable, "-m", "applications.files", str(path)],
            cwd=ROOT,
            env=environment | {"PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Judged(findings=(Finding("too_hard"),))
    if done.returncode:
        return Judged(findings=(Finding("too_hard"),))
    return Judged.from_json(json.loads(done.stdout))
