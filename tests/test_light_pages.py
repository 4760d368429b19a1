"""Pages stay light: how often they ask the database, how large they are, and that no number of a page breaks a list."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from applications import transitions
from applications.models import Application, ApplicationEvent, IndicatorDefinition, SeatKind
from applications.rules.cofinancing import Source
from applications.states import State
from monitoring import transitions as monitoring
from monitoring.models import Effort
from tests.factories import applications as cases
from tests.factories import areas
from tests.factories import monitoring as efforts
from tests.factories.accounts import OrganisationFactory
from tests.factories.applications import AT, MIO, PLAN_ENDS_ON, PLAN_STARTS_ON, CaseCast
from tests.rich import RichCase, add_letter, address, address_names

pytestmark = pytest.mark.django_db

PAGED = {
    "accounts:people",
    "applications:deadlines",
    "applications:list",
    "applications:mandates",
    "applications:to_decide",
    "applications:transfer",
    "applications:transfer_preview",
    "applications:transfers",
    "areas:changes",
    "areas:departments",
    "areas:import_batch",
    "areas:imports",
    "areas:list",
    "areas:municipalities",
    "areas:organisations",
    "ledger:check",
    "ledger:checks",
    "ledger:extra_cases",
    "ledger:extra_year",
    "ledger:frame_cases",
    "ledger:frame_year",
    "ledger:proposals",
    "monitoring:give_backs",
    "monitoring:list",
    "planner:plan",
    "planner:scenario",
    "planner:scenarios",
}
# Of these lists, those that a case officer does not see.
OF_DIRECTORS = {"applications:to_decide"}
MOST_QUERIES = 25
# The hub of a case and its assessment show what every subject knows of it: law, plan, agreement, files, deadlines, frame, moves,
# and who works on it with whom.
MOST_OF_A_CASE = 35
OF_A_CASE = {"applications:case", "applications:assessment"}
MOST_QUERIES_OF_THE_LIST = 12
LARGEST_LIST = 60_000


@pytest.fixture
def case_cast(rich_case: RichCase) -> CaseCast:
    """The cast of the case that is there already."""
    return rich_case.cast


def signed_in(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def looked_at(client: Client, path: str) -> tuple[HttpResponseBase, int]:
    """The answer, and how often it asked the database."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
        if answer.streaming:
            list(answer)
    return answer, len(asked)


# The list of cases


def test_a_thousand_cases_make_a_light_list(case_cast: CaseCast) -> None:
    thousand(case_cast)
    officer = signed_in(case_cast.case_officer)
    officer.get("/cases/")

    answer, queries = looked_at(officer, "/cases/")

    assert answer.status_code == 200
    assert answer.context["page_obj"].paginator.count >= 1000  # type: ignore[attr-defined]  # of the test client
    assert queries <= MOST_QUERIES_OF_THE_LIST
    assert len(answer.content) <= LARGEST_LIST  # type: ignore[attr-defined]  # no stream


def test_the_last_page_of_a_thousand_is_there_and_the_next_is_not(case_cast: CaseCast) -> None:
    thousand(case_cast)
    officer = signed_in(case_cast.case_officer)
    last = officer.get("/cases/").context["page_obj"].paginator.num_pages

    assert officer.get("/cases/", {"page": last}).status_code == 200
    assert officer.get("/cases/", {"page": last + 1}).status_code == 404


def thousand(cast: CaseCast) -> None:
    """A thousand submitted cases of twenty organisations, in forty areas of twenty municipalities."""
    organisations = OrganisationFactory.create_batch(20)
    places = [
        areas.HousingAreaFactory.create(municipality=municipality) for municipality in areas.MunicipalityFactory.create_batch(20)
    ] * 2
    assert cast.applicant.user is not None
    made = Application.objects.bulk_create(
        Application(
            title=f"Sammen om et tryggere og mere aktivt boligområde, etape {number}",
            organisation=organisations[number % 20],
            municipality=places[number % 40].municipality,
            area=places[number % 40],
            responsible=cast.case_officer.user if number % 3 else None,
            created_by=cast.applicant.user,
        )
        for number in range(1000)
    )
    tell(made, "application:created", State.DRAFT)
    Application.objects.filter(state=State.DRAFT).update(state=State.SUBMITTED, submitted_at=AT, state_since=AT)
    tell(made, "application:submitted", State.SUBMITTED)


