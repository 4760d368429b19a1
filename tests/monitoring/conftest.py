"""Efforts of the cast."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from monitoring.models import Effort
from tests.factories import monitoring as efforts
from tests.factories.applications import CaseCast


@pytest.fixture(autouse=True)
def charts_kept_in(tmp_path: Path, settings: Settings) -> Path:
    """Drawings of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "charts"


@pytest.fixture
def pending(case_cast: CaseCast) -> Effort:
    return efforts.make_effort(case_cast)


@pytest.fixture
def active(case_cast: CaseCast) -> Effort:
    return efforts.make_active(case_cast)


@pytest.fixture
def closing(case_cast: CaseCast) -> Effort:
    return efforts.make_closing(case_cast)
