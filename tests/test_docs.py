"""What the documentation names is there: a page that points nowhere costs its reader more than a missing one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lbf_portal.workbench.commands import NAMES

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
# What is written in the course of following a how-to (`<event>`), or stands for several (`…`), is no file yet.
OPEN_ENDED = re.compile(r"[<>…{}]")
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")
SUFFIXES = (".py", ".html", ".txt", ".md", ".csv", ".po", ".scss", ".toml", ".yml")
# Templates go by Django's name for them, and the wiring's modules may be named without the package.
BASES = (ROOT, ROOT / "templates", ROOT / "lbf_portal")
COMMAND = re.compile(r"\./portal (\w+)")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _paths_in(page: Path) -> set[str]:
    named = CODE.findall(page.read_text())
    return {name for name in named if "/" in name[1:] and name.endswith(SUFFIXES) and not OPEN_ENDED.search(name)}


def _is_there(path: str) -> bool:
    return any(any(base.glob(path)) for base in BASES)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_file_a_page_names_is_there(page: Path) -> None:
    assert [path for path in sorted(_paths_in(page)) if not _is_there(path)] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_page_a_page_links_to_is_there(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_a_page_names_is_one(page: Path) -> None:
    assert set(COMMAND.findall(page.read_text())) - NAMES == set()


def test_paths_are_found_at_all() -> None:
    assert "applications/states.py" in _paths_in(ROOT / "docs" / "howto" / "add-a-state.md")
