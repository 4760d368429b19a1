"""What journeys share: a prepared database for the run, and a running portal for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys import server
from tests.journeys.server import Portal, Template

# A page is made by a server of its own, on a machine that has other tests to run.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    with server.template() as prepared:
        yield prepared


@pytest.fixture(scope="module")
def portal(template: Template, request: pytest.FixtureRequest) -> Iterator[Portal]:
    """The real thing, with nothing in it but reference data and the demo's people. What it logged as an error fails the file."""
    with template.portal(request.module.__name__.rpartition(".")[2]) as running:
        yield running
        errors = running.errors()
    assert not errors, errors