def tell(made: list[Application], event: str, state: State) -> None:
    """The events that the database asks for."""
    ApplicationEvent.objects.bulk_create(
        ApplicationEvent(application=application, event=event, at=AT, role="APPLICANT", state_to=state) for application in made
    )


# Every page

# Answers that show nothing of their own: they lead elsewhere.
LEADING_ON = {"set_language", "applications:decide_together", "accounts:sign_in", "accounts:kept", "accounts:new_password"}
# Nothing without the secret of a calendar's address.
LEADING_ON |= {"applications:calendar"}
# The case of these tests was not moved, so there is nothing to take back.
LEADING_ON |= {"applications:transfer_take_back"}
# An invitation's link leads on; nobody here may give mandates (tests/applications/views/test_mandates.py).
LEADING_ON |= {"accounts:invitation", "accounts:own_people", "applications:give_mandate"}
# Of the municipality's recommendation: its queue is nobody's here, and nothing was asked (tests/applications/working_together).
LEADING_ON |= {
    "applications:recommendations",
    "applications:answer_recommendation",
    "applications:take_recommendation_back",
}
ONLY_POSTED = {
    "applications:end_access",
    "applications:send_again",
    "applications:call_recommendation_off",
    "applications:resolve_comments",
    "accounts:sign_out",
    "accounts:act_as",
    "accounts:invite_again",
    "accounts:withdraw_invitation",
    "accounts:open_calendar",
    "accounts:close_calendar",
    "areas:import_confirm",
    "areas:import_discard",
    "ledger:check_now",
    "applications:preview",
    "applications:sign",
    "applications:accept_as_local",
    "applications:take",
    "applications:start_assessment",
    "applications:start_plan",
    "planner:take_note",
}


def test_every_page_asks_the_database_a_few_times_only(rich_case: RichCase) -> None:
    seen, heavy = set(), []
    for actor, application in readers(rich_case):
        client = signed_in(actor)
        client.get("/")
        for name, parts in address_names().items():
            if name in ONLY_POSTED | LEADING_ON or ("case_number" not in parts and application is not rich_case.application):
                continue
            answer, queries = looked_at(client, address(name, application, rich_case.letter))
            if answer.status_code == 200:
                seen.add(name)
                if queries > (MOST_OF_A_CASE if name in OF_A_CASE else MOST_QUERIES):
                    heavy.append(f"{name} in {application.state} for {actor}: {queries}")
    assert heavy == [], "\n".join(heavy)
    assert seen == set(address_names()) - ONLY_POSTED - LEADING_ON


def readers(case: RichCase) -> Iterator[tuple[Actor, Application]]:
    """Who looks at which case: each state in which a page shows something else, for those who see most of it."""
    cast = case.cast
    insiders = (cast.case_officer, cast.director, cast.finance_officer, cast.applicant, case.board_member)
    yield from itertools.product(insiders, [case.application])
    yield cast.applicant, cases.make_draft(cast, title="Kladde", wants_rent_support=True)
    yield cast.applicant, cases.make_information_requested(cast, title="Afventer", wants_rent_support=True)
    yield cast.applicant, cases.make_plan_ready(cast, title="Plan", wants_rent_support=True)
    signing = cases.make_out_for_signature(cast, title="Til underskrift", wants_rent_support=True)
    yield from itertools.product((cast.applicant, cast.municipality), [signing])
    decision = cases.make_recommended(cast, title="Til afgørelse", wants_rent_support=True)
    yield from itertools.product((cast.case_officer, cast.director), [decision])


# Two rows and two hundred


def test_a_large_draft_asks_as_often_as_a_small_one(case_cast: CaseCast) -> None:
    small, large = cases.make_draft(case_cast, title="Lille", wants_rent_support=True), large_draft(case_cast)
    names = ("case", "application", "section", "submit")

    assert queries(case_cast.applicant, names, large) == queries(case_cast.applicant, names, small)


