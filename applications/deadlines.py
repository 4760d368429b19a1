"""What is due in a case, for whom, since when: pure, from facts that `due.py` reads; and when a deadline is reminded of.

Basis and certainty (domain.md 4.3, 4.4, 11.1, 13):
- the time to answer a hearing is set by the fund in each case (forvaltningsloven § 19, R145) [SOURCE]
- the fund's own answer: a target of 90 days and no promise, for no deadline was found (Q17) [INFERRED]
- the time to answer a request for information was found nowhere: 20 working days, and nothing happens by itself after them
  (R71) [INFERRED]
- the plan and its signatures are wanted before the first day that the plan itself names (R74, R80) [INFERRED]
- a prequalification without a plan: `rules/expiry.py` [INFERRED]
Days that we count ourselves end on a working day; those that a person chose stand as they were chosen.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from applications.states import IN_HEARING, TARGET_DAYS, State
from lbf_portal.lib.working_days import add_working_days, last_working_day, next_working_day

# Working days in which the applicant is asked to answer a request for information.
INFORMATION_DAYS = 20
# Days before a deadline on which whoever must act is reminded, each once.
REMINDED_BEFORE = (14, 7, 1)


class Kind(enum.StrEnum):
    """What is due."""

    HEARING = "hearing"
    INFORMATION = "information"
    ANSWER = "answer"
    PLAN = "plan"
    SIGNATURE = "signature"
    EXPIRY = "expiry"


NAMES: Mapping[Kind, Promise] = {
    Kind.HEARING: _("Svar på partshøringen"),
    Kind.INFORMATION: _("Send de ønskede oplysninger"),
    Kind.ANSWER: _("Svar fra Landsbyggefonden"),
    Kind.PLAN: _("Send helhedsplanen til underskrift"),
    Kind.SIGNATURE: _("Underskriv samarbejdsaftalen"),
    Kind.EXPIRY: _("Send helhedsplanen, før prækvalifikationen udløber"),
}
# What happens when the day is over.
AFTERWARDS: Mapping[Kind, Promise] = {
    Kind.HEARING: _("Efter fristen kan sagen afgøres uden svar."),
    Kind.INFORMATION: _("Fristen er vejledende. Sagen ligger stille, til oplysningerne er sendt."),
    Kind.ANSWER: _("Fristen er et mål, ikke et løfte."),
    Kind.PLAN: _("Fristen er vejledende: det er dagen, hvor planen siger, at indsatsen begynder."),
    Kind.SIGNATURE: _("Fristen er vejledende: det er dagen, hvor planen siger, at indsatsen begynder."),
    Kind.EXPIRY: _("Derefter bortfalder sagen."),
}
APPLICANT = frozenset({Role.APPLICANT})
SIGNATORIES = frozenset({Role.HOUSING_SIGNATORY, Role.MUNICIPAL_SIGNATORY})
OFFICER = frozenset({Role.CASE_OFFICER})
# The plan and the end of a hearing are the management's matter too.
DECIDING = OFFICER | {Role.DIRECTOR}


@dataclass(frozen=True)
class Deadline:
    """One thing that is due: who must act (an organisation; the fund where it is None), and in which roles.

    It is blocking when the case goes on, or ends, without whoever lets it pass.
    """

    kind: Kind
    due_on: datetime.date
    since: datetime.date
    organisation: int | None
    roles: frozenset[Role]
    basis: str
    is_blocking: bool = False
    is_confirmed: bool = False

    @property
    def key(self) -> str:
        """Names it within its case."""
        return f"{self.kind}-{self.organisation or 'fund'}"

    @property
    def name(self) -> str:
        """What is to be done."""
        return str(NAMES[self.kind])

    @property
    def afterwards(self) -> str:
        """What happens when the day is over."""
        return str(AFTERWARDS[self.kind])

    def days_left(self, on: datetime.date) -> int:
        """Days until the last day; below zero when it is over."""
        return (self.due_on - on).days


@dataclass(frozen=True)
class Hearing:
    """A party hearing, as far as its deadline is concerned."""

    sent_on: datetime.date
    deadline: datetime.date
    is_answered: bool


@dataclass(frozen=True)
class Facts:
    """What decides what is due in a case on a day."""

    on: datetime.date
    state: str
    state_since: datetime.date
    organisation: int
    submitted_on: datetime.date | None = None
    plan_submitted_on: datetime.date | None = None
    hearing: Hearing | None = None
    plan_starts_on: datetime.date | None = None
    # Organisations that have not signed the standing agreement, while it is out for signature.
    unsigned: tuple[int, ...] = ()
    expires_on: datetime.date | None = None
    prequalified_on: datetime.date | None = None


def due(facts: Facts) -> list[Deadline]:
    """What is due, the nearest first."""
    return sorted(_due(facts), key=lambda deadline: (deadline.due_on, deadline.key))


def _due(facts: Facts) -> Iterator[Deadline]:
    yield from _answers(facts)
    if facts.state in {State.INFO_REQUESTED, State.INFO_REQUESTED_PLAN}:
        until = add_working_days(facts.state_since, INFORMATION_DAYS)
        yield Deadline(Kind.INFORMATION, until, facts.state_since, facts.organisation, APPLICANT, "R71")
    if facts.state == State.PLAN_IN_PROGRESS and facts.plan_starts_on:
        yield Deadline(Kind.PLAN, facts.plan_starts_on, facts.state_since, facts.organisation, APPLICANT, "R74, R80")
    if facts.state == State.LOCAL_APPROVAL and facts.plan_starts_on:
        for organisation in facts.unsigned:
            yield Deadline(Kind.SIGNATURE, facts.plan_starts_on, facts.state_since, organisation, SIGNATORIES, "R80, R85")
    if facts.state in {State.PREQUALIFIED, State.PLAN_IN_PROGRESS} and facts.expires_on:
        since = facts.prequalified_on or facts.state_since
        yield Deadline(Kind.EXPIRY, facts.expires_on, since, facts.organisation, APPLICANT, "R72", is_blocking=True)


def _answers(facts: Facts) -> Iterator[Deadline]:
    """The party's answer to a hearing; the fund's answer to the application or the plan."""
    hearing = facts.hearing if facts.state in IN_HEARING else None
    if hearing and not hearing.is_answered:
        yield Deadline(
            Kind.HEARING,
            hearing.deadline,
            hearing.sent_on,
            facts.organisation,
            APPLICANT,
            "Forvaltningsloven § 19; R145",
            is_blocking=True,
            is_confirmed=True,
        )
    # While the party has time to comment, it is not the fund's turn.
    is_fund_next = hearing is None or hearing.is_answered or facts.on > hearing.deadline
    since = _waits_for_fund_since(facts)
    if since and is_fund_next:
        roles = OFFICER if facts.state in {State.SUBMITTED, State.UNDER_ASSESSMENT} else DECIDING
        target = next_working_day(since + datetime.timedelta(days=TARGET_DAYS))
        yield Deadline(Kind.ANSWER, target, since, None, roles, "Q17")


def _waits_for_fund_since(facts: Facts) -> datetime.date | None:
    """When the application, or the plan, that the fund has to answer came in."""
    if facts.state in {State.SUBMITTED, State.UNDER_ASSESSMENT, State.HEARING}:
        return facts.submitted_on
    if facts.state in {State.PLAN_SUBMITTED, State.HEARING_PLAN}:
        return facts.plan_submitted_on or facts.state_since
    return None


def reminder_due(deadline: Deadline, on: datetime.date) -> int | None:
    """The reminder whose time has come, by its days before the deadline; None when there is none, or the deadline is over.

    A prequalification that expires has warnings of its own (rules/expiry.py). A reminder that would leave on a day off leaves on
    the working day before. Those that would come on or before the day the thing was asked for are left out: people have just been
    told. Asked late, only the nearest one is meant: nobody gets three at once. What was sent is known by its key in the outbox.
    """
    if deadline.kind is Kind.EXPIRY or on > deadline.due_on:
        return None
    leaves = {days: last_working_day(deadline.due_on - datetime.timedelta(days=days)) for days in REMINDED_BEFORE}
    return min((days for days, day in leaves.items() if deadline.since < day <= on), default=None)
