"""Running efforts in the states of their life, made by the transitions people use.

make_effort(case_cast)       # PENDING: the commitment opened it
make_active(case_cast)       # ACTIVE: started by the calendar on its first day
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Unpack

from accounts.actors import SYSTEM
from monitoring import transitions
from monitoring.models import Effort
from monitoring.transitions import MeasuredValue
from tests.factories.applications import AT, PLAN_STARTS_ON, CaseCast, CaseOptions, indicator, make_committed

FIRST_DAY = datetime.datetime.combine(PLAN_STARTS_ON, datetime.time(9), tzinfo=AT.tzinfo)
DAY_CARE = "boern-i-dagtilbud"


def make_effort(cast: CaseCast, **options: Unpack[CaseOptions]) -> Effort:
    """PENDING."""
    return Effort.objects.with_case_relations().get(application=make_committed(cast, **options))


def make_active(cast: CaseCast, **options: Unpack[CaseOptions]) -> Effort:
    """ACTIVE, since the plan's first day."""
    effort = make_effort(cast, **options)
    transitions.start(effort, by=SYSTEM, at=FIRST_DAY)
    return effort


def make_closing(cast: CaseCast, **options: Unpack[CaseOptions]) -> Effort:
    """CLOSING: the last day is over."""
    effort = make_active(cast, **options)
    transitions.begin_closing(effort, by=SYSTEM, at=day_after_end(effort))
    return effort


def day_after_end(effort: Effort) -> datetime.datetime:
    """The first moment at which the effort is over."""
    day = effort.ends_on + datetime.timedelta(days=1)
    return datetime.datetime.combine(day, datetime.time(9), tzinfo=AT.tzinfo)


def measured(
    year: int, value: Decimal | str | None, *, code: str = DAY_CARE, suppressed_reason: str = "", is_demo: bool = False
) -> MeasuredValue:
    """A value of an indicator on 1 January of a year."""
    return MeasuredValue(
        indicator=indicator(code),
        measured_on=datetime.date(year, 1, 1),
        value=Decimal(value) if value is not None else None,
        source="Beboerdata",
        suppressed_reason=suppressed_reason,
        is_demo=is_demo,
    )
