"""Word and Excel (Office Open XML): zipped XML, opened within limits and never unpacked to disk."""

from __future__ import annotations

import dataclasses
import functools
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.parsers import expat

from applications.files.findings import Finding, Stopped
from applications.files.kinds import OFFICE, Kind
from applications.files.searching import Search
from lbf_portal.lib.words import gettext_noop

MOST_ENTRIES = 5_000
MOST_UNPACKED = 300 * 1024 * 1024
# A single part may shrink this much: XML of empty cells does, a bomb shrinks a thousandfold.
MOST_RATIO = 250
FREE_OF_RATIO = 5 * 1024 * 1024
BLOCK = 64 * 1024

CONTENT_TYPES = "[content_types].xml"
ROOT_RELATIONS = "_rels/.rels"
_MAIN = {
    OFFICE + "wordprocessingml.document.main+xml": Kind.DOCX,
    OFFICE + "spreadsheetml.sheet.main+xml": Kind.XLSX,
}
# What a part does is told by its content type and by how others point to it: names are free, programs do not go by them. They
# are asked all the same, for a part that nobody points to has no business there either.
# Macros of Word and Excel, and those of Excel before 1997, which still run.
_MACRO_TYPES = ("macroenabled", "vbaproject", "vbadata", "macrosheet")
_MACRO_RELATIONS = frozenset({"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet"})
_MACRO_NAMES = re.compile(r"(^|/)(vbaproject[^/]*\.bin|vbadata\.xml|macrosheets/.*)$")
_RUNNING_TYPES = ("oleobject", "activex")
_RUNNING_RELATIONS = frozenset({"oleobject", "control", "activexcontrolbinary"})
_RUNNING_NAMES = re.compile(r"(^|/)(activex/.*|embeddings/[^/]*\.bin)$")
# Another document that is taken in when this one is opened: a page of the web, a part of a master document.
_MERGED_RELATIONS = frozenset({"afchunk", "subdocument"})
_FILE_RELATION = "package"
_FILE_NAMES = re.compile(r"(^|/)embeddings/[^/]+$")
# Elements after which a new piece of text begins: a paragraph, a cell, a shared string, a comment, a point of a chart.
_PIECES = frozenset({"p", "c", "si", "comment", "pt"})
_TEXTS = frozenset({"t", "v", "instrText"})
_OTHER_PROGRAM = gettext_noop("en forbindelse til et andet program")
_FETCHED = gettext_noop("noget, der hentes et andet sted fra (en skabelon, et billede eller en anden fil)")
# Fields that start a program, and fields that fetch.
_FIELDS = {"DDE": _OTHER_PROGRAM, "DDEAUTO": _OTHER_PROGRAM, "INCLUDEPICTURE": _FETCHED, "INCLUDETEXT": _FETCHED}
_FIELD = re.compile(r"\s*([A-Z]+)", re.IGNORECASE)


@dataclasses.dataclass
class _Package:
    """An opened file: its parts by name, what they are declared to be, and which part another points to as what."""

    zip: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]
    types: dict[str, str] = dataclasses.field(default_factory=dict)
    pointed_at: set[tuple[str, str]] = dataclasses.field(default_factory=set)
    main: list[str] = dataclasses.field(default_factory=list)


# What zipfile and expat raise for a file somebody made: NotImplementedError for a compression they do not know, zlib.error for
# one that does not unpack.
_BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, EOFError, OSError, ValueError, NotImplementedError)


def judge(path: Path) -> tuple[Kind, list[Finding]]:
    """Which of the two it is, and what is found. Errors: Stopped."""
    try:
        with zipfile.ZipFile(path) as opened:
            package = _Package(opened, _parts(opened))
            _read_types(package)
            _read_relations(package)
            kind = _kind(package)
            _refuse_what_runs(package)
            inside = _files_inside(package)
            found = [Finding("files_inside", {"count": str(inside)})] if inside else []
            return kind, [*found, *_search(package)]
    except _BROKEN as error:
        raise Stopped("broken") from error


