"""The board's minimum (R89, R90, R98; domain.md, 4.6) on a given day."""

import dataclasses
from datetime import date

import pytest

from applications.rules.board import Facts, Member, Organisation, check
from applications.rules.rule_sets import RuleSet
from tests.applications.rules.answers import blocks, the

TOWN = Organisation("town", "Slagelse Kommune")
FIRST = Organisation("first", "Første Boligorganisation")
SECOND = Organisation("second", "Anden Boligorganisation")
ON = date(2024, 5, 1)


def seat(organisation: str, *, since: date = date(2021, 1, 1), until: date | None = None, is_chair: bool = False) -> Member:
    return Member(organisation, since, until, is_chair)


def facts(*members: Member, organisations: tuple[Organisation, ...] = (FIRST,)) -> Facts:
    return Facts(RuleSet.R2019, ON, TOWN, organisations, members)


TOWN_CHAIR, TOWN_SEAT = seat("town", is_chair=True), seat("town")
FIRST_CHAIR, FIRST_SEAT = seat("first", is_chair=True), seat("first")
SECOND_CHAIR, SECOND_SEAT = seat("second", is_chair=True), seat("second")
POLICE = seat("")


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        (facts(TOWN_CHAIR, FIRST_SEAT), []),
        (facts(TOWN_CHAIR, FIRST_CHAIR), []),
        (facts(TOWN_CHAIR, FIRST_SEAT, POLICE), []),
        (facts(), ["municipal_member_missing", "organisation_member_missing", "chair_missing"]),
        (facts(FIRST_CHAIR), ["municipal_member_missing"]),
        (facts(TOWN_CHAIR), ["organisation_member_missing"]),
        (facts(TOWN_SEAT, FIRST_SEAT), ["chair_missing"]),
        (facts(TOWN_CHAIR, FIRST_CHAIR, seat("", is_chair=True)), ["too_many_chairs"]),
        (facts(TOWN_CHAIR, FIRST_SEAT, organisations=(FIRST, SECOND)), ["organisation_member_missing"]),
        (facts(TOWN_CHAIR, FIRST_SEAT, SECOND_SEAT, organisations=(FIRST, SECOND)), []),
        (facts(TOWN_CHAIR, FIRST_CHAIR, SECOND_CHAIR, organisations=(FIRST, SECOND)), ["too_many_chairs"]),
    ],
)
def test_municipality_and_every_organisation_have_a_seat_and_one_or_two_lead(board: Facts, expected: list[str]) -> None:
    assert blocks(check(board)) == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (ON, None, []),
        (ON, ON, []),
        (date(2021, 1, 1), ON, []),
        (date(2024, 5, 2), None, ["organisation_member_missing"]),
        (date(2021, 1, 1), date(2024, 4, 30), ["organisation_member_missing"]),
        (date(2024, 5, 2), ON, ["seat_ends_before_it_begins", "organisation_member_missing"]),
    ],
)
def test_a_member_counts_from_the_first_to_the_last_day_of_the_seat(since: date, until: date | None, expected: list[str]) -> None:
    assert blocks(check(facts(TOWN_CHAIR, seat("first", since=since, until=until)))) == expected


def test_a_chair_who_has_left_leads_no_more() -> None:
    former = seat("town", until=date(2024, 4, 30), is_chair=True)
    found = check(facts(former, TOWN_SEAT, FIRST_SEAT))
    assert blocks(found) == ["chair_missing"]
    assert found[0].message == "Bestyrelsen har ingen formand den 1. maj 2024. Vælg én formand eller et formandskab på 2."


def test_the_lacking_organisation_is_named_with_the_basis() -> None:
    violation = the("organisation_member_missing", check(facts(TOWN_CHAIR)))
    assert violation.message == (
        "Bestyrelsen har intet medlem fra boligorganisationen Første Boligorganisation den 1. maj 2024. Tilføj mindst ét."
    )
    assert violation.basis == "Almenboligloven § 91 a, stk. 3; Regulativ af 11. december 2019; R89, R90, R98"
    assert violation.is_confirmed


def test_the_same_board_can_be_whole_on_one_day_and_not_on_another() -> None:
    board = facts(TOWN_CHAIR, seat("first", until=date(2024, 12, 31)))
    assert check(board) == []
    assert blocks(check(dataclasses.replace(board, on=date(2025, 1, 1)))) == ["organisation_member_missing"]
