"""What an area is in the eyes of §§ 61 a and 61 b on a date, read from the published lists.

Basis: Almenboligloven § 61 a, stk. 1 (exposed area), stk. 2 (parallel society), stk. 4 (conversion area), stk. 5 (the minister
publishes the lists every year), § 61 b (prevention area); the lists of 2013-17 by the same § 61 a as it then stood. In force in
the present words since 30 November 2021 (L 23, 2021-22). Rule numbers (domain.md, section 3): R26-R29, R33, R42, R44, R53
[SOURCE]; R54 [INFERRED].

The lists decide, not our arithmetic: nothing here computes a criterion. A list that is not held in full answers "unknown" for
an area it does not name, never "no" (domain.md, 3.2: count memberships, never recompute).
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from lbf_portal.lib.danish import long_date, number
from lbf_portal.lib.words import gettext_noop


class Answer(enum.StrEnum):
    """Three values: what is not known is said, not guessed."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, flag: bool | None) -> Answer:  # noqa: FBT001 - a flag as stored: yes, no or not known
        """Read a stored flag."""
        if flag is None:
            return cls.UNKNOWN
        return cls.YES if flag else cls.NO


class Status(enum.StrEnum):
    """The four statuses an area can have; each is a flag of its own, for an area can have several (domain.md, 3.1)."""

    CONVERSION_AREA = "conversion_area"
    PARALLEL_SOCIETY = "parallel_society"
    EXPOSED = "exposed"
    PREVENTION_AREA = "prevention_area"


@dataclasses.dataclass(frozen=True)
class Category:
    """A status in law: its Danish name, its basis, and the first list year that could carry it."""

    name: str
    basis: str
    since: int
    is_in_section_61a: bool = True


# From the most to the least severe. Until 2021 the second was named ghettoområde and the first hårdt ghettoområde; the list
# from 2010 carried the second alone (domain.md, 3.2).
CATEGORIES: dict[Status, Category] = {
    Status.CONVERSION_AREA: Category(gettext_noop("Omdannelsesområde"), "Almenboligloven § 61 a, stk. 4; R28", since=2018),
    Status.PARALLEL_SOCIETY: Category(gettext_noop("Parallelsamfund"), "Almenboligloven § 61 a, stk. 2; R27", since=2010),
    Status.EXPOSED: Category(gettext_noop("Udsat boligområde"), "Almenboligloven § 61 a, stk. 1; R26", since=2018),
    Status.PREVENTION_AREA: Category(
        gettext_noop("Forebyggelsesområde"), "Almenboligloven § 61 b; R29", since=2021, is_in_section_61a=False
    ),
}
IN_SECTION_61A = tuple(status for status, category in CATEGORIES.items() if category.is_in_section_61a)

# Lists before this year were published without numbers per status; what is held of them counts as complete.
FIRST_YEAR_WITH_COUNTS = 2018

LISTS_ARE_PUBLISHED = "Almenboligloven § 61 a, stk. 5; R33"
PRIORITY = "Regulativet af 11. december 2019; R53"
PLAN = "Almenboligloven §§ 168 a-168 b; R42, R44"


@dataclasses.dataclass(frozen=True)
class Reason:
    """A sentence for people with its legal basis; `text` is a Danish message id that `params` fill."""

    text: str
    basis: str
    params: Mapping[str, str | datetime.date | Decimal] = dataclasses.field(default_factory=dict, hash=False)
    is_confirmed: bool = True  # false where the dossier marks the rule [SOURCE, old] or [INFERRED]

    def sentence(
        self,
        translate: Callable[[str], str],
        show_day: Callable[[datetime.date], str] = long_date,
        show_number: Callable[[Decimal], str] = number,
    ) -> str:
        """Return the sentence in the reader's language: `reason.sentence(gettext, date_format)`."""
        shown = {}
        for key, value in self.params.items():
            match value:
                case datetime.date():
                    shown[key] = show_day(value)
                case Decimal():
                    shown[key] = show_number(value)
                case _:
                    shown[key] = translate(value)
        return translate(self.text) % shown

    @property
    def message(self) -> str:
        """The sentence in Danish, as it is stored with a case."""
        return self.sentence(gettext_noop)


@dataclasses.dataclass(frozen=True)
class ListFacts:
    """A list as the portal holds it: how many areas were published with each status, and how many of them are named here."""

    year: int
    published_on: datetime.date
    published: Mapping[Status, int | None] = dataclasses.field(hash=False)
    held: Mapping[Status, int] = dataclasses.field(hash=False)

    def is_complete(self, status: Status) -> bool:
        """True when every area published with the status is held, so that an area not named does not have it.

        A list before 2018 has no published numbers and counts as complete; a later list without a number does not.
        """
        published = self.published.get(status)
        if published is None:
            return self.year < FIRST_YEAR_WITH_COUNTS
        return self.held.get(status, 0) == published


