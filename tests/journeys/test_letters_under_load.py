"""Letters are made off the web process: while the worker makes twenty at once, the portal answers as ever (issue 2, Shows)."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass

import pytest

from tests.journeys.server import Portal
from tests.pace import pace

pytestmark = [pytest.mark.slow, pytest.mark.measured, pytest.mark.timeout(1200), pytest.mark.xdist_group("journeys")]

LETTERS = 20
MADE = "SELECT count(*) FROM applications_document"
ANSWER = 0.050


# The run stands still beside this test, the machine may not: a round that met somebody else's busy seconds is measured again.
# Letters made in the web process would spoil every round.
ROUNDS = 3


def test_the_portal_answers_within_50_ms_while_twenty_letters_are_made(portal: Portal) -> None:
    for _ in range(50):  # both web workers have answered before; the first answer of each takes longer
        seconds_to_answer(portal.port)
    rounds = []
    for number in range(1, ROUNDS + 1):
        rounds.append(measured_round(portal, made_by_then=number * LETTERS))
        if rounds[-1].is_light:
            break

    assert rounds[-1].is_light, rounds
    made = portal.rows("SELECT count(DISTINCT event_id), count(DISTINCT sha256) FROM applications_document")
    assert made == [(len(rounds) * LETTERS,) * 2]


@dataclass(frozen=True)
class Round:
    """Seconds that /health took while the letters were made, and the machine's pace before and after."""

    pace: float
    letters_took: float
    p50: float
    p99: float
    p100: float

    @property
    def is_light(self) -> bool:
        return self.p100 < ANSWER * self.pace


def measured_round(portal: Portal, *, made_by_then: int) -> Round:
    """Twenty more letters, and how the portal answered until the last of them was there."""
    before = pace()
    portal.run("letters", f"submit({LETTERS})")
    portal.run("letters", "queue()")
    answers: list[float] = []
    began = time.monotonic()
    while portal.rows(MADE) != [(made_by_then,)]:
        answers += [seconds_to_answer(portal.port) for _ in range(10)]
        assert time.monotonic() - began < 300, f"after 5 minutes {portal.rows(MADE)} of {made_by_then} letters are made"
    answers.sort()
    p50, p99, p100 = (answers[min(len(answers) * share // 100, len(answers) - 1)] for share in (50, 99, 100))
    letters_took = time.monotonic() - began
    found = Round(max(before, pace()), letters_took, p50, p99, p100)
    print(f"{LETTERS} letters; /health {len(answers)} times: {found}")  # noqa: T201 - the figures the issue asks for
    return found


def seconds_to_answer(port: int) -> float:
    """How long /health takes, the connection included."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/health")
    response = connection.getresponse()
    response.read()
    connection.close()
    took = time.perf_counter() - began
    assert response.status == 200
    time.sleep(0.01)
    return took
