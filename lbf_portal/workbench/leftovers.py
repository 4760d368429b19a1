"""What must not be left behind in a commit: unfinished work, debugging, secrets, places on somebody's machine."""

import re
from collections.abc import Iterator
from pathlib import Path

from lbf_portal.workbench.places import PROJECT

SKIPPED_FOLDERS = frozenset(
    {".git", ".venv", ".data", "node_modules", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache",
     ".import_linter_cache", ".hypothesis"}
)  # fmt: skip
TEXT_FILES = frozenset(
    {
        ".py",
        ".html",
        ".txt",
        ".md",
        ".toml",
        ".yml",
        ".yaml",
        ".json",
        ".js",
        ".scss",
        ".css",
        ".po",
        ".sh",
        ".cfg",
        ".csv",
        ".svg",
        "",
    }
)
# Patterns are written so that this file does not find itself.
PATTERNS: dict[str, re.Pattern[str]] = {
    "unfinished work": re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"),
    "a merge that was not finished": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
    "debugging": re.compile(r"\bbreak" r"point\(\)|\bpdb\.set_" r"trace\(|console\.l" r"og\("),
    "a silenced type error without code and reason": re.compile(r"# type: ign" r"ore(?!\[[a-z-]+(?:, ?[a-z-]+)*\].*\S)"),
    "a silenced lint finding without code and reason": re.compile(r"# no" r"qa(?!: ?[A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*\W+\w)"),
    "a skipped test": re.compile(r"pytest\.(?:mark\.)?sk" r"ip\b|pytest\.mark\.xf" r"ail|@unittest\.sk" r"ip"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE " r"KEY-----"),
    "a place on somebody's machine": re.compile(r"/ho" r"me/(?!\$)[a-z][a-z0-9_-]*/|/ro" r"ot/[a-z.]|/wo" r"rk/(?:main|shared)"),
    "a download address": re.compile(r"\"resol" r"ved\": *\"http|registry\.npm" r"js\.org|files\.pythonhos" r"ted\.org"),
}


def texts(folder: Path = PROJECT) -> Iterator[Path]:
    """Every text file that could be committed."""
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            if entry.name not in SKIPPED_FOLDERS:
                yield from texts(entry)
        elif entry.suffix in TEXT_FILES:
            yield entry


def with_suffix(suffix: str, *folders: str) -> list[str]:
    """Paths of our own files of one kind, below the project."""
    roots = [PROJECT / folder for folder in folders] if folders else [PROJECT]
    return [str(path.relative_to(PROJECT)) for root in roots if root.is_dir() for path in texts(root) if path.suffix == suffix]


def faults() -> list[str]:
    """File, line and kind of everything that should not be there."""
    found = []
    for path in texts():
        text = path.read_text(errors="replace")
        for kind, pattern in PATTERNS.items():
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(PROJECT)}:{line}: {kind}: {match.group().strip()}")
    return found
