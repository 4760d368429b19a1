"""`./portal bench submit`: applications submitted in a row and by several at once, through the pages of a real web server.

On a database of its own beside the demo's, gone afterwards; the web server is the demo's, with its two workers. The drafts are
the demo's, filled in as its people fill them in. Every client has read the page "Tjek dine svar" before the clock starts; what
is measured is the press of the button until the answer: rights and rules judged, state, event and mail written, the receipt
ordered. The receipt's page is told beside. The worker is not started: it makes the letters when there is time.
"""

import argparse
import math
import os
import statistics
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from threading import Barrier
from typing import Any

from lbf_portal.workbench import database, django, parts, processes
from lbf_portal.workbench.bench_ledger import name_for, own_database, set_up
from lbf_portal.workbench.demo import SETTINGS, Demo
from lbf_portal.workbench.places import Places
from lbf_portal.workbench.steps import step, tell
from lbf_portal.workbench.trouble import Trouble
from lbf_portal.workbench.walk import PATIENCE, Person, Visitor

APPLICANT = Person("ansoeger@lbf.example", "Ansøger", "/")
WARM = 10
# What issue 5 asks for.
RATE = 20.0  # a second, by four clients
P95 = 0.100  # seconds, by one


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./portal bench submit", description="How quickly applications are submitted.")
    parser.add_argument("--alone", type=int, default=100, help="how many one client submits in a row (100)")
    parser.add_argument("--together", type=int, default=200, help="how many the clients submit at once (200)")
    parser.add_argument("--clients", type=int, default=4, help="how many submit at once (4)")
    given = parser.parse_args(arguments)
    if given.alone < 1 or given.clients < 1 or given.together < given.clients:
        raise Trouble("One client submits at least 1 application, several at least one each.")
    places = Places.from_environment()
    places.make()
    with (
        database.in_use(places) as server,
        own_database(server, f"{name_for(places)}_submit") as own,
        # A demo's worker would take the letters into its own database.
        tempfile.TemporaryDirectory() as queue,
    ):
        with step("Database"):
            owner = parts.marked_environment(places, SETTINGS, own.as_owner())
            django.manage(["migrate", "--no-input"], owner, log=places.log("bench"), what="The migration")
        for folder in ("messages", "control"):
            (Path(queue) / folder).mkdir()
        os.environ["LBF_BROKER_URL"] = f"filesystem://{queue}"
        os.environ.update(parts.marked_environment(places, SETTINGS, own.as_portal()))
        set_up()
        return 0 if measured(places, own, given) else 1


def measured(places: Places, own: database.Database, given: argparse.Namespace) -> bool:
    """Make the drafts, submit them, tell; whether the goals are met."""
    from lbf_portal.workbench import bench_submit_cases

    with step(f"{WARM + given.alone + given.together} drafts"):
        numbers = bench_submit_cases.drafts(WARM + given.alone + given.together, email=APPLICANT.email)
    portal = Portal(places, own)
    portal.open()
    try:
        submit(portal.site, numbers[:WARM], clients=1)
        alone = submit(portal.site, numbers[WARM:][: given.alone], clients=1)
        together = submit(portal.site, numbers[WARM + given.alone :], clients=given.clients)
        receipt = time_of_receipts(portal.site, numbers[:WARM])
    finally:
        portal.close()
    bench_submit_cases.require_submitted(len(numbers))
    p95 = sorted(alone.each)[math.ceil(len(alone.each) * 0.95) - 1]
    rate = len(together.each) / together.seconds
    tell(f"{os.cpu_count()} processors, 2 web workers; from the press of the button to the answer")
    tell(
        f"  one client   {_ms(statistics.median(alone.each))} median, {_ms(p95)} p95   "
        f"{_told(is_met=p95 < P95)} (goal: p95 under {_ms(P95)}); the receipt's page {_ms(receipt)} more"
    )
    tell(f"  {given.clients} clients    {rate:.1f} a second   {_told(is_met=rate >= RATE)} (goal: {RATE:.0f})")
    return p95 < P95 and rate >= RATE


