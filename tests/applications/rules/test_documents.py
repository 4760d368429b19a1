"""What can be attached when, what must be in order, and how many pages a description has room for (R62, C10)."""

from __future__ import annotations

import dataclasses

import pytest

from applications.rules.documents import (
    NAMES,
    Attached,
    DocumentType,
    Facts,
    Phase,
    Side,
    Standing,
    brought_by,
    check,
    has,
    missing,
    most_pages,
)
from applications.rules.papers import Maker
from applications.rules.rule_sets import TERMS, RuleSet

D2, D5, OTHER = DocumentType.D2, DocumentType.D5, DocumentType.OTHER


def file(kind: DocumentType = D2, standing: Standing = Standing.ACCEPTED, pages: int | None = 1) -> Attached:
    return Attached(kind, "a.pdf", standing, pages)


def codes(*attached: Attached, required: frozenset[DocumentType] = frozenset()) -> list[str]:
    return [violation.code for violation in check(Facts(RuleSet.R2019, attached, required))]


def test_every_document_of_every_rule_set_has_a_type_and_a_name() -> None:
    papers = {paper.code for terms in TERMS.values() for paper in terms.papers}

    assert papers == {kind.value for kind in DocumentType} - {"OTHER"}
    assert set(NAMES) == set(DocumentType)


@pytest.mark.parametrize("rule_set", RuleSet)
@pytest.mark.parametrize("side", Side)
def test_nobody_attaches_what_the_fund_makes(rule_set: RuleSet, side: Side) -> None:
    of_fund = {paper.code for paper in TERMS[rule_set].papers if paper.maker is Maker.FUND}

    for phase in Phase:
        kinds = brought_by(side, rule_set, phase)
        assert of_fund.isdisjoint(kinds)
        assert kinds[-1] is OTHER


def test_the_municipality_brings_its_own_and_what_is_everybodys() -> None:
    assert brought_by(Side.MUNICIPALITY, RuleSet.R2019, Phase.APPLICATION) == (D5, OTHER)
    assert DocumentType.D18 in brought_by(Side.MUNICIPALITY, RuleSet.R2019, Phase.SIGNING)


@pytest.mark.parametrize(
    ("attached", "is_too_long"),
    [
        ([5], False),
        ([6], True),
        ([3, 2], False),
        ([3, 3], True),
        ([None], False),
    ],
)
def test_a_description_has_at_most_five_pages_in_all(attached: list[int | None], *, is_too_long: bool) -> None:
    assert codes(*(file(pages=pages) for pages in attached)) == (["document_too_long"] if is_too_long else [])


def test_other_documents_are_as_long_as_they_are() -> None:
    assert most_pages(D2, RuleSet.R2019) == 5
    assert most_pages(D5, RuleSet.R2019) is None
    assert codes(file(D5, pages=400)) == []


def test_a_refused_file_does_not_count_as_pages() -> None:
    assert codes(file(pages=4), file(standing=Standing.REFUSED, pages=4)) == ["attachment_refused"]


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (Standing.CHECKING, "attachment_being_checked"),
        (Standing.TO_CONFIRM, "attachment_not_confirmed"),
        (Standing.REFUSED, "attachment_refused"),
    ],
)
def test_what_is_not_accepted_stops_the_case(standing: Standing, code: str) -> None:
    assert codes(file(OTHER, standing)) == [code]


def test_what_a_rule_set_requires_is_missed_until_a_file_came_that_was_not_refused() -> None:
    required = frozenset({D5})

    assert codes(required=required) == ["document_missing"]
    assert codes(file(D5, Standing.REFUSED), required=required) == ["document_missing", "attachment_refused"]
    assert codes(file(D5), required=required) == []
    facts = Facts(RuleSet.R2019, (file(D5, Standing.CHECKING),), required)
    assert missing(facts) == ()
    assert has(facts, D5)
    assert not has(dataclasses.replace(facts, attached=()), D5)
