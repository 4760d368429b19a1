"""The answer under § 91 a as it is told and kept: which questions it answers, for which departments, with which reasons.

What the answers are is the matter of `section_91a`. An answer is frozen and can be stored as plain values and read back, so
that a case keeps what it was told, and a later list changes nothing that was decided.

Basis: Almenboligloven § 91 a, stk. 1; R4-R5, R52-R56 [SOURCE], Q15 [INFERRED] (domain.md, 4.2).
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Self

from areas.rules.standing import CATEGORIES, Answer, Reason, Status
from lbf_portal.lib.words import gettext_noop


def all_of(answers: Iterable[Answer]) -> Answer:
    """Yes when all are, no when one is not."""
    given = set(answers)
    if Answer.NO in given:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in given else Answer.YES


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes when one is, no when none is; of nothing nothing is known."""
    given = set(answers)
    if Answer.YES in given:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in given or not given else Answer.NO


class Question(enum.StrEnum):
    """What is asked: the first four are conditions, the other two say what follows."""

    DEPARTMENTS = "departments"
    OWNERS = "owners"
    PROBLEMS = "problems"
    MUNICIPALITY = "municipality"
    PRIORITY = "priority"
    DEVELOPMENT_PLAN = "development_plan"


CONDITIONS = (Question.DEPARTMENTS, Question.OWNERS, Question.PROBLEMS, Question.MUNICIPALITY)
QUESTION_NAMES: Mapping[Question, str] = MappingProxyType(
    {
        Question.DEPARTMENTS: gettext_noop("Afdelingerne ligger i et boligområde eller har tilknytning til det"),
        Question.OWNERS: gettext_noop("Reglerne omfatter boligernes ejere"),
        Question.PROBLEMS: gettext_noop("Der er væsentlige problemer"),
        Question.MUNICIPALITY: gettext_noop("Afdelingerne ligger i én kommune"),
        Question.PRIORITY: gettext_noop("Fortrin efter § 61 a"),
        Question.DEVELOPMENT_PLAN: gettext_noop("Udviklingsplan"),
    }
)


class Place(enum.StrEnum):
    """Where a department stands to an area (R52)."""

    IN_AREA = "in_area"
    CONNECTED = "connected"
    CONNECTED_UNEXPLAINED = "connected_unexplained"
    CONNECTED_ELSEWHERE = "connected_elsewhere"
    OUTSIDE = "outside"


@dataclasses.dataclass(frozen=True)
class Finding:
    """The answer to one question, and why."""

    question: Question
    answer: Answer
    reasons: tuple[Reason, ...]

    @property
    def name(self) -> str:
        """The question in a few words (a message id)."""
        return QUESTION_NAMES[self.question]

    @property
    def is_condition(self) -> bool:
        """True when a no stands in the way of being supported."""
        return self.question in CONDITIONS


@dataclasses.dataclass(frozen=True)
class DepartmentAnswer:
    """What one department is, and whether it can take part."""

    key: str
    name: str
    answer: Answer
    place: Place
    area_key: str
    area_name: str
    statuses: tuple[Status, ...]
    has_priority: Answer
    residents: int | None
    connection_reason: str
    reasons: tuple[Reason, ...]

    @property
    def status_names(self) -> list[str]:
        """Danish names of the statuses its area has, the most severe first (message ids)."""
        return [CATEGORIES[status].name for status in self.statuses]


@dataclasses.dataclass(frozen=True)
class AreaAnswer:
    """An area with those of the departments that lie in it, at least one."""

    key: str
    name: str
    departments: tuple[DepartmentAnswer, ...]

    @property
    def status_names(self) -> list[str]:
        """Danish names of its statuses, the most severe first (message ids)."""
        return self.departments[0].status_names

    @property
    def has_priority(self) -> Answer:
        """Whether § 61 a covers it."""
        return self.departments[0].has_priority


@dataclasses.dataclass(frozen=True)
class ResidentShare:
    """How many of the residents live in departments that lie in areas under § 61 a (Q15)."""

    in_section_61a: int
    of_unknown: int
    counted: int
    without_count: int

    @property
    def share(self) -> Decimal | None:
        """The share as a fraction; None when nobody is counted. Too low by those of unknown areas, if any."""
        return Decimal(self.in_section_61a) / self.counted if self.counted else None


