"""One file judged by what is in it: its kind, its pages, and everything found. Run apart from the worker (apart.py)."""

from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path
from typing import Any

from applications.files import images, office, pdf
from applications.files.findings import Finding, Stopped
from applications.files.kinds import HEAD, Kind, is_old_office, recognised

ONE_PAGE = 1


@dataclasses.dataclass(frozen=True)
class Judged:
    """What a file came to. `pages` is known for PDFs and pictures: Word only guesses at its own."""

    kind: Kind | None = None
    pages: int | None = None
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "pages": self.pages, "findings": [finding.as_json() for finding in self.findings]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Judged:
        kind = Kind(stored["kind"]) if stored["kind"] else None
        return cls(kind, stored["pages"], tuple(Finding.from_json(finding) for finding in stored["findings"]))


def judge(path: Path) -> Judged:
    """Open the file and say what it is and what is found in it; nothing is raised for a bad one."""
    try:
        return _judge(path)
    except Stopped as stopped:
        return Judged(findings=(stopped.finding,))


def _judge(path: Path) -> Judged:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head:
        raise Stopped("empty")
    kinds = recognised(head)
    if not kinds:
        raise Stopped("old_office" if is_old_office(head) else "unknown_kind")
    _refuse_two_in_one(path, head, kinds)
    if Kind.PDF in kinds:
        pages, found = pdf.judge(path)
        return Judged(Kind.PDF, pages, tuple(found))
    if Kind.DOCX in kinds:
        kind, found = office.judge(path)
        return Judged(kind, None, tuple(found))
    (kind,) = kinds
    return Judged(kind, ONE_PAGE, tuple(images.judge(path, kind)))


def _refuse_two_in_one(path: Path, head: bytes, kinds: frozenset[Kind]) -> None:
    """A PDF may begin late and a ZIP is read from its end, so a file can be two things at once. Errors: Stopped."""
    is_zip = Kind.DOCX in kinds
    if (Kind.PDF not in kinds and b"%PDF-" in head) or (not is_zip and zipfile.is_zipfile(path)):
        raise Stopped("two_in_one")
