"""The forecast of the frame's use (rules/forecast.py), put the cases of the whole pipeline."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from applications.models import Application
from applications.planning.cases import PIPELINE
from applications.planning.desk import Reservations, amount_of, read, stage_of, years_left
from applications.rules.fitting import ZERO, Carrying
from applications.rules.forecast import ASSUMED, Assumption, Stage, forecast
from applications.rules.forecast import Case as ForecastCase
from applications.rules.forecast import Facts as ForecastFacts
from applications.rules.forecast import Forecast as ForecastAnswer
from applications.states import State
from ledger.kinds import EntryKind, FrameKind
from ledger.models import Entry

# A draft is its applicant's own: the fund sees drafts as a number and a sum only, and not when a sum would tell of a single one.
LEAST_DRAFTS = 3


@dataclass(frozen=True)
class Outlook:
    """The forecast, and how many drafts were too few to be told of."""

    answer: ForecastAnswer
    hidden_drafts: bool


def outlook(*, on: datetime.date, assumed: Mapping[Stage, Assumption] = ASSUMED, carrying: Carrying = Carrying.OWN) -> Outlook:
    """What the pipeline and the last twelve months say of the frame's use."""
    applications = list(read(PIPELINE))
    drafts = sum(case.state == State.DRAFT for case in applications)
    hides = 0 < drafts < LEAST_DRAFTS
    reservations = Reservations.read()
    years, _elsewhere = years_left(applications, reservations, on=on)
    cases = tuple(_in_forecast(case, reservations, on=on) for case in applications if not (hides and case.state == State.DRAFT))
    asked = ForecastFacts(on, years, cases, committed_in_a_year(on=on), assumed, carrying)
    return Outlook(forecast(asked), hides)


def _in_forecast(case: Application, reservations: Reservations, *, on: datetime.date) -> ForecastCase:
    # Were each draft counted from its own day, months chosen for the purpose would show one in a month of its own.
    since = on if case.state == State.DRAFT else timezone.localdate(case.state_since)
    social, rent, _source, _year = amount_of(case, reservations)
    return ForecastCase(stage_of(case), since, social + rent)


def committed_in_a_year(*, on: datetime.date) -> Decimal:
    """What was committed of the ordinary frame in the twelve months before the day; what was reversed since does not count."""
    commitments = Entry.objects.filter(
        kind=EntryKind.COMMIT,
        frame_year__kind=FrameKind.ORDINARY,
        decided_on__gt=_a_year_before(on),
        decided_on__lte=on,
        reversed_by__isnull=True,
    )
    total: Decimal = commitments.aggregate(total=Sum("amount", default=ZERO))["total"]
    return total


def _a_year_before(day: datetime.date) -> datetime.date:
    """The same day of the year before; of 29 February the 28th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
