"""A run whose worker is killed twice on the way, as a real process: each case is moved once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actors import SYSTEM
from applications.models import Application, ApplicationEvent, TransferBatch, TransferOutcome, TransferredCase
from applications.models.transfers import TRANSFERRED
from applications.rules.transfer import transition_to
from applications.transitions import transfers
from lbf_portal.lib.sql import APP_ROLE
from lbf_portal.workbench import processes
from lbf_portal.workbench.bench_transfer_cases import checksums, fill, take_back_all

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).parents[3]
CASES = 300
# The task itself, a few cases at a time, so that there is something to kill it in.
WORKER = """
import sys, django
django.setup()
from applications import clock
from applications.transitions import transfers
one_by_one = transfers.work
transfers.work = lambda batch, *, at: one_by_one(batch, at=at, most=5)
clock.work_on_transfer(int(sys.argv[1]))
"""


def worker(batch: TransferBatch) -> subprocess.Popen[bytes]:
    server = urlsplit(os.environ["LBF_DATABASE_URL"])
    address = server._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "LBF_DATABASE_URL": address, "LBF_DATABASE_ROLE": APP_ROLE}
    return subprocess.Popen([sys.executable, "-c", WORKER, str(batch.pk)], cwd=ROOT, env=environment)


def until(is_true: Callable[[], bool]) -> None:
    assert processes.wait_until(is_true, seconds=120, pause=0.02)


def test_killed_twice_each_case_is_moved_once_and_taken_back_all_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.tasks.queue_letter", lambda _event_pk: None)
    fill(CASES)
    before = checksums()
    batch = transfers.begin(transition_to("R2019"), by=SYSTEM, at=timezone.now())
    moved = TransferredCase.objects.filter(batch=batch, outcome=TransferOutcome.MOVED)
    for enough in (CASES // 5, CASES // 2):
        with worker(batch) as killed:
            until(lambda enough=enough: moved.count() >= enough)  # type: ignore[misc]  # bound now
            killed.send_signal(signal.SIGKILL)
        assert killed.returncode == -signal.SIGKILL
        assert moved.count() < CASES

    with worker(batch) as last:
        assert last.wait(timeout=120) == 0

    batch.refresh_from_db()
    events = ApplicationEvent.objects.filter(event=TRANSFERRED)
    assert batch.finished_at is not None
    assert (events.count(), events.values("application").distinct().count(), moved.count()) == (CASES,) * 3
    assert set(Application.objects.values_list("rule_set", flat=True)) == {"R2019"}
    take_back_all()
    assert checksums() == before
