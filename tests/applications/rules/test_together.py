"""Several cases against the frames, in their turn."""

from decimal import Decimal

import pytest

from applications.rules.commitment import Frame
from applications.rules.together import Case, Facts, check, steps, years

NONE, FIVE = Decimal(0), Decimal(5)


def frame(left: str, rent_left: str = "100", *, year: int = 2026, is_open: bool = True) -> Frame:
    return Frame(
        year=year,
        is_open=is_open,
        ceiling=Decimal(left) + 50,
        committed=Decimal(50),
        rent_ceiling=Decimal(rent_left) + 20,
        rent_committed=Decimal(20),
    )


def asked(*amounts: tuple[str, str], year: int = 2026, first: int = 100_001) -> tuple[Case, ...]:
    return tuple(Case(first + place, year, Decimal(social), Decimal(rent)) for place, (social, rent) in enumerate(amounts))


@pytest.mark.parametrize(
    ("left", "rent_left", "amounts", "without_room"),
    [
        ("30", "10", [("20", "0"), ("10", "0")], []),
        ("30", "10", [("20", "0"), ("10.01", "0")], [100_002]),
        # Who is too large is passed over; who comes after may fit.
        ("30", "10", [("30.01", "0"), ("20", "0"), ("10", "0")], [100_001]),
        ("30", "10", [("20", "0"), ("20", "0"), ("10", "0")], [100_002]),
        # The rent part has a ceiling of its own.
        ("30", "10", [("1", "10"), ("1", "0.01"), ("1", "0")], [100_002]),
        # Rent counts against the whole frame, too.
        ("10", "10", [("5", "5"), ("0.01", "0")], [100_002]),
        # The rent part is overdrawn by no rent at all.
        ("30", "-5", [("30", "0")], []),
        ("0", "0", [("0.01", "0")], [100_001]),
    ],
)
def test_which_do_not_fit(left: str, rent_left: str, amounts: list[tuple[str, str]], without_room: list[int]) -> None:
    facts = Facts({2026: frame(left, rent_left)}, asked(*amounts))

    assert [step.number for step in steps(facts) if not step.fits] == without_room
    assert bool(check(facts)) == bool(without_room)


def test_what_is_left_after_each() -> None:
    facts = Facts({2026: frame("30", "10")}, asked(("20", "5"), ("20", "0"), ("5", "0")))

    found = [(step.fits, step.left, step.rent_left) for step in steps(facts)]

    assert found == [(True, FIVE, FIVE), (False, FIVE, FIVE), (True, NONE, NONE)]


def test_years_are_kept_apart_and_a_year_without_a_frame_has_no_room() -> None:
    cases = (*asked(("20", "0")), *asked(("20", "1"), year=2027, first=100_002))
    facts = Facts({2026: frame("30")}, cases)

    this, later = years(facts)

    assert (this.year, this.before, this.total, this.left) == (2026, Decimal(30), Decimal(20), Decimal(10))
    assert (later.year, later.frame) == (2027, None)
    assert (later.total, later.left, later.rent_left) == (Decimal(21), Decimal(-21), Decimal(-1))
    assert (this.without_room, later.without_room) == ((), (100_002,))


def test_a_closed_year_has_no_room() -> None:
    (step,) = steps(Facts({2026: frame("30", is_open=False)}, asked(("1", "0"))))

    assert not step.fits


def test_the_sentence_names_what_is_left_what_is_asked_and_who_does_not_fit() -> None:
    facts = Facts({2026: frame("30", "10")}, asked(("20", "5"), ("20", "1"), ("10", "0")))

    (violation,) = check(facts)

    assert violation.message == (
        "I rammen for 2026 er der 30 kr. tilbage, heraf 10 kr. til husleje. De valgte sager er på 56 kr., heraf 6 kr. til "
        "husleje. Der er ikke plads til: 100002, 100003."
    )
    assert violation.is_blocking