@dataclasses.dataclass(frozen=True)
class ListingFacts:
    """What a list says of one area."""

    flags: Mapping[Status, bool | None] = dataclasses.field(hash=False)
    official_term: str = ""
    # Statuses that the areas it was made of had differently, so that even a complete list does not say (R31 [INFERRED]).
    disputed: frozenset[Status] = frozenset()


@dataclasses.dataclass(frozen=True)
class PlanFacts:
    """A development plan that binds on the day in question."""

    starts_on: datetime.date


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answers:
    """The four answers, and what the list called the area in its day."""

    statuses: Mapping[Status, Answer] = dataclasses.field(hash=False)
    official_term: str = ""

    @property
    def highest(self) -> Status | None:
        """The most severe status that the area is known to have."""
        return next((status for status in CATEGORIES if self.statuses[status] is Answer.YES), None)

    @property
    def names(self) -> list[str]:
        """Danish names of the statuses the area has, the most severe first (message ids)."""
        return [category.name for status, category in CATEGORIES.items() if self.statuses[status] is Answer.YES]

    @property
    def is_unknown(self) -> bool:
        """True when no status is known and at least one may be there."""
        return self.highest is None and Answer.UNKNOWN in self.statuses.values()

    @property
    def is_outside_section_61a(self) -> bool:
        """True when § 61 a is known not to cover the area; § 61 b may still be unknown."""
        return all(self.statuses[status] is Answer.NO for status in IN_SECTION_61A)


