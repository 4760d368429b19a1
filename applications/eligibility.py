"""Whether a case's departments can be supported under § 91 a: today, and as it stood when the case was submitted and decided."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Application, ApplicationEvent, Outcome
from applications.states import SUBMIT
from areas.models import Eligibility, Problem, Standing, StatedConnection, departments_on

SUBMITTED = _("Da ansøgningen blev indsendt")
TODAY = _("I dag")
DECIDED: Mapping[str, str | Promise] = {
    Outcome.PREQUALIFIED: _("Da sagen blev prækvalificeret"),
    Outcome.REFUSED: _("Da sagen fik afslag"),
    Outcome.COMMITTED: _("Da der blev givet tilsagn"),
}


@dataclass(frozen=True)
class InLaw:
    """What the case is in the eyes of the law on a day: its area by the lists, its departments by § 91 a."""

    standing: Standing
    eligibility: Eligibility

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept with what was submitted or decided."""
        return {"standing": self.standing.as_json(), "eligibility": self.eligibility.as_json()}


def in_law(application: Application, *, on: datetime.date) -> InLaw:
    """The area and the departments of the case, with the problems and connections that it states."""
    rows = list(application.application_departments.all())
    registered = departments_on(
        [row.department for row in rows],
        on=on,
        connections={
            row.department_id: StatedConnection(application.area, row.connection_reason) for row in rows if row.is_connected
        },
        areas=[application.area],
    )
    return InLaw(
        standing=registered.standings[application.area_id],
        eligibility=registered.eligibility(problems=[Problem(value) for value in application.problem_types]),
    )


def of_case(application: Application, *, on: datetime.date) -> Eligibility:
    """Whether the departments of the case can be supported on the day."""
    return in_law(application, on=on).eligibility


def kept_in(stored: Mapping[str, Any]) -> Eligibility | None:
    """The answer that an event or a decision keeps; None for one from before the portal kept it."""
    answer = stored.get("eligibility")
    return Eligibility.from_json(answer) if answer else None


@dataclass(frozen=True)
class Told:
    """An answer with the occasion on which it was given, and whether it would be the same today."""

    title: str | Promise
    on: datetime.date
    eligibility: Eligibility
    is_still_so: bool = False


def over_time(application: Application, *, today: Eligibility, events: Iterable[ApplicationEvent] | None = None) -> list[Told]:
    """The answers that the case keeps, the oldest first, and today's; an answer that did not change is told once, the last time.

    A case that was decided is so on what it keeps: today's answer stands beside it only when it is another.
    """
    told: list[Told] = []
    for one in kept(application, events):
        if told and told[-1].eligibility.says_the_same_as(one.eligibility):
            told.pop()
        told.append(one)
    if told and told[-1].eligibility.says_the_same_as(today):
        return [*told[:-1], replace(told[-1], is_still_so=True)]
    return [*told, Told(TODAY, today.on, today)]


def kept(application: Application, events: Iterable[ApplicationEvent] | None = None) -> list[Told]:
    """The answers of the day the case was submitted and of the days it was decided, the oldest first.

    Whoever holds the events of the case already gives them.
    """
    prefetch_related_objects([application], "decisions")
    found: list[tuple[str | Promise, datetime.date, Eligibility | None]] = []
    known = application.events.filter(event=SUBMIT.event) if events is None else events
    if application.submitted_at and (submitted := next((one for one in known if one.event == SUBMIT.event), None)):
        found.append((SUBMITTED, timezone.localdate(submitted.at), kept_in(submitted.data)))
    found += [(DECIDED[one.outcome], one.decided_on, kept_in(one.facts)) for one in application.decisions.all()]
    return [Told(title, on, eligibility) for title, on, eligibility in found if eligibility]
