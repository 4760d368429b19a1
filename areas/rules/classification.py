"""What the values of an area make it for a list year, by the wording of §§ 61 a and 61 b that held for that list.

Basis: Almenboligloven §§ 61 a and 61 b; R26-R32 [SOURCE]; which wording holds for which list: domain.md, 3.2 [SOURCE]. The
limits for the lists of 2010-12 were not found, so nothing is computed for them.

The list published by the minister decides what an area is (§ 61 a, stk. 5; R33; areas/rules/standing.py). This only says
whether the published figures lead to the same, and which of them decide. A conversion area is counted from lists
(areas/rules/conversion.py), never from values.
"""

from __future__ import annotations

import dataclasses
import enum
from functools import cached_property

from areas.rules import section_61a_2013, section_61a_2018, section_61b_2021
from areas.rules.criteria import Finding, Measure, Met, Row, Values, Wording, size
from areas.rules.standing import CATEGORIES, Reason, Status
from lbf_portal.lib.words import gettext_noop


class Verdict(enum.StrEnum):
    """What § 61 a makes of the values, in the words of the files and of the command `classify_areas`."""

    NOT_LISTED = "not_listed"
    EXPOSED = "udsat"
    PARALLEL_SOCIETY = "parallelsamfund"
    UNDETERMINED = "undetermined"


VERDICT_NAMES: dict[Verdict, str] = {
    Verdict.NOT_LISTED: gettext_noop("Ikke omfattet af § 61 a"),
    Verdict.EXPOSED: CATEGORIES[Status.EXPOSED].name,
    Verdict.PARALLEL_SOCIETY: CATEGORIES[Status.PARALLEL_SOCIETY].name,
    Verdict.UNDETERMINED: gettext_noop("Kan ikke afgøres"),
}

# What a published status comes to under § 61 a. The five years of a conversion area are counted from lists, so its values are
# those of a parallel society; a prevention area is not in § 61 a. The last two are the terms until 2021.
PUBLISHED: dict[str, Verdict] = {
    "not_listed": Verdict.NOT_LISTED,
    "forebyggelsesområde": Verdict.NOT_LISTED,
    "udsat": Verdict.EXPOSED,
    "udsat boligområde": Verdict.EXPOSED,
    "parallelsamfund": Verdict.PARALLEL_SOCIETY,
    "omdannelsesområde": Verdict.PARALLEL_SOCIETY,
    "ghettoområde": Verdict.PARALLEL_SOCIETY,
    "hårdt ghettoområde": Verdict.PARALLEL_SOCIETY,
}
PREVENTION_AREA = "forebyggelsesområde"
# The source knows part of the status only.
NOT_KNOWN = ("", "unknown")

# The wordings of § 61 a, the newest first.
SECTION_61A = (section_61a_2018.WORDING, section_61a_2013.WORDING)
SECTION_61B = section_61b_2021.WORDING


