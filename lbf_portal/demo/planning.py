"""Two shared scenarios of the demo, so that the planner can be compared from the first day."""

from __future__ import annotations

import datetime
from decimal import Decimal

from applications import planning
from applications.rules.fitting import Carrying, Passing
from applications.transitions import scenarios
from applications.transitions.scenarios import CaseChoice, Settings
from lbf_portal.demo.cases import moment_of, working_day
from lbf_portal.demo.world import World

HALF = Decimal("0.5")
FILL_THE_GAPS = Settings(
    name="Fyld hullerne",
    note="Hvor mange sager kan få plads, hvis en mindre sag må gå forbi en, der venter, og alt overføres?",
    is_shared=True,
    passing=Passing.FILL_GAPS,
    carrying=Carrying.ALL,
)
IN_TWO_INSTALMENTS = Settings(
    name="To rater til den største",
    note="Hvad giver det de andre, hvis den største sag deles over to år, og den sidste i rækken kommer frem?",
    is_shared=True,
)
WHY_MOVED = "Kommunens byfornyelse begynder i foråret, og de to indsatser skal følges ad."
WHY_SPLIT = "Indsatsen har to etaper og behøver ikke hele beløbet på én gang."


def add_scenarios(scene: World) -> None:
    """One that fills the gaps, and one that splits the largest case and moves the last; without cases in line there are none."""
    at = moment_of(working_day(scene.today - datetime.timedelta(days=1)), hour=14)
    desk = planning.desk(on=scene.today)
    line = planning.planned(desk).rows
    if not line or not desk.years:
        return
    scenarios.make_scenario(FILL_THE_GAPS, by=scene.case_officers[0], at=at)
    by = scene.director
    scenario = scenarios.make_scenario(IN_TWO_INSTALMENTS, by=by, at=at)
    largest, last = max(line, key=lambda row: row.total), line[-1]
    in_two = CaseChoice(year=desk.years[0].year, later_share=HALF)
    scenarios.set_case(scenario, largest.case.application, in_two, reason=WHY_SPLIT, by=by, at=at)
    if last is not largest:
        scenarios.set_case(scenario, last.case.application, CaseChoice(place=1), reason=WHY_MOVED, by=by, at=at)
