"""The extra rent money of 2023 is a frame of its own, never mixed with the ordinary one (R15, C4)."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from lbf_portal.lib.refusals import RuleBroken
from ledger import checking
from ledger.kinds import FrameKind, Money
from ledger.models import FrameYear
from ledger.positions import ZERO
from tests.factories.ledger import FrameYearFactory, GrantPeriodFactory
from tests.ledger.acts import DECISION, MILLION, carry_over, close, commit, regulate, release, reserve, settle

pytestmark = pytest.mark.django_db

EXTRA = {"frame": FrameKind.EXTRA_RENT}
RENT = {"money": Money.RENT, **EXTRA}


@pytest.fixture(autouse=True)
def frames(db: None) -> None:
    """The ordinary frames of 2023 and 2024, and the extra one of 2023 with the year after it."""
    FrameYearFactory.create(year=2023)
    FrameYearFactory.create(year=2024)
    FrameYearFactory.create(extra=True)
    FrameYearFactory.create(extra_carried=True)


def extra(year: int = 2023) -> FrameYear:
    return FrameYear.objects.numbered(year, FrameKind.EXTRA_RENT)


def test_the_two_frames_of_a_year_do_not_touch_each_other() -> None:
    commit(300 * MILLION, 2023, **RENT)
    commit(200 * MILLION, 2023, money=Money.RENT)

    assert FrameYear.objects.position(2023, FrameKind.EXTRA_RENT).available == 50 * MILLION
    assert FrameYear.objects.position(2023).available == 180 * MILLION
    assert FrameYear.objects.position(2023).rent_available == 40 * MILLION
    assert checking.check().is_ok


@pytest.mark.parametrize("money", [Money.SOCIAL, Money.VACANCY])
def test_only_rent_is_committed_of_the_extra_frame(money: Money) -> None:
    with pytest.raises(RuleBroken, match="kun gives tilsagn til huslejenedsættelse"):
        commit(MILLION, 2023, money=money, **EXTRA)


def test_the_whole_extra_frame_is_rent_money_and_no_more() -> None:
    commit(350 * MILLION, 2023, **RENT)

    with pytest.raises(RuleBroken) as refused:
        commit(1, 2023, **RENT)

    assert str(refused.value) == "Rammen for 2023 har 0 kr. tilbage. Tilsagnet på 1 kr. kan ikke rummes."
    assert refused.value.violations[0].basis == "Almenboligloven § 91 a, stk. 5; R15, C4"
    position = FrameYear.objects.position(2023, FrameKind.EXTRA_RENT)
    assert (position.rent_ceiling, position.rent_available, position.is_past_guideline) == (350 * MILLION, ZERO, False)


def test_what_is_unused_in_2023_goes_to_2024_of_the_same_frame_and_may_be_committed_there() -> None:
    carry_over(350 * MILLION, 2023, **EXTRA)

    commit(350 * MILLION, 2024, **RENT)

    assert FrameYear.objects.position(2024).carried_in == 0
    position = FrameYear.objects.position(2024, FrameKind.EXTRA_RENT)
    assert (position.carried_in, position.rent_ceiling, position.rent_committed) == (350 * MILLION,) * 3
    assert checking.check().is_ok


def test_the_extra_money_ends_with_2024() -> None:
    carry_over(MILLION, 2023, **EXTRA)

    with pytest.raises(RuleBroken, match=r"Der er ingen ekstra ramme for 2025\."):
        carry_over(MILLION, 2024, decision=DECISION, **EXTRA)
    with pytest.raises(RuleBroken, match="uden for bevillingsperioden og det år, der følger"):
        FrameYearFactory.create(extra=True, year=2025, base_total=Decimal(0), base_rent=Decimal(0))


def test_money_is_released_to_the_frame_it_came_from() -> None:
    commit(10 * MILLION, 2023, **RENT)
    commit(20 * MILLION, 2023, money=Money.RENT)

    release(10 * MILLION, 2023, **RENT)

    assert FrameYear.objects.position(2023, FrameKind.EXTRA_RENT).committed == 0
    assert FrameYear.objects.position(2023).committed == 20 * MILLION


def test_a_regulation_of_the_extra_frame_is_all_rent() -> None:
    with pytest.raises(RuleBroken, match="til husleje alene"):
        regulate(360 * MILLION, 350 * MILLION, 2023, **EXTRA)
    regulate(360 * MILLION, 360 * MILLION, 2023, **EXTRA)

    assert FrameYear.objects.position(2023, FrameKind.EXTRA_RENT).rent_available == 360 * MILLION
    assert not FrameYear.objects.position(2023).is_regulated


def test_the_frames_of_a_year_are_closed_one_by_one() -> None:
    settle(2023, key="settle", **EXTRA)

    assert extra().closed_on == datetime.date(2024, 2, 1)
    assert FrameYear.objects.numbered(2023).closed_on is None
    assert FrameYear.objects.position(2024, FrameKind.EXTRA_RENT).available == 350 * MILLION
    close(2023)


def test_only_rent_is_expected_of_the_extra_frame() -> None:
    reserve(MILLION, 2023, **RENT)

    with pytest.raises(RuleBroken, match="til huslejenedsættelse alene"):
        reserve(MILLION, 2023, case_reference="100002", **EXTRA)
    assert FrameYear.objects.position(2023, FrameKind.EXTRA_RENT).reserved == MILLION
    assert FrameYear.objects.position(2023).reserved == 0


def test_a_historic_period_has_no_frames() -> None:
    historic = GrantPeriodFactory.create(historic=True)

    with pytest.raises(RuleBroken, match="historisk og har ingen rammer"):
        FrameYearFactory.create(period=historic, year=2012)


def test_the_check_tells_the_frames_apart() -> None:
    positions = checking.check(year=2023).positions

    assert [(position.year, position.period, position.ceiling) for position in positions] == [
        (2023, "P2019_26", 380 * MILLION),
        (2023, "P2023_EXTRA", 350 * MILLION),
    ]
