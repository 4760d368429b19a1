"""Several recommended cases decided together: seen beforehand, then all committed or none, in one transaction.

Each case is decided by `commit`, with its own checks, event, letter and mails; nothing is decided here that is not there.
Locks come in one order for everybody, so that two directors wait for each other and never across: all cases by their number,
then the years, as commitments are posted year by year.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from applications import facts, permissions, sections
from applications.models import Application, Decision, Recommendation
from applications.planning import Priorities
from applications.querysets import ApplicationQuerySet
from applications.rules import order, together
from applications.states import COMMIT
from applications.transitions.common import day_of
from applications.transitions.decisions import check_commitment, commit
from areas.models import Answer
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, Refused, RuleBroken, Violation, blocking
from lbf_portal.lib.words import gettext_noop

# A page of the list; more would keep the year waiting for long, and nobody weighs more against each other.
MOST_TOGETHER = 50
# What the ledger answers when there is no room.
NO_ROOM = frozenset({"frame_exceeded", "rent_frame_exceeded"})


class Seen(NamedTuple):
    """What stood on the page of a case, so that deciding can tell what has changed since."""

    state: str
    recommendation: str
    agreement: str
    money: str

    def __str__(self) -> str:
        return ".".join(self)

    @classmethod
    def read(cls, text: str) -> Seen:
        """What `str` wrote; anything else is a page that showed nothing."""
        parts = text.split(".")
        return cls(*parts) if len(parts) == len(cls._fields) else cls("", "", "", "")


CHANGED = {
    "state": gettext_noop("Sag %(case)s har fået en anden status: %(state)s."),
    "recommendation": gettext_noop("Indstillingen i sag %(case)s er ændret eller gælder ikke længere."),
    "agreement": gettext_noop("Sag %(case)s har fået en anden samarbejdsaftale."),
    "money": gettext_noop("I sag %(case)s er budgettet, medfinansieringen eller huslejestøtten ændret."),
}


@dataclasses.dataclass(frozen=True)
class Choice:
    """A case to be decided, what was seen of it, and the reasons of its decision."""

    case_number: int
    seen: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Weighed:
    """A case in its turn: what it takes, what stands in its way, what is left after it."""

    application: Application
    recommendation: Recommendation
    has_priority: bool
    violations: list[Violation]
    step: together.Step
    seen: Seen

    @property
    def total(self) -> Decimal:
        """All that is recommended."""
        return self.recommendation.social_amount + self.recommendation.rent_amount

    @property
    def is_blocked(self) -> bool:
        """Whether the case cannot be decided as it stands, or has no room."""
        return not self.step.fits or bool(blocking(self.violations))


@dataclasses.dataclass(frozen=True)
class Preview:
    """What deciding these cases together would do. It changes nothing."""

    rows: list[Weighed]
    years: list[together.Year]
    violations: list[Violation]

    @property
    def blocked(self) -> list[Weighed]:
        """The cases that stand in the way of all."""
        return [row for row in self.rows if row.is_blocked]


class Changed(IllegalMove):
    """A case is not as it was when the page was shown."""


class NotTogether(RuleBroken):
    """At least one of the cases cannot be committed, so none was: `by_case` says what stands in the way of each."""

    def __init__(self, violations: Iterable[Violation], by_case: Mapping[int, Sequence[Violation]]) -> None:
        super().__init__(violations)
        self.by_case = dict(by_case)


def preview_together(case_numbers: Iterable[int], *, by: Actor, on: datetime.date) -> Preview:
    """What deciding the cases would do to each year, in which order, and what stands in the way.

    Cases that are no longer to be decided are left out. As many queries for one case as for many.
    """
    found = _in_order(_loaded(case_numbers, by=by, on=on).recommended(), on=on)
    frames = facts.frames_of({_latest(application).frame_year for application, _priority in found})
    told = [
        check_commitment(application, by=by, reason=_latest(application).reasons, on=on, frames=frames)
        for application, _priority in found
    ]
    cases = [
        _asked(application, is_blocked=bool(blocking(said))) for (application, _priority), said in zip(found, told, strict=True)
    ]
    weighed = together.Facts(frames, tuple(cases))
    rows = [
        Weighed(
            application=application,
            recommendation=_latest(application),
            has_priority=priority,
            violations=said,
            step=step,
            seen=_seen(application),
        )
        for (application, priority), said, step in zip(found, told, together.steps(weighed), strict=True)
    ]
    return Preview(rows, together.years(weighed), together.check(weighed))


def decide_together(choices: Sequence[Choice], *, by: Actor, at: datetime.datetime) -> list[Decision]:
    """Commit all the cases or none.

    Errors: NotAllowed; Changed when a case is not as it was seen; NotTogether when one cannot be committed, with what the
    frames have left and which cases do not fit; RuleBroken when none or too many are chosen.
    """
    on = day_of(at)
    chosen = {choice.case_number: choice for choice in choices}
    _require(chosen, by=by)
    with transaction.atomic():
        _lock(chosen)
        found = [application for application, _priority in _in_order(_loaded(chosen, by=by, on=on), on=on)]
        _require_unchanged(found, chosen)
        decisions, refused = [], {}
        # Year by year, so that the years are locked in the same order by everybody; inside a year in the order shown.
        for application in sorted(found, key=lambda one: _latest(one).frame_year):
            try:
                decisions.append(commit(application, by=by, at=at, reason=chosen[application.case_number].reason))
            except Refused as refusal:
                refused[application.case_number] = refusal.violations
        if refused:
            raise _refusal(found, refused)
    return decisions


def _require(chosen: Mapping[int, Choice], *, by: Actor) -> None:
    if not permissions.may_decide(by):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kun direktionen kan afgøre sager."), "")])
    if not 1 <= len(chosen) <= MOST_TOGETHER:
        text = gettext_noop("Vælg mindst en sag og højst %(most)s.")
        raise RuleBroken([Violation("number_of_cases", text, "", params={"most": str(MOST_TOGETHER)})])


def _lock(case_numbers: Iterable[int]) -> None:
    """All rows before any is read: whoever decides one of them in the same moment comes before or after."""
    rows = Application.objects.select_for_update(of=("self",)).filter(case_number__in=case_numbers)
    list(rows.order_by("case_number").values_list("pk"))


def _loaded(case_numbers: Iterable[int], *, by: Actor, on: datetime.date) -> ApplicationQuerySet:
    """The recommended ones among these cases, with all that is asked of them."""
    visible = Application.objects.visible_to(by, on=on).filter(case_number__in=case_numbers, recommendations__isnull=False)
    return visible.distinct().with_case_relations().with_contents().with_commitment()


def _in_order(applications: Iterable[Application], *, on: datetime.date) -> list[tuple[Application, bool]]:
    """The cases as the regulation ranks them (R53, R68), each with whether its area has priority."""
    found = {application.case_number: application for application in applications}
    priorities = Priorities.read(found.values(), on=on)
    priority = {number: priorities.of(one)[0] is Answer.YES for number, one in found.items()}
    ranked = order.by_rule(
        order.Case(number, timezone.localdate(one.submitted_at), priority[number]) for number, one in found.items()
    )
    return [(found[case.number], priority[case.number]) for case in ranked]


def _latest(application: Application) -> Recommendation:
    """What the case is decided on; a case that is decided already keeps it."""
    return max(application.recommendations.all(), key=lambda recommendation: recommendation.pk)


def _asked(application: Application, *, is_blocked: bool = False) -> together.Case:
    recommendation = _latest(application)
    return together.Case(
        application.case_number,
        recommendation.frame_year,
        recommendation.social_amount,
        recommendation.rent_amount,
        is_blocked=is_blocked,
    )


def _seen(application: Application) -> Seen:
    standing = facts.standing_agreement(application)
    recommendation = application.standing_recommendation
    money = [sections.values(application, section) for section in ("budget", "rent")]
    return Seen(
        application.state,
        str(recommendation.pk) if recommendation else "",
        standing.content_hash if standing else "",
        sections.sha256(money),
    )


def _require_unchanged(found: Sequence[Application], chosen: Mapping[int, Choice]) -> None:
    """Errors: Changed, with a sentence for each thing that is not as it was seen."""
    changed = []
    by_number = {application.case_number: application for application in found}
    for number, choice in sorted(chosen.items()):
        application = by_number.get(number)
        if application is None:
            text = gettext_noop("Sag %(case)s er ikke indstillet til tilsagn.")
            changed.append(Violation("not_recommended", text, "", params={"case": str(number)}))
            continue
        then, now = Seen.read(choice.seen), _seen(application)
        params = {"case": str(number), "state": str(application.get_state_display())}
        differing = [part for part in Seen._fields if getattr(then, part) != getattr(now, part)]
        # Another status says it all: the rest may follow from it.
        told = differing[:1] if application.state not in COMMIT.sources else differing
        changed += [Violation(f"{part}_changed", CHANGED[part], "", params=params) for part in told]
    if changed:
        raise Changed(changed)


def _refusal(found: Sequence[Application], refused: Mapping[int, Sequence[Violation]]) -> NotTogether:
    """What stands in the way, read before the transaction is undone: the years are still locked by what was posted."""
    without_room = {number for number, violations in refused.items() if any(one.code in NO_ROOM for one in violations)}
    asked = [_asked(application) for application in found]
    posted = [case for case in asked if case.number not in refused]
    frames = facts.frames_of({case.year for case in asked})
    for case in posted:
        frame = frames[case.year]
        frames[case.year] = dataclasses.replace(
            frame, committed=frame.committed - case.total, rent_committed=frame.rent_committed - case.rent
        )
    weighed = together.Facts(frames, tuple(case for case in asked if case in posted or case.number in without_room))
    others = {number: violations for number, violations in refused.items() if number not in without_room}
    nothing = Violation("none_decided", gettext_noop("Der er ikke givet tilsagn i nogen af sagerne."), "")
    told = [nothing, *together.check(weighed)]
    if others:
        text = gettext_noop("Der er noget i vejen i: %(cases)s.")
        told.append(Violation("something_in_the_way", text, "", params={"cases": ", ".join(map(str, sorted(others)))}))
    return NotTogether(told, others)
