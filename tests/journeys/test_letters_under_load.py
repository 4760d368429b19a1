"""Letters are made off the web process: while the worker makes twenty at once, the portal answers as ever (issue 2, Shows)."""

from __future__ import annotations

import http.client
import time

import pytest

from tests.journeys.server import Portal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("journeys")]

LETTERS = 20
MADE = "SELECT count(*) FROM applications_document"
ANSWER = 0.050
# One in a hundred may meet whatever else the machine is doing; a portal that renders in its web process stops for seconds.
LONGEST_ANSWER = 0.500


def test_the_portal_answers_within_50_ms_while_twenty_letters_are_made(portal: Portal) -> None:
    portal.run("letters", f"submit({LETTERS})")
    for _ in range(50):  # both web workers have answered before; the first answer of each takes longer
        seconds_to_answer(portal.port)
    portal.run("letters", "queue()")
    answers: list[float] = []
    began = time.monotonic()
    while portal.rows(MADE) != [(LETTERS,)]:
        answers += [seconds_to_answer(portal.port) for _ in range(10)]
        assert time.monotonic() - began < 300, f"after 5 minutes {portal.rows(MADE)} of {LETTERS} letters are made"
    answers.sort()
    p50, p99, p100 = (answers[min(len(answers) * share // 100, len(answers) - 1)] for share in (50, 99, 100))
    print(  # noqa: T201 - the figures the issue asks for
        f"{LETTERS} letters in {time.monotonic() - began:.1f} s; /health {len(answers)} times: "
        f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, p100 {p100 * 1000:.1f} ms"
    )
    assert p99 < ANSWER
    assert p100 < LONGEST_ANSWER
    assert portal.rows("SELECT count(DISTINCT event_id), count(DISTINCT sha256) FROM applications_document") == [
        (LETTERS, LETTERS)
    ]


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
