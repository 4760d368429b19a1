"""The kinds of files that the portal takes, told from content and never from a name or what a browser says."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from types import MappingProxyType

MEGABYTE = 1024 * 1024
LARGEST_FILE = 50 * MEGABYTE
# What `recognised` looks at.
HEAD = 1024


class Kind(enum.StrEnum):
    """What can be attached to a case."""

    PDF = "PDF"
    DOCX = "DOCX"
    XLSX = "XLSX"
    PNG = "PNG"
    JPEG = "JPEG"


@dataclasses.dataclass(frozen=True)
class Format:
    """What browsers and people call a kind."""

    name: str
    content_type: str
    suffixes: tuple[str, ...]


OFFICE = "application/vnd.openxmlformats-officedocument."
FORMATS: Mapping[Kind, Format] = MappingProxyType(
    {
        Kind.PDF: Format("PDF", "application/pdf", (".pdf",)),
        Kind.DOCX: Format("Word", OFFICE + "wordprocessingml.document", (".docx",)),
        Kind.XLSX: Format("Excel", OFFICE + "spreadsheetml.sheet", (".xlsx",)),
        Kind.PNG: Format("PNG", "image/png", (".png",)),
        Kind.JPEG: Format("JPEG", "image/jpeg", (".jpg", ".jpeg")),
    }
)
SUFFIXES = tuple(suffix for known in FORMATS.values() for suffix in known.suffixes)

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS: tuple[tuple[bytes, frozenset[Kind]], ...] = (
    (b"%PDF-", frozenset({Kind.PDF})),
    (_ZIP, frozenset({Kind.DOCX, Kind.XLSX})),
    (b"\x89PNG\r\n\x1a\n", frozenset({Kind.PNG})),
    (b"\xff\xd8\xff", frozenset({Kind.JPEG})),
)


def recognised(head: bytes) -> frozenset[Kind]:
    """The kinds that a file with these first bytes can be; empty for none of ours.

    Word and Excel begin alike, so their content decides (office.py). A file that is something else as well (a picture with
    a PDF in it) is told by whoever opens it.
    """
    return next((kinds for beginning, kinds in _BEGINNINGS if head.startswith(beginning)), frozenset())


def is_old_office(head: bytes) -> bool:
    """Word and Excel before 2007, and today's with a password: the same container holds both."""
    return head.startswith(_OLD_OFFICE)
