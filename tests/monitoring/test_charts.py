"""Charts: drawn once, kept, safe under the portal's CSP, and never a reason for a page to fail."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from accounts.actors import SYSTEM
from monitoring import charts, facts, transitions
from monitoring.models import Effort
from tests.factories.monitoring import DAY_CARE, FIRST_DAY, measured

SVG = "{http://www.w3.org/2000/svg}"


def standing_of(effort: Effort, code: str = DAY_CARE) -> facts.GoalStanding:
    [standing] = [standing for area in facts.areas_of(effort) for standing in area.goals if standing.goal.indicator.code == code]
    return standing


@pytest.fixture
def standing(active: Effort) -> facts.GoalStanding:
    rows = [measured(2027, "63.5"), measured(2028, "66.2"), measured(2029, None, suppressed_reason="Færre end 5")]
    transitions.record_measurements(active, "A", rows, by=SYSTEM, at=FIRST_DAY)
    return standing_of(active)


def test_the_chart_shows_baseline_values_and_target_in_danish(standing: facts.GoalStanding) -> None:
    [svg] = charts.drawn([charts.spec_of(standing)])
    shown = "".join(fromstring(svg).itertext())
    for text in ("61,5", "63,5", "66,2", "Mål 70", "2028"):
        assert text in shown


def test_a_suppressed_value_is_not_drawn_as_nought(standing: facts.GoalStanding) -> None:
    spec = charts.spec_of(standing)
    [points, _target] = [layer["data"]["values"] for layer in spec["layer"]]
    assert [(point["day"], point["value"]) for point in points] == [
        ("2026-01-01", 61.5),
        ("2027-01-01", 63.5),
        ("2028-01-01", 66.2),
    ]


def test_a_drawing_carries_no_style_and_no_script(standing: facts.GoalStanding) -> None:
    [svg] = charts.drawn([charts.spec_of(standing)])
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=|href=", svg)


def test_a_picture_has_a_title_and_a_description_whatever_they_hold(standing: facts.GoalStanding) -> None:
    [svg] = charts.drawn([charts.spec_of(standing)])
    root = fromstring(charts.titled(svg, key="goal-1", title="Børn & <b>dagtilbud</b>", description="På vej"))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "goal-1-title"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == ("Børn & <b>dagtilbud</b>", "På vej")


def test_a_kept_drawing_is_not_drawn_again(
    standing: facts.GoalStanding, charts_kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = charts.spec_of(standing)
    first = charts.drawn([spec])
    assert len(list(charts_kept_in.rglob("*.svg"))) == 1
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: pytest.fail("drawn again"))
    assert charts.drawn([spec]) == first


def test_new_values_make_a_new_drawing(active: Effort, standing: facts.GoalStanding) -> None:
    before = charts.spec_of(standing)
    transitions.record_measurements(active, "B", [measured(2030, "71")], by=SYSTEM, at=FIRST_DAY)
    after = charts.spec_of(standing_of(active))
    first, second = charts.drawn([before, after])
    assert first != second
    assert charts.drawn([before]) == [first]


def test_when_drawing_fails_there_is_no_picture_and_the_log_says_why(
    standing: facts.GoalStanding, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, charts_kept_in: Path
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert charts.drawn([charts.spec_of(standing)]) == [""]
    assert "Charts were not drawn" in caplog.text
    assert not list(charts_kept_in.rglob("*.part"))


def test_a_picture_that_could_not_be_drawn_is_left_out() -> None:
    assert charts.titled("", key="goal-1", title="x", description="y") == ""


def test_the_web_process_never_loads_the_engine(standing: facts.GoalStanding) -> None:
    charts.drawn([charts.spec_of(standing)])
    assert "vl_convert" not in sys.modules


# What the pictures are made from


def test_goals_stand_under_their_effort_areas_in_the_regulations_order(active: Effort) -> None:
    areas = facts.areas_of(active)
    assert [area.name for area in areas] == ["Uddannelse og livschancer", "Sammenhængskraft og medborgerskab"]
    assert facts.counts(areas) == [("Ikke målt endnu", 2)]


def test_the_latest_known_value_counts_and_a_hidden_newer_one_is_told(standing: facts.GoalStanding) -> None:
    assert standing.latest is not None
    assert (standing.latest.value, standing.latest.data_year) == (Decimal("66.2"), 2028)
    assert standing.suppressed is not None
    assert standing.suppressed.data_year == 2029
    assert standing.progress_name == "På vej"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime.date(2026, 12, 1), [datetime.date(2027, 1, 1), datetime.date(2030, 12, 31)]),
        (datetime.date(2027, 7, 1), [datetime.date(2028, 6, 30), datetime.date(2030, 12, 31)]),
        (datetime.date(2028, 6, 30), [datetime.date(2028, 6, 30), datetime.date(2030, 12, 31)]),
        (datetime.date(2031, 1, 1), [datetime.date(2031, 6, 30)]),
        (datetime.date(2031, 7, 1), []),
    ],
)
def test_the_next_dates_are_start_yearly_accounts_and_end(
    active: Effort, day: datetime.date, expected: list[datetime.date]
) -> None:
    assert [date.on for date in facts.next_dates(active, on=day)] == expected
