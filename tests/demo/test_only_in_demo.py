"""Outside the demo's settings none of it exists."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

ADDRESSES = ["/demo/sign-in/", "/demo/mails/", "/demo/mails/x/", "/demo/mails/x/html/"]

# Asked of a process of its own: settings are read once per process.
QUESTIONS = """
import sys
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from django.urls import Resolver404, resolve

found = []
for address in sys.argv[1:]:
    try:
        resolve(address)
    except Resolver404:
        continue
    found.append(address)
print(settings.IS_DEMO, apps.is_installed("lbf_portal.demo"), "demo_people" in get_commands(), found)
"""


def ask(settings_name: str) -> str:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": f"lbf_portal.settings.{settings_name}",
        "LBF_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "LBF_ALLOWED_HOSTS": "portal.example.org",
        "LBF_CLAMD_SOCKET": "/run/clamav/clamd.ctl",
        "LBF_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    }
    command = [sys.executable, "-c", QUESTIONS, *ADDRESSES]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["production", "dev", "test"])
def test_no_other_settings_know_the_demo(name: str) -> None:
    assert ask(name) == "False False False []"


def test_the_demos_settings_do() -> None:
    assert ask("demo") == f"True True True {ADDRESSES}"


@pytest.mark.django_db
def test_here_the_sign_in_page_has_no_buttons_and_the_addresses_answer_404(client: Client) -> None:
    assert "lbf.example</button>" not in client.get("/sign-in/").content.decode()
    assert 'name="email" value="' not in client.get("/sign-in/").content.decode()
    for address in ADDRESSES:
        assert client.get(address).status_code == 404
