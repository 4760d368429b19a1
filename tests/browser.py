"""Chromium for tests: pages that fail the test on any console error, failed request or policy violation.

Debian's Chromium is driven through playwright; axe comes with its wheel, so nothing is fetched.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, ViewportSize, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.actors import Actor

WIDE = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=390, height=844)
SIZES = {"wide": WIDE, "narrow": NARROW}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]


@dataclass
class Watch:
    """What went wrong in the pages of one test, and which answers the test expects to be refusals."""

    problems: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)

    def expects(self, *statuses: int) -> None:
        """Refusals that this test is about, such as 404."""
        self.expected_statuses.update(statuses)

    def follow(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("requestfailed", self._on_failure)
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        # Chromium repeats every refused answer on the console; those are judged in _on_response.
        if message.type in {"error", "warning"} and "the server responded with a status of" not in message.text:
            self.problems.append(f"console {message.type}: {message.text}")

    def _on_failure(self, request: Request) -> None:
        # A click that leads on aborts what the page was still fetching; a download "fails" as a page.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.problems.append(f"request failed: {request.url} {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.problems.append(f"{response.status} {response.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    program = os.environ.get("LBF_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("Browser tests need Chromium: apt-get install chromium")
    # Playwright's own event loop runs in this thread; Django would take the test for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when a page complained; `watch.expects(404)` for what the test means to provoke."""
    log = Watch()
    yield log
    assert not log.problems, "\n".join(log.problems)


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Makes a page with cookies of its own, for each person in a journey; `scripts=False` for one without scripts."""
    contexts = []

    def make(*, scripts: bool = True) -> Page:
        context = browser.new_context(viewport=WIDE, locale="da-DK", java_script_enabled=scripts)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page, wide."""
    return new_page()


@pytest.fixture(autouse=True)
def letters_of_the_browser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test prepares by its own hand gets no letters: a page of a committed case would wait for four of them.

    What people do in the browser does, for that runs in the live server's threads.
    """
    if request.node.get_closest_marker("browser") is None:
        return
    from applications import tasks  # Django is not set up yet when pytest loads this

    queue, by_hand = tasks.queue_letter, threading.get_ident()
    monkeypatch.setattr(tasks, "queue_letter", lambda event: None if threading.get_ident() == by_hand else queue(event))


# `visit(actor, address, scripts=True)`: a page of the actor's own, already there.
Visit = Callable[..., Page]


@pytest.fixture
def visit(live_server: LiveServer, new_page: Callable[..., Page]) -> Visit:
    """Opens an address as somebody who is signed in."""

    def opened(actor: Actor, address: str, *, scripts: bool = True) -> Page:
        assert actor.user is not None
        client = Client()
        client.force_login(actor.user)
        page = new_page(scripts=scripts)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return opened


def look_no_more(page: Page) -> None:
    """A page that looks again by itself gets nothing new from here on: axe's own marks and a swap do not go together."""
    page.route("**/*", lambda route: route.fulfill(status=204))


def assert_accessible(page: Page) -> None:
    """No finding of axe, its best practices included."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(({violations}) => ({violations}))")
    assert not found["violations"], AxeResults(found).generate_report()


def assert_fits(page: Page) -> None:
    """Nothing sticks out to the right, so nobody scrolls sideways."""
    width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width <= room, f"{page.url} is {width} px wide in a window of {room} px"


def screenshot(page: Page, name: str) -> list[Path]:
    """The page wide and at 390 px, kept under `<LBF_DATA_DIR>/screenshots/`."""
    kept = []
    for suffix, size in SIZES.items():
        page.set_viewport_size(size)
        kept.append(_picture(page, name, suffix))
    page.set_viewport_size(WIDE)
    return kept


def inspect(page: Page, name: str) -> None:
    """What every page must pass: axe and no sideways scroll, wide and at 390 px.

    With a picture of both when the run is not parallel (`-n0`): whoever looks at pictures runs one file.
    """
    for suffix, size in SIZES.items():
        page.set_viewport_size(size)
        assert_accessible(page)
        assert_fits(page)
        if "PYTEST_XDIST_WORKER" not in os.environ:
            _picture(page, name, suffix)
    page.set_viewport_size(WIDE)


def _picture(page: Page, name: str, suffix: str) -> Path:
    folder = Path(settings.DATA_DIR) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    path = folder / f"{plain}-{suffix}.png"
    page.screenshot(path=path, full_page=True)
    return path
