"""Draws charts in a process of its own: `python -m monitoring.drawing`, Vega-Lite specs in, SVGs out, as JSON.

The engine takes a hundred megabytes and never gives them back, so no worker of the portal loads it (docs/decisions/0010). Plain
Python without Django: the process lives for a second.
"""

from __future__ import annotations

import json
import sys
from typing import Any

VEGA_LITE = "5.20"


def draw(specs: list[dict[str, Any]]) -> list[str]:
    """Return the SVG of each spec, with Danish numbers. Nothing is fetched: specs hold their data."""
    import vl_convert  # noqa: PLC0415 - the weight that this module keeps away from everybody who imports it

    return [
        vl_convert.vegalite_to_svg(
            spec, vl_version=VEGA_LITE, format_locale="da-DK", time_format_locale="da-DK", allowed_base_urls=[]
        )
        for spec in specs
    ]


if __name__ == "__main__":
    json.dump(draw(json.load(sys.stdin)), sys.stdout)
