"""Outlines read out of the npm package: what is kept of a drawing, and what is refused."""

from __future__ import annotations

import pytest

from lbf_portal.workbench.map_paths import MapCannotBeRead, four_digits, municipality_paths, rings, simplified


def script(count: int = 98, path: str = "M0,0l100,0l0,100l-100,0Z") -> str:
    """The package as it is written, with so many municipalities, and a region that is none."""
    areas = [f'{{id:"a",name:"a",en_name:"a",display_name:"A",code:"{number}",d:"{path}"}}' for number in range(101, 101 + count)]
    region = '{id:"r",name:"r",en_name:"r",display_name:"R",code:"1083",d:"M0,0l9,9l9,0Z"}'
    municipalities, regions = ("viewBoxWidth:" + size for size in ('"1000",viewBoxHeight:"1200"', '"9",viewBoxHeight:"9"'))
    return f"const _=[{','.join(areas)}];function Z(l){{{municipalities}}}const p=[{region}];function g(l){{{regions}}}"


@pytest.mark.parametrize(("written", "code"), [("101", "0101"), ("0101", "0101"), ("851", "0851"), ("0", "0000")])
def test_three_digits_become_the_four_of_the_registers(written: str, code: str) -> None:
    assert four_digits(written) == code


def test_every_municipality_is_scaled_to_the_drawing() -> None:
    drawn = municipality_paths(script())

    assert (drawn["width"], drawn["height"]) == (2000, 2400)
    municipalities = drawn["municipalities"]
    assert isinstance(municipalities, dict)
    assert municipalities["0101"] == {"path": "M0 0l200 0 0 200-200 0z", "box": [0, 0, 200, 200], "middle": [100, 100]}
    assert len(municipalities) == 98


@pytest.mark.parametrize("count", [0, 97, 99])
def test_a_package_with_other_municipalities_is_refused(count: int) -> None:
    with pytest.raises(MapCannotBeRead, match=f"draws {count} municipalities, not 98"):
        municipality_paths(script(count))


def test_a_municipality_without_land_is_refused() -> None:
    with pytest.raises(MapCannotBeRead, match="draws nothing for 0101"):
        municipality_paths(script(path="M0,0l0.01,0l0,0.01Z"))


def test_a_kind_of_step_that_is_not_known_is_refused() -> None:
    with pytest.raises(MapCannotBeRead, match="draws with 'A'"):
        list(rings("M0,0A5,5Z"))


def test_a_step_goes_on_from_where_the_last_one_ended() -> None:
    assert list(rings("M10,10l5,0l0,-5Zm100,0l1,1-1.5,1Z")) == [
        [10 + 10j, 15 + 10j, 15 + 5j],
        [110 + 10j, 111 + 11j, 109.5 + 12j],
    ]


def test_a_line_that_is_left_open_counts_as_closed() -> None:
    assert list(rings("M0,0l5,0l0,5")) == [[0j, 5 + 0j, 5 + 5j]]


def test_a_curve_ends_where_it_should_and_stays_between_its_handles() -> None:
    (ring,) = rings("M0,0c0,40,60,40,60,0Z")

    assert ring[-1] == 60
    assert len(ring) > 8
    assert max(point.imag for point in ring) == pytest.approx(30, abs=1)


def test_points_that_change_nothing_are_left_out() -> None:
    assert simplified([0j, 5 + 0.5j, 10 + 0j, 10 + 10j]) == [0j, 10 + 0j, 10 + 10j]
    assert simplified([0j, 5 + 5j, 10 + 0j]) == [0j, 5 + 5j, 10 + 0j]
    assert simplified([0j, 5 + 5j, 0j]) == [0j, 5 + 5j, 0j], "an area that ends where it began is not a point"


def test_a_label_stands_on_land_and_not_in_a_hole() -> None:
    drawn = municipality_paths(script(path="M0,0l100,0l0,100l-100,0Zm20,20l0,60l60,0l0,-60Z"))

    municipalities = drawn["municipalities"]
    assert isinstance(municipalities, dict)
    assert municipalities["0101"]["middle"] in ([20, 100], [180, 100])
