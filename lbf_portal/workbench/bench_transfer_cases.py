"""The half of `./portal bench transfer` that is the portal itself: cases under the earlier rules, and what the tables hold.

Imported once Django is set up, as the portal's own database role.
"""

import datetime
import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import Organisation
from accounts.roles import OrganisationKind, Role
from applications import transitions
from applications.models import (
    Application,
    ApplicationEvent,
    ComprehensivePlan,
    IndicatorDefinition,
    PlanGoal,
    TransferredCase,
)
from applications.states import IMPORT, START_PLAN, State
from applications.transitions import transfer_back
from areas.models import HousingArea, Municipality

IN_2018 = datetime.datetime(2018, 9, 3, 10, tzinfo=datetime.UTC)
ROWS = 2000
AREAS = ("SAFETY_AND_WELL_BEING", "EDUCATION_AND_EMPLOYMENT")
INDICATORS = ("tryghed", "beboernes-uddannelse")
# Written once, or kept of every change: these grow, whatever is taken back.
GROWING = ("event", "version", "applications_transfer", "applications_document", "accounts_outgoingmail", "django_session")


def fill(count: int) -> None:
    """So many cases under R2015, every second one with a plan of two effort areas and a goal in each."""
    transitions.load_indicators(by=SYSTEM)
    area = _area()
    housing = [
        Organisation.objects.get_or_create(kind=OrganisationKind.HOUSING, name=f"Målingens Boligforening {number}")[0]
        for number in range(20)
    ]
    for first in range(0, count, ROWS):
        with transaction.atomic():
            _cases(area, housing, range(first, min(first + ROWS, count)))


def _area() -> HousingArea:
    organisation, _ = Organisation.objects.get_or_create(
        kind=OrganisationKind.MUNICIPALITY, name="Målingens Kommune", defaults={"municipality_code": "0999"}
    )
    municipality, _ = Municipality.objects.get_or_create(
        code="0999",
        defaults={"organisation": organisation, "name": "Målingen", "region_code": "1082", "region_name": "Region Midtjylland"},
    )
    return HousingArea.objects.get_or_create(key="maalingen", defaults={"name": "Målingen", "municipality": municipality})[0]


def _cases(area: HousingArea, housing: list[Organisation], numbers: Iterable[int]) -> None:
    made = Application.objects.bulk_create(
        Application(
            id=uuid.uuid4(),
            title=f"Tryg hverdag {number}",
            organisation=housing[number % len(housing)],
            municipality=area.municipality,
            area=area,
            rule_set="R2015",
            created_at=IN_2018,
        )
        for number in numbers
    )
    keys = [application.pk for application in made]
    Application.objects.filter(pk__in=keys).update(state=State.PREQUALIFIED, submitted_at=IN_2018, state_since=IN_2018)
    _tell(keys, IMPORT.event, State.PREQUALIFIED, {"reference": "måling"})
    planned = keys[::2]
    Application.objects.filter(pk__in=planned).update(state=State.PLAN_IN_PROGRESS)
    _tell(planned, START_PLAN.event, State.PLAN_IN_PROGRESS, {})
    plans = ComprehensivePlan.objects.bulk_create(
        ComprehensivePlan(application_id=key, effort_areas=list(AREAS), summary="Før flytningen") for key in planned
    )
    indicators = [IndicatorDefinition.objects.get(code=code) for code in INDICATORS]
    PlanGoal.objects.bulk_create(
        PlanGoal(plan=plan, effort_area=area, indicator=indicator, sub_goal="Delmål fra 2018", target_value=Decimal(70))
        for plan in plans
        for area, indicator in zip(AREAS, indicators, strict=True)
    )


def _tell(keys: list[uuid.UUID], event: str, state: State, data: dict[str, str]) -> None:
    ApplicationEvent.objects.bulk_create(
        ApplicationEvent(application_id=key, event=event, at=IN_2018, role=Role.SYSTEM, state_to=state, data=data) for key in keys
    )


def checksums(*, all_tables: bool = False) -> dict[str, str]:
    """A fingerprint of each table's rows, whatever their order; without those that only ever grow, unless all are asked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall() if all_tables or not any(part in name for part in GROWING)]
        found = {}
        for name in names:
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {name} AS t"  # noqa: S608 - the catalogue's own names
            )
            found[name] = "{} {}".format(*cursor.fetchone())
    return found


def take_back_all() -> None:
    """Every move that stands, one case after the other, as the page does it."""
    for row in TransferredCase.objects.standing().iterator():
        transfer_back.take_back(row, by=SYSTEM, at=timezone.now(), reason="Måling")
