"""Scenarios of the planner: made, copied, changed, each act with its event. They change no case and hold no money."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from applications import permissions, planning
from applications.models import Application, Scenario, ScenarioCase
from applications.planning.line import instalments
from applications.rules import fitting, order
from applications.rules.fitting import Carrying, Passing
from applications.transitions.common import day_of, person_of
from applications.transitions.saving import Outdated
from lbf_portal.lib.refusals import IllegalMove, NotAllowed, RuleBroken, Violation
from lbf_portal.lib.words import gettext_noop


@dataclass(frozen=True)
class Settings:
    """What a scenario is called, who sees it, and how it counts."""

    name: str
    note: str = ""
    is_shared: bool = False
    is_put_away: bool = False
    passing: Passing = Passing.STRICT
    carrying: Carrying = Carrying.OWN

    def as_json(self) -> dict[str, Any]:
        """For the history."""
        return {
            "name": self.name,
            "note": self.note,
            "is_shared": self.is_shared,
            "is_put_away": self.is_put_away,
            "passing": self.passing.value,
            "carrying": self.carrying.value,
        }


@dataclass(frozen=True)
class CaseChoice:
    """What a scenario sets for a case; None follows the case."""

    social_amount: Decimal | None = None
    rent_amount: Decimal | None = None
    year: int | None = None
    later_share: Decimal | None = None
    place: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether all of it follows the case."""
        return self == CaseChoice()


def make_scenario(settings: Settings, *, by: Actor, at: datetime.datetime) -> Scenario:
    """Begin a scenario: the cases as they stand on the day, nothing set."""
    return _make(settings, by=by, at=at)


def copy_scenario(scenario: Scenario, settings: Settings, *, by: Actor, at: datetime.datetime) -> Scenario:
    """A scenario of one's own with all that another one sets."""
    with _seen(scenario, by=by):
        copy = _make(settings, by=by, at=at, copied_from=scenario)
        # What was last seen of the cases goes along, so that the copy tells of the same changes.
        copy.basis, copy.basis_on = scenario.basis, scenario.basis_on
        copy.save(update_fields=["basis", "basis_on"])
        ScenarioCase.objects.bulk_create(
            ScenarioCase(
                scenario=copy,
                application_id=one.application_id,
                social_amount=one.social_amount,
                rent_amount=one.rent_amount,
                year=one.year,
                later_share=one.later_share,
                place=one.place,
                reason=one.reason,
            )
            for one in scenario.cases.all()
        )
    return copy


def change_settings(scenario: Scenario, settings: Settings, *, by: Actor, at: datetime.datetime) -> None:
    """Another name, shared or not, put away, another way to count: the owner's matter."""
    with _seen(scenario, by=by):
        if not scenario.is_owned_by(by):
            text = gettext_noop("Det er ejeren, der kan ændre scenariets navn og indstillinger. Lav en kopi, som er din egen.")
            raise NotAllowed([Violation("not_the_owner", text, "")])
        before = settings_of(scenario)
        if before == settings:
            return
        _write(scenario, settings)
        scenario.changed_at = at
        with _named(settings.name):
            scenario.save()
        scenario.record("scenario:changed", by=by, at=at, data={"before": before.as_json(), "after": settings.as_json()})


def set_case(
    scenario: Scenario,
    application: Application,
    choice: CaseChoice,
    *,
    reason: str,
    by: Actor,
    at: datetime.datetime,
    seen: str | None = None,
) -> None:
    """Give a case another amount, year, instalment or place in the scenario; nothing of it follows the case again.

    `seen` is `version_of` what the writer saw. Errors: Outdated when a colleague changed the case's row in between.
    """
    with _seen(scenario, by=by):
        held = scenario.cases.filter(application=application).first()
        if seen is not None and seen != version_of(held):
            text = gettext_noop("En kollega har ændret sagen i scenariet, mens du skrev. Se, hvad der nu gælder, og gem igen.")
            raise Outdated([Violation("outdated", text, "")])
        desk = planning.desk(on=day_of(at))
        freed = _free_place(scenario, choice.place, desk)
        _require_sense(scenario, application, choice, reason, desk)
        before, after = _stored(held), None
        if held is not None and choice.is_nothing:
            held.delete()
        elif not choice.is_nothing:
            after = _stored(_hold(scenario, application, choice, reason))
        if before == after:
            return
        _touch(scenario, at)
        event = "scenario:case_set" if after else "scenario:case_cleared"
        data = {"case_number": application.case_number, "before": before, "after": after} | ({"freed": freed} if freed else {})
        scenario.record(event, by=by, at=at, reason=reason.strip(), data=data)


