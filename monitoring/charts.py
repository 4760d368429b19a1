"""Charts of a goal: what is drawn, and the drawings that are kept.

A drawing is kept as a file named by the hash of what is drawn, so new values make a new drawing and nothing ever has to be
thrown out in time; the folder may be emptied at will. What is missing is drawn in one child process (monitoring.drawing).
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from lbf_portal.lib.danish import number
from monitoring.facts import GoalStanding

logger = logging.getLogger(__name__)

Spec = dict[str, Any]

PETROL, OCHRE, INK = "#0f4c5c", "#8a4b00", "#1a1a1a"
SECONDS_TO_DRAW = 30
ROOT = re.compile(r"<svg ([^>]*)>")


def spec_of(standing: GoalStanding) -> Spec:
    """The chart of a goal: its values in time, with a dashed line at the target. Read in black and white as well.

    The only words are the catalogue's and ours; nothing that people typed is drawn.
    """
    goal = standing.goal
    values = [(goal.baseline_on, goal.baseline_value), *((measured.measured_on, measured.value) for measured in standing.known)]
    points = [
        {"day": day.isoformat(), "value": float(value), "label": number(value)}
        for day, value in values
        if day is not None and value is not None
    ]
    layers: list[Spec] = [
        {"data": {"values": points}, "encoding": _places("day", "value"), "layer": [_line(), _value_labels()]},
    ]
    if goal.target_value is not None and goal.target_on is not None:
        layers.append(_target(goal.target_value, goal.target_on.isoformat()))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 420,
        "height": 190,
        "background": None,
        "config": {
            "font": "IBM Plex Sans, sans-serif",
            "axis": {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelColor": INK, "titleColor": INK},
            "text": {"fontSize": 13, "color": INK},
            "view": {"stroke": None},
        },
        "layer": layers,
    }


def _places(day: str, value: str) -> Spec:
    return {
        "x": {
            "field": day,
            "type": "temporal",
            "scale": {"type": "utc", "padding": 22},  # a day is a day, wherever the server stands
            "axis": {"format": "%Y", "tickCount": "year", "grid": False, "title": None},
        },
        "y": {
            "field": value,
            "type": "quantitative",
            "scale": {"zero": False, "padding": 12},
            "axis": {"title": None, "tickCount": 5},
        },
    }


def _line() -> Spec:
    return {"mark": {"type": "line", "color": PETROL, "strokeWidth": 2.5, "point": {"filled": True, "size": 70, "color": PETROL}}}


def _value_labels() -> Spec:
    return {"mark": {"type": "text", "dy": -14, "color": INK}, "encoding": {"text": {"field": "label", "type": "nominal"}}}


def _target(value: Decimal, day: str) -> Spec:
    said = f"{gettext('Mål')} {number(value)}"
    return {
        "data": {"values": [{"day": day, "value": float(value), "label": said}]},
        "encoding": _places("day", "value"),
        "layer": [
            {"mark": {"type": "rule", "color": OCHRE, "strokeDash": [7, 5], "strokeWidth": 2}, "encoding": {"x": None}},
            {"mark": {"type": "point", "shape": "diamond", "size": 110, "filled": True, "color": OCHRE}},
            {
                "mark": {"type": "text", "dy": -14, "align": "right", "color": OCHRE, "fontWeight": 600},
                "encoding": {"text": {"field": "label", "type": "nominal"}},
            },
        ],
    }


def drawn(specs: Sequence[Spec]) -> list[str]:
    """The SVG of each spec; empty text for what could not be drawn, so that a page shows its numbers all the same."""
    paths = [_path(spec) for spec in specs]
    missing = {path: spec for path, spec in zip(paths, specs, strict=True) if not path.exists()}
    if missing:
        _draw(missing)
    return [path.read_text(encoding="utf-8") if path.exists() else "" for path in paths]


def titled(svg: str, *, key: str, title: str, description: str) -> SafeString:
    """The SVG as a picture that screen readers announce by title and description. `key` is unique on the page."""
    if not svg:
        return SafeString()
    names = format_html(
        '<title id="{key}-title">{title}</title><desc id="{key}-desc">{description}</desc>',
        key=key,
        title=title,
        description=description,
    )
    root = format_html(' role="img" aria-labelledby="{key}-title" aria-describedby="{key}-desc">', key=key)
    # Our own drawing: the engine escapes what it writes, and nothing in it comes from people (spec_of).
    return mark_safe(ROOT.sub(lambda match: f"<svg {match[1]}{root}{names}", svg, count=1))  # noqa: S308 - see above


def _path(spec: Spec) -> Path:
    name = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    return Path(settings.MEDIA_ROOT) / "charts" / name[:2] / f"{name}.svg"


def _draw(missing: dict[Path, Spec]) -> None:
    """Draw in a child process, which gives back what the engine took from memory."""
    try:
        run = subprocess.run(
            [sys.executable, "-m", "monitoring.drawing"],
            input=json.dumps(list(missing.values())),
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=settings.BASE_DIR,
            timeout=SECONDS_TO_DRAW,
            check=True,
        )
        for path, svg in zip(missing, json.loads(run.stdout), strict=True):
            _keep(path, svg)
    except subprocess.CalledProcessError as failed:
        logger.exception("Charts were not drawn; the process said: %s", failed.stderr)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        logger.exception("Charts were not drawn")


def _keep(path: Path, svg: str) -> None:
    """Write the drawing whole or not at all: another process may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as part:
        part.write(svg)
    Path(part.name).replace(path)