def test_a_large_plan_asks_as_often_as_a_small_one(case_cast: CaseCast) -> None:
    small = cases.make_plan_ready(case_cast, title="Lille", wants_rent_support=True)
    large = large_plan(case_cast)
    names = ("case", "plan", "plan_section", "send_for_signature")

    assert queries(case_cast.applicant, names, large) == queries(case_cast.applicant, names, small)


def test_a_large_case_asks_as_often_as_a_small_one(case_cast: CaseCast) -> None:
    small = committed(cases.make_plan_ready(case_cast, title="Lille", wants_rent_support=True), case_cast)
    large = committed(large_plan(case_cast), case_cast)
    many_events(large)
    seen_by = {
        case_cast.applicant: ("case", "application", "plan", "agreement", "receipt"),
        case_cast.case_officer: ("case", "assessment", "recommend"),
        case_cast.director: ("decide",),
    }

    for actor, names in seen_by.items():
        assert queries(actor, names, large) == queries(actor, names, small)


def test_a_dashboard_with_years_of_measurements_asks_as_often_as_an_empty_one(case_cast: CaseCast) -> None:
    small = committed(cases.make_plan_ready(case_cast, title="Lille"), case_cast)
    large = committed(large_plan(case_cast), case_cast)
    effort = Effort.objects.get(application=large)
    monitoring.start(effort, by=SYSTEM, at=efforts.FIRST_DAY)
    codes = [goal.indicator.code for goal in large.plan.goals.select_related("indicator")]
    values = [efforts.measured(year, Decimal(year - 1990), code=code) for year in range(2008, 2027) for code in codes]
    assert len(values) > 200
    monitoring.record_measurements(effort, "Leverance 1", values, by=case_cast.case_officer, at=efforts.FIRST_DAY)

    counted = {}
    for application in (small, large):
        counted[application.title] = looked_at(signed_in(case_cast.director), f"/efforts/{application.case_number}/")[1]

    assert counted["Stor"] == counted["Lille"]


def queries(actor: Actor, names: tuple[str, ...], application: Application) -> dict[str, int]:
    """How often each page about the case asks, once the session is warm."""
    client = signed_in(actor)
    client.get("/")
    counted = {}
    for name in names:
        answer, counted[name] = looked_at(client, address(f"applications:{name}", application))
        assert answer.status_code == 200, name
    return counted


def large_draft(cast: CaseCast) -> Application:
    """Fifty departments, fifty contributions, fifty lines of rent support."""
    draft = cases.make_empty_draft(cast, title="Stor")
    by = cast.applicant
    departments = [cases.make_department(cast, f"{number:03}", area=draft.area) for number in range(100, 150)]
    choices = [transitions.DepartmentChoice(department) for department in departments]
    transitions.save_departments(draft, choices, is_confirmed=True, by=by, at=AT)
    transitions.save_figures(draft, cases.key_figures(departments), by=by, at=AT)
    transitions.save_challenges(
        draft, problem_types=["SOCIAL_PROBLEMS"], challenges=cases.CHALLENGES, coordination="", by=by, at=AT
    )
    lines = [transitions.FundingChoice(Source.MUNICIPALITY, MIO / 10, note=f"Bidrag {number}") for number in range(50)]
    transitions.save_budget(
        draft, total_budget=20 * MIO, lines=[transitions.FundingChoice(Source.FUND, 15 * MIO), *lines], by=by, at=AT
    )
    transitions.save_rent_support(
        draft,
        wants_rent_support=True,
        lines=[
            transitions.RentChoice(department, Decimal(10), Decimal(1000), PLAN_STARTS_ON, PLAN_ENDS_ON)
            for department in departments
        ],
        by=by,
        at=AT,
    )
    return draft


def large_plan(cast: CaseCast) -> Application:
    """Every indicator of the catalogue, and a board and secretariat of sixty."""
    application = large_draft(cast)
    transitions.submit(application, by=cast.applicant, at=AT)
    transitions.start_assessment(application, by=cast.case_officer, at=AT)
    transitions.prequalify(application, by=cast.case_officer, at=AT, reason="Området har væsentlige problemer.")
    transitions.start_plan(application, by=cast.applicant, at=AT)
    cases.indicator("ledighed")
    catalogue = list(IndicatorDefinition.objects.all())
    by = cast.applicant
    transitions.save_plan(
        application,
        starts_on=PLAN_STARTS_ON,
        ends_on=PLAN_ENDS_ON,
        summary="",
        effort_areas=sorted({indicator.effort_area for indicator in catalogue}),
        by=by,
        at=AT,
    )
    transitions.save_goals(application, [_goal(indicator) for indicator in catalogue], by=by, at=AT)
    transitions.save_board(application, list(_seats(cast.housing, cast.municipality_organisation)), by=by, at=AT)
    return application


