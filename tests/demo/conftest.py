"""The demo's settings for the length of a test."""

from __future__ import annotations

import copy
from importlib import import_module
from pathlib import Path

import pytest
from pytest_django import Settings

from lbf_portal.demo import mails


@pytest.fixture
def demo(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The demo, with its mails in a folder of the test's own."""
    # The portal's addresses are made once a process: before the demo is there, or every later test would find the demo's too.
    import_module("lbf_portal.urls")
    settings.IS_DEMO = True
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "lbf_portal.demo"]
    settings.ROOT_URLCONF = "tests.demo.urls"
    monkeypatch.setattr(mails, "mail_folder", lambda: tmp_path / "mails")
    settings.EMAIL_BACKEND = "lbf_portal.demo.mails.FolderBackend"
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"].append("lbf_portal.demo.context.people")
    settings.TEMPLATES = templates
    return settings
