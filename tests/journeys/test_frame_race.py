"""Twenty directors decide in the same moment on the last hundred million of a frame, ten million each (issue 2, Shows)."""

from __future__ import annotations

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from lbf_portal.workbench.walk import Visitor
from tests.journeys.recommended import PASSWORD
from tests.journeys.server import Portal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("journeys")]

DIRECTORS = 20
ROOM_FOR = 10


def test_twenty_directors_at_once_make_ten_commitments(portal: Portal) -> None:
    pairs = json.loads(portal.run("recommended", f"make({DIRECTORS}, millions_each=10, millions_left=100)"))
    with ThreadPoolExecutor(DIRECTORS) as threads:
        ready = list(threads.map(lambda pair: at_the_decision(portal, *pair), pairs))
        start = threading.Barrier(DIRECTORS)
        answers = list(threads.map(lambda one: decide(one, start), ready))

    given = [page for page in answers if "Der er givet tilsagn." in page]
    refused = [page for page in answers if "kan ikke rummes" in page]
    assert (len(given), len(refused)) == (ROOM_FOR, DIRECTORS - ROOM_FOR)
    for page in refused:
        assert re.search(r"Rammen for \d{4} har [\d.]+ kr\. tilbage\. Tilsagnet på 10\.000\.000 kr\. kan ikke rummes\.", page)

    states = portal.rows("SELECT state, count(*) FROM applications_application GROUP BY state ORDER BY state")
    assert states == [("COMMITTED", ROOM_FOR), ("PLAN_SUBMITTED", DIRECTORS - ROOM_FOR)]
    assert portal.rows("SELECT count(*), sum(amount) FROM ledger_entry WHERE amount = 10000000") == [(ROOM_FOR, 100_000_000)]
    assert portal.rows("SELECT count(*) FROM applications_decision WHERE outcome = 'COMMITTED'") == [(ROOM_FOR,)]
    assert "Alt stemmer." in portal.manage("check_frame")


def at_the_decision(portal: Portal, email: str, case_number: int) -> tuple[Visitor, str, str]:
    """A director who has signed in and has the decision on the screen: the visitor, the address, the form's token."""
    visitor = Visitor(portal.site)
    _status, _path, page = visitor.fetch("/sign-in/")
    status, path, _page = visitor.fetch(
        "/sign-in/", {"csrfmiddlewaretoken": token_of(page), "email": email, "password": PASSWORD}
    )
    assert (status, path) == (200, "/")
    decision = f"/cases/{case_number}/decide/"
    status, path, page = visitor.fetch(decision)
    assert (status, path) == (200, decision)
    assert "10.000.000 kr." in page.decode()
    return visitor, decision, token_of(page)


def token_of(page: bytes) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.decode())
    assert found is not None
    return found[1]


def decide(ready: tuple[Visitor, str, str], start: threading.Barrier) -> str:
    """Press the button when all are ready; the page that comes back."""
    visitor, decision, token = ready
    start.wait(timeout=60)
    form = {"csrfmiddlewaretoken": token, "reason": "Indsatsen opfylder betingelserne for tilsagn.", "is_sure": "on"}
    status, _path, page = visitor.fetch(decision, form)
    assert status == 200
    return page.decode()
