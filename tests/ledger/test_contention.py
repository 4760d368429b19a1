"""Thirty-two processes on one year (issue 4): as many commitments as fit, and not one more."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from lbf_portal.lib.sql import APP_ROLE
from lbf_portal.workbench import processes
from ledger import checking
from ledger.models import Entry, FrameYear
from tests.factories.ledger import FrameYearFactory
from tests.ledger.acts import MILLION
from tests.ledger.crew import NAMED, crew, key_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WORKERS, ATTEMPTS, ROOM_FOR = 32, 200, 38
REFUSED = "Rammen for 2026 har 0 kr. tilbage. Tilsagnet på 10.000.000 kr. kan ikke rummes."


@pytest.fixture
def environment() -> dict[str, str]:
    """The tests' own database, as the portal's role."""
    address = urlsplit(os.environ["LBF_DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {"LBF_DATABASE_URL": urlunsplit(address), "LBF_DATABASE_ROLE": APP_ROLE}


def connected() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE %s", [f"{NAMED}%"]
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def test_of_two_hundred_attempts_of_thirty_two_processes_thirty_eight_fit(tmp_path: Path, environment: dict[str, str]) -> None:
    FrameYearFactory.create()

    with crew(WORKERS, tmp_path, environment) as hands:
        assert processes.wait_until(lambda: connected() == WORKERS, seconds=60), "all are there before the first begins"
        hands.hand_out(range(ATTEMPTS))
        hands.until_answered(ATTEMPTS)

    answers = hands.answers()
    posted = {key_of(number): answer for number, answer in answers.items() if answer != REFUSED}
    assert Counter(answers.values())[REFUSED] == ATTEMPTS - ROOM_FOR
    assert posted == {entry.key: f"entry {entry.pk}" for entry in Entry.objects.all()}
    assert len(posted) == ROOM_FOR
    assert FrameYear.objects.position(2026).committed == 380 * MILLION
    assert checking.check().is_ok


def test_two_hundred_hands_on_the_same_twenty_acts_post_each_once(tmp_path: Path, environment: dict[str, str]) -> None:
    FrameYearFactory.create()

    with crew(WORKERS, tmp_path, environment, is_mortal=True) as hands:
        hands.hand_out(number for _ in range(10) for number in range(20))
        hands.until_answered(20)

    assert Entry.objects.count() == 20
    assert hands.answers() == {int(entry.key.removeprefix(key_of(0)[:-1])): f"entry {entry.pk}" for entry in Entry.objects.all()}
    assert sorted(hands.untold()) == [0, 4, 8, 12, 16]
    assert checking.check().is_ok