@dataclasses.dataclass(frozen=True, kw_only=True)
class YearAnswers(Answers):
    """What one year's list says of an area; `is_held` is false when the portal does not have that list."""

    year: int
    is_held: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing(Answers):
    """The answer for one area on one day; frozen, so that a case can keep what it was told."""

    on: datetime.date
    list_year: int | None
    list_published_on: datetime.date | None
    has_priority: Answer
    has_development_plan: Answer
    reasons: tuple[Reason, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Plain values, to be stored with an application: a later list changes nothing that was decided."""
        return {
            "on": self.on.isoformat(),
            "list_year": self.list_year,
            "list_published_on": self.list_published_on.isoformat() if self.list_published_on else None,
            "official_term": self.official_term,
            "statuses": {str(status): str(answer) for status, answer in self.statuses.items()},
            "has_priority": str(self.has_priority),
            "has_development_plan": str(self.has_development_plan),
            "reasons": [{"text": reason.message, "basis": reason.basis} for reason in self.reasons],
        }


def status_on(held_list: ListFacts, listing: ListingFacts | None, status: Status) -> Answer:
    """Say whether the list gives the area the status.

    A status that the law did not know that year is a no. A flag that is missing, or an area that is not named, is a no only
    when the list is complete for the status.
    """
    if held_list.year < CATEGORIES[status].since:
        return Answer.NO
    said = Answer.of(listing.flags.get(status)) if listing else Answer.UNKNOWN
    is_disputed = listing is not None and status in listing.disputed
    if said is Answer.UNKNOWN and not is_disputed and held_list.is_complete(status):
        return Answer.NO
    return said


def statuses_on(held_list: ListFacts | None, listing: ListingFacts | None) -> dict[Status, Answer]:
    """All four answers of a list; all unknown when no list is held."""
    if held_list is None:
        return dict.fromkeys(CATEGORIES, Answer.UNKNOWN)
    return {status: status_on(held_list, listing, status) for status in CATEGORIES}


def answers_of(held_list: ListFacts, listing: ListingFacts | None) -> YearAnswers:
    """What the list says of the area."""
    return YearAnswers(
        year=held_list.year,
        statuses=statuses_on(held_list, listing),
        official_term=listing.official_term if listing else "",
    )


def timeline(lists: Sequence[ListFacts], listings: Mapping[int, ListingFacts], *, on: datetime.date) -> list[YearAnswers]:
    """Year by year, the newest first, from the first list there was (2010) to the last due by the day; gaps are shown as gaps."""
    by_year = {held.year: held for held in lists if held.published_on <= on}
    if not by_year:
        return []
    first = by_year[min(by_year)]
    before = range(min(category.since for category in CATEGORIES.values()), first.year)
    years = sorted({*before, *by_year, *years_since(first, on)}, reverse=True)
    return [
        answers_of(by_year[year], listings.get(year))
        if year in by_year
        else YearAnswers(year=year, statuses=statuses_on(None, None), is_held=False)
        for year in years
    ]


def latest_list(lists: Sequence[ListFacts], on: datetime.date) -> ListFacts | None:
    """The list in force on the day as far as the portal holds lists: the latest one published on or before it."""
    return max((held for held in lists if held.published_on <= on), key=lambda held: held.published_on, default=None)


def years_since(used: ListFacts, on: datetime.date) -> list[int]:
    """Years after the list whose 1 December has passed on the day, when a newer list was due (R33)."""
    last = on.year if on >= datetime.date(on.year, 12, 1) else on.year - 1
    return list(range(used.year + 1, last + 1))


def standing(
    lists: Sequence[ListFacts],
    listings: Mapping[int, ListingFacts],
    plan: PlanFacts | None,
    *,
    on: datetime.date,
) -> Standing:
    """Say what an area is on the day, whether § 61 a gives it priority, and whether a development plan binds it.

    `lists` are those held, `listings` what each list year says of the area, `plan` the plan that binds on the day. The plan
    counts whether or not the area is still on a list (R42). That no plan is registered is no proof that there is none, so
    the answer is yes or unknown.
    """
    used = latest_list(lists, on)
    listing = listings.get(used.year) if used else None
    statuses = statuses_on(used, listing)
    priority = _priority(statuses)
    return Standing(
        on=on,
        list_year=used.year if used else None,
        list_published_on=used.published_on if used else None,
        statuses=statuses,
        has_priority=priority,
        has_development_plan=Answer.YES if plan else Answer.UNKNOWN,
        official_term=listing.official_term if listing else "",
        reasons=(
            *_reasons_of_list(used, statuses, on),
            *_reasons_of_priority(used, priority),
            _reason_of_plan(plan, was_conversion_area=_was_conversion_area(lists, listings, on)),
        ),
    )


def _priority(statuses: Mapping[Status, Answer]) -> Answer:
    """R53: an area covered by § 61 a has priority. § 61 b came later and gives none by itself (R54)."""
    answers = {statuses[status] for status in IN_SECTION_61A}
    if Answer.YES in answers:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.NO


def _was_conversion_area(lists: Sequence[ListFacts], listings: Mapping[int, ListingFacts], on: datetime.date) -> bool:
    """True when a list held on the day names the area as a conversion area, which asks for a plan (R34)."""
    years = {held.year for held in lists if held.published_on <= on}
    return any(listing.flags.get(Status.CONVERSION_AREA) for year, listing in listings.items() if year in years)


def _reasons_of_list(used: ListFacts | None, statuses: Mapping[Status, Answer], on: datetime.date) -> list[Reason]:
    if used is None:
        return [Reason(gettext_noop("Ukendt: Portalen har ingen liste fra %(day)s eller før."), LISTS_ARE_PUBLISHED, _day(on))]
    day = _day(used.published_on)
    texts = {
        Answer.YES: gettext_noop("%(status)s: Området står på listen af %(day)s."),
        Answer.NO: gettext_noop("%(status)s: Området står ikke på listen af %(day)s."),
        Answer.UNKNOWN: gettext_noop("%(status)s: Ukendt, for listen af %(day)s er ikke komplet i portalen."),
    }
    reasons = [
        Reason(texts[statuses[status]], category.basis, {"status": category.name, **day})
        for status, category in CATEGORIES.items()
        if used.year >= category.since
    ]
    if missing := years_since(used, on):
        reasons.append(
            Reason(
                gettext_noop("Nyere lister findes ikke i portalen: %(years)s. Svaret bygger på listen af %(day)s."),
                LISTS_ARE_PUBLISHED,
                {"years": ", ".join(str(year) for year in missing), **day},
            )
        )
    return reasons


def _reasons_of_priority(used: ListFacts | None, priority: Answer) -> list[Reason]:
    if used is None:
        return []
    texts = {
        Answer.YES: gettext_noop("Området er omfattet af § 61 a efter listen af %(day)s og skal prioriteres."),
        Answer.NO: gettext_noop("Området er ikke omfattet af § 61 a efter listen af %(day)s og har ikke fortrin efter reglen."),
        Answer.UNKNOWN: gettext_noop("Det er ukendt, om området er omfattet af § 61 a efter listen af %(day)s."),
    }
    return [Reason(texts[priority], PRIORITY, _day(used.published_on))]


def _reason_of_plan(plan: PlanFacts | None, *, was_conversion_area: bool) -> Reason:
    if plan:
        text = gettext_noop("Området er bundet af en udviklingsplan fra %(day)s. Indsatsen skal koordineres med den.")
        return Reason(text, PLAN, _day(plan.starts_on))
    if was_conversion_area:
        text = gettext_noop("Området har været omdannelsesområde og skal have en udviklingsplan. Portalen har ikke planen.")
        return Reason(text, "Almenboligloven § 168 a; R34, R42")
    return Reason(gettext_noop("Der er ikke registreret en udviklingsplan for området i portalen."), PLAN)


def _day(day: datetime.date) -> dict[str, str | datetime.date]:
    return {"day": day}
