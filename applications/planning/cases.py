"""A case as the planner sees it: what it is expected to take, when, and where that is known from."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.rules import order
from applications.rules.forecast import Stage
from applications.states import AFTER_PREQUALIFICATION, BEFORE_PREQUALIFICATION, State
from areas.models import Answer

# What competes for the frame: fit but without room, or prequalified and on the way to a decision.
IN_LINE = frozenset({State.WAITING_LIST}) | AFTER_PREQUALIFICATION
PIPELINE = BEFORE_PREQUALIFICATION | AFTER_PREQUALIFICATION
STAGES: Mapping[str, Stage] = {
    State.DRAFT: Stage.DRAFT,
    State.SUBMITTED: Stage.SUBMITTED,
    State.INFO_REQUESTED: Stage.UNDER_ASSESSMENT,
    State.UNDER_ASSESSMENT: Stage.UNDER_ASSESSMENT,
    State.HEARING: Stage.UNDER_ASSESSMENT,
    State.WAITING_LIST: Stage.WAITING_LIST,
    State.PREQUALIFIED: Stage.PREQUALIFIED,
    State.PLAN_IN_PROGRESS: Stage.PLAN,
    State.LOCAL_APPROVAL: Stage.PLAN,
    State.INFO_REQUESTED_PLAN: Stage.PLAN,
    State.PLAN_SUBMITTED: Stage.PLAN_SUBMITTED,
    State.HEARING_PLAN: Stage.PLAN_SUBMITTED,
}


class AmountSource(models.TextChoices):
    """Where a case's expected amount comes from: the first that there is."""

    RECOMMENDED = "RECOMMENDED", _("Indstillet")
    RESERVED = "RESERVED", _("Reserveret")
    ASKED = "ASKED", _("Søgt")


class YearSource(models.TextChoices):
    """Where a case's expected year comes from."""

    RECOMMENDED = "RECOMMENDED", _("indstillet")
    RESERVED = "RESERVED", _("reserveret")
    EXPECTED = "EXPECTED", _("ventet afgørelse")
    RENT = "RENT", _("sidste år med lejedel")


@dataclass(frozen=True)
class CaseFacts:
    """A case as the planner sees it: nothing here is set by a scenario."""

    application: Application
    stage: Stage
    social: Decimal
    rent: Decimal
    amount_source: AmountSource
    year: int
    year_source: YearSource
    received_on: datetime.date
    priority: Answer = Answer.NO
    listed_on: datetime.date | None = None

    @property
    def number(self) -> int:
        """The case number."""
        return self.application.case_number

    @property
    def total(self) -> Decimal:
        """What is expected in all."""
        return self.social + self.rent

    @property
    def has_priority(self) -> bool:
        """Whether the lists are known to give priority (R53)."""
        return self.priority is Answer.YES

    @property
    def is_priority_unknown(self) -> bool:
        """Whether no list that the portal holds says (Answer.UNKNOWN)."""
        return self.priority is Answer.UNKNOWN

    def in_line(self) -> order.Case:
        """What decides the place."""
        return order.Case(self.number, self.received_on, self.has_priority)

    def as_json(self) -> dict[str, str]:
        """What a scenario remembers of the case."""
        return {"social": f"{self.social:.2f}", "rent": f"{self.rent:.2f}", "year": str(self.year)}
