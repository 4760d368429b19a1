"""Cases in every state of their life, made as people make them: by calling transitions, with a cast that says who acts.

make_prequalified(case_cast)      # one function a state; each goes through the ones before it
make_committed(case_cast, wants_rent_support=True)
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from applications import facts, transitions
from applications.models import KEY_FIGURES, Application, IndicatorDefinition, SeatKind
from applications.rules.cofinancing import Source
from areas.models import AreaMembership, Department, HousingArea, Municipality, ResidentCount
from ledger import posting
from ledger.models import FrameYear

AT = datetime.datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
PLAN_STARTS_ON = datetime.date(2027, 1, 1)
PLAN_ENDS_ON = datetime.date(2030, 12, 31)
MIO = Decimal(1_000_000)
BUDGET = 12 * MIO
# Asked for where the area is bound by a development plan (R44), and never wrong.
COORDINATION = "Indsatsen følges af den samme styregruppe som de andre indsatser i området."
CHALLENGES = "Mange unge står uden uddannelse og arbejde, og mange flytter igen inden for få år."


@dataclass(frozen=True)
class CaseCast:
    """Who plays the parts of a case. The applicant and the municipality also sign."""

    applicant: Actor
    municipality: Actor
    case_officer: Actor
    director: Actor
    finance_officer: Actor

    @property
    def housing(self) -> Organisation:
        """The lead housing organisation."""
        assert self.applicant.organisation is not None
        return self.applicant.organisation

    @property
    def municipality_organisation(self) -> Organisation:
        assert self.municipality.organisation is not None
        return self.municipality.organisation


class CaseOptions(TypedDict, total=False):
    """What every `make_…` takes and hands down; `make_draft` has the defaults."""

    title: str
    area: HousingArea | None
    at: datetime.datetime
    total: Decimal
    wants_rent_support: bool


def _at(options: CaseOptions) -> datetime.datetime:
    return options.get("at", AT)


def make_area(cast: CaseCast, *, key: str = "bakkeparken", name: str = "Bakkeparken") -> HousingArea:
    """An area of the cast's municipality; made once."""
    municipality, _ = Municipality.objects.get_or_create(
        organisation=cast.municipality_organisation,
        defaults={
            "code": cast.municipality_organisation.municipality_code,
            "name": cast.municipality_organisation.name.removesuffix(" Kommune"),
            "region_code": "1082",
            "region_name": "Region Midtjylland",
        },
    )
    area, _ = HousingArea.objects.get_or_create(key=key, defaults={"name": name, "municipality": municipality})
    return area


def make_department(
    cast: CaseCast,
    number: str = "11",
    *,
    area: HousingArea | None = None,
    organisation: Organisation | None = None,
    floor_area_m2: Decimal | None = Decimal(8200),
) -> Department:
    """A department of the lead (or another organisation), in the area when one is given; made once."""
    municipality = make_area(cast).municipality
    department, is_new = Department.objects.get_or_create(
        organisation=organisation or cast.housing,
        number=number,
        defaults={
            "name": f"Bakken {number}",
            "municipality": municipality,
            "floor_area_m2": floor_area_m2,
            "dwellings": 110,
        },
    )
    if is_new:
        ResidentCount.objects.create(department=department, counted_on=datetime.date(2026, 1, 1), residents=260)
    if is_new and area is not None:
        AreaMembership.objects.create(department=department, area=area, valid_from=datetime.date(2010, 1, 1))
    return department


def make_frame(cast: CaseCast, year: int = 2026, *, total: Decimal = 380 * MIO, rent: Decimal = 240 * MIO) -> FrameYear:
    """The year's frame, opened once."""
    held = FrameYear.objects.filter(year=year).first()
    if held is not None:
        return held
    period = posting.add_period("P2019_26", "2019-26-midlerne", first_year=2019, last_year=2026, by=cast.finance_officer)
    return posting.open_year(
        period,
        year,
        base_total=total,
        base_rent=rent,
        base_vacancy=Decimal(0),
        on=datetime.date(year, 1, 1),
        by=cast.finance_officer,
        seconded_by=cast.director,
    )