@dataclasses.dataclass(frozen=True)
class Classification:
    """What the values make of the area for the year: a row per criterion, a finding per status.

    `rows` are the criteria of § 61 a in the order of the law, residents last; `prevention_rows` those of § 61 b. Both are
    empty for years whose limits were not found.
    """

    year: int
    rows: tuple[Row, ...] = ()
    prevention_rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()

    def answer(self, status: Status) -> Met:
        """Whether the values give the area the status; unknown when no wording says so, as for a conversion area."""
        return next((finding.answer for finding in self.findings if finding.status is status), Met.UNKNOWN)

    @property
    def criteria(self) -> dict[Measure, Met]:
        """The answer of each criterion of § 61 a."""
        answers = dict.fromkeys(Measure, Met.UNKNOWN)
        answers.update((row.criterion.measure, row.answer) for row in self.rows)
        return answers

    @cached_property
    def status(self) -> Verdict:
        """The highest status of § 61 a that the values give; undetermined while a missing value could change it."""
        for finding in self._in_section_61a:
            if finding.answer is Met.UNKNOWN:
                return Verdict.UNDETERMINED
            if finding.answer is Met.MET:
                return Verdict.EXPOSED if finding.status is Status.EXPOSED else Verdict.PARALLEL_SOCIETY
        return Verdict.NOT_LISTED if self._in_section_61a else Verdict.UNDETERMINED

    @property
    def status_name(self) -> str:
        """The status in Danish (a message id)."""
        return VERDICT_NAMES[self.status]

    @property
    def deciding(self) -> tuple[Row, ...]:
        """The criteria that decide the status of § 61 a, or, while it is undetermined, those that are missing."""
        found = self._up_to_decisive
        if not found:
            return ()
        # That an area is exposed and no more rests on what keeps it from the higher status too.
        counts = found if found[-1].answer is Met.MET else found[-1:]
        return tuple(row for finding in counts for row in finding.deciding)

    @property
    def presumes_size(self) -> bool:
        """A yes holds only if the area has 1,000 residents, which nobody has said (docs/decisions/0011)."""
        return any(finding.presumes_size for finding in self.findings)

    @property
    def contradictions(self) -> tuple[Row, ...]:
        """Criteria of which the source says the opposite of its own value."""
        return tuple(row for row in self.rows if row.contradicts_source)

    @property
    def reasons(self) -> list[Reason]:
        """The answers in words, each with its basis: every status first, then every criterion of § 61 a."""
        if not self.findings:
            text = gettext_noop("Kan ikke afgøres: Grænserne for listen fra %(year)s er ikke fundet i kilderne.")
            return [Reason(text, "Almenboligloven § 61 a; domain.md 3.2", {"year": str(self.year)})]
        reasons = [finding.reason for finding in self.findings]
        if self.presumes_size:
            text = gettext_noop("Beboertallet 1. januar kendes ikke. Svaret forudsætter, at området har mindst 1.000 beboere.")
            reasons.append(Reason(text, self.findings[0].size.basis))
        return [*reasons, *(reason for row in self.rows for reason in row.reasons)]

    def agrees_with(self, published: str) -> bool | None:
        """Whether the values lead to the published status; None when either side is not known.

        A published prevention area also has to be one by its values, as far as they tell.
        """
        if published in NOT_KNOWN or published not in PUBLISHED or self.status is Verdict.UNDETERMINED:
            return None
        if published == PREVENTION_AREA and self.answer(Status.PREVENTION_AREA) is Met.NOT_MET:
            return False
        return self.status is PUBLISHED[published]

    @property
    def _in_section_61a(self) -> tuple[Finding, ...]:
        """The findings of § 61 a, the most severe first."""
        return tuple(finding for finding in self.findings if finding.status is not Status.PREVENTION_AREA)

    @property
    def _up_to_decisive(self) -> list[Finding]:
        """The findings down to the one that the status rests on: the first that is not a no, else all of them."""
        found = list(self._in_section_61a)
        first = next((place for place, finding in enumerate(found) if finding.answer is not Met.NOT_MET), len(found) - 1)
        return found[: first + 1]


def classify(values: Values, *, year: int) -> Classification:
    """Judge the values by the wording that held for the list of the year."""
    wording = next((wording for wording in SECTION_61A if year >= wording.since), None)
    if wording is None:
        return Classification(year)
    size_row = size(values)
    rows, findings = _held_against(wording, values, size_row)
    prevention_rows: tuple[Row, ...] = ()
    if year >= SECTION_61B.since:
        prevention_rows, of_61b = _held_against(SECTION_61B, values, size_row)
        findings += of_61b
    return Classification(year, rows, prevention_rows, findings)


def _held_against(wording: Wording, values: Values, size_row: Row) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
    rows = wording.rows(values)
    findings = tuple(test.hold_against(size_row, rows) for test in wording.tests)
    return (*rows.values(), size_row), findings
