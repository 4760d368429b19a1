"""Every rule module has the shape of style.md 3.3: source, facts, check; no Django."""

import ast
import dataclasses
import importlib
import itertools
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import pytest

from applications import rules
from lbf_portal.lib.refusals import Violation

TABLES = {"rule_sets", "papers", "provisions"}  # look-up tables: they decide nothing
NAMES = sorted(module.name for module in pkgutil.iter_modules(rules.__path__) if module.name not in TABLES)
PARAGRAPH = re.compile(r"§§? ?\d+")
NUMBER = re.compile(r"\b(R|C|G|Q)\d+\b")
CERTAINTY = re.compile(r"\[(SOURCE|SOURCE, old|INFERRED)\]")


@pytest.fixture(params=NAMES)
def module(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(f"applications.rules.{request.param}")


def source_of(module: ModuleType) -> ast.Module:
    assert module.__file__ is not None
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


def imports_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            yield node.module


def test_the_rules_are_found() -> None:
    assert {"cofinancing", "commitment", "plan", "prequalification"} <= set(NAMES)


def test_a_rule_cites_its_paragraph_its_number_and_how_certain_it_is(module: ModuleType) -> None:
    assert module.__doc__ is not None
    assert PARAGRAPH.search(module.__doc__)
    assert NUMBER.search(module.__doc__)
    assert CERTAINTY.search(module.__doc__)


def test_a_rule_holds_its_facts_frozen_and_answers_check(module: ModuleType) -> None:
    assert dataclasses.is_dataclass(module.Facts)
    assert "__hash__" in vars(module.Facts), "frozen dataclasses are hashable, others are not"
    assert vars(module.Facts)["__hash__"] is not None
    assert get_type_hints(module.check)["return"] == list[Violation]
    assert module.check.__doc__


@pytest.mark.parametrize("name", [*NAMES, *sorted(TABLES)])
def test_rules_know_neither_django_nor_the_clock(name: str) -> None:
    tree = source_of(importlib.import_module(f"applications.rules.{name}"))
    allowed = ("applications.rules", "areas.rules", "lbf_portal.lib")
    assert all(found.startswith(allowed) or found.split(".")[0] in sys.stdlib_module_names for found in imports_of(tree))
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    assert not called & {"today", "now", "localdate"}


@pytest.mark.parametrize("name", [*NAMES, *sorted(TABLES)])
def test_no_rule_holds_a_float(name: str) -> None:
    tree = source_of(importlib.import_module(f"applications.rules.{name}"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)]


def codes_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Violation"), args=[ast.Constant(value=str(code)), *_]):
                yield code


def test_no_two_modules_use_the_same_code() -> None:
    codes = {name: set(codes_of(source_of(importlib.import_module(f"applications.rules.{name}")))) for name in NAMES}
    for one, other in itertools.combinations(NAMES, 2):
        assert codes[one].isdisjoint(codes[other])
    assert all(codes.values())
