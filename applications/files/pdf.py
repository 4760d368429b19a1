"""PDFs: do they open, how many pages, do they do anything by themselves, and what do they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from applications.files.findings import Finding, Stopped
from applications.files.searching import Search
from lbf_portal.lib.words import gettext_noop

MOST_PAGES = 1000
# A thousand pages of drawings stay far below.
MOST_OBJECTS = 300_000
MOST_FOLLOWING = 100
# What pypdf's parsers raise on files made to break them, beside its own.
_BROKEN = (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, AssertionError, OSError)
# Read with a library for ciphers that the portal has no use for: a protected file is not opened, whatever protects it
# (pypdf raises NotImplementedError for a way of protecting that it does not know).
_LOCKED = (DependencyError, FileNotDecryptedError, NotImplementedError)
_SCRIPT = gettext_noop("JavaScript")
_OTHER_FILE = gettext_noop("en anden fil, der bliver åbnet")
_SENDS = gettext_noop("en formular, der sender eller henter oplysninger")
# What no plain document holds, wherever it hangs: by the name of an entry, and by the kind of an action (ISO 32000, 12.6).
_STOPPING_KEYS: Mapping[str, str] = MappingProxyType(
    {"/JS": _SCRIPT, "/JavaScript": _SCRIPT, "/XFA": gettext_noop("en dynamisk formular (XFA)")}
)
_STOPPING_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "/JavaScript": _SCRIPT,
        "/Launch": gettext_noop("et program"),
        "/GoToR": _OTHER_FILE,
        "/GoToE": _OTHER_FILE,
        "/SubmitForm": _SENDS,
        "/ImportData": _SENDS,
    }
)


def judge(path: Path) -> tuple[int, list[Finding]]:
    """Pages, and what is found. Errors: Stopped."""
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            raise Stopped("encrypted")
        pages = len(reader.pages)
        if not pages:
            raise Stopped("broken")
        if pages > MOST_PAGES:
            raise Stopped("too_many_pages", pages=str(pages), limit=str(MOST_PAGES))
        inside = _look_through(reader)
    except _LOCKED as error:
        raise Stopped("encrypted") from error
    except _BROKEN as error:
        raise Stopped("broken") from error
    found = [Finding("files_inside", {"count": str(inside)})] if inside else []
    return pages, [*found, *_search(reader)]


def _search(reader: PdfReader) -> list[Finding]:
    search = Search()
    for page in reader.pages:
        if search.is_full:
            break
        search.add(_text_of(page))
    return search.findings()


def _text_of(page: PageObject) -> str:
    """A page whose text cannot be read still shows; the fonts of many real files are odd."""
    try:
        return page.extract_text()
    except _BROKEN:
        return ""


def _look_through(reader: PdfReader) -> int:
    """Every object of the file once, wherever it hangs; returns how many files lie within. Errors: Stopped.

    Actions can hang at the document, a page, a bookmark, a field or its parent, and at the order in which fields are
    calculated. Whoever looks in known places only is one place behind, so nothing asks from where an object is reached.
    """
    inside = 0
    for value in _objects(reader):
        for one in _dictionaries(value):
            _refuse_what_runs(one)
            inside += "/EF" in one
    return inside


def _objects(reader: PdfReader) -> Iterator[Any]:
    """What the file's table of objects names, and the trailer."""
    plain = {(number, generation) for generation, offsets in reader.xref.items() for number in offsets}
    known = plain | {(number, 0) for number in reader.xref_objStm}
    if len(known) > MOST_OBJECTS:
        raise Stopped("too_hard")
    yield reader.trailer
    for number, generation in sorted(known):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _dictionaries(value: Any) -> Iterator[DictionaryObject]:
    """The dictionaries within a value; what it merely points to is an object of its own."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            yield one
            parts: Iterable[Any] = dict.values(one)  # as they stand, pointers not followed
        else:
            parts = one if isinstance(one, ArrayObject) else ()
        waiting.extend(part for part in parts if isinstance(part, DictionaryObject | ArrayObject))


def _refuse_what_runs(one: DictionaryObject) -> None:
    for name, what in _STOPPING_KEYS.items():
        if name in one:
            raise Stopped("active_content", what=what)
    if (what_runs := _STOPPING_ACTIONS.get(str(_resolved(dict.get(one, "/S"))))) is not None:
        raise Stopped("active_content", what=what_runs)
    # A link that somebody clicks is none of our business; one that opens by itself is.
    by_itself = [dict.get(one, "/OpenAction"), *dict.values(_dictionary(dict.get(one, "/AA")))]
    if any(action.get("/S") == "/URI" for start in by_itself for action in _chain(start)):
        raise Stopped("active_content", what=gettext_noop("en hjemmeside, der åbner af sig selv"))


def _chain(action: Any) -> Iterator[DictionaryObject]:
    """An action and those that follow it. Errors: Stopped when they are more than anybody writes."""
    waiting, left = [action], MOST_FOLLOWING
    while waiting:
        if not left:
            raise Stopped("too_hard")
        left -= 1
        if of := _dictionary(waiting.pop()):
            yield of
            following = _resolved(dict.get(of, "/Next"))
            waiting.extend(following if isinstance(following, ArrayObject) else [following])


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _dictionary(value: Any) -> DictionaryObject:
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()
