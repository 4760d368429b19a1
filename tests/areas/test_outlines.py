"""The drawing of the municipalities, as the server reads it."""

from __future__ import annotations

from areas.outlines import is_of_the_capital, outlines


def test_it_is_read_once() -> None:
    assert outlines() is outlines()


def test_the_capital_is_seventeen_municipalities() -> None:
    assert sum(is_of_the_capital(code) for code in outlines().by_code) == 17
    assert is_of_the_capital("0101")
    assert not is_of_the_capital("0190")


def test_the_drawing_of_the_capital_shows_it_whole_and_many_times_larger() -> None:
    drawing = outlines()
    capital = drawing.capital

    assert capital.width * 6 < drawing.width
    for code, outline in drawing.by_code.items():
        if is_of_the_capital(code):
            assert capital.left < outline.box.left
            assert outline.box.top + outline.box.height < capital.top + capital.height


def test_a_label_stands_on_the_drawing() -> None:
    drawing = outlines()

    for outline in drawing.by_code.values():
        x, y = outline.middle
        assert outline.box.left <= x <= outline.box.left + outline.box.width
        assert outline.box.top <= y <= outline.box.top + outline.box.height
