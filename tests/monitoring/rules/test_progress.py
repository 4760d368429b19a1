"""Where a goal stands between baseline and target."""

from __future__ import annotations

from decimal import Decimal

import pytest

from monitoring.rules.progress import PROGRESS_NAMES, Facts, Progress, judge, share_of_way


def facts(baseline: str | None, target: str | None, latest: str | None, *, higher_is_better: bool = True) -> Facts:
    values = (Decimal(text) if text is not None else None for text in (baseline, target, latest))
    return Facts(higher_is_better, *values)


@pytest.mark.parametrize(
    ("baseline", "target", "latest", "expected"),
    [
        # Upwards
        ("61.5", "70", "70", Progress.REACHED),
        ("61.5", "70", "70.01", Progress.REACHED),
        ("61.5", "70", "69.99", Progress.ON_THE_WAY),
        ("61.5", "70", "61.51", Progress.ON_THE_WAY),
        ("61.5", "70", "61.5", Progress.UNCHANGED),
        ("61.5", "70", "61.49", Progress.AWAY),
        # Downwards
        ("12", "8", "8", Progress.REACHED),
        ("12", "8", "7.99", Progress.REACHED),
        ("12", "8", "8.01", Progress.ON_THE_WAY),
        ("12", "8", "12", Progress.UNCHANGED),
        ("12", "8", "12.01", Progress.AWAY),
    ],
)
def test_the_latest_value_is_judged_against_baseline_and_target(
    baseline: str, target: str, latest: str, expected: Progress
) -> None:
    assert judge(facts(baseline, target, latest)) is expected


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_the_targets_side_decides_and_not_the_indicators_direction(*, higher_is_better: bool) -> None:
    assert judge(facts("12", "8", "10", higher_is_better=higher_is_better)) is Progress.ON_THE_WAY


@pytest.mark.parametrize(
    ("latest", "higher_is_better", "expected"),
    [
        ("50", True, Progress.REACHED),
        ("51", True, Progress.REACHED),
        ("49", True, Progress.AWAY),
        ("49", False, Progress.REACHED),
        ("51", False, Progress.AWAY),
    ],
)
def test_to_hold_a_level_the_indicators_direction_decides(
    *,
    latest: str,
    higher_is_better: bool,
    expected: Progress,
) -> None:
    assert judge(facts("50", "50", latest, higher_is_better=higher_is_better)) is expected


@pytest.mark.parametrize(("baseline", "target", "latest"), [("1", "2", None), (None, "2", "1"), ("1", None, "1")])
def test_without_one_of_the_three_nothing_is_judged(baseline: str | None, target: str | None, latest: str | None) -> None:
    assert judge(facts(baseline, target, latest)) is Progress.NOT_MEASURED
    assert share_of_way(facts(baseline, target, latest)) is None


def test_the_share_of_the_way_counts_from_the_baseline() -> None:
    assert share_of_way(facts("60", "70", "65")) == Decimal("0.5")
    assert share_of_way(facts("12", "8", "11")) == Decimal("0.25")
    assert share_of_way(facts("50", "50", "50")) is None


def test_every_answer_has_its_word() -> None:
    assert set(PROGRESS_NAMES) == set(Progress)
