"""Fills a demo: reference data, people, and eight years of cases, all or nothing.

`seed` can be called again: what is there is left alone. The cases come in one transaction, so that a seed that is cut off
leaves none of them and the next start begins anew.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import OutgoingMail
from applications import documents, tasks
from applications import transitions as applications
from applications.models import Application, ApplicationEvent, IndicatorDefinition
from areas import transitions as areas
from lbf_portal.demo import people, planning, values, world
from lbf_portal.demo.cases import Case, Stage, Story, moment_of
from lbf_portal.demo.cases_efforts import EffortStory
from lbf_portal.demo.cases_outline import CASES, FIRST_YEAR, LAST_YEAR, outline
from lbf_portal.demo.world import World
from ledger import posting
from ledger.models import FrameYear
from monitoring.models import Effort

Tell = Callable[[str], object]

CARRIED_ON = (1, 20)
CARRIED_IN_WHOLE = 100 * values.THOUSAND
FIRST_YEAR_CLOSED_ON = datetime.date(2025, 3, 3)


def seed(today: datetime.date, *, tell: Tell, cases: int = CASES) -> None:
    """Make whatever the demo lacks on this day."""
    load_registers(tell)
    people.ensure_people(today)
    if Application.objects.filter(is_demo=True).exists():
        tell("seed: the demo's cases are there")
        return
    with transaction.atomic(), _without_savepoints():
        followers = len(transaction.get_connection().run_on_commit)
        began = timezone.now()
        _play(world.build(today), tell, cases=cases)
        _tell_of_letters()
        # What is history was read long ago: no mail leaves, and the clock makes the letters (applications.clock).
        OutgoingMail.objects.waiting().filter(queued_at__gte=began).update(sent_at=F("queued_at"))
        del transaction.get_connection().run_on_commit[followers:]


@contextlib.contextmanager
def _without_savepoints() -> Iterator[None]:
    """No story expects a refusal, and a refusal undoes all: savepoints would be four statements in ten for nothing."""
    features = transaction.get_connection().features
    features.uses_savepoints = False
    try:
        yield
    finally:
        del features.uses_savepoints


def load_registers(tell: Tell) -> None:
    """Areas, municipalities, organisations, frames, indicators: as in production."""
    areas.load_reference(by=SYSTEM)
    call_command("load_frames", verbosity=0)
    applications.load_indicators(by=SYSTEM)
    tell("seed: areas, organisations, frames and indicators are loaded")


def _play(scene: World, tell: Tell, *, cases: int) -> None:
    plots = outline(scene, cases=cases)
    progress = _Progress(tell, len(plots))
    # Cases begin by the end of the period at the latest; efforts run on.
    stage = Stage(until=moment_of(scene.today, hour=0), tell=progress.reached)
    indicators = {indicator.code: indicator for indicator in IndicatorDefinition.objects.all()}

    def run_effort(case: Case) -> None:
        effort = Effort.objects.get(application=case.application)
        EffortStory(case, stage, effort).enter()

    stage.enter(_carry_over(scene))
    stage.enter(_close_first_year(scene))
    for plot in plots:
        case = Case(plot, scene, indicators, run_effort)
        progress.starts.append(case.at)
        stage.enter(case.play())
    stage.play()
    planning.add_scenarios(scene)
    progress.done()


def _carry_over(scene: World) -> Story:
    """Each January the finance officer carries over most of what the year before has left (R6, C6); the rest is a reserve."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        day = datetime.date(year + 1, *CARRIED_ON)
        at = moment_of(day, hour=9)
        yield at
        stands = FrameYear.objects.position(year)
        carried = stands.available * 3 / 4 // CARRIED_IN_WHOLE * CARRIED_IN_WHOLE
        if carried:
            posting.carry_over(
                year,
                carried,
                key=f"carry-over:{year}",
                on=day,
                at=at,
                by=scene.finance_officer,
                seconded_by=scene.director,
                reason=values.CARRY,
                # Money that was carried in before goes on by a decision of its own (Q4).
                decision=values.CARRY_ON if carried > stands.carriable else "",
            )


def _close_first_year(scene: World) -> Story:
    """Once the last effort of the first year is settled its frame is closed; the others stay open for what is given back."""
    at = moment_of(FIRST_YEAR_CLOSED_ON, hour=9)
    yield at
    posting.close_year(
        FIRST_YEAR,
        on=FIRST_YEAR_CLOSED_ON,
        at=at,
        by=scene.finance_officer,
        seconded_by=scene.director,
        reason=values.CLOSE_YEAR,
    )


def _tell_of_letters() -> None:
    """Queue the mails that come with the letters now, so that letters made later tell nobody of old news."""
    kinds = documents.LETTER_OF_EVENT
    events = ApplicationEvent.objects.filter(event__in=kinds, application__is_demo=True).select_related(
        "application__area", "application__organisation", "application__municipality__organisation"
    )
    for event in events.order_by("pk"):
        if told := tasks.MAIL_OF_KIND.get(kinds[event.event]):
            told(event)


@dataclass
class _Progress:
    """Says how far the cases have come, year by year."""

    tell: Tell
    cases: int

    def __post_init__(self) -> None:
        self.starts: list[datetime.datetime] = []
        self.year = 0

    def reached(self, moment: datetime.datetime) -> None:
        if moment.year != self.year:
            self.year = moment.year
            begun = sum(start < moment for start in self.starts)
            self.tell(f"seed: {begun} of {self.cases} cases, {self.year} …")

    def done(self) -> None:
        self.tell(f"seed: {self.cases} of {self.cases} cases")
