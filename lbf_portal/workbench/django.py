"""Run `manage.py` in a process of its own, with its output in a log."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from lbf_portal.workbench.places import PROJECT
from lbf_portal.workbench.trouble import Trouble, disk_full, last_lines, tells_of_a_full_disk


def manage(arguments: list[str], environment: Mapping[str, str], *, log: Path, what: str) -> None:
    """Errors: Trouble that says `what` failed, with the end of what the command wrote."""
    with log.open("ab") as stream:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            check=False,
        )
    if done.returncode:
        end = last_lines(log)
        if tells_of_a_full_disk(end, log.parent):
            raise disk_full(log.parent)
        raise Trouble(f"{what} failed. The end of {log}:\n{end}")
