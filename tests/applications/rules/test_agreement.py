"""Ready for signature, ready for the fund (C12; domain.md, 4.5)."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from applications.rules.agreement import Facts, Party, Side, check, check_content, still_to_sign
from tests.applications.rules.answers import blocks, the
from tests.applications.rules.test_board import FIRST_SEAT, TOWN_CHAIR
from tests.applications.rules.test_board import facts as board_facts
from tests.applications.rules.test_plan import PLAN
from tests.applications.rules.test_prequalification import BUDGET

TEXT, OLDER_TEXT = "sha256:b", "sha256:a"
DAY = date(2020, 12, 1)


def organisation(signed_hash: str = TEXT, signed_on: date | None = DAY) -> Party:
    return Party("first", "Første Boligorganisation", Side.HOUSING_ORGANISATION, signed_hash, signed_on)


def municipality(signed_hash: str = TEXT, signed_on: date | None = DAY) -> Party:
    return Party("town", "Slagelse Kommune", Side.MUNICIPALITY, signed_hash, signed_on)


def facts(*parties: Party) -> Facts:
    return Facts(PLAN.rule_set, TEXT, parties, PLAN, board_facts(TOWN_CHAIR, FIRST_SEAT), BUDGET)


def test_an_agreement_signed_by_all_passes_without_a_word() -> None:
    assert check(facts(organisation(), municipality())) == []


@pytest.mark.parametrize(
    ("agreement", "expected"),
    [
        (facts(organisation(), municipality("", None)), ["signature_missing"]),
        (facts(organisation("", None), municipality("", None)), ["signature_missing", "signature_missing"]),
        (facts(organisation(), municipality(TEXT, None)), ["signature_missing"]),
        (facts(organisation(OLDER_TEXT), municipality()), ["signed_another_text"]),
        (facts(organisation()), ["agreement_needs_one_municipality"]),
        (facts(municipality()), ["agreement_without_housing_organisation"]),
        (facts(organisation(), municipality(), municipality()), ["agreement_needs_one_municipality"]),
        (facts(), ["agreement_without_housing_organisation", "agreement_needs_one_municipality"]),
    ],
)
def test_all_parties_sign_the_same_text(agreement: Facts, expected: list[str]) -> None:
    assert blocks(check(agreement)) == expected


def test_it_is_said_who_still_lacks() -> None:
    agreement = facts(organisation(), municipality("", None))
    assert [party.name for party in still_to_sign(agreement)] == ["Slagelse Kommune"]
    assert the("signature_missing", check(agreement)).message == "Slagelse Kommune har ikke underskrevet aftalen endnu."


def test_a_changed_text_must_be_signed_again() -> None:
    changed = dataclasses.replace(facts(organisation(), municipality()), content_hash="sha256:c")
    assert [party.key for party in still_to_sign(changed)] == ["first", "town"]
    assert blocks(check(changed)) == ["signed_another_text", "signed_another_text"]


def test_nobody_has_signed_a_text_that_is_not_made_yet() -> None:
    unmade = dataclasses.replace(facts(organisation("", DAY), municipality("", DAY)), content_hash="")
    assert len(still_to_sign(unmade)) == 2


def test_it_can_be_signed_before_anybody_has_signed() -> None:
    assert check_content(facts(organisation("", None), municipality("", None))) == []


@pytest.mark.parametrize(
    ("flawed", "expected"),
    [
        ({"plan": dataclasses.replace(PLAN, end=date(2025, 1, 1))}, "period_too_long"),
        ({"board": board_facts(TOWN_CHAIR)}, "organisation_member_missing"),
        ({"budget": dataclasses.replace(BUDGET, total=Decimal(12000001))}, "financing_does_not_add_up"),
    ],
)
def test_plan_board_and_budget_must_hold_before_the_first_signature(flawed: dict[str, object], expected: str) -> None:
    agreement = dataclasses.replace(facts(organisation("", None), municipality("", None)), **flawed)  # type: ignore[arg-type]  # one field each
    assert expected in blocks(check_content(agreement))
    assert expected in blocks(check(agreement))
