"""The order of the run: what takes long first, so that at the end no worker has a long file left while the other has none.

Files that measure come after those: whoever measures waits for the neighbour's test to end, and the short ones end soon.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

# Seconds of one test, roughly.
SECONDS = {"slow": 30.0, "browser": 10.0}
MEASURED = 0.5


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the files, and leave the order within each as it is."""
    lasts: defaultdict[Path, float] = defaultdict(float)
    measures: set[Path] = set()
    for item in items:
        lasts[item.path] += max((seconds for mark, seconds in SECONDS.items() if item.get_closest_marker(mark)), default=0.0)
        if item.get_closest_marker("measured"):
            measures.add(item.path)
    items.sort(key=lambda item: (-(MEASURED if item.path in measures else lasts[item.path]), item.path))
