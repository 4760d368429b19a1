"""Names of files as people gave them, made safe to show and to save under."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from applications.files.kinds import FORMATS, Kind

LONGEST = 150
# Control, direction and other invisible characters (a right-to-left mark makes `fdp.exe` look like `exe.pdf`), surrogates,
# private ones, and line breaks.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('<>:"/\\|?*', "-"))


def plain(name: str) -> str:
    """The name without folders and without what cannot be seen, in one form for æ, ø and å, and not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(
        character for character in unicodedata.normalize("NFC", last) if unicodedata.category(character) not in _UNSEEN
    )
    text = " ".join(seen.translate(_NOT_IN_NAMES).split()).strip(". ")
    if len(text) <= LONGEST:
        return text or "fil"
    suffix = PurePosixPath(text).suffix
    suffix = suffix if len(suffix) <= len(".jpeg") else ""
    return text[: LONGEST - len(suffix)].rstrip() + suffix


def fitting(name: str, kind: Kind) -> str:
    """The name with a suffix that says what the content is, so that no program takes it for something else."""
    suffixes = FORMATS[kind].suffixes
    return name if name.lower().endswith(suffixes) else name + suffixes[0]