class Portal(Demo):
    """The web server of the demo alone, on the bench's database."""

    def __init__(self, places: Places, own: database.Database) -> None:
        super().__init__(places, processes.free_port(), began=time.monotonic())
        self.cluster = None
        self.database = own

    def environment(self, *, as_owner: bool = False) -> dict[str, str]:
        return super().environment(as_owner=as_owner) | {"LBF_BROKER_URL": os.environ["LBF_BROKER_URL"]}

    def open(self) -> None:
        self._collect_static_files()
        self.parts = [self._web()]
        with step("Web server"):
            for part in self.parts:
                part.start()
            self._await_web()

    def close(self) -> None:
        """Only what was started here: a demo with the same data folder goes on."""
        for part in self.parts:
            part.stop()


class Submitted:
    """Seconds that each submission took, and all of them together."""

    def __init__(self, each: Sequence[float], seconds: float) -> None:
        self.each = each
        self.seconds = seconds


def submit(site: str, numbers: Sequence[int], *, clients: int) -> Submitted:
    """Submit the applications, each client its share, all from the same moment.

    Errors: Trouble when one does not come to its receipt.
    """
    start = Barrier(clients + 1, timeout=120)
    with ThreadPoolExecutor(clients) as pool:
        at_work = [pool.submit(_share, site, numbers[number::clients], start) for number in range(clients)]
        start.wait()
        began = time.perf_counter()
        each = [seconds for share in at_work for seconds in share.result()]
        return Submitted(each, time.perf_counter() - began)


def _share(site: str, numbers: Sequence[int], start: Barrier) -> list[float]:
    visitor = Applicant(site)
    try:
        visitor.sign_in_as_applicant()
        forms = [_form(visitor.fetch(f"/cases/{number}/submit/")[2]) for number in numbers]
    except BaseException:
        start.abort()
        raise
    start.wait()
    took = []
    for number, form in zip(numbers, forms, strict=True):
        began = time.perf_counter()
        status = visitor.press(f"/cases/{number}/submit/", form)
        took.append(time.perf_counter() - began)
        if status != HTTPStatus.FOUND:
            raise Trouble(f"Application {number} was not taken; the answer was {status}.")
    return took


def time_of_receipts(site: str, numbers: Sequence[int]) -> float:
    """Seconds that the receipt's page takes, the median."""
    visitor = Applicant(site)
    visitor.sign_in_as_applicant()
    return statistics.median(visitor.look_at(APPLICANT, f"/cases/{number}/receipt/").milliseconds for number in numbers) / 1000


class Applicant(Visitor):
    """A visitor who can press a button without going where the answer leads."""

    def __init__(self, site: str) -> None:
        super().__init__(site)
        self._staying = urllib.request.build_opener(urllib.request.ProxyHandler({}), self._cookies, _Stay())

    def sign_in_as_applicant(self) -> None:
        """Errors: Trouble when the demo does not let the person in."""
        if fault := self.sign_in(APPLICANT):
            raise Trouble(f"{APPLICANT.label}: {fault}")

    def press(self, path: str, form: Mapping[str, str]) -> int:
        """Send a form; the status of the answer."""
        request = urllib.request.Request(self.site + path, data=urllib.parse.urlencode(form).encode())  # noqa: S310 - our own http
        with self._staying.open(request, timeout=PATIENCE) as response:
            return int(response.status)


class _Stay(urllib.request.HTTPErrorProcessor):
    """Whatever the answer is, it is the answer."""

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:  # noqa: ARG002 - as urllib calls it
        return response


def _form(page: bytes) -> Mapping[str, str]:
    fields = _Fields()
    fields.feed(page.decode())
    return fields.values


class _Fields(HTMLParser):
    """Every field of the page's posted forms as somebody fills it in who agrees to everything."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._is_posted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self._is_posted = (attributes.get("method") or "").lower() == "post" and not attributes.get("action")
        name = attributes.get("name")
        if not self._is_posted or not name or tag not in {"input", "textarea"}:
            return
        if attributes.get("type") == "checkbox":
            self.values[name] = attributes.get("value") or "on"
        elif attributes.get("type") == "hidden" or attributes.get("value"):
            self.values[name] = attributes.get("value") or ""
        else:
            self.values[name] = "Ansøger"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _told(*, is_met: bool) -> str:
    return "met" if is_met else "NOT met"
