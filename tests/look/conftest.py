"""The gallery's own addresses and templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from lbf_portal.workbench import catalogues


@pytest.fixture(scope="session", autouse=True)
def compiled_catalogues() -> None:
    """English as Django reads it, also when pytest is called without `./portal test`."""
    catalogues.compile_all()


@pytest.fixture
def gallery(settings: Settings, live_server: LiveServer) -> str:
    """The address of a running portal that shows the gallery."""
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]
    settings.ROOT_URLCONF = "tests.look.gallery"
    return str(live_server.url)
