"""Frame, ceilings, year, budget, four eyes, reasons (C1-C3, C11, G2, G4; domain.md, 2.1 and 10)."""

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from applications.rules.commitment import Facts, Frame, Grant, Purpose, check
from applications.rules.rule_sets import RuleSet
from tests.applications.rules.answers import advises, blocks, the
from tests.applications.rules.test_prequalification import BUDGET

D = Decimal
MIO = Decimal(1_000_000)
FRAME = Frame(2026, is_open=True, ceiling=380 * MIO, committed=D(0), rent_ceiling=240 * MIO, rent_committed=D(0))
SOCIAL = Grant(Purpose.SOCIAL, 9 * MIO)
FACTS = Facts(
    RuleSet.R2019,
    decided_on=date(2026, 11, 22),
    year=2026,
    frame=FRAME,
    grants=(SOCIAL,),
    budget=BUDGET,
    recommended_by="17",
    decided_by="18",
    reasons="Området er udsat, og planen bygger på viden.",
)


def but(**changes: Any) -> Facts:
    return dataclasses.replace(FACTS, **changes)


def framed(**changes: Any) -> Frame:
    return dataclasses.replace(FRAME, **changes)


def test_a_commitment_with_room_budget_and_two_people_passes_without_a_word() -> None:
    assert check(FACTS) == []


@pytest.mark.parametrize(
    ("committed", "expected"),
    [("371000000", []), ("371000000.01", ["frame_exceeded"]), ("380000000", ["frame_exceeded"])],
)
def test_the_frame_of_the_year_holds_all_purposes(committed: str, expected: list[str]) -> None:
    frame = framed(committed=D(committed), rent_committed=240 * MIO)
    found = check(but(frame=frame))
    assert blocks(found) == []
    assert [code for code in advises(found) if code != "social_split_exceeded"] == expected


def test_the_remaining_amount_is_named() -> None:
    found = check(but(frame=framed(committed=375 * MIO, rent_committed=235 * MIO)))
    violation = the("frame_exceeded", found)
    assert violation.message == "Tilsagnet er på 9.000.000 kr. I rammen for 2026 er der 5.000.000 kr. tilbage."
    assert violation.basis == "Almenboligloven § 91 a, stk. 1 og 2; Regulativ af 11. december 2019; R2, R6, C1"


@pytest.mark.parametrize(
    ("purpose", "rent_committed", "expected"),
    [
        (Purpose.RENT, "230000000", []),
        (Purpose.RENT, "230000000.01", ["rent_ceiling_exceeded"]),
        (Purpose.VACANCY, "230000000", []),
        (Purpose.VACANCY, "230000000.01", ["rent_ceiling_exceeded"]),
    ],
)
def test_vacancy_rent_counts_inside_the_rent_ceiling(purpose: Purpose, rent_committed: str, expected: list[str]) -> None:
    frame = framed(committed=D(rent_committed), rent_committed=D(rent_committed))
    assert advises(check(but(frame=frame, grants=(SOCIAL, Grant(purpose, 10 * MIO))))) == expected


def test_rent_and_vacancy_share_the_ceiling() -> None:
    frame = framed(committed=225 * MIO, rent_committed=225 * MIO)
    rent, vacancy = Grant(Purpose.RENT, 10 * MIO), Grant(Purpose.VACANCY, 5 * MIO)
    assert advises(check(but(frame=frame, grants=(SOCIAL, rent, vacancy)))) == []
    more = dataclasses.replace(vacancy, amount=D("5000000.01"))
    assert advises(check(but(frame=frame, grants=(SOCIAL, rent, more)))) == ["rent_ceiling_exceeded"]


def test_room_for_rent_is_never_more_than_room_in_the_frame() -> None:
    frame = framed(committed=370 * MIO, rent_committed=200 * MIO)
    found = check(but(frame=frame, grants=(SOCIAL, Grant(Purpose.RENT, 11 * MIO))))
    assert "10.000.000 kr. tilbage til husleje" in the("rent_ceiling_exceeded", found).message


@pytest.mark.parametrize(
    ("committed", "expected"),
    [("131000000", []), ("131000000.01", ["social_split_exceeded"]), ("200000000", ["social_split_exceeded"])],
)
def test_social_efforts_beyond_the_funds_split_are_a_soft_warning(committed: str, expected: list[str]) -> None:
    found = check(but(frame=framed(committed=D(committed))))
    assert (blocks(found), advises(found)) == ([], expected)


def test_the_last_krone_of_a_frame_passes_with_the_warning_and_one_more_is_told_once() -> None:
    frame = framed(committed=371 * MIO, rent_committed=100 * MIO)
    assert advises(check(but(frame=frame))) == ["social_split_exceeded"]
    over = framed(committed=D("371000000.01"), rent_committed=100 * MIO)
    assert advises(check(but(frame=over))) == ["frame_exceeded"]


@pytest.mark.parametrize(
    ("frame", "year", "decided_on", "expected"),
    [
        (FRAME, 2026, date(2026, 12, 31), []),
        (FRAME, 2026, date(2027, 1, 4), ["frame_of_earlier_year"]),
        (framed(is_open=False), 2026, date(2026, 12, 31), ["frame_closed"]),
        (None, 2027, date(2027, 1, 4), ["no_frame_for_year"]),
        (framed(year=2027), 2027, date(2026, 12, 31), ["frame_of_later_year"]),
        (framed(year=2027), 2027, date(2027, 1, 1), []),
    ],
)
def test_only_the_open_frame_of_the_year_can_be_charged(
    frame: Frame | None, year: int, decided_on: date, expected: list[str]
) -> None:
    assert blocks(check(but(frame=frame, year=year, decided_on=decided_on))) == expected


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((), ["amount_not_positive"]),
        ((Grant(Purpose.SOCIAL, D(0)),), ["amount_not_positive"]),
        ((SOCIAL, Grant(Purpose.RENT, D(0))), ["amount_not_positive"]),
        ((SOCIAL, Grant(Purpose.RENT, D("-0.01"))), ["amount_not_positive"]),
        ((SOCIAL, Grant(Purpose.RENT, D("0.01"))), []),
    ],
)
def test_every_amount_is_more_than_zero(grants: tuple[Grant, ...], expected: list[str]) -> None:
    assert blocks(check(but(grants=grants))) == expected


@pytest.mark.parametrize(
    ("amount", "stops", "asks"),
    [
        ("9000000", [], []),
        ("9000000.01", ["more_than_budgeted"], []),
        ("8999999.99", [], ["less_than_budgeted"]),
    ],
)
def test_the_social_grant_is_what_the_budget_counts_on(amount: str, stops: list[str], asks: list[str]) -> None:
    found = check(but(grants=(Grant(Purpose.SOCIAL, D(amount)),)))
    assert (blocks(found), advises(found)) == (stops, asks)


def test_the_budget_must_hold_its_local_share() -> None:
    poor = dataclasses.replace(BUDGET, total=D(13_000_000))
    assert blocks(check(but(budget=poor))) == ["financing_does_not_add_up", "local_share_too_low"]


@pytest.mark.parametrize(
    ("recommended_by", "expected"),
    [("17", []), ("18", ["same_person_recommends_and_decides"]), ("", ["recommendation_missing"])],
)
def test_whoever_recommends_does_not_decide(recommended_by: str, expected: list[str]) -> None:
    assert blocks(check(but(recommended_by=recommended_by))) == expected


def test_a_commitment_says_why() -> None:
    found = check(but(reasons=" \n "))
    assert blocks(found) == ["reasons_missing"]
    assert found[0].basis == "Forvaltningsloven §§ 22 og 24; R146, R147"
