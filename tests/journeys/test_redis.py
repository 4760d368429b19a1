"""With `LBF_BROKER_URL` naming a Redis, tasks go through it: web, worker and a real server."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from lbf_portal.workbench import processes
from tests.journeys.server import Template

pytestmark = pytest.mark.slow


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test's own that keeps nothing, and its address."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail("This test needs Redis: apt-get install redis-server")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as server:
        try:
            address = f"redis://127.0.0.1:{port}/0"
            assert processes.wait_until(lambda: answers(address), seconds=15, pause=0.1)
            yield address
        finally:
            server.terminate()


def answers(address: str) -> bool:
    try:
        return bool(redis.Redis.from_url(address).ping())
    except redis.exceptions.ConnectionError:
        return False


def test_a_letter_and_its_mail_go_through_redis(template: Template, broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LBF_BROKER_URL", broker)
    with template.portal("redis") as portal:
        portal.run("letters", "submit(1)")
        portal.run("letters", "queue()")
        # Sooner than any periodic task of the outbox or the clock would find them.
        portal.await_rows("SELECT 1 FROM applications_document WHERE kind = 'RECEIPT'", seconds=45)
        portal.await_rows("SELECT 1 FROM accounts_outgoingmail WHERE event = 'application_received' AND sent_at IS NOT NULL")
        assert not list((portal.places.data / "broker").rglob("*.msg"))
    assert int(redis.Redis.from_url(broker).info("commandstats")["cmdstat_lpush"]["calls"]) >= 2
