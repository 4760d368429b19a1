"""Cases in line for the frame, for tests of the planner."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from applications.models import Application, ApplicationEvent, FundingLine, Scenario
from applications.rules.cofinancing import Source
from applications.states import State
from applications.transitions import scenarios
from applications.transitions.scenarios import CaseChoice, Settings
from areas.models import HousingArea
from tests.factories.applications import AT, MIO, CaseCast, make_area
from tests.factories.areas import AreaListFactory, AreaListingFactory

REASON = "Planen skal begynde sammen med byfornyelsen."


@transaction.atomic
def waiting(cast: CaseCast, *millions: int | Decimal, area: HousingArea | None = None, days_ago: int = 0) -> list[Application]:
    """Cases on the waiting list that ask for so many millions each, received a day apart, the first the earliest.

    Written row by row with the events that the database asks for: what people do to a case is not what these tests are about.
    """
    place = area or make_area(cast)
    assert cast.applicant.user is not None
    first = AT - datetime.timedelta(days=days_ago + len(millions))
    made = Application.objects.bulk_create(
        Application(
            title=f"Etape {index + 1}",
            organisation=cast.housing,
            municipality=place.municipality,
            area=place,
            created_by=cast.applicant.user,
            total_budget=amount * MIO * 4 / 3 if amount else None,
        )
        for index, amount in enumerate(millions)
    )
    keys = [case.pk for case in made]
    for event, state in (
        ("created", State.DRAFT),
        ("submitted", State.SUBMITTED),
        ("assessment_started", State.UNDER_ASSESSMENT),
        ("put_on_waiting_list", State.WAITING_LIST),
    ):
        ApplicationEvent.objects.bulk_create(
            ApplicationEvent(application_id=key, event=f"application:{event}", at=AT, role="CASE_OFFICER", state_to=state)
            for key in keys
        )
        if state is State.SUBMITTED:
            for index, key in enumerate(keys):
                Application.objects.filter(pk=key).update(submitted_at=first + datetime.timedelta(days=index))
        Application.objects.filter(pk__in=keys).update(state=state, state_since=AT)
    FundingLine.objects.bulk_create(
        FundingLine(application_id=key, source=Source.FUND, amount=amount * MIO)
        for key, amount in zip(keys, millions, strict=True)
        if amount
    )
    return list(Application.objects.filter(pk__in=keys).order_by("submitted_at", "case_number"))


def give_priority(area: HousingArea) -> None:
    """The area stands on the list of 1 December 2025 as an exposed one (§ 61 a)."""
    held = AreaListFactory.create(year=2025, published_on=datetime.date(2025, 12, 1))
    AreaListingFactory.create(area_list=held, area=area, is_exposed=True)


def make_scenario(by: Actor, name: str = "Først de dyre", *, shared: bool = True, at: datetime.datetime = AT) -> Scenario:
    """A scenario, shared unless something else is said."""
    return scenarios.make_scenario(Settings(name=name, is_shared=shared), by=by, at=at)


def set_case(scenario: Scenario, case: Application, *, by: Actor, reason: str = "", **choice: Decimal | int) -> None:
    """Set something for a case in the scenario."""
    chosen = CaseChoice(**choice)  # type: ignore[arg-type]  # each name has its own type
    scenarios.set_case(scenario, case, chosen, reason=reason, by=by, at=AT)
