"""The pace of the machine in this moment: goals in seconds were set on one machine, the tests run on many.

A test that measures seconds asks for the `pace()` of the same moment and compares with its goal times that: where the yardstick
takes twice as long as at home, the page may too. A quicker machine gets no discount: the goal is the goal.
"""

from __future__ import annotations

import hashlib
import json
import time

# Seconds that the yardstick took where the goals of the issues were measured: two cores, nothing beside it.
AT_HOME = 0.065


def pace() -> float:
    """How many times longer than at home everything takes here and now; at least 1."""
    began = time.perf_counter()
    for number in range(200):
        names = [f"område {number * place}" for place in range(100)]
        codes = {name: hashlib.sha256(name.encode()).hexdigest() for name in sorted(names)}
        json.loads(json.dumps(codes))
    return max(1.0, (time.perf_counter() - began) / AT_HOME)
