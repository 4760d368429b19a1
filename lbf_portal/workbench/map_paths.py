"""Read the outlines of the municipalities out of the npm package `react-denmark-map`, small enough for a page.

The package draws curves in steps of a thousandth of a pixel. A page needs less: curves become short lines, points go to whole
units of a drawing `WIDTH` wide, and points that do not change the shape by more than `TOLERANCE` are left out.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence

from lbf_portal.workbench.trouble import Trouble

WIDTH = 2000
MUNICIPALITIES = 98
# In units of the drawing: half of what a screen can show.
TOLERANCE = 1.0
LONGEST_LINE = 8.0

# The drawing of the municipalities is the one whose parts have a code of three digits and no region's four.
_AREA = re.compile(r'\{id:"[^"]*",name:"[^"]*",en_name:"[^"]*",display_name:"[^"]*",code:"(\d{3})",d:"([^"]*)"')
_SIZE = re.compile(r'viewBoxWidth:"(\d+)",viewBoxHeight:"(\d+)"')
_STEP = re.compile(r"([a-zA-Z])|(-?\d*\.?\d+(?:e-?\d+)?)")
# How many numbers a step of each kind takes: a point, or the two handles of a curve and its end.
_NUMBERS = {"M": 2, "m": 2, "l": 2, "c": 6}
_FEWEST_POINTS = 3  # of an area

Point = complex
Ring = list[Point]


class MapCannotBeRead(Trouble):
    """The package is not drawn as it was when this was written."""


def municipality_paths(script: str) -> dict[str, object]:
    """The size of the drawing, and each municipality by its code of four digits.

    Of each its `path`, its `box` (left, top, width, height), and the `middle` of its land, where a label can stand.

    Errors: MapCannotBeRead when it is not one path for each of the 98 municipalities.
    """
    areas = list(_AREA.finditer(script))
    size = _SIZE.search(script, areas[-1].end()) if areas else None
    codes = {four_digits(area[1]) for area in areas}
    if size is None or len(areas) != MUNICIPALITIES or len(codes) != MUNICIPALITIES:
        raise MapCannotBeRead(f"react-denmark-map draws {len(codes)} municipalities, not {MUNICIPALITIES}.")
    scale = WIDTH / int(size[1])
    drawn = {four_digits(area[1]): _municipality(list(rings(area[2], scale))) for area in areas}
    if empty := [code for code, one in drawn.items() if not one["path"]]:
        raise MapCannotBeRead(f"react-denmark-map draws nothing for {', '.join(empty)}.")
    return {"width": WIDTH, "height": round(int(size[2]) * scale), "municipalities": drawn}


def _municipality(parts: list[Ring]) -> dict[str, object]:
    across = [point.real for ring in parts for point in ring]
    down = [point.imag for ring in parts for point in ring]
    middle = _middle(parts)
    return {
        "path": "".join(_drawn(ring) for ring in parts),
        "box": [round(number) for number in (min(across), min(down), max(across) - min(across), max(down) - min(down))],
        "middle": [round(middle.real), round(middle.imag)],
    }


def four_digits(code: str) -> str:
    """The code as the registers write it: `0101`, where Danmarks Statistik and the package write `101`."""
    return code.zfill(4)


def rings(path: str, scale: float = 1.0) -> Iterator[Ring]:
    """The points of each closed line of a path; curves as short lines. A line that is left open counts as closed.

    Errors: MapCannotBeRead for a kind of step that the package does not use today.
    """
    ring: Ring = []
    here: Point = 0j
    for kind, numbers in _steps(path):
        points = [complex(x, y) * scale for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        match kind:
            case "Z":
                yield ring
                here, ring = ring[0], []
            case "c":
                ring.extend(_flat(here, *(here + point for point in points)))
            case _:
                ring.append(points[0] if kind == "M" else here + points[0])
        here = ring[-1] if ring else here
    if ring:
        yield ring


def _steps(path: str) -> Iterator[tuple[str, list[float]]]:
    """Each step with its numbers. A letter holds for the steps after it too."""
    kind = ""
    numbers: list[float] = []
    for letter, number in _STEP.findall(path):
        if letter == "Z":
            yield letter, []
        elif letter:
            if letter not in _NUMBERS:
                raise MapCannotBeRead(f"react-denmark-map draws with {letter!r}.")
            kind = letter
        else:
            numbers.append(float(number))
            if len(numbers) == _NUMBERS[kind]:
                yield kind, numbers
                numbers = []


def _flat(start: Point, first: Point, second: Point, end: Point) -> Ring:
    """The points on a cubic curve after its start, no further apart than `LONGEST_LINE`."""
    length = abs(first - start) + abs(second - first) + abs(end - second)
    pieces = max(1, math.ceil(length / LONGEST_LINE))
    return [
        (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t**2 * second + t**3 * end
        for t in (piece / pieces for piece in range(1, pieces + 1))
    ]


def simplified(points: Sequence[Point]) -> Ring:
    """The line without the points that lie within `TOLERANCE` of it (Douglas and Peucker)."""
    if len(points) < _FEWEST_POINTS:
        return list(points)
    start, end = points[0], points[-1]
    distances = [_distance(point, start, end) for point in points[1:-1]]
    furthest = max(range(len(distances)), key=distances.__getitem__)
    if distances[furthest] <= TOLERANCE:
        return [start, end]
    return [*simplified(points[: furthest + 2])[:-1], *simplified(points[furthest + 1 :])]


def _distance(point: Point, start: Point, end: Point) -> float:
    """From the point to the line between two others; to the one where both are the same."""
    line = end - start
    if line == 0:
        return abs(point - start)
    along = ((point - start) * line.conjugate()).real / abs(line) ** 2
    return abs(point - start - min(max(along, 0.0), 1.0) * line)


def _area(ring: Ring) -> float:
    """The area within the closed line, negative when it runs the other way round."""
    return sum((a.conjugate() * b).imag for a, b in _sides(ring)) / 2


def _middle(parts: list[Ring]) -> Point:
    """The middle of the widest land at the height of the largest part's centre of gravity: neither in a bay nor in a hole."""
    largest = max(parts, key=lambda ring: abs(_area(ring)))
    gravity = sum(((a + b) * (a.conjugate() * b).imag for a, b in _sides(largest)), 0j) / (6 * _area(largest))
    height = gravity.imag
    shores = sorted(
        a.real + (height - a.imag) / (b.imag - a.imag) * (b.real - a.real)
        for ring in parts
        for a, b in _sides(ring)
        if (a.imag <= height) != (b.imag <= height)
    )
    west, east = max(zip(shores[::2], shores[1::2], strict=True), key=lambda land: land[1] - land[0])
    return complex((west + east) / 2, height)


def _sides(ring: Ring) -> Iterator[tuple[Point, Point]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _drawn(ring: Ring) -> str:
    """The closed line in whole units, each step relative to the last; nothing for one too small to see."""
    points = [(round(point.real), round(point.imag)) for point in simplified(ring)]
    pairs = itertools.pairwise(points)
    steps = [(after[0] - before[0], after[1] - before[1]) for before, after in pairs if after != before]
    if len(steps) + 1 < _FEWEST_POINTS:
        return ""
    line = " ".join(f"{dx} {dy}" for dx, dy in steps)
    return f"M{points[0][0]} {points[0][1]}l{line}z".replace(" -", "-")