def indicator(code: str) -> IndicatorDefinition:
    """An indicator of the catalogue, which is loaded when it is asked for the first time."""
    if not IndicatorDefinition.objects.exists():
        transitions.load_indicators(by=SYSTEM)
    return IndicatorDefinition.objects.get(code=code)


# One function a state


def make_empty_draft(
    cast: CaseCast, *, title: str = "Sammen om Bakkeparken", area: HousingArea | None = None, at: datetime.datetime = AT
) -> Application:
    """DRAFT: just created, nothing filled in."""
    return transitions.create_application(
        title=title, area=area or make_area(cast), organisation=cast.housing, by=cast.applicant, at=at
    )


def make_draft(
    cast: CaseCast,
    *,
    title: str = "Sammen om Bakkeparken",
    area: HousingArea | None = None,
    at: datetime.datetime = AT,
    total: Decimal = BUDGET,
    wants_rent_support: bool = False,
) -> Application:
    """DRAFT: every section filled in; a quarter of the budget is paid locally, exactly."""
    application = make_empty_draft(cast, title=title, area=area, at=at)
    by = cast.applicant
    departments = [make_department(cast, number, area=application.area) for number in ("11", "12")]
    transitions.save_departments(
        application, [transitions.DepartmentChoice(department) for department in departments], is_confirmed=True, by=by, at=at
    )
    transitions.save_challenges(
        application,
        problem_types=["HIGH_MOVING_RATE", "SOCIAL_PROBLEMS"],
        challenges=CHALLENGES,
        coordination=COORDINATION,
        figures=[
            transitions.FigureChoice("HIGH_MOVING_RATE", Decimal("17.5"), "procent fraflytninger om året", 2025, "Udlejningen"),
            transitions.FigureChoice("SOCIAL_PROBLEMS", Decimal(41), "procent af lejerne", 2025, "KÅS"),
        ],
        by=by,
        at=at,
    )
    transitions.save_figures(application, key_figures(departments), by=by, at=at)
    transitions.save_budget(
        application,
        total_budget=total,
        lines=[
            transitions.FundingChoice(Source.FUND, total * 3 / 4),
            transitions.FundingChoice(Source.MUNICIPALITY, total / 8),
            transitions.FundingChoice(Source.ORGANISATION, total / 8),
        ],
        by=by,
        at=at,
    )
    if wants_rent_support:
        lines = [
            transitions.RentChoice(departments[0], Decimal(90), Decimal(8200), PLAN_STARTS_ON, PLAN_ENDS_ON),
        ]
        transitions.save_rent_support(application, wants_rent_support=True, lines=lines, by=by, at=at)
    return application


def key_figures(departments: Sequence[Department]) -> list[transitions.KeyFiguresChoice]:
    """The first department has all its figures, the others say why they have none."""
    return [
        transitions.KeyFiguresChoice(department, 2025, dict.fromkeys(KEY_FIGURES, Decimal("41.5")))
        if number == 0
        else transitions.KeyFiguresChoice(department, absence="Afdelingen har for få beboere til, at tallene offentliggøres.")
        for number, department in enumerate(departments)
    ]


def make_submitted(cast: CaseCast, **options: Unpack[CaseOptions]) -> Application:
    """SUBMITTED."""
    application = make_draft(cast, **options)
    transitions.submit(application, by=cast.applicant, at=_at(options))
    return application


def make_under_assessment(cast: CaseCast, **options: Unpack[CaseOptions]) -> Application:
    """UNDER_ASSESSMENT: the case officer has begun and is responsible."""
    application = make_submitted(cast, **options)
    transitions.start_assessment(application, by=cast.case_officer, at=_at(options))
    return application


def make_information_requested(cast: CaseCast, **options: Unpack[CaseOptions]) -> Application:
    """INFO_REQUESTED: the sections are open again."""
    application = make_under_assessment(cast, **options)
    transitions.request_information(
        application, by=cast.case_officer, at=_at(options), reason="Uddyb, hvorfor de unge står uden arbejde."
    )
    return application


def make_prequalified(cast: CaseCast, **options: Unpack[CaseOptions]) -> Application:
    """PREQUALIFIED."""
    application = make_under_assessment(cast, **options)
    transitions.prequalify(application, by=cast.case_officer, at=_at(options), reason="Området har væsentlige sociale problemer.")
    return application


