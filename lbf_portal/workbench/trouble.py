"""What can go wrong is told in a sentence that says what to do, never as a traceback."""

from pathlib import Path

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


def tells_of_a_full_disk(text: str) -> bool:
    return any(sign in text for sign in DISK_FULL_SIGNS)
