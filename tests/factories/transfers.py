"""Cases prequalified under the regulation of 19 March 2015, as they stood before the move to the one of 2019."""

from __future__ import annotations

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from applications import transitions
from applications.models import Application
from tests.factories import applications as cases
from tests.factories.applications import CaseCast

IN_2018 = datetime.datetime(2018, 9, 3, 10, tzinfo=ZoneInfo("Europe/Copenhagen"))
STARTS_ON = datetime.date(2019, 1, 1)
ENDS_ON = datetime.date(2022, 12, 31)
OLD_AREAS = ["SAFETY_AND_WELL_BEING", "EDUCATION_AND_EMPLOYMENT"]


def make_old_prequalified(cast: CaseCast, *, title: str = "Tryg i Bakkeparken") -> Application:
    """PREQUALIFIED under R2015."""
    return cases.make_prequalified(cast, title=title, at=IN_2018)


def make_old_plan(cast: CaseCast, *, title: str = "Tryg i Bakkeparken") -> Application:
    """PLAN_IN_PROGRESS under R2015, ready to be sent for signature: two of the old effort areas, a goal in each."""
    application = make_old_prequalified(cast, title=title)
    by = cast.applicant
    transitions.start_plan(application, by=by, at=IN_2018)
    transitions.save_plan(
        application,
        starts_on=STARTS_ON,
        ends_on=ENDS_ON,
        summary="Flere skal føle sig trygge, og flere unge skal i uddannelse.",
        effort_areas=OLD_AREAS,
        by=by,
        at=IN_2018,
    )
    goals = [old_goal("SAFETY_AND_WELL_BEING", "tryghed"), old_goal("EDUCATION_AND_EMPLOYMENT", "beboernes-uddannelse")]
    transitions.save_goals(application, goals, by=by, at=IN_2018)
    seats = [
        transitions.SeatChoice(
            kind="BOARD",
            name=f"Direktør {organisation}",
            email="",
            title="Direktør",
            organisation=organisation,
            other_organisation="",
            is_chair=organisation == cast.housing,
            valid_from=IN_2018.date(),
        )
        for organisation in (cast.housing, cast.municipality_organisation)
    ]
    transitions.save_board(application, seats, by=by, at=IN_2018)
    return application


def old_goal(effort_area: str, indicator: str) -> transitions.GoalChoice:
    """A goal as it was written in 2018."""
    return transitions.GoalChoice(
        effort_area=effort_area,
        indicator=cases.indicator(indicator),
        sub_goal=f"Delmål fra 2018 om {indicator}",
        responsible_party="Projektlederen",
        baseline_value=Decimal("61.5"),
        baseline_on=datetime.date(2018, 1, 1),
        target_value=Decimal(70),
        target_on=ENDS_ON,
    )


def make_old_out_for_signature(cast: CaseCast, *, title: str = "Tryg i Bakkeparken") -> Application:
    """LOCAL_APPROVAL under R2015; nobody has signed."""
    application = make_old_plan(cast, title=title)
    transitions.send_for_signature(application, by=cast.applicant, at=IN_2018)
    return application


def make_old_plan_submitted(cast: CaseCast, *, title: str = "Tryg i Bakkeparken") -> Application:
    """PLAN_SUBMITTED under R2015: all have signed."""
    application = make_old_out_for_signature(cast, title=title)
    for actor in (cast.applicant, cast.municipality):
        cases.sign_as(application, actor, at=IN_2018)
    return application


def make_old_committed(cast: CaseCast, *, title: str = "Tryg i Bakkeparken") -> Application:
    """COMMITTED under R2015."""
    application = make_old_plan_submitted(cast, title=title)
    cases.make_frame(cast)
    share = cases.BUDGET * 3 / 4
    reason = "Planen er gennemarbejdet."
    transitions.recommend(
        application,
        frame_year=2026,
        social_amount=share,
        rent_amount=Decimal(0),
        reason=reason,
        by=cast.case_officer,
        at=cases.AT,
    )
    transitions.commit(application, by=cast.director, at=cases.AT, reason=reason)
    return application
