"""Tests that measure time run alone: marked `measured`, they wait until the other processes of the run stand still.

A figure taken while the neighbour seeds two hundred cases says something of the neighbour. Everybody walks through a gate
before the room: who measures holds the gate until the room is empty and theirs, so nobody new gets in before them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from lbf_portal.workbench.places import Places

# Read once: tests of the workbench change the environment.
PLACES = Places.from_environment()


@pytest.hookimpl(wrapper=True, tryfirst=True)  # outside pytest-timeout: waiting for the others is not the test's own time
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """From the first fixture to the last, so that no server of a neighbour starts beside a measurement."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)  # one process is always alone
    PLACES.make()
    is_measured = item.get_closest_marker("measured") is not None
    with contextlib.ExitStack() as held:
        with contextlib.ExitStack() as gate:
            gate.enter_context(locked(PLACES.run / "tests-gate.lock", fcntl.LOCK_EX))
            held.enter_context(locked(PLACES.run / "tests-room.lock", fcntl.LOCK_EX if is_measured else fcntl.LOCK_SH))
            if is_measured:
                held.enter_context(gate.pop_all())
        return (yield)


@contextlib.contextmanager
def locked(path: Path, how: int) -> Iterator[None]:
    """The file locked; whoever dies lets go of it."""
    with path.open("w") as file:
        fcntl.flock(file, how)
        yield
