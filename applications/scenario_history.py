"""A scenario's events as people read them: what was set, by whom, and why."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import ScenarioEvent
from lbf_portal.lib.danish import kroner, number

# What a scenario sets for a case, in the order in which it is told.
SET_FOR_CASE = {
    "social_amount": _("til den boligsociale indsats"),
    "rent_amount": _("til huslejestøtte"),
    "year": _("ramme"),
    "later_share": _("andel året efter"),
    "place": _("plads"),
}

SETTINGS = {
    "name": _("navn"),
    "note": _("beskrivelse"),
    "is_shared": _("delt med alle i fonden"),
    "is_put_away": _("lagt væk"),
    "passing": _("når en sag må vente"),
    "carrying": _("overførsel til året efter"),
}


@dataclass(frozen=True)
class Line:
    """What happened, who did it, when, and why."""

    what: str
    who: str
    at: datetime.datetime
    why: str = ""


def lines(events: Iterable[ScenarioEvent]) -> list[Line]:
    """The history, newest first; `events` come in order, with `user` selected."""
    return [Line(SENTENCES[event.event](event.data), str(event.user), event.at, event.reason) for event in events][::-1]


def _made(data: Mapping[str, Any]) -> str:
    if "of" in data:
        return gettext("Scenariet er lavet som kopi af »%(name)s«") % {"name": data["of"]}
    return gettext("Scenariet er lavet")


def _changed(data: Mapping[str, Any]) -> str:
    before, after = data["before"], data["after"]
    changed = [str(SETTINGS[name]) for name in SETTINGS if after[name] != before[name]]
    return gettext("Indstillinger er ændret: %(what)s") % {"what": ", ".join(changed)}


def _case_set(data: Mapping[str, Any]) -> str:
    words = {"number": data["case_number"], "what": _case(data["before"] or {}, data["after"])}
    said = gettext("Sag %(number)s: %(what)s") % words
    if "freed" not in data:
        return said
    freed = gettext("pladsen er taget fra %(cases)s, der er ude af rækken") % {"cases": ", ".join(sorted(data["freed"]))}
    return f"{said}; {freed}"


def _case_cleared(data: Mapping[str, Any]) -> str:
    return gettext("Sag %(number)s følger igen sagen selv") % {"number": data["case_number"]}


def _noted(data: Mapping[str, Any]) -> str:
    if not data["dropped"]:
        return gettext("Ændringer i sagerne er taget til efterretning")
    words = {"cases": ", ".join(sorted(data["dropped"]))}
    return gettext("Ændringer i sagerne er taget til efterretning; væk er det, der var sat for %(cases)s") % words


# The sentence of an event, from its data.
SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "scenario:made": _made,
    "scenario:changed": _changed,
    "scenario:case_set": _case_set,
    "scenario:case_cleared": _case_cleared,
    "scenario:noted": _noted,
}


def _case(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    changed = [name for name in SET_FOR_CASE if after[name] != before.get(name)]
    if not changed:
        return gettext("begrundelsen er ændret")
    return ", ".join(_change(name, before.get(name), after[name]) for name in changed)


def _change(name: str, before: Any, after: Any) -> str:
    words = {"what": str(SET_FOR_CASE[name]), "before": _value(name, before), "after": _value(name, after)}
    if before is None:
        return gettext("%(what)s %(after)s") % words
    return gettext("%(what)s %(after)s (før %(before)s)") % words


def _value(name: str, value: Any) -> str:
    if value is None:
        return gettext("følger sagen")
    if name in {"social_amount", "rent_amount"}:
        return kroner(Decimal(value))
    if name == "later_share":
        return f"{number(Decimal(value) * 100)} %"
    return str(value)