@dataclasses.dataclass(frozen=True)
class Eligibility:
    """The answer for a set of departments on one day; frozen, so that a case keeps what it was told."""

    on: datetime.date
    list_published_on: datetime.date | None
    findings: tuple[Finding, ...]
    departments: tuple[DepartmentAnswer, ...]
    residents: ResidentShare
    most_exposed: Status | None
    information: tuple[Reason, ...]

    def of(self, question: Question) -> Finding:
        """The finding on one question."""
        return next(finding for finding in self.findings if finding.question is question)

    @property
    def conditions(self) -> list[Finding]:
        """The conditions of being supported."""
        return [self.of(question) for question in CONDITIONS]

    @property
    def is_eligible(self) -> Answer:
        """Yes when every condition is met, no when one is not."""
        return all_of(finding.answer for finding in self.conditions)

    @property
    def priority(self) -> Finding:
        """Whether § 61 a gives priority (R53)."""
        return self.of(Question.PRIORITY)

    @property
    def development_plan(self) -> Finding:
        """Whether a development plan binds an area of the departments, and the duty to coordinate (R42, R44)."""
        return self.of(Question.DEVELOPMENT_PLAN)

    @property
    def areas(self) -> list[AreaAnswer]:
        """The areas that departments lie in, in the order of the departments."""
        found: dict[str, list[DepartmentAnswer]] = {}
        for department in self.departments:
            if department.place is Place.IN_AREA:
                found.setdefault(department.area_key, []).append(department)
        return [AreaAnswer(key, inside[0].area_name, tuple(inside)) for key, inside in found.items()]

    @property
    def outside(self) -> list[DepartmentAnswer]:
        """Departments that lie in no area, connected or not."""
        return [department for department in self.departments if department.place is not Place.IN_AREA]

    @property
    def missing(self) -> list[Reason]:
        """What stands between the departments and a yes."""
        return [reason for finding in self.conditions if finding.answer is not Answer.YES for reason in finding.reasons]

    def says_the_same_as(self, other: Eligibility) -> bool:
        """True when all but the day of asking is the same."""
        return dataclasses.replace(self, on=other.on) == other

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be stored with an application: a later list changes nothing that was decided."""
        return {
            "on": self.on.isoformat(),
            "list_published_on": self.list_published_on.isoformat() if self.list_published_on else None,
            "is_eligible": str(self.is_eligible),
            "findings": [
                {"question": str(one.question), "answer": str(one.answer), "reasons": _stored(one.reasons)}
                for one in self.findings
            ],
            "departments": [
                {
                    **{name: getattr(one, name) for name in _PLAIN},
                    "answer": str(one.answer),
                    "place": str(one.place),
                    "statuses": [str(status) for status in one.statuses],
                    "has_priority": str(one.has_priority),
                    "reasons": _stored(one.reasons),
                }
                for one in self.departments
            ],
            "residents": dataclasses.asdict(self.residents),
            "most_exposed": str(self.most_exposed) if self.most_exposed else None,
            "information": _stored(self.information),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `as_json` gave."""
        published = stored["list_published_on"]
        return cls(
            on=datetime.date.fromisoformat(stored["on"]),
            list_published_on=datetime.date.fromisoformat(published) if published else None,
            findings=tuple(
                Finding(Question(one["question"]), Answer(one["answer"]), _read(one["reasons"])) for one in stored["findings"]
            ),
            departments=tuple(
                DepartmentAnswer(
                    **{name: one[name] for name in _PLAIN},
                    answer=Answer(one["answer"]),
                    place=Place(one["place"]),
                    statuses=tuple(Status(status) for status in one["statuses"]),
                    has_priority=Answer(one["has_priority"]),
                    reasons=_read(one["reasons"]),
                )
                for one in stored["departments"]
            ),
            residents=ResidentShare(**stored["residents"]),
            most_exposed=Status(stored["most_exposed"]) if stored["most_exposed"] else None,
            information=_read(stored["information"]),
        )


# Fields of a department's answer that are stored as they are.
_PLAIN = ("key", "name", "area_key", "area_name", "residents", "connection_reason")


def _stored_param(value: str | datetime.date | Decimal) -> str | dict[str, str]:
    """Text as it is; a day and a number are told from text by their key."""
    if isinstance(value, datetime.date):
        return {"day": value.isoformat()}
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _read_param(value: str | Mapping[str, str]) -> str | datetime.date | Decimal:
    if isinstance(value, str):
        return value
    return datetime.date.fromisoformat(value["day"]) if "day" in value else Decimal(value["number"])


def _stored(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons with their parts apart, so that they are still told in the reader's language."""
    return [
        {
            "text": reason.text,
            "basis": reason.basis,
            "params": {key: _stored_param(value) for key, value in reason.params.items()},
            "is_confirmed": reason.is_confirmed,
        }
        for reason in reasons
    ]


def _read(stored: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            text=one["text"],
            basis=one["basis"],
            params={key: _read_param(value) for key, value in one["params"].items()},
            is_confirmed=one["is_confirmed"],
        )
        for one in stored
    )