def _parts(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names in small letters, within limits. Errors: Stopped."""
    parts = opened.infolist()
    unpacked: int = sum(part.file_size for part in parts)
    if len(parts) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise Stopped("too_much_packed")
    for part in parts:
        if part.flag_bits & 1:
            raise Stopped("encrypted")
        if part.file_size > FREE_OF_RATIO and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise Stopped("too_much_packed")
    if min((part.header_offset for part in parts), default=0):
        raise Stopped("two_in_one")  # something stands before the first part
    named = {_name(part.filename): part for part in parts}
    if len(named) != len(parts):
        raise Stopped("broken")  # two parts of one name: programs differ in which one they open
    return named


def _name(name: str) -> str:
    """A part's name as programs compare it."""
    return posixpath.normpath(unquote(name).replace("\\", "/").lower()).lstrip("/")


def _read_types(package: _Package) -> None:
    """Find what every part is declared to be, by its name or by its suffix. Errors: Stopped."""
    by_name: dict[str, str] = {}
    by_suffix: dict[str, str] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        declared = attributes.get("ContentType", "").strip().lower()
        if _local(element) == "Override":
            by_name[_name(attributes.get("PartName", ""))] = declared
        elif _local(element) == "Default":
            by_suffix[attributes.get("Extension", "").strip().lower()] = declared

    if CONTENT_TYPES not in package.parts:
        raise Stopped("unknown_kind")
    _parse(package, CONTENT_TYPES, start)
    for name in package.parts:
        package.types[name] = by_name.get(name) or by_suffix.get(name.rsplit(".", 1)[-1], "")
    if any(word in declared for declared in (*by_name.values(), *by_suffix.values()) for word in _MACRO_TYPES):
        raise Stopped("macros")


def _read_relations(package: _Package) -> None:
    """Find what every part is to the others. Errors: Stopped for what may not be pointed at."""
    for name in package.parts:
        if name.endswith(".rels") or package.types[name].endswith("package.relationships+xml"):
            # `word/_rels/document.xml.rels` says what `word/document.xml` points to, beginning from `word/`.
            folder = posixpath.dirname(posixpath.dirname(name))
            _parse(package, name, functools.partial(_read_relation, package, folder, is_root=name == ROOT_RELATIONS))


def _read_relation(package: _Package, folder: str, element: str, attributes: dict[str, str], *, is_root: bool) -> None:
    if _local(element) != "Relationship":
        return
    role = attributes.get("Type", "").strip().rstrip("/").rsplit("/", 1)[-1].lower()
    if attributes.get("TargetMode", "").strip().lower() == "external":
        if role != "hyperlink":  # which somebody must click
            raise Stopped("active_content", what=_FETCHED)
        return
    target = _name(posixpath.join("/" + folder, attributes.get("Target", "").strip().replace("\\", "/")))
    package.pointed_at.add((role, target))
    if is_root and role == "officedocument":
        package.main.append(target)


def _kind(package: _Package) -> Kind:
    """What the document is that programs open: the part that the package points to as its document. Errors: Stopped."""
    if len(package.main) != 1:
        raise Stopped("unknown_kind")
    (main,) = package.main
    kinds = {_MAIN[declared] for declared in package.types.values() if declared in _MAIN}
    kind = _MAIN.get(package.types.get(main, ""))
    if kind is None or len(kinds) != 1:
        raise Stopped("unknown_kind")
    return kind


def _refuse_what_runs(package: _Package) -> None:
    """Macros, objects that run, and what is taken in when the file is opened. Errors: Stopped."""
    roles = {role for role, _target in package.pointed_at}
    if roles & _MACRO_RELATIONS or any(_MACRO_NAMES.search(name) for name in package.parts):
        raise Stopped("macros")
    is_running = any(word in declared for declared in package.types.values() for word in _RUNNING_TYPES)
    if is_running or roles & _RUNNING_RELATIONS or any(_RUNNING_NAMES.search(name) for name in package.parts):
        raise Stopped("active_content", what=gettext_noop("et indlejret objekt"))
    if roles & _MERGED_RELATIONS:
        raise Stopped("active_content", what=gettext_noop("et andet dokument, der flettes ind"))


def _files_inside(package: _Package) -> int:
    """How many files are embedded whole."""
    by_role = {target for role, target in package.pointed_at if role == _FILE_RELATION}
    return len(by_role | {name for name in package.parts if _FILE_NAMES.search(name)})


def _search(package: _Package) -> list[Finding]:
    """Look through every part that is XML, whatever it is called; what does something is found on the way. Errors: Stopped."""
    reading = _Reading()
    for name in package.parts:
        if (package.types[name].endswith("xml") or name.endswith(".xml")) and not name.endswith(".rels"):
            reading.begin()
            _parse(package, name, reading.start, reading.end, reading.text)
    return reading.search.findings()


class _Reading:
    """Collects the text of a paragraph or a cell, and looks through it when it ends.

    When enough text is looked through, what fields and links do is still asked, to the end of the file.
    """

    def __init__(self) -> None:
        self.search = Search()
        self.begin()

    def begin(self) -> None:
        self.pieces: list[str] = []
        self.instructions: list[str] = []
        self.inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local in _TEXTS:
            self.inside = local
        elif local in _PIECES:
            self._finish()
        elif local == "fldSimple":
            _refuse_field(next((value for key, value in attributes.items() if _local(key) == "instr"), ""))
        elif local == "fldChar":
            self._finish_instruction()  # a field begins or ends
        elif local in {"tab", "br"}:
            self.pieces.append(" ")
        elif local in {"ddeLink", "oleLink"}:
            raise Stopped("active_content", what=_OTHER_PROGRAM)

    def text(self, characters: str) -> None:
        if self.inside == "instrText":
            self.instructions.append(characters)
        elif self.inside:
            self.pieces.append(characters)

    def end(self, name: str) -> None:
        local = _local(name)
        if local in _TEXTS:
            self.inside = ""
        elif local in _PIECES:
            self._finish()

    def _finish(self) -> None:
        if self.pieces:
            self.search.add("".join(self.pieces))
            self.pieces = []
        self._finish_instruction()

    def _finish_instruction(self) -> None:
        """What a field does may be spread over several runs of a paragraph."""
        if self.instructions:
            _refuse_field("".join(self.instructions))
            self.instructions = []


def _refuse_field(instruction: str) -> None:
    if (found := _FIELD.match(instruction)) and (what := _FIELDS.get(found[1].upper())):
        raise Stopped("active_content", what=what)


def _parse(
    package: _Package,
    name: str,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Read a part as XML, a block at a time. A document type of its own is refused: entities can grow without end."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    for block in _blocks(package, name):
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_declaration: object) -> None:
    raise Stopped("broken")


def _blocks(package: _Package, name: str) -> Iterator[bytes]:
    with package.zip.open(package.parts[name]) as stream:
        while block := stream.read(BLOCK):
            yield block


def _local(name: str) -> str:
    """The name without its namespace's prefix."""
    return name.rsplit(":", 1)[-1]
