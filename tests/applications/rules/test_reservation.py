"""What may be reserved of a year, and what is only told."""

from decimal import Decimal

import pytest

from applications.rules.reservation import Facts, Outlook, check


def facts(*, social: str = "9", rent: str = "0", year: int = 2026, outlook: Outlook | None) -> Facts:
    return Facts(this_year=2026, year=year, social=Decimal(social), rent=Decimal(rent), outlook=outlook)


def year(left: str = "10", rent_left: str = "5", *, number: int = 2026, is_open: bool = True) -> Outlook:
    return Outlook(number, is_open, Decimal(left), Decimal(rent_left))


@pytest.mark.parametrize(
    ("social", "rent", "left", "rent_left", "codes"),
    [
        ("10", "0", "10", "5", []),
        ("10.01", "0", "10", "5", ["outlook_exceeded"]),
        ("5", "5", "10", "5", []),
        ("4", "5.01", "10", "5", ["rent_outlook_exceeded"]),
        ("5", "5.01", "10", "5", ["outlook_exceeded", "rent_outlook_exceeded"]),
        # No rent is asked for: that the rent part is spent is nothing to tell.
        ("1", "0", "10", "-3", []),
        ("1", "0", "-10", "-3", ["outlook_exceeded"]),
    ],
)
def test_what_goes_beyond_the_outlook_is_told_and_not_refused(
    social: str, rent: str, left: str, rent_left: str, codes: list[str]
) -> None:
    found = check(facts(social=social, rent=rent, outlook=year(left, rent_left)))

    assert [violation.code for violation in found] == codes
    assert not any(violation.is_blocking for violation in found)


@pytest.mark.parametrize(
    ("wanted", "outlook"),
    [
        (2026, None),
        (2026, year(is_open=False)),
        (2025, year(number=2025)),
    ],
    ids=["no frame", "closed", "over"],
)
def test_a_year_that_can_give_no_commitment_takes_no_reservation(wanted: int, outlook: Outlook | None) -> None:
    found = check(facts(year=wanted, outlook=outlook))

    assert [(violation.code, violation.is_blocking) for violation in found] == [("reserved_year_not_open", True)]
    assert str(wanted) in found[0].message


def test_a_later_year_with_an_open_frame_may_be_expected() -> None:
    assert check(facts(year=2027, outlook=year(number=2027))) == []


def test_no_amount_is_below_nothing() -> None:
    found = check(facts(social="-1", rent="-0.01", outlook=year()))

    assert [(violation.code, violation.field) for violation in found] == [
        ("reserved_amount_negative", "social_amount"),
        ("reserved_amount_negative", "rent_amount"),
    ]


def test_the_advice_names_what_is_left_and_never_less_than_nothing() -> None:
    (enough,) = check(facts(social="11", outlook=year("10")))
    (short,) = check(facts(social="11", outlook=year("-10")))

    assert "Der reserveres 11 kr." in enough.message
    assert "er der 10 kr. tilbage i 2026" in enough.message
    assert "er der 0 kr. tilbage i 2026" in short.message
