"""The order of cases that compete for the frame: areas under § 61 a first, then whoever was received first.

Basis: Almenboligloven § 91 a, stk. 1 and § 61 a, with the regulation of 11 December 2019 (in force 1 January 2020). Rule numbers
and certainty (domain.md, 4.2, 9, section 15):
- R53: areas covered by § 61 a are given priority [SOURCE]; R54: those of § 61 b are not [INFERRED]
- Q15: a case over several areas has priority when one of its departments lies in such an area [INFERRED]
- R68: applications are treated continuously, as they come [SOURCE, old]; that the date decides inside each group is our
  reading of it, and U7 asks for a queue with date and reason [INFERRED]
- that an officer may move a case, with a reason, is ours [INFERRED]: the move is kept with its reason where it is made
The same in every rule set. What is not known to be of § 61 a has no priority here; the page says that it is not known.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from lbf_portal.lib.refusals import Violation
from lbf_portal.lib.words import gettext_noop

BASIS = "Almenboligloven §§ 61 a og 91 a, stk. 1; regulativet af 11. december 2019; R53, R68, U7"


@dataclasses.dataclass(frozen=True)
class Case:
    """What decides a case's place. The number parts two that were received on the same day."""

    number: int
    received_on: date
    has_priority: bool

    @property
    def rank(self) -> tuple[bool, date, int]:
        """The lower, the earlier."""
        return (not self.has_priority, self.received_on, self.number)


@dataclasses.dataclass(frozen=True)
class Move:
    """A case that an officer has given a place of its own, counted from one."""

    number: int
    place: int
    reason: str


@dataclasses.dataclass(frozen=True)
class Facts:
    """The cases, in any order, and what was moved."""

    cases: tuple[Case, ...]
    moves: tuple[Move, ...] = ()


def check(facts: Facts) -> list[Violation]:
    """Return what is wrong with the moves: no reason, no such place, or a place that another moved case has."""
    return [violation for move in facts.moves for violation in _wrong_with(move, facts)]


def _wrong_with(move: Move, facts: Facts) -> Iterator[Violation]:
    number = str(move.number)
    if not move.reason.strip():
        yield Violation(
            "move_without_reason",
            gettext_noop("Skriv, hvorfor sag %(number)s skal stå et andet sted end det, rækkefølgen giver."),
            BASIS,
            field="reason",
            params={"number": number},
            is_confirmed=False,
        )
    if not 1 <= move.place <= len(facts.cases):
        yield Violation(
            "place_outside_line",
            gettext_noop("Sag %(number)s kan stå på plads 1 til %(last)s, ikke på plads %(place)s."),
            BASIS,
            field="place",
            params={"number": number, "place": str(move.place), "last": str(len(facts.cases))},
            is_confirmed=False,
        )
    if any(other.place == move.place and other.number != move.number for other in facts.moves):
        yield Violation(
            "place_taken",
            gettext_noop("En anden sag er allerede flyttet til plads %(place)s. Vælg en anden plads til sag %(number)s."),
            BASIS,
            field="place",
            params={"number": number, "place": str(move.place)},
            is_confirmed=False,
        )


def by_rule(cases: Iterable[Case]) -> list[Case]:
    """The order that the regulation gives."""
    return sorted(cases, key=lambda case: case.rank)


def in_order(facts: Facts) -> list[Case]:
    """The order with what was moved: a moved case stands on its place, the others follow the rule around it.

    So a move changes nothing but what lies between the old place and the new one. A place beyond the end is the last one
    free; where two moved cases want one place, the one that the rule puts first has it and the other stands behind.
    """
    natural = by_rule(facts.cases)
    places = {move.number: move.place for move in facts.moves}
    line: list[Case | None] = [None] * len(natural)
    for case in sorted((case for case in natural if case.number in places), key=lambda case: (places[case.number], case.rank)):
        line[_free_from(places[case.number] - 1, line)] = case
    others = iter([case for case in natural if case.number not in places])
    return [case or next(others) for case in line]


def _free_from(wanted: int, line: Sequence[Case | None]) -> int:
    """The first free place from the wanted one on, else the last free one before it."""
    free = [place for place, held_by in enumerate(line) if held_by is None]
    return next((place for place in free if place >= wanted), free[-1])
