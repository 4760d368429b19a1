"""Go through the running demo as its people do: sign in, and fetch the first page of each role."""

import http.cookiejar
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from http import HTTPStatus

SIGN_IN = "/demo/sign-in/"
PATIENCE = 30


@dataclass(frozen=True)
class Person:
    """One of the people that the demo offers, as `manage.py demo_people --json` lists them."""

    email: str
    label: str
    start: str


@dataclass(frozen=True)
class Answer:
    """What came back for one page."""

    person: Person
    address: str
    status: int
    milliseconds: float
    size: int
    fault: str = ""

    @property
    def is_good(self) -> bool:
        return self.status == HTTPStatus.OK and not self.fault


class _HiddenFields(HTMLParser):
    """Collects the hidden inputs of a page, the CSRF token among them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "input" and attributes.get("type") == "hidden":
            self.values[attributes.get("name") or ""] = attributes.get("value") or ""


class Visitor:
    """A browser without eyes: it keeps cookies and follows redirects."""

    def __init__(self, site: str) -> None:
        self.site = site
        self._cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), self._cookies)

    def fetch(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """Status, final path, and body; a refused connection has status 0."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(self.site + path, data=data)  # noqa: S310 - our own http address
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return response.status, urllib.parse.urlsplit(response.url).path, response.read()
        except urllib.error.HTTPError as error:
            return error.code, path, error.read()
        except (urllib.error.URLError, OSError):
            return 0, path, b""

    def sign_in(self, person: Person) -> str:
        """Press the person's button; an empty text when that worked, else what went wrong."""
        status, _, page = self.fetch(SIGN_IN)
        if status != HTTPStatus.OK:
            return f"the sign-in page answers {status}"
        fields = _HiddenFields()
        fields.feed(page.decode())
        status, path, _ = self.fetch(SIGN_IN, fields.values | {"email": person.email})
        if status != HTTPStatus.OK or path.startswith(SIGN_IN):
            return f"sign-in was refused ({status})"
        return ""

    def look_at(self, person: Person, path: str) -> Answer:
        began = time.perf_counter()
        status, final, page = self.fetch(path)
        spent = (time.perf_counter() - began) * 1000
        fault = ""
        if status == HTTPStatus.OK and "sign-in" in final:
            fault = "was sent back to the sign-in"
        elif status == HTTPStatus.OK and b"<h1" not in page:
            fault = "the page has no heading"
        return Answer(person, path, status, spent, len(page), fault)


def first_pages(site: str, people: Sequence[Person]) -> list[Answer]:
    """Everybody's first page, each signed in afresh."""
    answers = []
    for person in people:
        visitor = Visitor(site)
        fault = visitor.sign_in(person)
        if fault:
            answers.append(Answer(person, SIGN_IN, 0, 0.0, 0, fault))
        else:
            answers.append(visitor.look_at(person, person.start))
    return answers


def table(answers: Sequence[Answer]) -> str:
    wide = max([len(answer.person.label) for answer in answers] + [4])
    far = max([len(answer.address) for answer in answers] + [7])
    lines = [f"  {'role':<{wide}}  {'address':<{far}}  status     ms    bytes"]
    for answer in answers:
        line = f"  {answer.person.label:<{wide}}  {answer.address:<{far}}  {answer.status:>6}"
        line += f" {answer.milliseconds:>6.0f} {answer.size:>8}"
        lines.append(f"{line}  {answer.fault}".rstrip())
    return "\n".join(lines)
