"""The public registers and lists, as `load_reference` enters them."""

from __future__ import annotations

import pytest

from accounts.actors import SYSTEM
from areas.transitions import load_reference


@pytest.fixture
def reference(db: None) -> dict[str, int]:
    """What the first load made."""
    return load_reference(by=SYSTEM)
