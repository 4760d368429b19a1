"""The rule sets beside each other: what each lays down, from when to when, and how sure that is. Public law, for every reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.middleware import PortalRequest
from applications import permissions
from applications.models import DocumentKind
from applications.rules.papers import STAGE_NAMES, Paper
from applications.rules.rule_sets import SETTING_NAMES, TERMS, Letter, Rate, RuleSet, Unit, rule_set_on, valid_to
from lbf_portal.lib import danish


@dataclass(frozen=True)
class Cell:
    """What one rule set says, and whether the fund has confirmed it; nothing where it does not say."""

    text: str
    basis: str = ""
    is_confirmed: bool = True


@dataclass(frozen=True)
class Line:
    """What is compared, and a cell for each rule set."""

    name: str
    cells: list[Cell]

    @property
    def differs(self) -> bool:
        """True when the rule sets do not say the same."""
        return len({cell.text for cell in self.cells}) > 1


SHOWN: tuple[RuleSet, ...] = tuple(sorted(RuleSet, key=lambda rule_set: TERMS[rule_set].valid_from, reverse=True))
UNITS: dict[Unit, Callable[[Decimal], str]] = {
    Unit.YEARS: lambda value: gettext("%(count)s år") % {"count": danish.number(value)},
    Unit.MONTHS: lambda value: gettext("%(count)s måneder") % {"count": danish.number(value)} if value else gettext("Nej"),
    Unit.PAGES: lambda value: gettext("%(count)s sider") % {"count": danish.number(value)},
    Unit.SHARE: lambda value: f"{danish.number(value * 100)} %" if value else gettext("Nej"),
}


@require_safe
def rule_sets(request: PortalRequest) -> HttpResponse:
    """All of them, the one in force first."""
    context: dict[str, Any] = {
        "columns": [{"key": str(rule_set), "terms": TERMS[rule_set], "valid_to": valid_to(rule_set)} for rule_set in SHOWN],
        "today": rule_set_on(request.today),
        "settings": _settings(),
        "stages": _stages(),
        "letters": _letters(),
        "may_see_transfers": permissions.may_see_transfers(request.actor),
    }
    return render(request, "applications/rule_sets.html", context)


def _settings() -> list[Line]:
    lines = []
    for setting, (name, unit) in SETTING_NAMES.items():
        rates: list[Rate] = [TERMS[rule_set].settings[setting] for rule_set in SHOWN]
        cells = [Cell(UNITS[unit](rate.value), rate.basis, rate.is_confirmed) for rate in rates]
        lines.append(Line(gettext(name), cells))
    return lines


def _stages() -> list[dict[str, Any]]:
    """The papers by stage, each with what the rule sets say of it."""
    known: dict[str, Paper] = {paper.code: paper for rule_set in SHOWN for paper in TERMS[rule_set].papers}
    codes = sorted(known, key=lambda code: int(code.removeprefix("D")))
    stages = []
    for stage, name in STAGE_NAMES.items():
        lines = [_paper(known[code]) for code in codes if known[code].stage is stage]
        if lines:
            stages.append({"name": gettext(name), "lines": lines})
    return stages


def _paper(paper: Paper) -> Line:
    asked = [next((one for one in TERMS[rule_set].papers if one.code == paper.code), None) for rule_set in SHOWN]
    cells = [Cell(gettext("Ja"), one.basis, one.is_confirmed) if one else Cell(gettext("Ikke nævnt")) for one in asked]
    return Line(f"{paper.code} {gettext(paper.name)}", cells)


def _letters() -> list[Line]:
    lines = []
    for letter in Letter:
        cells = [Cell(gettext("Ja") if letter in TERMS[rule_set].letters else gettext("Nej")) for rule_set in SHOWN]
        lines.append(Line(str(DocumentKind(letter).label), cells))
    return lines
