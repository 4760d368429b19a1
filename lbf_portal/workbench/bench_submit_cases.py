"""The half of `./portal bench submit` that is the portal itself: drafts as the demo's people fill them in.

Imported once Django is set up, as the portal's own database role.
"""

import contextlib
import datetime
import io
from dataclasses import replace
from itertools import cycle, islice

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from applications.models import Application, IndicatorDefinition
from applications.states import SUBMIT, State
from lbf_portal.demo import people, world
from lbf_portal.demo.cases import Case
from lbf_portal.demo.cases_outline import Milestone, Plot, Wanted, outline
from lbf_portal.demo.seed import load_registers
from lbf_portal.workbench.trouble import Trouble


def drafts(count: int, *, email: str) -> list[int]:
    """So many drafts with every section filled in, of the organisation that the person applies for; their numbers."""
    today = timezone.localdate()
    with contextlib.redirect_stdout(io.StringIO()):  # a command tells what it loaded
        load_registers(lambda _line: None)
    people.ensure_people(today)
    scene = world.build(today)
    organisation = User.objects.get(email=email).memberships.get().organisation
    indicators = {indicator.code: indicator for indicator in IndicatorDefinition.objects.all()}
    plots = [plot for plot in outline(scene, cases=200) if plot.site.organisation == organisation]
    with transaction.atomic():
        made = [Case(_as_draft(plot, today), scene, indicators, lambda _case: None) for plot in islice(cycle(plots), count)]
        for case in made:
            case.create()
            case.fill_in()
    numbers = [case.application.case_number for case in made]
    connection.close()
    return numbers


def _as_draft(plot: Plot, today: datetime.date) -> Plot:
    """The same case, begun some days ago and about to be submitted."""
    return replace(
        plot,
        wanted=Wanted(Milestone.SUBMITTED),
        created_on=today - datetime.timedelta(days=7),
        decided_on=today + datetime.timedelta(days=300),
    )


def require_submitted(count: int) -> None:
    """Errors: Trouble unless so many applications are submitted, with one event each."""
    submitted = Application.objects.filter(state=State.SUBMITTED).count()
    events = Application.objects.filter(events__event=SUBMIT.event).count()
    if (submitted, events) != (count, count):
        raise Trouble(f"{count} applications were submitted; the database holds {submitted}, with {events} events.")
