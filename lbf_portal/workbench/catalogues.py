"""The words: Danish stands in the sources, English in `locale/en/LC_MESSAGES/django.po`.

`update()` puts every text of the sources into the catalogue and takes out what is gone; `check()` says what lacks
English; `compile_all()` makes what Django reads. All in Python, because no wheel carries the gettext programs.
"""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
PACKAGES = ("accounts", "applications", "areas", "ledger", "lbf_portal", "monitoring")
TEMPLATES = ROOT / "templates"

HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
# What Django calls its functions, and which arguments hold text ("c" marks a context).
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@dataclass(frozen=True, order=True)
class Message:
    """A text for people as it stands in the sources."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True)
class Flaw:
    """What is wrong with one message: `missing`, `obsolete`, `unsure` or `placeholders`."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text!r}"


def sources() -> Iterator[Path]:
    """Every Python module and template of the portal; migrations repeat what models say."""
    for package in PACKAGES:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts)
    yield from (path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".txt"})


def messages_in(path: Path) -> set[Message]:
    """The texts of one file.

    Errors: SyntaxError for a template that Django could not read either.
    """
    # Development tools, both absent from what a demo or a server installs.
    from babel.messages.extract import extract
    from django.utils.translation.template import templatize

    source = path.read_text()
    if path.suffix != ".py":
        # What is left of a template is a heap of words; in brackets nobody asks how they are indented.
        source = f"(\n{templatize(source, origin=str(path))}\n)"
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    return {_message(texts, context or "") for _line, texts, _comments, context in found}


def extracted() -> dict[Message, list[str]]:
    """Every text of the sources, with the files it stands in."""
    found: dict[Message, list[str]] = {}
    for path in sources():
        for message in messages_in(path):
            found.setdefault(message, []).append(path.relative_to(ROOT).as_posix())
    return found


def update(catalogue: Path = ENGLISH) -> list[str]:
    """Make the catalogue hold exactly the texts of the sources; returns those that lack English."""
    known = {_of_entry(entry): entry for entry in _read(catalogue)}
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = dict(HEADER)
    for message, files in sorted(extracted().items()):
        entry = known.get(message) or _new_entry(message)
        # Files without line numbers: a moved line is no change to a text.
        entry.occurrences = [(name, "") for name in sorted(files)]
        fresh.append(entry)
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    text = str(fresh)
    if not catalogue.exists() or catalogue.read_text() != text:
        catalogue.write_text(text)
    return [entry.msgid for entry in fresh if not entry.translated()]


def check(catalogue: Path = ENGLISH) -> list[Flaw]:
    """What is wrong with the catalogue; nothing when English is a full second language."""
    return flaws(_read(catalogue), set(extracted()))


def flaws(catalogue: polib.POFile, wanted: set[Message]) -> list[Flaw]:
    """Compare a catalogue with the texts it should hold."""
    held = {_of_entry(entry): entry for entry in catalogue}
    found = [Flaw("obsolete", message.text) for message in sorted(set(held) - wanted)]
    for message in sorted(wanted):
        entry = held.get(message)
        if entry is not None and "fuzzy" in entry.flags:
            found.append(Flaw("unsure", message.text))
        elif entry is None or not entry.translated():
            found.append(Flaw("missing", message.text))
        elif _placeholders_differ(entry):
            found.append(Flaw("placeholders", message.text))
    return found


def compile_all() -> bool:
    """Make the `.mo` files that Django reads, where the catalogue has changed; says whether there was anything to do."""
    has_changed = False
    for catalogue in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        content = _read(catalogue).to_binary()
        if not compiled.exists() or compiled.read_bytes() != content:
            # Renamed into place: a test or a server next door may be reading.
            fresh = compiled.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(content)
            fresh.rename(compiled)
            has_changed = True
    return has_changed


def _read(catalogue: Path) -> polib.POFile:
    return polib.pofile(str(catalogue), encoding="utf-8", wrapwidth=110) if catalogue.exists() else polib.POFile()


def _message(texts: str | tuple[str, ...], context: str) -> Message:
    """Babel gives one text, or singular and plural together; a context comes beside them."""
    parts = (texts,) if isinstance(texts, str) else tuple(texts)
    singular, plural = parts[0], parts[1] if len(parts) > 1 else ""
    return Message(singular, plural, context)


def _of_entry(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _new_entry(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = {0: "", 1: ""}
    return entry


def _placeholders_differ(entry: polib.POEntry) -> bool:
    """A translation that lost a placeholder loses what it should name; one that invents one breaks the page."""
    wanted = _placeholders(entry.msgid_plural or entry.msgid)
    given = entry.msgstr_plural[1] if entry.msgid_plural else entry.msgstr
    return _placeholders(given) != wanted


def _placeholders(text: str) -> set[str]:
    return {found.group() for found in PLACEHOLDER.finditer(text)}