def make_plan_started(cast: CaseCast, **options: Unpack[CaseOptions]) -> Application:
    """PLAN_IN_PROGRESS: the plan is empty."""
    application = make_prequalified(cast, **options)
    transitions.start_plan(application, by=cast.applicant, at=_at(options))
    return application


def make_plan_ready(cast: CaseCast, **options: Unpack[CaseOptions]) -> Application:
    """PLAN_IN_PROGRESS: plan, goals and board are complete, nothing stands in the way of the signatures."""
    application = make_plan_started(cast, **options)
    by = cast.applicant
    transitions.save_plan(
        application,
        starts_on=PLAN_STARTS_ON,
        ends_on=PLAN_ENDS_ON,
        summary="Flere unge skal i uddannelse, og naboerne skal lære hinanden at kende.",
        effort_areas=["EDUCATION", "COHESION"],
        by=by,
        at=_at(options),
    )
    transitions.save_goals(
        application, [_goal("EDUCATION", "boern-i-dagtilbud"), _goal("COHESION", "valgdeltagelse")], by=by, at=_at(options)
    )
    transitions.save_board(
        application,
        [
            _seat("Formand Boligdirektør", "formand@example.org", cast.housing, is_chair=True),
            _seat("Medlem Kommunaldirektør", "medlem@example.org", cast.municipality_organisation),
        ],
        by=by,
        at=_at(options),
    )
    return application


def _goal(effort_area: str, code: str) -> transitions.GoalChoice:
    return transitions.GoalChoice(
        effort_area=effort_area,
        indicator=indicator(code),
        sub_goal=f"Delmål om {indicator(code).name_da.lower()}",
        responsible_party="Projektlederen",
        baseline_value=Decimal("61.5"),
        baseline_on=datetime.date(2026, 1, 1),
        target_value=Decimal(70),
        target_on=PLAN_ENDS_ON,
    )


def _seat(name: str, email: str, organisation: Organisation, *, is_chair: bool = False) -> transitions.SeatChoice:
    return transitions.SeatChoice(
        kind=SeatKind.BOARD,
        name=name,
        email=email,
        title="Direktør",
        organisation=organisation,
        other_organisation="",
        is_chair=is_chair,
        valid_from=datetime.date(2026, 11, 1),
    )


def make_out_for_signature(cast: CaseCast, **options: Unpack[CaseOptions]) -> Application:
    """LOCAL_APPROVAL: the agreement is made, nobody has signed."""
    application = make_plan_ready(cast, **options)
    transitions.send_for_signature(application, by=cast.applicant, at=_at(options))
    return application


def sign_as(application: Application, actor: Actor, *, at: datetime.datetime = AT) -> None:
    """Sign the standing version, having read it."""
    content_hash = application.agreements.standing().get().content_hash
    transitions.sign(application, content_hash=content_hash, title="Direktør", by=actor, at=at)


def make_plan_submitted(cast: CaseCast, **options: Unpack[CaseOptions]) -> Application:
    """PLAN_SUBMITTED: all parties have signed."""
    application = make_out_for_signature(cast, **options)
    sign_as(application, cast.applicant, at=_at(options))
    sign_as(application, cast.municipality, at=_at(options))
    return application


def make_recommended(cast: CaseCast, *, frame_year: int = 2026, **options: Unpack[CaseOptions]) -> Application:
    """PLAN_SUBMITTED with a recommendation: the fund's share of the budget, and all rent support asked for."""
    application = make_plan_submitted(cast, **options)
    transitions.recommend(
        application,
        frame_year=frame_year,
        social_amount=options.get("total", BUDGET) * 3 / 4,
        rent_amount=facts.rent_total(application),
        reason="Planen er gennemarbejdet, og parterne bidrager.",
        by=cast.case_officer,
        at=_at(options),
    )
    return application


def make_committed(cast: CaseCast, *, frame_year: int = 2026, **options: Unpack[CaseOptions]) -> Application:
    """COMMITTED, on the frame of the year; the frame is opened when there is none."""
    make_frame(cast, frame_year)
    application = make_recommended(cast, **options, frame_year=frame_year)
    transitions.commit(application, by=cast.director, at=_at(options), reason="Indsatsen opfylder betingelserne for tilsagn.")
    return application