def _goal(indicator: IndicatorDefinition) -> transitions.GoalChoice:
    return transitions.GoalChoice(
        effort_area=indicator.effort_area,
        indicator=indicator,
        sub_goal=f"Bedre tal: {indicator.code}",
        baseline_value=Decimal(20),
        baseline_on=datetime.date(2026, 1, 1),
        target_value=Decimal(30),
        target_on=PLAN_ENDS_ON,
    )


def _seats(housing: Organisation, municipality: Organisation) -> Iterator[transitions.SeatChoice]:
    for number in range(60):
        yield transitions.SeatChoice(
            kind=SeatKind.BOARD if number < 30 else SeatKind.SECRETARIAT,
            name=f"Medlem {number}",
            email=f"medlem{number}@example.org",
            title="",
            organisation=municipality if number % 2 else housing,
            other_organisation="",
            is_chair=number == 0,
            valid_from=datetime.date(2026, 11, 1),
        )


def committed(application: Application, cast: CaseCast) -> Application:
    """Signed, recommended, decided."""
    cases.make_frame(cast)
    transitions.send_for_signature(application, by=cast.applicant, at=AT)
    cases.sign_as(application, cast.applicant)
    cases.sign_as(application, cast.municipality)
    transitions.recommend(
        application,
        frame_year=2026,
        social_amount=9 * MIO,
        rent_amount=Decimal(0),
        reason="Planen er gennemarbejdet.",
        by=cast.case_officer,
        at=AT,
    )
    transitions.commit(application, by=cast.director, at=AT, reason="Betingelserne er opfyldt.")
    add_letter(application)
    return application


def many_events(application: Application) -> None:
    """Two hundred saved sections in the journal, by people of their own."""
    for number in range(200):
        application.record(
            "application:document_read", by=SYSTEM, at=timezone.now(), data={"document": number, "kind": "COMMITMENT_LETTER"}
        )


# Numbers of pages that are none


def paged_for(case: RichCase) -> Iterator[tuple[str, Client]]:
    """Every list of pages, with somebody who may see it; the frames are a list without pages."""
    officer, director = signed_in(case.cast.case_officer), signed_in(case.cast.director)
    for name in sorted(PAGED):
        yield name, director if name in OF_DIRECTORS else officer


@pytest.mark.parametrize("number", ["9999", "0", "-1", "abc", "1.5", "", "99999999999999999999", "%00"])
def test_a_page_that_is_not_there_is_404_on_every_list(number: str, rich_case: RichCase) -> None:
    paged = []
    for name, reader in paged_for(rich_case):
        path = address(name, rich_case.application)
        assert "page_obj" in reader.get(path).context, name
        paged.append((name, reader.get(f"{path}?page={number}").status_code))

    assert paged == [(name, 404) for name, _status in paged]


@pytest.mark.parametrize(
    "query", ["sort=nonsense", "sort=-nonsense", "state=%00", "q=%00", "year=99999999999999999999", "_export=exe"]
)
def test_nonsense_in_the_address_breaks_no_list(query: str, rich_case: RichCase) -> None:
    for name, reader in paged_for(rich_case):
        assert reader.get(f"{address(name, rich_case.application)}?{query}").status_code in {200, 400, 404}, name


def test_every_paged_list_is_in_the_tests_above(rich_case: RichCase) -> None:
    readers = [signed_in(actor) for actor in (rich_case.cast.case_officer, rich_case.cast.director)]
    paged = set()
    for name, parts in address_names().items():
        if "case_number" in parts or name in ONLY_POSTED:
            continue
        answers = [reader.get(address(name, rich_case.application)) for reader in readers]
        if any("page_obj" in (answer.context or {}) for answer in answers):
            paged.add(name)

    assert paged == PAGED
