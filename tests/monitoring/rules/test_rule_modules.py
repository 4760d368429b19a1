"""Every rule names its source and is plain Python."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from monitoring import rules

MODULES = [module.name for module in pkgutil.iter_modules(rules.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_a_rule_module_cites_a_paragraph_and_a_number_and_imports_no_django(name: str) -> None:
    module = importlib.import_module(f"monitoring.rules.{name}")
    assert module.__doc__ is not None
    assert re.search(r"§ \d+", module.__doc__)
    assert re.search(r"\b[RCQG]\d+", module.__doc__)
    assert module.__file__ is not None
    assert "django" not in Path(module.__file__).read_text(encoding="utf-8")