def take_note(scenario: Scenario, *, by: Actor, at: datetime.datetime, seen: str | None = None) -> None:
    """Take note of what happened to the cases since: what was set for cases that left the line goes, the rest stays.

    `seen` is `planning.mark_of` the changes that the reader saw. Errors: Outdated when more has happened in between.
    """
    with _seen(scenario, by=by):
        desk = planning.desk(on=day_of(at))
        if seen is not None and seen != planning.mark_of(planning.changes_since(scenario, desk)):
            text = gettext_noop("Der er sket mere med sagerne, siden siden blev vist. Se ændringerne, som de nu står.")
            raise Outdated([Violation("outdated", text, "")])
        gone = scenario.cases.exclude(application__in=[case.application.pk for case in desk.cases])
        dropped = {str(one.application.case_number): _stored(one) for one in gone.select_related("application")}
        gone.delete()
        scenario.basis, scenario.basis_on, scenario.changed_at = desk.snapshot(), desk.on, at
        scenario.save(update_fields=["basis", "basis_on", "changed_at"])
        scenario.record("scenario:noted", by=by, at=at, data={"dropped": dropped})


def settings_of(scenario: Scenario) -> Settings:
    """The settings as they stand."""
    return Settings(
        name=scenario.name,
        note=scenario.note,
        is_shared=scenario.is_shared,
        is_put_away=scenario.is_put_away,
        passing=Passing(scenario.passing),
        carrying=Carrying(scenario.carrying),
    )


def version_of(held: ScenarioCase | None) -> str:
    """A mark of what the scenario sets for a case, to see whether somebody changed it in between."""
    return hashlib.sha256(json.dumps(_stored(held), sort_keys=True).encode()).hexdigest()


def _stored(held: ScenarioCase | None) -> dict[str, Any] | None:
    return None if held is None else held.as_json() | {"reason": held.reason}


@contextlib.contextmanager
def _seen(scenario: Scenario, *, by: Actor) -> Iterator[None]:
    """The scenario locked and re-read; still there for whoever acts.

    Errors: NotAllowed for people outside the fund, and when its owner has stopped sharing it.
    """
    with transaction.atomic():
        scenario.refresh_from_db(from_queryset=Scenario.objects.select_for_update(of=("self",)))
        if not Scenario.objects.visible_to(by).filter(pk=scenario.pk).exists():
            raise NotAllowed([Violation("not_allowed", gettext_noop("Scenariet er ikke længere delt med dig."), "")])
        yield


def _make(settings: Settings, *, by: Actor, at: datetime.datetime, copied_from: Scenario | None = None) -> Scenario:
    if not permissions.may_plan(by):
        raise NotAllowed([Violation("not_allowed", gettext_noop("Kun Landsbyggefonden planlægger rammen."), "")])
    desk = planning.desk(on=day_of(at))
    scenario = Scenario(
        owner=person_of(by), copied_from=copied_from, basis=desk.snapshot(), basis_on=desk.on, made_at=at, changed_at=at
    )
    _write(scenario, settings)
    with transaction.atomic():
        with _named(settings.name):
            scenario.save()
        copied = {"copied_from": copied_from.pk, "of": copied_from.name} if copied_from else {}
        scenario.record("scenario:made", by=by, at=at, data={"after": settings.as_json(), **copied})
    return scenario


