"""What lists say of an area, without a database."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping

import pytest

from areas.rules import standing as rules
from areas.rules.standing import Answer, ListFacts, ListingFacts, PlanFacts, Status

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
CONVERSION, PARALLEL, EXPOSED, PREVENTION = rules.CATEGORIES
TODAY = datetime.date(2026, 11, 22)


def a_list(
    year: int, *, published: Mapping[Status, int | None] | None = None, held: Mapping[Status, int] | None = None
) -> ListFacts:
    return ListFacts(year, datetime.date(year, 12, 1), published or {}, held or {})


def listing(**flags: bool | None) -> ListingFacts:
    return ListingFacts({Status(name): flag for name, flag in flags.items()}, "parallelsamfund")


COMPLETE = a_list(2023, published=dict.fromkeys(Status, 1), held=dict.fromkeys(Status, 1))
INCOMPLETE = a_list(2023, published=dict.fromkeys(Status, 2), held=dict.fromkeys(Status, 1))


@pytest.mark.parametrize(
    ("year", "published", "held", "expected"),
    [
        (2023, 12, 12, True),
        (2023, 12, 11, False),
        (2023, 12, 13, False),
        (2023, 0, 0, True),
        (2023, None, 12, False),
        (2018, None, 12, False),
        (2017, None, 22, True),
        (2017, 22, 21, False),
    ],
)
def test_a_list_is_complete_when_all_published_areas_are_held(
    year: int, published: int | None, held: int, *, expected: bool
) -> None:
    facts = a_list(year, published={PARALLEL: published}, held={PARALLEL: held})

    assert facts.is_complete(PARALLEL) is expected


@pytest.mark.parametrize(
    ("held_list", "said", "expected"),
    [
        (COMPLETE, True, YES),
        (COMPLETE, False, NO),
        (COMPLETE, None, NO),
        (INCOMPLETE, True, YES),
        (INCOMPLETE, False, NO),
        (INCOMPLETE, None, UNKNOWN),
    ],
)
def test_a_missing_flag_is_a_no_only_on_a_complete_list(*, held_list: ListFacts, said: bool | None, expected: Answer) -> None:
    assert rules.status_on(held_list, listing(exposed=said), EXPOSED) is expected


def test_an_area_that_an_incomplete_list_does_not_name_is_unknown() -> None:
    assert rules.statuses_on(INCOMPLETE, None) == dict.fromkeys(Status, UNKNOWN)
    assert rules.statuses_on(COMPLETE, None) == dict.fromkeys(Status, NO)


@pytest.mark.parametrize(("status", "first_year"), [(CONVERSION, 2018), (PARALLEL, 2010), (EXPOSED, 2018), (PREVENTION, 2021)])
def test_a_status_that_the_law_did_not_know_is_a_no(status: Status, first_year: int) -> None:
    assert rules.status_on(a_list(first_year - 1), None, status) is NO
    in_force = a_list(first_year, published={status: 5}, held={status: 4})
    assert rules.status_on(in_force, None, status) is UNKNOWN


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (datetime.date(2019, 11, 30), None),
        (datetime.date(2019, 12, 1), 2019),
        (datetime.date(2021, 11, 30), 2019),
        (datetime.date(2021, 12, 1), 2021),
        (datetime.date(2030, 1, 1), 2021),
    ],
)
def test_a_list_holds_from_the_day_it_is_published_until_the_next(on: datetime.date, year: int | None) -> None:
    used = rules.latest_list([a_list(2021), a_list(2019)], on)

    assert (used.year if used else None) == year


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (datetime.date(2023, 12, 31), []),
        (datetime.date(2024, 11, 30), []),
        (datetime.date(2024, 12, 1), [2024]),
        (TODAY, [2024, 2025]),
    ],
)
def test_lists_that_were_due_since_are_counted(on: datetime.date, years: list[int]) -> None:
    assert rules.years_since(a_list(2023), on) == years


@pytest.mark.parametrize(
    ("said", "held_list", "expected"),
    [
        (listing(exposed=True), INCOMPLETE, YES),
        (listing(exposed=None, parallel_society=False, conversion_area=False), INCOMPLETE, UNKNOWN),
        (listing(exposed=False, parallel_society=False, conversion_area=False), INCOMPLETE, NO),
        (listing(exposed=False, parallel_society=False, conversion_area=False, prevention_area=True), INCOMPLETE, NO),
        (None, COMPLETE, NO),
        (None, INCOMPLETE, UNKNOWN),
    ],
)
def test_priority_follows_section_61a_and_not_61b(said: ListingFacts | None, held_list: ListFacts, expected: Answer) -> None:
    listings = {2023: said} if said else {}

    assert rules.standing([held_list], listings, None, on=TODAY).has_priority is expected


def test_without_a_list_nothing_is_known() -> None:
    standing = rules.standing([], {}, None, on=TODAY)

    assert standing.list_year is None
    assert standing.has_priority is UNKNOWN
    assert standing.is_unknown
    assert standing.reasons[0].message == "Ukendt: Portalen har ingen liste fra 22. november 2026 eller før."


def test_a_development_plan_binds_an_area_that_left_the_lists() -> None:
    standing = rules.standing([COMPLETE], {}, PlanFacts(datetime.date(2019, 6, 1)), on=TODAY)

    assert standing.highest is None
    assert standing.has_development_plan is YES
    last = standing.reasons[-1]
    assert last.message == "Området er bundet af en udviklingsplan fra 1. juni 2019. Indsatsen skal koordineres med den."
    assert "R42" in last.basis


def test_no_registered_plan_is_unknown_and_a_former_conversion_area_should_have_one() -> None:
    was_conversion_area = {2019: listing(conversion_area=True)}

    for_all = rules.standing([COMPLETE], {}, None, on=TODAY)
    for_former = rules.standing([COMPLETE, a_list(2019)], was_conversion_area, None, on=TODAY)
    before_the_list = rules.standing([COMPLETE, a_list(2019)], was_conversion_area, None, on=datetime.date(2019, 11, 30))

    assert for_all.has_development_plan is for_former.has_development_plan is UNKNOWN
    assert "skal have en udviklingsplan" in for_former.reasons[-1].message
    assert "skal have en udviklingsplan" not in for_all.reasons[-1].message
    assert "skal have en udviklingsplan" not in before_the_list.reasons[-1].message


def test_every_reason_cites_its_basis_and_names_the_list() -> None:
    standing = rules.standing([INCOMPLETE], {2023: listing(parallel_society=True)}, None, on=TODAY)

    texts = {reason.message: reason.basis for reason in standing.reasons}
    assert texts["Parallelsamfund: Området står på listen af 1. december 2023."] == "Almenboligloven § 61 a, stk. 2; R27"
    assert "Forebyggelsesområde: Ukendt, for listen af 1. december 2023 er ikke komplet i portalen." in texts
    assert "Nyere lister findes ikke i portalen: 2024, 2025. Svaret bygger på listen af 1. december 2023." in texts
    assert all("R" in basis for basis in texts.values())


def test_the_most_severe_status_comes_first() -> None:
    answers = rules.answers_of(COMPLETE, listing(exposed=True, parallel_society=True, conversion_area=True))

    assert answers.highest is CONVERSION
    assert answers.names == ["Omdannelsesområde", "Parallelsamfund", "Udsat boligområde"]
    assert not answers.is_unknown


def test_a_timeline_shows_gaps_as_gaps() -> None:
    years = rules.timeline([a_list(2021), a_list(2019)], {}, on=datetime.date(2022, 12, 1))

    assert [(answers.year, answers.is_held) for answers in years] == [
        (2022, False),
        (2021, True),
        (2020, False),
        (2019, True),
        *((year, False) for year in range(2018, 2009, -1)),
    ], "from 2010, when there first was a list"
    assert rules.timeline([a_list(2021)], {}, on=datetime.date(2021, 11, 30)) == []


def test_a_standing_can_be_stored_as_plain_values() -> None:
    standing = rules.standing([COMPLETE], {2023: listing(exposed=True)}, None, on=TODAY)

    stored = json.loads(json.dumps(standing.as_json()))
    assert stored["list_published_on"] == "2023-12-01"
    assert stored["statuses"] == {
        "conversion_area": "no",
        "parallel_society": "no",
        "exposed": "yes",
        "prevention_area": "no",
    }
    assert stored["has_priority"] == "yes"
    assert stored["reasons"][0].keys() == {"text", "basis"}


def test_a_reason_speaks_the_readers_language() -> None:
    reason = rules.Reason("%(status)s på %(day)s", "§ 1; R1", {"status": "Udsat", "day": TODAY})

    english = {"%(status)s på %(day)s": "%(status)s on %(day)s", "Udsat": "Exposed"}
    assert reason.sentence(english.__getitem__, datetime.date.isoformat) == "Exposed on 2026-11-22"
