"""What cases were given against what the ledger holds for them (issue 4, line 6): asked by the ledger's check.

Compared are, case by case: the decision with the ledger's commitments by year and purpose; the decision with its
recommendation and with the event of the case; and the letter, which must be there within a few hours, be the very file that
was made, and have stated what was decided. Releases come later and have explanations of their own; they are not compared.

A letter's amounts are no data of their own: it states the commitments that the ledger held when it was made
(applications/documents.py), and entries do not change, so what it stated is counted again from them.

A few queries, however many cases and entries; and one file read for each letter.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.dispatch import receiver

from applications import states
from applications.models import Application, ApplicationEvent, Decision, Document, DocumentKind, Outcome
from lbf_portal.lib.danish import kroner
from lbf_portal.lib.words import gettext_noop
from ledger.findings import MOST_NAMED, NO_SUCH_CASE, Finding
from ledger.kinds import EntryKind, FrameKind, Money
from ledger.models import Allocation, Entry, FrameYear
from ledger.signals import cases_asked

# A letter is made within minutes; a worker may be down for an hour without its being a difference.
LETTER_PATIENCE = datetime.timedelta(hours=2)
ZERO = Decimal("0.00")
# When there are more findings than these, something is wrong with more than single entries.
MOST_WITH_ENTRIES = 500
# What gives a case money, and what takes that back as a mistake; a reversal of a release is positive.
COMMITTED = Q(entries__kind=EntryKind.COMMIT) | Q(entries__kind=EntryKind.REVERSAL, entries__amount__lt=0)

DIFFERS = {
    Money.SOCIAL: gettext_noop(
        "Sag %(case)s: afgørelsen giver %(decided)s til den boligsociale indsats, posteringerne giver %(posted)s"
    ),
    Money.RENT: gettext_noop("Sag %(case)s: afgørelsen giver %(decided)s til huslejenedsættelse, posteringerne giver %(posted)s"),
    Money.VACANCY: gettext_noop("Sag %(case)s: afgørelsen giver %(decided)s til tomgangsleje, posteringerne giver %(posted)s"),
}

# What a case holds: its number, the year, the frame and the purpose.
Place = tuple[str, int, FrameKind, Money]


@dataclasses.dataclass(frozen=True)
class Given:
    """A commitment as it was decided, and what goes with it."""

    case: str
    decision: Decision
    event: ApplicationEvent | None
    letter: Document | None

    @property
    def year(self) -> int:
        """The frame's year."""
        assert self.decision.frame_year is not None  # decision_commitment_is_complete
        return self.decision.frame_year

    @property
    def amounts(self) -> dict[Money, Decimal]:
        """What was decided, by purpose."""
        return {Money.SOCIAL: self.decision.social_amount or ZERO, Money.RENT: self.decision.rent_amount or ZERO}

    @property
    def total(self) -> Decimal:
        """All that was decided."""
        return sum(self.amounts.values(), start=ZERO)

    def found(self, code: str, wording: str, **values: str) -> Finding:
        """A finding about the commitment."""
        return Finding(code, self.year, wording, {"case": self.case, **values}, case=self.case)


@receiver(cases_asked)
def differing(at: datetime.datetime, **_more: Any) -> list[Finding]:
    """Everything in which cases and ledger differ at the moment."""
    given = list(_given())
    found = [*_posted(given), *(finding for one in given for finding in _on_the_case(one, at)), *_letters(given)]
    return _with_entries(found)


def _given() -> Iterator[Given]:
    """Every commitment with the case's event and letter: three queries."""
    events = {event.application_id: event for event in ApplicationEvent.objects.filter(event=states.COMMIT.event)}
    letters = {
        letter.application_id: letter for letter in Document.objects.filter(kind=DocumentKind.COMMITMENT_LETTER).order_by("pk")
    }
    for decision in Decision.objects.filter(outcome=Outcome.COMMITTED).select_related("application", "recommendation"):
        case = decision.application
        yield Given(str(case.case_number), decision, events.get(case.pk), letters.get(case.pk))


def _posted(given: Iterable[Given]) -> Iterator[Finding]:
    """The decisions against the ledger, both ways: what is missing, what is too much, and what belongs to no decision."""
    years = {pk: (year, FrameKind(kind)) for pk, year, kind in FrameYear.objects.values_list("pk", "year", "kind")}
    rows = Allocation.objects.annotate(posted=Sum("entries__amount", filter=COMMITTED, default=ZERO)).exclude(posted=0)
    posted: dict[Place, Decimal] = {
        (case, *years[frame_year], Money(money)): amount
        for case, frame_year, money, amount in rows.values_list("case_reference", "frame_year_id", "money", "posted")
    }
    decided: dict[Place, Decimal] = {
        (one.case, one.year, FrameKind.ORDINARY, money): amount for one in given for money, amount in one.amounts.items()
    }
    numbers = set(map(str, Application.objects.values_list("case_number", flat=True)))
    with_decision = {one.case for one in given}
    for place in sorted({*posted, *decided}):
        there, should_be = posted.get(place, ZERO), decided.get(place, ZERO)
        if there != should_be:
            yield _differing(place, should_be, there, is_case=place[0] in numbers, is_decided=place[0] in with_decision)


