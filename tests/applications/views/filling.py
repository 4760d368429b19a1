"""What a browser without scripts would send from a page: its forms' fields as they stand."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    """Reads the fields of the forms inside <main>; a <template> is no part of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._in_main = self._templates = 0
        self._select: str | None = None
        self._first_option: str | None = None
        self._chosen: str | None = None
        self._textarea: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "main":
            self._in_main += 1
        elif tag == "template":
            self._templates += 1
        if not self._in_main or self._templates:
            return
        name = attributes.get("name")
        if tag == "input" and name and (attributes.get("type") not in {"checkbox", "radio"} or "checked" in attributes):
            self.values.setdefault(name, []).append(attributes.get("value") or ("on" if "checked" in attributes else ""))
        elif tag == "select":
            self._select, self._first_option, self._chosen = name, None, None
        elif tag == "option" and self._select:
            value = attributes.get("value") or ""
            self._first_option = value if self._first_option is None else self._first_option
            if "selected" in attributes:
                self._chosen = value
        elif tag == "textarea":
            self._textarea, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main -= 1
        elif tag == "template":
            self._templates -= 1
        elif tag == "select" and self._select:
            chosen = self._first_option if self._chosen is None else self._chosen
            self.values[self._select] = [chosen or ""]
            self._select = None
        elif tag == "textarea" and self._textarea:
            self.values[self._textarea] = [self._text.removeprefix("\n")]
            self._textarea = None


def filled_in(response: Any, **changes: Any) -> dict[str, Any]:
    """The page's fields, with some of them typed over; `name=None` takes a field out."""
    assert response.status_code == 200, response
    parser = _Fields()
    parser.feed(response.content.decode())
    data: dict[str, Any] = {name: values for name, values in parser.values.items() if name != "csrfmiddlewaretoken"}
    return {name: value for name, value in {**data, **changes}.items() if value is not None}


def date_parts(name: str, day: int | str, month: int | str, year: int | str) -> dict[str, str]:
    """A date as its three fields."""
    return {f"{name}_day": str(day), f"{name}_month": str(month), f"{name}_year": str(year)}
