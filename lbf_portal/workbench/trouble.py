"""What can go wrong is told in a sentence that says what to do, never as a traceback."""

import shutil
from pathlib import Path

# PostgreSQL takes 16 MB at a time for what is being changed, and stopping in order takes some too.
ROOM_TO_GO_ON = 32 * 1024 * 1024
DISK_FULL_SIGNS = ("No space left on device", "Disk quota exceeded")


class Trouble(Exception):
    """The text is for the person at the terminal: what is wrong, and what to do about it."""


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log file, indented for the terminal; empty when there is none."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 16_384))
            text = stream.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-count:])


def disk_full(folder: Path) -> Trouble:
    return Trouble(
        f"The disk that holds {folder} is full. Free some space there, or set LBF_DATA_DIR to a folder on another disk; "
        "then start again: nothing that was saved is lost."
    )


def is_full(folder: Path) -> bool:
    """True while there is still room to stop in order: later a log can no longer say what happened."""
    return shutil.disk_usage(folder).free < ROOM_TO_GO_ON


def tells_of_a_full_disk(log: str, folder: Path) -> bool:
    """True when the end of a log says so, or when the disk below the folder had no room for it to be said."""
    return any(sign in log for sign in DISK_FULL_SIGNS) or is_full(folder)
