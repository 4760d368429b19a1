"""What happened to the cases since a scenario looked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from applications.models import Application, Scenario, ScenarioCase
from applications.planning.cases import CaseFacts
from applications.planning.desk import Desk


@dataclass(frozen=True)
class Change:
    """A case that is not as the scenario last saw it."""

    number: int
    # The case as it is now, when it is still in line.
    now: CaseFacts | None
    # What it was expected to take; None for a case that came since.
    was: Decimal | None
    # The year it was expected in.
    year_was: int | None = None
    # Where a case stands that left the line.
    state: str = ""
    # What the scenario holds on to: an amount of its own.
    kept: Decimal | None = None

    @property
    def came(self) -> bool:
        """Whether it is new in line."""
        return self.was is None

    @property
    def left(self) -> bool:
        """Whether it is decided, withdrawn or lapsed."""
        return self.now is None

    @property
    def other_year(self) -> bool:
        """Whether it is expected in another year than before."""
        return self.now is not None and self.year_was is not None and self.now.year != self.year_was


def changes_since(scenario: Scenario, desk: Desk, own: Iterable[ScenarioCase] = ()) -> list[Change]:
    """What is otherwise than when the scenario was made, or somebody last took note: in one query at most."""
    kept = {one.application.case_number: one for one in own}
    seen: Mapping[str, Mapping[str, str]] = scenario.basis
    numbers = {int(number) for number in seen}
    gone = numbers - desk.by_number.keys()
    states = (
        {case.case_number: case.get_state_display() for case in Application.objects.filter(case_number__in=gone)} if gone else {}
    )
    found = [Change(number, None, _sum_of(seen[str(number)]), state=str(states.get(number, ""))) for number in sorted(gone)]
    for case in desk.cases:
        was = seen.get(str(case.number))
        if was is None:
            found.append(Change(case.number, case, None))
        elif was != case.as_json():
            found.append(Change(case.number, case, _sum_of(was), int(was["year"]), kept=_kept(kept.get(case.number), case)))
    return found


def mark_of(changes: Iterable[Change]) -> str:
    """A mark of what a page told of the cases, to see whether more has happened since."""
    told = [(one.number, str(one.was), one.year_was, one.now and one.now.as_json()) for one in changes]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _sum_of(seen: Mapping[str, str]) -> Decimal:
    return Decimal(seen["social"]) + Decimal(seen["rent"])


def _kept(own: ScenarioCase | None, case: CaseFacts) -> Decimal | None:
    if own is None or (own.social_amount is None and own.rent_amount is None):
        return None
    social = case.social if own.social_amount is None else own.social_amount
    return social + (case.rent if own.rent_amount is None else own.rent_amount)