def _write(scenario: Scenario, settings: Settings) -> None:
    scenario.name, scenario.note = settings.name.strip(), settings.note.strip()
    scenario.is_shared, scenario.is_put_away = settings.is_shared, settings.is_put_away
    scenario.passing, scenario.carrying = settings.passing.value, settings.carrying.value
    if not scenario.name:
        raise RuleBroken([Violation("scenario_without_name", gettext_noop("Giv scenariet et navn."), "", field="name")])


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    """Two scenarios of one person have different names: the database says so, we say it in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        if "scenario_name_once_per_owner" not in str(refused):
            raise
        text = gettext_noop("Du har allerede et scenarie, der hedder »%(name)s«. Vælg et andet navn.")
        raise RuleBroken([Violation("scenario_name_taken", text, "", field="name", params={"name": name.strip()})]) from refused


def _hold(scenario: Scenario, application: Application, choice: CaseChoice, reason: str) -> ScenarioCase:
    held, _ = ScenarioCase.objects.update_or_create(
        scenario=scenario,
        application=application,
        defaults={
            "social_amount": choice.social_amount,
            "rent_amount": choice.rent_amount,
            "year": choice.year,
            "later_share": choice.later_share,
            "place": choice.place,
            "reason": reason.strip(),
        },
    )
    return held


def _touch(scenario: Scenario, at: datetime.datetime) -> None:
    scenario.changed_at = at
    scenario.save(update_fields=["changed_at"])


def _free_place(scenario: Scenario, place: int | None, desk: planning.Desk) -> dict[str, Any]:
    """Take the place from a case that has left the line, by whose number it is told: nobody could move it away any more."""
    in_line = [case.application.pk for case in desk.cases]
    gone = scenario.cases.filter(place=place).exclude(application__in=in_line) if place is not None else scenario.cases.none()
    freed = {}
    for held in gone.select_related("application"):
        freed[str(held.application.case_number)] = _stored(held)
        if _chosen(held) == CaseChoice(place=place):
            held.delete()
        else:
            held.place = None
            held.save(update_fields=["place"])
    return freed


def _chosen(held: ScenarioCase) -> CaseChoice:
    return CaseChoice(held.social_amount, held.rent_amount, held.year, held.later_share, held.place)


def _require_sense(scenario: Scenario, application: Application, choice: CaseChoice, reason: str, desk: planning.Desk) -> None:
    """Ask the rules about the case's own row; what others in the line have is not this writer's to mend."""
    number = application.case_number
    if number not in desk.by_number:
        text = gettext_noop("Sag %(number)s er ikke længere på venteliste eller på vej til tilsagn, og kan ikke planlægges.")
        raise IllegalMove([Violation("case_not_in_line", text, "", params={"number": str(number)})])
    case = desk.by_number[number]
    social = case.social if choice.social_amount is None else choice.social_amount
    rent = case.rent if choice.rent_amount is None else choice.rent_amount
    asked = fitting.Case(number, choice.year or case.year, instalments(social, rent, choice.later_share))
    found = [*_of_year(choice.year, desk), *fitting.check(fitting.Facts(desk.years, (asked,)))]
    if choice.place is not None:
        others = scenario.cases.exclude(application=application).filter(place__isnull=False).select_related("application")
        moves = tuple(order.Move(one.application.case_number, one.place or 0, one.reason) for one in others)
        mine = order.Move(number, choice.place, reason)
        line = order.Facts(tuple(one.in_line() for one in desk.cases), (*moves, mine))
        found += [violation for violation in order.check(line) if violation.params["number"] == str(number)]
    if found:
        raise RuleBroken(found)


def _of_year(year: int | None, desk: planning.Desk) -> list[Violation]:
    if year is None or year in {one.year for one in desk.years}:
        return []
    text = gettext_noop("Der kan ikke planlægges for %(year)s. Vælg et år med en åben ramme: i år eller næste år.")
    return [Violation("year_not_planned", text, fitting.BASIS, field="year", params={"year": str(year)}, is_confirmed=False)]