def _differing(place: Place, decided: Decimal, posted: Decimal, *, is_case: bool, is_decided: bool) -> Finding:
    case, year, frame, money = place
    values = {"case": case, "decided": kroner(decided), "posted": kroner(posted)}
    if not is_case:
        code, wording = NO_SUCH_CASE, gettext_noop("Sag %(case)s: der er bogført tilsagn på %(posted)s, men sagen findes ikke.")
    elif not is_decided:
        code = "case_undecided"
        wording = gettext_noop("Sag %(case)s: der er bogført tilsagn på %(posted)s, men sagen har ingen afgørelse om tilsagn.")
    else:
        code, wording = "commitment_differs", DIFFERS[money]
    return Finding(code, year, wording, values, frame, case=case, about=money)


def _on_the_case(one: Given, at: datetime.datetime) -> Iterator[Finding]:
    """The decision, the recommendation it follows, and the event of the case say the same."""
    decision, recommendation = one.decision, one.decision.recommendation
    assert recommendation is not None  # decision_commitment_is_complete
    of_both = ("frame_year", "social_amount", "rent_amount")
    if any(getattr(decision, name) != getattr(recommendation, name) for name in of_both):
        wording = gettext_noop(
            "Sag %(case)s: afgørelsen giver %(decided)s af rammen for %(year)s, indstillingen siger noget andet."
        )
        yield one.found("recommendation_differs", wording, decided=kroner(one.total), year=str(one.year))
    told = {} if one.event is None else one.event.data
    if any(str(getattr(decision, name)) != str(told.get(name)) for name in of_both):  # amounts stand there as text
        wording = gettext_noop("Sag %(case)s: sagens hændelse siger noget andet end afgørelsen på %(decided)s")
        yield one.found("event_differs", wording, decided=kroner(one.total))
    if one.letter is None and (one.event is None or one.event.at < at - LETTER_PATIENCE):
        wording = gettext_noop("Sag %(case)s: tilsagnet på %(decided)s har intet brev.")
        yield one.found("letter_missing", wording, decided=kroner(one.total))


def _letters(given: Iterable[Given]) -> Iterator[Finding]:
    """Each letter is the file that was made, and stated what was decided."""
    stated = _stated(given)
    for one in given:
        if one.letter is None:
            continue
        if _hash_of(one.letter) != one.letter.sha256:
            wording = gettext_noop("Sag %(case)s: tilsagnsbrevets fil mangler, eller er ikke den, der blev dannet.")
            yield one.found("letter_changed", wording)
        if stated[one.case] != one.amounts:
            wording = gettext_noop("Sag %(case)s: tilsagnsbrevet opgør %(stated)s, afgørelsen giver %(decided)s")
            yield one.found(
                "letter_differs", wording, stated=kroner(sum(stated[one.case].values(), start=ZERO)), decided=kroner(one.total)
            )


def _stated(given: Iterable[Given]) -> dict[str, dict[Money, Decimal]]:
    """What each letter stated: the commitments that the ledger held when it was made."""
    made = {one.case: one.letter.made_at for one in given if one.letter is not None}
    stated: dict[str, dict[Money, Decimal]] = defaultdict(lambda: {Money.SOCIAL: ZERO, Money.RENT: ZERO})
    entries = Entry.objects.filter(kind=EntryKind.COMMIT, allocation__case_reference__in=made)
    for case, at, money, amount in entries.values_list("allocation__case_reference", "at", "money", "amount"):
        if at <= made[case]:
            stated[case][Money(money)] = stated[case].get(Money(money), ZERO) + amount
    return stated


def _hash_of(letter: Document) -> str:
    """The SHA-256 of the file as it lies there; nothing when it cannot be read."""
    try:
        with letter.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _with_entries(found: list[Finding]) -> list[Finding]:
    """Name the entries of the cases concerned: one query, when there is something to name."""
    cases = {finding.case for finding in found[:MOST_WITH_ENTRIES]}
    if not cases:
        return found
    of_cases: defaultdict[tuple[str, int, str], list[tuple[int, str]]] = defaultdict(list)
    rows = Entry.objects.filter(allocation__case_reference__in=cases).order_by("pk")
    names = ("pk", "allocation__case_reference", "frame_year__year", "frame_year__kind", "money")
    for number, case, year, frame, money in rows.values_list(*names):
        of_cases[case, year, frame].append((number, money))
    return [dataclasses.replace(finding, entries=_entries_of(finding, of_cases)) for finding in found]


def _entries_of(finding: Finding, of_cases: dict[tuple[str, int, str], list[tuple[int, str]]]) -> tuple[int, ...]:
    """The case's entries of the year, of the purpose that the finding is about where it is about one."""
    of_year = of_cases.get((finding.case, finding.year, finding.frame), [])
    return tuple(number for number, money in of_year if finding.about in ("", money))[:MOST_NAMED]
