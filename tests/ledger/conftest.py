"""What tests of the ledger share."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture
def frozen_day(today: datetime.date) -> Iterator[None]:
    """Noon of the day of every test, for pages that ask the clock."""
    noon = datetime.datetime.combine(today, datetime.time(12), tzinfo=datetime.UTC)
    with time_machine.travel(noon, tick=False):
        yield
