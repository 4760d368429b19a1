"""The outlines of the 98 municipalities: read once per process, from what `./portal` built (lbf_portal.workbench.map_paths)."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Iterable, Mapping

from django.conf import settings

# København and its surroundings (codes 0101-0187) have a drawing of their own beside that of the country.
LAST_OF_THE_CAPITAL = "0187"
MARGIN = 16


@dataclasses.dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    left: int
    top: int
    width: int
    height: int

    def with_margin(self) -> Box:
        """The rectangle with some room around it."""
        return Box(self.left - MARGIN, self.top - MARGIN, self.width + 2 * MARGIN, self.height + 2 * MARGIN)


@dataclasses.dataclass(frozen=True)
class Outline:
    """A municipality: its path, and where a label can stand."""

    path: str
    box: Box
    middle: tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Outlines:
    """The drawing of all municipalities."""

    width: int
    height: int
    by_code: Mapping[str, Outline]

    @property
    def capital(self) -> Box:
        """What the drawing of the capital shows."""
        return _around(outline.box for code, outline in self.by_code.items() if is_of_the_capital(code)).with_margin()

    @property
    def bornholm_frame(self) -> Box:
        """Bornholm lies further east than the drawing shows, so a frame is drawn around it."""
        return self.by_code["0400"].box.with_margin()


def is_of_the_capital(code: str) -> bool:
    """The municipality is too small to be found on a map of the country."""
    return code <= LAST_OF_THE_CAPITAL


@functools.cache
def outlines() -> Outlines:
    """The drawing, read once."""
    drawn = json.loads(settings.MUNICIPALITY_OUTLINES.read_text(encoding="utf-8"))
    by_code = {
        code: Outline(one["path"], Box(*one["box"]), (one["middle"][0], one["middle"][1]))
        for code, one in drawn["municipalities"].items()
    }
    return Outlines(drawn["width"], drawn["height"], by_code)


def _around(boxes: Iterable[Box]) -> Box:
    found = list(boxes)
    left, top = min(box.left for box in found), min(box.top for box in found)
    right, bottom = max(box.left + box.width for box in found), max(box.top + box.height for box in found)
    return Box(left, top, right - left, bottom - top)
