"""Who can be supported under § 91 a and who comes first, without a database: boundary by boundary."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from areas.models import OwnerKind
from areas.rules import section_91a as rules
from areas.rules import standing as lists
from areas.rules.eligibility import CONDITIONS, QUESTION_NAMES, Eligibility, Place, Question, ResidentShare, all_of, any_of
from areas.rules.section_91a import Area, Connection, Department, Facts, Problem, eligibility
from areas.rules.standing import Answer, ListFacts, ListingFacts, PlanFacts, Reason, Status

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
ON = datetime.date(2024, 6, 1)
COMPLETE = ListFacts(2023, datetime.date(2023, 12, 1), dict.fromkeys(Status, 1), dict.fromkeys(Status, 1))
INCOMPLETE = ListFacts(2023, datetime.date(2023, 12, 1), dict.fromkeys(Status, 2), dict.fromkeys(Status, 1))
PROBLEMS = frozenset({Problem.SOCIAL_PROBLEMS})


def area(name: str, *statuses: Status, held: ListFacts | None = COMPLETE, plan: bool = False) -> Area:
    """An area with these statuses on the list of 2023; of an incomplete list the others are unknown."""
    listings = {2023: ListingFacts(dict.fromkeys(statuses, True))} if statuses else {}
    of_plan = PlanFacts(datetime.date(2019, 6, 1)) if plan else None
    return Area(name.lower(), name, lists.standing([held] if held else [], listings, of_plan, on=ON))


PARALLEL = area("Vestbyen", Status.EXPOSED, Status.PARALLEL_SOCIETY)
EXPOSED = area("Østbyen", Status.EXPOSED)
PREVENTION = area("Sydbyen", Status.PREVENTION_AREA)
UNLISTED = area("Bakkeparken")
NOT_KNOWN = area("Ukendtparken", held=INCOMPLETE)
NO_LISTS = area("Listeløs", held=None)


def department(
    name: str = "11",
    *,
    at: Area | None = UNLISTED,
    to: Area | None = None,
    because: str = "Den samme skole",
    owner: str = "DEPARTMENT",
    municipality: str = "Aarhus",
    residents: int | None = 100,
) -> Department:
    return Department(name, f"Afdeling {name}", owner, municipality, at, Connection(to, because) if to else None, residents)


def outside(name: str = "99", **more: object) -> Department:
    return department(name, at=None, **more)  # type: ignore[arg-type]  # what department takes


def answer(*departments: Department, problems: frozenset[Problem] | None = PROBLEMS) -> Eligibility:
    return eligibility(Facts(ON, departments, problems))


def sentences(reasons: object) -> str:
    return " ".join(reason.message for reason in reasons)  # type: ignore[attr-defined]  # reasons


@pytest.mark.parametrize(
    ("answers", "expected_of_all", "expected_of_any"),
    [
        ([], YES, UNKNOWN),
        ([YES, YES], YES, YES),
        ([YES, UNKNOWN], UNKNOWN, YES),
        ([NO, UNKNOWN], NO, UNKNOWN),
        ([YES, NO, UNKNOWN], NO, YES),
        ([NO, NO], NO, NO),
    ],
)
def test_three_values_are_put_together(answers: list[Answer], expected_of_all: Answer, expected_of_any: Answer) -> None:
    assert (all_of(answers), any_of(answers)) == (expected_of_all, expected_of_any)


def test_an_area_need_not_stand_on_a_list_to_be_supported() -> None:
    found = answer(department(at=UNLISTED))

    assert found.is_eligible is YES
    assert found.missing == []
    assert found.priority.answer is NO
    assert "§ 91 a kræver ikke, at området står på en liste." in sentences(found.information)


@pytest.mark.parametrize("problems", [None, frozenset[Problem]()])
def test_problems_that_are_not_stated_yet_are_unknown_and_never_a_no(problems: frozenset[Problem] | None) -> None:
    found = answer(department(at=PARALLEL), problems=problems)

    assert found.of(Question.PROBLEMS).answer is UNKNOWN
    assert found.is_eligible is UNKNOWN
    assert [reason.basis for reason in found.missing] == [rules.PROBLEMS]


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_will_do_also_one_that_the_act_does_not_name(problem: Problem) -> None:
    found = answer(department(), problems=frozenset({problem}))

    assert found.is_eligible is YES
    assert rules.PROBLEM_NAMES[problem] in sentences(found.of(Question.PROBLEMS).reasons)


@pytest.mark.parametrize(
    ("asked", "place", "expected"),
    [
        (department("2", at=UNLISTED), Place.IN_AREA, YES),
        (department("2", at=UNLISTED, to=PARALLEL, because=""), Place.IN_AREA, YES),
        (outside("2", to=PARALLEL), Place.CONNECTED, YES),
        (outside("2", to=PARALLEL, because="  "), Place.CONNECTED_UNEXPLAINED, UNKNOWN),
        (outside("2", to=EXPOSED), Place.CONNECTED_ELSEWHERE, UNKNOWN),
        (outside("2"), Place.OUTSIDE, NO),
    ],
)
def test_a_department_lies_in_an_area_or_is_connected_to_one_of_the_effort(
    asked: Department, place: Place, expected: Answer
) -> None:
    found = answer(department("1", at=PARALLEL), asked)

    assert found.departments[1].place is place
    assert found.departments[1].answer is expected
    assert found.of(Question.DEPARTMENTS).answer is expected
    assert found.is_eligible is expected


def test_whoever_stands_outside_is_told_how_to_mend_it() -> None:
    found = answer(department("1"), outside("2"))

    [reason] = found.missing
    assert "Afdeling 2" in reason.message
    assert "Afdeling 1" not in reason.message
    assert "Skriv i ansøgningen, hvordan afdelingen hænger sammen med området" in reason.message


def test_many_departments_are_counted_and_the_first_are_named() -> None:
    found = answer(department("1"), *(outside(str(number)) for number in range(2, 202)))

    [reason] = found.missing
    assert "(200): Afdeling 2, Afdeling 3, Afdeling 4, Afdeling 5, Afdeling 6 …" in reason.message
    assert "Afdeling 7" not in reason.message


def test_a_connection_gives_no_department_the_status_of_the_area() -> None:
    found = answer(department("1", at=UNLISTED), outside("2", to=UNLISTED), outside("3", to=PARALLEL))

    assert found.priority.answer is NO
    assert found.departments[2].status_names == []
    assert found.departments[2].has_priority is NO
    assert found.residents.in_section_61a == 0


@pytest.mark.parametrize("owner", list(OwnerKind))
def test_every_owner_of_the_register_is_covered(owner: OwnerKind) -> None:
    found = answer(department(owner=owner))

    assert found.of(Question.OWNERS).answer is YES
    assert all(reason.is_confirmed for reason in found.departments[0].reasons) is (owner == OwnerKind.DEPARTMENT)


def test_the_rule_knows_exactly_the_owners_of_the_register() -> None:
    assert set(rules.COVERED_OWNERS) == set(OwnerKind.values)


def test_an_owner_that_the_rules_do_not_name_is_not_covered() -> None:
    found = answer(department("1"), department("2", owner="PRIVATE"))

    assert found.of(Question.OWNERS).answer is NO
    assert [one.answer for one in found.departments] == [YES, NO]
    assert "(1): Afdeling 2." in sentences(found.missing)


def test_two_municipalities_are_for_the_fund_to_allow() -> None:
    found = answer(department("1"), department("2", municipality="Odense"))

    assert found.of(Question.MUNICIPALITY).answer is UNKNOWN
    assert "Afdelingerne ligger i 2 kommuner: Aarhus, Odense." in sentences(found.missing)
    assert not found.missing[0].is_confirmed


def test_nothing_chosen_is_no_answer() -> None:
    found = answer()

    assert found.is_eligible is NO
    assert found.priority.answer is UNKNOWN
    assert found.residents.share is None
    assert found.list_published_on is None
    assert sentences(found.of(Question.DEPARTMENTS).reasons) == "Ingen afdelinger er valgt. Vælg mindst én."


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ([PARALLEL], YES),
        ([EXPOSED], YES),
        ([UNLISTED, EXPOSED], YES),
        ([NOT_KNOWN, EXPOSED], YES),
        ([PREVENTION], NO),
        ([UNLISTED], NO),
        ([NOT_KNOWN], UNKNOWN),
        ([UNLISTED, NOT_KNOWN], UNKNOWN),
        ([NO_LISTS], UNKNOWN),
    ],
)
def test_one_department_in_a_section_61a_area_gives_priority(areas: list[Area], expected: Answer) -> None:
    found = answer(*(department(str(number), at=place) for number, place in enumerate(areas)))

    assert found.priority.answer is expected
    assert found.priority.reasons


def test_priority_names_the_area_and_the_day_of_the_list() -> None:
    found = answer(department("1", at=UNLISTED), department("2", at=PARALLEL))

    assert found.list_published_on == datetime.date(2023, 12, 1)
    assert "Omfattet af § 61 a efter listen af 1. december 2023: Vestbyen." in sentences(found.priority.reasons)
    assert "Det er nok, at mindst én af afdelingerne ligger i et område efter § 61 a." in sentences(found.priority.reasons)


def test_newer_lists_that_are_missing_are_told_once() -> None:
    late = datetime.date(2026, 11, 22)
    areas = [Area(name, name, lists.standing([COMPLETE], {}, None, on=late)) for name in ("a", "b")]
    found = eligibility(Facts(late, tuple(department(one.name, at=one) for one in areas)))

    assert sentences(found.priority.reasons).count("Nyere lister findes ikke i portalen: 2024, 2025.") == 1


def test_without_any_list_priority_is_unknown_and_says_so() -> None:
    assert "Portalen har ingen liste" in sentences(answer(department(at=NO_LISTS)).priority.reasons)


def test_a_prevention_area_is_shown_and_gives_no_priority() -> None:
    found = answer(department(at=PREVENTION))

    assert found.departments[0].status_names == ["Forebyggelsesområde"]
    assert found.is_eligible is YES
    assert rules.PREVENTION in {reason.basis for reason in found.information}


def test_the_most_exposed_status_is_told_and_decides_nothing() -> None:
    found = answer(department("1", at=EXPOSED), department("2", at=PARALLEL))

    assert found.most_exposed is Status.PARALLEL_SOCIETY
    assert "Den alvorligste status her er: Parallelsamfund." in sentences(found.information)


def test_a_development_plan_binds_whether_or_not_the_area_is_on_a_list() -> None:
    bound = area("Gammelbyen", plan=True)

    of_own = answer(department(at=bound)).development_plan
    of_connected = answer(department("1"), outside("2", to=bound)).development_plan
    assert of_own.answer is of_connected.answer is YES
    assert "Bundet af en udviklingsplan: Gammelbyen. Indsatsen skal koordineres med den" in sentences(of_own.reasons)


def test_that_no_plan_is_registered_is_no_proof_and_the_duty_to_coordinate_stands() -> None:
    found = answer(department()).development_plan

    assert found.answer is UNKNOWN
    assert "Indsatsen skal koordineres med andre indsatser i området." in sentences(found.reasons)


def test_the_share_counts_residents_and_says_who_is_not_counted() -> None:
    found = answer(
        department("1", at=PARALLEL, residents=300),
        department("2", at=UNLISTED, residents=90),
        department("3", at=NOT_KNOWN, residents=10),
        department("4", at=PARALLEL, residents=None),
        outside("5", to=PARALLEL, residents=0),
    )

    assert found.residents == ResidentShare(in_section_61a=300, of_unknown=10, counted=400, without_count=1)
    assert found.residents.share == Decimal("0.75")


def test_nobody_counted_gives_no_share() -> None:
    assert answer(department(residents=None)).residents.share is None
    assert answer(department(residents=0)).residents.share is None


@pytest.mark.parametrize("question", list(Question))
def test_every_question_has_a_name_and_a_finding(question: Question) -> None:
    assert QUESTION_NAMES[question]
    assert answer(department()).of(question).question is question


def test_every_reason_cites_its_source() -> None:
    found = answer(department("1", at=PARALLEL), outside("2"), department("3", municipality="Odense", owner="PRIVATE"))
    reasons = [*found.information, *(reason for finding in found.findings for reason in finding.reasons)]

    assert len(reasons) > len(CONDITIONS)
    assert all("§" in reason.basis or "Regulativ" in reason.basis for reason in reasons)
    assert all("R" in reason.basis or "Q" in reason.basis for reason in reasons)


# What holds for any departments

AREAS = st.sampled_from([PARALLEL, EXPOSED, PREVENTION, UNLISTED, NOT_KNOWN])


@st.composite
def departments(draw: Callable[..., object]) -> Department:
    place = draw(st.none() | AREAS)
    return department(
        str(draw(st.integers(1, 999))),
        at=place,  # type: ignore[arg-type]  # drawn
        to=draw(st.none() | AREAS),  # type: ignore[arg-type]  # drawn
        because=str(draw(st.sampled_from(["", "Den samme skole"]))),
        owner=str(draw(st.sampled_from([*OwnerKind.values, "PRIVATE"]))),
        municipality=str(draw(st.sampled_from(["Aarhus", "Odense"]))),
        residents=draw(st.none() | st.integers(0, 5000)),  # type: ignore[arg-type]  # drawn
    )


SETS = st.lists(departments(), max_size=8)
STATED = st.none() | st.frozensets(st.sampled_from(list(Problem)))
RANK = {NO: 0, UNKNOWN: 1, YES: 2}


@given(SETS, STATED)
def test_adding_a_department_in_a_section_61a_area_never_lowers_priority(
    asked: list[Department], problems: frozenset[Problem] | None
) -> None:
    before = answer(*asked, problems=problems).priority.answer
    after = answer(*asked, department("ny", at=EXPOSED), problems=problems).priority.answer

    assert RANK[after] >= RANK[before]
    assert after is YES


@given(SETS, departments())
def test_priority_once_given_is_not_lost_by_adding_any_department(asked: list[Department], more: Department) -> None:
    if answer(*asked).priority.answer is YES:
        assert answer(*asked, more).priority.answer is YES


@given(SETS, st.frozensets(st.sampled_from(list(Problem)), min_size=1))
def test_stating_a_problem_never_makes_the_answer_worse(asked: list[Department], problems: frozenset[Problem]) -> None:
    assert RANK[answer(*asked, problems=problems).is_eligible] >= RANK[answer(*asked, problems=None).is_eligible]


@given(SETS)
def test_a_share_lies_between_nothing_and_all(asked: list[Department]) -> None:
    share = answer(*asked).residents.share

    assert share is None or 0 <= share <= 1


@given(SETS, STATED)
def test_an_answer_that_was_stored_is_read_back_as_it_was(asked: list[Department], problems: frozenset[Problem] | None) -> None:
    found = answer(*asked, problems=problems)

    assert Eligibility.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_days_numbers_and_texts_are_told_apart_when_stored() -> None:
    reason = Reason("%(day)s %(count)s %(text)s", "R1", {"day": ON, "count": Decimal("2.5"), "text": "2024-06-01"})
    found = dataclasses.replace(answer(department()), information=(reason,))

    assert Eligibility.from_json(found.as_json()).information[0].params == reason.params


def test_the_day_of_asking_alone_makes_no_other_answer() -> None:
    found = answer(department(at=PARALLEL))

    assert found.says_the_same_as(dataclasses.replace(found, on=datetime.date(2030, 1, 1)))
    assert not found.says_the_same_as(answer(department(at=EXPOSED)))
