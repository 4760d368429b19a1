"""Progress in the terminal: one line for each step, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH = 44


class Step:
    """What a step may add to its line."""

    def __init__(self) -> None:
        self.note = ""


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Print the title at once and the time when the work is done."""
    began = time.monotonic()
    print(f"  {title:<{WIDTH}}", end="", flush=True)
    current = Step()
    try:
        yield current
    except BaseException:
        print(f"{'failed':>8}", flush=True)
        raise
    note = f"   {current.note}" if current.note else ""
    print(f"{time.monotonic() - began:6.1f} s{note}", flush=True)


def tell(text: str = "") -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(f"portal: {text}", file=sys.stderr, flush=True)
