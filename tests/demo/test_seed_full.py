"""The demo at its full size: as many cases and as much money as a fund has (domain.md 8.1), in a minute or so."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from applications.models import Application, ApplicationDepartment, Decision, Outcome
from applications.states import State
from lbf_portal.demo.cases_outline import CASES, TARGETS
from lbf_portal.demo.seed import seed
from ledger import checking
from ledger.kinds import FrameKind
from ledger.models import FrameYear
from monitoring.models import Effort, Measurement
from monitoring.states import State as EffortState
from tests.conftest import TODAY

MIO = Decimal(1_000_000)


@pytest.mark.slow
@pytest.mark.timeout(900)  # a minute on a machine of its own; the suite shares two cores
@pytest.mark.django_db
def test_two_hundred_cases_look_like_a_funds() -> None:
    began = time.monotonic()
    say = print
    seed(TODAY, tell=say)
    say(f"seeded in {time.monotonic() - began:.0f} s")

    assert Application.objects.count() == CASES
    assert set(Application.objects.values_list("state", flat=True)) == set(State.values)
    assert set(Effort.objects.values_list("state", flat=True)) == set(EffortState.values)
    assert Measurement.objects.count() > 1500

    committed = Decision.objects.filter(outcome=Outcome.COMMITTED)
    assert committed.count() == sum(target.cases for target in TARGETS.values())
    amounts = list(committed.values_list("social_amount", flat=True))
    mean = sum((amount or Decimal(0) for amount in amounts), start=Decimal(0)) / len(amounts)
    assert 9 * MIO < mean < 11 * MIO
    assert 3.5 < ApplicationDepartment.objects.count() / CASES < 4.5

    assert checking.check().findings == []
    positions = {position.year: position for position in FrameYear.objects.of(FrameKind.ORDINARY).positions()}
    assert positions[2019].carried_out > 40 * MIO
    for year in range(2019, 2026):
        assert Decimal("0.85") < positions[year].share_used < 1, year
        assert positions[year].rent_committed < 240 * MIO
    assert 90 * MIO < positions[2026].available < 120 * MIO
